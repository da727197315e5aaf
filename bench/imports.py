"""Time and memory of an import of 100,000 rows, and how long an act waits meanwhile.

    python bench/imports.py [--rows 100000] [--postgresql] [--quick]

The file has the format of Idaho's courts, a case in each row; it is imported by the command, first
new, then again, unchanged. Meanwhile another process commits an act fifty times a second.
"""

import argparse
import csv
import datetime as dt
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from databases import Stage, throwaway
from measuring import Row, options, table
from serving import settings_for

from app.cases.models import Case
from app.core.db import db, transaction
from app.hearings.models import Booking, Hearing
from app.people import service as people

SIZES = {"rows": 100_000}
MOST_SECONDS, MOST_MEMORY, MOST_WAIT = (25.0, 10.0), 250, 0.5
MIDNIGHT = dt.datetime.now(dt.UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
BEGIN = MIDNIGHT + dt.timedelta(days=30)
JUDGES = 40
HEADER = (
    *("PartyID", "PartyFirstName", "PartyLastName", "PhoneNumber", "CaseNumber", "JudgeName"),
    *("Next_Hearing", "HearingDate", "HearingTime", "TimeFormatted"),
)


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, **SIZES))))


@dataclass
class Waits:
    """Seconds that each act took while something else was going on."""

    seconds: list[float] = field(default_factory=list)


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Import a file twice; return a row for each."""
    count = 2_000 if arguments.quick else arguments.rows
    with throwaway(arguments.postgresql) as stage:
        people.add_court(
            db.session(), "Ada County", zone="America/Boise", country="US", language="en"
        )
        db.session().commit()
        file = stage.folder / "hearings.csv"
        _write(file, count)
        rows = [_row(stage, file, count, n) for n in (0, 1)]
        session = db.session()
        for model in (Case, Hearing):
            stored = session.scalar(sa.select(sa.func.count()).select_from(model))
            assert stored == count, (model, stored)
        assert session.scalar(sa.select(sa.func.count()).select_from(Booking)) >= count
        session.rollback()
        return rows


def _write(file: Path, count: int) -> None:
    """Write a file of made-up people: lists of cases are called at one time, as in Idaho."""
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for n in range(count):
            judge, place = n % JUDGES, n // JUDGES
            day = BEGIN + dt.timedelta(days=place // 40, minutes=8 * 60 + 15 * (place % 32))
            clock = day.time()
            writer.writerow(
                (
                    600_000 + n,
                    f"Ann{n % 971}",
                    f"Example{n}",
                    f"208-{200 + n // 10_000}-{n % 10_000:04}",
                    f"ID01-26-{n:06}",
                    f"Name{judge}, Judge",
                    "Pre-trial Conference",
                    f"{day.month}/{day.day}/{day.year}",
                    clock.strftime("%H:%M:%S"),
                    clock.strftime("%I:%M %p"),
                )
            )


def _row(stage: Stage, file: Path, count: int, n: int) -> Row:
    done, waits = threading.Event(), Waits()
    other = threading.Thread(target=_act, args=(stage, done, waits))
    other.start()
    seconds, processor, memory = _import(stage, file, count if n == 0 else 0)
    done.set()
    other.join()
    longest = max(waits.seconds)
    return Row(
        f"{count:,} rows imported, {'unchanged' if n else 'new'}",
        stage.database,
        f"≤ {MOST_SECONDS[n]:.0f} s, {MOST_MEMORY} MB, waits ≤ {MOST_WAIT} s",
        f"{seconds:.1f} s",
        f"{count / seconds:,.0f} rows/s; {processor:.1f} s of processor",
        f"{memory} MB",
        f"an act meanwhile: median {sorted(waits.seconds)[len(waits.seconds) // 2] * 1000:.0f} ms, "
        f"slowest {longest * 1000:.0f} ms",
        kept=seconds <= MOST_SECONDS[n] and memory <= MOST_MEMORY and longest <= MOST_WAIT,
    )


def _act(stage: Stage, done: threading.Event, waits: Waits) -> None:
    with stage.app.app_context():
        while not done.wait(0.02):
            begun = time.perf_counter()
            with transaction() as session:
                session.execute(sa.text("UPDATE court SET name = name"))
            waits.seconds.append(time.perf_counter() - begun)
        db.session.remove()


def _import(stage: Stage, file: Path, new: int) -> tuple[float, float, int]:
    """Import a file by the command; return seconds, seconds of processor, and MB of memory."""
    command = [sys.executable, "-m", "app", "import", str(file)]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings_for(stage.folder, stage.url)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    assert process.returncode == 0, said
    assert f"Cases: {new} new" in said, said
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
