"""Read a file of hearings, check its rows, and create a draft."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Invalid, Message
from app.court.models import Court
from app.hearings.service import CourtContext
from app.imports import uploads
from app.imports.entries import RowRefusal
from app.imports.reading import column_maps, tables
from app.imports.reading.rules import ColumnMap, ColumnMapping, bind
from app.listing import drafting, rows
from app.listing.models import Listing
from app.listing.rows import FIELDS, MOST, NEEDED, ListingPreferences, ListingRow

COLUMNS = Path(__file__).parent / "columns.toml"


@dataclass
class ListingFile:
    """A parsed file: its hearings, and the refused rows."""

    mapping: ColumnMapping
    rows: Sequence[ListingRow]
    refused: list[RowRefusal] = field(default_factory=list)
    # Parts of the file that were skipped: hidden rows, totals.
    notes: Sequence[Message] = ()


@cache
def columns() -> ColumnMap:
    """Return the column map of a list of hearings."""
    data = tomllib.loads(COLUMNS.read_text(encoding="utf-8"))
    return column_maps.parse(data, fields=FIELDS)


def read(file: Path, court: Court, *, sheet: str = "", encoding: str = "") -> ListingFile:
    """Read hearings from a CSV or XLSX file. Raises Invalid if the file cannot be read.

    Raises NeedsChoice if several sheets or encodings are possible and neither ``sheet`` nor
    ``encoding`` decides.
    """
    reading = uploads.reading_options(court, columns()).with_choices(sheet=sheet, encoding=encoding)
    table = tables.read(file, reading)
    mapping = bind(columns(), table.headers, NEEDED, country=reading.country)
    refused: list[RowRefusal] = []
    hearings = rows.read(table.rows, mapping, refused)
    return ListingFile(mapping, hearings, refused, table.notes())


def of_cases(cases: Sequence[Case], kind: str, minutes: int) -> ListingFile:
    """Return cases as if a file named a hearing of one kind and length for each."""
    mapping = bind(columns(), ("number",), NEEDED)
    found = [
        ListingRow(line, case.number, kind, minutes, ListingPreferences())
        for line, case in enumerate(cases, start=1)
    ]
    return ListingFile(mapping, found[:MOST])


def draft(
    session: Session,
    context: CourtContext,
    listing_file: ListingFile,
    name: str,
    listing_request: drafting.ListingRequest,
    *,
    partial: bool,
) -> tuple[Listing | None, list[RowRefusal]]:
    """Create a draft from a file; None if rows are refused, unless ``partial`` skips them.

    Returns the draft and all refused rows, in order.
    """
    unlistable = drafting.check(session, context, listing_file.rows, listing_file.mapping)
    refused = sorted([*listing_file.refused, *unlistable], key=lambda each: each.line)
    if refused and not partial:
        return None, refused
    unlistable_lines = {each.line for each in unlistable}
    listable = [row for row in listing_file.rows if row.line not in unlistable_lines]
    if not listable and refused:
        raise Invalid({"file": Message(N_("No row of the file can be used."))})
    return drafting.draft(session, context, name, listable, listing_request), refused
