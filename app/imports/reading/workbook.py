"""Read one sheet of an XLSX workbook as rows of text, as displayed to a user.

openpyxl opens the workbook: sheets, shared strings and styles. Rows are parsed here, because in
streaming mode openpyxl reports neither hidden rows nor merged cells nor uncalculated formulas, and
it takes dates in East Asian built-in formats for numbers.
"""

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from app.core.errors import N_, Invalid, Message
from app.imports.reading.encoding import EncodingChoice, NeedsChoice

MOST_UNPACKED = 50 * 1024 * 1024  # bytes: of all but the sheets, and of a sheet's used cells
MOST_FORMATTED = 1024 * 1024 * 1024  # bytes of a sheet including formatted empty cells
MOST_COLUMNS = 500
MOST_CELL = 20_000  # characters
_READ_ERRORS = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    ParseError,
    EOFError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ArithmeticError,
)
# Built-in East Asian date formats, which a file does not define (ECMA-376 part 1, 18.8.30): 31 is
# 2026年12月15日.
_EASTERN_DATES = frozenset((*range(27, 37), *range(50, 59)))
# Only cells and rows whose first attribute is their reference, as all spreadsheets write them:
# otherwise later ones would move up.
_EMPTY_CELL = re.compile(rb"<c r=\"[^<>]*/>")
_EMPTY_ROW = re.compile(rb"<row r=\"[^<>]*(?:/>|></row>)")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=\"([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)\"")
_PLACE = re.compile(r"([A-Z]{1,3})\d*")
_SERIAL_LIMIT = 2_958_466  # the day after 9999-12-31
_PRECISE = 1e15  # spreadsheets keep 15 significant digits


class FaultyCell(str):
    """Text of an unusable cell, with the reason."""

    __slots__ = ("why",)
    why: Message

    def __new__(cls, text: str, why: Message) -> "FaultyCell":
        """Create the text with its error."""
        cell = super().__new__(cls, text)
        cell.why = why
        return cell


@dataclass
class Sheet:
    """A sheet: its rows, and the hidden lines met so far."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    hidden: list[int] = field(default_factory=list)


def _invalid_file(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})


@contextmanager
def _read_errors() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # openpyxl warns about parts that it skips (styles, drop-down lists) and we ignore.
            warnings.simplefilter("ignore")
            yield
    except _READ_ERRORS as error:
        raise _invalid_file(N_("The file cannot be read as XLSX: save it anew.")) from error


def sheet_of(file: Path, requested: str = "") -> Sheet:
    """Return the requested sheet, or the only visible one that has rows.

    Raises Invalid if the file is no workbook or has no such sheet, NeedsChoice if several visible
    sheets have rows.
    """
    with _read_errors():
        _check_size(file)
        book = _Workbook(file)
        if requested:
            return book.named(requested)
        visible = [name for name in book.names if book.is_visible(name) and book.has_rows(name)]
        if len(visible) == 1:
            return book.sheet(visible[0])
        if visible:
            text = N_("Several sheets have rows (%(names)s): name one with --sheet.")
            choices = [
                EncodingChoice(name, Message("%(name)s", name=name), book.start(name))
                for name in visible
            ]
            raise NeedsChoice("sheet", Message(text, names=visible), choices)
        hidden_sheets = [name for name in book.names if book.has_rows(name)]
        if hidden_sheets:
            text = N_("Only hidden sheets have rows (%(names)s): name one with --sheet.")
            choices = [
                EncodingChoice(name, Message("%(name)s", name=name), book.start(name))
                for name in hidden_sheets
            ]
            raise NeedsChoice("sheet", Message(text, names=hidden_sheets), choices)
        return book.sheet(book.names[0]) if book.names else Sheet("", iter(()))


def _check_size(file: Path) -> None:
    """Raise Invalid if the file unpacks to more than can be read or skipped."""
    with zipfile.ZipFile(file) as archive:
        largest_sheet = other_size = 0
        for member in archive.infolist():
            if member.flag_bits & 1:
                raise _invalid_file(
                    N_(
                        "This workbook is protected by a password: take the password off "
                        "and save it."
                    )
                )
            if re.search(r"worksheets/[^/]+\.xml$", member.filename):
                largest_sheet = max(largest_sheet, member.file_size)
            elif not member.filename.startswith(("xl/media/", "xl/embeddings/")):
                other_size += member.file_size
    if other_size > MOST_UNPACKED or largest_sheet > MOST_FORMATTED:
        raise _too_large()


def _too_large() -> Invalid:
    text = N_("The file unpacks to more than %(most)s MB: import it in parts, or as CSV.")
    return _invalid_file(text, most=MOST_UNPACKED // 2**20)


class _Workbook:
    """A workbook opened by openpyxl, for its sheets, strings and styles."""

    def __init__(self, file: Path) -> None:
        from openpyxl import load_workbook  # half a second that a page process does not need

        self.file = file
        # As a stream: openpyxl refuses file names other than *.xlsx.
        with file.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            self.sheets = {each.title: each for each in book.worksheets}
            self.names = list(self.sheets)
            self.epoch: dt.datetime = book.epoch
            self.formats = [self._format(book, style) for style in book._cell_styles]
            self.dates, self.spans = set(book._date_formats), set(book._timedelta_formats)
            for n, style in enumerate(book._cell_styles):
                if style.numFmtId in _EASTERN_DATES:
                    self.dates.add(n)
            book.close()

    @staticmethod
    def _format(book: Any, style: Any) -> str:
        index = style.numFmtId - 164
        return str(book._number_formats[index]) if 0 <= index < len(book._number_formats) else ""

    def is_visible(self, name: str) -> bool:
        return bool(self.sheets[name].sheet_state == "visible")

    def has_rows(self, name: str) -> bool:
        return next(self._rows(name, [], merged=False), None) is not None

    def start(self, name: str) -> str:
        rows = self._rows(name, [], merged=False)
        lines = [
            " | ".join(cell for cell in cells if cell)[:200]
            for (_, cells), _ in zip(rows, range(3), strict=False)
        ]
        return "\n".join(lines)

    def named(self, requested: str) -> Sheet:
        matching = [
            name for name in self.names if name.strip().casefold() == requested.strip().casefold()
        ]
        if not matching:
            text = N_("There is no sheet %(name)s; there are: %(names)s.")
            raise _invalid_file(text, name=requested[:100], names=self.names)
        return self.sheet(requested if requested in matching else matching[0])

    def sheet(self, name: str) -> Sheet:
        opened = Sheet(name, iter(()))
        opened.rows = self._rows_with_errors(name, opened.hidden)
        return opened

    def _rows_with_errors(self, name: str, hidden: list[int]) -> Iterator[tuple[int, list[str]]]:
        with _read_errors():
            yield from self._rows(name, hidden)

    def _rows(
        self, name: str, hidden: list[int], *, merged: bool = True
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield visible non-empty rows; append hidden ones to ``hidden``."""
        path = self.sheets[name]._worksheet_path
        strings = self.sheets[name]._shared_strings
        with self.file.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            merged_cells = _MergedCells([])
            if merged:
                with archive.open(path) as source:
                    merged_cells = _MergedCells(_merges(source))
            with archive.open(path) as source:
                for line, is_hidden, cells in _elements(_WithoutEmptyCells(source)):
                    row = [self._text(cell, strings) if cell is not None else "" for cell in cells]
                    has_text = any(cell.strip() for cell in row)
                    merged_cells.fill(line, row, is_empty=not has_text)
                    if has_text and is_hidden:
                        hidden.append(line)
                    elif has_text:
                        yield line, row

    def _text(self, cell: Element, strings: Sequence[str]) -> str:
        """Return a cell's text as a user would have typed it."""
        kind, style = cell.get("t", "n"), int(cell.get("s") or 0)
        value = inline = formula = None
        for child in cell:
            tag = child.tag.rpartition("}")[2]
            if tag == "v":
                value = child.text
            elif tag == "f":
                formula = f"={child.text or ''}"
            elif tag == "is":
                inline = "".join(_texts(child))
        if inline is not None:
            return _limited(inline)
        if value is None or value == "":
            if formula is not None and kind != "str":
                message = N_(
                    "This formula was never calculated: open the file in Excel or WPS, save "
                    "it, and give it anew."
                )
                return FaultyCell(formula[:200], Message(message))
            return ""
        if kind == "s":
            if (at := int(value)) < 0:
                raise IndexError("a string before the first")
            return _limited(str(strings[at] or ""))
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return _format_moment(from_ISO8601(value))
        if kind in ("str", "e"):
            return _limited(value)
        return self._number(value, style)

    def _number(self, value: str, style: int) -> str:
        number = float(value)
        if style in self.dates and 0 <= number < _SERIAL_LIMIT:
            return _format_moment(self._moment(number, span=style in self.spans))
        if number.is_integer():
            if abs(number) >= _PRECISE:
                message = N_(
                    "A spreadsheet keeps 15 digits of a number, and this one lost the rest: "
                    "format the column as text, and type it anew."
                )
                return FaultyCell(str(int(number)), Message(message))
            number_format = self.formats[style] if style < len(self.formats) else ""
            width = len(number_format) if re.fullmatch("0+", number_format) else 0
            return str(int(number)).zfill(width)
        return f"{number:.15g}"

    def _moment(self, number: float, *, span: bool) -> dt.datetime | dt.time | dt.timedelta:
        """Convert a serial number to a date or time, rounded to the second.

        Times of day are not exact in binary: 0.3958333 is 09:30.
        """
        seconds = round(number * 86400)
        if span:
            return dt.timedelta(seconds=seconds)
        if number < 1:
            return (dt.datetime(1, 1, 1) + dt.timedelta(seconds=seconds)).time()  # noqa: DTZ001
        if self.epoch.year == 1899 and number < 60:
            seconds += 86400  # compatibility with Lotus 1-2-3, which took 1900 for a leap year
        return self.epoch + dt.timedelta(seconds=seconds)


def _format_moment(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.datetime):
        value += dt.timedelta(microseconds=500_000)
        at_midnight = value.time().replace(microsecond=0) == dt.time()
        return value.strftime("%Y-%m-%d" if at_midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).rpartition(", ")[2]


def _texts(element: Element) -> Iterator[str]:
    """Yield the runs of a rich text, without phonetic hints."""
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            yield child.text or ""
        elif tag == "r":
            yield from _texts(child)


def _limited(text: str) -> str:
    if len(text) > MOST_CELL:
        message = N_("A cell holds more than %(most)s characters.")
        return FaultyCell(text[:200], Message(message, most=MOST_CELL))
    return text


class _WithoutEmptyCells(io.RawIOBase):
    """Stream of a sheet's XML without empty cells and rows, of which there may be millions."""

    def __init__(self, source: Any) -> None:
        self.source, self.tail, self.size = source, b"", 0

    def read(self, _size: int = -1) -> bytes:
        """Return the next chunk. Raises Invalid if too much of the sheet is left."""
        while True:
            chunk = self.source.read(1 << 20)
            text = self.tail + chunk
            if not chunk:
                self.tail = b""
                return bytes(text)
            end = text.rfind(b"</row>") + 6 if b"</row>" in text else text.rfind(b">") + 1
            # A chunk without the end of any tag is text and needs no thinning.
            end = end or len(text)
            text, self.tail = text[:end], text[end:]
            thinned = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", text))
            if b"<!DOCTYPE" in thinned:
                raise ParseError("a sheet has no DTD")
            self.size += len(thinned)
            if self.size > MOST_UNPACKED:
                raise _too_large()
            if thinned:
                return thinned


def _elements(source: Any) -> Iterator[tuple[int, bool, list[Element | None]]]:
    """Yield each row's number, whether it is hidden, and its cells by column."""
    line, parent = 0, None
    for event, element in iterparse(source, events=("start", "end")):  # noqa: S314 - no DTD gets here
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "sheetData":
                parent = element
            continue
        if tag == "sheetData":
            return
        if tag != "row":
            continue
        line = int(float(element.get("r") or line + 1))
        cells: list[Element | None] = []
        for cell in element:
            reference = _PLACE.match(cell.get("r") or "")
            column = _column_number(reference[1]) - 1 if reference else len(cells)
            if column >= MOST_COLUMNS and len(cell):
                text = N_("Row %(line)s has more than %(most)s columns.")
                raise _invalid_file(text, line=line, most=MOST_COLUMNS)
            if column < MOST_COLUMNS:
                cells += [None] * (column - len(cells) + 1)
                cells[column] = cell
        is_hidden = element.get("hidden") in ("1", "true") or float(element.get("ht") or 1) == 0
        yield line, is_hidden, cells
        if parent is not None:
            parent.clear()


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _merges(source: Any) -> list[tuple[int, int, int]]:
    """Return vertical merges as (column, first row, last row), sorted by first row."""
    merges, tail = [], b""
    while chunk := source.read(1 << 20):
        text = tail + chunk
        if b"mergeCell" not in text:
            tail = text[-20:]
            continue
        merges += [
            (_column_number(m[1].decode()) - 1, int(m[2]), int(m[3]))
            for m in _MERGED.finditer(text)
        ]
        tail = text[text.rfind(b"<") :][:200] if b"<" in text[-200:] else b""
    return sorted(
        (each for each in merges if each[2] > each[1] and each[0] < MOST_COLUMNS),
        key=lambda each: each[1],
    )


class _MergedCells:
    """Vertically merged cells: the value of the first row applies to all."""

    def __init__(self, merges: list[tuple[int, int, int]]) -> None:
        self.pending = merges[::-1]
        self.open: dict[int, tuple[int, str]] = {}  # by column: last row and value

    def fill(self, line_number: int, row: list[str], *, is_empty: bool) -> None:
        """Fill the empty cells of a row from merged cells above."""
        for column, (last, value) in list(self.open.items()):
            if line_number > last:
                del self.open[column]
            elif not is_empty:
                row += [""] * (column - len(row) + 1)
                row[column] = row[column] or value
        while self.pending and self.pending[-1][1] <= line_number:
            column, first, last = self.pending.pop()
            if first == line_number and last > line_number and column < len(row) and row[column]:
                self.open[column] = (last, row[column])
