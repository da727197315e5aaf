"""Counsel who join a case later are asked and told what the others were; nobody is told twice."""

import sqlalchemy as sa

from app.core.db import db
from app.hearings.models import Booking
from app.hearings.rules import resource
from tests.conftest import CASE, House, at, case_with, proposal
from tests.replied import invited

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


def ask(house: House, *slots: tuple[str, str], **more: object) -> int:
    """Propose a hearing to both counsel and let it be told."""
    case_id = house.api("POST", "/cases", CASE)[1]["id"]
    status, hearing = house.api("POST", "/hearings", proposal(case_id, *slots, **more))
    assert status == 201, hearing
    house.beat()
    return hearing["id"]


def fix(house: House, hearing: int) -> None:
    """Fix the first slot by order and let it be told."""
    slot = house.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"]
    told = {"slot_id": slot, "reason": "依职权"}
    assert house.api("POST", f"/hearings/{hearing}/fix", told)[0] == 200
    house.beat()


def join(house: House) -> None:
    """Add a counsel to the case at the desk, and let the worker see it."""
    page = house.sign_in().post("/cases/1/counsel", data={**TYPED, "party": "1"})
    assert page.status_code in (302, 303), page.text
    house.beat()


def times_of(house: House, name: str) -> list[bool]:
    """How firmly a counsel's time is taken, booking by booking."""
    with house.app.app_context():
        who = db.session.scalar(sa.text("SELECT id FROM counsel WHERE name = :n"), {"n": name})
        wanted = sa.select(Booking.firm).where(Booking.resource == resource("counsel", who))
        return list(db.session.scalars(wanted))


def test_who_joins_during_a_round_is_asked_in_it_and_waited_for(house: House) -> None:
    hearing = ask(house)
    join(house)
    [letter] = house.letters(to=SUN)
    assert "候选时段" in letter.body
    assert times_of(house, "孙悦") == [False, False]
    for who in ("li@", "zhao@"):
        say_yes(house, who)
    assert house.api("GET", f"/hearings/{hearing}")[1]["state"] == "proposed"
    say_yes(house, "sun@")
    assert house.api("GET", f"/hearings/{hearing}")[1]["state"] == "fixed"
    house.beat()
    house.beat()
    assert len(house.letters(to=SUN, containing="选定庭期")) == 1
    assert [len(house.letters(to=who, containing="选定庭期")) for who in (LI, SUN)] == [1, 1]


def say_yes(house: House, who: str) -> None:
    """Answer yes to every slot on one's page."""
    import re

    link = house.link(who)
    browser = house.client
    page = browser.get(link).text
    form = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "yes")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    assert browser.post(link, data={**form, "nonce": nonce[1]}).status_code == 303


def test_who_joins_after_the_date_is_told_it_and_the_others_hear_nothing(house: House) -> None:
    hearing = ask(house, (at(14), "第三法庭"))
    fix(house, hearing)
    before = {who: (invited(house, who), len(house.letters(to=who))) for who in (LI, ZHAO)}
    join(house)
    told = invited(house, SUN)
    assert (told.method, told.uid, told.sequence) == (
        "REQUEST",
        before[LI][0].uid,
        before[LI][0].sequence,
    )
    assert times_of(house, "孙悦") == [True]
    assert {who: (invited(house, who), len(house.letters(to=who))) for who in before} == before
    house.wait(days=13)
    house.beat()
    reminded = [len(house.letters(to=who, channel="email", containing="提醒")) for who in (LI, SUN)]
    assert reminded[1] == 1


def test_who_returns_gets_an_invite_that_outdoes_the_cancel_of_their_leaving(house: House) -> None:
    hearing = ask(house, (at(14), "第三法庭"))
    fix(house, hearing)
    join(house)
    leave(house)
    gone = invited(house, SUN)
    assert gone.method == "CANCEL"
    assert times_of(house, "孙悦") == []
    house.wait(minutes=1)
    join(house)
    back = invited(house, SUN)
    assert (back.method, back.uid, back.sequence) == ("REQUEST", gone.uid, gone.sequence)
    assert back.event["DTSTAMP"].dt > gone.event["DTSTAMP"].dt
    assert times_of(house, "孙悦") == [True]


def test_who_returns_is_reminded_of_the_date_once(house: House) -> None:
    hearing = ask(house, (at(14), "第三法庭"))
    fix(house, hearing)
    join(house)
    leave(house)
    house.wait(minutes=1)
    join(house)
    leave(house)
    house.wait(minutes=1)
    join(house)
    house.wait(days=13)
    house.beat()
    house.beat()
    assert len(house.letters(to=SUN, channel="email", containing="提醒")) == 1


def test_who_joins_while_a_date_is_moved_is_told_the_date_and_then_asked(house: House) -> None:
    hearing = ask(house, (at(14), "第三法庭"))
    fix(house, hearing)
    anew = {
        "slots": proposal(1, (at(20), "第三法庭"), (at(21), "第三法庭"))["slots"],
        "answer_by": at(9),
        "reason": "合议庭冲突",
    }
    status, said = house.api("POST", f"/hearings/{hearing}/move", anew)
    assert status == 200, said
    house.beat()
    join(house)
    told, asked = house.letters(to=SUN)
    assert "庭期已排定" in told.body
    assert "候选时段" in asked.body
    assert invited(house, SUN).method == "REQUEST"
    assert sorted(times_of(house, "孙悦")) == [False, False, True]
    say_yes(house, "sun@")
    assert house.api("GET", f"/hearings/{hearing}")[1]["state"] == "proposed"


def leave(house: House) -> None:
    """Let the newest counsel leave the case, as the desk does."""
    with house.app.app_context():
        seat = db.session.scalar(sa.text("SELECT max(id) FROM representation"))
    page = house.sign_in().post(f"/cases/1/counsel/{seat}", data={**TYPED, "do": "leave"})
    assert page.status_code in (302, 303), page.text
    house.beat()


def test_whose_time_is_taken_elsewhere_is_not_asked_but_shown(house: House) -> None:
    hearing = ask(house, (at(14), "第三法庭"))
    someone = {**NEW, "name": "何远", "email": "he@elsewhere.example"}
    other = case_with("（2026）沪0115民初777号", NEW, someone, judge="林法官")
    second = house.api("POST", "/cases", other)[1]["id"]
    there = proposal(second, (at(14), "第五法庭"))
    assert house.api("POST", "/hearings", there)[0] == 201
    house.beat()
    join(house)
    assert len(house.letters(to=SUN)) == 1
    page = house.sign_in().get(f"/hearings/{hearing}", headers={"Accept-Language": "en"}).text
    assert "came to the case after this round and was not asked" in page
