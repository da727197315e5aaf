"""A hearing's life through the API and the beat, as assistants and counsel see it."""

import email
import email.policy
import uuid
from typing import Any

import pytest

from app.core import links
from app.core.db import db, transaction
from app.hearings import service as hearings
from app.hearings.models import Invitation
from app.people import service as people
from tests.conftest import CASE, SECRET, House, at, case_with, proposal

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"


@pytest.fixture
def case(house: House) -> dict[str, Any]:
    """A case of two sides."""
    status, made = house.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def propose(
    house: House, case: dict[str, Any], *slots: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """Propose a hearing; return it as the API shows it."""
    status, made = house.api("POST", "/hearings", proposal(case["id"], *slots, **more))
    assert status == 201, made
    return made


def see(house: House, hearing: dict[str, Any]) -> dict[str, Any]:
    """A hearing as it stands."""
    status, said = house.api("GET", f"/hearings/{hearing['id']}")
    assert status == 200, said
    return said


def answer(house: House, hearing: dict[str, Any], side: str, *says: str) -> None:
    """Let a side's counsel answer the newest round, slot by slot."""
    now = see(house, hearing)
    [seat] = [i["id"] for i in now["invitations"] if i["side"] == side]
    given = dict(zip([slot["id"] for slot in now["slots"]], says, strict=True))
    with house.app.app_context(), transaction() as session:
        nonce = uuid.uuid4().hex
        hearings.answer(
            session, seat, hearings.AnswerInput(given, "", nonce), house.clock.now(), SECRET
        )


def test_agreement_fixes_at_once_invites_all_and_frees_the_other_slot(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case)
    assert (hearing["state"], hearing["revision"]) == ("proposed", 0)
    answer(house, hearing, "claimant", "if_needed", "yes")
    assert see(house, hearing)["state"] == "proposed"
    answer(house, hearing, "respondent", "yes", "yes")
    fixed = see(house, hearing)
    assert (fixed["state"], fixed["revision"], fixed["courtroom"]) == ("fixed", 1, "第五法庭")
    house.beat()
    for to in (LI, ZHAO):
        [invite] = [letter for letter in house.letters(to=to) if letter.has_calendar]
        data = (house.folder / "outbox" / invite.name).read_bytes()
        assert b"method=REQUEST" in data.replace(b'"', b"")
    other = house.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
        ),
    )[1]
    assert propose(house, other, (at(14), "第三法庭"))["state"] == "proposed"


def test_assistants_fixing_waits_for_the_assistant_and_tells_them(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case, fix="assistant")
    for side in ("claimant", "respondent"):
        answer(house, hearing, side, "yes", "yes")
    house.beat()
    assert see(house, hearing)["state"] == "proposed"
    assert len(house.letters(to="wang@court.example")) == 1
    slot = hearing["slots"][1]["id"]
    assert (
        house.api(
            "POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "各方均可"}
        )[0]
        == 200
    )
    assert see(house, hearing)["state"] == "fixed"


def test_no_common_slot_is_told_once_and_a_second_round_takes_its_place(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case)
    house.beat()
    old = house.link(LI)
    answer(house, hearing, "claimant", "yes", "no")
    answer(house, hearing, "respondent", "no", "yes")
    answer(house, hearing, "respondent", "no", "no")
    house.beat()
    assert len(house.letters(to="wang@court.example")) == 1
    again = {
        "slots": [{"starts_at": at(16), "courtroom": "第三法庭"}],
        "answer_by": at(8, "17:00"),
        "reason": "无共同时段",
    }
    status, moved = house.api("POST", f"/hearings/{hearing['id']}/move", again)
    assert (status, moved["round"], len(moved["slots"])) == (200, 2, 1)
    house.beat()
    assert house.link(LI) != old
    for side in ("claimant", "respondent"):
        answer(house, hearing, side, "yes")
    assert see(house, hearing)["state"] == "fixed"


def test_a_round_that_nobody_answers_lapses_frees_its_slots_and_can_be_fixed_by_order(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case)
    house.beat()
    house.wait(days=7)
    house.beat()
    assert len(house.letters(containing="/r/", to="+8613800138001")) == 2  # asked, and asked again
    house.wait(days=1)
    house.beat()
    assert see(house, hearing)["state"] == "lapsed"
    [told] = house.letters(to="wang@court.example")
    assert "李敏" in told.body
    slot = hearing["slots"][0]["id"]
    status, said = house.api(
        "POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "逾期未答复"}
    )
    assert status == 200, said
    assert see(house, hearing)["state"] == "fixed"
    house.beat()
    assert [letter for letter in house.letters(to=ZHAO) if letter.has_calendar]


def test_a_lapsed_slot_that_was_taken_since_cannot_be_fixed(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case)
    house.wait(days=8)
    house.beat()
    other = house.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
        ),
    )[1]
    propose(house, other, (at(14), "第三法庭"), answer_by=at(10))
    status, said = house.api(
        "POST",
        f"/hearings/{hearing['id']}/fix",
        {"slot_id": hearing["slots"][0]["id"], "reason": "x"},
    )
    assert status == 409
    assert "民初2号" in said["detail"]
    assert see(house, hearing)["state"] == "lapsed"


def test_moving_keeps_the_calendar_entry_and_cancelling_takes_it_away(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case)
    for side in ("claimant", "respondent"):
        answer(house, hearing, side, "yes", "yes")
    house.beat()
    body = {"slots": [{"starts_at": at(20), "courtroom": "第五法庭"}], "reason": "法官出差"}
    status, moved = house.api("POST", f"/hearings/{hearing['id']}/move", body)
    assert (status, moved["state"], moved["revision"]) == (200, "fixed", 2)
    house.beat()
    assert (
        house.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "和解"})[1]["state"]
        == "cancelled"
    )
    house.beat()
    seen = []
    for letter in house.letters(to=LI):
        if letter.has_calendar:
            mail = email.message_from_bytes(
                (house.folder / "outbox" / letter.name).read_bytes(), policy=email.policy.default
            )
            [part] = [
                p
                for p in mail.walk()
                if p.get_content_type() == "text/calendar" and not p.is_attachment()
            ][:1]
            text = part.get_content()
            text = text if isinstance(text, str) else text.decode()
            seen.append(
                {
                    line.partition(":")[0]: line.partition(":")[2]
                    for line in text.splitlines()
                    if line.startswith(("METHOD", "UID", "SEQUENCE", "STATUS"))
                }
            )
    assert [(s["METHOD"], s["SEQUENCE"]) for s in seen] == [
        ("REQUEST", "1"),
        ("REQUEST", "2"),
        ("CANCEL", "3"),
    ]
    assert len({s["UID"] for s in seen}) == 1
    assert seen[-1]["STATUS"] == "CANCELLED"
    assert house.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "again"})[0] == 422


def test_reminders_go_seven_three_and_one_days_before_and_never_for_an_old_date(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case, (at(14), "第三法庭"))
    for side in ("claimant", "respondent"):
        answer(house, hearing, side, "yes")
    house.beat()
    sent = []
    for day in range(15):
        before = len(house.letters())
        house.beat()
        if (new := len(house.letters()) - before) > 0:
            sent.append((day, new))
        if day == 12:
            house.api(
                "POST",
                f"/hearings/{hearing['id']}/move",
                {"slots": [{"starts_at": at(40), "courtroom": "第三法庭"}], "reason": "x"},
            )
        house.wait(days=1)
    assert sent == [(7, 4), (11, 4), (13, 4)]
    lines = house.record(hearing["id"])
    assert (
        len([line for line in lines if line["what"] == "withdrawn" and "settled" in str(line)]) >= 4
    )


def test_a_reminder_that_the_worker_slept_through_is_missed_and_not_sent(
    house: House, case: dict[str, Any]
) -> None:
    hearing = propose(house, case, (at(14), "第三法庭"))
    for side in ("claimant", "respondent"):
        answer(house, hearing, side, "yes")
    house.beat()
    before = len(house.letters())
    house.wait(days=12)
    house.beat()
    assert len(house.letters()) - before == 4  # the three-day one; the seven-day one is too late
    missed = [
        line
        for line in house.record(hearing["id"])
        if line["what"] == "missed" and line["kind"] == "reminder"
    ]
    assert len(missed) == 4


def test_a_date_too_near_is_warned_of_and_taken_with_a_reason(
    house: House, case: dict[str, Any]
) -> None:
    near = proposal(case["id"], (at(2), "第三法庭"), answer_by=at(1))
    status, said = house.api("POST", "/hearings", near)
    assert status == 422
    assert "art. 139" in said["detail"]
    assert house.api("POST", "/hearings", {**near, "override_reason": "各方同意"})[0] == 201


def test_a_clash_names_what_it_clashes_with_and_a_way_on(
    house: House, case: dict[str, Any]
) -> None:
    propose(house, case, (at(14), "第三法庭"))
    other = house.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
            judge="周法官",
        ),
    )[1]
    status, said = house.api(
        "POST", "/hearings", proposal(other["id"], (at(14, "10:00"), "第三法庭"))
    )
    assert status == 409
    assert "第三法庭" in said["detail"]
    assert CASE["number"] in said["detail"]
    assert "第五法庭" in said["detail"]
    third = house.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初3号",
            CASE["parties"][0]["counsel"][0],
            {"name": "某", "email": "z@y.example"},
            judge="周法官",
        ),
    )[1]
    status, said = house.api(
        "POST", "/hearings", proposal(third["id"], (at(14, "10:00"), "第五法庭"))
    )
    assert status == 409
    assert "李敏" in said["detail"]


def test_an_answer_can_be_changed_and_each_is_confirmed(house: House, case: dict[str, Any]) -> None:
    hearing = propose(house, case)
    answer(house, hearing, "claimant", "yes", "no")
    house.wait(minutes=1)
    answer(house, hearing, "claimant", "no", "yes")
    house.beat()
    now = see(house, hearing)
    says = {a["says"] for slot in now["slots"] for a in slot["answers"]}
    assert says == {"yes", "no"}
    answered = [line for line in house.record(hearing["id"]) if line["what"] == "answered"]
    assert len(answered) == 2
    assert len(house.letters(to="+8613800138001")) == 2  # confirmed twice; no need to ask any more


def test_only_hashes_of_links_are_stored(house: House, case: dict[str, Any]) -> None:
    propose(house, case)
    house.beat()
    with house.app.app_context():
        seat = db.session.query(Invitation).order_by(Invitation.id).first()
        assert seat
        token = links.token(SECRET, "reply", seat.id, seat.version)
        assert seat.token_digest == links.digest(token)
        everything = [
            str(row)
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
        ]
    assert any(token in letter.body for letter in house.letters())
    assert not [row for row in everything if token in row]


def test_nobody_of_another_court_sees_the_case(house: House, case: dict[str, Any]) -> None:
    hearing = propose(house, case)
    with house.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Another court", zone="Asia/Shanghai", country="CN", language="zh"
        )
        people.add_user(session, court, "spy@other.example", role="admin", now=house.clock.now())
    for path in (
        f"/cases/{case['id']}",
        f"/hearings/{hearing['id']}",
        f"/hearings/{hearing['id']}/contacts",
    ):
        assert house.api("GET", path, email="spy@other.example")[0] == 404
    assert (
        house.api(
            "POST", f"/hearings/{hearing['id']}/cancel", {"reason": "x"}, email="spy@other.example"
        )[0]
        == 404
    )
