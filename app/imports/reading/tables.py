"""Read CSV and XLSX as a table: its header, and rows of text, each with its line in the file."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from app.core.errors import N_, Invalid, Message
from app.imports.reading import file_types, table_layout, workbook
from app.imports.reading.encoding import encoding_of
from app.imports.reading.table_layout import Row

MOST_BYTES = 200 * 1024 * 1024  # of a CSV
MOST_ROWS = 200_000
MOST_CELL = workbook.MOST_CELL  # characters
SEPARATORS = ",;\t|，；｜"
_NAMED_SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="([^"=]*)"')  # as exports keep the zeros of a number
_MOST_TOLD = 20  # lines of one message


@dataclass(frozen=True)
class ReadingOptions:
    """How a file is to be read; what is empty is found out.

    ``country`` and ``language`` are the court's, which weigh where an encoding is in doubt;
    ``known`` are headers, as ``layout.header_key`` gives them, by which the header is found.
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    country: str = ""
    language: str = ""
    known: frozenset[str] = frozenset()

    def with_wishes(self, **wishes: str) -> "ReadingOptions":
        """Return the same with the sheet or the encoding that somebody names, where they do."""
        return replace(self, **{k: v for k, v in wishes.items() if v})  # type: ignore[arg-type]


@dataclass
class FileTable:
    """A file as a table. ``rows`` can be read once; ``notes`` are whole only after that."""

    headers: list[str]
    rows: Iterator[Row]
    sheet: str = ""
    encoding: str = ""
    hidden: list[int] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)

    def notes(self) -> list[Message]:
        """Return what of the file is not read, so that nobody takes it for entered."""
        said = []
        if self.hidden:
            words = N_(
                "Rows that are hidden in the sheet are left out, %(count)s of them: lines "
                "%(lines)s. Show them to enter them."
            )
            lines = [str(line) for line in self.hidden[:_MOST_TOLD]]
            more = ["…"] * (len(self.hidden) > _MOST_TOLD)
            said.append(Message(words, count=len(self.hidden), lines=[*lines, *more]))
        for line, text in self.left_out[:_MOST_TOLD]:
            words = N_("Line %(line)s is taken for a note or a total, and left out: %(text)s.")
            said.append(Message(words, line=line, text=text[:60]))
        return said


def read(file: Path, reading: ReadingOptions = ReadingOptions()) -> FileTable:
    """Return a file as a table, blank rows left out.

    The line is where the row begins in a CSV, the row's number in an XLSX. Raises Invalid where
    the file cannot be read, NeedsChoice where somebody must say how. The rows raise Invalid where
    they cannot be read to their end; what they have yielded until then must not be used.
    """
    if file.stat().st_size == 0:
        raise _fault(N_("The file is empty."))
    hidden: list[int] = []
    name = encoding = ""
    if file_types.kind_of(file) == file_types.WORKBOOK:
        sheet = workbook.sheet_of(file, reading.sheet)
        found, hidden, name = sheet.rows, sheet.hidden, sheet.name
    else:
        if file.stat().st_size > MOST_BYTES:
            said = N_("The file is larger than %(most)s MB: import it in parts.")
            raise _fault(said, most=MOST_BYTES // 2**20)
        encoding = encoding_of(
            file, wish=reading.encoding, country=reading.country, language=reading.language
        )
        found = _csv(file, encoding, reading)
    rows = _full(found)
    first = list(islice(rows, table_layout.LOOKED_AT + 1))
    if not first:
        words = N_("All rows of the sheet are hidden: show them, and save the file.")
        raise _fault(words if hidden else N_("The file is empty."))
    at, headers, lines = table_layout.find_header(first, reading.known)
    width = max((n + 1 for n, header in enumerate(headers) if header.strip()), default=1)
    whole: Iterator[Row] = chain(first[at + lines :], rows)
    table = FileTable(headers[:width] if name else headers, iter(()), name, encoding, hidden)
    whole = _wide(whole, width) if name else whole
    table.rows = table_layout.without_notes(whole, table.headers, table.left_out)
    return table


def _full(found: Iterator[Row]) -> Iterator[Row]:
    """Yield rows that have anything in them, as many as are taken."""
    count = 0
    for line, cells in found:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS + table_layout.LOOKED_AT:
            said = N_("The file has more than %(most)s rows: import it in parts.")
            raise _fault(said, most=MOST_ROWS)
        yield line, cells


def _wide(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Yield rows at least as wide as the header: a sheet leaves out the empty cells at its end."""
    for line, cells in rows:
        yield line, cells + [""] * (width - len(cells))


def _fault(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})


def _csv(file: Path, encoding: str, reading: ReadingOptions) -> Iterator[Row]:
    csv.field_size_limit(MOST_CELL * 10)
    with file.open(encoding=encoding, newline="") as text:
        named = _NAMED_SEPARATOR.fullmatch(text.readline(100))
        if not named:
            text.seek(0)
        separator = reading.separator or (named[1] if named else "")
        if not separator:
            separator = _separator(list(islice(text, 60)), reading.known)
            text.seek(0)
        reader = csv.reader(text, delimiter=separator, strict=True)
        offset = 1 if named else 0
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                said = N_(
                    "The row that begins in line %(line)s cannot be read: a quotation mark is not "
                    "closed, or stands inside a cell (%(fault)s)."
                )
                raise _fault(said, line=line + offset, fault=str(error)) from error
            yield (
                line + offset,
                [_TEXT_FORMULA.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in cells],
            )
            line = reader.line_num + 1


def _separator(lines: Sequence[str], known: frozenset[str]) -> str:
    """Return what separates the cells: whatever makes the best header, else the most even rows."""

    def worth(separator: str) -> tuple[int, int, int]:
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows += csv.reader(lines, delimiter=separator)
        widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        best = max(
            (table_layout.known_cells(row, known) for row in rows[: table_layout.LOOKED_AT]),
            default=0,
        )
        even = widths.count(usual) if usual > 1 else 0
        return best if best > 1 else 0, even, usual

    return max(SEPARATORS, key=worth)
