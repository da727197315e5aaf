"""Pure: what counsel types to name a delegate, its limits, and the end of a delegate's last day."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core import addresses
from app.core.errors import N_, Message
from app.core.normalization import name_key

MAX_NAME = 100  # characters
MAX_ACTIVE = 3  # of one counsel in one case
MAX_NAMED = 10  # of one counsel in one case within a day, ended ones included
MAX_REFUSED = 3  # within a day: more would be guessing at the addresses of another side
DAY = dt.timedelta(days=1)
LONGEST = dt.timedelta(days=731)


@dataclass(frozen=True)
class DelegateInput:
    """A delegate as typed: address, what they may do, and for how long.

    ``hearing_id`` 0: the whole case. ``until`` is an ISO date or "".
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    may_answer: bool = True
    copies: bool = True
    hearing_id: int = 0
    until: str = ""


@dataclass(frozen=True)
class Person:
    """Name and addresses by which somebody is known, as they are stored."""

    name: str
    email: str
    phone: str


def shared(person: Person, known: Iterable[Person]) -> list[str]:
    """Return which of a person's name, mail address and number somebody else is known by."""
    others = list(known)
    same = {
        "email": (
            addresses.canonical(person.email),
            [addresses.canonical(o.email) for o in others],
        ),
        "phone": (person.phone, [other.phone for other in others]),
        "name": (name_key(person.name), [name_key(other.name) for other in others]),
    }
    return [field for field, (own, their) in same.items() if own and own in their]


def check_name(name: str) -> Message | None:
    """Return what is wrong with a name, or None."""
    if not name:
        return Message(N_("Give their name: all sides read it on the record."))
    if len(name) > MAX_NAME:
        return Message(N_("At most %(most)s characters."), most=MAX_NAME)
    return None


def end_of(until: str, zone: str, now: dt.datetime) -> dt.datetime | Message | None:
    """Return the end of the last day, None without one, or what is wrong with it.

    The day is by the court's clock and is included.
    """
    if not until:
        return None
    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        return Message(N_("Give a day, as 2026-12-15."))
    today = now.astimezone(ZoneInfo(zone)).date()
    if day < today:
        return Message(N_("This day is past."))
    if day > today + LONGEST:
        return Message(N_("At most two years from today."))
    return dt.datetime.combine(day + DAY, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def last_day(ends_at: dt.datetime, zone: str) -> dt.date:
    """Return the last day of a delegate, by the court's clock."""
    return (ends_at - dt.timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()


def refusal(fields: Collection[str]) -> str:
    """Return why somebody cannot be a delegate, by what they share with another side."""
    if "email" in fields:
        return N_("This mail address is known for another side of the case: nobody was named.")
    if "phone" in fields:
        return N_("This telephone number is known for another side of the case: nobody was named.")
    return N_(
        "Somebody of this name acts for another side of the case: nobody was named. If it is "
        "another person, please call the court."
    )
