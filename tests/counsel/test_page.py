"""Counsel's page as a hearing goes on: fixed, late, asked anew, moved, cancelled."""

from app.core.forms import load
from app.hearings import forms, queries, service
from tests.conftest import CASE, Scenario, at
from tests.counsel.test_answers import (
    LI,
    ZHAO,
    answer,
    answers,
    browser,
    do,
    hearing,
    nonce,
    propose,
    slots,
    words,
)


def test_answering_after_the_fixing_is_refused_kindly(scenario: Scenario) -> None:
    made = propose(scenario)
    late = browser(scenario)
    link = scenario.link(ZHAO)
    page = late.get(link)
    do(
        scenario,
        lambda session, here: service.fix(
            session,
            here,
            made,
            queries.last_proposal(session, queries.lock_hearing(session, made)).slots[0].id,
            "按时审结",
        ),
    )
    refused = late.post(link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "no")})
    assert refused.status_code == 410
    assert "your answer changes nothing now" in words(refused)
    assert "Mon 7 Dec 2026, 09:30–11:00" in words(refused)
    assert "按时审结" in words(refused)
    assert answers(scenario) == 0


def test_after_the_date_to_answer_by_the_page_says_so_and_how_to_go_on(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    scenario.wait(days=8)
    for _ in range(2):  # before and after the worker has seen it
        refused = client.post(
            link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
        )
        assert refused.status_code == 410
        seen = client.get(link)
        assert seen.status_code == 410
        assert "The time to answer is over" in words(seen)
        assert "ring the court" in words(seen)
        scenario.beat()
    assert answers(scenario) == 0


def test_an_old_link_leads_to_the_new_round(scenario: Scenario) -> None:
    made = propose(scenario)
    client, old = browser(scenario), scenario.link(ZHAO)
    page = client.get(old)
    again = {
        "slots": [{"starts_at": at(20), "courtroom": "第三法庭"}],
        "answer_by": at(9),
        "fix": "auto",
    }
    do(
        scenario,
        lambda session, here: service.open_proposal(
            session,
            here,
            queries.find_hearing(session, here.court.id, made),
            load(forms.ProposalIn(), again),
        ),
    )
    scenario.wait(minutes=1)
    scenario.beat()
    assert scenario.link(ZHAO) != old
    stale = client.post(old, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")})
    assert stale.status_code == 422
    assert "Sun 13 Dec 2026, 09:30" in words(stale)
    assert answer(client, old, "yes").status_code == 303
    assert answer(browser(scenario), scenario.link(LI), "yes").status_code == 303
    assert hearing(scenario, made)[0] == "fixed"


def test_a_moved_and_then_cancelled_hearing_is_shown_as_it_is(scenario: Scenario) -> None:
    made = propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    moved = {"starts_at": at(21, "10:00"), "reason": "Judge is ill"}
    do(
        scenario,
        lambda session, here: service.move(session, here, made, load(forms.MoveIn, moved)),
    )
    client, link = browser(scenario), scenario.link(ZHAO)
    seen = words(client.get(link))
    for part in (
        "The hearing has a new date",
        "Mon 14 Dec 2026, 10:00–11:30",
        "no longer on Mon 7 Dec 2026, 09:30",
        "Judge is ill",
    ):
        assert part in seen
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled out of court"))
    page = client.get(link)
    assert page.status_code == 200
    assert "The hearing is cancelled" in words(page)
    assert "Settled out of court" in words(page)
    assert b"STATUS:CANCELLED" in client.get(link + "/hearing.ics").data


def test_a_question_that_was_cancelled_needs_no_answer(scenario: Scenario) -> None:
    made = propose(scenario)
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled"))
    client, link = browser(scenario), scenario.link(ZHAO)
    assert "You need not answer, and no date was fixed." in words(client.get(link))
    assert client.get(link + "/hearing.ics").status_code == 404


def test_a_move_with_slots_says_why_and_which_date_stands_meanwhile(scenario: Scenario) -> None:
    made = propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    asked = {
        "slots": [{"starts_at": at(n, "10:00"), "courtroom": "第三法庭"} for n in (21, 22)],
        "answer_by": at(6),
        "reason": "Judge is ill",
    }
    do(
        scenario,
        lambda session, here: service.move(session, here, made, load(forms.MoveIn, asked)),
    )
    seen = words(browser(scenario).get(scenario.link(ZHAO)))
    for part in (
        "Until one is agreed, this one stands: Mon 7 Dec 2026, 09:30–11:00",
        "The court gives this reason: Judge is ill",
        "2 slots have no answer yet.",
    ):
        assert part in seen


def test_slots_on_both_sides_of_a_switch_of_clocks_each_say_their_offset(
    scenario: Scenario,
) -> None:
    do(scenario, lambda session, here: setattr(here.court, "zone", "Europe/Berlin"))
    winter, summer = (at(n, "15:30") for n in (124, 126))  # 27 and 29 March 2027
    propose(scenario, CASE, (winter, "第三法庭"), (summer, "第五法庭"))
    seen = words(browser(scenario).get(scenario.link(ZHAO)))
    assert "All times are Berlin time (Europe/Berlin)." in seen
    for part in ("Sat 27 Mar 2027, 08:30–10:00", "UTC+1", "Mon 29 Mar 2027, 09:30–11:00", "UTC+2"):
        assert part in seen
