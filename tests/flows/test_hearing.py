"""A hearing's life through the API and the beat, as assistants and counsel see it."""

import email
import email.policy
import uuid
from typing import Any

import pytest

from app.core import links
from app.core.db import db, transaction
from app.hearings import service as hearings
from app.hearings.answers import counsel_keys
from app.hearings.models import Invitation
from app.people import service as people
from tests.conftest import CASE, SECRET, Scenario, at, case_with, proposal

pytestmark = pytest.mark.database

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case of two sides."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def propose(
    scenario: Scenario, case: dict[str, Any], *slots: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """Propose a hearing; return it as the API shows it."""
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], *slots, **more))
    assert status == 201, made
    return made


def see(scenario: Scenario, hearing: dict[str, Any]) -> dict[str, Any]:
    """A hearing as it stands."""
    status, said = scenario.api("GET", f"/hearings/{hearing['id']}")
    assert status == 200, said
    return said


def answer(scenario: Scenario, hearing: dict[str, Any], side: str, *says: str) -> None:
    """Let a side's counsel answer the newest round, slot by slot."""
    now = see(scenario, hearing)
    [seat] = [i["id"] for i in now["invitations"] if i["side"] == side]
    given = dict(zip([slot["id"] for slot in now["slots"]], says, strict=True))
    with scenario.app.app_context(), transaction() as session:
        nonce = uuid.uuid4().hex
        hearings.answer(
            session, seat, hearings.AnswerInput(given, "", nonce), scenario.clock.now(), SECRET
        )


def test_agreement_fixes_at_once_invites_all_and_frees_the_other_slot(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    assert (hearing["state"], hearing["revision"]) == ("proposed", 0)
    answer(scenario, hearing, "claimant", "if_needed", "yes")
    assert see(scenario, hearing)["state"] == "proposed"
    answer(scenario, hearing, "respondent", "yes", "yes")
    fixed = see(scenario, hearing)
    assert (fixed["state"], fixed["revision"], fixed["courtroom"]) == ("fixed", 1, "第五法庭")
    scenario.beat()
    for to in (LI, ZHAO):
        [invite] = [letter for letter in scenario.letters(to=to) if letter.has_calendar]
        data = (scenario.folder / "outbox" / invite.name).read_bytes()
        assert b"method=REQUEST" in data.replace(b'"', b"")
    other = scenario.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
        ),
    )[1]
    assert propose(scenario, other, (at(14), "第三法庭"))["state"] == "proposed"


def test_assistants_fixing_waits_for_the_assistant_and_tells_them(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, fix="assistant")
    for side in ("claimant", "respondent"):
        answer(scenario, hearing, side, "yes", "yes")
    scenario.beat()
    assert see(scenario, hearing)["state"] == "proposed"
    assert len(scenario.letters(to="wang@court.example")) == 1
    slot = hearing["slots"][1]["id"]
    assert (
        scenario.api(
            "POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "各方均可"}
        )[0]
        == 200
    )
    assert see(scenario, hearing)["state"] == "fixed"


def test_no_common_slot_is_told_once_and_a_second_round_takes_its_place(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    old = scenario.link(LI)
    answer(scenario, hearing, "claimant", "yes", "no")
    answer(scenario, hearing, "respondent", "no", "yes")
    answer(scenario, hearing, "respondent", "no", "no")
    scenario.beat()
    assert len(scenario.letters(to="wang@court.example")) == 1
    again = {
        "slots": [{"starts_at": at(16), "courtroom": "第三法庭"}],
        "answer_by": at(8, "17:00"),
        "reason": "无共同时段",
    }
    status, moved = scenario.api("POST", f"/hearings/{hearing['id']}/move", again)
    assert (status, moved["round"], len(moved["slots"])) == (200, 2, 1)
    scenario.beat()
    assert scenario.link(LI) == old
    for side in ("claimant", "respondent"):
        answer(scenario, hearing, side, "yes")
    assert see(scenario, hearing)["state"] == "fixed"


def test_a_round_that_nobody_answers_lapses_frees_its_slots_and_can_be_fixed_by_order(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    scenario.wait(days=7)
    scenario.beat()
    assert (
        len(scenario.letters(containing="/r/", to="+8613800138001")) == 2
    )  # asked, and asked again
    scenario.wait(days=1)
    scenario.beat()
    assert see(scenario, hearing)["state"] == "lapsed"
    [told] = scenario.letters(to="wang@court.example")
    assert "李敏" in told.body
    slot = hearing["slots"][0]["id"]
    status, said = scenario.api(
        "POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "逾期未答复"}
    )
    assert status == 200, said
    assert see(scenario, hearing)["state"] == "fixed"
    scenario.beat()
    assert [letter for letter in scenario.letters(to=ZHAO) if letter.has_calendar]


def test_a_lapsed_slot_that_was_taken_since_cannot_be_fixed(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    scenario.wait(days=8)
    scenario.beat()
    other = scenario.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
        ),
    )[1]
    propose(scenario, other, (at(14), "第三法庭"), answer_by=at(10))
    status, said = scenario.api(
        "POST",
        f"/hearings/{hearing['id']}/fix",
        {"slot_id": hearing["slots"][0]["id"], "reason": "x"},
    )
    assert status == 409
    assert "民初2号" in said["detail"]
    assert see(scenario, hearing)["state"] == "lapsed"


def test_moving_keeps_the_calendar_entry_and_cancelling_takes_it_away(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    for side in ("claimant", "respondent"):
        answer(scenario, hearing, side, "yes", "yes")
    scenario.beat()
    body = {"slots": [{"starts_at": at(20), "courtroom": "第五法庭"}], "reason": "法官出差"}
    status, moved = scenario.api("POST", f"/hearings/{hearing['id']}/move", body)
    assert (status, moved["state"], moved["revision"]) == (200, "fixed", 2)
    scenario.beat()
    assert (
        scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "和解"})[1]["state"]
        == "cancelled"
    )
    scenario.beat()
    seen = []
    for letter in scenario.letters(to=LI):
        if letter.has_calendar:
            mail = email.message_from_bytes(
                (scenario.folder / "outbox" / letter.name).read_bytes(), policy=email.policy.default
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
    assert scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "again"})[0] == 422


def test_reminders_go_seven_three_and_one_days_before_and_never_for_an_old_date(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, (at(14), "第三法庭"))
    for side in ("claimant", "respondent"):
        answer(scenario, hearing, side, "yes")
    scenario.beat()
    sent = []
    for day in range(15):
        before = len(scenario.letters())
        scenario.beat()
        if (new := len(scenario.letters()) - before) > 0:
            sent.append((day, new))
        if day == 12:
            scenario.api(
                "POST",
                f"/hearings/{hearing['id']}/move",
                {"slots": [{"starts_at": at(40), "courtroom": "第三法庭"}], "reason": "x"},
            )
        scenario.wait(days=1)
    assert sent == [(7, 4), (11, 4), (13, 4)]
    lines = scenario.record(hearing["id"])
    assert (
        len([line for line in lines if line["what"] == "withdrawn" and "settled" in str(line)]) >= 4
    )


def test_a_reminder_that_the_worker_slept_through_is_missed_and_not_sent(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, (at(14), "第三法庭"))
    for side in ("claimant", "respondent"):
        answer(scenario, hearing, side, "yes")
    scenario.beat()
    before = len(scenario.letters())
    scenario.wait(days=12)
    scenario.beat()
    assert len(scenario.letters()) - before == 4  # the three-day one; the seven-day one is too late
    missed = [
        line
        for line in scenario.record(hearing["id"])
        if line["what"] == "missed" and line["kind"] == "reminder"
    ]
    assert len(missed) == 4


def test_a_date_too_near_is_warned_of_and_taken_with_a_reason(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    near = proposal(case["id"], (at(2), "第三法庭"), answer_by=at(1))
    status, said = scenario.api("POST", "/hearings", near)
    assert status == 422
    assert "art. 139" in said["detail"]
    assert scenario.api("POST", "/hearings", {**near, "override_reason": "各方同意"})[0] == 201


def test_a_clash_names_what_it_clashes_with_and_a_way_on(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, (at(14), "第三法庭"))
    other = scenario.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初2号",
            {"name": "另", "email": "x@y.example"},
            {"name": "某", "email": "z@y.example"},
            judge="周法官",
        ),
    )[1]
    status, said = scenario.api(
        "POST", "/hearings", proposal(other["id"], (at(14, "10:00"), "第三法庭"))
    )
    assert status == 409
    assert "第三法庭" in said["detail"]
    assert CASE["number"] in said["detail"]
    assert "第五法庭" in said["detail"]
    third = scenario.api(
        "POST",
        "/cases",
        case_with(
            "（2026）沪0115民初3号",
            CASE["parties"][0]["counsel"][0],
            {"name": "某", "email": "z@y.example"},
            judge="周法官",
        ),
    )[1]
    status, said = scenario.api(
        "POST", "/hearings", proposal(third["id"], (at(14, "10:00"), "第五法庭"))
    )
    assert status == 409
    assert "李敏" in said["detail"]


def test_an_answer_can_be_changed_and_each_is_confirmed(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    answer(scenario, hearing, "claimant", "yes", "no")
    scenario.wait(minutes=1)
    answer(scenario, hearing, "claimant", "no", "yes")
    scenario.beat()
    now = see(scenario, hearing)
    says = {a["says"] for slot in now["slots"] for a in slot["answers"]}
    assert says == {"yes", "no"}
    answered = [line for line in scenario.record(hearing["id"]) if line["what"] == "answered"]
    assert len(answered) == 2
    assert (
        len(scenario.letters(to="+8613800138001")) == 2
    )  # confirmed twice; no need to ask any more


def test_only_hashes_of_links_are_stored(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case)
    scenario.beat()
    with scenario.app.app_context():
        seat = db.session.query(Invitation).order_by(Invitation.id).first()
        assert seat
        assert seat.representation
        token = counsel_keys.key_of(seat, SECRET).token
        assert seat.representation.key_digest == links.digest(token)
        everything = [
            str(row)
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
        ]
    assert any(token in letter.body for letter in scenario.letters())
    assert not [row for row in everything if token in row]


def test_nobody_of_another_court_sees_the_case(scenario: Scenario, case: dict[str, Any]) -> None:
    hearing = propose(scenario, case)
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Another court", zone="Asia/Shanghai", country="CN", language="zh"
        )
        people.add_user(session, court, "spy@other.example", role="admin", now=scenario.clock.now())
    for path in (
        f"/cases/{case['id']}",
        f"/hearings/{hearing['id']}",
        f"/hearings/{hearing['id']}/contacts",
    ):
        assert scenario.api("GET", path, email="spy@other.example")[0] == 404
    assert (
        scenario.api(
            "POST", f"/hearings/{hearing['id']}/cancel", {"reason": "x"}, email="spy@other.example"
        )[0]
        == 404
    )
