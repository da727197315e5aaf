"""Every bench, one after the other, and one table of all: build/bench.md.

    python bench/everything.py [--quick] [--runs 5] [--seconds 3]

Each bench is a module whose ``measure(asked)`` fills a throwaway database, checks that what it
measured was right, and returns rows. ``--quick`` only shows that all of them work.
"""

import argparse
import importlib
import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path

import load
from measuring import Row, machine, options, table

# In the order of the table, each with whether it is measured on both databases.
BENCHES = {
    "answers": True, "sending": False, "receipts": True, "queueing": False, "growth": True,
    "memory": True,
}  # fmt: skip
REPORT = Path("build/bench.md")


def main() -> None:
    """Run all, print and keep the table."""
    asked = options(__doc__, hearings=0)
    load.at_hand()
    rows: list[Row] = []
    for name in BENCHES:
        for postgresql in (False, True) if BENCHES[name] else (True,):
            rows += _rows(name, argparse.Namespace(**{**vars(asked), "postgresql": postgresql}))
    told = f"{machine()}.\n\n{table(rows)}\n"
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(told)
    print(f"\n{told}\nKept in {REPORT}.")


def _rows(name: str, asked: argparse.Namespace) -> Iterator[Row]:
    if importlib.util.find_spec(name) is None:
        return
    begun = time.monotonic()
    for row in importlib.import_module(name).measure(asked):
        print(row, flush=True)
        yield row
    print(f"({name}: {time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
