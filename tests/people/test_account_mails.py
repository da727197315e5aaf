"""Mails to users about their accounts: none is lost while the mail server is away."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.carriers.registry import CarrierSettings, Installation, build
from app.carriers.smtp.plugin import SmtpSettings
from app.carriers.smtp.standin import SmtpStandIn
from app.core.db import db, transaction
from app.core.runtime.clock import SetClock
from app.people import service as people
from app.people.models import AccountMail
from app.people.rules import AccountMailKind
from tests.conftest import NOW, Scenario, make_court, make_scenario
from tests.flows.test_pages import ADMIN, WANG

pytestmark = pytest.mark.database


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """The servers that run; closing it ends them."""
    with ExitStack() as servers:
        yield servers


@pytest.fixture
def mail(running: ExitStack) -> SmtpStandIn:
    """The court's mail server."""
    return running.enter_context(SmtpStandIn())


@pytest.fixture
def scenario(database: str, tmp_path: Path, mail: SmtpStandIn) -> Iterator[Scenario]:
    """A court whose mail goes over the wire."""
    clock = SetClock(NOW)
    smtp = SmtpSettings(mail.url, "court@court.example")
    external = build(
        CarrierSettings({"smtp": smtp}),
        Installation(tmp_path / "outbox", "https://court.example"),
        clock,
    )
    scenario = make_scenario(tmp_path, database, external=external)
    make_court(scenario)
    yield scenario
    external.close()
    scenario.close()


def queue(scenario: Scenario, *emails: str) -> None:
    """Queue a mail to each of these users."""
    with scenario.app.app_context(), transaction() as session:
        for email in emails:
            user, kind = people.find_user(session, email), AccountMailKind.RECOVERY_CODES_RENEWED
            people.queue_mail(session, user.id, kind, scenario.clock.now())


def states(scenario: Scenario) -> list[tuple[bool, bool, int]]:
    """Return of each mail whether it waits, whether it was taken, and how often it was tried."""
    with scenario.app.app_context():
        mails = db.session.scalars(sa.select(AccountMail).order_by(AccountMail.id)).all()
        return [(bool(each.due_at), bool(each.sent_at), each.tries) for each in mails]


def test_a_mail_waits_for_a_server_that_is_away(
    scenario: Scenario, mail: SmtpStandIn, running: ExitStack
) -> None:
    running.close()
    queue(scenario, WANG)
    scenario.beat()
    scenario.wait(hours=5)  # longer than a notice is tried
    scenario.beat()
    assert states(scenario) == [(True, False, 2)]
    with SmtpStandIn(port=mail.port) as back:
        scenario.beat()
        assert back.messages == []  # the pause after a failed try is kept
        scenario.wait(hours=3)
        scenario.beat()
        scenario.beat()
        assert [each.recipients for each in back.messages] == [(WANG,)]
    assert states(scenario) == [(False, True, 3)]


def test_one_refused_address_keeps_no_other_mail_back(
    scenario: Scenario, mail: SmtpStandIn
) -> None:
    mail.refuse(WANG)
    queue(scenario, WANG, ADMIN)
    scenario.beat()
    assert states(scenario) == [(False, False, 1), (False, True, 1)]
    assert [each.recipients for each in mail.messages] == [(ADMIN,)]


def test_a_mail_whose_fate_is_unknown_is_sent_again_under_the_same_id(
    scenario: Scenario, mail: SmtpStandIn
) -> None:
    mail.hang_up_after_data()
    queue(scenario, WANG)
    scenario.beat()
    scenario.wait(minutes=1)
    scenario.beat()
    first, second = mail.messages
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    assert states(scenario) == [(False, True, 2)]


def test_a_mail_is_given_up_after_three_days(scenario: Scenario, mail: SmtpStandIn) -> None:
    mail.say("451 4.3.0 try later", times=2)
    queue(scenario, WANG)
    scenario.beat()
    scenario.wait(days=3)
    scenario.beat()
    scenario.wait(days=1)
    scenario.beat()
    assert states(scenario) == [(False, False, 2)]
    assert mail.messages == []
