"""Free time: the next slots in court hours that nobody who is needed has something else in."""

import datetime as dt
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.models import Case, Courtroom
from app.hearings import booking, days, queries
from app.hearings.booking import Taken
from app.hearings.rules import Span, resource, wall_clock_fault
from app.people.models import Court

BEGINNINGS = (dt.time(9, 30), dt.time(14, 0))
END_OF_DAY = dt.time(17, 0)
TO_ANSWER = 3  # days, at least
TO_BE_TOLD = 4  # days between the date to answer by and a slot: the usual notice, and one to act
DAYS_LOOKED_AT = 60


def answer_by(court: Court, now: dt.datetime) -> dt.datetime:
    """Return a sensible end of the time to answer: a working day's end, three days from now."""
    zone = ZoneInfo(court.zone)
    day = now.astimezone(zone).date() + dt.timedelta(days=TO_ANSWER)
    for _ in range(DAYS_LOOKED_AT):
        if days.is_working_day(court.country, day):
            break
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, END_OF_DAY, tzinfo=zone)


def slots(
    session: Session, case: Case, rooms: Sequence[Courtroom], minutes: int, after: dt.datetime, *,
    many: int = 3, but_not: Collection[dt.datetime] = (), but: int | None = None,
) -> list[tuple[dt.datetime, str]]:  # fmt: skip
    """Return up to ``many`` starts with a courtroom's name, one a day, on the court's working days.

    Looks two months ahead from some days after ``after``, the date to answer by; fewer come back
    where there is less room. ``but_not`` are starts that are no use, ``but`` a hearing whose own
    time counts as free.
    """
    zone = ZoneInfo(case.court.zone)
    first = after.astimezone(zone).date() + dt.timedelta(days=TO_BE_TOLD)
    free = _Free(session, case, rooms, minutes, first, but)
    found: list[tuple[dt.datetime, str]] = []
    for ahead in range(DAYS_LOOKED_AT):
        day = first + dt.timedelta(days=ahead)
        if len(found) == many or not days.is_working_day(case.court.country, day):
            continue
        # Mornings and afternoons in turn, so that whoever is never free in one finds the other.
        turn = BEGINNINGS[len(found) % 2], BEGINNINGS[(len(found) + 1) % 2]
        for clock in turn:
            at = dt.datetime.combine(day, clock, tzinfo=zone)
            room = free.room(at)
            if room is not None and at not in but_not and wall_clock_fault(at, zone) is None:
                found.append((at, room.name))
                break
    return found


class _Free:
    """What is taken in the days that are looked at, read once."""

    def __init__(
        self, session: Session, case: Case, rooms: Sequence[Courtroom], minutes: int,
        first: dt.date, but: int | None,
    ) -> None:  # fmt: skip
        self.rooms, self.length = rooms, dt.timedelta(minutes=minutes)
        begins = dt.datetime.combine(first, dt.time(), tzinfo=ZoneInfo(case.court.zone))
        ends = begins + dt.timedelta(days=DAYS_LOOKED_AT + 1)
        wanted = [resource("judge", case.judge_id)]
        wanted += [resource("counsel", seat.counsel_id) for seat in queries.seats(session, case)]
        wanted += [resource("courtroom", room.id) for room in rooms]
        span = Span(begins.astimezone(dt.UTC), ends.astimezone(dt.UTC))
        self.taken: Sequence[Taken] = booking.taken(session, wanted, span, but=but)

    def room(self, at: dt.datetime) -> Courtroom | None:
        """Return the first courtroom that is free then, if all people are; else None."""
        begins = at.astimezone(dt.UTC)
        span = Span(begins, begins + self.length)
        busy = [each for each in self.taken if each.span.overlaps(span)]
        if any(each.kind != "courtroom" for each in busy):
            return None
        taken = {each.row for each in busy}
        return next((room for room in self.rooms if room.id not in taken), None)
