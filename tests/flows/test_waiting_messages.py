"""Every page while messages wait for a person: of each kind of message that can wait, one."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import url_for

from app.carriers.imap.mailbox import ImapMailbox
from app.carriers.imap.settings import MailboxSettings
from app.carriers.outbox import carrier
from app.carriers.registry import CarrierSettings, ExternalServices
from app.carriers.twilio.settings import TwilioSettings
from app.core.db import db
from app.core.runtime.clock import SetClock
from app.hearings.models import Hearing
from app.notices.inbound import Inbound, InboundKind
from tests.browser import every_page
from tests.conftest import CASE, NOW, Scenario, at, make_court, make_scenario, proposal
from tests.flows.test_replies_by_text import SID, TOKEN, URL, text
from tests.imap import ImapServer
from tests.inbound.test_parsing_mail import POISON
from tests.replied import SERVER, bounce, gmail, invited, mail, outlook

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"
# Files, programs, and what must stay as it is for the pages after it.
NO_PAGES = (
    "api-",
    "bootstrap.static",
    "feeds.calendar",
    "static",
    "rescheduling.download",
    "papers.download",
    "papers.to_download",
    "papers.as_",
    "counsel.papers_receipt_json",
    "counsel.record_sheet_json",
    "opinions.record_sheet_json",
    "counsel.papers_draft",
    "counsel.draft_state",
    "counsel.phone_app_manifest",
    "imports.template",
)


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """The court's mailbox."""
    with ImapServer() as server:
        yield server


@pytest.fixture
def scenario(database: str, tmp_path: Path, imap: ImapServer) -> Iterator[Scenario]:
    """A court to which texts and mails come."""
    clock = SetClock(NOW)
    local = ExternalServices(
        clock=clock,
        email=carrier.Outbox(tmp_path / "outbox", "email", clock, "court@court.example"),
        sms=carrier.Outbox(tmp_path / "outbox", "sms", clock),
        mailbox=ImapMailbox(imap.url),
    )
    made = make_scenario(
        tmp_path,
        database,
        external=local,
        public_url=URL,
        carriers=CarrierSettings(
            {"twilio": TwilioSettings(SID, TOKEN, "+15005550006")},
            mailbox=MailboxSettings(authserv=SERVER),
        ),
    )
    make_court(made)
    made.beat()  # a first look: what comes from now on is new
    yield made
    made.app.extensions["tingqi"].external.close()
    made.close()


def propose(scenario: Scenario, number: str, *slots: tuple[str, str]) -> int:
    """An open round about a new case."""
    case_id = scenario.api("POST", "/cases", {**CASE, "number": number})[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, *slots))
    assert status == 201, hearing
    scenario.beat()
    return hearing["id"]


def waiting(scenario: Scenario) -> dict[int, str]:
    """The messages that wait for a person, and the kind of each."""
    with scenario.app.app_context():
        db.session.remove()
        wanted = sa.select(Inbound.id, Inbound.kind).where(Inbound.done_at.is_(None))
        return {row.id: row.kind for row in db.session.execute(wanted)}


def open_pages(scenario: Scenario, *paths: str) -> None:
    """Open pages as the court's administrator, in both languages; none may fail."""
    desk = scenario.sign_in("admin@court.example")
    answers = {
        f"{path}?lang={lang}": desk.get(path, query_string={"lang": lang}).status_code
        for path, lang in itertools.product(paths, ("zh", "en"))
    }
    assert {path: code for path, code in answers.items() if code >= 500} == {}
    assert any(code == 200 for code in answers.values())


def test_no_page_fails_while_a_message_of_any_kind_waits(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed = propose(scenario, "（2026）沪0115民初1号")
    slot = scenario.api("GET", f"/hearings/{fixed}")[1]["slots"][0]["id"]
    order = {"slot_id": slot, "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{fixed}/fix", order)[0] == 200
    scenario.beat()
    li, zhao = invited(scenario, LI), invited(scenario, ZHAO)
    asked = propose(scenario, "（2026）沪0115民初2号", (at(20), "第三法庭"), (at(21), "第五法庭"))
    shown = [
        f"/hearings/{fixed}",
        f"/hearings/{fixed}/live",
        f"/hearings/{asked}",
        f"/hearings/{asked}/live",
        "/inbox",
        "/",
    ]

    def sms(words: str, **more: str) -> None:
        text(scenario, "+8613800138001", words, **more)

    def post(words: str | bytes) -> None:
        imap.deliver(words)
        scenario.wait(minutes=1)
        scenario.beat()

    file = 'Content-Type: multipart/mixed; boundary="f"\n\n--f\nContent-Type: text/plain\n\n附件\n--f\n'
    file += 'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\n\n%PDF\n--f--\n'
    messages = {
        "a text in words": lambda: sms("下周一不行，周二可以吗？"),
        "a text of many words": lambda: sms("Could we talk about it? " * 40),
        "an empty picture message": lambda: sms("", NumMedia="1"),
        "a calendar declines the date": lambda: post(outlook(li, "DECLINED")),
        "a calendar says perhaps": lambda: post(gmail(zhao, "TENTATIVE")),
        "a calendar wishes another time": lambda: post(gmail(zhao, "DECLINED", method="COUNTER")),
        "a wish that no server vouches for": lambda: post(
            gmail(li, "DECLINED", method="COUNTER", above="")
        ),
        "an invite of another number": lambda: post(gmail(zhao, "ACCEPTED", sequence=99)),
        "an attendee whom nobody invited": lambda: post(
            gmail(zhao, "ACCEPTED", attendee="x@evil.example")
        ),
        "an invite of nobody's": lambda: post(gmail(zhao, "ACCEPTED", uid="nobody@evil.example")),
        "a mail with a file": lambda: post(mail(LI, file)),
        "a mail that no server vouches for": lambda: post(
            mail(LI, "Content-Type: text/plain\n\n可以\n", above="")
        ),
        "a mail of a stranger's": lambda: post(
            mail("x@evil.example", "Content-Type: text/html\n\n<b>{{ 7 * 7 }}</b>\n")
        ),
        "a bounce that matches nothing": lambda: post(bounce("<nobody@nowhere.example>", LI)),
        "a bounce from counsel's address": lambda: post(
            bounce("<nobody@nowhere.example>", "cc@jinmao.example").replace(
                "MAILER-DAEMON@mail.example", ZHAO
            )
        ),
        "a broken mail": lambda: post(next(iter(POISON.values()))),
        "a text of a stranger's": lambda: text(scenario, "+8613900000000", "在吗"),
    }
    for name, come in messages.items():
        before = waiting(scenario)
        come()
        new = waiting(scenario).keys() - before.keys()
        assert len(new) == 1, name
        open_pages(scenario, *shown)
    assert set(waiting(scenario).values()) >= {
        InboundKind.REPLY,
        InboundKind.COUNTER,
        InboundKind.BOUNCE,
        InboundKind.MAIL,
        InboundKind.TEXT,
    }
    open_pages(scenario, *every_path(scenario, asked))


def every_path(scenario: Scenario, hearing_id: int) -> Iterator[str]:
    """The address of everything that can be opened about a hearing, parts of pages included."""
    with scenario.app.test_request_context():
        session = db.session()
        seat = session.get_one(Hearing, hearing_id).proposals[-1].invitations[0]
        known = {
            "hearing_id": hearing_id,
            "case_id": seat.proposal.hearing.case_id,
            "counsel_id": seat.counsel_id,
            "representation_id": 1,
            "room_id": 1,
            "upload_id": 1,
            "listing_id": 1,
            "listed_id": 1,
            "user_id": 1,
            "question_id": 1,
            "paper_id": 1,
            "filing_id": 1,
            "file_id": 1,
            "judge_id": 1,
            "endpoint_id": 1,
            "key": "x" * 22,
            "exchange_id": 1,
            "number": 1,
            "on": "2026-12-07",
            "kind": "proposal",
            "channel": "sms",
            "language": "zh",
            "seal": "0" * 64,
            "token": scenario.link(ZHAO).rpartition("/")[2],
        }
        for rule in scenario.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES):
                values = {name: known[name] for name in rule.arguments if name in known}
                yield url_for(rule.endpoint, **values)


def test_the_pages_about_which_browsers_ask_are_among_those_opened(scenario: Scenario) -> None:
    paths = list(every_path(scenario, propose(scenario, "（2026）沪0115民初3号")))
    assert {"/hearings/1", "/hearings/1/live", "/inbox", "/"} <= set(paths)
    assert len(paths) >= len(every_page.pages(scenario))


HIDING = {
    "macro.html": "{% macro kind_label(x) %}{{ x }}{% endmacro %}",
    "import.html": '{% from "_macros.html" import moment as url_for with context %}',
    "import_whole.html": '{% import "_macros.html" as wording %}',
    "set.html": "\n\n{% set now = 1 %}",
    "set_block.html": "{% set session %}x{% endset %}",
    "loop.html": "{% for name, language in rows %}{{ name }}{% endfor %}",
    "parameter.html": "{% macro row(current_user) %}{{ current_user }}{% endmacro %}",
    "call.html": "{% macro row() %}{{ caller(1) }}{% endmacro %}{% call(_) row() %}x{% endcall %}",
    "with.html": "{% with request = 1 %}{{ request }}{% endwith %}",
    "imported.html": '{% from "_macros.html" import tag %}{% for tag in rows %}x{% endfor %}',
    "letter.txt": "Subject: x\n\n{% set range = 1 %}",
    "views.py": 'render_template("x.html", kind_label="x", rows=[])',
}


def check(*folders: Path) -> subprocess.CompletedProcess[str]:
    """Run what make check runs."""
    words = [sys.executable, "-m", "tests.template_names", *map(str, folders)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_a_template_that_hides_a_global_is_refused_by_the_check(tmp_path: Path) -> None:
    (tmp_path / "fine.html").write_text(
        "{% set mine = kind_label('x') %}{% macro row(x) %}{% endmacro %}"
    )
    for name, source in HIDING.items():
        (tmp_path / name).write_text(source)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    refused = [Path(line.partition(":")[0]).name for line in done.stdout.splitlines()]
    assert refused == sorted(HIDING)


@pytest.mark.extended  # `make check` runs the same
def test_no_template_of_ours_hides_a_global() -> None:
    done = check()
    assert (done.returncode, done.stdout) == (0, "No template hides a global.\n")
