"""Throughput of many page and worker processes on one PostgreSQL, each with a share of a core.

    python bench/cluster.py [--share 12] [--processes 1 2 4 8] [--messages 6000] [--quick]

Each process gets a control group of its own, in which it may use ``share`` percent of a core, as if
it were a small machine; the database has what is left. So this machine shows how throughput grows
with processes, until its cores are full: the share of them that is used is shown beside each rate.
Needs root and the control groups of Linux (version 1 or 2).
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import answers
import filling
import sending
import sendings
from contest import Seats
from databases import Stage, database, throwaway
from measuring import HEAD, Row, median
from serving import scenario

ROOT = Path("/sys/fs/cgroup")
PERIOD = 20_000  # microseconds; short, so that a process does not pause for long
SLACK = 0.05  # of the cores; fuller than this, more processes cannot help
GROWTH = 0.9  # of the rate that as many times the processes would give


class Quota:
    """A control group that limits the processes in it to a part of a core."""

    def __init__(self, name: str, percent: int) -> None:
        """Create it. Raises SystemExit where that is not possible."""
        unified = (ROOT / "cgroup.controllers").exists()
        self.folder = (ROOT if unified else ROOT / "cpu") / f"tingqi-bench-{os.getpid()}-{name}"
        quota = PERIOD * percent // 100
        try:
            self.folder.mkdir()
            if unified:
                (self.folder / "cpu.max").write_text(f"{quota} {PERIOD}")
            else:
                (self.folder / "cpu.cfs_period_us").write_text(str(PERIOD))
                (self.folder / "cpu.cfs_quota_us").write_text(str(quota))
        except OSError as fault:
            raise SystemExit(
                f"A control group cannot be created ({fault}): run this as root, on Linux, with "
                "the controller cpu."
            ) from fault

    def hold(self, pid: int) -> None:
        """Move a process into the group; what it starts from then on is in the group too."""
        (self.folder / "cgroup.procs").write_text(str(pid))

    def remove(self) -> None:
        """Remove the group, once its processes have ended."""
        for _ in range(200):
            if not (self.folder / "cgroup.procs").read_text().strip():
                break
            time.sleep(0.05)
        self.folder.rmdir()


@contextmanager
def quotas(pids: Sequence[int], percent: int) -> Iterator[None]:
    """Limit each of some processes to a part of a core; they end before the block does."""
    groups = [Quota(str(pid), percent) for pid in pids]
    try:
        for group, pid in zip(groups, pids, strict=True):
            group.hold(pid)
        yield
    finally:
        for group in groups:
            group.remove()


@dataclass(frozen=True)
class Rate:
    """Results a second, and the part of the machine's cores that was in use meanwhile."""

    rate: float
    busy: float


def _cores_used() -> tuple[float, float]:
    """Return the time that all cores have worked and the time that has passed, in ticks."""
    numbers = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = numbers[3] + numbers[4]
    return sum(numbers) - idle, sum(numbers)


def _timed(run: Callable[[], float]) -> Rate:
    before = _cores_used()
    rate = run()
    after = _cores_used()
    return Rate(rate, (after[0] - before[0]) / max(1, after[1] - before[1]))


def main() -> None:
    """Measure pages, then workers, and print the table."""
    options = _options()
    print(HEAD, *_growth("Answers by link, page processes", _pages(options), options), sep="\n")
    print(*_growth("Texts sent, worker processes", _workers(options), options), sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--share", type=int, default=12, help="percent of a core for each process")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--messages", type=int, default=6000, help="for each run of workers")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one short run: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.runs, options.seconds, options.messages = 1, 4.0, 400
    return options


def _growth(what: str, rates: dict[int, list[Rate]], options: argparse.Namespace) -> list[Row]:
    """Return a row for each number of processes, compared with the smallest number."""
    least = min(rates)
    base = median(each.rate for each in rates[least]) / least
    rows = []
    for count, told in rates.items():
        rate, busy = median(each.rate for each in told), median(each.busy for each in told)
        share = rate / (base * count)
        is_full = busy > 1 - SLACK
        rows.append(
            Row(
                f"{what}: {count} of {options.share} % of a core",
                "PostgreSQL",
                f"≥ {GROWTH:.0%} of {count // least} × the rate of {least}"
                if count > least
                else "",
                f"{share:.0%}",
                f"{rate:,.0f}/s",
                "",
                f"cores {busy:.0%} in use",
                kept=None if count == least or is_full else share >= GROWTH,
            )
        )
    return rows


def _pages(options: argparse.Namespace) -> dict[int, list[Rate]]:
    rates: dict[int, list[Rate]] = {}
    with throwaway(postgresql=True) as stage:
        filling.court()
        seats = Seats(400 if options.quick else 4000)
        for count in options.processes:
            with _page_processes(stage, count, options.share) as port:
                post = answers.posting(port, seats)
                post(options.clients, min(1.0, options.seconds))  # warms up
                for _ in range(options.runs):
                    rates.setdefault(count, []).append(
                        _timed(lambda post=post: post(options.clients, options.seconds).rate)
                    )
    return rates


@contextmanager
def _page_processes(stage: Stage, count: int, percent: int) -> Iterator[int]:
    """Serve the pages in some processes, each with its share of a core; the port."""
    with ExitStack() as stack:
        limits = stack.enter_context(ExitStack())  # left last, when the processes have ended
        server = stack.enter_context(scenario(stage.folder, stage.url, count, **answers.PROXIED))
        limits.enter_context(quotas(_children(server.pid), percent))
        yield server.port


def _children(pid: int) -> list[int]:
    output = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    ).stdout
    return [int(each) for each in output.split()]


def _workers(options: argparse.Namespace) -> dict[int, list[Rate]]:
    rates: dict[int, list[Rate]] = {}
    for count in options.processes:
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as name:
                folder = Path(name)
                url, server = database(folder, postgresql=True)
                try:
                    sendings.fill(folder, url, options.messages)
                    rates.setdefault(count, []).append(_sent(folder, url, count, options))
                    sending.sent_once(folder, options.messages)
                    sendings.check(folder, url, options.messages)
                finally:
                    server.cleanup()
    return rates


def _sent(folder: Path, url: str, count: int, options: argparse.Namespace) -> Rate:
    """Let some workers, each with its share of a core, send what is due."""
    with ExitStack() as stack:

        def limit(pids: Sequence[int]) -> None:
            stack.enter_context(quotas(pids, options.share))

        return _timed(
            lambda: (
                options.messages / sending.send(folder, url, options.messages, 0.0, count, limit)
            )
        )


if __name__ == "__main__":
    main()
