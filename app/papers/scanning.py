"""Scan files of papers, as soon as they came, before anybody but who sent them can have them.

Newest first, so that nobody waits behind an old stock when a scanner is first set up. A file on
which the scanner fails is tried again some minutes later, behind all others.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.wording import one_line
from app.notices.case_lock import lock_case
from app.notices.queue import queue
from app.papers import set_aside
from app.papers.models import Filing, Paper, PaperFile
from app.papers.reading.results import ReadingState
from app.record.chain import ChainPosition
from app.storage import service as storage
from app.storage.clamd import ScanResult, ScanState

AGAIN_AFTER = dt.timedelta(minutes=5)
LONGEST_FINDING = 200  # characters


@dataclass(frozen=True)
class ScanTask:
    """A file that is to be scanned."""

    file_id: int
    digest: str


def claim_next(session: Session, now: dt.datetime) -> ScanTask | None:
    """Claim and return the newest file that was not scanned, or None."""
    query = (
        sa.select(PaperFile)
        .where(
            PaperFile.scan_state == ScanState.NOT_SCANNED.value,
            PaperFile.file_id.is_not(None),
            sa.or_(PaperFile.scan_after.is_(None), PaperFile.scan_after <= now),
        )
        .order_by(PaperFile.id.desc())
        .limit(1)
    )
    file = session.scalar(query.with_for_update(skip_locked=True))
    if file is None:
        return None
    file.scan_after = now + AGAIN_AFTER
    return ScanTask(file.id, file.digest)


def give_back(session: Session, task: ScanTask) -> None:
    """Let a file be scanned as soon as the scanner is there again."""
    of_task = sa.update(PaperFile).where(PaperFile.id == task.file_id)
    session.execute(of_task.values(scan_after=None))


def keep(
    session: Session, task: ScanTask, result: ScanResult, now: dt.datetime, secret: bytes
) -> int:
    """Keep the result of a scan of all files of these bytes; return of how many.

    What was found in a paper that is filed is recorded and told to who filed it, in the same
    transaction; of a draft, when it is filed.
    """
    unscanned = sa.and_(
        PaperFile.digest == task.digest,
        PaperFile.scan_state == ScanState.NOT_SCANNED.value,
        PaperFile.file_id.is_not(None),
    )
    of_files = sa.select(Filing.case_id).join(Paper).join(PaperFile).where(unscanned)
    heads: dict[int, ChainPosition] = {}
    if result.state is ScanState.FOUND:
        for case_id in sorted(set(session.scalars(of_files))):
            heads.update(lock_case(session, case_id, secret))
    query = sa.select(PaperFile).where(unscanned).order_by(PaperFile.id).with_for_update()
    files = session.scalars(query.execution_options(populate_existing=True)).all()
    for file in files:
        file.scan_state, file.scanned_at = result.state.value, now
        file.scan_finding = one_line(result.finding)[:LONGEST_FINDING]
    found = [each for each in files if result.state is ScanState.FOUND]
    for file in found:
        _delete_copies(session, file, now)
        session.refresh(file.paper.filing)
    filed = [each for each in found if not each.paper.filing.is_draft]
    requests = [request for each in filed for request in set_aside.requests_of(each, now)]
    if filed:
        queue(session, requests, now, map(set_aside.entry_of, filed), heads=heads)
    return len(files)


def _delete_copies(session: Session, file: PaperFile, now: dt.datetime) -> None:
    """Release what was made of a file, and let nothing be made of it any more."""
    storage.release(session, [each for each in file.file_ids if each != file.file_id], now)
    file.images.clear()
    file.copy_id = file.image_id = None
    file.reading_state, file.images_due = ReadingState.NONE.value, False
    session.flush()
