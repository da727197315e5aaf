"""Pure: parse rows of a file into hearings to be listed, with their preferences."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.cases.rules import number_key
from app.core.errors import N_, Invalid, Message
from app.core.forms import ChoiceField, Form, TextField, load, posted
from app.hearings.forms import MinutesField
from app.imports.entries import RowRefusal, row_refusals
from app.imports.reading.date_parsing import NO_DATE, read_day, read_minutes
from app.imports.reading.rules import ColumnMapping

FIELDS = (
    "number",
    "hearing_kind",
    "minutes",
    "earliest",
    "latest",
    "days",
    "half",
    "courtroom",
    "priority",
    "since",
)
NEEDED = ("number",)
MOST = 1000  # hearings of one listing
# Cost of a working day of waiting, in points (see docs/listing.md).
PRIORITIES = {"low": 1, "normal": 2, "high": 4}
QUARTER, MOST_QUARTERS = 90, 4
WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "mon monday 周一 星期一",
            "tue tuesday 周二 星期二",
            "wed wednesday 周三 星期三",
            "thu thursday 周四 星期四",
            "fri friday 周五 星期五",
            "sat saturday 周六 星期六",
            "sun sunday 周日 星期日 周天 星期天",
        )
    )
    for word in words.split()
}


@dataclass(frozen=True)
class ListingPreferences:
    """Preferences for a hearing; ``earliest`` and ``latest`` are binding, the rest costs points."""

    earliest: str = ""  # days are ISO dates, for storage as JSON
    latest: str = ""
    weekdays: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()
    half: str = ""
    courtroom: str = ""
    priority: str = "normal"
    since: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the preferences as a JSON object, without empty ones."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ListingPreferences":
        """Return preferences from their JSON object."""
        values: dict[str, Any] = {
            field.name: tuple(data[field.name])
            if isinstance(data[field.name], list)
            else data[field.name]
            for field in fields(cls)
            if field.name in data
        }
        return cls(**values)

    def prefers(self, day: dt.date) -> bool:
        """Tell whether a day is preferred; without preferred days every day is."""
        if not self.weekdays and not self.dates:
            return True
        return day.weekday() in self.weekdays or day.isoformat() in self.dates

    def per_day(self, today: dt.date) -> int:
        """Return the cost of a working day of waiting, in points, which rises with time."""
        waited = (today - dt.date.fromisoformat(self.since)).days if self.since else 0
        return PRIORITIES[self.priority] + min(MOST_QUARTERS, max(0, waited) // QUARTER)


@dataclass(frozen=True)
class ListingRow:
    """A row of a file: a hearing to be listed."""

    line: int
    number: str
    kind: str
    minutes: int
    wishes: ListingPreferences


@dataclass(frozen=True, kw_only=True)
class RowIn(Form):
    """The fields of a row that need no parsing."""

    number: str = posted(TextField(200, blank=False, required=True))
    hearing_kind: str = posted(TextField(100, blank=False, required=True))
    minutes: int = posted(MinutesField(required=True))
    half: str = posted(ChoiceField(("", "morning", "afternoon"), load_default=""))
    priority: str = posted(ChoiceField(tuple(PRIORITIES), load_default="normal"))
    courtroom: str = posted(TextField(200, load_default=""))


def read(
    rows: Iterable[tuple[int, Sequence[str]]], mapping: ColumnMapping, refused: list[RowRefusal]
) -> list[ListingRow]:
    """Parse the rows of a file; invalid rows are appended to ``refused``."""
    hearings: list[ListingRow] = []
    first_lines: dict[tuple[str, str], int] = {}
    for line, cells in rows:
        if errors := row_refusals(line, cells, mapping):
            refused += errors
            continue
        row = _read(line, mapping, mapping.texts(cells, FIELDS), refused)
        if row is None:
            continue
        first_line = first_lines.setdefault((number_key(row.number), row.kind), line)
        if first_line != line:
            text = N_("Line %(line)s has this hearing of case %(number)s already.")
            why = Message(text, line=first_line, number=row.number)
            refused.append(RowRefusal(line, mapping.header_of("number"), why))
            continue
        hearings.append(row)
    if len(hearings) > MOST:
        text = N_("A listing has at most %(most)s hearings, not %(count)s: list them in parts.")
        raise Invalid({"file": Message(text, most=MOST, count=len(hearings))})
    return hearings


def _read(
    line: int, mapping: ColumnMapping, texts: Mapping[str, str], refused: list[RowRefusal]
) -> ListingRow | None:
    errors: dict[str, Message] = {}
    values: dict[str, object] = {each.name: texts[each.name] for each in fields(RowIn)}
    values["half"], values["priority"] = texts["half"].lower(), texts["priority"].lower()
    values["minutes"] = read_minutes(texts["minutes"])
    dates = {
        name: _day(name, texts[name], mapping, errors) for name in ("earliest", "latest", "since")
    }
    weekdays, days = _days(texts["days"], mapping, errors)
    if dates["earliest"] and dates["latest"] and dates["earliest"] > dates["latest"]:
        errors["latest"] = Message(N_("The latest day is before the earliest."))
    try:
        loaded = load(RowIn, values)
    except Invalid as fault:
        errors.update(fault.errors)
    if errors:
        refused += [RowRefusal(line, mapping.header_of(name), why) for name, why in errors.items()]
        return None
    preferences = ListingPreferences(
        **dates,
        weekdays=weekdays,
        dates=days,
        half=loaded.half,
        courtroom=loaded.courtroom,
        priority=loaded.priority,
    )
    return ListingRow(line, loaded.number, loaded.hearing_kind, loaded.minutes, preferences)


def _day(name: str, text: str, mapping: ColumnMapping, errors: dict[str, Message]) -> str:
    if not text:
        return ""
    parsed = read_day(text, tuple(mapping.column_map.date_formats), mapping.country)
    if isinstance(parsed, Message):
        errors[name] = parsed
        return ""
    return parsed.isoformat()


def _days(
    text: str, mapping: ColumnMapping, errors: dict[str, Message]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    weekdays, days = set(), set()
    formats = tuple(mapping.column_map.date_formats)
    for word in re.split(r"[\s,;，；、]+", unicodedata.normalize("NFKC", text).strip()):
        if not word:
            continue
        if (number := WEEKDAYS.get(word.lower())) is not None:
            weekdays.add(number)
        elif not isinstance(parsed := read_day(word, formats, mapping.country), Message):
            days.add(parsed.isoformat())
        elif parsed.words != NO_DATE:
            errors["days"] = parsed
        else:
            message_text = N_("%(text)s is neither a weekday nor a date that can be read.")
            errors["days"] = Message(message_text, text=word[:100])
    return tuple(sorted(weekdays)), tuple(sorted(days))
