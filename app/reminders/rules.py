"""Pure: when a hearing's reminders are due."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.hearings.sittings.rules import Sitting
from app.law import CourtOffice, EscalationRule
from app.law.day_counting import working_days_before
from app.notices.rules import outside_quiet_hours


@dataclass(frozen=True)
class FurtherDay:
    """A day of a hearing after its first, by its number among so many, with its sittings."""

    number: int
    days: int
    sittings: Sequence[Sitting]


@dataclass(frozen=True)
class Reminder:
    """A reminder the given number of days before: when it is due, and when it becomes stale.

    ``day`` is the day of the hearing that it is about, None for the first.
    """

    days: int
    due_at: dt.datetime
    stale_at: dt.datetime
    day: FurtherDay | None = None


def reminders(
    starts_at: dt.datetime,
    days: Iterable[int],
    *,
    zone: ZoneInfo,
    at: str,
    quiet_from: str,
    quiet_until: str,
) -> list[Reminder]:
    """Return a hearing's reminders, earliest first, by the court's clock, not in quiet hours.

    ``at`` and the quiet hours are "HH:MM"; what would have to wait until the next day goes just
    before the quiet begins. A reminder is stale when the next one is due, and the
    last one two hours before the hearing begins: it would only find people on their way.
    """
    local = starts_at.astimezone(zone)
    due: list[tuple[int, dt.datetime]] = []
    for day in sorted(set(days), reverse=True):
        on = local.date() - dt.timedelta(days=day)
        wanted = dt.datetime.combine(on, dt.time.fromisoformat(at), tzinfo=zone)
        at_local = outside_quiet_hours(wanted, quiet_from, quiet_until)
        if at_local.date() != on:  # it counts days, and the next morning may be too late
            evening = dt.datetime.combine(on, dt.time.fromisoformat(quiet_from), tzinfo=zone)
            at_local = evening - dt.timedelta(minutes=1)
        due.append((day, at_local.astimezone(dt.UTC)))
    ends = [at for _, at in due[1:]] + [starts_at - dt.timedelta(hours=2)]
    return [Reminder(day, when, end) for (day, when), end in zip(due, ends, strict=True)]


# People have at least this long to answer a message before anybody calls them.
PATIENCE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class EscalationStep:
    """A step: when it is due, until when it can still arrive, and when the next one is due."""

    way: str
    opens_at: dt.datetime
    latest_at: dt.datetime
    before: dt.datetime


def escalation_steps(
    steps: Sequence[EscalationRule],
    deadline: dt.datetime,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    office: CourtOffice,
    is_working_day: Callable[[dt.date], bool],
) -> list[EscalationStep]:
    """Return the steps in their order, counted backward in working days from the deadline.

    The last is due ``gives_days`` working days before the deadline, each other one before the
    next. A step whose time has passed is due PATIENCE from ``now``, if that is in time.
    """
    last = deadline.astimezone(zone).date()
    end, following = last, deadline
    planned = []
    for step in reversed(steps):
        begin = working_days_before(end, step.gives_days, is_working_day)
        arrives = working_days_before(last, step.takes_days, is_working_day)
        opens_at = dt.datetime.combine(begin, office.opens, tzinfo=zone).astimezone(dt.UTC)
        latest_at = dt.datetime.combine(arrives, office.closes, tzinfo=zone).astimezone(dt.UTC)
        patient = max(opens_at, min(now + PATIENCE, latest_at - PATIENCE))
        before = min(following, latest_at) if following > patient else latest_at
        planned.append(EscalationStep(step.way, patient, latest_at, before))
        end, following = begin, opens_at
    return planned[::-1]
