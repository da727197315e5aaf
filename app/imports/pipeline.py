"""Import of a whole file: rows grouped by case, then entered in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.hearings.service import CourtContext
from app.imports import entries, service
from app.imports.reading.rules import ColumnMapping
from app.imports.reading.tables import Row
from app.imports.service import ImportReport

Cases = Sequence[Sequence[tuple[int, Sequence[str]]]]


@dataclass(frozen=True)
class ImportRows:
    """The rows of a file by case, and those refused for their shape."""

    count: int
    by_case: Cases
    refused: Sequence[entries.RowRefusal]


def read(rows: Iterable[Row], mapping: ColumnMapping) -> ImportRows:
    """Read all rows of a file. Raises Invalid if it cannot be read to its end."""
    everything = list(rows)
    refused: list[entries.RowRefusal] = []
    by_case = entries.group_by_case(everything, mapping, refused)
    return ImportRows(len(everything), by_case, refused)


def enter(
    session: Session,
    context: CourtContext,
    rows: ImportRows,
    mapping: ColumnMapping,
    *,
    remind: bool,
    step: Callable[[int], object],
    upload_id: int | None = None,
) -> ImportReport:
    """Enter what can be entered; the report names every refused row. Rolls nothing back."""
    report = ImportReport(rows=rows.count, refused=list(rows.refused))
    zone = ZoneInfo(mapping.column_map.zone or context.court.zone)
    good = _entries(rows, mapping, zone, report)
    service.enter_cases(
        session, context, mapping, good, report, remind=remind, step=step, upload_id=upload_id
    )
    report.refused.sort(key=lambda each: each.line)
    return report


def _entries(
    rows: ImportRows, mapping: ColumnMapping, zone: ZoneInfo, report: ImportReport
) -> Iterator[entries.ImportedCase]:
    bad = {each.line for each in rows.refused}
    reader = entries.CaseReader(mapping, zone)
    for case in rows.by_case:
        if any(line in bad for line, _ in case):
            report.left_out += 1
            continue
        result = reader.read(case)
        if isinstance(result, entries.ImportedCase):
            yield result
        else:
            report.refused += result
            report.left_out += 1
