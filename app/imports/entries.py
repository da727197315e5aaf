"""Pure: the rows of a file as validated cases; every error has its line and column."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from app.cases.forms import CaseIn, Control, CounselIn, PartyIn, described, import_columns
from app.cases.rules import number_key
from app.core.errors import N_, Invalid, Message
from app.core.forms import BatchLoader, ChoiceField, Form, TextField, posted
from app.core.normalization import name_key
from app.court import bench
from app.court.bench import BenchRole
from app.hearings.forms import MinutesField
from app.hearings.rules import from_wall_clock
from app.hearings.sittings.rules import MOST_SITTINGS
from app.hearings.sittings.rules import errors as sitting_errors
from app.imports.reading.date_parsing import NO_DATE, Moment, read_day, read_minutes, read_moment
from app.imports.reading.rules import (
    BENCH,
    MEMBER_ADDRESSES,
    ColumnMapping,
    may_be_several,
    split_names,
    split_sittings,
    split_words,
    translated,
)
from app.imports.reading.workbook import FaultyCell
from app.outcomes.rules import BOTH_SIDES, MAX_REASON, ImportedOutcome, Outcome

# By field of a form, the column of a row that holds it.
CASE, PARTY, COUNSEL = (
    {name: column.name for name, column in import_columns(form).items()}
    for form in (CaseIn, PartyIn, CounselIn)
)
DAYS = tuple(name for name, info in described(CounselIn).items() if info.control is Control.DATE)
# Columns of a hearing that are read as they are.
OF_SITTING = ("hearing_kind", "courtroom", "outcome", "outcome_reason")
# Columns that several sittings in one row may have one of each.
OF_EACH_SITTING = ("hearing_on", "hearing_at", "minutes", "courtroom")
# What spreadsheets show in a cell whose formula failed, and what is printed where it is too narrow.
_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!"
    r"|BUSY!|PYTHON!|GETTING_DATA|####+|引用!|值!|名称\?)",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"\s*\d(?:\.\d+)?E\+?\d+\s*", re.IGNORECASE)


@dataclass(frozen=True)
class RowRefusal:
    """A row that cannot be imported: its line, the header of the cell, and the reason."""

    line: int
    column: str
    why: Message


@dataclass(frozen=True)
class ImportedSitting:
    """A sitting of a hearing that a row says is fixed; the courtroom by its name, or ""."""

    starts_at: dt.datetime
    minutes: int
    courtroom: str


@dataclass(frozen=True)
class ImportedHearing:
    """A hearing that a row says is fixed, of one sitting or several, earliest first."""

    line: int
    kind: str
    sittings: Sequence[ImportedSitting]
    judge: str
    outcome: ImportedOutcome | None = None

    @property
    def starts_at(self) -> dt.datetime:
        """When the first sitting begins."""
        return self.sittings[0].starts_at

    @property
    def minutes(self) -> int:
        """How long the first sitting is."""
        return self.sittings[0].minutes

    @property
    def key(self) -> tuple[str, dt.datetime]:
        """What makes two rows of a case about one hearing."""
        return self.kind, self.starts_at


@dataclass(frozen=True)
class ImportedAddress:
    """Where somebody outside the court is reached, by their name; the columns it was read from."""

    line: int
    name: str
    role: BenchRole
    columns: tuple[str, str]
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class CaseSource:
    """The lines from which a case was read, to trace the error of a field to its cell.

    ``places`` maps the path of a part ("parties.0.counsel.1") to its first line and the column map
    by which that was read.
    """

    lines: Sequence[int]
    places: Mapping[str, tuple[int, ColumnMapping]]

    def refusal(self, mapping: ColumnMapping, path: str, why: Message) -> RowRefusal:
        """Return the refusal of the field at ``path``, with its line and header."""
        part, _, name = path.rpartition(".")
        parts = path.split(".")
        while part and part not in self.places:
            part, _, name = part.rpartition(".")
        if "counsel" in parts[:-1]:
            column = COUNSEL.get(parts[4] if len(parts) > 4 else name, name)
        elif parts[0] == "parties":
            column = PARTY.get(parts[2] if len(parts) > 2 else name, name)
        else:
            column = CASE.get(path, path)
        line, read_by = self.places.get(part, (self.lines[0], mapping.each_party[0]))
        return RowRefusal(line, read_by.header_of(column), why)


@dataclass(frozen=True)
class ImportedCase:
    """A case read from its rows, with the hearings that they say are fixed."""

    case: CaseIn
    imported_hearings: Sequence[ImportedHearing]
    source: CaseSource
    addresses: Sequence[ImportedAddress] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedHearingIn(Form):
    """A hearing of a row, without its time."""

    hearing_kind: str = posted(TextField(100, blank=False, required=True))
    minutes: int = posted(MinutesField(required=True))
    courtroom: str = posted(TextField(200, load_default=""))
    outcome: str = posted(ChoiceField(("", *Outcome), load_default=""))
    outcome_reason: str = posted(TextField(MAX_REASON, load_default=""))


def group_by_case(
    rows: Iterable[tuple[int, Sequence[str]]], mapping: ColumnMapping, refused: list[RowRefusal]
) -> list[list[tuple[int, Sequence[str]]]]:
    """Group rows by case number, in the order in which the file names the cases first.

    A row that is not of the header's shape, or has no case number, is added to ``refused``.
    """
    cases: dict[str, list[tuple[int, Sequence[str]]]] = {}
    for line, cells in rows:
        faults = row_refusals(line, cells, mapping)
        padded = [*cells, *[""] * (len(mapping.headers) - len(cells))]
        number = number_key(mapping.texts(padded, ("number",))["number"])
        if not faults and not number:
            missing = Message(N_("Enter the case number."))
            faults = [RowRefusal(line, mapping.header_of("number"), missing)]
        refused += faults
        cases.setdefault(number, []).append((line, cells))
    cases.pop("", None)
    return list(cases.values())


def row_refusals(line: int, cells: Sequence[str], mapping: ColumnMapping) -> list[RowRefusal]:
    """Return the errors of a row that can be seen before parsing: its width, faulty cells."""
    width = len(mapping.headers)
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        words = N_("The row has %(count)s cells, the header %(width)s.")
        return [RowRefusal(line, mapping.headers[0], Message(words, count=len(cells), width=width))]
    return [
        RowRefusal(line, mapping.headers[place], why)
        for place in sorted(mapping.used)
        if (why := _cell_error(cells[place]))
    ]


def _cell_error(cell: str) -> Message | None:
    if isinstance(cell, FaultyCell):
        return cell.why
    if not cell or (cell.isalnum() and "E" not in cell.upper()):  # most cells
        return None
    if "#" in cell or "＃" in cell:
        parsed = _ERROR.search(unicodedata.normalize("NFKC", cell))
        if parsed:
            words = N_("The cell holds an error of the spreadsheet, %(error)s: mend it there.")
            return Message(words, error=parsed[0])
    if cell.lstrip().startswith("="):
        return Message(N_("This is a formula: save the file with values."))
    if _SHORTENED.fullmatch(cell):
        words = N_(
            "The spreadsheet has shortened this number to %(text)s: format the column as "
            "text, and type it anew."
        )
        return Message(words, text=cell.strip())
    return None


class CaseReader:
    """Reads the cases of one file; what its rows have in common is checked once."""

    def __init__(self, mapping: ColumnMapping, zone: ZoneInfo) -> None:
        self.mapping, self.zone = mapping, zone
        self.cases, self.hearings = BatchLoader(CaseIn), BatchLoader(ImportedHearingIn)

    def read(self, rows: Sequence[tuple[int, Sequence[str]]]) -> ImportedCase | list[RowRefusal]:
        """Read one case from its rows, or return all its errors."""
        reading = _Reading(self)
        for line, cells in rows:
            sat = False
            for read_by, texts in self.mapping.people(cells):
                reading.mapping = read_by
                if isinstance(texts, tuple):
                    reading.refuse(line, *texts)
                else:
                    reading.take(line, texts, sits=not sat)
                    sat = True
        return reading.done()


Value = str | list[str]


def _bench(texts: Mapping[str, str]) -> str:
    """Return who sits or is needed by all columns of a row, in one line."""
    named = [texts["bench"]] if texts["bench"] else []
    for column, (role, _) in BENCH.items():
        if texts[column]:
            named += [f"{name}({role.value})" for name in bench.names(texts[column])]
    return ", ".join(named)


def _judge(line: str) -> str:
    """Return whose case it is where only the bench is named; "" where that cannot be read."""
    try:
        return bench.judge_of(bench.parse(line), "") or ""
    except bench.UnreadableBench:
        return ""


def _comparable(name: str, value: Value) -> Value:
    """Return a value so that two spellings of one number or name compare equal."""
    if isinstance(value, str) and name == "number":
        return number_key(value)
    return name_key(value) if isinstance(value, str) and name in ("judge", "name") else value


class _Reading:
    """Builder of one case: each row adds facts, none may contradict an earlier one."""

    def __init__(self, reader: CaseReader) -> None:
        self.reader, self.zone = reader, reader.zone
        self.mapping = reader.mapping  # the map that reads the party that is taken now
        self.refused: list[RowRefusal] = []
        self.lines: list[int] = []
        self.case: dict[str, Value] = {}
        self.parties: dict[str, dict[str, Value]] = {}
        self.counsel: dict[str, dict[str, dict[str, Value]]] = {}
        self.imported_hearings: list[ImportedHearing] = []
        self.addresses: dict[str, ImportedAddress] = {}
        # By part and field: the first line that has it, and the mapping by which it was read.
        self.first_places: dict[tuple[str, str], tuple[int, ColumnMapping]] = {}

    def take(self, line: int, texts: Mapping[str, str], *, sits: bool = True) -> None:
        """Add the party and counsel of one row; with ``sits``, its hearing too."""
        if line not in self.lines[-1:]:
            self.lines.append(line)
        sits = sits and bool(texts["hearing_on"] or texts["hearing_at"])
        own: dict[str, Value] = {name: texts[column] for name, column in CASE.items()}
        own["bench"] = line_of_bench = _bench(texts)
        own["judge"] = judge = texts["judge"] or _judge(line_of_bench)
        if sits and self.case:
            own["judge"] = self.case["judge"] or own["judge"]  # a hearing may have another judge
        self._add("", self.case, own, line, CASE)
        self._add_addresses(line, texts, line_of_bench)
        party = self._party(line, texts)
        if texts["counsel"]:
            self._counsel(line, texts, party)
        if sits:
            self._add_hearing(line, texts, judge)

    def _add_addresses(self, line: int, texts: Mapping[str, str], line_of_bench: str) -> None:
        """Add where people outside the court are reached: one for each, in their order."""
        if not any(texts[each.name] for both in MEMBER_ADDRESSES.values() for each in both):
            return
        try:
            people = bench.parse(line_of_bench)
        except bench.UnreadableBench:  # told beside the people themselves
            return
        for role, columns in MEMBER_ADDRESSES.items():
            names = [each.name for each in people if each.role is role]
            emails, phones = (bench.names(texts[each.name]) for each in columns)
            for column, own in zip(columns, (emails, phones), strict=True):
                if own and len(own) != len(names):
                    words = N_("Give one for each of the %(count)s people beside it.")
                    self.refuse(line, column.name, Message(words, count=len(names)))
                    return
            for n, name in enumerate(names):
                found = ImportedAddress(
                    line,
                    name,
                    role,
                    (columns[0].name, columns[1].name),
                    emails[n] if emails else "",
                    phones[n] if phones else "",
                )
                self.addresses.setdefault(name_key(name), found)

    def _party(self, line: int, texts: Mapping[str, str]) -> str:
        key = texts["reference"] or f"{name_key(texts['party'])}\n{texts['side']}"
        fields: dict[str, Value] = {name: texts[column] for name, column in PARTY.items()}
        if not texts["counsel"]:  # a row without counsel gives the addresses of the party itself
            fields["email"] = fields["email"] or texts["email"]
            fields["phone"] = fields["phone"] or texts["phone"]
        self._add(f"party/{key}", self.parties.setdefault(key, {}), fields, line, PARTY)
        return key

    def _counsel(self, line: int, texts: Mapping[str, str], party: str) -> None:
        fields: dict[str, Value] = {name: texts[column] for name, column in COUNSEL.items()}
        words = (
            translated(self.mapping.column_map, "channels", w)
            for w in split_words(texts["channels"])
        )
        fields["channels"] = list(words)
        for name in DAYS:
            fields[name] = self._day(line, COUNSEL[name], texts[COUNSEL[name]])
        key = name_key(texts["counsel"])
        known = self.counsel.setdefault(party, {}).setdefault(key, {})
        self._add(f"counsel/{party}/{key}", known, fields, line, COUNSEL)

    def _day(self, line: int, name: str, text: str) -> str:
        if not text:
            return ""
        parsed = read_day(text, tuple(self.mapping.column_map.date_formats), self.mapping.country)
        if isinstance(parsed, Message):
            self.refuse(line, name, parsed)
            return ""
        return parsed.isoformat()

    def _add(
        self,
        part: str,
        known: dict[str, Value],
        fields: Mapping[str, Value],
        line: int,
        names: Mapping[str, str],
    ) -> None:
        for name, value in fields.items():
            before = known.setdefault(name, value)
            if not before and value:
                known[name] = value
            if value:
                first, _ = self.first_places.setdefault((part, name), (line, self.mapping))
                if known[name] != value and (
                    _comparable(name, known[name]) != _comparable(name, value)
                ):
                    why = N_("Line %(line)s, of case %(number)s too, says %(other)s here.")
                    other = ", ".join(before) if isinstance(before, list) else before
                    self.refuse(
                        line,
                        names[name],
                        Message(why, line=first, number=self.case["number"], other=other),
                    )
        self.first_places.setdefault((part, ""), (line, self.mapping))

    def _add_hearing(self, line: int, texts: Mapping[str, str], judge: str) -> None:
        """Add the hearing of a row; several days in its cells are its sittings."""
        rows = self._sitting_texts(line, texts)
        sittings: list[ImportedSitting] = []
        checked: ImportedHearingIn | None = None
        for own in rows:
            if (checked := self._checked_hearing(line, own)) is None:
                return
            starts_at = self._instant(line, own["hearing_on"], own["hearing_at"])
            if starts_at is None:
                return
            sittings.append(ImportedSitting(starts_at, checked.minutes, checked.courtroom))
        if checked is None or not self._are_one_hearing(line, sittings):
            return
        in_order = sorted(sittings, key=lambda each: each.starts_at)
        outcome = self._outcome(line, checked, texts["absent"])
        kind = checked.hearing_kind
        self._join_outcomes(ImportedHearing(line, kind, in_order, judge, outcome))

    def _sitting_texts(self, line: int, texts: Mapping[str, str]) -> list[dict[str, str]]:
        """Return the texts of each sitting of a row; none after an error.

        Of days and times in one cell each is a sitting; a cell with one applies to all.
        """
        if not may_be_several(texts["hearing_on"] + texts["hearing_at"]):
            return [dict(texts)]
        parts = {name: split_sittings(texts[name]) for name in OF_EACH_SITTING}
        count = max(len(parts[name]) for name in ("hearing_on", "hearing_at"))
        if count < 2:  # other cells may have such a mark in a name
            return [dict(texts)]
        if count > MOST_SITTINGS:
            words = N_("Name at most %(most)s sittings.")
            self.refuse(line, "hearing_on", Message(words, most=MOST_SITTINGS))
            return []
        for name, own in parts.items():
            if len(own) not in (0, 1, count):
                words = N_("Name one for all %(count)s sittings, or one for each.")
                self.refuse(line, name, Message(words, count=count))
                return []
        return [
            {**texts, **{name: own[n % len(own)] if own else "" for name, own in parts.items()}}
            for n in range(count)
        ]

    def _checked_hearing(self, line: int, texts: Mapping[str, str]) -> ImportedHearingIn | None:
        fixed: dict[str, object] = {name: texts[name] for name in OF_SITTING}
        fixed["minutes"] = read_minutes(texts["minutes"])
        try:
            return self.reader.hearings.load(fixed)
        except Invalid as fault:
            for name, why in fault.errors.items():
                self.refuse(line, name, why)
            return None

    def _are_one_hearing(self, line: int, sittings: Sequence[ImportedSitting]) -> bool:
        """Tell whether several sittings of a row can be one hearing; refuse the row if not."""
        if len(sittings) < 2:
            return True
        if not all(each.courtroom for each in sittings):
            words = N_("Enter the courtroom of a hearing of several days.")
            self.refuse(line, "courtroom", Message(words))
            return False
        times = [(each.starts_at, each.minutes) for each in sittings]
        errors = sitting_errors(times, self.zone, "{}")
        for why in errors.values():
            self.refuse(line, "hearing_at" if self._has("hearing_at") else "hearing_on", why)
        return not errors

    def _has(self, name: str) -> bool:
        return bool(self.mapping.sources.get(name))

    def _outcome(
        self, line: int, checked: ImportedHearingIn, absent: str
    ) -> ImportedOutcome | None:
        """Return the outcome of a row; sides by our words for them, people by their names."""
        if not checked.outcome:
            if absent or checked.outcome_reason:
                name = "absent" if absent else "outcome_reason"
                self.refuse(line, name, Message(N_("Enter the outcome of the hearing too.")))
            return None
        vocabulary = self.mapping.column_map
        names = [
            word if word in BOTH_SIDES else translated(vocabulary, "side", word)
            for word in split_names(absent)
        ]
        return ImportedOutcome(Outcome(checked.outcome), tuple(names), checked.outcome_reason)

    def _join_outcomes(self, imported: ImportedHearing) -> None:
        """Add a row's hearing; of several rows of one hearing the first has the outcome of all."""
        same = (n for n, each in enumerate(self.imported_hearings) if each.key == imported.key)
        if (n := next(same, None)) is None or imported.outcome is None:
            self.imported_hearings.append(imported)
            return
        first, other = self.imported_hearings[n], imported.outcome
        before = first.outcome or replace(other, absent=())
        if before.outcome != other.outcome:
            words = N_("Line %(line)s, of case %(number)s too, says %(other)s here.")
            why = Message(
                words, line=first.line, number=self.case["number"], other=before.outcome.value
            )
            self.refuse(imported.line, "outcome", why)
        absent = tuple(dict.fromkeys((*before.absent, *other.absent)))
        reason = before.reason or other.reason
        joined = replace(before, absent=absent, reason=reason)
        self.imported_hearings[n] = replace(first, outcome=joined)
        self.imported_hearings.append(replace(imported, outcome=None))

    def _instant(self, line: int, day: str, clock: str) -> dt.datetime | None:
        on, at = self._moment(line, "hearing_on", day), self._moment(line, "hearing_at", clock)
        if on is None or at is None:
            return None
        if on.day and at.day and on.day != at.day:
            other = Message(N_("The day beside it is %(day)s."), day=on.day.isoformat())
            self.refuse(line, "hearing_at", other)
            return None
        date, time = on.day or at.day, at.clock or on.clock
        if date is None:
            self.refuse(line, "hearing_on", Message(N_("The hearing has a time, but no day.")))
            return None
        if time is None:
            words = N_("The hearing has a day, but no time of day.")
            self.refuse(line, "hearing_at", Message(words))
            return None
        if not 2000 <= date.year <= 2200:
            self.refuse(
                line, "hearing_on", Message(N_("Check the year: enter one from 2000 to 2200."))
            )
            return None
        instant = from_wall_clock(dt.datetime.combine(date, time), self.zone)
        if isinstance(instant, Message):
            self.refuse(line, "hearing_at", instant)
            return None
        return instant

    def _moment(self, line: int, name: str, text: str) -> Moment | None:
        """Parse a cell with the time of a hearing; None after an error."""
        if not text:
            return Moment()
        formats = self.mapping.column_map
        parsed = read_moment(
            text, tuple(formats.date_formats), tuple(formats.time_formats), self.mapping.country
        )
        if isinstance(parsed, Message):
            if name == "hearing_at" and parsed.words == NO_DATE:
                words = N_("%(text)s is no time of day that can be read.")
                parsed = Message(words, text=text[:100])
            self.refuse(line, name, parsed)
            return None
        if name == "hearing_on" and parsed.day is None and self.mapping.sources.get("hearing_at"):
            self.refuse(line, name, Message(NO_DATE, text=text[:100]))
            return None
        return parsed

    def refuse(self, line: int, name: str, why: Message) -> None:
        """Add the refusal of a cell."""
        self.refused.append(RowRefusal(line, self.mapping.header_of(name), why))

    def done(self) -> ImportedCase | list[RowRefusal]:
        """Return the case, validated like a form, or all its errors."""
        if not self.lines:
            return list(_first_of_each_cell(self.refused))
        fields: dict[str, object] = {name: text for name, text in self.case.items() if text}
        parties: list[dict[str, object]] = []
        places = {"": (self.lines[0], self.mapping)}
        for p, (key, party) in enumerate(self.parties.items()):
            places[f"parties.{p}"] = self.first_places[f"party/{key}", ""]
            counsel = self.counsel.get(key, {})
            for c, name in enumerate(counsel):
                places[f"parties.{p}.counsel.{c}"] = self.first_places[f"counsel/{key}/{name}", ""]
            parties.append({**party, "counsel": list(counsel.values())})
        source = CaseSource(self.lines, places)
        try:
            case = self.reader.cases.load({**fields, "parties": parties})
        except Invalid as fault:
            self.refused += [
                source.refusal(self.mapping, path, why) for path, why in fault.errors.items()
            ]
            return list(_first_of_each_cell(self.refused))
        return list(_first_of_each_cell(self.refused)) or ImportedCase(
            case, self.imported_hearings, source, list(self.addresses.values())
        )


def _first_of_each_cell(refused: Sequence[RowRefusal]) -> Iterator[RowRefusal]:
    seen = set()
    for each in refused:
        if (each.line, each.column) not in seen:
            seen.add((each.line, each.column))
            yield each
