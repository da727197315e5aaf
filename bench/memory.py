"""Memory of page and worker processes under load, and its growth.

    python bench/memory.py [--postgresql] [--minutes 5] [--messages 1249200] [--quick]

Counsel answer as fast as possible while a worker confirms each answer; then `tingqi worker` sends
an hour's worth of a nation's texts (347 per second) to the local outbox. PSS is read every second;
growth is the slope of the second half, extrapolated to that hour.
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


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Load pages for some minutes, then let a worker send; return a row for each."""
    return [_pages(arguments), _worker(arguments)]


def _pages(arguments: argparse.Namespace) -> Row:
    seconds = 20.0 if arguments.quick else 60.0 * arguments.minutes
    with throwaway(arguments.postgresql) as stage:
        filling.court()
        seats, answered = Seats(400 if arguments.quick else 5000), 0
        with (
            scenario(stage.folder, stage.url, **answers.PROXIED) as pages,
            worker(stage.folder, stage.url, TINGQI_BEAT_SECONDS="0.5"),
            _watched(lambda: max(map(held, children(pages.pid)))) as results,
        ):
            begun, send = time.monotonic(), answers.posting(pages.port, seats)
            while time.monotonic() - begun < seconds:
                answered += send(8, 5).answered
        return _row("page process", stage.database, results, answered, "answers")


def _worker(arguments: argparse.Namespace) -> Row:
    texts = 2000 if arguments.quick else arguments.messages
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as name:
        folder = Path(name)
        url, server = database(folder, arguments.postgresql)
        try:
            sendings.fill(folder, url, texts)
            with (
                worker(folder, url, TINGQI_BEAT_SECONDS="0.5") as sends,
                _watched(lambda: held(sends.pid)) as results,
            ):
                while sendings.some_wait(url):
                    time.sleep(1)
            sendings.check(folder, url, texts)
        finally:
            if server is not None:
                server.cleanup()
    return _row("worker", named(url), results, texts, "messages")


@contextmanager
def _watched(held_now: Callable[[], float]) -> Iterator[Found]:
    results: Found = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            results.append((time.monotonic(), held_now()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield results
    finally:
        over.set()
        watcher.join()


def _row(name: str, database_: str, results: Found, count: int, things: str) -> Row:
    most, late = max(held_ for _, held_ in results), results[len(results) // 2 :]
    growth = slope(late) * (results[-1][0] - results[0][0]) / count * HOUR
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
    """Return the child processes of a process."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def held(pid: int) -> float:
    """Return the PSS of a process in MB (shared pages counted proportionally)."""
    smaps = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in smaps if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
