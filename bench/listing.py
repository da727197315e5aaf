"""Optimality gap of a listing after a minute of search.

    python bench/listing.py [--hearings 200] [--rooms 10] [--judges 20] [--weeks 4] [--seconds 60]
        [--workers 2] [--seed 1] [--postgresql]
    python bench/listing.py --benches [--assessors 20]

A court with a seventh of the courtrooms' time booked, 120 counsel of whom a fifth travel, and some
preferences and priorities. With ``--benches`` each case has a bench of three: its judge, of 30
unless said otherwise, another judge and an assessor. Building the problem and the search are timed
as in the command; memory is that of the process.
"""

import argparse
import datetime as dt
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from databases import database
from flask_migrate import upgrade

from app import create_app
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.cases.models import Counsel
from app.config import Settings
from app.core.db import db, transaction
from app.core.errors import Clash
from app.core.forms import load
from app.court import service
from app.hearings import service as hearings
from app.hearings.service import CourtContext
from app.listing import candidates, drafting
from app.listing.rows import ListingPreferences, ListingRow
from app.listing.solver.problem import Progress, SearchLimits
from app.listing.solver.search import search
from app.people import service as people

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
SECRET = b"a secret of the bench, long enough to be one"
LENGTHS = (30, 60, 60, 90, 90, 90, 120, 120, 180)
COUNSEL = 120


def main() -> None:
    """Fill a court, list its hearings, and print the optimality gap."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as folder:
        url, server = database(Path(folder), options.postgresql)
        app = create_app(Settings(Path(folder), url, SECRET))
        with app.app_context():
            upgrade()
            listing_id = _fill(options, random.Random(options.seed))
            _measure(listing_id, options)
            db.session.remove()
            db.engine.dispose()
        if server is not None:
            server.cleanup()


def _fill(options: argparse.Namespace, chance: random.Random) -> int:
    with transaction() as session:
        court = people.add_court(
            session, "Bench Court", short="Bench", zone="Asia/Shanghai", country="CN", language="en"
        )
        desk = CourtContext(court, None, NOW, SECRET)
        rooms = [service.add_courtroom(session, court, f"Room {n}") for n in range(options.rooms)]
        created = [
            cases.enter(session, court, None, load(CaseIn, _case(n, options, chance)), NOW)
            for n in range(options.hearings)
        ]
        for number, each in enumerate(session.query(Counsel).order_by(Counsel.id)):
            each.travel_minutes = 60 if number % 5 == 0 else 0
        session.flush()
        _book(session, desk, created, rooms, chance, options.weeks)
        rows = [
            ListingRow(n + 2, case.number, "trial", chance.choice(LENGTHS), _wishes(chance, rooms))
            for n, case in enumerate(created)
        ]
        arguments = drafting.ListingRequest(weeks=options.weeks, slots=1)
        return drafting.draft(session, desk, "bench", rows, arguments).id


def _case(number: int, options: argparse.Namespace, chance: random.Random) -> dict[str, Any]:
    sides = chance.sample(range(COUNSEL), 2)
    return {
        "number": f"B-{number}",
        "procedure": "summary",
        "judge": f"J{number % options.judges}",
        "bench": _bench(number, options),
        "parties": [
            {
                "role": side,
                "name": f"Party {number} {side}",
                "side": side,
                "counsel": [{"name": f"Counsel {who}", "email": f"c{who}@x.example"}],
            }
            for side, who in zip(("claimant", "respondent"), sides, strict=True)
        ],
    }


def _bench(number: int, options: argparse.Namespace) -> list[dict[str, str]]:
    """Return another judge and an assessor; drawn apart, so that all else is as without them."""
    if not options.benches:
        return []
    chance = random.Random(f"{options.seed}/{number}")
    second = (number + chance.randrange(1, options.judges)) % options.judges
    return [
        {"name": f"J{second}", "role": "judge"},
        {"name": f"Assessor {chance.randrange(options.assessors)}", "role": "assessor"},
    ]


def _book(
    session: Any,
    desk: CourtContext,
    made: list[Any],
    rooms: list[Any],
    chance: random.Random,
    weeks: int,
) -> None:
    for day in range(7 * weeks + 7):
        for room in rooms:
            for clock in (dt.time(1, 0), dt.time(5, 30)):  # UTC: 9:00 and 13:30 in Shanghai
                if chance.random() > 1 / 3:
                    continue
                at = dt.datetime.combine(NOW.date() + dt.timedelta(days=day), clock, tzinfo=dt.UTC)
                try:
                    with session.begin_nested():
                        hearings.add_imported_hearing(
                            session,
                            desk,
                            chance.choice(made),
                            kind="other",
                            courtroom_id=room.id,
                            starts_at=at + dt.timedelta(minutes=15 * chance.randrange(5)),
                            minutes=chance.choice((60, 90)),
                        )
                except Clash:
                    pass


def _wishes(chance: random.Random, rooms: list[Any]) -> ListingPreferences:
    weekdays = tuple(sorted(chance.sample(range(5), 2))) if chance.random() < 0.2 else ()
    return ListingPreferences(
        weekdays=weekdays,
        half="morning" if chance.random() < 0.1 else "",
        courtroom=chance.choice(rooms).name if chance.random() < 0.1 else "",
        priority=chance.choice(("low", "normal", "normal", "normal", "high")),
    )


def _measure(listing_id: int, options: argparse.Namespace) -> None:
    from app.listing.models import Listing

    begun, cpu = time.perf_counter(), time.process_time()
    built = candidates.build(db.session(), db.session.get_one(Listing, listing_id), NOW)
    read = time.perf_counter() - begun
    starts = sum(len(each.starts) for each in built.problem.hearings)
    print(
        f"{len(built.problem.hearings)} hearings, {starts} starts, {len(built.why)} without any; "
        f"read in {read:.1f} s",
        flush=True,
    )
    reported = [0.0]

    def watch(far: Progress) -> bool:
        if time.perf_counter() - reported[0] > 10:
            reported[0] = time.perf_counter()
            spent = time.process_time() - cpu
            print(
                f"{reported[0] - begun:5.0f} s, {spent:.0f} of a processor  {_said(far)}",
                flush=True,
            )
        return False

    outcome = search(
        built.problem, SearchLimits(options.seconds, options.workers, options.seed), watch
    )
    wall = time.perf_counter() - begun
    share = (time.process_time() - cpu) / wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{wall:.0f} s in all, {share:.1f} processors; {_said(outcome.progress)}; {memory:.0f} MB"
    )


def _said(far: Progress) -> str:
    gap = "–" if far.gap is None else f"{far.gap:.1%}"
    return f"placed {far.placed} of {far.most}, cost {far.cost}, at least {far.bound}, apart {gap}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (
        ("hearings", 200),
        ("rooms", 10),
        ("judges", None),
        ("assessors", 20),
        ("weeks", 4),
        ("seconds", 60),
        ("workers", 2),
        ("seed", 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--benches", action="store_true")
    options = parser.parse_args()
    options.judges = options.judges or (30 if options.benches else 20)
    return options


if __name__ == "__main__":
    main()
