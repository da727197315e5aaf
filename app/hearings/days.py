"""A court's working days and what its rules of procedure warn of."""

import datetime as dt
from collections.abc import Collection
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import N_, Message
from app.hearings.law import RuleSet, rule_set
from app.hearings.rules import earliest_day, latest_day
from app.people.models import Closure, Court


@cache
def _calendar(country: str) -> holidays.HolidayBase | None:
    if country not in holidays.list_supported_countries():
        return None
    return holidays.country_holidays(country)


@lru_cache(4096)
def is_working_day(country: str, day: dt.date) -> bool:
    """Tell whether courts of a country work on a day, by its holidays and moved working days."""
    calendar = _calendar(country)
    return calendar.is_working_day(day) if calendar is not None else day.weekday() < 5


def works_on(country: str, closed: Collection[dt.date], day: dt.date) -> bool:
    """Tell whether a court works on a day: by its country, and not on days of its own closing."""
    return day not in closed and is_working_day(country, day)


def closures(session: Session, court: Court) -> frozenset[dt.date]:
    """Return the days on which a court is closed beside its country's holidays."""
    return frozenset(session.scalars(sa.select(Closure.on).where(Closure.court_id == court.id)))


def rules_of(court: Court) -> RuleSet:
    """Return the rules that a court goes by."""
    return rule_set(court.rule_set)


def deadline(court: Court, procedure: str, starts_at: dt.datetime) -> dt.datetime:
    """Return until when people can be told in time of a hearing: the office's last such moment."""
    zone, rules = ZoneInfo(court.zone), rules_of(court)
    on = starts_at.astimezone(zone).date()
    days = max((rule.days for rule in rules.notice_for(procedure, on)), default=0)
    last = latest_day(on, days, lambda day: is_working_day(court.country, day))
    return dt.datetime.combine(last, rules.office.closes, tzinfo=zone).astimezone(dt.UTC)


def warnings(
    court: Court, procedure: str, starts: list[dt.datetime], now: dt.datetime, language: str = "en"
) -> list[Message]:
    """Return what the rules say against these starts when people are told now; may be empty."""
    zone = ZoneInfo(court.zone)
    today = now.astimezone(zone).date()
    said = []
    for rule in rules_of(court).notice_for(procedure, today):
        earliest = earliest_day(today, rule.days, lambda day: is_working_day(court.country, day))
        early = [at for at in starts if at.astimezone(zone).date() < earliest]
        if early:
            said.append(
                Message(
                    N_("%(count)s of the slots come before %(earliest)s: %(rule)s (%(source)s)."),
                    count=len(early), earliest=earliest.isoformat(),
                    rule=Localised(rule.words), source=Localised(rule.source),
                )
            )  # fmt: skip
    return said


class Localised(dict[str, str]):
    """Words that their data carries in each language."""

    def __str__(self) -> str:
        return self.get("en", "")
