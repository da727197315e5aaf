"""Time to answer for a calendar of ten thousand hearings: unchanged, whole, after one change.

    python bench/feeds.py [--hearings 10000] [--postgresql] [--quick]

Pages are served by ``tingqi serve`` with one process; beside it, under the same server, a bare
Flask app answers a trivial page and sends the same bytes from a file. One client, one connection;
each pair is measured in turns, the median of each is shown.
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
from app.feeds import rendered_events
from app.feeds import service as feeds
from app.hearings.models import Hearing
from app.people import service as people

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
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
        path, hearing_id, other_id = _fill(stage.app, count)
        begun = time.perf_counter()
        _render(stage.app.extensions["tingqi"].settings.court_address)
        each = (time.perf_counter() - begun) * 1000 / count
        return [
            Row(
                f"Calendar of {count:,} hearings, rendered by the beat",
                stage.database,
                "",
                "",
                f"{each:.2f} ms a hearing",
            ),
            *_requests(stage, path, hearing_id, other_id),
        ]


def _requests(stage: Stage, path: str, hearing_id: int, other_id: int) -> list[Row]:
    folder, name = stage.folder, stage.database
    with _served(folder, stage.url) as client:
        cold, first = _timed(client, path)
        body = client.get(path)[1]
        (folder / "feed.ics").write_bytes(body)
        (folder / "bare.py").write_text(BARE.format(path=str(folder / "feed.ics")))
        known = {"If-None-Match": first["ETag"]}
        with _bare(folder) as bare:
            trivial, same = _pair(lambda: bare.get("/"), lambda: client.get(path, known), 400)
            file, full = _pair(lambda: bare.get("/file"), lambda: client.get(path), 15)
        changed = _after_changes(stage.app, client, path, hearing_id)
        known = {"If-None-Match": client.get(path)[0]["ETag"]}
        others = _after_changes(stage.app, client, path, other_id, known)
    size = len(body) / 1e6
    return [
        Row(
            "Calendar unchanged, asked with its tag",
            name,
            "≤ 3 × a trivial page",
            f"{same / trivial:.2f} ×",
            _ms(same),
            _ms(trivial),
            kept=same <= 3 * trivial,
        ),
        Row(
            "Calendar unchanged, asked with its tag, another of the court changed",
            name,
            "≤ 100 ms",
            "",
            _ms(others),
            kept=others <= 0.1,
        ),
        Row(
            f"Calendar whole, {size:.1f} MB",
            name,
            "≤ 1 s",
            f"{full / file:.0f} × the time of a file",
            _ms(full),
            _ms(file),
            kept=full <= 1,
        ),
        Row("Calendar whole, after one change", name, "≤ 1 s", "", _ms(changed), kept=changed <= 1),
        Row("Calendar whole, the first request of a process", name, "", "", _ms(cold)),
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _after_changes(
    app: Flask, client: "Client", path: str, hearing_id: int, headers: dict[str, str] | None = None
) -> float:
    """Return the median seconds of a calendar after a hearing changed."""
    spent = []
    for n in range(11):
        _change(app, hearing_id, n)
        spent.append(_timed(client, path, headers)[0])
    return statistics.median(spent)


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
    client: Client, path: str, headers: dict[str, str] | None = None
) -> tuple[float, dict[str, str]]:
    begun = time.perf_counter()
    head, _ = client.get(path, headers)
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
    environment = {
        **os.environ,
        "TINGQI_INSTANCE": str(folder),
        "TINGQI_DATABASE_URL": url,
        "TINGQI_SECRET_KEY": SECRET,
    }
    command = [
        sys.executable,
        "-m",
        "app",
        "serve",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
    ]
    yield from _running(command, environment, port)


@contextmanager
def _bare(folder: Path) -> Iterator[Client]:
    port = free_port()
    command = [
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
    yield from _running(command, dict(os.environ), port)


def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[Client]:
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            client = Client(f"http://127.0.0.1:{port}")
            try:
                client.get("/healthz" if "app" in command else "/")
                break
            except OSError:
                time.sleep(0.1)
        yield client
    finally:
        process.terminate()
        process.wait(20)


def _fill(app: Flask, count: int) -> tuple[str, int, int]:
    """Enter as many hearings of one assistant, and one of another.

    Return the path of the assistant's feed, one of their hearings, and the other's.
    """
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
        other = people.add_user(
            session, court, "other@court.example", name="李书记员", role="assistant", now=NOW
        )
        rooms = [
            service.add_courtroom(session, court, f"第{n}法庭", f"主楼{n}层") for n in range(1, 11)
        ]
        judge = service.judge_named(session, court, "陈法官")
        session.flush()
        court_id, judge_id, room_ids = court.id, judge.id, [room.id for room in rooms]
        user_ids = [user.id] * count + [other.id]
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
                    "assistant_id": user_ids[n],
                    "created_at": NOW,
                }
                for n in range(count + 1)
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
                    "user_id": user_ids[n],
                    "created_at": NOW,
                    "changed_at": NOW,
                    "reason": "",
                    "imported": False,
                }
                for n, case_id in enumerate(ids)
            ],
        )
        path = feeds.open_feed(session, court, "me", None, user, NOW, SECRET.encode())[1]
        ids = list(session.scalars(sa.select(Hearing.id).order_by(Hearing.id)))
    return path, ids[count // 2], ids[-1]


def _render(court_address: str) -> None:
    while True:
        with transaction() as session:
            if not rendered_events.render_next(session, NOW, court_address):
                return


def _change(app: Flask, number: int, n: int) -> None:
    with app.app_context(), transaction() as session:
        hearing = session.get_one(Hearing, number)
        hearing.starts_at = NOW + dt.timedelta(days=100, minutes=n)
        hearing.ends_at = hearing.starts_at + dt.timedelta(minutes=90)
        hearing.revision += 1


if __name__ == "__main__":
    main()
