"""Tasks of the court's users: begin them, end them with a reason, note tries by hand."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.channels import Channel, OtherChannel
from app.core.matters import Matter
from app.record import ledger
from app.record.models import ChainHead
from app.record.rules import ContactOutcome, Event
from app.tasks.models import Task


class TaskKind(StrEnum):
    """Kind of a step or a task: how the person is to be reached, or what counsel requested."""

    TEXT = "text"
    EMAIL = "email"
    CALL = "call"
    PAPER = "paper"
    REMINDER = "reminder"  # of papers that are not opened
    CALLBACK = "callback"
    MOVE = "move"
    QUESTION = "question"
    ADDRESS = "address"  # a change of address that was refused
    DELEGATE = "delegate"  # a delegate who is known for another side


class TaskState(StrEnum):
    """State of a task or a planned step."""

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
    TaskKind.REMINDER: OtherChannel.LINK.value,
    TaskKind.MOVE: OtherChannel.LINK.value,
    TaskKind.QUESTION: OtherChannel.LINK.value,
    TaskKind.ADDRESS: OtherChannel.LINK.value,
    TaskKind.DELEGATE: OtherChannel.LINK.value,
}
# Requests by counsel: only a user of the court ends them, no rule does.
BY_COUNSEL = (
    TaskKind.CALLBACK,
    TaskKind.MOVE,
    TaskKind.QUESTION,
    TaskKind.ADDRESS,
    TaskKind.DELEGATE,
)
# Kinds of entries about steps that are messages; "text" is taken by inbound texts.
KINDS = {
    TaskKind.TEXT: "by_text",
    TaskKind.EMAIL: "by_mail",
    TaskKind.REMINDER: "reminder_of_papers",  # "reminder" is one of a date
}
ENDED_BY = {
    TaskState.SKIPPED: Event.SKIPPED,
    TaskState.MISSED: Event.MISSED,
    TaskState.WITHDRAWN: Event.WITHDRAWN,
}
# The tasks for which a contact by hand counts as a try, by its channel.
TRIED_BY: dict[str, tuple[TaskKind, ...]] = {
    OtherChannel.PHONE: (TaskKind.CALL, TaskKind.CALLBACK),
    OtherChannel.LETTER: (TaskKind.PAPER,),
}


def entry(task: Task, event: Event, name: str, why: str = "") -> ledger.NewEntry:
    """Return an entry about a task."""
    detail = {
        "why": why,
        "rule": task.because.get("rule"),
        "version": task.because.get("version"),
        "latest_at": ledger.instant(task.latest_at) if task.latest_at else None,
    }
    return ledger.NewEntry(
        event,
        court_id=task.court_id,
        case_id=task.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=task.counsel_id,
        side=task.side,
        channel=CHANNELS[TaskKind(task.way)],
        kind=KINDS.get(TaskKind(task.way), task.way),
        detail={key: value for key, value in detail.items() if value},
        personal={
            "name": name,
            "address": task.phone,
            "note": task.wish,
            **({"topic": task.topic} if task.topic else {}),
        },
    )


def begin(session: Session, task: Task, name: str, now: dt.datetime) -> None:
    """Open a task for the court's users; the entry names the rule and the deadline."""
    task.state = TaskState.OPEN.value
    [task.seen_seq] = ledger.append(session, [entry(task, Event.TASK, name)], now)


def end(
    session: Session, task: Task, state: TaskState, name: str, why: str, now: dt.datetime
) -> None:
    """End a task or a step that was not done, and record the reason."""
    ledger.append(session, [entry(task, ENDED_BY[state], name, why)], now)
    task.state, task.ended_at = state.value, now


def note_try(
    session: Session, case_id: int, counsel_id: int, channel: str, outcome: str, now: dt.datetime
) -> Sequence[Task]:
    """Note a try by hand on the open tasks about a person, and return them.

    A call is done once the person was spoken to, a notice on paper once it was handed on.
    """
    ways = [way.value for way in TRIED_BY.get(channel, ())]
    query = sa.select(Task).where(
        Task.case_id == case_id,
        Task.counsel_id == counsel_id,
        Task.state == TaskState.OPEN.value,
        Task.way.in_(ways),
    )
    tasks = session.scalars(query.with_for_update()).all() if ways else ()
    for task in tasks:
        task.tried_at = task.tried_at or now
        if outcome in (ContactOutcome.SPOKE, ContactOutcome.TOLD):
            task.state, task.ended_at = TaskState.DONE.value, now
    return tasks


def to_assess(session: Session, now: dt.datetime, limit: int = 200) -> list[Matter]:
    """Return the hearings, and cases with papers, with a step or a task to be assessed (again).

    These are steps that are due, open tasks whose time has passed, and open tasks in whose case
    entries were added since they were last assessed; no requests by counsel.
    """
    by_rule = Task.way.not_in([way.value for way in BY_COUNSEL])
    is_due = sa.and_(Task.state == TaskState.WAITING.value, Task.opens_at <= now)
    has_changed = sa.or_(Task.latest_at <= now, ChainHead.seq > Task.seen_seq)
    query = (
        sa.select(Task.about)
        .join(ChainHead, ChainHead.case_id == Task.case_id)
        .where(
            Task.opens_at <= now, Task.state.in_([TaskState.WAITING.value, TaskState.OPEN.value])
        )
        .where(by_rule, sa.or_(is_due, sa.and_(Task.state == TaskState.OPEN.value, has_changed)))
        .order_by(Task.opens_at)
        .limit(limit)
    )
    return [Matter.parse(about) for about in dict.fromkeys(session.scalars(query))]


def of_matter(session: Session, matter: Matter) -> Sequence[Task]:
    """Return the steps and tasks about a matter that have not ended, locked, earliest first."""
    query = (
        sa.select(Task)
        .where(
            Task.about == str(matter),
            Task.state.in_([TaskState.WAITING.value, TaskState.OPEN.value]),
        )
        .order_by(Task.opens_at, Task.id)
        .with_for_update()
    )
    return session.scalars(query).all()


def mark_seen(
    session: Session, court_id: int, task_id: int, kind: TaskKind, now: dt.datetime
) -> None:
    """End a task to look at something; one that is ended already stays so."""
    ended = sa.update(Task).where(
        Task.id == task_id,
        Task.court_id == court_id,
        Task.way == kind.value,
        Task.state == TaskState.OPEN.value,
    )
    session.execute(
        ended.values(state=TaskState.DONE.value, ended_at=now).execution_options(
            synchronize_session=False
        )
    )


def to_look_at(
    session: Session, court_id: int, kind: TaskKind, assistant_id: int | None, most: int
) -> Sequence[tuple[Task, Case]]:
    """Return the open tasks of a kind with their cases, the oldest first.

    Those of a court, or of one assistant's cases.
    """
    query = (
        sa.select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(
            Task.court_id == court_id,
            Task.way == kind.value,
            Task.state == TaskState.OPEN.value,
        )
        .order_by(Task.created_at)
        .limit(most)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return [(task, case) for task, case in session.execute(query)]
