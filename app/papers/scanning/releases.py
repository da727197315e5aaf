"""Release a file that was set aside: a false alarm of the scanner, as an administrator judges.

Until somebody does, it stays set aside.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.hearings import facts, notifications
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import queue
from app.papers import queries
from app.papers.models import FileRelease, Filing, Paper, PaperFile
from app.papers.reading.results import ReadingState
from app.papers.scanning.set_aside import file_entry, title_of
from app.people.models import User
from app.record.chain import ChainPosition
from app.record.rules import Event
from app.storage.clamd import ScanState

MAX_REASON = 500  # characters


def find(session: Session, court_id: int, file_id: int) -> PaperFile:
    """Return a file of a paper that a court may read, and that was set aside. Raises NotFound."""
    row = session.execute(
        sa.select(PaperFile, Filing.case_id)
        .join(Paper, Paper.id == PaperFile.paper_id)
        .join(Filing, Filing.id == Paper.filing_id)
        .where(
            PaperFile.id == file_id,
            Filing.court_id == court_id,
            Filing.number.is_not(None),
            queries.readable(None),
            PaperFile.scan_finding != "",
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound(N_("There is no such file in this court that is set aside."))
    file: PaperFile = row[0]
    return file


def release(
    session: Session,
    court_id: int,
    file_id: int,
    reason: str,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> PaperFile:
    """Release a file to all who may read its paper, and tell all counsel, its sender too.

    The entry names who released it, and why. The same again changes nothing. Raises NotFound, also
    for a paper that is sealed; Refusal for one that was erased; Invalid without a reason.
    """
    case_id = find(session, court_id, file_id).paper.filing.case_id
    heads = lock_case(session, case_id, secret)
    file = find(session, court_id, file_id)
    if file.scan_state != ScanState.FOUND:
        return file
    if file.file_id is None:
        raise Refusal(N_("This file was erased."))
    if not reason:
        raise Invalid({"reason": Message(N_("Say why it is a false alarm."))})
    if len(reason) > MAX_REASON:
        raise Invalid({"reason": Message(N_("At most %(most)s characters."), most=MAX_REASON)})
    file.scan_state = ScanState.RELEASED.value
    file.reading_state, file.read_after = ReadingState.PENDING.value, None
    released_at = heads[case_id].next_at(now)
    file.release = FileRelease(user=user, released_at=released_at, reason=reason)
    session.flush()
    _tell(session, file, now, heads)
    return file


def _tell(
    session: Session, file: PaperFile, now: dt.datetime, heads: Mapping[int, ChainPosition]
) -> None:
    """Record that a file was released, and tell all counsel at one moment."""
    filing, release_of_file = file.paper.filing, file.release
    assert release_of_file is not None
    user, reason = release_of_file.user, release_of_file.reason
    note = f"{title_of(file)}: {file.name}\n{reason}"
    entry = file_entry(Event.RELEASED, file, {"note": note, "by": user.name}, user=user.id)
    words = {
        "paper": title_of(file),
        "file": file.name,
        "finding": file.scan_finding,
        "side": filing.side,
        "by": user.name,
        "reason": reason,
        "at": facts.iso(release_of_file.released_at),
    }
    requests = notifications.case_requests(
        session,
        filing.case,
        NoticeKind.PAPERS_RELEASED,
        f"c{filing.case_id}.f{filing.id}.r{file.id}",
        lambda _: {"set_aside": words},
        now,
    )
    queue(session, requests, now, [entry], heads=heads)
