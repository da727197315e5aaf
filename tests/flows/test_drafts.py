"""Drafts of a round: kept without being asked for, found again, gone when sent or thrown away."""

import pytest
import sqlalchemy as sa

from app.cases.models import Case
from app.core.db import db, transaction
from app.retention import erasing
from tests.conftest import Scenario
from tests.flows.test_propose_page import english, enter, press, see, send, slots, wall


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """The usual case, and an assistant who reads English."""
    english(scenario)
    return enter(scenario)


def kept(scenario: Scenario) -> int:
    """How many drafts there are."""
    with scenario.app.app_context():
        return int(db.session.scalar(sa.text("SELECT count(*) FROM draft")) or 0)


def test_a_draft_is_kept_until_it_is_sent_and_outlives_the_session(
    scenario: Scenario, case_id: int
) -> None:
    path, browser = f"/hearings/new?case_id={case_id}", scenario.sign_in()
    form = see(browser, path)
    assert kept(scenario) == 0  # looking keeps nothing
    got = browser.post(path, data=form.round.filled(do="keep", minutes="abc"))
    assert got.status_code == 204
    browser.post("/sign-out")
    again = scenario.sign_in()
    assert "Drafts" in see(again, f"/cases/{case_id}").words
    draft = see(again, path)
    assert draft.round.fields["minutes"] == "abc"
    assert "nothing of it was sent" in draft.words
    assert draft.round.fields["once"] == form.round.fields["once"]
    # A colleague sees nothing of it.
    assert see(scenario.sign_in("chen@court.example"), path).round.fields["minutes"] == "90"
    page = press(again, draft, "preview", minutes="60")
    send(again, page)
    assert kept(scenario) == 0
    assert see(again, path).round.fields["minutes"] == "90"


def test_a_draft_is_thrown_away_and_the_form_begins_anew(scenario: Scenario, case_id: int) -> None:
    path, browser = f"/hearings/new?case_id={case_id}", scenario.sign_in()
    press(browser, see(browser, path), "add-slot", minutes="33")
    assert kept(scenario) == 1
    got = browser.post(path, data={"do": "discard"})
    assert (got.status_code, got.location) == (303, path)
    assert kept(scenario) == 0


def test_a_refused_form_is_a_draft_too_and_too_much_is_none(
    scenario: Scenario, case_id: int
) -> None:
    path, browser = f"/hearings/new?case_id={case_id}", scenario.sign_in()
    form = see(browser, path)
    press(browser, form, "preview", 422, minutes="3")
    assert see(browser, path).round.fields["minutes"] == "3"
    browser.post(path, data=form.round.filled(do="keep", reason="x" * 30_000))
    assert see(browser, path).round.fields["minutes"] == "3"


def test_a_draft_goes_with_its_case(scenario: Scenario, case_id: int) -> None:
    path, browser = f"/hearings/new?case_id={case_id}", scenario.sign_in()
    browser.post(path, data=see(browser, path).round.filled(do="keep"))
    with scenario.app.app_context(), transaction() as session:
        erasing.erase(
            session, session.get_one(Case, case_id), by="x", why="y", now=scenario.clock.now()
        )
    assert kept(scenario) == 0


def test_a_suggested_slot_is_taken_and_another_is_suggested_in_its_place(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    offers = [each for each in form.buttons if each.startswith("take.")]
    assert len(offers) == 4
    more = press(browser, form, offers[0])
    assert len(slots(more.round)) == 4
    assert offers[0] not in more.buttons
    for nonsense in ("take.", "take.x|y", "take.2026-12-09T09:00|", "drop-slot.999"):
        assert len(slots(press(browser, form, nonsense).round)) == 3


def test_what_is_in_the_way_of_ones_own_slot_is_said_at_once(
    scenario: Scenario, case_id: int
) -> None:
    first = scenario.sign_in()
    send(first, press(first, see(first, f"/hearings/new?case_id={case_id}"), "preview"))
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    own = press(browser, form, "add-slot", **{"slots.0.starts_at": wall(16, "09:30")})
    assert "Judge 陈法官 has （2026）沪0115民初12345号 then" in own.words
    assert "not free: " in own.words
