"""Pure rules of delegates: who is known for another side, and when a last day ends."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Message
from app.delegates import rules
from app.delegates.rules import Person

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Pacific/Kiritimati")
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
WORDS = st.text(alphabet="abcXYZ张伟 .", max_size=6)
PEOPLE = st.builds(Person, WORDS, st.sampled_from(["", "a@b.example", "A@B.example"]), WORDS)


@given(PEOPLE, st.lists(PEOPLE, max_size=4))
def test_nothing_is_shared_that_nobody_has(person: Person, others: list[Person]) -> None:
    for field in rules.shared(person, others):
        own = getattr(person, field)
        assert own
        assert any(getattr(other, field) for other in others)


@given(PEOPLE)
def test_everybody_shares_all_they_have_with_themselves(person: Person) -> None:
    fields = rules.shared(person, [person])
    assert ("email" in fields) == bool(person.email)
    assert ("phone" in fields) == bool(person.phone)


@given(st.integers(0, 700), st.sampled_from(ZONES))
def test_the_last_day_is_the_day_that_was_named(days: int, zone: str) -> None:
    day = NOW.astimezone(ZoneInfo(zone)).date() + dt.timedelta(days=days)
    ends_at = rules.end_of(day.isoformat(), zone, NOW)
    assert isinstance(ends_at, dt.datetime)
    assert ends_at > NOW
    assert rules.last_day(ends_at, zone) == day


@pytest.mark.parametrize("typed", ["2026-11-22", "2029-01-01", "tomorrow", "2026-13-01", "١٢"])
def test_what_is_no_day_ahead_is_said(typed: str) -> None:
    assert isinstance(rules.end_of(typed, "Asia/Shanghai", NOW), Message)
