"""Checks of carriers, and test messages.

A test takes the way of every message: the page queues it, the worker hands it over.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.carriers.base import OutgoingMessage
from app.carriers.outbox.plugin import OUTBOX
from app.carriers.registry import ExternalServices
from app.core import wording
from app.core.channels import Channel
from app.core.db import transaction
from app.core.errors import N_, Invalid, Refusal
from app.core.errors import Message as Words
from app.core.gsm7 import plain_marks
from app.core.wording.presented import PresentedState
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.sending.heartbeat import SILENT_AFTER, last_beat
from app.sending.models import CarrierTest
from app.sending.sender import Sender

LOCAL = ("127.0.0.1", "localhost", "::1")
MOST_AN_HOUR = 6  # tests of one court
GIVEN_UP_AFTER = dt.timedelta(minutes=3)
GOOD_FOR = dt.timedelta(minutes=30)
_HELLO = {
    "en": (
        "Test of {}",
        "This is a test message of {}. It shows that messages reach this address; "
        "nothing is to be done.",
    ),
    "zh": ("{}测试消息", "这是{}的测试消息，用于确认消息可以送达本地址，无需处理。"),
}


class CheckState(PresentedState):
    """State of a service, with its label, icon and look on pages."""

    ON = "on", N_("On"), "check-lg", "ok"
    TEST_ONLY = "test_only", N_("Test only"), "folder", "due"
    OFF = "off", N_("Not set up"), "dash-lg", "off"
    FAULT = "fault", N_("Problem"), "x-octagon-fill", "bad"


@dataclass(frozen=True)
class CarrierCheck:
    """The result of one check: its subject, whether it passed, and what is so and what to do.

    ``configured`` is false for an optional service that is not set up: that is no fault.
    ``delivers`` is false for a carrier from which nobody receives anything (the local outbox).
    """

    subject: str
    passed: bool
    message: Words
    configured: bool = True
    delivers: bool = True

    @property
    def state(self) -> CheckState:
        """The state that pages show."""
        if not self.passed:
            return CheckState.FAULT
        if not self.configured:
            return CheckState.OFF
        return CheckState.ON if self.delivers else CheckState.TEST_ONLY


def check_carriers(
    services: ExternalServices, authserv: str, outbox: str
) -> Iterator[CarrierCheck]:
    """Yield the state of each carrier and of the mailbox for replies, each checked now."""
    subjects = {Channel.EMAIL: N_("e-mail"), Channel.SMS: N_("text messages")}
    to_outbox = {
        Channel.EMAIL: N_(
            "E-mails are kept in the folder %(folder)s, and nobody receives them. "
            "To send them, set TINGQI_SMTP_URL."
        ),
        Channel.SMS: N_(
            "Texts are kept in the folder %(folder)s, and nobody receives them. "
            "To send them, set up a carrier (TINGQI_SMS)."
        ),
    }
    for carrier in services.carriers:
        channel = Channel(carrier.channel)
        subject = subjects[channel]
        if fault := carrier.check():
            yield CarrierCheck(subject, False, Words("%(fault)s", fault=fault))
        elif carrier.name == OUTBOX.name:
            message = Words(to_outbox[channel], folder=outbox)
            yield CarrierCheck(subject, True, message, delivers=False)
        else:
            label = Words(registry.label(carrier.name))
            yield CarrierCheck(subject, True, Words(N_("Sent by %(carrier)s."), carrier=label))
    yield _check_mailbox(services, authserv)


def _check_mailbox(services: ExternalServices, authserv: str) -> CarrierCheck:
    subject, mailbox = N_("replies by e-mail"), services.mailbox
    if mailbox is None:
        words = Words(N_("Replies are not read. To read them, set TINGQI_IMAP_URL."))
        return CarrierCheck(subject, True, words, configured=False)
    if fault := mailbox.check():
        return CarrierCheck(subject, False, Words("%(fault)s", fault=fault))
    if not authserv:
        text = N_(
            "%(mailbox)s is read, but each reply must be confirmed by link. To avoid that, set "
            "TINGQI_MAIL_AUTHSERV to the name that your server writes in Authentication-Results."
        )
        return CarrierCheck(subject, True, Words(text, mailbox=mailbox.name))
    text = N_("%(mailbox)s is read. Senders are verified by %(server)s.")
    return CarrierCheck(subject, True, Words(text, mailbox=mailbox.name, server=authserv))


def public_url(url: str, sends: bool) -> CarrierCheck:
    """Check whether recipients can open links; ``sends``: messages leave this machine."""
    subject, is_local = N_("address for links"), urlsplit(url).hostname in LOCAL
    if is_local and sends:
        text = N_(
            "%(url)s can be opened on this server only, but messages are sent: "
            "set TINGQI_PUBLIC_URL to an address that counsel can open."
        )
        return CarrierCheck(subject, False, Words(text, url=url))
    if not is_local and not url.startswith("https"):
        text = N_(
            "%(url)s is not https, so others could read the links on the way: "
            "set TINGQI_PUBLIC_URL to an https address."
        )
        return CarrierCheck(subject, False, Words(text, url=url))
    text = N_("%(url)s (this server only)") if is_local else "%(url)s"
    return CarrierCheck(subject, True, Words(text, url=url))


def worker(
    session: Session, now: dt.datetime, patience: dt.timedelta = SILENT_AFTER
) -> CarrierCheck:
    """Check whether a worker is running."""
    subject, beat = N_("sending service"), last_beat(session)
    if beat is None:
        text = N_("It never ran, so nothing is sent. Start it with `tingqi worker`.")
        return CarrierCheck(subject, False, Words(text))
    ago = dt.timedelta(seconds=round((now - beat).total_seconds()))
    if ago > patience:
        text = N_("It last ran %(ago)s ago, so nothing is sent. Start it with `tingqi worker`.")
        return CarrierCheck(subject, False, Words(text, ago=ago))
    return CarrierCheck(subject, True, Words(N_("Running.")))


def recent_tests(session: Session, court_id: int) -> Sequence[CarrierTest]:
    """Return a court's last ten tests, the newest first."""
    query = sa.select(CarrierTest).where(CarrierTest.court_id == court_id)
    return session.scalars(query.order_by(CarrierTest.id.desc()).limit(10)).all()


def queue_test(session: Session, by: ChangeAuthor, channel: str, address: str) -> CarrierTest:
    """Queue a test message to an address of the admin, in the admin's language.

    Raises Refusal after six of a court in an hour: messages cost money, and carriers block floods.
    """
    if by.user is None or channel not in list(Channel):
        raise Invalid(
            {"channel": Words(N_("Choose one of: %(choices)s."), choices=", ".join(Channel))}
        )
    session.execute(sa.select(Court.id).where(Court.id == by.court_id).with_for_update())
    since = by.now - dt.timedelta(hours=1)
    count = sa.select(sa.func.count()).where(
        CarrierTest.court_id == by.court_id, CarrierTest.asked_at > since
    )
    if (session.scalar(count) or 0) >= MOST_AN_HOUR:
        raise Refusal(N_("At most %(most)s tests in an hour. Try again later."), most=MOST_AN_HOUR)
    change_log.note(session, by, "carriers", f"test/{channel}", "", address)
    test = CarrierTest(
        court_id=by.court_id,
        user_id=by.user.id,
        channel=channel,
        address=address,
        language=wording.language_of(by.user.language or by.user.court.language),
        state="queued",
        asked_at=by.now,
    )
    session.add(test)
    session.flush()
    return test


def send_tests(sender: Sender) -> int:
    """Send the queued tests, each once: one that a crash interrupts is shown as unknown."""
    with transaction() as session:
        query = sa.select(CarrierTest).where(CarrierTest.state == "queued").limit(10)
        tests = session.scalars(query.with_for_update(skip_locked=True)).all()
        messages = [(test.id, _message(session, test)) for test in tests]
        for test in tests:
            test.state, test.tried_at = "sending", sender.now
    for number, message in messages:
        carrier = sender.carriers(message.channel)[0]
        for _, outcome in carrier.send([message]):
            with transaction() as session:
                row = session.get_one(CarrierTest, number)
                row.state, row.carrier = outcome.result.value, carrier.name
                answer = (outcome.status, outcome.code, outcome.detail)
                row.detail = " ".join(part for part in answer if part)[:500]
    return len(messages)


def _message(session: Session, test: CarrierTest) -> OutgoingMessage:
    court = session.get_one(Court, test.court_id)
    subject, text = (words.format(court.name) for words in _HELLO[test.language])
    mail = Channel(test.channel).traits.rich
    return OutgoingMessage(
        reference=f"t{test.id}",
        channel=test.channel,
        to=test.address,
        from_name=court.name,
        language=test.language,
        subject=subject if mail else "",
        text=text + "\n" if mail else plain_marks(text),
        good_for=int(GOOD_FOR.total_seconds()),
    )


def shown_state(test: CarrierTest, now: dt.datetime) -> str:
    """Return the state of a test; "unknown" for one whose sending was interrupted."""
    left = test.tried_at is not None and now - test.tried_at > GIVEN_UP_AFTER
    return "unknown" if test.state == "sending" and left else test.state
