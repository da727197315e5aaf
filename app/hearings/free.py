"""Free time: the next slots in court hours that nobody who is needed has something else in."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.models import Case, Courtroom
from app.hearings import booking, days, queries
from app.hearings.rules import Span, resource, wall_clock_fault
from app.people.models import Court

BEGINNINGS = (dt.time(9, 30), dt.time(14, 0))
FIRST_AFTER = 7  # days: time to answer, and for the notice to come in time
DAYS_LOOKED_AT = 60


def slots(
    session: Session, court: Court, case: Case, rooms: Sequence[Courtroom], minutes: int,
    now: dt.datetime, many: int = 3,
) -> list[tuple[dt.datetime, str]]:  # fmt: skip
    """Return up to ``many`` starts with a courtroom's name, one a day, on the court's working days.

    Looks two months ahead; fewer come back where there is less room.
    """
    zone = ZoneInfo(court.zone)
    today = now.astimezone(zone).date()
    people = [resource("judge", case.judge_id)]
    people += [resource("counsel", seat.counsel_id) for seat in queries.seats(session, case)]
    found: list[tuple[dt.datetime, str]] = []
    for ahead in range(FIRST_AFTER, FIRST_AFTER + DAYS_LOOKED_AT):
        day = today + dt.timedelta(days=ahead)
        if len(found) == many or not days.is_working_day(court.country, day):
            continue
        # Mornings and afternoons in turn, so that whoever is never free in one finds the other.
        turn = BEGINNINGS[len(found) % 2], BEGINNINGS[(len(found) + 1) % 2]
        for clock in turn:
            at = dt.datetime.combine(day, clock, tzinfo=zone)
            room = _room(session, people, rooms, at, minutes)
            if room is not None and wall_clock_fault(at, zone) is None:
                found.append((at, room.name))
                break
    return found


def _room(
    session: Session, people: Sequence[int], rooms: Sequence[Courtroom], at: dt.datetime,
    minutes: int,
) -> Courtroom | None:  # fmt: skip
    begins = at.astimezone(dt.UTC)
    span = Span(begins, begins + dt.timedelta(minutes=minutes))
    wanted = [*people, *(resource("courtroom", room.id) for room in rooms)]
    busy = booking.taken(session, wanted, span)
    if any(each.kind != "courtroom" for each in busy):
        return None
    taken = {each.row for each in busy}
    return next((room for room in rooms if room.id not in taken), None)
