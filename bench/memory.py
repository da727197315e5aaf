"""What page and worker processes hold under load, and whether it grows with what they sent.

    python bench/memory.py [--postgresql] [--minutes 5] [--quick]

Counsel answer as fast as they can while a worker confirms each answer into the local outbox. What
each process holds (PSS) is read every second; growth is the slope of the second half, told for an
hour of a nation's messages (347 a second).
"""

import argparse
import threading
import time
from pathlib import Path

import answers
import filling
import sqlalchemy as sa
from contest import Seats
from databases import Stage, throwaway
from measuring import Row, options, slope, table
from serving import Server, house, worker

from app.db import db
from app.notices.models import Notice

MOST = 200  # MB
HOUR = 347 * 3600  # messages


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, minutes=5))))


def measure(asked: argparse.Namespace) -> list[Row]:
    """Load pages and a worker for some minutes, and return a row for each of the two."""
    seconds = 20.0 if asked.quick else 60.0 * getattr(asked, "minutes", 5)
    with throwaway(asked.postgresql) as stage:
        filling.court()
        seats = Seats(400 if asked.quick else 5000)
        with (
            house(stage.folder, stage.url, **answers.PROXIED) as pages,
            worker(stage.folder, stage.url, TINGQI_BEAT_SECONDS="0.5") as sends,
        ):
            return _watched(stage, pages, sends, seats, seconds)


def _watched(stage: Stage, pages: Server, sends: Server, seats: Seats, seconds: float) -> list[Row]:
    found: dict[str, list[tuple[float, float]]] = {"page process": [], "worker": []}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            at = time.monotonic()
            found["page process"].append((at, max(map(held, children(pages.pid)))))
            found["worker"].append((at, held(sends.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun, send, answered = time.monotonic(), answers.posting(pages.port, seats), 0
    try:
        while time.monotonic() - begun < seconds:
            answered += send(8, 5).answered
    finally:
        over.set()
        watcher.join()
    sent = _sent()
    rates = {"page process": answered / seconds, "worker": sent / seconds}
    counts = {"page process": f"{answered:,} answers", "worker": f"{sent:,} messages"}
    return [_row(name, stage, found[name], rates[name], counts[name]) for name in found]


def _row(name: str, stage: Stage, found: list[tuple[float, float]], rate: float, count: str) -> Row:
    late = found[len(found) // 2 :]
    most = max(held_ for _, held_ in found)
    growth = slope(late) / rate * HOUR if rate else float("inf")
    return Row(
        f"Memory of a {name} under load", stage.database, f"≤ {MOST} MB, flat",
        f"{most / MOST:.0%}", f"{most:.0f} MB at most, after {count}",
        more=f"{growth:+.0f} MB in {HOUR:,}, by the slope of the second half", kept=most <= MOST,
    )  # fmt: skip


def _sent() -> int:
    session = db.session()
    session.rollback()
    wanted = sa.select(sa.func.count()).where(Notice.kind == "answered", Notice.state == "sent")
    return session.scalar(wanted) or 0


def children(pid: int) -> list[int]:
    """Return the processes that one started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def held(pid: int) -> float:
    """Return what a process holds in MB, pages that it shares counted in parts."""
    said = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in said if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
