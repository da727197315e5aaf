"""Files in which the scanner found something: their entry, and the notice to who sent them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.matters import Matter
from app.hearings import facts, notifications
from app.hearings.models import MoveDocument, MoveOpinion, MoveRequest
from app.hearings.notifications import STALE_AFTER
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject
from app.papers.models import Filing, PaperFile
from app.papers.rules import Disclosure
from app.record import ledger
from app.record.rules import Event
from app.storage.clamd import ScanState


def files_of(filing: Filing) -> list[PaperFile]:
    """Return the files of a filing that are set aside."""
    files = [file for paper in filing.papers for file in paper.files]
    return [each for each in files if each.scan_state == ScanState.FOUND]


def title_of(file: PaperFile) -> str:
    """Return the number and name of the paper that a file is part of."""
    return f"{file.paper.number}. {file.paper.name}"


def file_entry(
    event: Event,
    file: PaperFile,
    personal: Mapping[str, Any],
    *,
    counsel_id: int | None = None,
    **detail: Any,
) -> ledger.NewEntry:
    """Return an entry about what the scanner found in a file of a filed paper.

    ``detail`` is what it says beyond the file and the finding.
    """
    paper, filing = file.paper, file.paper.filing
    return ledger.NewEntry(
        event,
        court_id=filing.court_id,
        case_id=filing.case_id,
        about=str(Matter.case(filing.case_id)),
        attempt=f"f{filing.id}.a{file.id}",
        counsel_id=counsel_id,
        side=filing.side,
        kind="papers",
        detail={
            "filing": filing.number,
            "number": paper.number,
            "sha256": file.digest,
            "finding": file.scan_finding,
            **detail,
        },
        personal=personal,
    )


def entry_of(file: PaperFile) -> ledger.NewEntry:
    """Return the entry that a file of a filed paper was set aside."""
    filing = file.paper.filing
    is_open = filing.disclosure == Disclosure.OPEN
    personal = {"note": f"{title_of(file)}: {file.name}"} if is_open else {}
    return file_entry(Event.SET_ASIDE, file, personal, counsel_id=filing.counsel_id)


def _opinion_with(session: Session, document: MoveDocument) -> MoveOpinion:
    """Return who sent a document with a request to move a hearing."""
    query = (
        sa.select(MoveOpinion)
        .join(MoveRequest)
        .where(MoveRequest.task_id == document.task_id, MoveOpinion.document_id == document.id)
    )
    return session.scalars(query).one()


def entry_of_document(session: Session, document: MoveDocument) -> ledger.NewEntry:
    """Return the entry that a document of a request to move a hearing was set aside."""
    opinion = _opinion_with(session, document)
    request = opinion.request
    return ledger.NewEntry(
        Event.SET_ASIDE,
        court_id=document.court_id,
        case_id=document.case_id,
        about=request.hearing.about,
        attempt=f"k{document.task_id}.a{document.id}",
        counsel_id=opinion.counsel_id,
        side=opinion.side,
        kind="move",
        detail={
            "request": request.number,
            "private": opinion.private,
            "sha256": document.digest,
            "finding": document.scan_finding,
        },
        personal={"note": document.name},
    )


def requests_of_document(
    session: Session, document: MoveDocument, now: dt.datetime
) -> list[NoticeRequest]:
    """Return the request to tell the counsel who sent it, while they act in the case."""
    opinion = _opinion_with(session, document)
    set_aside = {"file": document.name, "finding": document.scan_finding}
    return notifications.case_requests(
        session,
        opinion.request.hearing.case,
        NoticeKind.DOCUMENT_SET_ASIDE,
        f"c{document.case_id}.m{document.id}",
        lambda _: {"set_aside": {**set_aside, "sent_at": facts.iso(document.created_at)}},
        now,
        only=opinion.counsel_id,
        confidential=opinion.private,
    )


def requests_of(file: PaperFile, now: dt.datetime) -> list[NoticeRequest]:
    """Return the request to tell the counsel who filed it; none for a paper of the court.

    Its words are on the court's pages of messages: of what is not open to all it has the number.
    """
    paper, filing = file.paper, file.paper.filing
    is_open = filing.disclosure == Disclosure.OPEN
    if filing.representation is None:
        return []
    about = str(Matter.case(filing.case_id))
    version = f"c{filing.case_id}.f{filing.id}.a{file.id}"
    return [
        NoticeRequest(
            Subject(filing.court_id, filing.case_id, about, version),
            NoticeKind.PAPERS_SET_ASIDE,
            facts.representation_recipient(filing.representation),
            {
                **facts.case_facts(filing.case),
                "person": facts.representation_facts(filing.representation),
                "papers_filed": {"filed_at": facts.iso(filing.filed_at), "side": filing.side},
                "set_aside": {
                    "paper": title_of(file) if is_open else str(paper.number),
                    "file": file.name if is_open else "",
                    "finding": file.scan_finding,
                },
            },
            due_at=now,
            stale_at=now + STALE_AFTER,
        )
    ]
