"""Requests of counsel to be called back by the court."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones
from app.core.errors import N_, Invalid, Message
from app.core.matters import HEARING, Matter
from app.hearings.acting_counsel import ActingCounsel
from app.record import chain, ledger
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
    session: Session, acting: ActingCounsel, request: CallbackRequest, now: dt.datetime
) -> Task:
    """Open a task for the court to call counsel back.

    Counsel has one open request in a case: asking again returns it unchanged. Without a number the
    known one is used. Raises Invalid for a bad number, for none at all, for too long a text, or
    where it is said neither when nor why: a machine presses the button as it finds it.
    """
    phone, counsel, case = request.phone, acting.counsel, acting.case
    heads = chain.lock_heads(session, [case.id])
    if (pending := open_callback(session, case.id, counsel.id)) is not None:
        return pending
    number = _parsed_phone(phone, case.court.country) if phone.strip() else counsel.phone
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
    earlier = _callbacks(case.id, counsel.id).where(Task.about == acting.about)
    matter, count = Matter.parse(acting.about), sa.func.count(Task.id)
    prefix = matter.id if matter.type == HEARING else f"c{matter.id}"
    task = Task(
        key=f"callback/{prefix}/{counsel.id}/{session.scalar(earlier.with_only_columns(count))}",
        court_id=case.court_id,
        case_id=case.id,
        about=acting.about,
        counsel_id=counsel.id,
        side=acting.side,
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
    ledger.append(session, [entry], now, heads=heads)
    return task


def counting_open(case_id: int, counsel_id: int) -> sa.Select[int]:
    """Select how many requests of a counsel to be called are open in a case."""
    return _open_callbacks(case_id, counsel_id).with_only_columns(sa.func.count())


def open_callback(session: Session, case_id: int, counsel_id: int) -> Task | None:
    """Return counsel's request to be called in a case while it is open, or None."""
    task: Task | None = session.scalar(_open_callbacks(case_id, counsel_id).limit(1))
    return task


def _open_callbacks(case_id: int, counsel_id: int) -> sa.Select:
    return _callbacks(case_id, counsel_id).where(Task.state == TaskState.OPEN.value)


def _callbacks(case_id: int, counsel_id: int) -> sa.Select:
    return sa.select(Task).where(
        Task.case_id == case_id,
        Task.counsel_id == counsel_id,
        Task.way == TaskKind.CALLBACK.value,
    )


def _parsed_phone(number: str, country: str) -> str:
    try:
        return phones.parse_phone(number, country)
    except phones.PhoneError as error:
        raise Invalid({"phone": error.message}) from None
