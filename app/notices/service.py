"""When the court's own messages may go."""

import datetime as dt
from zoneinfo import ZoneInfo

from app.court.models import Court
from app.notices.rules import outside_quiet_hours


def outside_quiet_hours_at(court: Court, at: dt.datetime) -> dt.datetime:
    """Return when what the house sends of itself may go: outside the court's quiet hours."""
    local = at.astimezone(ZoneInfo(court.zone))
    return outside_quiet_hours(local, court.quiet_from, court.quiet_until).astimezone(dt.UTC)
