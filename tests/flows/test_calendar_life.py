"""A hearing in counsel's calendars, from proposal to end: there once, moved with it, gone with it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court.models import Court
from app.hearings.models import Invitation
from tests.conftest import CASE, Scenario, at, confirmed, proposal
from tests.flows.test_replies_by_mail import come, filed, open_scenario
from tests.imap import ImapServer
from tests.replied import Invited, apple, gmail, invited, outlook

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"
__all__ = ["imap", "scenario"]

from tests.flows.test_replies_by_mail import imap, scenario  # noqa: E402  (fixtures)


@pytest.fixture
def wishing(scenario: Scenario) -> Scenario:
    """A court that sends its proposed slots to calendars."""
    with scenario.app.app_context(), transaction() as session:
        session.scalars(sa.select(Court)).one().tentative_invites = True
    return scenario


def ask(scenario: Scenario, *slots: tuple[str, str], **more: object) -> int:
    """Propose a hearing to both counsel and let it be told."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, *slots, **more))
    assert status == 201, hearing
    scenario.beat()
    return hearing["id"]


def times(invite: Invited) -> list[str]:
    """When an invite says that it is, in the court's time."""
    extra = invite.event.get("RDATE", [])
    more = [
        each.dt for part in (extra if isinstance(extra, list) else [extra]) for each in part.dts
    ]
    return [
        f"{each.astimezone(invite.starts_at.tzinfo):%m-%d %H:%M}"
        for each in sorted({invite.starts_at, *more})
    ]


def test_without_the_courts_wish_a_proposal_carries_no_invite(scenario: Scenario) -> None:
    ask(scenario)
    with pytest.raises(LookupError):
        invited(scenario, LI)


def test_fixing_replaces_all_tentative_slots_under_the_same_uid(wishing: Scenario) -> None:
    hearing = ask(wishing)
    first = invited(wishing, LI)
    assert (first.method, str(first.event["STATUS"])) == ("REQUEST", "TENTATIVE")
    assert times(first) == ["12-07 09:30", "12-08 14:00"]
    order = {
        "slot_id": wishing.api("GET", f"/hearings/{hearing}")[1]["slots"][1]["id"],
        "reason": "依职权",
    }
    assert wishing.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
    wishing.beat()
    second = invited(wishing, LI)
    assert second.uid == first.uid
    assert second.sequence > first.sequence
    assert (str(second.event["STATUS"]), times(second)) == ("CONFIRMED", ["12-08 14:00"])
    assert wishing.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})[0] == 200
    wishing.beat()
    third = invited(wishing, LI)
    assert (third.method, str(third.event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert (third.uid, third.sequence > second.sequence) == (first.uid, True)


@pytest.mark.parametrize("end", ["lapse", "cancel", "ask again"])
def test_a_round_that_ends_without_a_date_leaves_no_ghost(wishing: Scenario, end: str) -> None:
    hearing = ask(wishing)
    first = {who: invited(wishing, who) for who in (LI, ZHAO)}
    if end == "lapse":
        wishing.wait(days=8)
        wishing.beat()
    elif end == "cancel":
        assert wishing.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})[0] == 200
    else:
        again = {
            "slots": [{"starts_at": at(20), "courtroom": "第五法庭"}],
            "answer_by": at(9),
            "fix": "auto",
            "reason": "法官生病",
        }
        assert wishing.api("POST", f"/hearings/{hearing}/move", again)[0] == 200
    wishing.beat()
    for who in (LI, ZHAO):
        last = invited(wishing, who)
        assert last.uid == first[who].uid
        assert last.sequence > first[who].sequence
        if end == "ask again":
            assert times(last) == ["12-13 09:30"]
            assert str(last.event["STATUS"]) == "TENTATIVE"
        else:
            assert last.method == "CANCEL"


def test_a_date_that_holds_is_never_overwritten_by_slots(wishing: Scenario) -> None:
    hearing = ask(wishing)
    order = {
        "slot_id": wishing.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"],
        "reason": "依职权",
    }
    assert wishing.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
    wishing.beat()
    holds = invited(wishing, LI)
    again = {
        "slots": [{"starts_at": at(20), "courtroom": "第五法庭"}],
        "answer_by": at(9),
        "fix": "auto",
        "reason": "法官生病",
    }
    assert wishing.api("POST", f"/hearings/{hearing}/move", again)[0] == 200
    wishing.beat()
    assert invited(wishing, LI) == holds
    wishing.wait(days=10)
    wishing.beat()
    assert invited(wishing, LI) == holds


@pytest.mark.parametrize("dialect", [gmail, outlook, apple])
def test_accepting_a_single_tentative_slot_is_the_answer(
    wishing: Scenario, imap: ImapServer, dialect: object
) -> None:
    hearing = ask(wishing, (at(14), "第三法庭"))
    for who in (LI, ZHAO):
        assert come(wishing, imap, dialect(invited(wishing, who), "ACCEPTED"))[-1]["counted"]  # type: ignore[operator]
    shown = wishing.api("GET", f"/hearings/{hearing}")[1]
    assert (shown["state"], shown["starts_at"]) == ("fixed", at(14))
    lines = [x for x in wishing.record(hearing) if x["what"] == "answered"]
    assert [x["channel"] for x in lines] == ["email", "email"]


def test_declining_or_doubting_a_single_slot_is_an_answer_too(
    wishing: Scenario, imap: ImapServer
) -> None:
    hearing = ask(wishing, (at(14), "第三法庭"))
    come(
        wishing,
        imap,
        gmail(invited(wishing, LI), "TENTATIVE"),
        gmail(invited(wishing, ZHAO), "DECLINED"),
    )
    answers = wishing.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["answers"]
    assert {each["counsel"]: each["says"] for each in answers} == {
        "李敏": "if_needed",
        "Zhao Lei": "no",
    }


def test_one_word_for_several_slots_is_a_hint_and_each_by_itself_counts(
    wishing: Scenario, imap: ImapServer
) -> None:
    hearing = ask(wishing)
    to = invited(wishing, LI)
    assert (
        come(wishing, imap, gmail(to, "ACCEPTED"))[-1]["why"]
        == "the other slots want an answer too"
    )
    wishing.beat()
    assert wishing.letters(to=LI, containing="请通过链接确认")
    link = wishing.link("li@")
    browser = wishing.client
    page = browser.get(link).text
    import re

    form = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "no")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    assert browser.post(link, data={**form, "nonce": nonce[1]}).status_code == 303
    second = "RECURRENCE-ID:20261208T060000Z"
    assert come(wishing, imap, gmail(to, "ACCEPTED", at="20261124T020000Z", more=second))[-1][
        "counted"
    ]
    slots = wishing.api("GET", f"/hearings/{hearing}")[1]["slots"]
    assert [slot["answers"][0]["says"] for slot in slots] == ["no", "yes"]


def leave(scenario: Scenario, name: str) -> None:
    """Let a counsel leave the case, as the desk does."""
    desk = scenario.sign_in()
    with scenario.app.app_context():
        from app.cases.models import Counsel, Representation

        seat = db.session.scalar(
            sa.select(Representation.id).join(Counsel).where(Counsel.name == name)
        )
    leaving = {"do": "leave", "name": name, "phone": "13800138001"}
    page = confirmed(desk, f"/cases/1/counsel/{seat}", leaving)
    assert page.status_code in (302, 303), page.text


@pytest.mark.parametrize("stage", ["tentative", "fixed"])
def test_who_leaves_the_case_gets_a_cancel_and_the_others_keep_theirs(
    wishing: Scenario, stage: str
) -> None:
    hearing = ask(wishing)
    if stage == "fixed":
        order = {
            "slot_id": wishing.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"],
            "reason": "依职权",
        }
        assert wishing.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
        wishing.beat()
    before = {who: invited(wishing, who) for who in (LI, ZHAO)}
    leave(wishing, "李敏")
    wishing.beat()
    wishing.beat()
    gone = invited(wishing, LI)
    assert (gone.method, gone.uid) == ("CANCEL", before[LI].uid)
    assert gone.sequence == before[LI].sequence + 1
    assert invited(wishing, ZHAO) == before[ZHAO]
    wishing.beat()
    assert len(wishing.letters(to=LI, containing="不再代理")) == 1
    with wishing.app.app_context():
        assert db.session.scalars(
            sa.select(Invitation.left_at).where(Invitation.left_at.is_not(None))
        ).all()


def test_the_mailbox_is_read_where_it_was_left_after_a_restart(
    scenario: Scenario, imap: ImapServer, database: str, tmp_path: Path
) -> None:
    hearing = ask(scenario)
    order = {
        "slot_id": scenario.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"],
        "reason": "依职权",
    }
    assert scenario.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
    scenario.beat()
    come(scenario, imap, gmail(invited(scenario, LI), "ACCEPTED"))
    with imap.client() as someone:  # a person of the court reads the new one before the house does
        imap.deliver(gmail(invited(scenario, ZHAO), "ACCEPTED"))
        someone.select("INBOX")
        someone.store("1:*", "+FLAGS", r"\Seen")
    second = open_scenario(tmp_path, database, imap, scenario.clock)
    second.beat()
    assert [each["counted"] for each in filed(second)] == [True, True]
    second.app.extensions["tingqi"].external.close()
    second.close()


def test_a_date_set_over_an_open_round_outlives_the_slots_of_that_round(
    wishing: Scenario, imap: ImapServer
) -> None:
    hearing = ask(wishing)
    there = {"starts_at": at(16), "courtroom": "第五法庭", "reason": "法官出差"}
    assert wishing.api("POST", f"/hearings/{hearing}/move", there)[0] == 200
    wishing.beat()
    holds = invited(wishing, LI)
    assert (holds.method, times(holds)) == ("REQUEST", ["12-09 09:30"])
    again = {
        "slots": [{"starts_at": at(20), "courtroom": "第五法庭"}],
        "answer_by": at(9),
        "fix": "auto",
        "reason": "法官生病",
    }
    assert wishing.api("POST", f"/hearings/{hearing}/move", again)[0] == 200
    wishing.beat()
    assert invited(wishing, LI) == holds
    assert come(wishing, imap, gmail(holds, "ACCEPTED"))[-1]["counted"]
