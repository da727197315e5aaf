"""Pure: from the flat fields of the form of a round to checked input, in the court's wall clock."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema

from app.core.characters import half_width, whole_number
from app.core.errors import N_, Invalid, Message
from app.core.forms import load
from app.hearings.forms import MoveIn
from app.hearings.rules import MOST_SLOTS, from_wall_clock

NAMES = (
    "once",
    "stood",
    "seen",
    "kind",
    "minutes",
    "how",
    "answer_by",
    "fix",
    "reason",
    "override_reason",
)
POINTED = ("starts_at", "courtroom", "minutes", "how")
_ROW = re.compile(r"slots\.(\d{1,3})\.(starts_at|courtroom)")
_WALL_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_DROP = re.compile(r"drop-slot\.(\d{1,3})")
_TAKE = re.compile(r"take\.([0-9T:-]{16})\|(.{1,200})")


def typed(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what was typed: plain texts, and the slots in rows."""
    made: dict[str, Any] = dict.fromkeys(NAMES, "")
    rows: dict[int, dict[str, str]] = {}
    for name, value in fields:
        row = _ROW.fullmatch(name)
        if name in NAMES:
            made[name] = value
        elif row:
            slot = rows.setdefault(int(row[1]), {"starts_at": "", "courtroom": ""})
            slot[row[2]] = value
    return made | {"slots": [rows[n] for n in sorted(rows)]}


def pointed(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what was pointed at in the calendar: when, where, how long, and how to go about it."""
    at = {name: asked.get(name, "")[:200] for name in POINTED}
    return {name: value for name, value in at.items() if value} if at["starts_at"] else {}


def with_pointed(given: dict[str, Any], at: Mapping[str, str]) -> dict[str, Any]:
    """Put the span that was pointed at in the place of slots that nobody has typed."""
    slot = {"starts_at": at["starts_at"], "courtroom": at.get("courtroom", "")}
    more = {name: at[name] for name in ("minutes", "how") if name in at}
    return given | more | {"slots": [slot]}


def blank_row(given: Mapping[str, Any]) -> dict[str, str]:
    """Return an empty row for a slot, in the courtroom of the row above."""
    slots = given["slots"]
    return {"starts_at": "", "courtroom": slots[-1]["courtroom"] if slots else ""}


def act(given: dict[str, Any], what: str) -> dict[str, Any]:
    """Do what a button of the form says: add a row for a slot, take a suggested one, drop one."""
    slots = given["slots"]
    if what == "add-slot" and len(slots) < MOST_SLOTS:
        slots.append(blank_row(given))
    elif (found := _TAKE.fullmatch(what)) and len(pruned(given)["slots"]) < MOST_SLOTS:
        given["slots"].append({"starts_at": found[1], "courtroom": found[2]})
    elif found := _DROP.fullmatch(what):
        del slots[int(found[1]) : int(found[1]) + 1]
    return given


def pruned(given: dict[str, Any]) -> dict[str, Any]:
    """Leave out rows for slots in which no time was typed."""
    given["slots"] = [slot for slot in given["slots"] if slot["starts_at"].strip()]
    return given


def checked(given: Mapping[str, Any], schema: Schema, zone: ZoneInfo) -> dict[str, Any]:
    """Return input that a schema accepts, its times instants. Raises Invalid, with every error.

    Times are typed as the clock on the court's wall shows them; one that never comes or comes
    twice there is refused at its field.
    """
    faults: dict[str, Message] = {}
    asked = {
        name: given[name].strip() for name in given if name in schema.fields and name != "slots"
    }
    asked["minutes"] = whole_number(asked["minutes"])
    count = len(given["slots"])
    if not count:
        faults["slots"] = Message(N_("Give at least one slot: day, time and courtroom."))
    elif count > MOST_SLOTS:
        faults["slots"] = Message(
            N_("At most %(most)s slots can be asked about, not %(count)s."),
            most=MOST_SLOTS,
            count=count,
        )
    if asked["answer_by"]:
        asked["answer_by"] = instant(asked["answer_by"], zone, "answer_by", faults)
    else:
        del asked["answer_by"]
    asked["slots"] = [
        {**slot, "starts_at": instant(slot["starts_at"], zone, f"slots.{n}.starts_at", faults)}
        for n, slot in enumerate(given["slots"])
    ]
    try:
        done = load(schema, asked)
    except Invalid as fault:
        raise Invalid({**fault.errors, **faults}) from fault
    if faults:
        raise Invalid(faults)
    return done


def is_at_once(given: Mapping[str, Any]) -> bool:
    """Tell whether a hearing is to be moved without asking; unsaid, one slot alone means that."""
    if given["how"] in ("ask", "order"):
        return bool(given["how"] == "order")
    return len(given["slots"]) == 1 and not given["answer_by"].strip()


def checked_move(given: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return checked input for a move: at once to one slot, or a round with a date to answer by.

    Raises Invalid, with every error.
    """
    faults: dict[str, Message] = {}
    at_once = is_at_once(given)
    if at_once and len(given["slots"]) > 1:
        faults["slots"] = Message(N_("To set a date at once, leave one slot and drop the others."))
    elif not at_once and not given["answer_by"].strip():
        faults["answer_by"] = Message(N_("Say until when counsel can answer."))
    asked = {**given, "answer_by": ""} if at_once else given
    try:
        done = checked(asked, MoveIn(), zone)
    except Invalid as fault:
        raise Invalid({**faults, **fault.errors}) from fault
    if faults:
        raise Invalid(faults)
    return done


def instant(text: str, zone: ZoneInfo, field: str, faults: dict[str, Message]) -> dt.datetime | str:
    """Return the instant of a typed wall-clock time; else say at the field what is wrong."""
    # Python would take a NUL behind a time, digits of other scripts, and week dates.
    try:
        plain = _WALL_CLOCK.fullmatch(half_width(text))
        local = dt.datetime.fromisoformat(plain[0]) if plain else None
    except ValueError:
        local = None
    if local is None:
        faults[field] = Message(N_("Give the day and the time of day."))
        return ""
    if not 2000 <= local.year <= 2200:
        faults[field] = Message(N_("The year cannot be right."))
        return ""
    at = from_wall_clock(local.replace(second=0, microsecond=0), zone)
    if isinstance(at, Message):
        faults[field] = at
        return ""
    return at


def wall_clock(at: dt.datetime, zone: ZoneInfo) -> str:
    """Write an instant as a field for day and time takes it: 2026-12-15T09:30."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
