"""Run all benchmarks and write one table: build/bench.md.

    python bench/everything.py [--only answers,receipts] [--missing] [--quick] [--runs 5]

Each benchmark is a module whose ``measure(arguments)`` fills a throwaway database, verifies the
results, and returns rows. Rows are stored per part, and the table is rewritten after each:
``--only`` measures some parts, ``--missing`` those without stored rows. ``--quick`` only shows that
all of them work, and stores nothing.
"""

import argparse
import importlib
import json
import time
from dataclasses import asdict
from pathlib import Path

import load
from measuring import HEAD, Row, machine, options, table

SQLITE, POSTGRESQL = False, True
# In the order of the table: on which databases each is measured, and its own sizes.
BENCHES: dict[str, tuple[tuple[bool, ...], dict[str, int]]] = {
    "answers": ((SQLITE, POSTGRESQL), {"hearings": 0}),
    "sending": ((POSTGRESQL,), {}),  # it measures both
    "receipts": ((SQLITE, POSTGRESQL), {"hearings": 0}),
    "queueing": ((SQLITE, POSTGRESQL), {}),
    "imports": ((SQLITE, POSTGRESQL), {"rows": 100_000}),
    "growth": ((SQLITE, POSTGRESQL), {}),
    "memory": ((SQLITE, POSTGRESQL), {"minutes": 2, "messages": 347 * 3600}),
    "feeds": ((SQLITE, POSTGRESQL), {"hearings": 10_000}),
    "suggestions": ((SQLITE, POSTGRESQL), {"bookings": 1_000_000}),
    "record": ((SQLITE, POSTGRESQL), {"lines": 1_000_000, "cases": 5_000, "processes": 0}),
}
REPORT, PARTS = Path("build/bench.md"), Path("build/bench")


def main() -> None:
    """Run the requested benchmarks; print and store the table."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--only", default=",".join(BENCHES), help="names, with commas between")
    parser.add_argument("--missing", action="store_true", help="only what is not kept yet")
    own, rest = parser.parse_known_args()
    arguments = options(__doc__, rest)
    load.at_hand()
    told: list[Row] = []
    for name in own.only.split(","):
        databases, sizes = BENCHES[name]
        for postgresql in databases:
            file = PARTS / f"{name}-{'postgresql' if postgresql else 'sqlite'}.json"
            if own.missing and file.exists():
                continue
            given = {**vars(arguments), **sizes, "postgresql": postgresql}
            rows = _measured(name, argparse.Namespace(**given))
            told += rows
            if not arguments.quick:
                _keep(file, rows)
    print(f"\n{table(told)}" if arguments.quick else f"\n{REPORT.read_text()}\nKept in {REPORT}.")


def _measured(name: str, arguments: argparse.Namespace) -> list[Row]:
    begun = time.monotonic()
    rows = list(importlib.import_module(name).measure(arguments))
    print(HEAD, *rows, f"({name}: {time.monotonic() - begun:.0f} s)\n", sep="\n", flush=True)
    return rows


def _keep(file: Path, rows: list[Row]) -> None:
    """Store one part's rows, and write the table of all stored rows."""
    PARTS.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
    names = [f"{name}-{base}" for name in BENCHES for base in ("sqlite", "postgresql")]
    files = [PARTS / f"{name}.json" for name in names]
    all_ = [Row(**row) for each in files if each.exists() for row in json.loads(each.read_text())]
    REPORT.write_text(f"{machine()}.\n\n{table(all_)}\n")


if __name__ == "__main__":
    main()
