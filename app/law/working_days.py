"""A court's working days, and warnings by its rules of procedure."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Message
from app.court.models import ClosedDay, Court
from app.court.places import is_working_day
from app.law import Counted, PeriodRule, RuleSet, TimeLimit, periods, rule_set
from app.law.day_counting import earliest_day, latest_day, months_later
from app.law.periods import Period

__all__ = [
    "WorkingDays",
    "closures",
    "closures_in_one",
    "closures_of",
    "deadline",
    "evidence_close",
    "is_working_day",
    "periods_of",
    "rules_of",
    "time_limit",
    "warnings",
    "working_days",
]


@dataclass(frozen=True)
class WorkingDays:
    """Working days of a court: those of its country and subdivision, less its closed days.

    A closed day counts as a holiday in every period (Civil Procedure Law of the PRC (2023),
    art. 85): nobody can be notified and nothing can be filed on it.
    """

    country: str
    subdivision: str = ""
    closed: frozenset[dt.date] = frozenset()

    def has(self, day: dt.date) -> bool:
        """Tell whether the court works on a day."""
        return day not in self.closed and is_working_day(self.country, day, self.subdivision)


def closures(session: Session, court: Court) -> frozenset[dt.date]:
    """Return the court's closed days, without public holidays."""
    return frozenset(session.scalars(sa.select(ClosedDay.on).where(ClosedDay.court_id == court.id)))


def closures_in_one(court_id: Any) -> sa.ScalarSelect[str | None]:
    """Select a court's closed days as one text, for a statement that reads several things.

    ``court_id`` is an id, or its place in the statement; see ``closures_of`` for what comes back.
    """
    days = sa.func.aggregate_strings(sa.cast(ClosedDay.on, sa.String), ",")
    return sa.select(days).where(ClosedDay.court_id == court_id).scalar_subquery()


def closures_of(text: str | None) -> frozenset[dt.date]:
    """Return the closed days in what ``closures_in_one`` selects."""
    return frozenset(map(dt.date.fromisoformat, text.split(",") if text else ()))


def working_days(session: Session, court: Court) -> WorkingDays:
    """Return a court's working days."""
    return WorkingDays(court.country, court.subdivision, closures(session, court))


def rules_of(court: Court) -> RuleSet:
    """Return the court's rule set."""
    return rule_set(court.rule_set)


def deadline(
    court: Court, working: WorkingDays, procedure: str, starts_at: dt.datetime
) -> dt.datetime:
    """Return the deadline for notice of a hearing: closing time on the last day in time."""
    zone, rules = ZoneInfo(court.zone), rules_of(court)
    on = starts_at.astimezone(zone).date()
    days = max((rule.days for rule in rules.notice_for(procedure, on)), default=0)
    last = latest_day(on, days, working.has)
    return dt.datetime.combine(last, rules.office.closes, tzinfo=zone).astimezone(dt.UTC)


def periods_of(
    court: Court, working: WorkingDays, case: Case, notified_on: dt.date
) -> list[Period]:
    """Return the minimum periods before a case is heard, if notice is given on ``notified_on``.

    The only source of periods for suggestions, listings and warnings. The evidence period is
    counted from the day on which the case was entered: the first on which anybody can have been
    notified of it.
    """
    entered_on = case.created_at.astimezone(ZoneInfo(court.zone)).date()
    return periods.of(
        rules_of(court),
        case.procedure,
        notified_on=notified_on,
        entered_on=entered_on,
        is_working_day=working.has,
    )


@dataclass(frozen=True)
class TimeLimitOfCase:
    """The time limit of a case's trial, and the last day within it."""

    rule: TimeLimit
    counted_from: dt.date
    last_day: dt.date


def time_limit(court: Court, case: Case) -> TimeLimitOfCase | None:
    """Return the time limit of a case's trial, counted from the day on which it was entered.

    It was filed that day or before: no day after the limit is within it.
    """
    entered_on = case.created_at.astimezone(ZoneInfo(court.zone)).date()
    rule = rules_of(court).time_limit_for(case.procedure, entered_on)
    if rule is None:
        return None
    return TimeLimitOfCase(rule, entered_on, months_later(entered_on, rule.months))


@dataclass(frozen=True)
class EvidenceClose:
    """When an evidence period that the court sets on a day ends, at the court's closing time.

    ``rule`` is the period of the rules, None where the court's set has none for the procedure.
    """

    rule: PeriodRule | None
    closes_at: dt.datetime


# Days of an evidence period for which the rules say nothing.
USUAL_EVIDENCE_DAYS = 15


def evidence_close(
    court: Court, working: WorkingDays, case: Case, set_on: dt.date
) -> EvidenceClose:
    """Return when an evidence period ends that the court sets on a day.

    It is counted from the day after the parties are told (SPC Provisions on Evidence in Civil
    Procedure (2019), art. 50 and 51), which is the day of the press.
    """
    rules = rules_of(court)
    rule = rules.evidence_for(case.procedure, set_on)
    last = earliest_day(set_on, rule.days if rule else USUAL_EVIDENCE_DAYS, working.has)
    at = dt.datetime.combine(last, rules.office.closes, tzinfo=ZoneInfo(court.zone))
    return EvidenceClose(rule, at.astimezone(dt.UTC))


def warnings(
    court: Court,
    working: WorkingDays,
    case: Case,
    starts: list[dt.datetime],
    now: dt.datetime,
    counted: Counted,
) -> list[Message]:
    """Return warnings about starts that violate a period, if notice is given now.

    Only periods with this ``counted`` are checked. A notice period is owed to every recipient, so
    overriding it needs a reason. An evidence period only causes a hint, because the law counts it
    from the date of service, which is not known here (SPC Interpretation art. 99); so does the time
    limit of the trial, which a court may extend.
    """
    zone = ZoneInfo(court.zone)
    days = [at.astimezone(zone).date() for at in starts]
    messages = []
    for period in periods_of(court, working, case, now.astimezone(zone).date()):
        if period.rule.counted is not counted:
            continue
        early = [day for day in days if day < period.first_day]
        if early:
            messages.append(
                Message(
                    N_(
                        "%(count)s of the slots come before %(earliest)s: %(period)s; "
                        "%(rule)s (%(source)s)."
                    ),
                    count=len(early),
                    earliest=period.first_day,
                    period=periods.describe(period),
                    rule=period.rule.words,
                    source=period.rule.source,
                )
            )
    if counted is Counted.FROM_ENTRY:
        messages += _late(time_limit(court, case), days)
    return messages


def _late(limit: TimeLimitOfCase | None, days: list[dt.date]) -> list[Message]:
    late = [day for day in days if limit and day > limit.last_day]
    if limit is None or not late:
        return []
    return [
        Message(
            N_(
                "%(count)s of the slots come after %(latest)s, when the time limit of the trial "
                "ends, counted from %(from)s, when the case was entered: %(rule)s (%(source)s)."
            ),
            count=len(late),
            latest=limit.last_day,
            rule=limit.rule.words,
            source=limit.rule.source,
            **{"from": limit.counted_from},
        )
    ]
