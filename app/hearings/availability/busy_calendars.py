"""Counsel's own calendars: addresses given by them, fetched by the worker as busy times only."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import BusyCalendar, BusyTime, Counsel
from app.core.errors import N_, Invalid, Message
from app.core.web_client.calendar_fetching import CalendarFetcher, FetchedCalendar
from app.core.web_client.guarded_http import FetchFailed
from app.court.models import Court
from app.hearings.availability.calculation import calendar_parsing
from app.hearings.rules import Span

EVERY = dt.timedelta(minutes=30)
PAUSE_AFTER = 5  # failures in a row
AT_ONCE = 3  # addresses that one beat asks
LONGEST = 2000


def find_calendar(session: Session, counsel_id: int) -> BusyCalendar | None:
    """Return the calendar of a counsel, or None."""
    return session.scalar(sa.select(BusyCalendar).where(BusyCalendar.counsel_id == counsel_id))


def set_address(
    session: Session, counsel_id: int, address: str, fetcher: CalendarFetcher, now: dt.datetime
) -> None:
    """Store the address of a counsel's own calendar; an empty one deletes it with its times.

    It is fetched by the worker, not here. Raises Invalid for an address that is never fetched.
    """
    # Of two at once the second waits, and finds the first.
    counsel = sa.select(Counsel.id).where(Counsel.id == counsel_id)
    session.execute(counsel.with_for_update(key_share=True))
    known = find_calendar(session, counsel_id)
    address = address.strip().replace("webcal://", "https://")
    if known is not None and known.address == address:
        known.due_at, known.failures, known.fault = now, 0, ""
        return
    if known is not None:
        session.delete(known)
        _delete_times(session, counsel_id)
        session.flush()
    if not address:
        return
    try:
        if len(address) > LONGEST:
            raise FetchFailed(N_("This is too long for an address."))
        fetcher.checked(address)
    except FetchFailed as fault:
        raise Invalid({"address": Message(str(fault))}) from fault
    session.add(
        BusyCalendar(
            counsel_id=counsel_id,
            address=address,
            entered_at=now,
            due_at=now,
            etag="",
            failures=0,
            fault="",
        )
    )


def _delete_times(session: Session, counsel_id: int) -> None:
    session.execute(
        sa.delete(BusyTime)
        .where(BusyTime.counsel_id == counsel_id)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class DueCalendar:
    """A calendar that is due to be fetched, with its owner's zone and e-mail address."""

    number: int
    address: str
    etag: str
    zone: str
    owner: str


def claim_due(session: Session, now: dt.datetime) -> list[DueCalendar]:
    """Claim the calendars that are due, skipping those that another worker has locked.

    Each is postponed before it is fetched, so that an address which crashes its worker is not
    fetched again at once.
    """
    statement = (
        sa.select(BusyCalendar, Court.zone, Counsel.zone, Counsel.email)
        .join(Counsel, Counsel.id == BusyCalendar.counsel_id)
        .join(Court, Court.id == Counsel.court_id)
        .where(BusyCalendar.due_at <= now)
        .order_by(BusyCalendar.due_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=BusyCalendar)
    )
    claimed = []
    for calendar, courts, own, email in session.execute(statement):
        calendar.due_at = now + EVERY * (0.9 + 0.2 * random.random())
        claimed.append(
            DueCalendar(calendar.id, calendar.address, calendar.etag, own or courts, email)
        )
    return claimed


def fetch_busy_time(
    fetcher: CalendarFetcher, calendar: DueCalendar, now: dt.datetime
) -> tuple[FetchedCalendar | None, Sequence[Span], str]:
    """Fetch and parse a calendar, with no transaction open.

    Returns what was fetched, its busy spans, and an error message that is empty on success.
    """
    try:
        fetched = fetcher.fetch(calendar.address, calendar.etag)
        if fetched.body is None:
            return fetched, (), ""
        zone = ZoneInfo(calendar.zone)
        return fetched, calendar_parsing.busy_spans(fetched.body, zone, now, [calendar.owner]), ""
    except (FetchFailed, calendar_parsing.UnreadableCalendar) as fault:
        return None, (), str(fault)


def store_result(
    session: Session,
    number: int,
    fetched: FetchedCalendar | None,
    spans: Sequence[Span],
    fault: str,
    now: dt.datetime,
) -> None:
    """Store the busy spans of a calendar, or the error, which leaves the spans before it.

    After five failures in a row it is not fetched until its counsel gives it again.
    """
    calendar = session.get(BusyCalendar, number)
    if calendar is None:  # forgotten meanwhile
        return
    calendar.fault = fault[:300]
    if fetched is None:
        calendar.failures += 1
        if calendar.failures >= PAUSE_AFTER:
            calendar.due_at = None
        return
    calendar.failures, calendar.read_at, calendar.etag = 0, now, fetched.etag
    if fetched.body is None:
        return
    _delete_times(session, calendar.counsel_id)
    if spans:
        session.execute(
            sa.insert(BusyTime),
            [
                {"counsel_id": calendar.counsel_id, "starts_at": s.starts_at, "ends_at": s.ends_at}
                for s in spans
            ],
        )
