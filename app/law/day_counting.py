"""Pure: periods of days and working days, counted as procedure counts them."""

import datetime as dt
from collections.abc import Callable

MOST_CLOSED = 366  # days on end that are looked through for a working day


def earliest_day(told_on: dt.date, days: int, is_working_day: Callable[[dt.date], bool]) -> dt.date:
    """Return the first day on which a hearing may be, when people are told on ``told_on``.

    The day of telling is not counted, and a period that would end on a holiday ends on the next
    working day (Civil Procedure Law of the PRC (2023), art. 85).
    """
    last = told_on + dt.timedelta(days=days)
    for _ in range(MOST_CLOSED):
        if is_working_day(last):
            break
        last += dt.timedelta(days=1)
    return last


def latest_day(
    hearing_on: dt.date, days: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the last working day on which telling somebody is in time for a hearing.

    The mirror of ``earliest_day``. Where no period binds (``days`` of 0) that is the working day
    before the hearing. A day on which the court is closed is no day on which it rings or posts.
    """
    last = hearing_on - dt.timedelta(days=max(days, 1))
    for _ in range(MOST_CLOSED):
        if is_working_day(last) and earliest_day(last, days, is_working_day) <= hearing_on:
            break
        last -= dt.timedelta(days=1)
    return last


def working_days_before(
    day: dt.date, count: int, is_working_day: Callable[[dt.date], bool]
) -> dt.date:
    """Return the working day that lies so many working days before a day."""
    left = count
    for _ in range(MOST_CLOSED + 7 * count):
        if left == 0:
            break
        day -= dt.timedelta(days=1)
        left -= is_working_day(day)
    return day
