"""Close a court on days that are no public holidays, and open it again."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, NotFound
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import ClosedDay

MOST_DAYS = 60  # that are closed at once


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days from one to another, both included. Raises Invalid for too many, or none."""
    if not 0 <= (last - first).days < MOST_DAYS:
        text = N_("Enter up to %(most)s days, the first not after the last.")
        raise Invalid({"until": Message(text, most=MOST_DAYS)})
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def from_day(session: Session, court_id: int, first: dt.date) -> Sequence[ClosedDay]:
    """Return the closed days of a court from a day on, in order."""
    query = sa.select(ClosedDay).where(ClosedDay.court_id == court_id, ClosedDay.on >= first)
    return session.scalars(query.order_by(ClosedDay.on)).all()


def close(
    session: Session, by: ChangeAuthor, days: Sequence[dt.date], why: str
) -> Sequence[ClosedDay]:
    """Close the court on some days; one that is closed already keeps its reason. Return them."""
    own = sa.select(ClosedDay).where(ClosedDay.court_id == by.court_id, ClosedDay.on.in_(days))
    closed_already = {each.on for each in session.scalars(own)}
    for day in days:
        if day not in closed_already:
            session.add(ClosedDay(court_id=by.court_id, on=day, why=why))
            change_log.note(session, by, "closed_days", day.isoformat(), "", why or True)
    session.flush()
    return session.scalars(own.order_by(ClosedDay.on)).all()


def find(session: Session, court_id: int, closed_day_id: int, *, lock: bool = False) -> ClosedDay:
    """Return a closed day of a court. Raises NotFound."""
    day = session.get(
        ClosedDay, closed_day_id, with_for_update=lock or None, populate_existing=lock
    )
    if day is None or day.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return day


def open_again(session: Session, by: ChangeAuthor, day: ClosedDay) -> None:
    """Open the court on a day on which it was closed."""
    change_log.note(session, by, "closed_days", day.on.isoformat(), day.why or True, "")
    session.delete(day)
