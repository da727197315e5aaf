"""Take a file of hearings: read, checked by row, made a draft."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message
from app.court.models import Court
from app.hearings.service import DeskContext
from app.imports import uploads
from app.imports.entries import RowRefusal
from app.imports.reading import column_maps, tables
from app.imports.reading.rules import ColumnMap, ColumnMapping, bind
from app.listing import drafting, rows
from app.listing.models import Listing
from app.listing.rows import FIELDS, NEEDED, ListingRow

COLUMNS = Path(__file__).parent / "columns.toml"


@dataclass
class ListingFile:
    """What a file says: its hearings, and which of its rows are refused."""

    bound: ColumnMapping
    rows: Sequence[ListingRow]
    refused: list[RowRefusal] = field(default_factory=list)
    # What of the file is not read: hidden rows, totals.
    notes: Sequence[Message] = ()


@cache
def columns() -> ColumnMap:
    """Return the columns of a list of hearings."""
    said = tomllib.loads(COLUMNS.read_text(encoding="utf-8"))
    return column_maps.made(said, fields=FIELDS)


def read(file: Path, court: Court, *, sheet: str = "", encoding: str = "") -> ListingFile:
    """Return the hearings of a CSV or XLSX. Raises Invalid where it cannot be read at all.

    Raises NeedsChoice where it can be read in several ways, and neither ``sheet`` nor ``encoding``
    says in which.
    """
    how = uploads.reading(court, columns()).with_wishes(sheet=sheet, encoding=encoding)
    table = tables.read(file, how)
    bound = bind(columns(), table.headers, NEEDED, country=how.country)
    refused: list[RowRefusal] = []
    found = rows.read(table.rows, bound, refused)
    return ListingFile(bound, found, refused, table.notes())


def draft(
    session: Session,
    desk: DeskContext,
    taken: ListingFile,
    name: str,
    asked: drafting.ListingRequest,
    *,
    partial: bool,
) -> tuple[Listing | None, list[RowRefusal]]:
    """Make a draft of a file; no draft where rows are refused, unless ``partial`` leaves them out.

    Returns the draft and every row that is refused, in order.
    """
    wrong = drafting.check(session, desk, taken.rows, taken.bound)
    refused = sorted([*taken.refused, *wrong], key=lambda each: each.line)
    if refused and not partial:
        return None, refused
    bad = {each.line for each in wrong}
    good = [row for row in taken.rows if row.line not in bad]
    if not good and refused:
        raise Invalid({"file": Message(N_("No row of the file can be taken."))})
    return drafting.draft(session, desk, name, good, asked), refused
