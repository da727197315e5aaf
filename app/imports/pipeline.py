"""Import of a whole file: rows grouped by case, then entered in one transaction or in many."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.db import db, retrying
from app.hearings.service import CourtContext
from app.imports import entries, service
from app.imports.hearings import ImportCourt
from app.imports.reading.rules import ColumnMapping
from app.imports.reading.tables import Row
from app.imports.service import AT_ONCE, ImportReport

# Cases entered in one of many transactions, and seconds after which fewer are.
IN_TRANSACTION, FEWEST, LONG = 200, 5, 0.15

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


def runs_in_batches(dialect: str, rows: ImportRows, mapping: ColumnMapping) -> bool:
    """Tell whether a file is imported in many short transactions rather than in one.

    On SQLite one transaction holds the only write lock, and whoever answers meanwhile would wait.
    Files whose hearings exclude each other stay in one: only then is a clash between two distant
    rows found before anything is kept.
    """
    many = len(rows.by_case) > AT_ONCE
    return dialect == "sqlite" and mapping.column_map.shared_sittings and many


def check_in_batches(
    context: Callable[[Session], CourtContext],
    rows: ImportRows,
    mapping: ColumnMapping,
    *,
    remind: bool,
    step: Callable[[int], object],
) -> ImportReport:
    """Return what an import would do, without a lock but for cases that have to be tried."""

    def check(batch: Sequence[entries.ImportedCase], pace: Pace, report: ImportReport) -> None:
        session = db.session()
        court = ImportCourt(session, context(session), mapping, remind)
        tried = service.check_new(court, batch, report)
        session.rollback()
        if tried:
            report.add(_entered(context, tried, mapping, pace, remind=remind, keep=False))

    return _by_batches(context, rows, mapping, check, step)


def enter_in_batches(
    context: Callable[[Session], CourtContext],
    rows: ImportRows,
    mapping: ColumnMapping,
    *,
    remind: bool,
    step: Callable[[int], object],
) -> ImportReport:
    """Enter what can be entered, each batch of cases in a short transaction of its own.

    After a crash what is in is in, case by case; importing the file again enters the rest.
    """

    def keep(batch: Sequence[entries.ImportedCase], pace: Pace, report: ImportReport) -> None:
        report.add(_entered(context, batch, mapping, pace, remind=remind, keep=True))

    return _by_batches(context, rows, mapping, keep, step)


def _by_batches(
    context: Callable[[Session], CourtContext],
    rows: ImportRows,
    mapping: ColumnMapping,
    work: Callable[[Sequence[entries.ImportedCase], "Pace", ImportReport], None],
    step: Callable[[int], object],
) -> ImportReport:
    """Let ``work`` take the cases that can be read, batch by batch, each as large as its pace."""
    report = ImportReport(rows=rows.count, refused=list(rows.refused))
    session = db.session()
    zone = ZoneInfo(mapping.column_map.zone or context(session).court.zone)
    session.rollback()
    pace, good = Pace(), _entries(rows, mapping, zone, report)
    while batch := list(islice(good, pace.cases)):
        work(batch, pace, report)
        step(sum(len(entry.source.lines) for entry in batch))
    report.refused.sort(key=lambda each: each.line)
    return report


class _Undone(Exception):  # noqa: N818
    """Rolls a transaction back."""


@dataclass
class Pace:
    """How many cases are entered in one of many transactions, so that it is a short one."""

    cases: int = field(default_factory=lambda: IN_TRANSACTION)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure a transaction of that many: half as many are next if it was long."""
        begun = time.monotonic()
        yield
        seconds = time.monotonic() - begun
        if seconds > LONG:
            self.cases = max(FEWEST, self.cases // 2)
        elif seconds < LONG / 3:
            self.cases = min(IN_TRANSACTION, self.cases * 2)


def _entered(
    context: Callable[[Session], CourtContext],
    batch: Sequence[entries.ImportedCase],
    mapping: ColumnMapping,
    pace: Pace,
    *,
    remind: bool,
    keep: bool,
) -> ImportReport:
    """Enter a batch in one transaction, rolled back unless it is to be kept; return its result."""
    reports: list[ImportReport] = []

    def work(session: Session) -> None:
        court = ImportCourt(session, context(session), mapping, remind)
        reports.append(ImportReport())
        with pace.measured():
            service.enter_batch(court, batch, reports[-1])
        if not keep:
            raise _Undone

    with suppress(_Undone):
        retrying(work)
    db.session().expunge_all()
    return reports[-1]


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
