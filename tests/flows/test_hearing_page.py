"""A hearing's page as the court's people see it: what is next, who said what, who was reached."""

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event

from app.cases.models import Case, Counsel, Representation
from app.core.db import db, transaction
from app.hearings import service as hearings
from app.notices.models import Notice
from app.people import service as people
from app.record.rules import Event
from app.sending import attempts
from app.sending.attempts import Attempt, Step
from tests.conftest import CASE, SECRET, Scenario, at, case_with, confirmed, proposal

LI, ZHAO = "李敏", "Zhao Lei"


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case of two sides."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def propose(
    scenario: Scenario, case: dict[str, Any], *slots: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """Propose a hearing."""
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], *slots, **more))
    assert status == 201, made
    return made


def answer(
    scenario: Scenario, hearing: dict[str, Any], name: str, *says: str, comment: str = ""
) -> None:
    """Let a counsel answer the newest round, slot by slot."""
    now = scenario.api("GET", f"/hearings/{hearing['id']}")[1]
    [seat] = [i["id"] for i in now["invitations"] if i["counsel"] == name]
    given = dict(zip([slot["id"] for slot in now["slots"]], says, strict=True))
    with scenario.app.app_context(), transaction() as session:
        word = hearings.AnswerInput(given, comment, uuid.uuid4().hex)
        hearings.answer(session, seat, word, scenario.clock.now(), SECRET)


def text_of(page: str) -> str:
    """What a person reads on a page, on one line."""
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page.split("<main", 1)[1], flags=re.DOTALL)
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
    return re.sub(r" ([.,])", r"\1", words)


def part(page: str, begin: str, end: str) -> str:
    """What a person reads between two headings."""
    return text_of(page).split(begin, 1)[1].split(end, 1)[0]


@pytest.fixture
def browser(scenario: Scenario) -> FlaskClient:
    """A signed-in browser, in English."""
    signed_in = scenario.sign_in()
    signed_in.get("/sign-in?lang=en")
    return signed_in


@pytest.fixture
def look(browser: FlaskClient) -> Callable[[dict[str, Any]], str]:
    """Open a hearing's page."""

    def open_page(hearing: dict[str, Any]) -> str:
        answer = browser.get(f"/hearings/{hearing['id']}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return open_page


def next_of(page: str) -> str:
    """What the page says happens next."""
    return part(page, "When, where and what is next", "Counsel")


def line_of(page: str, name: str) -> str:
    """What the page says about one counsel: state, sentence, button."""
    shown = text_of(page).split(" Counsel ", 1)[1].split(" Answers ", 1)[0]
    return shown.split(name, 1)[1].split(ZHAO if name == LI else LI, 1)[0]


def primary_buttons(page: str) -> int:
    """How many primary buttons the page has below its bar."""
    return page.split("<main", 1)[1].count("btn go")


def test_the_page_says_what_happens_next_when_and_that_nothing_is_to_be_done(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "no", comment="上午最好")
    page = look(hearing)
    says = next_of(page)
    assert "Not fixed yet 1 of 2 have answered Answers by Mon 30 Nov, 17:00 · in 7 days" in says
    assert f"Nothing to do No answer yet: {ZHAO}." in says
    assert "They are asked again Sun 29 Nov, 17:00." in says
    assert "The date is fixed as soon as all agree on a slot." in says
    assert "Shanghai time" in says
    said = part(page, " Answers ", "Evidence and law")
    assert "1 of 2 answered, due Mon 30 Nov, 17:00" in said
    assert "Leads so far" in said
    assert "no answer yet" in said
    assert f"{LI} writes: 上午最好" in said
    assert primary_buttons(page) == 0
    assert "Answered Answered Mon 23 Nov, 09:00. Nothing to do" in line_of(page, LI)
    silent = "Sent Sent by text, e-mail Mon 23 Nov, 09:00. Not answered yet. Asked again Sun 29 Nov"
    assert silent in line_of(page, ZHAO)


def test_who_was_reached_is_shown_with_what_proves_it(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    assert f"The messages to {LI}, {ZHAO} are being sent." in next_of(look(hearing))
    scenario.beat()
    page = text_of(look(hearing))
    assert "Contact timeline Claimant 2, Respondent 2 · even" in page
    assert "Offered to all sides in the same minute, Mon 23 Nov, 09:00" in page
    answer(scenario, hearing, LI, "yes", "no")
    scenario.beat()
    page = text_of(look(hearing))
    assert "Contact timeline Claimant 3, Respondent 2 · uneven" in page
    shown = page.split("Shown by", 1)[1].split("Contact timeline", 1)[0]
    li, zhao = shown.split(ZHAO)
    assert "E4 Confirmed Answered · reply page" in li
    assert "E1 Sent Sent · e-mail · Slots proposed · Mon 23 Nov, 09:00" in zhao


def test_nothing_is_said_to_be_done_while_somebody_must_be_called(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "期限紧迫"}
    assert confirmed(browser, f"/hearings/{hearing['id']}/fix", order).status_code == 303
    page = look(hearing)
    assert f"The messages to {LI}, {ZHAO} are being sent." in next_of(page)
    assert primary_buttons(page) == 0
    for name in (LI, ZHAO):
        assert "Going out now The message is being sent." in line_of(page, name)
    scenario.beat()
    page = look(hearing)
    says = next_of(page)
    assert f"Next, by Fri 4 Dec, 17:00 Call {LI}" in says
    assert f"Then call: {ZHAO}." in says
    assert "Nothing to do" not in text_of(page)
    assert primary_buttons(page) == 1
    for name in (LI, ZHAO):
        assert "Not confirmed yet. Call by Fri 4 Dec, 17:00." in line_of(page, name)


def test_a_message_that_nobody_sends_is_said_to_be_held_up(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    assert "are being sent" in next_of(look(hearing))
    scenario.wait(minutes=5)
    page = look(hearing)
    assert f"Call {LI} The message to them is held up and has not been sent." in next_of(page)
    assert "Queued The message waits since Mon 23 Nov, 09:00" in line_of(page, ZHAO)


def test_a_record_has_one_row_for_a_release_with_its_states_inside(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "no")
    page = text_of(look(hearing))
    record = page.split(" Record ", 1)[1].split("Whole record of the case", 1)[0]
    assert "7 messages, 1 answer" in record
    assert record.count("Slots proposed") == 1
    assert f"{LI}, {ZHAO} Claimant, Respondent Slots proposed 4 messages · text, e-mail" in record
    assert "Queued: 09:00:00 Sent: 09:00:00 Delivered: no receipt Opened: 2 of 4" in record
    assert record.count("Asked again") == 1


def test_a_failed_message_is_sent_again_by_its_button(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        text = session.scalars(
            sa.select(Notice)
            .where(Notice.kind == "proposal", Notice.channel == "sms")
            .order_by(Notice.id)
        ).first()
        assert text is not None
        step = Step(Attempt.of(text), Event.FAILED, {"code": "30006"})
        attempts.write(session, [step], scenario.clock.now())
        path = f"/notices/{text.id}/again"
    page = look(hearing)
    assert "By text not delivered Mon 23 Nov, 09:00, code 30006." in line_of(page, LI)
    assert text_of(page).count("Send again") == 1
    assert f'action="{path}"' in page
    shown = browser.post(path)
    assert "Nothing is sent yet. Messages: 1, to 李敏." in text_of(shown.text)
    assert confirmed(browser, path).status_code == 303
    page = look(hearing)
    assert "It is being sent again." in text_of(page)
    assert f'action="{path}"' not in page
    scenario.beat()
    assert len(scenario.letters(to="+8613800138001")) == 2


def test_a_slot_that_suits_all_is_fixed_by_one_press_and_not_called_an_order(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case, fix="assistant")
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "yes")
    answer(scenario, hearing, ZHAO, "no", "if_needed")
    page = look(hearing)
    assert "Tue 8 Dec 2026, 14:00–15:30 suits all who must answer." in next_of(page)
    assert primary_buttons(page) == 1
    good, bad = hearing["slots"][1]["id"], hearing["slots"][0]["id"]
    wrong = browser.post(f"/hearings/{hearing['id']}/fix", data={"agreed": "1", "slot_id": bad})
    assert wrong.status_code == 422
    assert "give a reason to fix it" in text_of(wrong.get_data(as_text=True))
    pressed = {"agreed": "1", "slot_id": good}
    done = confirmed(browser, f"/hearings/{hearing['id']}/fix", pressed)
    assert (done.status_code, done.location) == (303, f"/hearings/{hearing['id']}")
    assert "The date is fixed. The messages go out now." in text_of(look(hearing))
    scenario.beat()
    scenario.beat()
    says = next_of(look(hearing))
    assert "Tue 8 Dec 2026 14:00–15:30 in 15 days · Shanghai time Fixed by agreement." in says
    assert "第五法庭 主楼五层" in says
    assert "Sent to all sides in the same minute" in text_of(look(hearing))
    assert f"Call {LI} The date was sent Mon 23 Nov, 09:00" in says
    assert not scenario.letters(containing="by order")
    again = browser.post(f"/hearings/{hearing['id']}/fix", data=pressed)
    assert again.status_code == 422
    assert "This date was fixed already" in text_of(again.get_data(as_text=True))


def test_an_answer_to_the_question_does_not_confirm_the_date_that_was_fixed_after_it(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "yes")
    answer(scenario, hearing, ZHAO, "yes", "yes")
    scenario.beat()
    page = look(hearing)
    shown = part(page, "Shown by", "Contact timeline")
    # Their answers are confirmed after the date is fixed; that shows nothing of the date.
    assert shown.count("E1 Sent Sent · e-mail · Date fixed") == 2
    assert "Answered" not in shown
    assert "Fixed" in part(page, " Answers ", "Evidence and law")


def test_no_common_slot_leads_to_a_second_round(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "no")
    answer(scenario, hearing, ZHAO, "no", "yes")
    page = look(hearing)
    assert "no slot suits them all" in next_of(page)
    link = f'class="btn go" id="next-act" href="/hearings/{hearing["id"]}/round"'
    assert link in page
    assert "Nothing to do" not in next_of(page)


def test_a_lapsed_round_says_who_was_silent_and_can_be_fixed_by_order_with_a_reason(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case, answer_by=at(1, "17:00"))
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "no")
    scenario.wait(days=1, hours=9)
    assert "The time to answer ended Tue 24 Nov, 17:00." in next_of(look(hearing))
    scenario.beat()
    says = next_of(look(hearing))
    assert "Ask again with new slots No agreement by Tue 24 Nov, 17:00." in says
    assert f"No answer came from: {ZHAO}." in says
    slot = hearing["slots"][0]["id"]
    path = f"/hearings/{hearing['id']}/fix"
    empty = browser.post(path, data={"slot_id": slot, "reason": "  "})
    page = empty.get_data(as_text=True)
    assert empty.status_code == 422
    assert '<details class="fold" id="fix" open>' in page
    assert '<a href="#fix-reason">Reason of the order: Enter the reason for the order.</a>' in page
    assert f'value="{slot}" required checked' in page
    none = browser.post(path, data={"reason": "逾期未答复 <b>"})
    page = none.get_data(as_text=True)
    assert none.status_code == 422
    assert "逾期未答复 &lt;b&gt;</textarea>" in page
    assert confirmed(browser, path, {"slot_id": slot, "reason": "逾期未答复"}).status_code == 303
    says = next_of(look(hearing))
    assert "Fixed by order: 逾期未答复" in says
    assert f"The messages to {LI}, {ZHAO} are being sent." in says


def test_a_clash_at_fixing_is_said_on_the_page_with_what_was_typed(
    scenario: Scenario, case: dict[str, Any], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case, answer_by=at(1, "17:00"))
    scenario.beat()
    scenario.wait(days=2)
    scenario.beat()
    people_ = ({"name": "另", "email": "x@y.example"}, {"name": "某", "email": "z@y.example"})
    made = case_with("（2026）沪0115民初2号", *people_, judge="周法官")
    other = scenario.api("POST", "/cases", made)[1]
    propose(scenario, other, (at(14), "第三法庭"))
    typed = {"slot_id": hearing["slots"][0]["id"], "reason": "逾期未答复"}
    refused = browser.post(f"/hearings/{hearing['id']}/fix", data=typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "第三法庭 is taken by （2026）沪0115民初2号" in text_of(page)
    assert "Free then: 第五法庭." in text_of(page)
    assert "逾期未答复</textarea>" in page


def test_cancelling_says_who_will_be_told_and_twice_is_answered_kindly(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    page = look(hearing)
    assert f"A message goes at once to: {LI}, {ZHAO}." in text_of(page)
    path = f"/hearings/{hearing['id']}/cancel"
    empty = browser.post(path, data={"reason": ""})
    assert empty.status_code == 422
    assert '<details class="fold" id="cancel" open>' in empty.get_data(as_text=True)
    assert confirmed(browser, path, {"reason": "原告撤诉"}).status_code == 303
    scenario.beat()
    says = next_of(look(hearing))
    assert "Nothing to do Cancelled Mon 23 Nov, 09:00. Reason: 原告撤诉" in says
    assert "Sent to all sides in the same minute" in text_of(look(hearing))
    letters = len(scenario.letters())
    again = browser.post(path, data={"reason": "原告撤诉"})
    assert again.status_code == 422
    assert "This hearing was cancelled already." in text_of(again.get_data(as_text=True))
    scenario.beat()
    assert len(scenario.letters()) == letters


def test_while_a_move_is_asked_the_old_date_holds_and_earlier_rounds_are_folded(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case)
    scenario.beat()
    answer(scenario, hearing, LI, "yes", "yes")
    answer(scenario, hearing, ZHAO, "yes", "no")
    again = {
        "slots": [
            {"starts_at": at(20), "courtroom": "第三法庭"},
            {"starts_at": at(21), "courtroom": "第五法庭"},
        ],
        "answer_by": at(8, "17:00"),
        "reason": "法官出差",
    }
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", again)[0] == 200
    scenario.beat()
    page = look(hearing)
    assert "Mon 7 Dec 2026 09:30–11:00" in next_of(page)
    assert "Holds until a new date is fixed." in next_of(page)
    assert "Moving" in text_of(page)
    assert "Round 2 · asked" in part(page, " Answers ", "Earlier rounds (1)")
    assert "Round 1 · asked" in part(page, "Earlier rounds (1)", "Evidence and law")
    scenario.wait(days=9)
    scenario.beat()
    says = next_of(look(hearing))
    assert "Mon 7 Dec 2026 09:30–11:00" in says
    assert "No agreement on another date by Tue 1 Dec, 17:00, so this one still holds." in says


def test_a_hearing_from_elsewhere_has_no_round_and_perhaps_no_courtroom(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        now = scenario.clock.now()
        made, _ = hearings.add_imported_hearing(
            session,
            hearings.CourtContext(user.court, user, now, SECRET),
            session.get_one(Case, case["id"]),
            kind="trial",
            minutes=60,
            courtroom_id=None,
            starts_at=now.replace(month=12),
        )
        hearing = {"id": made.id}
    page = look(hearing)
    assert "Wed 23 Dec 2026 09:00–10:00" in next_of(page)
    assert "No courtroom is known." in next_of(page)
    assert "Fixed elsewhere and entered here: Tingqi has sent nothing about it." in next_of(page)
    assert "Nothing to do" in next_of(page)
    assert "Nobody was asked: the date came from elsewhere." in text_of(page)
    assert "No message No message was sent." in line_of(page, LI)
    assert "Fix by order" not in text_of(page)


def test_counsel_without_an_address_and_counsel_who_came_later_are_named(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        zhao = session.scalars(sa.select(Counsel).where(Counsel.name == ZHAO)).one()
        zhao.email, zhao.opted_out_at = "", scenario.clock.now()
    hearing = propose(scenario, case)
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        row = session.get_one(Case, case["id"])
        later = Counsel(
            court_id=row.court_id,
            name="孙月",
            language="zh",
            channels=["email"],
            email="sun@yue.example",
        )
        session.add(later)
        session.flush()
        session.add(Representation(party_id=row.parties[1].id, counsel_id=later.id))
    page = look(hearing)
    assert f"Call {ZHAO} No address is known: no message can reach them." in next_of(page)
    assert "Nothing to do" not in next_of(page)
    assert "Not offered yet: nothing was sent to Respondent." in text_of(page)
    assert "Not reached No address is known. Add one, or call and log it." in text_of(page)
    assert "孙月 ( Haitong Trading Ltd ) came to the case after this round" in text_of(page)
    assert f"No message can reach {ZHAO}: call them." in text_of(page)


def test_ten_slots_stand_in_rows_and_the_silent_are_named_once(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str]
) -> None:
    hearing = propose(scenario, case, *((at(14 + n), "第三法庭") for n in range(10)))
    scenario.beat()
    answer(scenario, hearing, LI, *(["no"] * 9), "if_needed")
    said = part(look(hearing), " Answers Round 1", "Evidence and law")
    assert said.count("第三法庭") == 10
    assert said.count("no answer yet") == 1
    assert "Wed 16 Dec, 09:30–11:00 第三法庭 Leads so far if needed" in said


def test_a_hearing_has_its_own_calendar_that_can_be_ended(
    scenario: Scenario, case: dict[str, Any], look: Callable[..., str], browser: FlaskClient
) -> None:
    hearing = propose(scenario, case)
    path = f"/hearings/{hearing['id']}/feed"
    assert browser.post(path).status_code == 303
    found = re.search(r'value="https?://[^/]+(/feeds/[^"]+\.ics)"', look(hearing))
    assert found
    assert "BEGIN:VEVENT" in scenario.client.get(found[1]).get_data(as_text=True)
    assert browser.post(path, data={"stop": "1"}).status_code == 303
    assert scenario.client.get(found[1]).status_code == 404
    assert "Create address" in text_of(look(hearing))


def test_another_courts_hearing_is_as_if_there_were_none(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case)
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Other", short="Other", zone="Europe/London", country="GB", language="en"
        )
        people.add_user(
            session,
            court,
            "eve@other.example",
            name="Eve",
            role="assistant",
            now=scenario.clock.now(),
            password="correct horse battery",
        )
    stranger = scenario.sign_in("eve@other.example")
    for method, path in (("GET", ""), ("POST", "/fix"), ("POST", "/cancel"), ("POST", "/feed")):
        data = {"slot_id": hearing["slots"][0]["id"], "reason": "x"} if method == "POST" else None
        answer = stranger.open(f"/hearings/{hearing['id']}{path}", method=method, data=data)
        assert answer.status_code == 404, path
    out = scenario.client.get(f"/hearings/{hearing['id']}")
    assert out.status_code == 302
    assert "/sign-in" in out.location


def test_the_page_costs_as_many_queries_with_six_counsel_as_with_two(
    scenario: Scenario, browser: FlaskClient
) -> None:
    def counsel(n: int, count: int) -> list[dict[str, Any]]:
        return [
            {
                "name": f"代理人{n}{i}",
                "email": f"c{n}{i}@x.example",
                "phone": f"13700{n}{i:05}",
                "channels": ["sms", "email"],
            }
            for i in range(count)
        ]

    counted = []
    for n, count in enumerate((2, 6)):
        made = case_with(f"（2026）沪0115民初{n}号", *counsel(n, count), judge=f"法官{n}")
        row = scenario.api("POST", "/cases", made)[1]
        hearing = propose(scenario, row, (at(14 + n), "第三法庭"), (at(20 + n), "第五法庭"))
        scenario.beat()
        answer(scenario, hearing, f"代理人{n}0", "yes", "no")
        scenario.beat()
        with scenario.app.app_context():
            engine = db.engine
        asked: list[str] = []

        def note(
            _connection: Any, _cursor: Any, words: str, *_more: Any, heard: list[str] = asked
        ) -> None:
            heard.append(words)

        event.listen(engine, "before_cursor_execute", note)
        page = browser.get(f"/hearings/{hearing['id']}")
        event.remove(engine, "before_cursor_execute", note)
        assert page.status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 17, counted
