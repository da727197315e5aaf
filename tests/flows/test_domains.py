"""Domains beyond ASCII: whoever has one gets the court's mail, and nobody else does."""

import codecs
import encodings.idna
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import config
from app.carriers.base import Carrier, OutgoingMessage, SendStatus
from app.carriers.imap.mailbox import ImapMailbox
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.smtp.standin import SmtpStandIn
from app.carriers.twilio.carrier import TwilioCarrier
from app.carriers.twilio.settings import TwilioSettings
from app.core import errors
from app.core.db import transaction
from app.core.runtime.clock import SetClock
from app.core.web_client.calendar_fetching import CalendarFetcher
from app.core.web_client.guarded_http import FetchFailed, WebAddress
from app.people import service as people
from tests.conftest import NOW, PASSWORD, Scenario, case_with, make_court, proposal
from tests.flows.test_replies_by_mail import grades, open_scenario
from tests.imap import ImapServer
from tests.replied import gmail, invited

ANNA, ASCII = "anna@faß.example", "anna@xn--fa-hia.example"
COUNSEL = {"name": "Anna Groß", "email": ANNA, "language": "en", "channels": ["email"]}


@pytest.fixture
def no_codec() -> Iterator[None]:
    """Python's own codec, which follows IDNA 2003, fails where it is used."""

    def refuse(label: str) -> bytes:
        raise AssertionError(f"Python's codec was asked for {label!r}")

    kept, encodings.idna.ToASCII = encodings.idna.ToASCII, refuse
    with pytest.raises(AssertionError):
        codecs.encode("faß", "idna")
    yield
    encodings.idna.ToASCII = kept


def fixed(scenario: Scenario, counsel: dict[str, object]) -> int:
    """A hearing that is fixed and told, with an invite by mail to one counsel."""
    case_id = scenario.api("POST", "/cases", case_with("（2026）沪0115民初7号", counsel))[1]["id"]
    hearing = scenario.api("POST", "/hearings", proposal(case_id))[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    return int(hearing["id"])


@pytest.mark.parametrize("typed", [ANNA, ASCII, "Anna@FAß.Example"])
def test_an_address_is_shown_as_people_read_it_and_one_however_it_is_typed(
    scenario: Scenario, typed: str
) -> None:
    case = scenario.api("POST", "/cases", case_with("7", {**COUNSEL, "email": typed}))[1]
    shown = case["parties"][0]["counsel"][0]["email"]
    assert shown.lower() == ANNA
    again = scenario.api("POST", "/cases", case_with("8", {**COUNSEL, "email": shown.lower()}))[1]
    same = again["parties"][0]["counsel"][0]["id"] == case["parties"][0]["counsel"][0]["id"]
    assert same is (shown == ANNA)  # a local part is the server's own matter, also its case


def test_mail_and_invite_go_to_that_very_domain(scenario: Scenario) -> None:
    fixed(scenario, COUNSEL)
    [letter] = scenario.letters(to=ASCII, containing="r/", channel="email")[:1]
    assert "fass.example" not in str(letter)
    invite = invited(scenario, ASCII)
    assert invite.attendee == ASCII
    assert invite.event["ATTENDEE"].params["CN"] == "Anna Groß"


def test_a_calendars_answer_from_that_domain_counts(database: str, tmp_path: Path) -> None:
    with ImapServer() as imap:
        scenario = open_scenario(tmp_path, database, imap, SetClock(NOW))
        make_court(scenario)
        scenario.beat()
        hearing = fixed(scenario, COUNSEL)
        imap.deliver(gmail(invited(scenario, ASCII), "ACCEPTED"))
        scenario.wait(minutes=1)
        scenario.beat()
        assert grades(scenario, hearing)["Anna Groß"] == "E4"
        scenario.app.extensions["tingqi"].external.close()
        scenario.close()


@pytest.mark.parametrize("kept", ["anna@faß.example", "anna@xn--fa-hia.example"])
def test_a_user_signs_in_with_either_form_also_if_stored_before(
    scenario: Scenario, kept: str
) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = people.find_court(session)
        user = people.add_user(session, court, ASCII, role="assistant", now=NOW, password=PASSWORD)
        assert user.email == ANNA
        user.email = kept
    for typed in (ANNA, ASCII, " ANNA@Faß.example "):
        answer = scenario.client.post("/sign-in", data={"email": typed, "password": PASSWORD})
        assert answer.status_code == 303, typed
    answer = scenario.client.post(
        "/sign-in", data={"email": "anna@fass.example", "password": PASSWORD}
    )
    assert answer.status_code != 303


def test_the_envelope_names_that_domain_and_a_local_part_needs_smtputf8() -> None:
    letters = [
        OutgoingMessage(reference=f"n{n}.1", channel="email", to=to, text="x", subject="x")
        for n, to in enumerate([ANNA, "анна@faß.example"])
    ]
    for smtputf8 in (False, True):
        with (
            SmtpStandIn(smtputf8=smtputf8) as server,
            closing(SmtpCarrier(server.url, "hof@faß.example", SetClock(NOW))) as carrier,
        ):
            said = [outcome for _, outcome in carrier.send(letters)]
            sent = [(each.sender, each.recipients) for each in server.messages]
        first = ("hof@xn--fa-hia.example", (ASCII,))
        if smtputf8:
            assert [each.result for each in said] == [SendStatus.ACCEPTED, SendStatus.ACCEPTED]
            assert sent == [first, (first[0], ("анна@xn--fa-hia.example",))]
        else:
            assert [each.result for each in said] == [SendStatus.ACCEPTED, SendStatus.PERMANENT]
            assert (said[1].status, said[1].advice) == ("smtputf8", "next_channel")
            assert "letters outside ASCII" in said[1].detail
            assert sent == [first]


def test_a_sender_that_the_server_cannot_carry_is_our_fault_and_not_the_recipients() -> None:
    letter = OutgoingMessage(reference="n1.1", channel="email", to=ANNA, text="x", subject="x")
    with (
        SmtpStandIn(smtputf8=False) as server,
        closing(SmtpCarrier(server.url, "法院@court.example", SetClock(NOW))) as carrier,
    ):
        [(_, outcome)] = carrier.send([letter])
        assert server.messages == []
    assert (outcome.result, outcome.advice) == (SendStatus.TEMPORARY, "alarm")
    assert "TINGQI_MAIL_FROM" in outcome.detail


def test_no_line_out_of_the_house_uses_pythons_own_codec(no_codec: None) -> None:
    """Hosts of settings are looked up as ASCII: socket, ssl and http would ask the codec."""
    account = TwilioSettings("AC1", "token", "+1500", api_url="https://faß.invalid")
    carriers: list[Carrier] = [
        SmtpCarrier("smtp://post.faß.invalid:2525", "hof@faß.example", SetClock(NOW)),
        SmtpCarrier("smtps://post.faß.invalid:2465", "hof@faß.example", SetClock(NOW)),
        TwilioCarrier(account, "https://court.example", timeout=5),
    ]
    for carrier in carriers:
        assert carrier.check()
        carrier.close()
    for scheme in ("imap", "imaps"):
        assert ImapMailbox(f"{scheme}://u:p@post.faß.invalid:2143/").check()
    with pytest.raises(FetchFailed):
        CalendarFetcher().fetch("https://faß.invalid/ä.ics")
    assert CalendarFetcher().checked("https://faß.invalid/ä.ics?ö=%20") == WebAddress(
        "https", "xn--fa-hia.invalid", 443, "/%C3%A4.ics?%C3%B6=%20"
    )


def test_settings_are_read_into_ascii_or_refused(tmp_path: Path) -> None:
    given = {
        "TINGQI_INSTANCE": str(tmp_path),
        "TINGQI_PUBLIC_URL": "https://gericht.faß.example/",
        "TINGQI_SMTP_URL": "smtp://u:pä@post.faß.example:25",
        "TINGQI_MAIL_FROM": "hof@Faß.example",
        "TINGQI_IMAP_URL": "imaps://u:p@post.faß.example/INBOX",
    }
    read = config.read(given)
    assert read.public_url == "https://gericht.xn--fa-hia.example"
    smtp = read.carriers.by_name["smtp"]
    assert smtp.mail_from == read.court_address == "hof@xn--fa-hia.example"
    assert smtp.url == "smtp://u:pä@post.xn--fa-hia.example:25"
    assert read.carriers.mailbox.url == "imaps://u:p@post.xn--fa-hia.example/INBOX"
    for name, wrong in (("MAIL_FROM", "hof@☃.example"), ("PUBLIC_URL", "https://☃.example")):
        with pytest.raises(errors.Misconfigured, match=name):
            config.read({**given, f"TINGQI_{name}": wrong})
