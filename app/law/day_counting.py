"""Pure: periods in days and working days, as procedural law counts them."""

import calendar
import datetime as dt
from collections.abc import Callable

MOST_CLOSED = 366  # consecutive days searched for a working day


def earliest_day(
    notified_on: dt.date, days: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the first day on which a hearing may be held after notice on ``notified_on``.

    The day of notice is not counted, and a period that would end on a holiday ends on the next
    working day (Civil Procedure Law of the PRC (2023), art. 85).
    """
    last = notified_on + dt.timedelta(days=days)
    for _ in range(MOST_CLOSED):
        if is_working_day(last):
            break
        last += dt.timedelta(days=1)
    return last


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def latest_day(
    hearing_on: dt.date, days: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the last working day on which notice of a hearing is in time.

    The inverse of ``earliest_day``. Without a period (``days`` of 0) it is the working day before
    the hearing. Closed days do not count: nobody telephones or posts letters then.
    """
    last = hearing_on - dt.timedelta(days=max(days, 1))
    for _ in range(MOST_CLOSED):
        if is_working_day(last) and earliest_day(last, days, is_working_day) <= hearing_on:
            break
        last -= dt.timedelta(days=1)
    return last


def working_days_after(
    day: dt.date, count: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the working day that is ``count`` working days after a day, which is not counted."""
    remaining = count
    for _ in range(MOST_CLOSED + 7 * count):
        if remaining == 0:
            break
        day += dt.timedelta(days=1)
        remaining -= is_working_day(day)
    return day


def working_days_before(
    day: dt.date, count: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the working day that is ``count`` working days before a day."""
    remaining = count
    for _ in range(MOST_CLOSED + 7 * count):
        if remaining == 0:
            break
        day -= dt.timedelta(days=1)
        remaining -= is_working_day(day)
    return day
