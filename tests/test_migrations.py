"""The migrations build what the models say, on both databases, and the database keeps its own law."""

import datetime as dt
import hashlib
import random
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app.cases import keys
from app.cli import cli
from app.core.db import db, schema_check, transaction
from app.core.db.schema_check import compared
from app.hearings.models import Booking, Invitation
from app.record.models import Entry
from tests import schema
from tests.conftest import CASE, SECRET, Scenario, proposal
from tests.flows.test_cli import sentence, tingqi

pytestmark = pytest.mark.database

EMPTY = ("gone_hearing",)  # tables without a row in the installation of November 2026
MORNING = dt.datetime(2026, 12, 15, 1, 0, tzinfo=dt.UTC)


def test_the_migrations_and_the_models_agree(scenario: Scenario) -> None:
    with scenario.app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": False, "include_object": compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_first_migration_can_be_taken_back_and_made_again(scenario: Scenario) -> None:
    with scenario.app.app_context():
        with db.engine.connect() as connection:
            fresh = schema.facts(connection)
        db.session.remove()
        downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        with db.engine.connect() as connection:
            assert schema.facts(connection) == fresh


@pytest.fixture
def installed(scenario: Scenario) -> Scenario:
    """An installation of November 2026, as its own migrations and its own code left it."""
    scenario.close()
    schema.restore(scenario.app.config["SQLALCHEMY_DATABASE_URI"], "schema-0027")
    return scenario


def test_an_installation_of_november_2026_is_upgraded_without_loss(
    installed: Scenario,
) -> None:
    on_paper = "address_confirmed_on = '2026-11-02', electronic_consent_on = '2026-11-03'"
    with installed.app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE counsel SET {on_paper} WHERE id = 1"))
        with db.engine.connect() as connection:
            before = schema.rows(connection)
        upgrade()
        with db.engine.connect() as connection:
            after, upgraded = schema.rows(connection), schema.facts(connection)
            options = {"compare_type": False, "include_object": compared}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, db.metadata) == []
        _became_declarations(before, after)
        # Their bytes are in the store by now, and the table has the name of what it holds.
        after["paper"] = [
            row | {"body": stored_bytes(installed, after["stored_file"], row["file_id"])}
            for row in after.pop("move_document")
        ]
        for table, rows in before.items():
            held = [{name: row[name] for name in rows[0]} for row in after[table]] if rows else []
            assert held == rows, table
        assert all(before[table] for table in before if table not in EMPTY)
        assert schema_check.fault() is None
        db.session.remove()
        downgrade(revision="base")
        upgrade()
        with db.engine.connect() as connection:
            assert schema.facts(connection) == upgraded


def _became_declarations(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Check that the days of each counsel are declarations in every case; take them out of both."""
    days = {"address": "address_confirmed_on", "electronic": "electronic_consent_on"}
    was = {
        each["id"]: {kind: each.pop(name) for kind, name in days.items()}
        for each in before["counsel"]
    }
    expected = {
        (each["id"], kind, on)
        for each in before["representation"]
        for kind, on in was[each["counsel_id"]].items()
        if on is not None
    }
    found = {
        (each["representation_id"], each["kind"], each["declared_on"])
        for each in after["service_declaration"]
    }
    assert expected
    assert found == expected


def stored_bytes(scenario: Scenario, files: Any, file_id: int) -> bytes:
    """The bytes of a stored file, which its digest names."""
    [digest] = [each["digest"] for each in files if each["id"] == file_id]
    body = (scenario.folder / "papers" / digest[:2] / digest).read_bytes()
    assert hashlib.sha256(body).hexdigest() == digest
    return body


def test_documents_come_back_into_the_database_by_a_downgrade(installed: Scenario) -> None:
    with installed.app.app_context():
        with db.engine.connect() as connection:
            before = schema.rows(connection)["paper"]
        upgrade()
        db.session.remove()
        downgrade(revision="0037")
        with db.engine.connect() as connection:
            assert schema.rows(connection)["paper"] == before
        upgrade()


def test_links_of_an_installation_of_november_2026_still_lead_to_their_hearings(
    installed: Scenario,
) -> None:
    with installed.app.app_context():
        upgrade()
        sent = db.session.scalars(
            sa.select(Invitation).where(Invitation.token_digest.is_not(None))
        ).all()
        assert sent
        assert all(each.representation_id for each in sent)
        links = {
            f"/r/{keys.of_invitation(SECRET, each.id, each.version).token}": each.proposal.hearing
            for each in sent
        }
        numbers = {link: hearing.case.number for link, hearing in links.items()}
        codes = [keys.of_invitation(SECRET, each.id, each.version).code for each in sent]
    installed.wait(days=1)
    for link, number in numbers.items():
        page = installed.client.get(link)
        assert page.status_code in (200, 410)
        assert number in page.text
    for code, link in zip(codes, numbers, strict=True):
        led = installed.client.post("/r", data={"code": code})
        assert (led.status_code, led.location) == (303, link)


def test_an_installation_of_november_2026_goes_on_where_it_was(installed: Scenario) -> None:
    with installed.app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            entries = connection.scalar(sa.text("SELECT count(*) FROM record_line"))
    installed.wait(days=1)
    verified = installed.app.test_cli_runner().invoke(cli, ["record", "verify"])
    assert verified.exit_code == 0, verified.output
    page = installed.sign_in().get("/")
    assert page.status_code == 200
    installed.beat()
    number = installed.api("GET", "/hearings?limit=1")[1]["hearings"][0]["id"]
    assert installed.api("POST", f"/hearings/{number}/cancel", {"reason": "撤诉"})[0] == 200
    installed.beat()
    with installed.app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM record_line")) > entries


@pytest.mark.parametrize("revision", ["0001", "0019", "0026", "9999"])
def test_a_schema_from_which_no_migration_leads_is_refused_in_one_sentence(
    installed: Scenario, environment: dict[str, str], revision: str
) -> None:
    with installed.app.app_context(), db.engine.connect() as connection:
        connection.execution_options(writes=True).execute(
            sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
        )
        connection.commit()
    installed.close()
    address = {"TINGQI_DATABASE_URL": installed.app.config["SQLALCHEMY_DATABASE_URI"]}
    secret = {"TINGQI_SECRET_KEY": SECRET.decode()}
    for words in (("db", "upgrade"), ("worker", "--once")):
        told = sentence(tingqi({**environment, **address, **secret}, *words))
        assert revision in told
        assert ("with the last Tingqi of November 2026 first" in told) == (revision != "9999")


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
