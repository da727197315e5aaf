"""Soak the house: seed after seed until the time is over, or one seed alone; the first fault ends it.

python -m tests.soak [--seed N] [--minutes N] [--db sqlite|postgresql] [--rounds N]
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from tests.conftest import make_court, make_scenario, postgresql, run_sql
from tests.soak.checks import wrong
from tests.soak.databases import Database
from tests.soak.facts import Facts
from tests.soak.plan import plan
from tests.soak.run import run

WORKERS = {"sqlite": (1, 2), "postgresql": (1, 2, 4, 8)}


def main() -> int:
    """Run seeds; return 1 at the first that shows a fault, and leave its folder to be looked at."""
    given = _options()
    end = time.monotonic() + 60 * given.minutes
    seeds = iter([given.seed]) if given.seed is not None else _any_seeds()
    with databases_of(given.db) as databases:
        for seed in seeds:
            if not _one(seed, given, databases):
                again = f"make soak SEED={seed} DB={given.db} ROUNDS={given.rounds}"
                print(f"seed {seed} shows a fault; again: {again}", flush=True)
                return 1
            if time.monotonic() > end:
                break
    return 0


def _one(seed: int, given: argparse.Namespace, databases: Iterator[Database]) -> bool:
    database, folder = next(databases), Path(tempfile.mkdtemp(prefix="tingqi-soak-"))
    if database.kind == "sqlite":
        database = Database(f"sqlite:///{folder / 'tingqi.db'}")
    scenario = make_scenario(folder, database.url)
    if database.kind == "sqlite":
        with scenario.app.app_context():
            upgrade()
    make_court(scenario)
    begun = time.monotonic()
    chosen = plan(seed, given.rounds, database.kind, WORKERS[given.db], long=True)
    try:
        found = run(scenario, database, chosen)
        faults = wrong(found)
        print(_summary(seed, chosen.workers, found, time.monotonic() - begun), flush=True)
    except TimeoutError as late:
        faults = [f"it does not come to rest: {late}"]
    finally:
        scenario.close()
    for fault in faults:
        print(f"  {fault}", flush=True)
    if faults:
        print(f"  what is left of it lies in {folder}; database {database.url}", flush=True)
    else:
        shutil.rmtree(folder)
    return not faults


def _summary(seed: int, workers: int, found: Facts, seconds: float) -> str:
    fates = Counter(each.fate for each in found.asked)
    states = Counter(each["state"] for each in found.notices)
    statuses = Counter(each.status for each in found.client_log.answers)
    return (
        f"seed {seed}: {workers} workers, {len(found.killed)} killed, {seconds:.0f} s; "
        f"{len(found.hearings)} hearings, {len(found.asked)} messages given to carriers "
        f"({fates['well']} went well), notices {_said(states)}; answers {_said(statuses)}, "
        f"{len(found.client_log.lost)} lost; {len(found.lines)} lines"
    )


def _said(counts: Counter[Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def _any_seeds() -> Iterator[int]:
    while True:
        yield random.randrange(1_000_000)


@contextmanager
def databases_of(kind: str) -> Iterator[Iterator[Database]]:
    """Yield fresh, migrated databases, one after the other; SQLite's are made where they are used."""
    if kind == "sqlite":
        yield iter(lambda: Database("sqlite://"), None)
        return
    # What was committed must survive its crash.
    with postgresql(careless=("fsync", "full_page_writes")) as (url, server):

        def fresh() -> Iterator[Database]:
            number = 0
            while True:
                number += 1
                run_sql(url, f"CREATE DATABASE soak{number} TEMPLATE empty")
                named = sa.make_url(url).set(database=f"soak{number}")
                yield Database(named.render_as_string(hide_password=False), server)

        yield fresh()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--db", choices=sorted(WORKERS), default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
