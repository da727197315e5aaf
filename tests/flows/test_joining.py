"""Counsel who join a case later are asked and told what the others were; nobody is told twice."""

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.hearings.models import Booking
from app.hearings.rules import resource
from tests.conftest import CASE, Scenario, at, case_with, confirmed, proposal
from tests.replied import invited

pytestmark = pytest.mark.database

LI, ZHAO, SUN = "li@huacheng.example", "zhao@jinmao.example", "sun@hengtong.example"
NEW = {
    "name": "孙悦",
    "firm": "恒通律师事务所",
    "email": SUN,
    "phone": "",
    "language": "zh",
    "channels": ["email"],
}
TYPED = {**NEW, "channels": "email", "required": "1"}


def ask(scenario: Scenario, *slots: tuple[str, str], **more: object) -> int:
    """Propose a hearing to both counsel and let it be told."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, *slots, **more))
    assert status == 201, hearing
    scenario.beat()
    return hearing["id"]


def fix(scenario: Scenario, hearing: int) -> None:
    """Fix the first slot by order and let it be told."""
    slot = scenario.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"]
    told = {"slot_id": slot, "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing}/fix", told)[0] == 200
    scenario.beat()


def join(scenario: Scenario) -> None:
    """Add a counsel to the case at the desk, and let the worker see it."""
    page = confirmed(scenario.sign_in(), "/cases/1/counsel", {**TYPED, "party": "1"})
    assert page.status_code in (302, 303), page.text
    scenario.beat()


def times_of(scenario: Scenario, name: str) -> list[bool]:
    """How firmly a counsel's time is taken, booking by booking."""
    with scenario.app.app_context():
        who = db.session.scalar(sa.text("SELECT id FROM counsel WHERE name = :n"), {"n": name})
        wanted = sa.select(Booking.firm).where(Booking.resource == resource("counsel", who))
        return list(db.session.scalars(wanted))


def test_who_joins_during_a_round_is_asked_in_it_and_waited_for(scenario: Scenario) -> None:
    hearing = ask(scenario)
    join(scenario)
    [letter] = scenario.letters(to=SUN)
    assert "候选时段" in letter.body
    assert times_of(scenario, "孙悦") == [False, False]
    for who in ("li@", "zhao@"):
        say_yes(scenario, who)
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["state"] == "proposed"
    say_yes(scenario, "sun@")
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["state"] == "fixed"
    scenario.beat()
    scenario.beat()
    assert len(scenario.letters(to=SUN, containing="选定庭期")) == 1
    assert [len(scenario.letters(to=who, containing="选定庭期")) for who in (LI, SUN)] == [1, 1]


def say_yes(scenario: Scenario, who: str) -> None:
    """Answer yes to every slot on one's page."""
    import re

    link = scenario.link(who)
    browser = scenario.client
    page = browser.get(link).text
    form = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "yes")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    assert browser.post(link, data={**form, "nonce": nonce[1]}).status_code == 303


def test_who_joins_after_the_date_is_told_it_and_the_others_hear_nothing(
    scenario: Scenario,
) -> None:
    hearing = ask(scenario, (at(14), "第三法庭"))
    fix(scenario, hearing)
    before = {who: (invited(scenario, who), len(scenario.letters(to=who))) for who in (LI, ZHAO)}
    join(scenario)
    told = invited(scenario, SUN)
    assert (told.method, told.uid, told.sequence) == (
        "REQUEST",
        before[LI][0].uid,
        before[LI][0].sequence,
    )
    assert times_of(scenario, "孙悦") == [True]
    assert {
        who: (invited(scenario, who), len(scenario.letters(to=who))) for who in before
    } == before
    scenario.wait(days=13)
    scenario.beat()
    reminded = [
        len(scenario.letters(to=who, channel="email", containing="提醒")) for who in (LI, SUN)
    ]
    assert reminded[1] == 1


def test_who_returns_gets_an_invite_that_outdoes_the_cancel_of_their_leaving(
    scenario: Scenario,
) -> None:
    hearing = ask(scenario, (at(14), "第三法庭"))
    fix(scenario, hearing)
    join(scenario)
    leave(scenario)
    gone = invited(scenario, SUN)
    assert gone.method == "CANCEL"
    assert times_of(scenario, "孙悦") == []
    scenario.wait(minutes=1)
    join(scenario)
    back = invited(scenario, SUN)
    assert (back.method, back.uid, back.sequence) == ("REQUEST", gone.uid, gone.sequence)
    assert back.event["DTSTAMP"].dt > gone.event["DTSTAMP"].dt
    assert times_of(scenario, "孙悦") == [True]


def test_who_returns_is_reminded_of_the_date_once(scenario: Scenario) -> None:
    hearing = ask(scenario, (at(14), "第三法庭"))
    fix(scenario, hearing)
    join(scenario)
    leave(scenario)
    scenario.wait(minutes=1)
    join(scenario)
    leave(scenario)
    scenario.wait(minutes=1)
    join(scenario)
    scenario.wait(days=13)
    scenario.beat()
    scenario.beat()
    assert len(scenario.letters(to=SUN, channel="email", containing="提醒")) == 1


def test_who_joins_while_a_date_is_moved_is_told_the_date_and_then_asked(
    scenario: Scenario,
) -> None:
    hearing = ask(scenario, (at(14), "第三法庭"))
    fix(scenario, hearing)
    anew = {
        "slots": proposal(1, (at(20), "第三法庭"), (at(21), "第三法庭"))["slots"],
        "answer_by": at(9),
        "reason": "合议庭冲突",
    }
    status, said = scenario.api("POST", f"/hearings/{hearing}/move", anew)
    assert status == 200, said
    scenario.beat()
    join(scenario)
    told, asked = scenario.letters(to=SUN)
    assert "庭期已排定" in told.body
    assert "候选时段" in asked.body
    assert invited(scenario, SUN).method == "REQUEST"
    assert sorted(times_of(scenario, "孙悦")) == [False, False, True]
    say_yes(scenario, "sun@")
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["state"] == "proposed"


def leave(scenario: Scenario) -> None:
    """Let the newest counsel leave the case, as the desk does."""
    with scenario.app.app_context():
        seat = db.session.scalar(sa.text("SELECT max(id) FROM representation"))
    page = confirmed(scenario.sign_in(), f"/cases/1/counsel/{seat}", {**TYPED, "do": "leave"})
    assert page.status_code in (302, 303), page.text
    scenario.beat()


def test_whose_time_is_taken_elsewhere_is_not_asked_but_shown(scenario: Scenario) -> None:
    hearing = ask(scenario, (at(14), "第三法庭"))
    someone = {**NEW, "name": "何远", "email": "he@elsewhere.example"}
    other = case_with("（2026）沪0115民初777号", NEW, someone, judge="林法官")
    second = scenario.api("POST", "/cases", other)[1]["id"]
    there = proposal(second, (at(14), "第五法庭"))
    assert scenario.api("POST", "/hearings", there)[0] == 201
    scenario.beat()
    join(scenario)
    assert len(scenario.letters(to=SUN)) == 1
    page = scenario.sign_in().get(f"/hearings/{hearing}", headers={"Accept-Language": "en"}).text
    assert "came to the case after this round and was not asked" in page
