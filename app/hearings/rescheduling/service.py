"""Requests of counsel to move the date, with a reason and a document, and the court's answer."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.document_types import UploadedDocument
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.hearings import notifications, queries
from app.hearings.models import Hearing, Invitation, MoveDocument
from app.notices.kinds import NoticeKind
from app.record import ledger
from app.record.rules import Event
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MAX_REASON = 2000  # characters
MAX_REQUESTS = 5  # of one counsel about one hearing; beyond that people talk


def can_request(hearing: Hearing, now: dt.datetime) -> bool:
    """Tell whether there is a date ahead that could be moved."""
    return bool(hearing.has_date and hearing.starts_at and hearing.starts_at > now)


def request_move(
    session: Session,
    invitation_id: int,
    reason: str,
    document: UploadedDocument | None,
    now: dt.datetime,
) -> Task:
    """Open a task for the court to answer counsel's request to move the date.

    Counsel has one open request at a time: asking again returns it unchanged. Raises Invalid for a
    reason that is missing or too long, Refusal if no date can be moved or there were many requests.
    """
    invitation = session.get_one(Invitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    if (pending := open_request(session, hearing.id, invitation.counsel_id)) is not None:
        return pending
    if not can_request(hearing, now):
        raise Refusal(N_("There is no date ahead that could be moved."))
    _check_reason(reason)
    earlier = len(requests_of(session, hearing.id, invitation.counsel_id))
    if earlier >= MAX_REQUESTS:
        raise Refusal(N_("You have asked several times: please call the court."))
    task = Task(
        key=f"move/{hearing.id}/{invitation.counsel_id}/{earlier}",
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        way=TaskKind.MOVE.value,
        state=TaskState.OPEN.value,
        opens_at=now,
        because={"revision": hearing.revision},
        wish=reason,
        phone="",
        created_at=now,
    )
    session.add(task)
    session.flush()
    entry = ledger.NewEntry(
        Event.ASKED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        channel="link",
        kind="move",
        detail=_store_document(session, task, document, now) if document else {},
        personal={
            "name": invitation.counsel.name,
            "note": reason,
            "paper": document.name if document else "",
        },
    )
    ledger.append(session, [entry], now)
    return task


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": Message(N_("Say why the date should be moved."))})
    if len(reason) > MAX_REASON:
        raise Invalid({"reason": Message(N_("At most %(most)s characters."), most=MAX_REASON)})


def _store_document(
    session: Session, task: Task, document: UploadedDocument, now: dt.datetime
) -> dict[str, str | int]:
    """Store the document of a request; return its description for the record."""
    digest, size = hashlib.sha256(document.body).hexdigest(), len(document.body)
    session.add(
        MoveDocument(
            court_id=task.court_id,
            case_id=task.case_id,
            task_id=task.id,
            name=document.name,
            kind=document.kind,
            size=size,
            digest=digest,
            body=document.body,
            created_at=now,
        )
    )
    session.flush()
    return {"sha256": digest, "bytes": size, "type": document.kind}


def requests_of(session: Session, hearing_id: int, counsel_id: int) -> Sequence[Task]:
    """Return counsel's requests to move a hearing, the newest first."""
    requests = sa.select(Task).where(
        Task.about == str(Matter.hearing(hearing_id)),
        Task.counsel_id == counsel_id,
        Task.way == TaskKind.MOVE.value,
    )
    return session.scalars(requests.order_by(Task.id.desc())).all()


def open_request(session: Session, hearing_id: int, counsel_id: int) -> Task | None:
    """Return counsel's request to move a hearing while it is open, or None."""
    requests = requests_of(session, hearing_id, counsel_id)
    return next((task for task in requests if task.state == TaskState.OPEN), None)


def close_requests(session: Session, hearing: Hearing, now: dt.datetime) -> None:
    """Close the requests to move a hearing that was moved, proposed anew, or cancelled."""
    requests = sa.update(Task).where(
        Task.about == hearing.about,
        Task.way == TaskKind.MOVE.value,
        Task.state == TaskState.OPEN.value,
    )
    session.execute(requests.values(state=TaskState.DONE.value, ended_at=now))


def decline(session: Session, court_id: int, task_id: int, reason: str, now: dt.datetime) -> Task:
    """Decline a request: notify counsel of the reason, and put it on the record.

    Raises NotFound, Invalid without a reason, Refusal if the request was answered already.
    """
    task = session.get(Task, task_id)
    if task is None or task.court_id != court_id or task.way != TaskKind.MOVE:
        raise NotFound(N_("There is no such request in this court."))
    hearing = queries.lock_hearing(session, task.hearing_id)
    session.refresh(task)
    if task.state != TaskState.OPEN:
        raise Refusal(N_("This request was answered already."))
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid({"why": Message(N_("Give the reason, in at most 2000 characters."))})
    name = queries.find_counsel(session, court_id, task.counsel_id).name
    entry = ledger.NewEntry(
        Event.SKIPPED,
        court_id=task.court_id,
        case_id=task.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=task.counsel_id,
        side=task.side,
        channel="link",
        kind="move",
        personal={"name": name, "note": reason},
    )
    ledger.append(session, [entry], now)
    # A new dictionary, so that SQLAlchemy sees the change.
    task.because = {**task.because, "answer": reason}
    task.state, task.ended_at = TaskState.SKIPPED.value, now
    invitation = queries.latest_invitations(session, hearing).get(task.counsel_id or 0)
    if invitation is not None:
        notifications.everyone(
            session,
            hearing,
            NoticeKind.STAYS,
            [invitation],
            now,
            version=f"k{task.id}",
            reason=reason,
        )
    return task


def documents_of(session: Session, task_ids: Sequence[int]) -> dict[int, MoveDocument]:
    """Return the documents of requests by task id, their bytes not loaded."""
    documents = sa.select(MoveDocument).where(MoveDocument.task_id.in_(task_ids))
    return {document.task_id: document for document in session.scalars(documents)}


def document(session: Session, court_id: int, document_id: int) -> MoveDocument:
    """Return a document in a court. Raises NotFound, also if it was erased."""
    stored = session.get(MoveDocument, document_id)
    if stored is None or stored.court_id != court_id or not stored.body:
        raise NotFound(N_("There is no such document, or it was erased."))
    return stored


def erase_documents(session: Session, case_id: int) -> None:
    """Erase the documents of a case; their digests stay, as on the record."""
    unsynchronized = {"synchronize_session": False}
    documents = (
        sa.update(MoveDocument).where(MoveDocument.case_id == case_id).values(name="", body=b"")
    )
    session.execute(documents.execution_options(**unsynchronized))
    requests = sa.update(Task).where(Task.case_id == case_id, Task.way == TaskKind.MOVE.value)
    session.execute(requests.values(because={}).execution_options(**unsynchronized))
