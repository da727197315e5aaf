"""Response time of suggestions with a million bookings in the database.

    python bench/suggestions.py [--bookings 1000000] [--postgresql] [--quick]

90 days, 20 courtrooms, 4 counsel and a judge, then a bench of three, each time of another case;
timed is the service including its queries, in one process next to its database.
"""

import argparse
import datetime as dt
import random
import statistics
import time
import uuid

import sqlalchemy as sa
from databases import throwaway
from measuring import Row, options, table

from app.cases.models import Case, CaseMember, Counsel, Party, Representation
from app.core.db import db, transaction
from app.court.models import Court, Courtroom, Judge
from app.hearings.availability import suggestions
from app.hearings.models import Booking, Hearing
from app.hearings.rules import resource
from app.people import service as people

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
MOST = {"sqlite": 60.0, "postgresql": 30.0}  # milliseconds, for 95 of 100
ROOMS, COUNSEL, CASES = 20, 2000, 200
STARTS = (dt.time(1, 0), dt.time(2, 30), dt.time(5, 30), dt.time(7, 0))  # UTC: 9:00 … in Shanghai


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, bookings=1_000_000))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database with bookings, request suggestions, and return the row."""
    with throwaway(arguments.postgresql) as stage:
        count = _fill(10_000 if arguments.quick else arguments.bookings)
        with transaction() as session:
            session.execute(sa.text("ANALYZE"))
        most = MOST["postgresql" if arguments.postgresql else "sqlite"]
        return [_row(stage.database, count, most, benches=benches) for benches in (False, True)]


def _row(database: str, bookings: int, most: float, *, benches: bool) -> Row:
    session = db.session()
    court = session.scalars(sa.select(Court)).one()
    rooms = suggestions.active_courtrooms(session, court)
    of_three = Case.id.in_(sa.select(CaseMember.case_id))
    cases = sa.select(Case.id).where(of_three if benches else ~of_three).order_by(Case.id)
    ids = list(session.scalars(cases.limit(CASES)))
    spent, results = [], []
    for case_id in [*ids[:20], *ids]:
        session.expire_all()
        begun = time.perf_counter()
        case = session.get_one(Case, case_id)
        first = NOW.date() + dt.timedelta(days=30)
        query = suggestions.SuggestionQuery(
            90, rooms, NOW + dt.timedelta(days=3), first, first + dt.timedelta(days=90), 10
        )
        results.append(len(suggestions.suggest(session, case, query, NOW)))
        spent.append(time.perf_counter() - begun)
    assert min(results) > 0, results
    spent = sorted(spent[20:])
    p95 = spent[int(len(spent) * 0.95)] * 1000
    return Row(
        f"Suggestions among {bookings:,} bookings{', benches of three' if benches else ''}",
        database,
        f"p95 ≤ {most:g} ms",
        f"{p95 / most:.2f} ×",
        f"p95 {p95:.1f} ms, median {statistics.median(spent) * 1000:.1f} ms",
        more=f"slowest {spent[-1] * 1000:.1f} ms; 90 days, {ROOMS} courtrooms, 4 counsel",
        kept=p95 <= most,
    )


def _fill(count: int) -> int:
    """Book judges, courtrooms and counsel over years, about four hearings per day and room."""
    chance = random.Random(7)
    with transaction() as session:
        court = people.add_court(
            session, "Bench Court", short="Bench", zone="Asia/Shanghai", country="CN", language="en"
        )
        session.execute(
            sa.insert(Judge),
            [
                {"court_id": court.id, "name": f"Judge {n}", "name_key": f"j{n}"}
                for n in range(3 * ROOMS)
            ],
        )
        session.execute(
            sa.insert(Courtroom),
            [
                {"court_id": court.id, "name": f"Room {n}", "name_key": f"r{n}", "location": ""}
                for n in range(ROOMS)
            ],
        )
        session.execute(
            sa.insert(Counsel),
            [
                {
                    "court_id": court.id,
                    "name": f"Counsel {n}",
                    "language": "en",
                    "channels": ["email"],
                    "email": f"c{n}@x.example",
                }
                for n in range(COUNSEL)
            ],
        )
        judges, rooms, counsel = (
            list(session.scalars(sa.select(m.id).order_by(m.id)))
            for m in (Judge, Courtroom, Counsel)
        )
        session.execute(
            sa.insert(Case),
            [
                {
                    "court_id": court.id,
                    "number": f"B-{n}",
                    "number_key": f"b-{n}",
                    "title": "",
                    "procedure": "ordinary",
                    "judge_id": chance.choice(judges[:ROOMS]),
                    "created_at": NOW,
                }
                for n in range(2 * CASES)
            ],
        )
        cases = list(session.scalars(sa.select(Case.id).order_by(Case.id)))
        session.execute(
            sa.insert(CaseMember),
            [
                {"case_id": case, "judge_id": chance.choice(some), "role": role, "position": place}
                for case in cases[CASES:]
                for place, (role, some) in enumerate(_members(judges))
            ],
        )
        session.execute(
            sa.insert(Party),
            [{"case_id": c, "role": "", "side": "claimant", "name": "P"} for c in cases],
        )
        parties = list(session.scalars(sa.select(Party.id)))
        session.execute(
            sa.insert(Representation),
            [
                {"party_id": p, "counsel_id": counsel_id}
                for p in parties
                for counsel_id in chance.sample(counsel, 4)
            ],
        )
        court_id = court.id
    return _book(chance, count, court_id, judges, rooms, counsel, cases)


def _members(judges: list[int]) -> list[tuple[str, list[int]]]:
    """Return who sits beside the judges: further judges, and assessors."""
    return [("judge", judges[ROOMS : 2 * ROOMS]), ("assessor", judges[2 * ROOMS :])]


def _book(
    chance: random.Random,
    count: int,
    court_id: int,
    judges: list[int],
    rooms: list[int],
    counsel: list[int],
    cases: list[int],
) -> int:
    """Fill days from now outwards with three of four possible hearings, six bookings each."""
    created, day = 0, 0
    while created < count:
        on = NOW.date() + dt.timedelta(days=day // 2 if day % 2 == 0 else -(day // 2 + 1))
        day += 1
        hearings, rows = [], []
        for clock in STARTS:
            at = dt.datetime.combine(on, clock, tzinfo=dt.UTC)
            people_ = chance.sample(counsel, 2 * ROOMS)
            for n in range(ROOMS):
                if chance.random() < 0.25:
                    continue
                hearings.append(
                    {
                        "court_id": court_id,
                        "case_id": chance.choice(cases),
                        "judge_id": judges[n],
                        "kind": "trial",
                        "minutes": 90,
                        "state": "fixed",
                        "revision": 1,
                        "planned_revision": 1,
                        "uid": str(uuid.uuid4()),
                        "starts_at": at,
                        "ends_at": at + dt.timedelta(minutes=90),
                        "courtroom_id": rooms[n],
                        "created_at": NOW,
                        "changed_at": NOW,
                        "reason": "",
                        "imported": True,
                    }
                )
                rows.append(
                    [
                        *(resource("judge", judges[n + ROOMS * k]) for k in range(3)),
                        resource("courtroom", rooms[n]),
                        *(resource("counsel", each) for each in people_[2 * n : 2 * n + 2]),
                    ]
                )
        with transaction() as session:
            ids = session.scalars(
                sa.insert(Hearing).returning(Hearing.id, sort_by_parameter_order=True), hearings
            ).all()
            bookings = [
                {
                    "hearing_id": number,
                    "resource": each,
                    "starts_at": h["starts_at"],
                    "ends_at": h["ends_at"],
                    "firm": True,
                }
                for number, h, all_ in zip(ids, hearings, rows, strict=True)
                for each in all_
            ]
            session.execute(sa.insert(Booking), bookings)
        created += len(bookings)
    return created


if __name__ == "__main__":
    main()
