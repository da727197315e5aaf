"""Pure: the minimum periods before a case is heard, and when they end."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.errors import N_, Message
from app.law import Counted, PeriodRule, RuleSet
from app.law.day_counting import earliest_day


@dataclass(frozen=True)
class Period:
    """A minimum period applied to one case.

    ``first_day`` is the first day on which the period allows a hearing.
    """

    rule: PeriodRule
    counted_from: dt.date
    ends_on: dt.date
    first_day: dt.date


def of(
    rules: RuleSet,
    procedure: str,
    *,
    notified_on: dt.date,
    entered_on: dt.date,
    is_working_day: Callable[[dt.date], bool],
) -> list[Period]:
    """Return the minimum periods of a procedure for notice given on ``notified_on``."""
    result = []
    for rule in rules.periods_for(procedure, notified_on):
        counted_from = notified_on if rule.counted is Counted.FROM_NOTICE else entered_on
        ends_on = earliest_day(counted_from, rule.days, is_working_day)
        # A hearing may be on the last day of the notice period, but only after the evidence period.
        wait = dt.timedelta(days=rule.counted is Counted.FROM_ENTRY)
        result.append(Period(rule, counted_from, ends_on, ends_on + wait))
    return result


def deciding(applicable: Sequence[Period], after: dt.date) -> list[Period]:
    """Return the periods that end last, if they end after a day; else an empty list."""
    last = max((period.first_day for period in applicable), default=after)
    return [period for period in applicable if period.first_day == last > after]


def describe(period: Period) -> Message:
    """Describe a period: name, length, article and when it ends."""
    text = {
        (Counted.FROM_NOTICE, False): N_(
            "%(name)s (at least %(days)s days, %(article)s): told on %(from)s, the case can be "
            "heard from %(first)s on"
        ),
        (Counted.FROM_NOTICE, True): N_(
            "%(name)s (at least one day, %(article)s): told on %(from)s, the case can be heard "
            "from %(first)s on"
        ),
        (Counted.FROM_ENTRY, False): N_(
            "%(name)s (at least %(days)s days, %(article)s) ends on %(ends)s, counted from "
            "%(from)s, when the case was entered"
        ),
        (Counted.FROM_ENTRY, True): N_(
            "%(name)s (at least one day, %(article)s) ends on %(ends)s, counted from %(from)s, "
            "when the case was entered"
        ),
    }[period.rule.counted, period.rule.days == 1]
    return Message(
        text,
        name=_within_a_sentence(period.rule.name),
        days=period.rule.days,
        article=period.rule.article,
        ends=period.ends_on,
        first=period.first_day,
        **{"from": period.counted_from},
    )


def _within_a_sentence(name: dict[str, str]) -> dict[str, str]:
    """Return a rule's name for use within a sentence: "evidence period", but "SPC rule"."""
    english = name["en"]
    if len(english) > 1 and english[1].islower():
        english = english[0].lower() + english[1:]
    return {**name, "en": english}
