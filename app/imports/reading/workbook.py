"""Read one sheet of an XLSX workbook as rows of text, as a person who looks at it reads it.

openpyxl opens the workbook: its sheets, shared strings and styles. Its rows we read ourselves, for
openpyxl does not say of a streamed sheet which rows are hidden, which cells are merged and which
formulas were never calculated, and it takes the dates of Chinese workbooks for numbers.
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

from openpyxl import load_workbook
from openpyxl.utils.datetime import from_ISO8601
from openpyxl.utils.exceptions import InvalidFileException

from app.core.errors import N_, Invalid, Message
from app.imports.reading.encoding import EncodingChoice, NeedsChoice

MOST_UNPACKED = 50 * 1024 * 1024  # bytes, of what is not a sheet, and of what of a sheet is read
MOST_FORMATTED = 1024 * 1024 * 1024  # bytes of a sheet, most of it cells that are empty
MOST_COLUMNS = 500
MOST_CELL = 20_000  # characters
_BAD_BOOK = (
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
    InvalidFileException,
)
# The numbers of the formats for days and times that Excel keeps for East Asia and does not define
# in the file (ECMA-376 part 1, 18.8.30): 31 is 2026年12月15日.
_EASTERN_DATES = frozenset((*range(27, 37), *range(50, 59)))
# Only such as say first where they stand, as all spreadsheets write them: without that, those
# after them would move up.
_EMPTY_CELL = re.compile(rb"<c r=\"[^<>]*/>")
_EMPTY_ROW = re.compile(rb"<row r=\"[^<>]*(?:/>|></row>)")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=\"([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)\"")
_PLACE = re.compile(r"([A-Z]{1,3})\d*")
_SERIAL_MOST = 2_958_466  # the day after 31 Dec 9999
_PRECISE = 1e15  # a spreadsheet keeps 15 digits of a number


class FaultyCell(str):
    """The text of a cell that cannot be used, and why."""

    __slots__ = ("why",)
    why: Message

    def __new__(cls, text: str, why: Message) -> "FaultyCell":
        """Return the text with what is wrong with it."""
        made = super().__new__(cls, text)
        made.why = why
        return made


@dataclass
class Sheet:
    """One sheet: its rows from the top, and the lines that were hidden so far."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    hidden: list[int] = field(default_factory=list)


def _fault(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})


@contextmanager
def _readable() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # What openpyxl leaves out (styles, drop-down lists) is nothing that we read.
            warnings.simplefilter("ignore")
            yield
    except _BAD_BOOK as error:
        raise _fault(N_("The file cannot be read as XLSX: save it anew.")) from error


def sheet_of(file: Path, wish: str = "") -> Sheet:
    """Return the sheet to be read: the named one, else the only visible one that has rows.

    Raises Invalid where the file is no workbook or has no such sheet, and NeedsChoice where several
    visible sheets have rows.
    """
    with _readable():
        _weigh(file)
        book = _Book(file)
        if wish:
            return book.named(wish)
        shown = [name for name in book.names if book.is_visible(name) and book.has_rows(name)]
        if len(shown) == 1:
            return book.sheet(shown[0])
        if shown:
            words = N_("Several sheets have rows (%(names)s): name one with --sheet.")
            choices = [
                EncodingChoice(name, Message("%(name)s", name=name), book.start(name))
                for name in shown
            ]
            raise NeedsChoice("sheet", Message(words, names=shown), choices)
        hidden = [name for name in book.names if book.has_rows(name)]
        if hidden:
            words = N_("Only hidden sheets have rows (%(names)s): name one with --sheet.")
            choices = [
                EncodingChoice(name, Message("%(name)s", name=name), book.start(name))
                for name in hidden
            ]
            raise NeedsChoice("sheet", Message(words, names=hidden), choices)
        return book.sheet(book.names[0]) if book.names else Sheet("", iter(()))


def _weigh(file: Path) -> None:
    """Refuse what unpacks to more than is read into memory, or takes too long to pass over."""
    with zipfile.ZipFile(file) as packed:
        sheets = other = 0
        for each in packed.infolist():
            if each.flag_bits & 1:
                raise _fault(
                    N_(
                        "This workbook is protected by a password: take the password off "
                        "and save it."
                    )
                )
            if re.search(r"worksheets/[^/]+\.xml$", each.filename):
                sheets = max(sheets, each.file_size)
            elif not each.filename.startswith(("xl/media/", "xl/embeddings/")):
                other += each.file_size
    if other > MOST_UNPACKED or sheets > MOST_FORMATTED:
        raise _too_large()


def _too_large() -> Invalid:
    words = N_("The file unpacks to more than %(most)s MB: import it in parts, or as CSV.")
    return _fault(words, most=MOST_UNPACKED // 2**20)


class _Book:
    """A workbook, opened by openpyxl for its sheets, strings and styles."""

    def __init__(self, file: Path) -> None:
        self.file = file
        # As a file, not by name: openpyxl refuses what is called otherwise than *.xlsx.
        with file.open("rb") as opened:
            book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
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
        own = style.numFmtId - 164
        return str(book._number_formats[own]) if 0 <= own < len(book._number_formats) else ""

    def is_visible(self, name: str) -> bool:
        return bool(self.sheets[name].sheet_state == "visible")

    def has_rows(self, name: str) -> bool:
        return next(self._rows(name, [], merged=False), None) is not None

    def start(self, name: str) -> str:
        rows = self._rows(name, [], merged=False)
        first = [
            " | ".join(cell for cell in cells if cell)[:200]
            for (_, cells), _ in zip(rows, range(3), strict=False)
        ]
        return "\n".join(first)

    def named(self, wish: str) -> Sheet:
        same = [name for name in self.names if name.strip().casefold() == wish.strip().casefold()]
        if not same:
            words = N_("There is no sheet %(name)s; there are: %(names)s.")
            raise _fault(words, name=wish[:100], names=self.names)
        return self.sheet(wish if wish in same else same[0])

    def sheet(self, name: str) -> Sheet:
        found = Sheet(name, iter(()))
        found.rows = self._guarded(name, found.hidden)
        return found

    def _guarded(self, name: str, hidden: list[int]) -> Iterator[tuple[int, list[str]]]:
        with _readable():
            yield from self._rows(name, hidden)

    def _rows(
        self, name: str, hidden: list[int], *, merged: bool = True
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that have anything in them and can be seen; note those that cannot."""
        path = self.sheets[name]._worksheet_path
        strings = self.sheets[name]._shared_strings
        with self.file.open("rb") as opened, zipfile.ZipFile(opened) as packed:
            below = _Merged([])
            if merged:
                with packed.open(path) as source:
                    below = _Merged(_merges(source))
            with packed.open(path) as source:
                for line, unseen, cells in _elements(_Lean(source)):
                    row = [self._text(cell, strings) if cell is not None else "" for cell in cells]
                    full = any(cell.strip() for cell in row)
                    below.fill(line, row, only_note=not full)
                    if full and unseen:
                        hidden.append(line)
                    elif full:
                        yield line, row

    def _text(self, cell: Element, strings: Sequence[str]) -> str:
        """Return a cell as a person would have typed it."""
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
            return _whole(inline)
        if value is None or value == "":
            if formula is not None and kind != "str":
                words = N_(
                    "This formula was never calculated: open the file in Excel or WPS, save "
                    "it, and give it anew."
                )
                return FaultyCell(formula[:200], Message(words))
            return ""
        if kind == "s":
            if (at := int(value)) < 0:
                raise IndexError("a string before the first")
            return _whole(str(strings[at] or ""))
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "d":
            return _of_moment(from_ISO8601(value))
        if kind in ("str", "e"):
            return _whole(value)
        return self._number(value, style)

    def _number(self, value: str, style: int) -> str:
        number = float(value)
        if style in self.dates and 0 <= number < _SERIAL_MOST:
            return _of_moment(self._moment(number, span=style in self.spans))
        if number.is_integer():
            if abs(number) >= _PRECISE:
                words = N_(
                    "A spreadsheet keeps 15 digits of a number, and this one lost the rest: "
                    "format the column as text, and type it anew."
                )
                return FaultyCell(str(int(number)), Message(words))
            zeros = self.formats[style] if style < len(self.formats) else ""
            width = len(zeros) if re.fullmatch("0+", zeros) else 0
            return str(int(number)).zfill(width)
        return f"{number:.15g}"

    def _moment(self, number: float, *, span: bool) -> dt.datetime | dt.time | dt.timedelta:
        """Return a serial number of a day as a day or a time, rounded to the second.

        A time of day is a fraction that no binary number holds: 0.3958333 is 09:30.
        """
        seconds = round(number * 86400)
        if span:
            return dt.timedelta(seconds=seconds)
        if number < 1:
            return (dt.datetime(1, 1, 1) + dt.timedelta(seconds=seconds)).time()  # noqa: DTZ001
        if self.epoch.year == 1899 and number < 60:
            seconds += 86400  # 1900 was no leap year, but Lotus 1-2-3 took it for one
        return self.epoch + dt.timedelta(seconds=seconds)


def _of_moment(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
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
    """Yield the pieces of a rich text, without how it is pronounced."""
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            yield child.text or ""
        elif tag == "r":
            yield from _texts(child)


def _whole(text: str) -> str:
    if len(text) > MOST_CELL:
        words = N_("A cell holds more than %(most)s characters.")
        return FaultyCell(text[:200], Message(words, most=MOST_CELL))
    return text


class _Lean(io.RawIOBase):
    """A sheet's XML without its empty cells and rows, of which a formatted sheet has millions."""

    def __init__(self, source: Any) -> None:
        self.source, self.left, self.kept = source, b"", 0

    def read(self, _size: int = -1) -> bytes:
        """Return the next piece; raises Invalid where too much is left of the sheet."""
        while True:
            piece = self.source.read(1 << 20)
            text = self.left + piece
            if not piece:
                self.left = b""
                return bytes(text)
            end = text.rfind(b"</row>") + 6 if b"</row>" in text else text.rfind(b">") + 1
            # What is as long as this without a tag's end is a text, which needs no thinning.
            end = end or len(text)
            text, self.left = text[:end], text[end:]
            lean = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", text))
            if b"<!DOCTYPE" in lean:
                raise ParseError("a sheet has no DTD")
            self.kept += len(lean)
            if self.kept > MOST_UNPACKED:
                raise _too_large()
            if lean:
                return lean


def _elements(source: Any) -> Iterator[tuple[int, bool, list[Element | None]]]:
    """Yield each row's number, whether it is hidden, and its cells, each at its place."""
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
            place = _PLACE.match(cell.get("r") or "")
            at = _number_of(place[1]) - 1 if place else len(cells)
            if at >= MOST_COLUMNS and len(cell):
                words = N_("Row %(line)s has more than %(most)s columns.")
                raise _fault(words, line=line, most=MOST_COLUMNS)
            if at < MOST_COLUMNS:
                cells += [None] * (at - len(cells) + 1)
                cells[at] = cell
        unseen = element.get("hidden") in ("1", "true") or float(element.get("ht") or 1) == 0
        yield line, unseen, cells
        if parent is not None:
            parent.clear()


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _merges(source: Any) -> list[tuple[int, int, int]]:
    """Return cells that are merged downwards: column, first and last row, by first row."""
    found, tail = [], b""
    while piece := source.read(1 << 20):
        text = tail + piece
        if b"mergeCell" not in text:
            tail = text[-20:]
            continue
        found += [
            (_number_of(m[1].decode()) - 1, int(m[2]), int(m[3])) for m in _MERGED.finditer(text)
        ]
        tail = text[text.rfind(b"<") :][:200] if b"<" in text[-200:] else b""
    return sorted(
        (each for each in found if each[2] > each[1] and each[0] < MOST_COLUMNS),
        key=lambda each: each[1],
    )


class _Merged:
    """Cells that are merged downwards: the value stands in the first row, and means all of them."""

    def __init__(self, merges: list[tuple[int, int, int]]) -> None:
        self.coming = merges[::-1]
        self.open: dict[int, tuple[int, str]] = {}  # by column: the last row, and the value

    def fill(self, line: int, row: list[str], *, only_note: bool) -> None:
        """Fill the empty cells of a row that belong to a merged one above."""
        for column, (last, value) in list(self.open.items()):
            if line > last:
                del self.open[column]
            elif not only_note:
                row += [""] * (column - len(row) + 1)
                row[column] = row[column] or value
        while self.coming and self.coming[-1][1] <= line:
            column, first, last = self.coming.pop()
            if first == line and last > line and column < len(row) and row[column]:
                self.open[column] = (last, row[column])
