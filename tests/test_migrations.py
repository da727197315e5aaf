"""The migrations build what the models say, on both databases, and the database keeps its own law."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app.core.db import db, transaction
from app.core.db.schema_check import compared
from app.hearings.models import Booking
from app.record.models import Entry
from tests.conftest import CASE, Scenario, proposal

pytestmark = pytest.mark.database

MORNING = dt.datetime(2026, 12, 15, 1, 0, tzinfo=dt.UTC)


def test_the_migrations_and_the_models_agree(scenario: Scenario) -> None:
    with scenario.app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": False, "include_object": compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_first_migration_can_be_taken_back_and_made_again(scenario: Scenario) -> None:
    with scenario.app.app_context():
        db.session.remove()
        downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert "record_line" in sa.inspect(db.engine).get_table_names()


@pytest.fixture
def hearing(scenario: Scenario) -> int:
    """A proposed hearing."""
    _, case = scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert status == 201, made
    return made["id"]


@pytest.mark.parametrize(
    ("start", "end", "taken"),
    [
        (0, 60, True),
        (30, 90, True),
        (-30, 30, True),
        (15, 30, True),
        (-30, 90, True),
        (60, 90, False),
        (-60, 0, False),
    ],
)
def test_the_database_itself_refuses_overlapping_bookings(
    scenario: Scenario, hearing: int, start: int, end: int, taken: bool
) -> None:
    def book(first: int, last: int) -> None:
        with scenario.app.app_context(), transaction() as session:
            session.execute(
                sa.insert(Booking).values(
                    hearing_id=hearing,
                    resource=999_999,
                    firm=True,
                    starts_at=MORNING + dt.timedelta(minutes=first),
                    ends_at=MORNING + dt.timedelta(minutes=last),
                )
            )

    book(0, 60)
    if taken:
        with pytest.raises(sa.exc.IntegrityError):
            book(start, end)
    else:
        book(start, end)
    with scenario.app.app_context():
        kept = db.session.scalar(sa.select(sa.func.count()).where(Booking.resource == 999_999))
    assert kept == (1 if taken else 2)


@pytest.mark.parametrize("table", ["record_line", "record_content", "receipt"])
@pytest.mark.parametrize("words", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_itself_refuses_changes_to_the_record(
    scenario: Scenario, hearing: int, table: str, words: str
) -> None:
    column = {
        "record_line": "what = 'delivered'",
        "record_content": "body = '{}'",
        "receipt": "status = 'x'",
    }[table]
    with scenario.app.app_context(), transaction() as session:
        case = session.scalars(sa.select(Entry.case_id)).first()
        assert case
        session.execute(
            sa.text(
                "INSERT INTO receipt (at, carrier, carrier_id, status, raw) VALUES ('2026-01-01', 'twilio', 'SM1', 'sent', '{}')"
            )
        )
    with (
        scenario.app.app_context(),
        pytest.raises(sa.exc.DBAPIError, match="only ever added to"),
        transaction() as session,
    ):
        session.execute(sa.text(words.format(table, column)))


def test_the_guard_against_double_booking_agrees_with_every_overlap(
    scenario: Scenario, hearing: int
) -> None:
    """A few hundred spans tried in turn: refused exactly where one that stands overlaps."""
    chance = random.Random(5)
    stands: list[tuple[int, int]] = []
    for _ in range(300):
        first = chance.randrange(0, 3000)
        last = first + chance.randrange(1, 120)
        taken = any(a < last and first < b for a, b in stands)
        try:
            with scenario.app.app_context(), transaction() as session:
                session.execute(
                    sa.insert(Booking).values(
                        hearing_id=hearing,
                        resource=99_999,
                        firm=True,
                        starts_at=MORNING + dt.timedelta(minutes=first),
                        ends_at=MORNING + dt.timedelta(minutes=last),
                    )
                )
            refused = False
            stands.append((first, last))
        except sa.exc.IntegrityError:
            refused = True
        assert refused == taken, (first, last)
