"""A second round and a move by page: what holds, who is told, and nothing overrun."""

import pytest
import sqlalchemy as sa

from app.core.db import db
from tests.conftest import Scenario, at, case_with, proposal
from tests.flows.test_propose_page import (
    Seen,
    answer,
    english,
    enter,
    everything,
    press,
    see,
    send,
    slots,
    wall,
)

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"
ROUND = "/hearings/1/round"
NEW = {"slots.0.starts_at": wall(21), "slots.1.starts_at": wall(22), "slots.2.starts_at": ""}
ONE = {"slots.0.starts_at": wall(21), "slots.1.starts_at": "", "slots.2.starts_at": ""}


@pytest.fixture
def asked(scenario: Scenario) -> Scenario:
    """A hearing whose counsel have been asked about two slots; the assistant reads English."""
    english(scenario)
    status, said = scenario.api("POST", "/hearings", proposal(enter(scenario)))
    assert status == 201, said
    scenario.beat()
    return scenario


@pytest.fixture
def fixed(asked: Scenario) -> Scenario:
    """The same hearing, fixed by agreement for the first slot."""
    answer(asked, LI, "yes", "no")
    answer(asked, ZHAO, "yes", "yes")
    asked.beat()
    assert asked.api("GET", "/hearings/1")[1]["state"] == "fixed"
    return asked


def test_a_second_round_after_none_suited(asked: Scenario) -> None:
    answer(asked, LI, "yes", "no")
    answer(asked, ZHAO, "no", "yes")
    asked.beat()
    sent = len(asked.letters())
    browser = asked.sign_in()
    form = see(browser, ROUND)
    assert "There is no date yet. Round 1 is open, for answers until Mon 30 Nov" in form.words
    assert "Everyone gets the new slots at the same moment" in form.words
    assert form.round.fields["reason"] == "No slot suited everybody."
    assert form.round.fields["how"] == "ask"
    asked_before = {wall(14), wall(15, "14:00")}
    assert not asked_before & {begins for begins, _ in slots(form.round)}
    before = everything(asked)
    page = press(browser, form, "preview", **NEW)
    assert everything(asked) == before
    assert "Round 1 It ends, and its slots are free again." in page.words
    assert "【浦东法院】" in page.words
    assert "Dear Zhao Lei" in page.words
    where = send(browser, page)
    assert "All sides are asked. Messages on their way: 4" in see(browser, where).words
    _status, said = asked.api("GET", "/hearings/1")
    assert (said["state"], len(said["slots"])) == ("proposed", 2)
    assert [slot["starts_at"][:16] for slot in said["slots"]] == [wall(21), wall(22)]
    asked.beat()
    assert len(asked.letters()) == sent + 4


def test_a_round_that_lapsed_is_asked_again(asked: Scenario) -> None:
    asked.wait(days=8)
    asked.beat()
    browser = asked.sign_in()
    form = see(browser, ROUND)
    assert "Round 1 lapsed on Mon 30 Nov 2026, 17:00." in form.words
    assert form.round.fields["reason"] == "Nothing was agreed in time."
    send(browser, press(browser, form, "preview"))
    assert asked.api("GET", "/hearings/1")[1]["state"] == "proposed"


def test_a_move_to_one_slot_shows_mail_with_invite_and_text_before_it_is_done(
    fixed: Scenario,
) -> None:
    browser = fixed.sign_in()
    form = see(browser, ROUND)
    assert "The date is Mon 7 Dec 2026, 09:30–11:00, 第三法庭." in form.words
    assert "The old date stays until a new one is agreed or fixed" in form.words
    assert "The old date ends and its time is free again. Everyone is told" in form.words
    assert not {wall(14), wall(15, "14:00")} & {begins for begins, _ in slots(form.round)}
    before = everything(fixed)
    page = press(browser, form, "preview", how="order", reason="The judge is ill.", **ONE)
    assert everything(fixed) == before
    assert "New date Mon 14 Dec 2026, 09:30–11:00, 第三法庭" in page.words
    assert "Old date Mon 7 Dec 2026, 09:30–11:00 It ends at once." in page.words
    assert "mail zhao@jinmao.example with a calendar entry New date: Mon 14 Dec" in page.words
    assert "Reason: The judge is ill." in page.words
    assert "text +8613800138001" in page.words
    where = send(browser, page)
    assert (
        "The date is set. Messages on their way: 4, to 李敏, Zhao Lei." in see(browser, where).words
    )
    said = fixed.api("GET", "/hearings/1")[1]
    assert (said["state"], said["starts_at"][:16]) == ("fixed", wall(21))
    fixed.beat()
    [moved] = fixed.letters(to=ZHAO, channel="email", containing="New date")
    assert "The judge is ill." in moved.body


def test_a_move_sent_twice_is_one_move(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    page = press(browser, see(browser, ROUND), "preview", how="order", reason="Ill.", **ONE)
    where = send(browser, page)
    before = everything(fixed)
    assert send(browser, page) == where == "/hearings/1"
    assert "nothing was sent a second time" in see(browser, where).words
    assert everything(fixed) == before


def test_a_round_sent_twice_is_one_round(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    page = press(browser, see(browser, ROUND), "preview", reason="Ill.", **NEW)
    assert "Old date Mon 7 Dec 2026, 09:30–11:00 It stays until a new one is agreed" in page.words
    where = send(browser, page)
    before = everything(fixed)
    assert send(browser, page) == where
    assert everything(fixed) == before
    said = fixed.api("GET", "/hearings/1")[1]
    assert (said["state"], said["starts_at"][:16]) == ("proposed", wall(14))


def test_a_date_agreed_meanwhile_is_not_overrun(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = see(browser, ROUND)
    page = press(browser, form, "preview", reason="More time.", **NEW)
    answer(asked, LI, "yes", "no")
    answer(asked, ZHAO, "yes", "yes")
    before = everything(asked)
    again = press(browser, page, "send", 409)
    assert everything(asked) == before
    assert "This hearing was changed while you were typing, and nothing was sent." in again.words
    assert "The date is Mon 7 Dec 2026, 09:30–11:00, 第三法庭." in again.words
    assert [begins for begins, _ in slots(again.round)] == [wall(21), wall(22)]
    assert again.round.fields["reason"] == "More time."
    # Having seen it, the assistant may still go on.
    assert send(browser, press(browser, again, "preview")) == "/hearings/1"


def test_how_many_slots_and_until_when_must_fit_what_is_wanted(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    form = see(browser, ROUND)
    before = everything(fixed)
    for given, words in (
        ({"how": "order"}, "To set a date at once, keep one slot and remove the others."),
        ({"answer_by": ""}, "Enter the date by which counsel can answer."),
        ({"how": "", "answer_by": ""}, "Enter the date by which counsel can answer."),
        ({"reason": " "}, "Enter the reason for the new slots"),
        ({"reason": "a\0"}, "Remove the control characters."),
        ({"minutes": ""}, "Minutes Enter whole minutes, such as 90."),
    ):
        page = press(browser, form, "preview", 422, **{"reason": "Ill.", **NEW, **given})
        assert words in page.words
    assert everything(fixed) == before
    # Without a word on how, one slot alone is moved to at once, as the API has it.
    page = press(browser, form, "preview", how="", answer_by="", reason="Ill.", **ONE)
    assert "New date Mon 14 Dec 2026" in page.words


def test_a_move_into_somebody_elses_time_names_whose(fixed: Scenario) -> None:
    two = [{"name": n, "email": f"{n}@x.example"} for n in ("A", "B")]
    other = enter(fixed, case_with("（2026）沪0115民初2号", *two, judge="别的法官"))
    held = proposal(other, (at(21), "第三法庭"))
    assert fixed.api("POST", "/hearings", held)[0] == 201
    browser = fixed.sign_in()
    page = press(browser, see(browser, ROUND), "preview", 409, how="order", reason="Ill.", **ONE)
    assert "Slot 1 begins Courtroom 第三法庭 is taken by （2026）沪0115民初2号" in page.words
    # Its own time is no obstacle: half an hour later in the same courtroom.
    later = ONE | {"slots.0.starts_at": wall(14, "10:00")}
    assert (
        "New date Mon 7 Dec 2026, 10:00–11:30"
        in press(browser, see(browser, ROUND), "preview", how="order", reason="Ill.", **later).words
    )


def test_a_rule_warns_of_a_move_too(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    near = ONE | {"slots.0.starts_at": wall(2)}
    page = press(browser, see(browser, ROUND), "preview", how="order", reason="Ill.", **near)
    assert "A rule warns. 1 of the slots come before" in page.words
    press(browser, page, "send", 422)
    send(browser, page, override_reason="All agreed by telephone.")
    assert fixed.api("GET", "/hearings/1")[1]["starts_at"][:16] == wall(2)


def test_a_date_by_order_is_set_where_there_was_none(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = see(browser, ROUND)
    assert "A date by order: everyone is told it, whether" in form.words
    page = press(browser, form, "preview", how="order", reason="Nobody answers.", **ONE)
    assert "Date fixed: Mon 14 Dec 2026, 09:30–11:00" in page.words
    send(browser, page)
    with asked.app.app_context():
        states = db.session.scalars(sa.text("SELECT state FROM proposal")).all()
    assert list(states) == ["withdrawn"]


def test_who_is_asked_about_a_move_reads_which_date_holds_and_why(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    page = press(browser, see(browser, ROUND), "preview", reason="The room is rebuilt.", **NEW)
    send(browser, page)
    fixed.beat()
    [mail] = [each for each in fixed.letters(to=ZHAO) if "new date" in each.subject]
    assert "would like to move the hearing" in mail.body
    assert "Reason: The room is rebuilt." in mail.body
    assert "holds until a new one is agreed or fixed: Mon 7 Dec 2026, 09:30–11:00" in mail.body
    assert "This is round 2" in mail.body
    assert "the old date stays" in mail.body
    assert "the court may fix the date itself" not in mail.body


def test_a_round_of_new_slots_ends_before_the_date_that_holds(fixed: Scenario) -> None:
    fixed.wait(days=12)
    browser = fixed.sign_in()
    form = see(browser, ROUND)
    assert form.round.fields["answer_by"] == wall(14, "08:30")
    late = press(browser, form, "preview", 422, reason="Ill.", answer_by=wall(15), **NEW)
    assert "The date that holds, Mon 7 Dec 2026, 09:30–11:00, comes before" in late.words


def test_dates_that_hold_are_listed_as_fixed_while_others_are_asked_for(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    send(browser, press(browser, see(browser, ROUND), "preview", reason="Ill.", **NEW))
    assert "（2026）沪0115民初12345号" in see(browser, "/hearings?state=fixed").words
    assert "（2026）沪0115民初12345号" in see(browser, "/hearings?state=proposed").words


def test_a_cancelled_hearing_is_not_asked_about(fixed: Scenario) -> None:
    browser = fixed.sign_in()
    page = press(browser, see(browser, ROUND), "preview", how="order", reason="Ill.", **ONE)
    assert fixed.api("POST", "/hearings/1/cancel", {"reason": "Settled."})[0] == 200
    for got in (browser.get(ROUND), browser.post(ROUND, data=page.round.filled(do="send"))):
        assert (got.status_code, got.location) == (303, "/hearings/1")
    shown = Seen(browser.get("/hearings/1").get_data(as_text=True))
    assert "This hearing is cancelled: propose a new one." in shown.words
