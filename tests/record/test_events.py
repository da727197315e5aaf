"""Events of the record: one table decides which state each leads to, and how each is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.record.rules import (
    ContactOutcome,
    Event,
    NoticeState,
    after,
    current_events,
    fold,
    shown_as,
    touchpoint,
)
from app.record.timeline import Touchpoint


def test_every_state_is_led_to_by_an_event_and_is_shown_as_it() -> None:
    assert {event.traits.leads_to for event in Event} - {None} == set(NoticeState)
    for state in NoticeState:
        assert shown_as(state).traits.leads_to is state
    assert all(shown_as(event) is event for event in Event)
    assert shown_as("no such event") is Event.STATUS


@given(st.sampled_from(NoticeState), st.sampled_from(Event))
def test_an_event_leads_to_its_one_state_or_changes_nothing(
    state: NoticeState, event: Event
) -> None:
    assert after(state, event) in (state, event.traits.leads_to)


def test_late_bad_news_of_an_earlier_attempt_does_not_move_the_present_one() -> None:
    first = [
        (Event.QUEUED, "n7.0"),
        (Event.STARTED, "n7.1"),
        (Event.REFUSED, "n7.1"),
        (Event.STARTED, "n7.2"),
        (Event.ACCEPTED, "n7.2"),
    ]
    late = (*first, (Event.FAILED, "n7.1"))
    assert fold(current_events(late)) is NoticeState.SENT
    assert fold(current_events((*late, (Event.DELIVERED, "n7.1")))) is NoticeState.DELIVERED


def test_an_attempt_that_could_not_be_composed_fails_before_it_started() -> None:
    assert fold(current_events([(Event.QUEUED, "n7.0"), (Event.FAILED, "n7.1")])) is (
        NoticeState.FAILED
    )


@pytest.mark.parametrize("event", [Event.CALLED, Event.TOLD])
@pytest.mark.parametrize("outcome", ["", *ContactOutcome])
def test_a_contact_by_hand_is_drawn_by_its_outcome(event: Event, outcome: str) -> None:
    assert touchpoint(event, "in", {"outcome": outcome}) is Touchpoint.FROM
    in_vain = outcome in ("no_answer", "busy", "wrong_number")
    drawn = Touchpoint.VAIN if in_vain else Touchpoint.TO
    assert touchpoint(event, "out", {"outcome": outcome}) is drawn
