"""Dates, limits and checks of questions."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.questions import rules
from app.questions.rules import QuestionInput, QuestionOutcome, ReplyInput

SHANGHAI = "Asia/Shanghai"


def weekday(day: dt.date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-30T16:02", 2, "2026-12-02T17:00"),  # Monday to Wednesday
        ("2026-11-30T20:30", 2, "2026-12-02T17:00"),
        ("2026-12-03T09:00", 2, "2026-12-07T17:00"),  # over a weekend
        ("2026-12-05T09:00", 2, "2026-12-08T17:00"),  # asked on a Saturday
        ("2026-12-04T23:59", 1, "2026-12-07T17:00"),
    ],
)
def test_an_answer_is_due_at_the_close_of_the_last_working_day(
    asked: str, days: int, due: str
) -> None:
    zone = ZoneInfo(SHANGHAI)
    at = dt.datetime.fromisoformat(asked).replace(tzinfo=zone)
    wanted = dt.datetime.fromisoformat(due).replace(tzinfo=zone)
    assert rules.due_at(at, SHANGHAI, "17:00", days, weekday) == wanted


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC)),
    st.integers(1, 10),
)
def test_a_promise_lies_ahead_on_a_working_day(asked: dt.datetime, days: int) -> None:
    due = rules.due_at(asked, SHANGHAI, "17:00", days, weekday).astimezone(ZoneInfo(SHANGHAI))
    first = asked.astimezone(ZoneInfo(SHANGHAI)).date()
    between = [first + dt.timedelta(days=n) for n in range(1, (due.date() - first).days + 1)]
    assert sum(map(weekday, between)) == days
    assert weekday(due.date())
    assert due > asked


def fields(typed: QuestionInput) -> set[str]:
    with pytest.raises(Invalid) as refused:
        rules.check_question(typed)
    return set(refused.value.errors)


def test_each_fault_of_a_question_is_named_at_its_field() -> None:
    assert fields(QuestionInput()) == {"subject", "words", "all_sides"}
    assert fields(QuestionInput("x" * 101, "y" * 1001, True)) == {"subject", "words"}
    assert fields(QuestionInput("x", "y", private="money")) == {"private"}
    rules.check_question(QuestionInput("x" * 100, "𠮷" * 1000, True))
    rules.check_question(QuestionInput("x", "y", private="health"))


def test_only_an_answer_needs_words() -> None:
    with pytest.raises(Invalid):
        rules.check_answer(ReplyInput(" "))
    with pytest.raises(Invalid):
        rules.check_answer(ReplyInput("x", "perhaps"))
    for outcome in QuestionOutcome:
        assert rules.check_answer(ReplyInput("x", outcome.value)) is outcome
    assert rules.check_answer(ReplyInput("", "merits")) is QuestionOutcome.MERITS
