"""Scan files of papers and documents of requests to move, before others can have them.

Newest first, so that nobody waits behind an old stock when a scanner is first set up. A file on
which the scanner fails is tried again some minutes later, behind all others.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.wording import one_line
from app.hearings.models import MoveDocument
from app.notices.case_lock import lock_case
from app.notices.queue import queue
from app.papers.models import Filing, Paper, PaperFile
from app.papers.reading.results import ReadingState
from app.papers.scanning import set_aside
from app.record.chain import ChainPosition
from app.storage import service as storage
from app.storage.clamd import ScanResult, ScanState

AGAIN_AFTER = dt.timedelta(minutes=5)
LONGEST_FINDING = 200  # characters


# Rows whose files are scanned, first those of which there are few.
SCANNED: tuple[type[MoveDocument] | type[PaperFile], ...] = (MoveDocument, PaperFile)


@dataclass(frozen=True)
class ScanTask:
    """A file that is to be scanned, and where its row is: in which of ``SCANNED``, and its id."""

    model: type[MoveDocument] | type[PaperFile]
    row_id: int
    digest: str


def claim_next(session: Session, now: dt.datetime) -> ScanTask | None:
    """Claim and return the newest file that was not scanned, or None."""
    for model in SCANNED:
        query = (
            sa.select(model)
            .where(
                model.scan_state == ScanState.NOT_SCANNED.value,
                model.file_id.is_not(None),
                sa.or_(model.scan_after.is_(None), model.scan_after <= now),
            )
            .order_by(model.id.desc())
            .limit(1)
        )
        locked = query.with_for_update(skip_locked=True)
        file = cast(MoveDocument | PaperFile | None, session.scalar(locked))
        if file is not None:
            file.scan_after = now + AGAIN_AFTER
            return ScanTask(model, file.id, file.digest)
    return None


def give_back(session: Session, task: ScanTask) -> None:
    """Let a file be scanned as soon as the scanner is there again."""
    of_task = sa.update(task.model).where(task.model.id == task.row_id)
    session.execute(of_task.values(scan_after=None))


def keep(
    session: Session, task: ScanTask, result: ScanResult, now: dt.datetime, secret: bytes
) -> int:
    """Keep the result of a scan of all files of these bytes; return of how many.

    What was found in a paper that is filed is recorded and told to who filed it, in the same
    transaction; of a draft, when it is filed.
    """
    of_cases = sa.union(
        sa.select(MoveDocument.case_id).where(_unscanned(MoveDocument, task)),
        sa.select(Filing.case_id).join(Paper).join(PaperFile).where(_unscanned(PaperFile, task)),
    )
    is_found = result.state is ScanState.FOUND
    heads: dict[int, ChainPosition] = {}
    if is_found:
        for case_id in sorted(session.scalars(of_cases)):
            heads.update(lock_case(session, case_id, secret))
    documents = _mark(session, MoveDocument, task, result, now)
    files = _mark(session, PaperFile, task, result, now)
    if not is_found:
        return len(documents) + len(files)
    for file in files:
        _delete_copies(session, file, now)
        session.refresh(file.paper.filing)
    filed = [each for each in files if not each.paper.filing.is_draft]
    requests = [request for each in filed for request in set_aside.requests_of(each, now)]
    entries = [set_aside.entry_of(each) for each in filed]
    for document in documents:
        requests += set_aside.requests_of_document(session, document, now)
        entries.append(set_aside.entry_of_document(session, document))
    if entries:
        queue(session, requests, now, entries, heads=heads)
    return len(documents) + len(files)


def _unscanned(
    model: type[MoveDocument] | type[PaperFile], task: ScanTask
) -> sa.ColumnElement[bool]:
    return sa.and_(
        model.digest == task.digest,
        model.scan_state == ScanState.NOT_SCANNED.value,
        model.file_id.is_not(None),
    )


Row = TypeVar("Row", MoveDocument, PaperFile)


def _mark(
    session: Session, model: type[Row], task: ScanTask, result: ScanResult, now: dt.datetime
) -> Sequence[Row]:
    """Keep the result of a scan on all rows of these bytes; return them."""
    query = sa.select(model).where(_unscanned(model, task)).order_by(model.id).with_for_update()
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    for row in rows:
        row.scan_state, row.scanned_at = result.state.value, now
        row.scan_finding = one_line(result.finding)[:LONGEST_FINDING]
    return rows


def _delete_copies(session: Session, file: PaperFile, now: dt.datetime) -> None:
    """Release what was made of a file, and let nothing be made of it any more."""
    storage.release(session, [each for each in file.file_ids if each != file.file_id], now)
    file.images.clear()
    file.copy_id = file.image_id = None
    file.reading_state, file.images_due = ReadingState.NONE.value, False
    session.flush()
