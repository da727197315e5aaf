"""Read CSV and XLSX files as a table: headers, and rows of text with their line numbers."""

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
_TEXT_FORMULA = re.compile(r'="([^"=]*)"')  # how exports preserve leading zeros
_MOST_LISTED = 20  # lines in one message


@dataclass(frozen=True)
class ReadingOptions:
    """Options for reading a file; empty ones are detected.

    ``country`` and ``language`` are the court's and help to detect the encoding; ``known`` are
    keys of known headers (``table_layout.header_key``), to find the header row.
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    country: str = ""
    language: str = ""
    known: frozenset[str] = frozenset()

    def with_choices(self, **choices: str) -> "ReadingOptions":
        """Return a copy with the user's choices; empty ones are ignored."""
        return replace(self, **{k: v for k, v in choices.items() if v})  # type: ignore[arg-type]


@dataclass
class FileTable:
    """A file as a table. ``rows`` can be iterated once; ``notes`` are complete only afterwards."""

    headers: list[str]
    rows: Iterator[Row]
    sheet: str = ""
    encoding: str = ""
    hidden: list[int] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)

    def notes(self) -> list[Message]:
        """Return messages about skipped rows, so that nobody believes them imported."""
        messages = []
        if self.hidden:
            text = N_(
                "Rows that are hidden in the sheet are left out, %(count)s of them: lines "
                "%(lines)s. Show them to enter them."
            )
            listed_lines = [str(line_number) for line_number in self.hidden[:_MOST_LISTED]]
            ellipsis = ["…"] * (len(self.hidden) > _MOST_LISTED)
            messages.append(Message(text, count=len(self.hidden), lines=[*listed_lines, *ellipsis]))
        for line_number, cell_text in self.left_out[:_MOST_LISTED]:
            text = N_("Line %(line)s is taken for a note or a total, and left out: %(text)s.")
            if table_layout.is_example(cell_text):
                text = N_("Line %(line)s is the example of the template, and left out: %(text)s.")
            messages.append(Message(text, line=line_number, text=cell_text[:60]))
        return messages


def read(file: Path, reading: ReadingOptions = ReadingOptions()) -> FileTable:
    """Read a file as a table, without blank rows.

    The line number is the first line of a CSV record, or the row number in an XLSX sheet. Raises
    Invalid if the file cannot be read, NeedsChoice if the user has to choose how. Iterating the
    rows may raise Invalid, too; rows yielded before that must be discarded.
    """
    if file.stat().st_size == 0:
        raise _invalid_file(N_("The file is empty."))
    hidden: list[int] = []
    name = encoding = ""
    if file_types.kind_of(file) == file_types.WORKBOOK:
        sheet = workbook.sheet_of(file, reading.sheet)
        raw_rows, hidden, name = sheet.rows, sheet.hidden, sheet.name
    else:
        if file.stat().st_size > MOST_BYTES:
            text = N_("The file is larger than %(most)s MB: import it in parts.")
            raise _invalid_file(text, most=MOST_BYTES // 2**20)
        encoding = encoding_of(
            file, requested=reading.encoding, country=reading.country, language=reading.language
        )
        raw_rows = _csv(file, encoding, reading)
    rows = _non_empty(raw_rows)
    head = list(islice(rows, table_layout.SEARCHED_ROWS + 1))
    if not head:
        text = N_("All rows of the sheet are hidden: show them, and save the file.")
        raise _invalid_file(text if hidden else N_("The file is empty."))
    header_index, headers, header_rows = table_layout.find_header(head, reading.known)
    width = max((n + 1 for n, header in enumerate(headers) if header.strip()), default=1)
    data_rows: Iterator[Row] = chain(head[header_index + header_rows :], rows)
    table = FileTable(headers[:width] if name else headers, iter(()), name, encoding, hidden)
    data_rows = _padded(data_rows, width) if name else data_rows
    table.rows = table_layout.without_notes(data_rows, table.headers, table.left_out)
    return table


def _non_empty(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield non-empty rows. Raises Invalid beyond MOST_ROWS."""
    count = 0
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS + table_layout.SEARCHED_ROWS:
            text = N_("The file has more than %(most)s rows: import it in parts.")
            raise _invalid_file(text, most=MOST_ROWS)
        yield line, cells


def _padded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Pad rows to the width of the header: sheets omit trailing empty cells."""
    for line, cells in rows:
        yield line, cells + [""] * (width - len(cells))


def _invalid_file(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})


def _csv(file: Path, encoding: str, reading: ReadingOptions) -> Iterator[Row]:
    csv.field_size_limit(MOST_CELL * 10)
    with file.open(encoding=encoding, newline="") as stream:
        separator_line = _NAMED_SEPARATOR.fullmatch(stream.readline(100))
        if not separator_line:
            stream.seek(0)
        separator = reading.separator or (separator_line[1] if separator_line else "")
        if not separator:
            separator = _separator(list(islice(stream, 60)), reading.known)
            stream.seek(0)
        reader = csv.reader(stream, delimiter=separator, strict=True)
        offset = 1 if separator_line else 0
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                message = N_(
                    "The row that begins in line %(line)s cannot be read: a quotation mark is not "
                    "closed, or stands inside a cell (%(fault)s)."
                )
                raise _invalid_file(message, line=line + offset, fault=str(error)) from error
            yield (
                line + offset,
                [_TEXT_FORMULA.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in cells],
            )
            line = reader.line_num + 1


def _separator(lines: Sequence[str], known: frozenset[str]) -> str:
    """Detect the separator: the one with the most known headers, else the most even rows."""

    def rank(separator: str) -> tuple[int, int, int]:
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows += csv.reader(lines, delimiter=separator)
        widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
        common_width = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        known_count = max(
            (table_layout.known_cells(row, known) for row in rows[: table_layout.SEARCHED_ROWS]),
            default=0,
        )
        even_rows = widths.count(common_width) if common_width > 1 else 0
        return known_count if known_count > 1 else 0, even_rows, common_width

    return max(SEPARATORS, key=rank)
