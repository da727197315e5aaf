"""When reminders go: by the court's clock, on the day that they name, never in quiet hours."""

import datetime as dt
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from app.reminders.rules import Reminder, reminders

# The mornings after clocks went forward and back, in New York, in London and Berlin, and (by half
# an hour) on Lord Howe; the days after a leap day, and after the end of a year.
DAYS = [
    (2027, 3, 15),
    (2027, 3, 29),
    (2027, 11, 1),
    (2027, 11, 8),
    (2027, 4, 5),
    (2027, 10, 4),
    (2028, 3, 1),
    (2028, 3, 7),
    (2029, 1, 2),
]
ZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
)
CLOCKS = ("00:00", "01:30", "02:15", "02:30", "09:00", "21:00", "23:30")
QUIET = [("21:00", "08:00"), ("00:00", "00:00"), ("01:00", "02:30"), ("12:00", "14:00")]


def due(start: dt.datetime, zone: ZoneInfo, at: str, quiet: tuple[str, str]) -> list[Reminder]:
    """The three reminders of a hearing."""
    return reminders(
        start.astimezone(dt.UTC),
        [1, 7, 3],
        zone=zone,
        at=at,
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )


@pytest.mark.parametrize("name", ZONES)
def test_each_goes_on_its_day_outside_quiet_hours_while_it_is_of_use(name: str) -> None:
    zone = ZoneInfo(name)
    for day, at, quiet in product(DAYS, CLOCKS, QUIET):
        start = dt.datetime(*day, 9, tzinfo=zone)
        begin, end = map(dt.time.fromisoformat, quiet)
        for each in due(start, zone, at, quiet):
            local = each.due_at.astimezone(zone)
            assert (start.date() - local.date()).days == each.days
            assert each.due_at < each.stale_at
            if begin > end:
                assert end <= local.time() < begin
            else:
                assert not begin <= local.time() < end


def test_a_reminder_set_for_the_night_goes_before_it_not_on_the_morning_of_the_hearing() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    start = dt.datetime(2026, 12, 15, 9, tzinfo=zone)
    last = due(start, zone, "23:30", ("21:00", "08:00"))[-1]
    assert last.due_at == dt.datetime(2026, 12, 14, 20, 59, tzinfo=zone)
