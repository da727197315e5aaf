"""Parse, validate and apply a court's settings: name, zone, reminders, quiet hours."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from app.core.characters import clean, half_width, has_control
from app.core.errors import N_, Invalid, Message
from app.court import places
from app.court.models import Court

TEXTS = ("name", "short", "phone", "postal", "zone", "country", "subdivision", "language")
FACTORS = ("factor_assistant", "factor_judge", "factor_admin", "factor_by_provider")
CHECKS = ("text_links", "text_slots", "tentative_invites", *FACTORS)
COURT_HOURS = ("opens", "lunch_from", "lunch_until", "closes")
HOURS = ("reminder_at", "quiet_from", "quiet_until", *COURT_HOURS)
# By name: the value of an empty field, the least and the greatest.
NUMBERS = {
    "buffer_minutes": (0, 0, 240),
    "move_closes_hours": (24, 0, 720),
    "answer_days": (2, 1, 10),
}
DATES = ("sends_from", "outcomes_from")  # may be empty
MACHINE_READ = ("phone", "zone", "country", "language", "reminder_days", *NUMBERS, *HOURS, *DATES)
EMPTY = {"name": N_("Enter the court's name."), "short": N_("Enter the court's short name.")}
MOST_REMINDERS = 6
MOST_LINES = 5  # of a postal address, to fit an envelope's window


def plain(text: str) -> str:
    """Normalize text for storage (characters.clean), dropping control and invalid characters."""
    cleaned = clean(text.encode("utf-8", "ignore").decode())
    return "".join(c for c in cleaned if not has_control(c))


def address_lines(text: str) -> str:
    """Normalize a multi-line postal address, dropping blank lines."""
    return "\n".join(stripped for line in text.splitlines() if (stripped := plain(line).strip()))


def form_values(court: Court) -> dict[str, Any]:
    """Return a court's settings as the form shows them."""
    return {
        **{name: getattr(court, name) for name in TEXTS},
        "reminder_days": ", ".join(map(str, court.reminder_days)),
        **{name: getattr(court, name) for name in HOURS},
        **{name: str(getattr(court, name)) for name in NUMBERS},
        **{name: _day_text(getattr(court, name)) for name in DATES},
        **{name: getattr(court, name) for name in CHECKS},
    }


def factors_differ(court: Court, values: Mapping[str, Any]) -> bool:
    """Tell whether a form changes of which roles a second factor is required."""
    return any(getattr(court, name) != values[name] for name in FACTORS)


def from_form(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the submitted settings, normalized but not yet validated."""
    names = (*TEXTS, "reminder_days", *NUMBERS, *HOURS, *DATES)
    values: dict[str, Any] = {name: plain(form.get(name, "")).strip() for name in names}
    values["postal"] = address_lines(form.get("postal", ""))
    for name in MACHINE_READ:
        values[name] = half_width(values[name])
    values["country"], part = places.split(values["country"])
    # A subdivision typed with the country overrides the one selected for another country.
    values["subdivision"] = part or (values["subdivision"] if "subdivision" in form else None)
    if not part and not places.subdivisions(values["country"]):
        values["subdivision"] = ""  # left over from another country: this one has no subdivisions
    return values | {name: form.get(name) == "1" for name in CHECKS}


def change(court: Court, values: Mapping[str, Any]) -> None:
    """Validate and apply settings. Raises Invalid with errors by field, changing nothing."""
    part = values["subdivision"]
    if part is None:  # the form had no such field
        part = court.subdivision if values["country"] == court.country else ""
    part = places.subdivision_of(values["country"], part)
    values = {**values, "subdivision": part}
    errors = _errors(values)
    days = _parse_reminder_days(values["reminder_days"])
    if days is None:
        errors["reminder_days"] = Message(
            N_("Enter up to %(most)s numbers of days from 1 to 60, such as 7, 3, 1."),
            most=MOST_REMINDERS,
        )
    if errors:
        raise Invalid(errors)
    for name in (*TEXTS, *CHECKS, *HOURS):
        setattr(court, name, values[name])
    court.reminder_days = days or []
    for name in NUMBERS:
        setattr(court, name, int(values[name] or NUMBERS[name][0]))
    for name in DATES:
        setattr(court, name, _day(values[name]))


def _errors(values: Mapping[str, Any]) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    for name, most in (("name", 200), ("short", 40), ("phone", 40)):
        if len(values[name]) > most:
            errors[name] = Message(N_("Shorten this to %(most)s characters or fewer."), most=most)
        elif not values[name] and name in EMPTY:
            errors[name] = Message(EMPTY[name])
    if values["zone"] not in available_timezones():
        errors["zone"] = Message(
            N_("Enter a time zone such as Asia/Shanghai; there is none called %(zone)s."),
            zone=values["zone"],
        )
    if values["postal"].count("\n") >= MOST_LINES or len(values["postal"]) > 300:
        errors["postal"] = Message(N_("Shorten this to %(most)s lines or fewer."), most=MOST_LINES)
    if fault := places.country_fault(values["country"]):
        errors["country"] = fault
    elif isinstance(values["subdivision"], Message):
        errors["subdivision"] = values["subdivision"]
    if values["language"] not in ("en", "zh"):
        errors["language"] = Message(N_("Choose one of: %(choices)s."), choices="en, zh")
    for name in HOURS:
        if not _is_time_of_day(values[name]):
            errors[name] = Message(N_("Enter a time such as 09:00."))
    for name in DATES:
        on = _day(values[name])
        if values[name] and (on is None or not 2000 <= on.year <= 2200):
            errors[name] = Message(N_("Enter a date such as 2026-12-15."))
    for name, (default, least, most) in NUMBERS.items():
        number = values[name] or str(default)
        if not (number.isascii() and number.isdigit() and least <= int(number[:9]) <= most):
            words = N_("Enter a number from %(least)s to %(most)s.")
            errors[name] = Message(words, least=least, most=most)
    return errors | _order_errors(values, errors)


def _order_errors(values: Mapping[str, Any], errors: Mapping[str, Message]) -> dict[str, Message]:
    """Return errors in the order of opening, lunch and closing."""
    if any(name in errors for name in COURT_HOURS):
        return {}
    if values["opens"] >= values["closes"]:
        return {"closes": Message(N_("Enter a closing time that is after the opening time."))}
    lunch_break = values["lunch_from"], values["lunch_until"]
    if lunch_break[0] > lunch_break[1] or not (
        values["opens"] <= lunch_break[0] and lunch_break[1] <= values["closes"]
    ):
        return {
            "lunch_until": Message(
                N_(
                    "Enter a lunch break that lies between opening and closing, "
                    "its beginning first."
                )
            )
        }
    return {}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _day_text(on: dt.date | None) -> str:
    return on.isoformat() if on else ""


def _is_time_of_day(text: str) -> bool:
    try:
        return dt.time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def _parse_reminder_days(text: str) -> list[int] | None:
    """Parse numbers of days before a hearing, largest first; None if the text is invalid."""
    words = text.replace("，", ",").replace("、", ",").replace(",", " ").split()
    if len(words) > MOST_REMINDERS or not all(w.isascii() and w.isdigit() for w in words):
        return None
    days = sorted({int(word[:9]) for word in words}, reverse=True)
    return days if all(1 <= day <= 60 for day in days) else None
