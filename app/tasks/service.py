"""What falls to a person of the court: somebody to ring, a notice to post; what became of it."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.channels import Channel, OtherChannel
from app.core.matters import Matter
from app.record import ledger
from app.record.models import ChainHead
from app.record.rules import Event
from app.tasks.models import Task


class TaskKind(StrEnum):
    """How somebody is to be reached by a step or a task."""

    TEXT = "text"
    EMAIL = "email"
    CALL = "call"
    PAPER = "paper"
    CALLBACK = "callback"
    MOVE = "move"


class TaskState(StrEnum):
    """Where a task, or a step whose time has not come, stands."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


CHANNELS = {
    TaskKind.TEXT: Channel.SMS.value,
    TaskKind.EMAIL: Channel.EMAIL.value,
    TaskKind.CALL: OtherChannel.PHONE.value,
    TaskKind.CALLBACK: OtherChannel.PHONE.value,
    TaskKind.PAPER: OtherChannel.LETTER.value,
    TaskKind.MOVE: OtherChannel.LINK.value,
}
# What counsel asked for: it waits for a person alone.
BY_COUNSEL = (TaskKind.CALLBACK, TaskKind.MOVE)
# How the record names what a line of a step is about; "text" is one that came in.
KINDS = {TaskKind.TEXT: "by_text", TaskKind.EMAIL: "by_mail"}
ENDED_BY = {
    TaskState.SKIPPED: Event.SKIPPED,
    TaskState.MISSED: Event.MISSED,
    TaskState.WITHDRAWN: Event.WITHDRAWN,
}
# Which contact by hand is a try at which task; the person themselves ends it.
TRIED_BY: dict[str, tuple[TaskKind, ...]] = {
    OtherChannel.PHONE: (TaskKind.CALL, TaskKind.CALLBACK),
    OtherChannel.LETTER: (TaskKind.PAPER,),
}


def entry(task: Task, what: Event, name: str, why: str = "") -> ledger.NewEntry:
    """Return a line about a task."""
    detail = {
        "why": why,
        "rule": task.because.get("rule"),
        "version": task.because.get("version"),
        "latest_at": ledger.instant(task.latest_at) if task.latest_at else None,
    }
    return ledger.NewEntry(
        what,
        court_id=task.court_id,
        case_id=task.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=task.counsel_id,
        side=task.side,
        channel=CHANNELS[TaskKind(task.way)],
        kind=KINDS.get(TaskKind(task.way), task.way),
        detail={key: value for key, value in detail.items() if value},
        personal={"name": name, "address": task.phone, "note": task.wish},
    )


def begin(session: Session, task: Task, name: str, now: dt.datetime) -> None:
    """Give a task to the people of the court; the record says by which rule, and until when."""
    task.state = TaskState.OPEN.value
    [task.seen_seq] = ledger.append(session, [entry(task, Event.TASK, name)], now)


def end(
    session: Session, task: Task, stands: TaskState, name: str, why: str, now: dt.datetime
) -> None:
    """End a task or a step that nobody did, and write down why."""
    ledger.append(session, [entry(task, ENDED_BY[stands], name, why)], now)
    task.state, task.ended_at = stands.value, now


def tried(
    session: Session, case_id: int, counsel_id: int, channel: str, outcome: str, now: dt.datetime
) -> Sequence[Task]:
    """Note on the open tasks about a person that somebody tried, by hand; return them.

    A call is done once the person was spoken to, a paper notice once it was handed on.
    """
    ways = [way.value for way in TRIED_BY.get(channel, ())]
    wanted = sa.select(Task).where(
        Task.case_id == case_id,
        Task.counsel_id == counsel_id,
        Task.state == TaskState.OPEN.value,
        Task.way.in_(ways),
    )
    found = session.scalars(wanted.with_for_update()).all() if ways else ()
    for task in found:
        task.tried_at = task.tried_at or now
        if outcome in ("spoke", "told"):
            task.state, task.ended_at = TaskState.DONE.value, now
    return found


def hearings_to_weigh(session: Session, now: dt.datetime, limit: int = 200) -> list[int]:
    """Return the ids of hearings of which a step or a task is to be looked at again.

    Steps whose time has come; tasks whose time is over, or in whose case something happened since
    they were last weighed. What counsel asked for waits for a person alone.
    """
    ladder = Task.way.not_in([way.value for way in BY_COUNSEL])
    come = sa.and_(Task.state == TaskState.WAITING.value, Task.opens_at <= now)
    stirred = sa.or_(Task.latest_at <= now, ChainHead.seq > Task.seen_seq)
    wanted = (
        sa.select(Task.about)
        .join(ChainHead, ChainHead.case_id == Task.case_id)
        .where(
            Task.opens_at <= now, Task.state.in_([TaskState.WAITING.value, TaskState.OPEN.value])
        )
        .where(ladder, sa.or_(come, sa.and_(Task.state == TaskState.OPEN.value, stirred)))
        .order_by(Task.opens_at)
        .limit(limit)
    )
    return [Matter.parse(about).id for about in dict.fromkeys(session.scalars(wanted))]


def of_hearing(session: Session, hearing_id: int) -> Sequence[Task]:
    """Return steps and tasks about a hearing that are not over, in the order of their turn."""
    wanted = (
        sa.select(Task)
        .where(
            Task.about == str(Matter.hearing(hearing_id)),
            Task.state.in_([TaskState.WAITING.value, TaskState.OPEN.value]),
        )
        .order_by(Task.opens_at, Task.id)
        .with_for_update()
    )
    return session.scalars(wanted).all()
