"""Requests of counsel to be called back by the court."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones
from app.core.errors import N_, Invalid, Message
from app.core.matters import Matter
from app.hearings import queries
from app.hearings.models import Invitation
from app.record import ledger
from app.record.rules import Event
from app.tasks import service as tasks
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MAX_LENGTH = 300  # characters


@dataclass(frozen=True)
class CallbackRequest:
    """A request to be called: on which number, when it suits counsel, and what it is about."""

    phone: str
    wish: str
    topic: str


def request_callback(
    session: Session, invitation_id: int, request: CallbackRequest, now: dt.datetime
) -> Task:
    """Open a task for the court to call counsel back.

    Counsel has one open request at a time: asking again returns it unchanged. Without a number the
    known one is used. Raises Invalid for a bad number, for none at all, for too long a text, or
    where it is said neither when nor why: a machine presses the button as it finds it.
    """
    phone = request.phone
    invitation = session.get_one(Invitation, invitation_id)
    counsel = invitation.counsel
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    if (pending := open_callback(session, hearing.id, counsel.id)) is not None:
        return pending
    number = _parsed_phone(phone, hearing.case.court.country) if phone.strip() else counsel.phone
    if not number:
        raise Invalid({"phone": Message(N_("Give the number on which you can be called."))})
    too_long = {
        name: Message(N_("At most %(most)s characters."), most=MAX_LENGTH)
        for name, text in (("wish", request.wish), ("topic", request.topic))
        if len(text) > MAX_LENGTH
    }
    if too_long:
        raise Invalid(too_long)
    if not (request.wish or request.topic):
        raise Invalid({"wish": Message(N_("Say when you can be called, or what it is about."))})
    earlier = session.scalar(
        _callbacks(hearing.id, counsel.id).with_only_columns(sa.func.count(Task.id))
    )
    task = Task(
        key=f"callback/{hearing.id}/{counsel.id}/{earlier}",
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        counsel_id=counsel.id,
        side=invitation.side,
        way=TaskKind.CALLBACK.value,
        state=TaskState.OPEN.value,
        opens_at=now,
        because={},
        wish=request.wish,
        topic=request.topic,
        phone=number,
        created_at=now,
    )
    session.add(task)
    session.flush()
    entry = tasks.entry(task, Event.ASKED, counsel.name)
    ledger.append(session, [entry], now)
    return task


def open_callback(session: Session, hearing_id: int, counsel_id: int) -> Task | None:
    """Return counsel's request to be called about a hearing while it is open, or None."""
    pending = _callbacks(hearing_id, counsel_id).where(Task.state == TaskState.OPEN.value)
    task: Task | None = session.scalar(pending.limit(1))
    return task


def _callbacks(hearing_id: int, counsel_id: int) -> sa.Select:
    return sa.select(Task).where(
        Task.about == str(Matter.hearing(hearing_id)),
        Task.counsel_id == counsel_id,
        Task.way == TaskKind.CALLBACK.value,
    )


def _parsed_phone(number: str, country: str) -> str:
    try:
        return phones.parse_phone(number, country)
    except phones.PhoneError as error:
        raise Invalid({"phone": error.message}) from None
