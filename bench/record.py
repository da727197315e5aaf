"""How long it takes to check a record of a million lines, and to show a case of ten thousand.

    python bench/record.py [--lines 1000000] [--cases 5000] [--postgresql]

The database is a throwaway one; its lines are made as the house makes them, sealed by the house.
"""

import argparse
import datetime as dt
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from databases import database
from flask_migrate import upgrade

from app import create_app
from app.cases import service as cases
from app.cases.models import Case
from app.config import Settings
from app.db import db
from app.notices.check import START, instant, sha
from app.notices.models import Content, Head, Line
from app.people import service as people
from app.people.models import Court

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
SECRET = b"a secret of the bench, long enough to be one"
LONG_CASE = 10_000  # lines
EMAIL, PASSWORD = "bench@court.example", "correct horse battery"
SHAPES = [
    ("queued", {"due_at": "2026-11-23T01:00:00.000000Z"}),
    ("started", {"carrier": "twilio"}),
    ("accepted", {"carrier": "twilio", "carrier_id": "SM" + "0" * 32, "status": "queued"}),
    ("delivered", {"carrier": "twilio", "carrier_id": "SM" + "0" * 32, "status": "delivered"}),
    ("opened", {}),
]
WORDS = "【浦东法院】李敏律师：（2026）沪0115民初12345号案拟开庭，请选时间 https://court.example/r/"


def main() -> None:
    """Fill a database, then time what is promised of it."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as folder:
        url, server = database(Path(folder), options.postgresql)
        app = create_app(Settings(instance=Path(folder), database_url=url, secret_key=SECRET))
        with app.app_context():
            upgrade()
            begun = time.perf_counter()
            _fill(app, options.lines, options.cases)
            print(
                f"filled {options.lines} lines in {time.perf_counter() - begun:.0f} s", flush=True
            )
        _verify(folder, url, options.processes)
        _show(app)
        if server:
            server.cleanup()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


def _fill(app: Any, lines: int, count: int) -> None:
    session = db.session()
    court = people.add_court(session, "Bench Court", zone="UTC", country="GB", language="en")
    user = people.add_user(session, court, EMAIL, role="assistant", now=NOW)
    people.set_password(user, PASSWORD)
    token = people.create_token(session, user, "bench", NOW)
    session.commit()
    _long_case(app, token)
    first = session.get_one(Case, 1)
    rest = [{"id": n, "court_id": court.id, "judge_id": first.judge_id, "number": f"B-{n}",
             "number_key": f"b-{n}", "title": "", "procedure": "ordinary", "created_at": NOW}
            for n in range(2, count + 1)]  # fmt: skip
    session.execute(sa.insert(Case), rest)
    begun = session.get_one(Head, 1)
    _lines(session, 1, LONG_CASE - begun.seq, begun.seq, begun.hash)
    each = max(1, (lines - LONG_CASE) // (count - 1))
    for case_id in range(2, count + 1):
        _lines(session, case_id, each, 0, START)
    session.commit()


def _long_case(app: Any, token: str) -> None:
    """Make the case whose page is shown, with a hearing that two sides were asked about."""
    head = {"Authorization": f"Bearer {token}"}
    cases.add_courtroom(db.session(), db.session().get_one(Court, 1), "1", "")
    db.session().commit()
    counsel = [{"name": f"Counsel {n}", "email": f"c{n}@firm.example", "phone": f"+861380013800{n}",
                "language": "en"} for n in (1, 2)]  # fmt: skip
    parties = [{"role": side, "name": side, "side": side, "counsel": [each]}
               for side, each in zip(("claimant", "respondent"), counsel, strict=True)]  # fmt: skip
    case = {"number": "B-1", "procedure": "ordinary", "judge": "Judge", "parties": parties}
    made = app.test_client().post("/api/v1/cases", json=case, headers=head)
    assert made.status_code == 201, made.text
    starts_at = dt.datetime.now(dt.UTC).replace(hour=9, minute=0, microsecond=0)
    starts_at += dt.timedelta(days=40 - starts_at.weekday())
    hearing = {"case_id": 1, "minutes": 60, "kind": "trial",
               "answer_by": (starts_at - dt.timedelta(days=20)).isoformat(),
               "slots": [{"starts_at": starts_at.isoformat(), "courtroom": "1"}]}  # fmt: skip
    made = app.test_client().post("/api/v1/hearings", json=hearing, headers=head)
    assert made.status_code == 201, made.text


def _lines(session: Any, case_id: int, count: int, after: int, last: str) -> None:
    number = (session.scalar(sa.select(sa.func.max(Line.id))) or 0) + 1
    chain = list(_chain(case_id, count, after, last))
    if not after:
        session.execute(sa.insert(Head), [{"case_id": case_id, "seq": 0, "hash": START}])
    session.execute(
        sa.insert(Line), [{**line, "id": number + n} for n, (line, _) in enumerate(chain)]
    )
    session.execute(
        sa.insert(Content), [{"line_id": number + n, "body": b} for n, (_, b) in enumerate(chain)]
    )


def _chain(case_id: int, count: int, after: int, last: str) -> Iterator[tuple[dict, dict]]:
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(days=3)
    for seq in range(after + 1, after + count + 1):
        what, detail = SHAPES[seq % len(SHAPES)]
        body = {"name": "李敏", "address": "+8613800138001", "text": WORDS,
                "salt": secrets.token_hex(16)}  # fmt: skip
        at = begun + dt.timedelta(seconds=20 * seq)
        content = sha(body)
        counsel = seq % 2 + 1 if case_id == 1 else None
        line = {
            "direction": "out", "about": "hearing/1", "attempt": "", "channel": "sms",
            "kind": "proposal", "detail": detail, "what": what, "prev": last, "seq": seq,
            "side": ("claimant", "respondent")[seq % 2],
        }  # fmt: skip
        sealed = {**line, "v": 1, "case": case_id, "at": instant(at), "counsel": counsel,
                  "content": content}  # fmt: skip
        last = sha(sealed)
        yield {**line, "case_id": case_id, "court_id": 1, "at": at, "counsel_id": counsel,
               "content_hash": content, "hash": last}, body  # fmt: skip


def _verify(folder: str, url: str, processes: int) -> None:
    """Run the command as a person does; its memory is that of all its processes together."""
    command = [sys.executable, "-m", "app", "record", "verify"]
    command += ["--processes", str(processes)] if processes else []
    environment = {
        "TINGQI_INSTANCE": folder, "TINGQI_DATABASE_URL": url, "PATH": "/usr/bin:/bin",
        "TINGQI_SECRET_KEY": SECRET.decode(), "PYTHONPATH": ".",
    }  # fmt: skip
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        peak = _peak(running)
        said = running.stdout.read() if running.stdout else ""
    took = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(said.strip())
    print(f"verify: {took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor, "
          f"{peak / 1e6:.0f} MB in all its processes, exit {running.returncode}")  # fmt: skip


def _peak(running: subprocess.Popen) -> int:
    """Return the most memory, in bytes, that a process and its children held together."""
    peak = 0
    while running.poll() is None:
        peak = max(peak, sum(_pss(pid) for pid in _family(running.pid)))
        time.sleep(0.2)
    return peak


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += _family(int(child))
        except OSError:
            continue
    return found


def _pss(pid: int) -> int:
    """Return a process's own part of memory: pages that several share are counted once."""
    try:
        words = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in words.splitlines()
                 if row.startswith("Pss:")), 0)  # fmt: skip


def _show(app: Any) -> None:
    browser = app.test_client()
    signed = browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert signed.status_code in (302, 303), signed.status_code
    for path in ("/cases/1", "/cases/1/record"):
        times = []
        for _ in range(12):
            begun = time.perf_counter()
            answer = browser.get(path)
            times.append(time.perf_counter() - begun)
            assert answer.status_code == 200, (path, answer.status_code)
        times.sort()
        print(f"{path} with {LONG_CASE} lines: median {times[6] * 1000:.0f} ms, "
              f"slowest {times[-1] * 1000:.0f} ms, {len(answer.data) / 1000:.0f} kB")  # fmt: skip


if __name__ == "__main__":
    main()
