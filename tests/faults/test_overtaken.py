"""News overtakes what is under way; who left the case, or asked for quiet, is told no more."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers.base import Carrier, OutgoingMessage, SendOutcome, SendStatus
from app.cases import changes
from app.cases.models import Counsel, Representation
from app.core.db import db, transaction
from app.hearings.models import Booking
from app.hearings.rules import resource
from app.inbound import service as replies
from app.notices.models import Notice
from tests.conftest import CASE, SECRET, Scenario, at, case_with, proposal

pytestmark = pytest.mark.database

LI, ZHAO = "+8613800138001", "zhao@jinmao.example"
SUN: dict[str, Any] = {"name": "Sun Wei", "email": "sun@jinmao.example", "language": "en"}
HU: dict[str, Any] = {"name": "胡律师", "email": "hu@huacheng.example", "language": "zh"}


class Busy:
    """A carrier that, while it is busy, refuses for now; something may happen meanwhile."""

    def __init__(self, inner: Carrier) -> None:
        self.inner, self.name, self.channel = inner, inner.name, inner.channel
        self.busy, self.meanwhile = False, list[Callable[[], Any]]()

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Refuse, or hand on."""
        if not self.busy:
            yield from self.inner.send(messages)
            return
        for message in messages:
            while self.meanwhile:
                self.meanwhile.pop()()
            yield message, SendOutcome(SendStatus.TEMPORARY, self.name, detail="busy")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.fixture
def post(scenario: Scenario) -> Busy:
    """The house's e-mail, which can be busy."""
    made = scenario.app.extensions["tingqi"]
    busy = Busy(made.external.email)
    external = dataclasses.replace(made.external, email=busy)
    scenario.app.extensions["tingqi"] = dataclasses.replace(made, external=external)
    return busy


def proposed(scenario: Scenario, case: dict[str, Any] = CASE, **more: Any) -> dict[str, Any]:
    """A hearing whose counsel were asked."""
    _, case = scenario.api("POST", "/cases", case)
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], **more))
    assert status == 201, made
    scenario.beat()
    return made


def fixed(scenario: Scenario, case: dict[str, Any] = CASE) -> dict[str, Any]:
    """A hearing fixed by order; nobody has heard of it yet."""
    made = proposed(scenario, case)
    body = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    status, said = scenario.api("POST", f"/hearings/{made['id']}/fix", body)
    assert status == 200, said
    return said


def leave(scenario: Scenario, name: str) -> int:
    """A counsel acts no longer; return their number."""
    with scenario.app.app_context(), transaction() as session:
        seat = session.scalars(
            sa.select(Representation).join(Counsel).where(Counsel.name == name)
        ).one()
        changes.leave(seat, scenario.clock.now())
        return seat.counsel_id


def say(scenario: Scenario, to: str, *words: str) -> None:
    """A counsel answers by the newest link that they have."""
    link, browser = scenario.link(to), scenario.client
    page = browser.get(link).get_data(as_text=True)
    slots = re.findall(r'name="(slot-\d+)"', page)
    form = dict(zip(dict.fromkeys(slots), words, strict=True))
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    answer = browser.post(link, data={**form, "nonce": nonce.group(1)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    scenario.wait(minutes=1)
    scenario.beat()


def state(scenario: Scenario, hearing_id: int) -> str:
    """Where a hearing stands."""
    said: str = scenario.api("GET", f"/hearings/{hearing_id}")[1]["state"]
    return said


def test_a_date_that_was_cancelled_while_its_letter_was_under_way_is_not_told_afterwards(
    scenario: Scenario, post: Busy
) -> None:
    made = fixed(scenario)

    def cancel() -> None:
        assert scenario.api("POST", f"/hearings/{made['id']}/cancel", {"reason": "ill"})[0] == 200

    post.busy, post.meanwhile = True, [cancel]
    scenario.beat()
    post.busy = False
    for _ in range(3):
        scenario.wait(minutes=5)
        scenario.beat()
    told = [letter.subject for letter in scenario.letters(to=ZHAO)]
    assert len(told) == 2
    assert "will not take place" in told[-1]
    assert [
        line["what"]
        for line in scenario.record(made["id"])
        if (line["kind"], line["channel"], line["side"]) == ("fixed", "email", "respondent")
    ] == ["queued", "started", "refused", "withdrawn"]


def test_a_round_that_asks_anew_does_not_take_back_the_date_that_still_holds(
    scenario: Scenario, post: Busy
) -> None:
    made = fixed(scenario)
    post.busy = True
    scenario.beat()
    body = {
        "slots": [{"starts_at": at(20), "courtroom": "第三法庭"}],
        "answer_by": at(9),
        "reason": "expert away",
    }
    status, said = scenario.api("POST", f"/hearings/{made['id']}/move", body)
    assert status == 200, said
    post.busy = False
    scenario.wait(minutes=5)
    scenario.beat()
    told = sorted(letter.subject for letter in scenario.letters(to=ZHAO))
    assert any(subject.startswith("Date fixed") for subject in told)
    assert sum(subject.startswith("Please choose") for subject in told) == 2
    scenario.wait(days=7)
    scenario.beat()
    assert scenario.letters(to=ZHAO, containing="Reminder")


def test_who_left_the_case_is_told_nothing_more_and_their_time_is_free(scenario: Scenario) -> None:
    made = fixed(scenario)
    scenario.beat()
    gone = leave(scenario, "Zhao Lei")
    before = len(scenario.letters(to=ZHAO))
    scenario.beat()
    with scenario.app.app_context():
        booked = sa.select(Booking).where(Booking.resource == resource("counsel", gone))
        assert not db.session.scalars(booked).all()
        waiting = sa.select(Notice).where(Notice.counsel_id == gone, Notice.state == "queued")
        assert not db.session.scalars(waiting).all()
    scenario.wait(days=7, hours=1)
    scenario.beat()
    body = {"starts_at": at(16), "courtroom": "第五法庭", "reason": "expert away"}
    assert scenario.api("POST", f"/hearings/{made['id']}/move", body)[0] == 200
    scenario.beat()
    # Nothing but that it leaves their calendar.
    assert len(scenario.letters(to=ZHAO)) == before + 1
    assert "leaves your calendar" in scenario.letters(to=ZHAO)[-1].body
    assert scenario.letters(to="li@huacheng.example", containing="提醒")


def test_nobody_waits_for_an_answer_of_somebody_who_left(scenario: Scenario) -> None:
    li, zhao = (party["counsel"][0] for party in CASE["parties"])
    made = proposed(scenario, case_with("（2026）沪0115民初7号", li, zhao, HU, SUN))
    say(scenario, LI, "yes", "yes")
    say(scenario, ZHAO, "yes", "yes")
    assert state(scenario, made["id"]) == "proposed"
    leave(scenario, "Sun Wei")
    scenario.beat()
    assert state(scenario, made["id"]) == "proposed"
    leave(scenario, "胡律师")
    scenario.beat()
    assert state(scenario, made["id"]) == "fixed"


def test_one_side_alone_fixes_no_date_when_the_other_sides_counsel_left(scenario: Scenario) -> None:
    made = proposed(scenario)
    leave(scenario, "Zhao Lei")
    say(scenario, LI, "yes", "yes")
    assert state(scenario, made["id"]) == "proposed"
    assert len(scenario.letters(to="wang@court.example")) == 1


def test_after_stop_not_even_what_waited_already_is_texted(scenario: Scenario) -> None:
    made = fixed(scenario)
    scenario.beat()
    before = len(scenario.letters(to=LI))
    for _ in range(2):  # Twilio tells it once more when our answer was slow
        with scenario.app.app_context(), transaction() as session:
            text = replies.IncomingText(LI, "STOP", "", "SM1")
            replies.take_text(session, text, scenario.clock.now(), SECRET)
    scenario.wait(days=8)
    scenario.beat()
    assert len(scenario.letters(to=LI)) == before
    assert scenario.letters(to="li@huacheng.example", containing="提醒")
    lines = scenario.record(made["id"])
    assert sum(line["kind"] == "text" for line in lines) == 1
    assert [
        line["what"]
        for line in lines
        if line["detail"].get("why", "").startswith("the person asked")
    ] == ["failed"]


def test_the_assistant_hears_each_time_that_what_the_answers_come_to_changes(
    scenario: Scenario,
) -> None:
    proposed(scenario, fix="assistant")
    say(scenario, LI, "yes", "yes")
    for words in (("yes", "no"), ("no", "no"), ("yes", "no"), ("if_needed", "no")):
        say(scenario, ZHAO, *words)
    told = [letter.subject[:5] for letter in scenario.letters(to="wang@court.example")]
    assert told == ["待您排定：", "无各方共同", "待您排定："]


def test_an_answer_given_once_more_after_another_is_confirmed_once_more(scenario: Scenario) -> None:
    made = proposed(scenario, fix="assistant")
    link, browser = scenario.link(ZHAO), scenario.client
    page = browser.get(link).get_data(as_text=True)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    first, second = (slot["id"] for slot in made["slots"])
    for words in (("yes", "no"), ("no", "no"), ("yes", "no")):
        form = {f"slot-{first}": words[0], f"slot-{second}": words[1], "nonce": nonce.group(1)}
        assert browser.post(link, data=form).status_code == 303
        scenario.wait(minutes=1)
    scenario.beat()
    assert len(scenario.letters(to=ZHAO)) == 4


def test_a_hearing_is_not_moved_to_where_it_is(scenario: Scenario) -> None:
    made = fixed(scenario)
    body = {"starts_at": made["starts_at"], "reason": "pressed twice"}
    assert scenario.api("POST", f"/hearings/{made['id']}/move", body)[0] == 422
    assert scenario.api("GET", f"/hearings/{made['id']}")[1]["revision"] == 1


def test_a_lapsed_round_leaves_the_length_of_the_date_that_holds(scenario: Scenario) -> None:
    made = fixed(scenario)
    body = {
        "slots": [{"starts_at": at(20), "courtroom": "第三法庭"}],
        "answer_by": at(9),
        "minutes": 30,
        "reason": "shorter",
    }
    assert scenario.api("POST", f"/hearings/{made['id']}/move", body)[0] == 200
    scenario.wait(days=10)
    scenario.beat()
    said = scenario.api("GET", f"/hearings/{made['id']}")[1]
    assert (said["state"], said["minutes"], said["starts_at"]) == ("fixed", 90, made["starts_at"])


def test_a_letter_that_nobody_can_write_any_more_holds_up_no_other(scenario: Scenario) -> None:
    made = proposed(scenario)
    with scenario.app.app_context(), transaction() as session:
        for notice in session.scalars(sa.select(Notice).where(Notice.kind == "proposal")):
            notice.state, notice.lease_until = "sending", scenario.clock.now()
            if notice.side == "claimant":
                notice.facts = {"court": None}
    scenario.wait(minutes=5)
    scenario.beat()
    with scenario.app.app_context():
        under_way = sa.select(Notice).where(Notice.state == "sending")
        assert not db.session.scalars(under_way).all()
    assert any(line["what"] == "unknown" for line in scenario.record(made["id"]))
