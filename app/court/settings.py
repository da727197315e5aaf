"""A court's habits: its name, zone, reminders, quiet hours; read from a form, checked, changed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from app.core.characters import clean, half_width, has_control
from app.core.errors import N_, Invalid, Message
from app.court import places
from app.court.models import Court

TEXTS = ("name", "short", "phone", "postal", "zone", "country", "subdivision", "language")
CHECKS = ("text_links", "text_slots", "tentative_invites")
COURT_HOURS = ("opens", "lunch_from", "lunch_until", "closes")
HOURS = ("reminder_at", "quiet_from", "quiet_until", *COURT_HOURS)
MACHINE_READ = ("phone", "zone", "country", "language", "reminder_days", "buffer_minutes", *HOURS)
MOST_BUFFER = 240  # minutes
MOST_REMINDERS = 6
MOST_LINES = 5  # of a postal address, as a window of an envelope shows them


def plain(text: str) -> str:
    """Return text as it is stored (characters.clean), without control and broken characters."""
    whole = clean(text.encode("utf-8", "ignore").decode())
    return "".join(c for c in whole if not has_control(c))


def lines(text: str) -> str:
    """Return the lines of a postal address, each as plain text, blank ones left out."""
    return "\n".join(line for each in text.splitlines() if (line := plain(each).strip()))


def of(court: Court) -> dict[str, Any]:
    """Return a court's habits as its form shows them."""
    return {
        **{name: getattr(court, name) for name in TEXTS},
        "reminder_days": ", ".join(map(str, court.reminder_days)),
        **{name: getattr(court, name) for name in HOURS},
        "buffer_minutes": str(court.buffer_minutes),
        "text_links": court.text_links,
        "text_slots": court.text_slots,
        "tentative_invites": court.tentative_invites,
    }


def typed(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the habits as they were typed."""
    names = (*TEXTS, "reminder_days", "buffer_minutes", *HOURS)
    given: dict[str, Any] = {name: plain(form.get(name, "")).strip() for name in names}
    given["postal"] = lines(form.get("postal", ""))
    for name in MACHINE_READ:
        given[name] = half_width(given[name])
    given["country"], part = places.split(given["country"])
    # A part that is written with the country goes before the one that was chosen for another.
    given["subdivision"] = part or (given["subdivision"] if "subdivision" in form else None)
    if not part and not places.subdivisions(given["country"]):
        given["subdivision"] = ""  # of the country before: there is nothing to choose here
    return given | {name: form.get(name) == "1" for name in CHECKS}


def change(court: Court, given: Mapping[str, Any]) -> None:
    """Give a court other habits. Raises Invalid, by field, and then changes nothing."""
    part = given["subdivision"]
    if part is None:  # the form did not ask for it
        part = court.subdivision if given["country"] == court.country else ""
    part = places.subdivision_of(given["country"], part)
    given = {**given, "subdivision": part}
    faults = _faults(given)
    days = _days(given["reminder_days"])
    if days is None:
        faults["reminder_days"] = Message(
            N_("Give up to %(most)s numbers of days from 1 to 60, as 7, 3, 1."), most=MOST_REMINDERS
        )
    if faults:
        raise Invalid(faults)
    for name in (*TEXTS, *CHECKS, *HOURS):
        setattr(court, name, given[name])
    court.reminder_days = days or []
    court.buffer_minutes = int(given["buffer_minutes"] or 0)


def _faults(given: Mapping[str, Any]) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    for name, most in (("name", 200), ("short", 40), ("phone", 40)):
        if len(given[name]) > most:
            faults[name] = Message(N_("This is too long: at most %(most)s characters."), most=most)
        elif not given[name] and name != "phone":
            faults[name] = Message(N_("This is missing."))
    if given["zone"] not in available_timezones():
        faults["zone"] = Message(N_("There is no such time zone: %(zone)s."), zone=given["zone"])
    if given["postal"].count("\n") >= MOST_LINES or len(given["postal"]) > 300:
        faults["postal"] = Message(N_("Give at most %(most)s lines."), most=MOST_LINES)
    if fault := places.country_fault(given["country"]):
        faults["country"] = fault
    elif isinstance(given["subdivision"], Message):
        faults["subdivision"] = given["subdivision"]
    if given["language"] not in ("en", "zh"):
        faults["language"] = Message(N_("Choose one of: %(choices)s."), choices="en, zh")
    for name in HOURS:
        if not _is_hour(given[name]):
            faults[name] = Message(N_("Give the time of day as 09:00."))
    buffer = given["buffer_minutes"] or "0"
    if not (buffer.isascii() and buffer.isdigit() and int(buffer[:9]) <= MOST_BUFFER):
        faults["buffer_minutes"] = Message(N_("Give 0 to %(most)s minutes."), most=MOST_BUFFER)
    return faults | _out_of_order(given, faults)


def _out_of_order(given: Mapping[str, Any], faults: Mapping[str, Message]) -> dict[str, Message]:
    """Return what is wrong with a court's hours as they follow each other."""
    if any(name in faults for name in COURT_HOURS):
        return {}
    if given["opens"] >= given["closes"]:
        return {"closes": Message(N_("The court closes before it opens."))}
    lunch = given["lunch_from"], given["lunch_until"]
    if lunch[0] > lunch[1] or not (given["opens"] <= lunch[0] and lunch[1] <= given["closes"]):
        return {"lunch_until": Message(N_("Lunch lies between opening and closing, in order."))}
    return {}


def _is_hour(text: str) -> bool:
    try:
        return dt.time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def _days(text: str) -> list[int] | None:
    """Return days before a hearing, most first; None where the text says something else."""
    words = text.replace("，", ",").replace("、", ",").replace(",", " ").split()
    if len(words) > MOST_REMINDERS or not all(w.isascii() and w.isdigit() for w in words):
        return None
    days = sorted({int(word[:9]) for word in words}, reverse=True)
    return days if all(1 <= day <= 60 for day in days) else None
