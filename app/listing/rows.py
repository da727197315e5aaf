"""Pure: from the rows of a file to hearings that are to be listed, each with its wishes."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.cases.rules import number_key
from app.core.errors import N_, Invalid, Message
from app.core.forms import ChoiceField, Input, TextField, load
from app.hearings.forms import MinutesField
from app.imports.entries import RowRefusal, row_faults
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
# What a working day of waiting costs, in points (see docs/listing.md).
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
    """What is wished for a hearing; ``earliest`` and ``latest`` bind, the rest costs points."""

    earliest: str = ""  # days are ISO dates, so that all of it can be kept as JSON
    latest: str = ""
    weekdays: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()
    half: str = ""
    courtroom: str = ""
    priority: str = "normal"
    since: str = ""

    def kept(self) -> dict[str, Any]:
        """Return them as JSON can hold them, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "ListingPreferences":
        """Return wishes that were kept as JSON."""
        said: dict[str, Any] = {
            each.name: tuple(kept[each.name])
            if isinstance(kept[each.name], list)
            else kept[each.name]
            for each in fields(cls)
            if each.name in kept
        }
        return cls(**said)

    def prefers(self, day: dt.date) -> bool:
        """Tell whether a day is as wished; where none is wished for, each is."""
        if not self.weekdays and not self.dates:
            return True
        return day.weekday() in self.weekdays or day.isoformat() in self.dates

    def per_day(self, today: dt.date) -> int:
        """Return what each working day of waiting costs: more the longer the case has waited."""
        waited = (today - dt.date.fromisoformat(self.since)).days if self.since else 0
        return PRIORITIES[self.priority] + min(MOST_QUARTERS, max(0, waited) // QUARTER)


@dataclass(frozen=True)
class ListingRow:
    """A hearing that a row asks to be listed."""

    line: int
    number: str
    kind: str
    minutes: int
    wishes: ListingPreferences


class RowIn(Input):
    """What a row says that needs no reading."""

    number = TextField(200, blank=False, required=True)
    hearing_kind = TextField(100, blank=False, required=True)
    minutes = MinutesField(required=True)
    half = ChoiceField(("", "morning", "afternoon"), load_default="")
    priority = ChoiceField(tuple(PRIORITIES), load_default="normal")
    courtroom = TextField(200, load_default="")


def read(
    rows: Iterable[tuple[int, Sequence[str]]], bound: ColumnMapping, refused: list[RowRefusal]
) -> list[ListingRow]:
    """Return the hearings of a file; rows that cannot be taken are put among the refused."""
    found: list[ListingRow] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in rows:
        if faults := row_faults(line, cells, bound):
            refused += faults
            continue
        row = _read(line, bound, bound.texts(cells, FIELDS), refused)
        if row is None:
            continue
        first = seen.setdefault((number_key(row.number), row.kind), line)
        if first != line:
            words = N_("Line %(line)s names this hearing of case %(number)s already.")
            why = Message(words, line=first, number=row.number)
            refused.append(RowRefusal(line, bound.header_of("number"), why))
            continue
        found.append(row)
    if len(found) > MOST:
        words = N_("A listing has at most %(most)s hearings, not %(count)s: list them in parts.")
        raise Invalid({"file": Message(words, most=MOST, count=len(found))})
    return found


def _read(
    line: int, bound: ColumnMapping, said: Mapping[str, str], refused: list[RowRefusal]
) -> ListingRow | None:
    faults: dict[str, Message] = {}
    given: dict[str, Any] = {name: said[name] for name in RowIn().fields}
    given["half"], given["priority"] = said["half"].lower(), said["priority"].lower()
    given["minutes"] = read_minutes(said["minutes"])
    dates = {
        name: _day(name, said[name], bound, faults) for name in ("earliest", "latest", "since")
    }
    weekdays, days = _days(said["days"], bound, faults)
    if dates["earliest"] and dates["latest"] and dates["earliest"] > dates["latest"]:
        faults["latest"] = Message(N_("The latest day is before the earliest."))
    try:
        checked = load(RowIn(), given)
    except Invalid as fault:
        faults.update(fault.errors)
    if faults:
        refused += [RowRefusal(line, bound.header_of(name), why) for name, why in faults.items()]
        return None
    wishes = ListingPreferences(
        **dates,
        weekdays=weekdays,
        dates=days,
        half=checked["half"],
        courtroom=checked["courtroom"],
        priority=checked["priority"],
    )
    return ListingRow(line, checked["number"], checked["hearing_kind"], checked["minutes"], wishes)


def _day(name: str, text: str, bound: ColumnMapping, faults: dict[str, Message]) -> str:
    if not text:
        return ""
    found = read_day(text, tuple(bound.column_map.date_formats), bound.country)
    if isinstance(found, Message):
        faults[name] = found
        return ""
    return found.isoformat()


def _days(
    text: str, bound: ColumnMapping, faults: dict[str, Message]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    weekdays, days = set(), set()
    formats = tuple(bound.column_map.date_formats)
    for word in re.split(r"[\s,;，；、]+", unicodedata.normalize("NFKC", text).strip()):
        if not word:
            continue
        if (number := WEEKDAYS.get(word.lower())) is not None:
            weekdays.add(number)
        elif not isinstance(found := read_day(word, formats, bound.country), Message):
            days.add(found.isoformat())
        elif found.words != NO_DATE:
            faults["days"] = found
        else:
            words = N_("%(text)s is neither a weekday nor a date that can be read.")
            faults["days"] = Message(words, text=word[:100])
    return tuple(sorted(weekdays)), tuple(sorted(days))
