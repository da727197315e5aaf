"""What happens to a notice after it was queued, within the caller's transaction."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.court.models import Court
from app.notices.entries import entry_of
from app.notices.models import Notice
from app.notices.rules import outside_quiet_hours
from app.record import ledger
from app.record.rules import Event, NoticeState, after


def outside_quiet_hours_at(court: Court, at: dt.datetime) -> dt.datetime:
    """Return when what the house sends of itself may go: outside the court's quiet hours."""
    local = at.astimezone(ZoneInfo(court.zone))
    return outside_quiet_hours(local, court.quiet_from, court.quiet_until).astimezone(dt.UTC)


def note(
    session: Session,
    notice: Notice,
    what: Event,
    now: dt.datetime,
    *,
    personal: dict[str, Any] | None = None,
    **detail: Any,
) -> NoticeState:
    """Write what happened to a notice and let it move; return its new state."""
    entry = entry_of(notice, what, personal=personal, **detail)
    ledger.append(session, [entry], now)
    state = after(NoticeState(notice.state), what)
    notice.state = state.value
    if state is not NoticeState.SENDING:
        notice.lease_until, notice.claimed_by = None, ""
    return state
