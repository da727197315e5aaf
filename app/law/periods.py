"""Pure: the periods that must be over before a case is heard: what they are, and when they end."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.errors import N_, Message
from app.law import Counted, PeriodRule, RuleSet
from app.law.day_counting import earliest_day


@dataclass(frozen=True)
class Period:
    """A period of the rules in one case: from when it counts, when it ends.

    ``first_day`` is the first day on which it lets the case be heard.
    """

    rule: PeriodRule
    counted_from: dt.date
    ends_on: dt.date
    first_day: dt.date


def of(
    rules: RuleSet,
    procedure: str,
    *,
    told_on: dt.date,
    entered_on: dt.date,
    is_working_day: Callable[[dt.date], bool],
) -> list[Period]:
    """Return the periods that bind a procedure on the day on which people are told of a hearing."""
    found = []
    for rule in rules.periods_for(procedure, told_on):
        counted_from = told_on if rule.counted is Counted.FROM_NOTICE else entered_on
        ends_on = earliest_day(counted_from, rule.days, is_working_day)
        # A hearing may be on the last day of the notice, but only after that of the evidence.
        wait = dt.timedelta(days=rule.counted is Counted.FROM_ENTRY)
        found.append(Period(rule, counted_from, ends_on, ends_on + wait))
    return found


def deciding(found: Sequence[Period], after: dt.date) -> list[Period]:
    """Return those periods that end last, where they end after a day; else none."""
    last = max((each.first_day for each in found), default=after)
    return [each for each in found if each.first_day == last > after]


def said(period: Period) -> Message:
    """Say a period by its name, with its article and when it ends."""
    words = {
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
        words,
        name=_within_a_sentence(period.rule.name),
        days=period.rule.days,
        article=period.rule.article,
        ends=period.ends_on.isoformat(),
        first=period.first_day.isoformat(),
        **{"from": period.counted_from.isoformat()},
    )


def _within_a_sentence(name: dict[str, str]) -> dict[str, str]:
    """Return a rule's name as it stands within a sentence: "evidence period", but "SPC rule"."""
    english = name["en"]
    if len(english) > 1 and english[1].islower():
        english = english[0].lower() + english[1:]
    return {**name, "en": english}
