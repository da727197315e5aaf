"""Counsel ask for another date, with a reason and a document; the court moves it or answers."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import document_types
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.hearings import notifications, queries
from app.hearings.models import Hearing, Invitation, MoveDocument
from app.notices.kinds import NoticeKind
from app.record import ledger
from app.record.rules import Event
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MOST_REASON = 2000  # characters
MOST_TIMES = 5  # requests of one counsel about one hearing; beyond that people talk


def may_ask(hearing: Hearing, now: dt.datetime) -> bool:
    """Tell whether there is a date ahead that could be moved."""
    return bool(hearing.holds and hearing.starts_at and hearing.starts_at > now)


def ask(
    session: Session,
    seat_id: int,
    reason: str,
    paper: document_types.UploadedDocument | None,
    now: dt.datetime,
) -> Task:
    """Give the court a counsel's request to move the date; it waits on the desk until answered.

    One request at a time: asking again while one is open changes nothing and returns that one.
    Raises Invalid for a reason that is missing or too long, Refusal where no date can be moved.
    """
    seat = session.get_one(Invitation, seat_id)
    hearing = queries.lock(session, seat.proposal.hearing_id)
    if (waiting := open_plea(session, hearing.id, seat.counsel_id)) is not None:
        return waiting
    if not may_ask(hearing, now):
        raise Refusal(N_("There is no date ahead that could be moved."))
    _check(reason)
    before = len(of_counsel(session, hearing.id, seat.counsel_id))
    if before >= MOST_TIMES:
        raise Refusal(N_("You have asked several times: please ring the court."))
    task = Task(
        key=f"move/{hearing.id}/{seat.counsel_id}/{before}",
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=f"hearing/{hearing.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
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
    detail = _keep(session, task, paper, now) if paper else {}
    line = ledger.NewEntry(
        Event.ASKED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel="link",
        kind="move",
        detail=detail,
        personal={"name": seat.counsel.name, "note": reason, "paper": paper.name if paper else ""},
    )
    ledger.append(session, [line], now)
    return task


def _check(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": Message(N_("Say why the date should be moved."))})
    if len(reason) > MOST_REASON:
        raise Invalid({"reason": Message(N_("At most %(most)s characters."), most=MOST_REASON)})


def _keep(
    session: Session, task: Task, paper: document_types.UploadedDocument, now: dt.datetime
) -> dict:
    digest = hashlib.sha256(paper.body).hexdigest()
    session.add(
        MoveDocument(
            court_id=task.court_id,
            case_id=task.case_id,
            task_id=task.id,
            name=paper.name,
            kind=paper.kind,
            size=len(paper.body),
            digest=digest,
            body=paper.body,
            created_at=now,
        )
    )
    session.flush()
    return {"sha256": digest, "bytes": len(paper.body), "type": paper.kind}


def of_counsel(session: Session, hearing_id: int, counsel_id: int) -> Sequence[Task]:
    """Return a counsel's requests to move a hearing, the newest first."""
    wanted = sa.select(Task).where(
        Task.about == f"hearing/{hearing_id}",
        Task.counsel_id == counsel_id,
        Task.way == TaskKind.MOVE.value,
    )
    return session.scalars(wanted.order_by(Task.id.desc())).all()


def open_plea(session: Session, hearing_id: int, counsel_id: int) -> Task | None:
    """Return a counsel's request to move a hearing that nobody has answered yet."""
    asked = of_counsel(session, hearing_id, counsel_id)
    return next((task for task in asked if task.state == TaskState.OPEN), None)


def settle(session: Session, hearing: Hearing, now: dt.datetime) -> None:
    """End the requests to move a hearing that was moved, asked about anew, or cancelled."""
    done = sa.update(Task).where(
        Task.about == f"hearing/{hearing.id}",
        Task.way == TaskKind.MOVE.value,
        Task.state == TaskState.OPEN.value,
    )
    session.execute(done.values(state=TaskState.DONE.value, ended_at=now))


def decline(session: Session, court_id: int, task_id: int, why: str, now: dt.datetime) -> Task:
    """Leave the date as it is: counsel who asked are told why, and all read it on the record.

    Raises NotFound, Invalid without a reason, Refusal where the request was answered already.
    """
    task = session.get(Task, task_id)
    if task is None or task.court_id != court_id or task.way != TaskKind.MOVE:
        raise NotFound(N_("There is no such request in this court."))
    hearing = queries.lock(session, int(task.about.split("/")[1]))
    session.refresh(task)
    if task.state != TaskState.OPEN:
        raise Refusal(N_("This request was answered already."))
    if not why.strip() or len(why) > MOST_REASON:
        raise Invalid({"why": Message(N_("Give the reason, in at most 2000 characters."))})
    name = queries.known_counsel(session, court_id, task.counsel_id).name
    line = ledger.NewEntry(
        Event.SKIPPED,
        court_id=task.court_id,
        case_id=task.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=task.counsel_id,
        side=task.side,
        channel="link",
        kind="move",
        personal={"name": name, "note": why},
    )
    ledger.append(session, [line], now)
    # A new dictionary, so that the change is seen.
    task.because = {**task.because, "answer": why}
    task.state, task.ended_at = TaskState.SKIPPED.value, now
    seat = queries.last_seats(session, hearing).get(task.counsel_id or 0)
    if seat is not None:
        notifications.everyone(
            session, hearing, NoticeKind.STAYS, [seat], now, version=f"k{task.id}", reason=why
        )
    return task


def papers_of(session: Session, task_ids: Sequence[int]) -> dict[int, MoveDocument]:
    """Return the documents of requests, without their bytes."""
    wanted = sa.select(MoveDocument).where(MoveDocument.task_id.in_(task_ids))
    return {paper.task_id: paper for paper in session.scalars(wanted)}


def paper(session: Session, court_id: int, paper_id: int) -> MoveDocument:
    """Return a document of a court, while there is one. Raises NotFound."""
    found = session.get(MoveDocument, paper_id)
    if found is None or found.court_id != court_id or not found.body:
        raise NotFound(N_("There is no such document, or it was erased."))
    return found


def blank(session: Session, case_id: int) -> None:
    """Erase a case's documents; their digests stay, as on the record."""
    loose = {"synchronize_session": False}
    erased = (
        sa.update(MoveDocument).where(MoveDocument.case_id == case_id).values(name="", body=b"")
    )
    session.execute(erased.execution_options(**loose))
    answered = sa.update(Task).where(Task.case_id == case_id, Task.way == TaskKind.MOVE.value)
    session.execute(answered.values(because={}).execution_options(**loose))
