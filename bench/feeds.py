"""Response times of a calendar of ten thousand hearings: 304, full, compressed, after one change.

    python bench/feeds.py [--hearings 10000] [--postgresql] [--quick]

``tingqi serve`` runs with one process; under the same server a bare Flask app returns a trivial
page and sends the same bytes from a file. One client, one connection; pairs are measured
alternately and medians reported.
"""

import argparse
import datetime as dt
import http.client
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from databases import Stage, throwaway
from flask import Flask
from measuring import Row, options, table
from serving import SECRET, free_port

from app.cases.models import Case
from app.core.db import transaction
from app.court import service
from app.feeds import event_cache
from app.feeds import service as feeds
from app.hearings.models import Hearing
from app.people import service as people

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
GZIP = {"Accept-Encoding": "gzip"}
BARE = """
from flask import Flask, send_file
app = Flask(__name__)
@app.get("/")
def trivial():
    return "ok"
@app.get("/file")
def file():
    return send_file({path!r}, mimetype="text/calendar")
"""


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, hearings=10_000))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database with hearings, time their calendar, and return the rows."""
    count = 500 if arguments.quick else arguments.hearings
    with throwaway(arguments.postgresql) as stage:
        path, number = _fill(stage.app, count)
        begun = time.perf_counter()
        _draw(stage.app.extensions["tingqi"].settings.court_address)
        each = (time.perf_counter() - begun) * 1000 / count
        return [
            Row(
                f"Calendar of {count:,} hearings, written by the beat",
                stage.database,
                "",
                "",
                f"{each:.2f} ms a hearing",
            ),
            *_asked(stage, path, number),
        ]


def _asked(stage: Stage, path: str, number: int) -> list[Row]:
    folder, name = stage.folder, stage.database
    with _served(folder, stage.url) as scenario:
        cold, first = _timed(scenario, path)
        body = scenario.get(path)[1]
        (folder / "feed.ics").write_bytes(body)
        (folder / "bare.py").write_text(BARE.format(path=str(folder / "feed.ics")))
        tag = {"If-None-Match": first["ETag"]}
        with _bare(folder) as bare:
            trivial, same = _pair(lambda: bare.get("/"), lambda: scenario.get(path, tag), 400)
            file, whole = _pair(lambda: bare.get("/file"), lambda: scenario.get(path), 30)
        packed = statistics.median(_timed(scenario, path, GZIP)[0] for _ in range(30))
        changed, anew = _after_changes(stage.app, scenario, path, number)
    size = len(body) / 1e6
    return [
        Row(
            "Calendar unchanged, asked with its tag",
            name,
            "≤ 1.5 × a trivial page",
            f"{same / trivial:.2f} ×",
            _ms(same),
            _ms(trivial),
            kept=same <= 1.5 * trivial,
        ),
        Row(
            f"Calendar unchanged, whole, {size:.1f} MB",
            name,
            "≥ 300 MB/s, or ≤ 2 × a file",
            f"{whole / file:.2f} × the time of a file",
            f"{size / whole:,.0f} MB/s",
            f"{size / file:,.0f} MB/s",
            kept=size / whole >= 300 or whole <= 2 * file,
        ),
        Row(
            "Calendar after one change, more than unchanged",
            name,
            "≤ 20 ms",
            "",
            _ms(changed - whole),
            kept=changed - whole <= 0.02,
        ),
        Row("Calendar with gzip", name, "", "", _ms(packed), more=f"{_ms(anew)} after one change"),
        Row("Calendar, the first request of a process", name, "", "", _ms(cold)),
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _after_changes(app: Flask, scenario: "Client", path: str, number: int) -> tuple[float, float]:
    """Return the median seconds of a calendar after a change, plain and compressed."""
    changed, anew = [], []
    for n in range(21):
        _change(app, number, n)
        changed.append(_timed(scenario, path)[0])
        _change(app, number, 100 + n)
        scenario.get(path)
        anew.append(_timed(scenario, path, GZIP)[0])
    return statistics.median(changed), statistics.median(anew)


class Client:
    """A persistent connection."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[dict[str, str], bytes]:
        """Request a page; return its headers and body."""
        try:
            self._line.request("GET", path, headers=headers or {})
            answer = self._line.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for longer than the server waits
            self._line.close()
            self._line.request("GET", path, headers=headers or {})
            answer = self._line.getresponse()
        body = answer.read()
        assert answer.status in (200, 304), answer.status
        return dict(answer.getheaders()), body


def _timed(
    scenario: Client, path: str, headers: dict[str, str] | None = None
) -> tuple[float, dict[str, str]]:
    begun = time.perf_counter()
    head, _ = scenario.get(path, headers)
    return time.perf_counter() - begun, head


def _pair(
    one: Callable[[], object], other: Callable[[], object], times: int
) -> tuple[float, float]:
    """Return the median seconds of two functions that are run alternately."""
    for each in (one, other):
        for _ in range(max(5, times // 10)):
            each()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for each, results in zip((one, other), spent, strict=True):
            begun = time.perf_counter()
            each()
            results.append(time.perf_counter() - begun)
    return statistics.median(spent[0]), statistics.median(spent[1])


@contextmanager
def _served(folder: Path, url: str) -> Iterator[Client]:
    port = free_port()
    given = {
        **os.environ,
        "TINGQI_INSTANCE": str(folder),
        "TINGQI_DATABASE_URL": url,
        "TINGQI_SECRET_KEY": SECRET,
    }
    words = [sys.executable, "-m", "app", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    yield from _running(words, given, port)


@contextmanager
def _bare(folder: Path) -> Iterator[Client]:
    port = free_port()
    words = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "--chdir",
        str(folder),
        "bare:app",
    ]
    yield from _running(words, dict(os.environ), port)


def _running(words: list[str], given: dict[str, str], port: int) -> Iterator[Client]:
    process = subprocess.Popen(words, env=given, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            client = Client(f"http://127.0.0.1:{port}")
            try:
                client.get("/healthz" if "app" in words else "/")
                break
            except OSError:
                time.sleep(0.1)
        yield client
    finally:
        process.terminate()
        process.wait(20)


def _fill(app: Flask, count: int) -> tuple[str, int]:
    """Create that many hearings of one assistant; return the path of the feed, and one hearing."""
    with transaction() as session:
        court = people.add_court(
            session,
            "上海市浦东新区人民法院",
            short="浦东法院",
            zone="Asia/Shanghai",
            country="CN",
            language="zh",
        )
        user = people.add_user(
            session, court, "bench@court.example", name="王书记员", role="assistant", now=NOW
        )
        rooms = [
            service.add_courtroom(session, court, f"第{n}法庭", f"主楼{n}层") for n in range(1, 11)
        ]
        judge = service.judge_named(session, court, "陈法官")
        session.flush()
        court_id, user_id, judge_id, room_ids = court.id, user.id, judge.id, [r.id for r in rooms]
        session.execute(
            sa.insert(Case),
            [
                {
                    "court_id": court_id,
                    "number": f"（2026）沪0115民初{n}号",
                    "number_key": f"{n}",
                    "title": "甲公司与乙公司买卖合同纠纷",
                    "procedure": "ordinary",
                    "judge_id": judge_id,
                    "assistant_id": user_id,
                    "created_at": NOW,
                }
                for n in range(count)
            ],
        )
        ids = list(session.scalars(sa.select(Case.id).order_by(Case.id)))
        session.execute(
            sa.insert(Hearing),
            [
                {
                    "court_id": court_id,
                    "case_id": case_id,
                    "judge_id": judge_id,
                    "kind": "trial",
                    "minutes": 90,
                    "state": "fixed",
                    "revision": 1,
                    "planned_revision": 1,
                    "uid": str(uuid.uuid4()),
                    "starts_at": NOW + dt.timedelta(hours=n),
                    "ends_at": NOW + dt.timedelta(hours=n, minutes=90),
                    "courtroom_id": room_ids[n % 10],
                    "user_id": user_id,
                    "created_at": NOW,
                    "changed_at": NOW,
                    "reason": "",
                    "imported": False,
                }
                for n, case_id in enumerate(ids)
            ],
        )
        path = feeds.open_feed(session, court, "me", None, user, NOW, SECRET.encode())[1]
        first = session.scalars(sa.select(Hearing.id).order_by(Hearing.id)).first()
    assert first is not None
    return path, first + count // 2


def _draw(court_address: str) -> None:
    scenario = event_cache.house_of(court_address)
    while True:
        with transaction() as session:
            changed = event_cache.not_rendered(session, scenario)
            if not changed:
                return
            event_cache.keep(session, changed, NOW, court_address)


def _change(app: Flask, number: int, n: int) -> None:
    with app.app_context(), transaction() as session:
        hearing = session.get_one(Hearing, number)
        hearing.starts_at = NOW + dt.timedelta(days=100, minutes=n)
        hearing.ends_at = hearing.starts_at + dt.timedelta(minutes=90)
        hearing.revision += 1


if __name__ == "__main__":
    main()
