"""What page and worker processes hold under load, and whether it grows with what they did.

    python bench/memory.py [--postgresql] [--minutes 5] [--messages 1249200] [--quick]

Counsel answer as fast as they can, while a worker confirms each answer; then `tingqi worker` sends
an hour's worth of a nation's texts (347 a second) into the local outbox. What a process holds (PSS)
is read every second; growth is the slope of the second half, told for that hour.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import answers
import filling
import sendings
from contest import Seats
from databases import database, named, throwaway
from measuring import Row, options, slope, table
from serving import scenario, worker

MOST = 200  # MB
HOUR = 347 * 3600  # messages, and as many answers
Found = list[tuple[float, float]]  # seconds, MB


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, minutes=5, messages=HOUR))))


def measure(asked: argparse.Namespace) -> list[Row]:
    """Load pages for some minutes, let a worker send; return a row for each of the two."""
    return [_pages(asked), _worker(asked)]


def _pages(asked: argparse.Namespace) -> Row:
    seconds = 20.0 if asked.quick else 60.0 * asked.minutes
    with throwaway(asked.postgresql) as stage:
        filling.court()
        seats, answered = Seats(400 if asked.quick else 5000), 0
        with (
            scenario(stage.folder, stage.url, **answers.PROXIED) as pages,
            worker(stage.folder, stage.url, TINGQI_BEAT_SECONDS="0.5"),
            _watched(lambda: max(map(held, children(pages.pid)))) as found,
        ):
            begun, send = time.monotonic(), answers.posting(pages.port, seats)
            while time.monotonic() - begun < seconds:
                answered += send(8, 5).answered
        return _row("page process", stage.database, found, answered, "answers")


def _worker(asked: argparse.Namespace) -> Row:
    texts = 2000 if asked.quick else asked.messages
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as name:
        folder = Path(name)
        url, server = database(folder, asked.postgresql)
        try:
            sendings.fill(folder, url, texts)
            with (
                worker(folder, url, TINGQI_BEAT_SECONDS="0.5") as sends,
                _watched(lambda: held(sends.pid)) as found,
            ):
                while sendings.some_wait(url):
                    time.sleep(1)
            sendings.check(folder, url, texts)
        finally:
            if server is not None:
                server.cleanup()
    return _row("worker", named(url), found, texts, "messages")


@contextmanager
def _watched(held_now: Callable[[], float]) -> Iterator[Found]:
    found: Found = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            found.append((time.monotonic(), held_now()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def _row(name: str, database_: str, found: Found, count: int, things: str) -> Row:
    most, late = max(held_ for _, held_ in found), found[len(found) // 2 :]
    growth = slope(late) * (found[-1][0] - found[0][0]) / count * HOUR
    return Row(
        f"Memory of a {name} under load",
        database_,
        f"≤ {MOST} MB, flat",
        f"{most / MOST:.0%}",
        f"{most:.0f} MB at most, after {count:,} {things}",
        more=f"{growth:+.0f} MB in {HOUR:,}, by the slope of the second half",
        kept=most <= MOST,
    )


def children(pid: int) -> list[int]:
    """Return the processes that one started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def held(pid: int) -> float:
    """Return what a process holds in MB, pages that it shares counted in parts."""
    said = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in said if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
