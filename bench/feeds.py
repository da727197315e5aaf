"""What a calendar of ten thousand hearings costs: unchanged, whole, packed, after one change.

    python bench/feeds.py [--hearings 10000] [--postgresql]

Pages are served by ``tingqi serve`` with one process; beside it, under the same server, a bare
Flask app answers a trivial page and sends the same bytes from a file. One client, one connection;
each pair is measured in turns, the median of each is told.
"""

import argparse
import datetime as dt
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from databases import database
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.cases import service as cases
from app.cases.models import Case
from app.config import Settings
from app.db import db, transaction
from app.feeds import drawing
from app.feeds import service as feeds
from app.hearings.models import Hearing
from app.people import service as people

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
SECRET = "a secret of the bench, long enough to be one"
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
    """Fill a database with hearings, then time their calendar."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as folder:
        url, server = database(Path(folder), options.postgresql)
        settings = Settings(Path(folder), url, SECRET.encode())
        app = create_app(settings)
        with app.app_context():
            upgrade()
            path, number = _fill(app, options.hearings)
            begun = time.perf_counter()
            _draw(settings.court_address)
            each = (time.perf_counter() - begun) * 1000 / options.hearings
            print(f"written by the beat: {each:.2f} ms a hearing")
        _measure(Path(folder), url, path, number, app)
        if server is not None:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            server.cleanup()


def _measure(folder: Path, url: str, path: str, number: int, app: Flask) -> None:
    with _served(folder, url) as house:
        cold, first = _timed(house, path)
        body = house.get(path)[1]
        (folder / "feed.ics").write_bytes(body)
        (folder / "bare.py").write_text(BARE.format(path=str(folder / "feed.ics")))
        print(f"{len(body) / 1e6:.1f} MB; first request of a process {cold * 1000:.0f} ms")
        tag = first["ETag"]
        with _bare(folder) as bare:
            trivial, same = _pair(
                lambda: bare.get("/"), lambda: house.get(path, {"If-None-Match": tag}), 400
            )
            print(
                f"unchanged, 304: {same * 1000:.2f} ms, a trivial page {trivial * 1000:.2f} ms: "
                f"{same / trivial:.2f} times"
            )
            file, whole = _pair(lambda: bare.get("/file"), lambda: house.get(path), 30)
            size = len(body) / 1e6
            print(
                f"unchanged, whole: {size / whole:.0f} MB/s, the same bytes from a file "
                f"{size / file:.0f} MB/s: {whole / file:.2f} times the time"
            )
        head = {"Accept-Encoding": "gzip"}
        packed = len(house.get(path, head)[1])
        told = statistics.median(_timed(house, path, head)[0] for _ in range(30))
        print(f"packed: {packed / 1e6:.2f} MB in {told * 1000:.2f} ms")
        changed, gz = [], []
        for n in range(21):
            _change(app, number, n)
            changed.append(_timed(house, path)[0])
            _change(app, number, 100 + n)
            house.get(path)
            gz.append(_timed(house, path, head)[0])
        print(
            f"after one change: {statistics.median(changed) * 1000:.1f} ms, of which whole "
            f"{whole * 1000:.1f} ms: {(statistics.median(changed) - whole) * 1000:.1f} ms more; "
            f"packed anew {statistics.median(gz) * 1000:.1f} ms"
        )


class Client:
    """One connection, kept open."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[dict[str, str], bytes]:
        """Ask for a page; return its headers and body."""
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
    house: Client, path: str, headers: dict[str, str] | None = None
) -> tuple[float, dict[str, str]]:
    begun = time.perf_counter()
    head, _ = house.get(path, headers)
    return time.perf_counter() - begun, head


def _pair(
    one: Callable[[], object], other: Callable[[], object], times: int
) -> tuple[float, float]:
    """Return the median seconds of two things that are done in turns."""
    for each in (one, other):
        for _ in range(max(5, times // 10)):
            each()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for each, found in zip((one, other), spent, strict=True):
            begun = time.perf_counter()
            each()
            found.append(time.perf_counter() - begun)
    return statistics.median(spent[0]), statistics.median(spent[1])


@contextmanager
def _served(folder: Path, url: str) -> Iterator[Client]:
    port = _free_port()
    given = {**os.environ, "TINGQI_INSTANCE": str(folder), "TINGQI_DATABASE_URL": url,
             "TINGQI_SECRET_KEY": SECRET}  # fmt: skip
    words = [sys.executable, "-m", "app", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    yield from _running(words, given, port)


@contextmanager
def _bare(folder: Path) -> Iterator[Client]:
    port = _free_port()
    words = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1",
             "--worker-class", "gthread", "--threads", "4", "--log-level", "warning",
             "--chdir", str(folder), "bare:app"]  # fmt: skip
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


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _fill(app: Flask, count: int) -> tuple[str, int]:
    """Enter as many hearings of one assistant; return the path of their feed, and one of them."""
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
            cases.add_courtroom(session, court, f"第{n}法庭", f"主楼{n}层") for n in range(1, 11)
        ]
        judge = cases.judge_named(session, court, "陈法官")
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
    house = drawing.house_of(court_address)
    while True:
        with transaction() as session:
            changed = drawing.undrawn(session, house)
            if not changed:
                return
            drawing.keep(session, changed, NOW, court_address)


def _change(app: Flask, number: int, n: int) -> None:
    with app.app_context(), transaction() as session:
        hearing = session.get_one(Hearing, number)
        hearing.starts_at = NOW + dt.timedelta(days=100, minutes=n)
        hearing.ends_at = hearing.starts_at + dt.timedelta(minutes=90)
        hearing.revision += 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hearings", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
