"""Pure: how a column map reads rows: headers, both sides of a row, joined names, words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.core.characters import clean
from app.core.errors import N_, Invalid, Message
from app.imports.reading import both_sides as sides
from app.imports.reading.table_layout import header_key

# What a row can say. One row is one counsel of a party, or a party who acts in person.
FIELDS = (
    "number",
    "title",
    "procedure",
    "judge",
    "party",
    "role",
    "side",
    "reference",
    "party_email",
    "party_phone",
    "counsel",
    "firm",
    "email",
    "phone",
    "language",
    "channels",
    "address_confirmed_on",
    "electronic_consent_on",
    "hearing_kind",
    "hearing_on",
    "hearing_at",
    "minutes",
    "courtroom",
)
NEEDED = ("number", "judge", "party")
DAYS = frozenset({"address_confirmed_on", "electronic_consent_on"})
# A row that names both sides has these once for each of them (sides.Of.key).
OF_ITS_OWN = frozenset((*sides.OF_A_PARTY, "role", "side", "reference"))
# Under whose header a reader of the file finds a field that has no column.
_BESIDE = {
    "side": ("role", "party"),
    "role": ("side", "party"),
    "reference": ("party",),
    "party_email": ("party_phone", "email", "phone", "party"),
    "party_phone": ("party_email", "phone", "email", "party"),
    "email": ("phone", "party_email", "party_phone", "counsel", "party"),
    "phone": ("email", "party_phone", "party_email", "counsel", "party"),
    "firm": ("counsel", "party"),
    "language": ("counsel", "party"),
    "channels": ("counsel", "party"),
    "counsel": ("party",),
    "hearing_at": ("hearing_on",),
    "hearing_on": ("hearing_at",),
    "minutes": ("hearing_at", "hearing_on"),
    "courtroom": ("hearing_at", "hearing_on"),
    "hearing_kind": ("hearing_at", "hearing_on"),
}
_AS_NUMBER = frozenset(("number", "reference", "phone", "party_phone", "minutes"))
_PLACE = re.compile(r"\{([^{}]+)\}")

Parts = tuple[str | int, ...]


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
    # Read columns of each side (``原告代理人电话``) where a file has such.
    both_sides: bool = False
    # How the file is read, where that is not found out: see tables.Reading.
    separator: str = ""
    encoding: str = ""
    sheet: str = ""

    def known_headers(self) -> frozenset[str]:
        """Return all headers that the map reads, as they are compared."""
        choices = [each for some in self.columns.values() for each in some]
        pieces = (_PLACE.findall(each) if "{" in each else [each] for each in choices)
        named = [header for some in pieces for header in some]
        return frozenset(header_key(each) for each in (*named, *self.recognised_by))


def recognises(column_map: ColumnMap, headers: Sequence[str]) -> bool:
    """Tell whether a file with these headers is of the kind that a map is made for."""
    known = {header_key(each) for each in headers}
    wanted = {header_key(each) for each in column_map.recognised_by}
    return bool(wanted) and wanted <= known


@dataclass(frozen=True)
class ColumnMapping:
    """A map laid over the headers of one file."""

    column_map: ColumnMap
    headers: tuple[str, ...]
    # By field: the pieces of text and the columns that make it up, in order.
    sources: Mapping[str, Parts]
    # The same for each party, where a row names both sides; else empty.
    parties: tuple[Mapping[str, Parts], ...] = ()
    country: str = ""  # of the court: it decides whether 5/12/2026 begins with the day

    def header_of(self, name: str) -> str:
        """Return the header under which a reader of the file finds a field.

        Where it has no column, that of the field that it goes with; ours where there is none.
        """
        for each in (name, *_BESIDE.get(name, ()), "number"):
            columns = [part for part in self.sources.get(each, ()) if isinstance(part, int)]
            if headers := ", ".join(filter(None, (self.headers[column] for column in columns))):
                return headers
        return name

    @cached_property
    def each_party(self) -> tuple["ColumnMapping", ...]:
        """The map as it reads each party of a row; itself where a row names one."""
        shared = {name: parts for name, parts in self.sources.items() if name not in OF_ITS_OWN}
        return tuple(
            replace(self, sources={**shared, **own}, parties=()) for own in self.parties
        ) or (self,)

    def used(self) -> frozenset[int]:
        """Return the columns that anything is read from."""
        return frozenset(
            part
            for bound in self.each_party
            for parts in bound.sources.values()
            for part in parts
            if isinstance(part, int)
        )

    def unread(self) -> list[str]:
        """Return the headers of columns from which nothing is read."""
        used = self.used()
        return [each for n, each in enumerate(self.headers) if each and n not in used]

    def people(
        self, cells: Sequence[str]
    ) -> Iterator[tuple["ColumnMapping", dict[str, str] | tuple[str, Message]]]:
        """Yield what a row of cases says of each party and counsel, by field (see ``texts``).

        With each the map that reads it; or, instead, the field that cannot be read, and why.
        """
        yielded = False
        for bound in self.each_party:
            raw = bound._raw(cells, FIELDS)
            own = (raw[name] for name in sides.OF_A_PARTY)
            if self.parties and not any(each.strip() for each in own):
                continue  # a case without a third party
            yielded = True
            spread = sides.spread(raw)
            if isinstance(spread, tuple):
                yield bound, spread
            else:
                for said in spread:
                    yield bound, bound._read(said)
        if not yielded:
            bound = self.each_party[0]
            yield bound, bound._read(bound._raw(cells, FIELDS))

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what a row of cases says, by field, as if it named one party."""
        return self._read(self._raw(cells, FIELDS))

    def texts(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        """Return what a row says, by field: their words turned into ours, defaults filled in."""
        return self._filled(self._said(self._raw(cells, names)))

    def _read(self, raw: Mapping[str, str]) -> dict[str, str]:
        said = self._said(raw)
        if not said["side"]:
            said["side"] = translated(self.column_map, "side", said["role"], strict=True)
        return self._filled(said)

    def _raw(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        said = {}
        for name in names:
            parts = self.sources.get(name, ())
            text = "".join(cells[each] if isinstance(each, int) else each for each in parts)
            if name in _AS_NUMBER:  # as programs write a number: 13800138000.0
                text = re.sub(r"^\s*(\d+)\.0+\s*$", r"\1", text)
            said[name] = text
        return said

    def _said(self, raw: Mapping[str, str]) -> dict[str, str]:
        # A cell may hold a line break or a space that does not break; both are a space here.
        return {
            name: translated(self.column_map, name, " ".join(clean(text).split()))
            for name, text in raw.items()
        }

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


def bind(
    column_map: ColumnMap,
    headers: Sequence[str],
    needed: Sequence[str] = NEEDED,
    *,
    country: str = "",
) -> ColumnMapping:
    """Lay a map over a file's headers. Raises Invalid where a needed column is not there."""
    keys = [header_key(header) for header in headers]
    twice = {key for key in keys if keys.count(key) > 1}
    found = sources(column_map, headers)
    wide = sides.parties_of(headers) if column_map.both_sides else sides.WideLayout({})
    faults: dict[str, Message] = {}
    if wide.columns:
        found = {name: parts for name, parts in found.items() if name not in OF_ITS_OWN}
        said = N_("It does not say of which side this is: write it before, as 原告电话.")
        faults |= {headers[n]: Message(said) for n in wide.unclear}
    for parts in found.values():
        for part in parts:
            if isinstance(part, int) and header_key(headers[part]) in twice:
                faults[headers[part]] = Message(N_("Two columns of the file have this header."))
    for name in needed:
        there = name in found or (name == "party" and wide.columns)
        if not there and not column_map.defaults.get(name):
            faults[name] = _no_column(column_map.columns.get(name, (name,)), headers)
    if faults:
        raise Invalid(faults)
    tidy = tuple(" ".join(each.split()) for each in headers)
    return ColumnMapping(column_map, tidy, found, party_sources(wide.columns), country)


def party_sources(columns: Mapping[int, sides.Of]) -> tuple[Mapping[str, Parts], ...]:
    """Return by party the columns that say anything of it; several of one field are joined."""
    made: dict[tuple[str, str, str], dict[str, Parts]] = {}
    for n, of in columns.items():
        own = made.setdefault(of.party, {"side": (of.side,), "role": (of.role,)})
        own[of.field] = (*own[of.field], " ", n) if of.field in own else (n,)
    return tuple(made.values())


def sources(column_map: ColumnMap, headers: Sequence[str]) -> dict[str, Parts]:
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
        wanted=" / ".join(choices),
        found=[each.strip()[:40] for each in headers[:30]],
    )


def _parts(choice: str, places: Mapping[str, int]) -> Parts | None:
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


def listed(text: str) -> list[str]:
    """Return the words of a cell that lists several: ``sms; email``, ``短信、邮件``."""
    return [each for each in re.split(r"[\s,;/|+、，；]+", text) if each]
