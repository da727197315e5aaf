"""Tasks of the court's users, and messages that wait for one of them."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import PageIn, Resource, part_of
from app.api.document import preconditions
from app.api.schemas import InboxMessageOut, InboxOut, TaskOut, TasksOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases.models import Case, Counsel
from app.core.errors import N_, NotFound, Refusal
from app.core.forms import ChoiceField, Form, InstantField, RowIdField, TextField, posted
from app.core.matters import CASE, Matter
from app.desk import paper_notices
from app.desk.contacts import off_channel
from app.hearings.service import CourtContext
from app.notices.inbound import Inbound
from app.people.rules import TokenScope
from app.questions import queries as questions
from app.record import chain
from app.record.rules import ContactOutcome
from app.tasks import service
from app.tasks.forms import OUTCOMES, ContactIn
from app.tasks.models import Task
from app.tasks.service import TRIED_BY, TaskKind, TaskState

bp = Resource("tasks", __name__, description="What waits for a person of the court")
inbox = Resource("inbox", __name__, description="Messages that no rule could answer")
MANUAL = {kind: channel for channel, kinds in TRIED_BY.items() for kind in kinds}
TO_LOOK_AT = (TaskKind.ADDRESS, TaskKind.DELEGATE)
ELSEWHERE = {
    TaskKind.MOVE: N_("Decide this by POST /hearings/{id}/move-requests/{n}."),
    TaskKind.QUESTION: N_("Answer this by POST /questions/{id}/answer."),
}


@dataclass(frozen=True, kw_only=True)
class TasksIn(PageIn):
    """Filter of the list of tasks; without a state the open ones."""

    state: str = posted(ChoiceField(tuple(TaskState), load_default=TaskState.OPEN.value))
    kind: str | None = posted(ChoiceField(tuple(TaskKind), load_default=None, allow_none=True))
    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


@dataclass(frozen=True, kw_only=True)
class TaskDoneIn(Form):
    """How a task was done: of a call or a letter the outcome and a note, for the record."""

    outcome: str | None = posted(ChoiceField(OUTCOMES, load_default=None, allow_none=True))
    at: dt.datetime | None = posted(InstantField(load_default=None, allow_none=True))
    note: str = posted(TextField(4000, lines=True, load_default=""))


@dataclass(frozen=True, kw_only=True)
class InboxIn(PageIn):
    """Filter of the list of messages; without a state those that wait."""

    state: str = posted(ChoiceField(("waiting", "all"), load_default="waiting"))
    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _select(court_id: int) -> Any:
    return (
        sa.select(Task, Case, Counsel)
        .join(Case, Case.id == Task.case_id)
        .join(Counsel, Counsel.id == Task.counsel_id)
        .where(Task.court_id == court_id)
    )


def _shape(task: Task, case: Case, counsel: Counsel) -> dict[str, Any]:
    zone, about = case.court.zone, Matter.parse(task.about)
    return {
        "id": task.id,
        "kind": task.way,
        "state": task.state,
        "case_id": case.id,
        "case_number": case.number,
        "hearing_id": None if about.type == CASE else about.id,
        "counsel_id": counsel.id,
        "counsel": counsel.name,
        "side": task.side,
        "phone": task.phone,
        "topic": task.topic,
        "words": task.wish,
        "opens_at": moment(task.opens_at, zone),
        "due_at": moment(task.latest_at, zone),
        "created_at": moment(task.created_at, zone),
        "tried_at": moment(task.tried_at, zone),
        "ended_at": moment(task.ended_at, zone),
    }


@bp.route("", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(TasksIn.schema(), location="query")
@bp.response(200, TasksOut)
def listed(query: TasksIn) -> Any:
    """List tasks, the newest first: calls to make, letters to post, requests of counsel"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        found = _select(context.court.id).where(Task.state == query.state)
        if query.kind:
            found = found.where(Task.way == query.kind)
        if query.case_id:
            found = found.where(Task.case_id == query.case_id)
        if query.after:
            found = found.where(Task.id < query.after)
        rows = session.execute(found.order_by(Task.id.desc()).limit(query.limit + 1)).all()
        shown, following = part_of(rows, query, lambda row: int(row[0].id))
        return {"tasks": [_shape(*row) for row in shown], "next": following}

    return run_read(read)


def _find(session: Session, context: CourtContext, task_id: int) -> Any:
    """Return a task with its case and counsel, read afresh. Raises NotFound."""
    query = _select(context.court.id).where(Task.id == task_id)
    row = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such task in this court."))
    return row


def _shown(session: Session, context: CourtContext, task_id: int) -> dict[str, Any]:
    return _shape(*_find(session, context, task_id))


@bp.route("/<row:task_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, TaskOut)
def task(task_id: int) -> Any:
    """Show a task"""
    return run_read(lambda session, context: _shown(session, context, task_id))


@bp.route("/<row:task_id>/done", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(TaskDoneIn.schema())
@bp.response(200, TaskOut)
def done(form: TaskDoneIn, task_id: int) -> Answer:
    """Do a task: a call or a letter goes on the record; what was to be looked at is ended"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        task = _find(session, context, task_id)[0]
        if "If-Match" in request.headers:
            chain.lock_heads(session, [task.case_id])
            preconditions.check(TaskOut, partial(_shown, session, context, task_id))
        _do(session, context, task, form)
        session.flush()
        session.expire_all()
        return CommittedResponse(_shown(session, context, task_id))

    return run_write(write)


def _do(session: Session, context: CourtContext, task: Task, form: TaskDoneIn) -> None:
    """Do a task once; one that is done stays so. Raises Refusal where another call does it."""
    kind = TaskKind(task.way)
    if kind in ELSEWHERE:
        raise Refusal(ELSEWHERE[kind])
    if task.state == TaskState.DONE:
        return
    if task.state != TaskState.OPEN:
        raise Refusal(N_("This task is not open, so it cannot be done."))
    user = acting_user(context)
    if kind in TO_LOOK_AT:
        service.mark_seen(session, context.court.id, task.id, kind, context.now)
    elif kind == TaskKind.PAPER and Matter.parse(task.about).type == CASE:
        paper_notices.papers_posted(session, context.court.id, task.id, user, context.now)
    elif kind in MANUAL:
        about = Matter.parse(task.about)
        usual = ContactOutcome.TOLD if kind == TaskKind.PAPER else ContactOutcome.SPOKE
        contact = ContactIn(
            channel=MANUAL[kind],
            counsel_id=task.counsel_id,
            hearing_id=None if about.type == CASE else about.id,
            at=form.at or context.now,
            outcome=form.outcome or usual.value,
            address=task.phone,
            note=form.note,
            tell_others=False,
        )
        off_channel.log(session, context, task.case_id, contact)
    else:
        raise Refusal(N_("The worker does this task."))


def _message(session: Session, message: Inbound, context: CourtContext) -> dict[str, Any]:
    """Return a message; what a judge may not read yet is blank (see questions.held_back)."""
    plain = ("id", "case_id", "counsel_id", "channel", "kind", "sender", "name", "subject", "words")
    values = {name: getattr(message, name) for name in plain}
    if context.user is None or not questions.may_read_mail(session, message, context.user):
        values |= {"subject": "", "words": ""}
    zone = context.court.zone
    return {
        **values,
        "at": moment(message.at, zone),
        "done_at": moment(message.done_at, zone),
    }


@inbox.route("", methods=["GET"])
@requires(TokenScope.READ)
@inbox.arguments(InboxIn.schema(), location="query")
@inbox.response(200, InboxOut)
def messages(query: InboxIn) -> Any:
    """List messages that came in, the newest first"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        found = sa.select(Inbound).where(Inbound.court_id == context.court.id)
        if query.state == "waiting":
            found = found.where(Inbound.done_at.is_(None))
        if query.case_id:
            found = found.where(Inbound.case_id == query.case_id)
        if query.after:
            found = found.where(Inbound.id < query.after)
        rows = session.scalars(found.order_by(Inbound.id.desc()).limit(query.limit + 1)).all()
        shown, following = part_of(rows, query, lambda each: each.id)
        return {"messages": [_message(session, each, context) for each in shown], "next": following}

    return run_read(read)


def _find_message(
    session: Session, context: CourtContext, message_id: int, *, lock: bool = False
) -> Inbound:
    of_court = Inbound.court_id == context.court.id
    query = sa.select(Inbound).where(Inbound.id == message_id, of_court)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    message: Inbound | None = session.scalar(query)
    if message is None:
        raise NotFound(N_("There is no such message in this court."))
    return message


@inbox.route("/<row:message_id>", methods=["GET"])
@requires(TokenScope.READ)
@inbox.response(200, InboxMessageOut)
def message(message_id: int) -> Any:
    """Show a message that came in"""
    return run_read(
        lambda session, context: _message(
            session, _find_message(session, context, message_id), context
        )
    )


@inbox.route("/<row:message_id>/done", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@inbox.response(200, InboxMessageOut)
def message_done(message_id: int) -> Answer:
    """Mark a message as done"""

    def close(session: Session, context: CourtContext) -> CommittedResponse:
        message = _find_message(session, context, message_id, lock=True)
        preconditions.check(InboxMessageOut, partial(_message, session, message, context))
        if message.done_at is None:
            message.done_at = context.now
            message.user_id = context.user.id if context.user else None
        return CommittedResponse(_message(session, message, context))

    return run_write(close)
