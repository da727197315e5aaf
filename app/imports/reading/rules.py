"""Pure: apply a column map to rows: headers, wide layouts, joined columns, vocabulary."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.cases.forms import CaseIn, CounselIn, ImportColumn, PartyIn, import_columns
from app.core.characters import clean
from app.core.errors import N_, Invalid, Message
from app.court.bench import BenchRole
from app.imports.reading import both_sides as sides
from app.imports.reading.table_layout import header_key

HEARING = (
    ImportColumn("hearing_kind", N_("Kind of hearing"), beside=("hearing_at", "hearing_on")),
    ImportColumn("hearing_on", N_("Day of the hearing"), beside=("hearing_at",)),
    ImportColumn("hearing_at", N_("Time of the hearing"), beside=("hearing_on",)),
    ImportColumn("minutes", N_("Minutes"), beside=("hearing_at", "hearing_on"), is_number=True),
    ImportColumn("courtroom", N_("Courtroom"), beside=("hearing_at", "hearing_on")),
    ImportColumn("outcome", N_("Outcome of the hearing"), beside=("hearing_at", "hearing_on")),
    ImportColumn("absent", N_("Who did not come"), beside=("outcome", "hearing_at")),
    ImportColumn("outcome_reason", N_("Reason of the outcome"), beside=("outcome", "hearing_at")),
)
# Who sits or is needed, a column for each role; "bench" names them all in one.
BENCH = {
    "presiding": (BenchRole.PRESIDING, ImportColumn("presiding", N_("Presiding judge"))),
    "other_judges": (BenchRole.JUDGE, ImportColumn("other_judges", N_("Other judges"))),
    "assessors": (BenchRole.ASSESSOR, ImportColumn("assessors", N_("Assessors"))),
    "interpreters": (BenchRole.INTERPRETER, ImportColumn("interpreters", N_("Interpreters"))),
    "experts": (BenchRole.EXPERT, ImportColumn("experts", N_("Experts"))),
    "witnesses": (BenchRole.WITNESS, ImportColumn("witnesses", N_("Witnesses"))),
}
# Where people outside the court are reached, in the order of their names in the row.
MEMBER_ADDRESSES = {
    BenchRole.ASSESSOR: (
        ImportColumn("assessor_emails", N_("Assessors' e-mail")),
        ImportColumn("assessor_phones", N_("Assessors' telephone")),
    ),
    BenchRole.INTERPRETER: (
        ImportColumn("interpreter_emails", N_("Interpreters' e-mail")),
        ImportColumn("interpreter_phones", N_("Interpreters' telephone")),
    ),
    BenchRole.EXPERT: (
        ImportColumn("expert_emails", N_("Experts' e-mail")),
        ImportColumn("expert_phones", N_("Experts' telephone")),
    ),
    BenchRole.WITNESS: (
        ImportColumn("witness_emails", N_("Witnesses' e-mail")),
        ImportColumn("witness_phones", N_("Witnesses' telephone")),
    ),
}
# The columns of a row, by name. One row is one counsel of a party, or a party who acts in person.
COLUMNS = {
    column.name: column
    for columns in (
        import_columns(CaseIn).values(),
        [column for _, column in BENCH.values()],
        [column for columns in MEMBER_ADDRESSES.values() for column in columns],
        import_columns(PartyIn).values(),
        import_columns(CounselIn).values(),
        HEARING,
    )
    for column in columns
}
FIELDS = tuple(COLUMNS)
NUMERIC = frozenset(name for name, column in COLUMNS.items() if column.is_number)
NEEDED = ("number", "judge", "party")
# Fields that a wide row has once for each party (sides.PartyColumn.key).
OF_ITS_OWN = frozenset((*sides.OF_A_PARTY, "role", "side", "reference"))
_SITTING_MARK = re.compile(r"[;；、]")
_PLACE = re.compile(r"\{([^{}]+)\}")

Parts = tuple[str | int, ...]


@dataclass(frozen=True)
class ColumnMap:
    """Mapping of a court's export to our fields; see docs/import.md.

    ``columns`` lists the possible headers of each field, or a template that joins several columns
    (``{First} {Last}``); ``values`` translates cell values, by field.
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
    # Whether columns of each side (``原告代理人电话``) are recognised.
    both_sides: bool = False
    # Override detection: see tables.ReadingOptions.
    separator: str = ""
    encoding: str = ""
    sheet: str = ""

    def known_headers(self) -> frozenset[str]:
        """Return the keys of all headers that the map uses."""
        choices = [each for alternatives in self.columns.values() for each in alternatives]
        pieces = (_PLACE.findall(each) if "{" in each else [each] for each in choices)
        headers = [header for alternatives in pieces for header in alternatives]
        return frozenset(header_key(each) for each in (*headers, *self.recognised_by))


def recognises(column_map: ColumnMap, headers: Sequence[str]) -> bool:
    """Tell whether a map is made for files with these headers."""
    header_keys = {header_key(each) for each in headers}
    required_keys = {header_key(each) for each in column_map.recognised_by}
    return bool(required_keys) and required_keys <= header_keys


@dataclass(frozen=True)
class ColumnMapping:
    """A column map applied to the headers of one file."""

    column_map: ColumnMap
    headers: tuple[str, ...]
    # By field: the literal texts and column indices that are joined, in order.
    sources: Mapping[str, Parts]
    # The same for each party of a wide layout; else empty.
    parties: tuple[Mapping[str, Parts], ...] = ()
    country: str = ""  # of the court: decides whether 5/12/2026 is day first

    def header_of(self, name: str) -> str:
        """Return the header of a field, for error messages.

        Without a column of its own, that of a related field; else the field's name.
        """
        beside = COLUMNS[name].beside if name in COLUMNS else ()
        for each in (name, *beside, "number"):
            columns = [part for part in self.sources.get(each, ()) if isinstance(part, int)]
            if headers := ", ".join(filter(None, (self.headers[column] for column in columns))):
                return headers
        return name

    @cached_property
    def each_party(self) -> tuple["ColumnMapping", ...]:
        """The mapping of each party of a wide row, or just this one."""
        shared = {name: parts for name, parts in self.sources.items() if name not in OF_ITS_OWN}
        return tuple(
            replace(self, sources={**shared, **own}, parties=()) for own in self.parties
        ) or (self,)

    @cached_property
    def used(self) -> frozenset[int]:
        """The indices of the columns in use."""
        return frozenset(
            part
            for mapping in self.each_party
            for parts in mapping.sources.values()
            for part in parts
            if isinstance(part, int)
        )

    def unread(self) -> list[str]:
        """Return the headers of unused columns."""
        used = self.used
        return [each for n, each in enumerate(self.headers) if each and n not in used]

    def people(
        self, cells: Sequence[str]
    ) -> Iterator[tuple["ColumnMapping", dict[str, str] | tuple[str, Message]]]:
        """Yield the fields of each party and counsel of a row (see ``texts``).

        Each comes with the mapping that produced it; instead of the fields, a faulty field and its
        error.
        """
        yielded = False
        for mapping in self.each_party:
            raw = mapping._raw(cells, FIELDS)
            party_texts = (raw[name] for name in sides.OF_A_PARTY)
            if self.parties and not any(text.strip() for text in party_texts):
                continue  # a case without a third party
            yielded = True
            rows = sides.spread(raw)
            if isinstance(rows, tuple):
                yield mapping, rows
            else:
                for row in rows:
                    yield mapping, mapping._read(row)
        if not yielded:
            mapping = self.each_party[0]
            yield mapping, mapping._read(mapping._raw(cells, FIELDS))

    def texts(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        """Return the fields of a row, with values translated and defaults filled in."""
        return self._filled(self._translated(self._raw(cells, names)))

    def _read(self, raw: Mapping[str, str]) -> dict[str, str]:
        texts = self._translated(raw)
        if not texts["side"]:
            texts["side"] = translated(self.column_map, "side", texts["role"], strict=True)
        return self._filled(texts)

    def _raw(self, cells: Sequence[str], names: Iterable[str]) -> dict[str, str]:
        texts = dict.fromkeys(names, "")
        for name in texts.keys() & self.sources.keys():
            parts = self.sources[name]
            text = "".join(cells[part] if isinstance(part, int) else part for part in parts)
            if name in NUMERIC and "." in text:  # numbers written as floats: 13800138000.0
                text = re.sub(r"^\s*(\d+)\.0+\s*$", r"\1", text)
            texts[name] = text
        return texts

    def _translated(self, raw: Mapping[str, str]) -> dict[str, str]:
        # Line breaks and non-breaking spaces become spaces.
        return {
            name: translated(self.column_map, name, " ".join(clean(text).split())) if text else ""
            for name, text in raw.items()
        }

    def _filled(self, texts: dict[str, str]) -> dict[str, str]:
        for name, default in self.column_map.defaults.items():
            if name in texts:
                texts[name] = texts[name] or default
        return texts


def translated(column_map: ColumnMap, name: str, text: str, *, strict: bool = False) -> str:
    """Translate a cell value by the map's vocabulary; with ``strict``, unknown values become ""."""
    vocabulary = column_map.values.get(name)
    if not vocabulary or not text:
        return "" if strict else text
    return vocabulary.get(text) or vocabulary.get(header_key(text)) or ("" if strict else text)


def bind(
    column_map: ColumnMap,
    headers: Sequence[str],
    needed: Sequence[str] = NEEDED,
    *,
    country: str = "",
) -> ColumnMapping:
    """Apply a column map to a file's headers. Raises Invalid if a required column is missing."""
    header_keys = [header_key(header) for header in headers]
    repeated = {key for key in header_keys if header_keys.count(key) > 1}
    field_sources = sources(column_map, headers)
    layout = sides.parties_of(headers) if column_map.both_sides else sides.WideLayout({})
    errors: dict[str, Message] = {}
    if layout.columns:
        field_sources = {
            name: parts for name, parts in field_sources.items() if name not in OF_ITS_OWN
        }
        text = N_("It does not say of which side this is: write it before, as 原告电话.")
        errors |= {headers[n]: Message(text) for n in layout.unclear}
    for parts in field_sources.values():
        for part in parts:
            if isinstance(part, int) and header_key(headers[part]) in repeated:
                errors[headers[part]] = Message(N_("Two columns of the file have this header."))
    for name in needed:
        present = (
            name in field_sources
            or (name == "party" and layout.columns)
            or (name == "judge" and "bench" in field_sources)  # who presides is named there
        )
        if not present and not column_map.defaults.get(name):
            errors[name] = _no_column(column_map.columns.get(name, (name,)), headers)
    if errors:
        raise Invalid(errors)
    tidy_headers = tuple(" ".join(each.split()) for each in headers)
    return ColumnMapping(
        column_map, tidy_headers, field_sources, party_sources(layout.columns), country
    )


def party_sources(columns: Mapping[int, sides.PartyColumn]) -> tuple[Mapping[str, Parts], ...]:
    """Return the sources of each party; several columns of a field are joined."""
    by_party: dict[tuple[str, str, str], dict[str, Parts]] = {}
    for n, column in columns.items():
        party_fields = by_party.setdefault(
            column.party, {"side": (column.side,), "role": (column.role,)}
        )
        party_fields[column.field] = (
            (*party_fields[column.field], " ", n) if column.field in party_fields else (n,)
        )
    return tuple(by_party.values())


def sources(column_map: ColumnMap, headers: Sequence[str]) -> dict[str, Parts]:
    """Return the sources of each field that the file has."""
    indices: dict[str, int] = {}
    for index, header in enumerate(headers):
        indices.setdefault(header_key(header), index)
    result = {}
    for name, choices in column_map.columns.items():
        parts = (_template_sources(choice, indices) for choice in choices)
        if (available := next((each for each in parts if each is not None), None)) is not None:
            result[name] = available
    return result


def _no_column(choices: Sequence[str], headers: Sequence[str]) -> Message:
    return Message(
        N_("The file has no column %(wanted)s; it has: %(found)s. Name the columns with --map."),
        wanted=" / ".join(choices),
        found=[each.strip()[:40] for each in headers[:30]],
    )


def _template_sources(choice: str, indices: Mapping[str, int]) -> Parts | None:
    """Return the sources of a header or template; None if a column is missing."""
    if "{" not in choice:
        index = indices.get(header_key(choice))
        return None if index is None else (index,)
    parts: list[str | int] = []
    for n, piece in enumerate(_PLACE.split(choice)):
        if n % 2:
            index = indices.get(header_key(piece))
            if index is None:
                return None
            parts.append(index)
        elif piece:
            parts.append(piece)
    return tuple(parts)


def split_words(text: str) -> list[str]:
    """Split a cell with several words: ``sms; email``, ``短信、邮件``."""
    return [word for word in re.split(r"[\s,;/|+、，；]+", text) if word]


def split_names(text: str) -> list[str]:
    """Split a cell with several names, which may hold spaces: ``Zhao Lei, 李敏``."""
    return [name for part in re.split(r"[,;/|+、，；]+", text) if (name := part.strip())]


def split_sittings(text: str) -> list[str]:
    """Split a cell with several days, times, lengths or rooms: ``2026-12-07、2026-12-08``.

    Not at commas, which dates have in them.
    """
    return [part for each in _SITTING_MARK.split(text) if (part := each.strip())]


def may_be_several(text: str) -> bool:
    """Tell whether a cell has a mark at which ``split_sittings`` splits it."""
    return _SITTING_MARK.search(text) is not None
