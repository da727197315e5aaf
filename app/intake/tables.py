"""Read CSV and XLSX as rows of text, each with its line in the file."""

import csv
import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from app.errors import N_, Invalid, Message
from app.intake.encoding import encoding_of

MOST_BYTES = 200 * 1024 * 1024  # of a CSV
MOST_UNPACKED = 50 * 1024 * 1024  # of an XLSX, which packs up to a thousandfold
MOST_ROWS = 200_000
MOST_CELL = 20_000  # characters
_BAD_BOOK = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError,
             ParseError, EOFError, zlib.error, NotImplementedError, RuntimeError)  # fmt: skip

Row = tuple[int, list[str]]


def rows(file: Path) -> Iterator[Row]:
    """Yield the rows of a file, the header first, blank ones left out.

    The line is where the row begins in a CSV, the row's number in an XLSX. Raises Invalid where
    the file cannot be read to its end; what it has yielded until then must not be used.
    """
    with file.open("rb") as opened:
        start = opened.read(8)
    if start.startswith(b"PK\x03\x04"):
        found = _xlsx(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _fault(file, N_("This is an old Excel file (XLS): save it as XLSX or CSV UTF-8."))
    else:
        found = _csv(file)
    count = 0
    for line, cells in found:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:
            said = N_("The file has more than %(most)s rows: import it in parts.")
            raise _fault(file, said, most=MOST_ROWS)
        yield line, cells
    if not count:
        raise _fault(file, N_("The file is empty."))


def _fault(file: Path, words: str, **facts: Any) -> Invalid:
    return Invalid({file.name: Message(words, **facts)})


def _csv(file: Path) -> Iterator[Row]:
    if file.stat().st_size > MOST_BYTES:
        said = N_("The file is larger than %(most)s MB: import it in parts.")
        raise _fault(file, said, most=MOST_BYTES // 2**20)
    encoding = encoding_of(file)
    csv.field_size_limit(MOST_CELL * 10)
    with file.open(encoding=encoding, newline="") as text:
        separator = _separator(text.readline())
        text.seek(0)
        reader = csv.reader(text, delimiter=separator, strict=True)
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
                raise _fault(file, said, line=line, fault=str(error)) from error
            yield line, cells
            line = reader.line_num + 1


def _separator(header: str) -> str:
    """Return what separates the cells: whatever makes the most of the header."""
    return max(",;\t", key=lambda each: len(next(csv.reader([header], delimiter=each), [])))


def _xlsx(file: Path) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > MOST_UNPACKED:
            said = N_("The file unpacks to more than %(most)s MB: import it in parts, or as CSV.")
            raise _fault(file, said, most=MOST_UNPACKED // 2**20)
        with warnings.catch_warnings():
            # What openpyxl leaves out (styles, drop-down lists) is nothing that we read.
            warnings.simplefilter("ignore")
            yield from _sheet(file)
    except _BAD_BOOK as error:
        raise _fault(file, N_("The file cannot be read as XLSX: save it anew.")) from error


def _sheet(file: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True, data_only=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be so
        width = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > MOST_ROWS + 1:
                said = N_("The file has more than %(most)s rows: import it in parts.")
                raise _fault(file, said, most=MOST_ROWS)
            row = [_text(cell) for cell in cells[:500]]
            width = width or len(row)  # a book leaves out the empty cells at a row's end
            yield number, row + [""] * (width - len(row))
    finally:
        book.close()


def _text(cell: Any) -> str:
    """Return a cell as a person would have typed it; a formula begins with "="."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return f"={str(getattr(value, 'text', value) or '').lstrip('=')}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, dt.timedelta):
        return str(value).rpartition(", ")[2]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
