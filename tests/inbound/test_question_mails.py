"""Mails in reply to a message about a question, over a real IMAP server: hints and nothing more."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers.smtp.standin import SmtpStandIn
from app.core.db import db
from app.notices.models import Notice
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, words
from tests.flows.test_replies_by_mail import LI, ZHAO, come, imap, post, posting
from tests.imap import ImapServer
from tests.questions.test_questions import ask, key, questions, reply
from tests.replied import mail

__all__ = ["imap", "post", "posting"]
pytestmark = pytest.mark.database

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def asked(scenario: Scenario) -> tuple[dict[str, Any], str]:
    """Ask a question in a new case; return the case and the Message-ID of the notice to Li."""
    case = scenario.api("POST", "/cases", CASE)[1]
    assert ask(browser(scenario), key(scenario, "Zhao Lei")).status_code == 303
    scenario.beat()
    return case, sent_id(scenario, "question", LI)


def sent_id(scenario: Scenario, kind: str, to: str) -> str:
    with scenario.app.app_context():
        query = sa.select(Notice.carrier_id).where(Notice.kind == kind, Notice.address == to)
        number = db.session.scalars(query).one()
        assert number
        return number


def answers_sent(scenario: Scenario) -> list[tuple[str, str]]:
    """Return kind and address of each notice that asks to ask by link."""
    scenario.beat()
    with scenario.app.app_context():
        db.session.remove()
        query = sa.select(Notice.state, Notice.address).where(Notice.kind == "ask_by_link")
        return [(state, address) for state, address in db.session.execute(query)]


def test_a_mail_in_reply_to_a_question_is_a_hint_and_is_answered_once(
    posting: Scenario, imap: ImapServer
) -> None:
    case, ours = asked(posting)
    wrote = f"In-Reply-To: {ours}\n{PLAIN}We agree to <b>video</b>.\n"
    [filed] = come(posting, imap, mail(LI, wrote))
    assert (filed["kind"], filed["waits"], filed["question"]) == ("mail", True, 1)
    again = come(posting, imap, mail(LI, wrote + "Again\n"), mail(LI, wrote + "And again\n"))
    assert [each["question"] for each in again] == [1, 1, 1]
    assert answers_sent(posting) == [("sent", LI)]
    [asked_on] = questions(posting, case)
    assert (asked_on["state"], asked_on["added"]) == ("open", [])
    for link in (key(posting, "Zhao Lei"), key(posting, "李敏")):
        assert "We agree to" not in words(browser(posting).get(f"{link}/questions"))
    desk = posting.sign_in()
    inbox = desk.get("/inbox?lang=en")
    assert "it is no question and no answer" in words(inbox)
    assert 'href="/questions/1"' in inbox.text
    assert f'href="/cases/{case["id"]}"' in inbox.text
    page = desk.get("/questions/1?lang=en")
    assert "We agree to <b>video</b>." in words(page)
    assert "<b>video</b>" not in page.text


def test_the_answer_leads_to_the_page_of_questions_and_a_reply_to_it_is_not_answered(
    posting: Scenario, imap: ImapServer, post: SmtpStandIn
) -> None:
    _, ours = asked(posting)
    come(posting, imap, mail(LI, f"In-Reply-To: {ours}\n{PLAIN}Yes.\n"))
    assert answers_sent(posting) == [("sent", LI)]
    with posting.app.app_context():
        answer = db.session.scalars(sa.select(Notice).where(Notice.kind == "ask_by_link")).one()
        number = answer.carrier_id
    mails = [each.mail for each in post.messages]
    [sent] = [each for each in mails if "请通过链接提问" in str(each["Subject"])]
    body = sent.get_body(("plain",))
    assert body is not None
    assert re.search(r"/r/[\w-]{22}/questions", body.get_content())
    assert sent["Auto-Submitted"] == "auto-generated"
    more = come(posting, imap, mail(LI, f"In-Reply-To: {number}\n{PLAIN}Why?\n"))
    assert more[-1]["question"] == 1
    assert answers_sent(posting) == [("sent", LI)]


def test_a_reply_to_the_courts_answer_is_a_hint_too(posting: Scenario, imap: ImapServer) -> None:
    asked(posting)
    assert reply(posting, 1)[0] == 200
    posting.beat()
    ours = sent_id(posting, "question_answered", ZHAO)
    filed = come(posting, imap, mail(ZHAO, f"In-Reply-To: {ours}\n{PLAIN}And the interpreter?\n"))
    assert filed[-1]["question"] == 1
    assert answers_sent(posting) == [("sent", ZHAO)]


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (LI, "Auto-Submitted: auto-replied\n"),
        (LI, "Precedence: bulk\n"),
        ("other@huacheng.example", ""),
    ],
)
def test_no_machine_and_no_stranger_is_answered(
    posting: Scenario, imap: ImapServer, sender: str, headers: str
) -> None:
    _, ours = asked(posting)
    come(posting, imap, mail(sender, f"In-Reply-To: {ours}\n{headers}{PLAIN}Away.\n"))
    assert answers_sent(posting) == []


def test_a_mail_in_reply_to_another_message_is_no_hint(posting: Scenario, imap: ImapServer) -> None:
    asked(posting)
    [filed] = come(posting, imap, mail(LI, f"In-Reply-To: <x@y.example>\n{PLAIN}Hello.\n"))
    assert "question" not in filed
    assert answers_sent(posting) == []
