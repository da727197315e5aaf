"""A court's working days and what its rules of procedure warn of."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Message
from app.court.models import ClosedDay, Court
from app.court.places import is_working_day
from app.law import Counted, RuleSet, periods, rule_set
from app.law.day_counting import latest_day
from app.law.periods import Period

__all__ = [
    "WorkingDays",
    "closures",
    "deadline",
    "is_working_day",
    "periods_of",
    "rules_of",
    "warnings",
    "working_days",
]


@dataclass(frozen=True)
class WorkingDays:
    """The one calendar of a court: when its country and subdivision work, less its closed days.

    A closed day counts as a holiday in every period too (Civil Procedure Law of the PRC (2023),
    art. 85): on it nobody can be told, and nothing can be handed in.
    """

    country: str
    subdivision: str = ""
    closed: frozenset[dt.date] = frozenset()

    def has(self, day: dt.date) -> bool:
        """Tell whether the court works on a day."""
        return day not in self.closed and is_working_day(self.country, day, self.subdivision)


def closures(session: Session, court: Court) -> frozenset[dt.date]:
    """Return the days on which a court is closed beside the holidays of its place."""
    return frozenset(session.scalars(sa.select(ClosedDay.on).where(ClosedDay.court_id == court.id)))


def working_days(session: Session, court: Court) -> WorkingDays:
    """Return a court's working days."""
    return WorkingDays(court.country, court.subdivision, closures(session, court))


def rules_of(court: Court) -> RuleSet:
    """Return the rules that a court goes by."""
    return rule_set(court.rule_set)


def deadline(
    court: Court, working: WorkingDays, procedure: str, starts_at: dt.datetime
) -> dt.datetime:
    """Return until when people can be told in time of a hearing: the office's last such moment."""
    zone, rules = ZoneInfo(court.zone), rules_of(court)
    on = starts_at.astimezone(zone).date()
    days = max((rule.days for rule in rules.notice_for(procedure, on)), default=0)
    last = latest_day(on, days, working.has)
    return dt.datetime.combine(last, rules.office.closes, tzinfo=zone).astimezone(dt.UTC)


def periods_of(court: Court, working: WorkingDays, case: Case, told_on: dt.date) -> list[Period]:
    """Return the periods that must be over before a case is heard, with the days they end on.

    Suggestions, listings and warnings all read this, so that none of them knows a period that the
    others do not. The time to bring evidence counts from the day on which the case was entered:
    the first on which anybody can have been told of it.
    """
    entered_on = case.created_at.astimezone(ZoneInfo(court.zone)).date()
    return periods.of(
        rules_of(court),
        case.procedure,
        told_on=told_on,
        entered_on=entered_on,
        is_working_day=working.has,
    )


def warnings(
    court: Court,
    working: WorkingDays,
    case: Case,
    starts: list[dt.datetime],
    now: dt.datetime,
    counted: Counted,
) -> list[Message]:
    """Return what the rules say against these starts when people are told now; may be empty.

    A period ``counted`` from the notice is owed to whoever is told: to go on needs a reason. One
    counted from the entry is said and no more, for the date of service, from which the law counts
    the time to bring evidence, is not known here (SPC Interpretation art. 99).
    """
    zone = ZoneInfo(court.zone)
    on = [at.astimezone(zone).date() for at in starts]
    said = []
    for each in periods_of(court, working, case, now.astimezone(zone).date()):
        if each.rule.counted is not counted:
            continue
        early = [day for day in on if day < each.first_day]
        if early:
            said.append(
                Message(
                    N_(
                        "%(count)s of the slots come before %(earliest)s: %(period)s; "
                        "%(rule)s (%(source)s)."
                    ),
                    count=len(early),
                    earliest=each.first_day.isoformat(),
                    period=periods.said(each),
                    rule=each.rule.words,
                    source=each.rule.source,
                )
            )
    return said
