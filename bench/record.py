"""Time to verify a record of a million entries, and to show a case of ten thousand.

    python bench/record.py [--lines 1000000] [--cases 5000] [--postgresql] [--quick]

The database is a throwaway one; its entries are created as by the app, and sealed by the app.
"""

import argparse
import datetime as dt
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from databases import Stage, throwaway
from measuring import Row, options, table
from serving import settings_for

from app.cases.models import Case
from app.core.db import db
from app.court import service
from app.court.models import Court
from app.people import service as people
from app.people import tokens
from app.record.hashing import START, instant, sha
from app.record.models import ChainHead, Entry, EntryContent

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
SIZES = {"lines": 1_000_000, "cases": 5_000, "processes": 0}
MOST_SECONDS, MOST_MEMORY, MOST_MS = 20.0, 300, 300
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
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, **SIZES))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database, measure the targets, and return the rows."""
    lines, count = (20_000, 100) if arguments.quick else (arguments.lines, arguments.cases)
    with throwaway(arguments.postgresql) as stage:
        _fill(stage.app, lines, count)
        checked = _verify(stage, lines, arguments.processes)
        return [*checked, *_show(stage)]


def _fill(app: Any, lines: int, count: int) -> None:
    session = db.session()
    court = people.add_court(session, "Bench Court", zone="UTC", country="GB", language="en")
    user = people.add_user(session, court, EMAIL, role="assistant", now=NOW)
    people.set_password(user, PASSWORD)
    _, token = tokens.create(session, user, "bench", NOW)
    session.commit()
    _long_case(app, token)
    first = session.get_one(Case, 1)
    rest = [
        {
            "id": n,
            "court_id": court.id,
            "judge_id": first.judge_id,
            "number": f"B-{n}",
            "number_key": f"b-{n}",
            "title": "",
            "procedure": "ordinary",
            "created_at": NOW,
        }
        for n in range(2, count + 1)
    ]
    session.execute(sa.insert(Case), rest)
    begun = session.get_one(ChainHead, 1)
    _lines(session, 1, LONG_CASE - begun.seq, begun.seq, begun.hash)
    each = max(1, (lines - LONG_CASE) // (count - 1))
    for case_id in range(2, count + 1):
        _lines(session, case_id, each, 0, START)
    session.commit()


def _long_case(app: Any, token: str) -> None:
    """Create the case whose page is shown, with a hearing proposed to two sides."""
    head = {"Authorization": f"Bearer {token}"}
    service.add_courtroom(db.session(), db.session().get_one(Court, 1), "1", "")
    db.session().commit()
    counsel = [
        {
            "name": f"Counsel {n}",
            "email": f"c{n}@firm.example",
            "phone": f"+861380013800{n}",
            "language": "en",
        }
        for n in (1, 2)
    ]
    parties = [
        {"role": side, "name": side, "side": side, "counsel": [each]}
        for side, each in zip(("claimant", "respondent"), counsel, strict=True)
    ]
    case = {"number": "B-1", "procedure": "ordinary", "judge": "Judge", "parties": parties}
    response = app.test_client().post("/api/v1/cases", json=case, headers=head)
    assert response.status_code == 201, response.text
    starts_at = dt.datetime.now(dt.UTC).replace(hour=9, minute=0, microsecond=0)
    starts_at += dt.timedelta(days=40 - starts_at.weekday())
    hearing = {
        "case_id": 1,
        "minutes": 60,
        "kind": "trial",
        "answer_by": (starts_at - dt.timedelta(days=20)).isoformat(),
        "slots": [{"starts_at": starts_at.isoformat(), "courtroom": "1"}],
    }
    response = app.test_client().post("/api/v1/hearings", json=hearing, headers=head)
    assert response.status_code == 201, response.text


def _lines(session: Any, case_id: int, count: int, after: int, last: str) -> None:
    number = (session.scalar(sa.select(sa.func.max(Entry.id))) or 0) + 1
    chain = list(_chain(case_id, count, after, last))
    if not after:
        session.execute(sa.insert(ChainHead), [{"case_id": case_id, "seq": 0, "hash": START}])
    session.execute(
        sa.insert(Entry), [{**line, "id": number + n} for n, (line, _) in enumerate(chain)]
    )
    session.execute(
        sa.insert(EntryContent),
        [{"line_id": number + n, "body": b} for n, (_, b) in enumerate(chain)],
    )


def _chain(case_id: int, count: int, after: int, last: str) -> Iterator[tuple[dict, dict]]:
    begun, pause = dt.datetime.now(dt.UTC) - dt.timedelta(days=3), dt.timedelta(seconds=20)
    if after:  # no line is earlier than those that are there, written a moment ago
        begun, pause = dt.datetime.now(dt.UTC), dt.timedelta(milliseconds=1)
    for seq in range(after + 1, after + count + 1):
        what, detail = SHAPES[seq % len(SHAPES)]
        body = {
            "name": "李敏",
            "address": "+8613800138001",
            "text": WORDS,
            "salt": secrets.token_hex(16),
        }
        at = begun + pause * seq
        content = sha(body)
        counsel = seq % 2 + 1 if case_id == 1 else None
        line = {
            "direction": "out",
            "about": "hearing/1",
            "attempt": "",
            "channel": "sms",
            "kind": "proposal",
            "detail": detail,
            "what": what,
            "prev": last,
            "seq": seq,
            "side": ("claimant", "respondent")[seq % 2],
        }
        sealed = {
            **line,
            "v": 1,
            "case": case_id,
            "at": instant(at),
            "counsel": counsel,
            "content": content,
        }
        last = sha(sealed)
        yield (
            {
                **line,
                "case_id": case_id,
                "court_id": 1,
                "at": at,
                "counsel_id": counsel,
                "content_hash": content,
                "hash": last,
            },
            body,
        )


def _verify(stage: Stage, lines: int, processes: int) -> list[Row]:
    """Run the command; its memory is that of all its processes together."""
    command = [sys.executable, "-m", "app", "record", "verify"]
    command += ["--processes", str(processes)] if processes else []
    environment = settings_for(stage.folder, stage.url, PYTHONPATH=".")
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        peak = _peak(running) / 1e6
        output = running.stdout.read() if running.stdout else ""
    took, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert running.returncode == 0, output
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    most = MOST_SECONDS * lines / SIZES["lines"]
    return [
        Row(
            f"Record of {lines:,} lines checked",
            stage.database,
            f"≤ {most:g} s",
            f"{took / most:.2f} ×",
            f"{took:.1f} s",
            more=f"{spent:.1f} s of processor",
            kept=took <= most,
        ),
        Row(
            "The same, memory of all its processes",
            stage.database,
            f"≤ {MOST_MEMORY} MB",
            f"{peak / MOST_MEMORY:.2f} ×",
            f"{peak:.0f} MB",
            kept=peak <= MOST_MEMORY,
        ),
    ]


def _peak(running: subprocess.Popen) -> int:
    """Return the peak memory, in bytes, of a process and its children together."""
    peak = 0
    while running.poll() is None:
        peak = max(peak, sum(_pss(pid) for pid in _family(running.pid)))
        time.sleep(0.2)
    return peak


def _family(pid: int) -> list[int]:
    results = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                results += _family(int(child))
        except OSError:
            continue
    return results


def _pss(pid: int) -> int:
    """Return the PSS of a process: shared pages are counted once in total."""
    try:
        smaps = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(
        (int(row.split()[1]) * 1024 for row in smaps.splitlines() if row.startswith("Pss:")), 0
    )


def _show(stage: Stage) -> list[Row]:
    browser = stage.app.test_client()
    signed = browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert signed.status_code in (302, 303), signed.status_code
    rows = []
    for path in ("/cases/1", "/cases/1/record"):
        times = []
        for _ in range(12):
            begun = time.perf_counter()
            answer = browser.get(path)
            times.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        times.sort()
        rows.append(
            Row(
                f"{path} with {LONG_CASE:,} lines",
                stage.database,
                f"≤ {MOST_MS} ms",
                f"{times[6] / MOST_MS:.2f} ×",
                f"{times[6]:.0f} ms",
                more=f"slowest {times[-1]:.0f} ms, {len(answer.data) / 1000:.0f} kB",
                kept=times[6] <= MOST_MS,
            )
        )
    return rows


if __name__ == "__main__":
    main()
