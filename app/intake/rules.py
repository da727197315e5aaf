"""Pure: how a column map reads rows: headers, joined names, days, times of day, words."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.characters import clean, comparison_key
from app.errors import N_, Invalid, Message

# What a row can say. One row is one counsel of a party, or a party who acts in person.
FIELDS = (
    "number", "title", "procedure", "judge",
    "party", "role", "side", "reference", "party_email", "party_phone",
    "counsel", "firm", "email", "phone", "language", "channels",
    "address_confirmed_on", "electronic_consent_on",
    "hearing_kind", "hearing_on", "hearing_at", "minutes", "courtroom",
)  # fmt: skip
NEEDED = ("number", "judge", "party")
DAYS = frozenset({"address_confirmed_on", "electronic_consent_on"})
_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class ColumnMap:
    """How one court's export is read; see docs/import.md.

    ``columns`` names, for a field of ours, the headers that may stand for it, or a template that
    joins several (``{First} {Last}``); ``values`` turns their words into ours, by field.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    recognised_by: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    time_formats: tuple[str, ...] = ("%H:%M",)
    defaults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    zone: str = ""
    region: str = ""
    shared_sittings: bool = False


def header_key(text: str) -> str:
    """Return a header as it is compared: one width, one case, without spaces, ``_`` and ``-``."""
    return "".join(c for c in comparison_key(text) if not c.isspace() and c not in "_-")


def recognises(column_map: ColumnMap, headers: Sequence[str]) -> bool:
    """Tell whether a file with these headers is of the kind that a map is made for."""
    known = {header_key(each) for each in headers}
    wanted = {header_key(each) for each in column_map.recognised_by}
    return bool(wanted) and wanted <= known


@dataclass(frozen=True)
class Bound:
    """A map laid over the headers of one file."""

    column_map: ColumnMap
    headers: tuple[str, ...]
    # By field: the pieces of text and the columns that make it up, in order.
    sources: Mapping[str, tuple[str | int, ...]]

    def header_of(self, name: str) -> str:
        """Return the header under which a reader of the file finds a field.

        Where a file has no side, the role says it.
        """
        parts = self.sources.get(name) or (self.sources.get("role", ()) if name == "side" else ())
        columns = [each for each in parts if isinstance(each, int)]
        return ", ".join(self.headers[each] for each in columns) or name

    def used(self) -> frozenset[int]:
        """Return the columns that anything is read from."""
        return frozenset(
            each for parts in self.sources.values() for each in parts if isinstance(each, int)
        )

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what a row of cases says, by field (see ``texts``)."""
        said = self._said(cells, FIELDS)
        if not said["side"]:
            said["side"] = translated(self.column_map, "side", said["role"], strict=True)
        return self._filled(said)

    def texts(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        """Return what a row says, by field: their words turned into ours, defaults filled in."""
        return self._filled(self._said(cells, names))

    def _said(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        said = {}
        for name in names:
            parts = self.sources.get(name, ())
            text = "".join(cells[each] if isinstance(each, int) else each for each in parts)
            # A cell may hold a line break or a space that does not break; both are a space here.
            said[name] = translated(self.column_map, name, " ".join(clean(text).split()))
        return said

    def _filled(self, said: dict[str, str]) -> dict[str, str]:
        for name, default in self.column_map.defaults.items():
            said[name] = said[name] or default
        return said


def translated(column_map: ColumnMap, name: str, text: str, *, strict: bool = False) -> str:
    """Return our word for one of theirs; with ``strict``, "" for a word that the map has not."""
    words = column_map.values.get(name)
    if not words or not text:
        return "" if strict else text
    return words.get(text) or words.get(header_key(text)) or ("" if strict else text)


def bind(column_map: ColumnMap, headers: Sequence[str], needed: Sequence[str] = NEEDED) -> Bound:
    """Lay a map over a file's headers. Raises Invalid where a needed column is not there."""
    keys = [header_key(header) for header in headers]
    twice = {key for key in keys if keys.count(key) > 1}
    found, faults = sources(column_map, headers), {}
    for parts in found.values():
        for part in parts:
            if isinstance(part, int) and header_key(headers[part]) in twice:
                faults[headers[part]] = Message(N_("Two columns of the file have this header."))
    for name in needed:
        if name not in found and not column_map.defaults.get(name):
            faults[name] = _no_column(column_map.columns.get(name, (name,)), headers)
    if faults:
        raise Invalid(faults)
    return Bound(column_map, tuple(each.strip() for each in headers), found)


def sources(column_map: ColumnMap, headers: Sequence[str]) -> dict[str, tuple[str | int, ...]]:
    """Return by field the text and the columns of a file that a map reads it from, where it can."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        places.setdefault(header_key(header), place)
    found = {}
    for name, choices in column_map.columns.items():
        parts = (_parts(choice, places) for choice in choices)
        if (first := next((each for each in parts if each is not None), None)) is not None:
            found[name] = first
    return found


def _no_column(choices: Sequence[str], headers: Sequence[str]) -> Message:
    return Message(
        N_("The file has no column %(wanted)s; it has: %(found)s. Name the columns with --map."),
        wanted=" / ".join(choices), found=[each.strip()[:40] for each in headers[:30]],
    )  # fmt: skip


def _parts(choice: str, places: Mapping[str, int]) -> tuple[str | int, ...] | None:
    """Return the text and columns of a header or template; None where the file has not all."""
    if "{" not in choice:
        place = places.get(header_key(choice))
        return None if place is None else (place,)
    parts: list[str | int] = []
    for n, piece in enumerate(_PLACE.split(choice)):
        if n % 2:
            place = places.get(header_key(piece))
            if place is None:
                return None
            parts.append(place)
        elif piece:
            parts.append(piece)
    return tuple(parts)


@lru_cache(maxsize=20_000)
def read_day(text: str, formats: tuple[str, ...]) -> tuple[dt.date, dt.time | None] | None:
    """Return a day, and the time of day where the cell has one; None where it cannot be read."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern in formats:
        if at := _read(plain, pattern):
            return at.date(), None
    day, _, clock = plain.replace("T", " ").partition(" ")
    if clock and (at := _read(clock, "%H:%M") or _read(clock, "%H:%M:%S")):
        found = read_day(day, formats)
        return (found[0], at.time()) if found and found[1] is None else None
    return None


@lru_cache(maxsize=5_000)
def read_clock(text: str, formats: tuple[str, ...]) -> dt.time | None:
    """Return a time of day; None where it cannot be read."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.replace("上午", "AM").replace("下午", "PM")
    for pattern in formats:
        if at := _read(plain, pattern):
            return at.time()
    return None


def _read(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)  # noqa: DTZ007  (a clock on a wall, no instant)
    except ValueError:
        return None


def listed(text: str) -> list[str]:
    """Return the words of a cell that lists several: ``sms; email``, ``短信、邮件``."""
    return [each for each in re.split(r"[\s,;/|+、，；]+", text) if each]
