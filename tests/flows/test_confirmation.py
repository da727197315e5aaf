"""Nothing is sent from a page whose messages were not shown before."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.cases.models import Counsel
from app.core.db import db, transaction
from app.notices.models import Notice
from app.record.rules import Event
from app.sending import attempts
from app.sending.attempts import Attempt, Step
from tests.conftest import Scenario, at, confirmed
from tests.flows.test_hearing_page import text_of

JOINS = {"name": "Third", "email": "third@firm.example", "language": "en", "party": "2"}
CONTACT = {
    "counsel_id": "1",
    "channel": "chat",
    "direction": "in",
    "at": "2026-11-23T08:50",
    "note": "Asked how many copies to file.",
    "page": "one page",
    "outcome": "told",
}
# Address, fields, and of the page before: what is done, who is told, and words that they get.
ACTS = [
    ("/hearings/1/fix", {"slot_id": "1", "reason": "No answer."}, "Fix the date by order", 4),
    ("/hearings/1/cancel", {"reason": "Settled."}, "Cancel the hearing", 4),
    ("/cases/1/counsel", JOINS, "Third joins the case", 1),
    ("/cases/1/off-channel", CONTACT, "Tell the other sides of this contact", 2),
    ("/cases/1/contacts", CONTACT, "Tell the other sides of this contact", 2),
]


def queued(scenario: Scenario) -> int:
    """The number of notices that are queued or were sent."""
    with scenario.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Notice.id))) or 0


@pytest.mark.parametrize(("path", "fields", "title", "count"), ACTS)
def test_an_act_shows_whom_it_tells_what_and_does_nothing_before_it_is_confirmed(
    asked: Scenario,
    browser: FlaskClient,
    path: str,
    fields: dict[str, str],
    title: str,
    count: int,
) -> None:
    before, entries = queued(asked), len(asked.record(1))
    shown = browser.post(path, data=fields)
    assert shown.status_code == 200, text_of(shown.text)
    words = text_of(shown.text)
    assert title in words
    assert f"Messages: {count}, to " in words
    assert len(re.findall('class="btn (go|grave)"', shown.text.split("<main", 1)[1])) == 1
    for bent in ("", "x" * 32):
        again = browser.post(path, data={**fields, "seen": bent})
        assert (again.status_code, text_of(again.text)) == (200, words)
    seal = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seal
    other = {**fields, **{name: "other" for name in fields if name in ("reason", "note", "name")}}
    assert browser.post(path, data={**other, "seen": seal[1]}).status_code == 200
    asked.beat()
    assert (queued(asked), len(asked.record(1))) == (before, entries)
    assert confirmed(browser, path, fields).status_code == 303
    asked.beat()
    assert queued(asked) > before


def test_the_page_before_an_order_has_each_persons_words_in_their_language(
    browser: FlaskClient,
) -> None:
    shown = browser.post("/hearings/1/fix", data={"slot_id": "1", "reason": "No <b> answer."})
    words = text_of(shown.text)
    assert "Hearing Trial, （2026）沪0115民初12345号" in words
    assert "Reason No <b> answer." in words
    assert "李敏 Claimant · 中文" in words
    assert "您好。下列案件的庭期已由法院依职权排定。" in words
    assert "Zhao Lei Respondent · English" in words
    assert "The court has fixed the date in the case below by order." in words
    assert "with a calendar entry" in words
    assert not re.search(r"/r/[A-Za-z0-9_-]{22}", shown.text)


def test_counsel_without_address_are_named_before_an_order(
    asked: Scenario, browser: FlaskClient
) -> None:
    with asked.app.app_context(), transaction() as session:
        session.get_one(Counsel, 2).email = session.get_one(Counsel, 2).phone = ""
    shown = browser.post("/hearings/1/fix", data={"slot_id": "1", "reason": "-"})
    assert "No message can reach Zhao Lei: call them" in text_of(shown.text)
    assert "Messages: 2, to 李敏." in text_of(shown.text)


def test_who_leaves_is_shown_the_cancel_that_their_calendar_gets(asked: Scenario) -> None:
    slot = asked.api("GET", "/hearings/1")[1]["slots"][0]["id"]
    assert asked.api("POST", "/hearings/1/fix", {"slot_id": slot, "reason": "-"})[0] == 200
    asked.beat()
    desk = asked.sign_in()
    leaves = {"name": "Zhao Lei", "phone": "13800138002", "do": "leave"}
    shown = desk.post("/cases/1/counsel/2?lang=en", data=leaves)
    assert "Zhao Lei acts no longer in this case" in text_of(shown.text)
    assert re.search(r"Messages: \d, to Zhao Lei\. ?They go out within s", text_of(shown.text)), (
        text_of(shown.text)[:400]
    )
    assert confirmed(desk, "/cases/1/counsel/2", leaves).status_code == 303


def test_a_message_that_is_sent_again_is_shown_with_the_address_of_today(
    asked: Scenario, browser: FlaskClient
) -> None:
    with asked.app.app_context(), transaction() as session:
        notice = session.scalars(sa.select(Notice).where(Notice.channel == "sms")).first()
        assert notice is not None
        step = Step(Attempt.of(notice), Event.FAILED, {"code": "30006"})
        attempts.write(session, [step], asked.clock.now())
        path = f"/notices/{notice.id}/again"
    changed = {"name": "李敏", "phone": "13900139001", "language": "zh", "required": "1"}
    assert browser.post("/cases/1/counsel/1", data=changed).status_code == 303
    before = queued(asked)
    shown = browser.post(path)
    assert "Messages: 1, to 李敏." in text_of(shown.text)
    assert "+8613900139001" in shown.text
    assert queued(asked) == before
    assert confirmed(browser, path).status_code == 303
    assert queued(asked) == before + 1


def test_what_tells_nobody_is_done_at_once(asked: Scenario, browser: FlaskClient) -> None:
    call = {**CONTACT, "outcome": "no_answer", "address": "13800138001"}
    assert browser.post("/cases/1/call", data=call).status_code == 303
    assert queued(asked) == len(asked.letters()) + 2  # the two that would ask again


def test_programs_need_no_confirmation(asked: Scenario) -> None:
    slot = asked.api("GET", "/hearings/1")[1]["slots"][0]["id"]
    assert asked.api("POST", "/hearings/1/fix", {"slot_id": slot, "reason": "-"})[0] == 200
    assert asked.api("POST", "/hearings/1/cancel", {"reason": "-"})[0] == 200
    told = {"counsel_id": 1, "channel": "chat", "outcome": "told", "at": at(0, "08:30")}
    note = {"note": "Asked when.", "tell_others": True}
    assert asked.api("POST", "/cases/1/contacts", {**told, **note})[0] == 201
