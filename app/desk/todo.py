"""Open tasks about hearings and cases: calls to make, notices to post, requests by counsel."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel
from app.core import wording
from app.core.matters import CASE, Matter
from app.court.models import Court
from app.hearings import move_requests
from app.hearings.models import Hearing, MoveRequest, MoveSlot
from app.law import InvalidRules, rule_set
from app.tasks.models import Task
from app.tasks.service import BY_COUNSEL, TaskKind, TaskState

MOST = 200
NO_CASES: Mapping[int, Case] = {}


@dataclass(frozen=True)
class TaskItem:
    """A task with its case, counsel, deadline and the article of its rule.

    ``hearing`` is None for a request to be called about a case as a whole, and for papers that
    somebody does not open.
    """

    task: Task
    case: Case
    hearing: Hearing | None
    counsel: Counsel
    due_at: dt.datetime | None
    article: dict[str, str]
    # Of a request for another date; and the slot of it on which all sides agree, if there is one.
    move_request: MoveRequest | None = None
    agreed_slot: MoveSlot | None = None

    @property
    def about_papers(self) -> bool:
        """Whether it is about papers of the case that the person has not opened."""
        return self.hearing is None and not self.asked_for

    @property
    def asked_for(self) -> bool:
        """Whether counsel requested it."""
        return self.task.way in BY_COUNSEL


def open_tasks(
    session: Session, court: Court, filters: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> list[TaskItem]:
    """Return open tasks, most urgent first; requests without deadline by age."""
    query = (
        sa.select(Task)
        .where(Task.court_id == court.id, Task.state == TaskState.OPEN.value)
        .where(Task.way != TaskKind.QUESTION.value)  # these are about a case, and rows of their own
        .order_by(Task.opens_at)
        .limit(MOST)
    )
    tasks = session.scalars(query).all()
    hearings = _hearings(session, {task.about for task in tasks}, filters)
    of_cases = [task for task in tasks if _is_about_case(task)]
    cases = _cases(session, {task.case_id for task in of_cases}, filters)
    return _items(session, court, tasks, hearings, now, cases)


def of_hearing(session: Session, hearing: Hearing, now: dt.datetime) -> list[TaskItem]:
    """Return the open tasks of one hearing."""
    about = hearing.about
    query = sa.select(Task).where(Task.about == about, Task.state == TaskState.OPEN.value)
    tasks = session.scalars(query.order_by(Task.opens_at)).all()
    return _items(session, hearing.case.court, tasks, {about: hearing}, now)


def _hearings(
    session: Session, subjects: set[str], filters: Sequence[sa.ColumnElement[bool]]
) -> dict[str, Hearing]:
    ids = [Matter.parse(subject).id for subject in subjects]
    if not ids:
        return {}
    query = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.id.in_(ids), *filters)
        .options(joinedload(Hearing.case).joinedload(Case.judge))
    )
    return {hearing.about: hearing for hearing in session.scalars(query)}


def _is_about_case(task: Task) -> bool:
    """Tell whether a task is about a case as a whole: a request to be called, or its papers."""
    is_of_case = Matter.parse(task.about).type == CASE
    return is_of_case and task.way in (TaskKind.CALLBACK, TaskKind.CALL, TaskKind.PAPER)


def _cases(
    session: Session, case_ids: set[int], filters: Sequence[sa.ColumnElement[bool]]
) -> dict[int, Case]:
    """Return cases by id; filters of hearings find none, and judge by the case alone."""
    if not case_ids:
        return {}
    query = sa.select(Case).outerjoin(Hearing, sa.false()).where(Case.id.in_(case_ids), *filters)
    return {case.id: case for case in session.scalars(query)}


def _items(
    session: Session,
    court: Court,
    tasks: Sequence[Task],
    hearings: dict[str, Hearing],
    now: dt.datetime,
    cases: Mapping[int, Case] = NO_CASES,
) -> list[TaskItem]:
    if not tasks:
        return []
    ids = {task.counsel_id for task in tasks}
    counsel = {c.id: c for c in session.scalars(sa.select(Counsel).where(Counsel.id.in_(ids)))}
    here = [
        task
        for task in tasks
        if task.about in hearings or (_is_about_case(task) and task.case_id in cases)
    ]
    moves = [task.id for task in here if task.way == TaskKind.MOVE]
    requests = move_requests.of_tasks(session, moves)
    agreed = move_requests.agreed_slots(session, requests.values())
    items = [
        TaskItem(
            task,
            hearings[task.about].case if task.about in hearings else cases[task.case_id],
            hearings.get(task.about),
            counsel[task.counsel_id],
            _due(task, now),
            _article(court, task),
            request := requests.get(task.id),
            agreed.get(request.id) if request else None,
        )
        for task in here
    ]
    return sorted(items, key=lambda todo: todo.due_at or todo.task.created_at)


def _due(task: Task, now: dt.datetime) -> dt.datetime | None:
    """Return the deadline of a task: the beginning of the next step, else the latest time."""
    next_step = task.because.get("before")
    if next_step and (at := wording.instant(next_step)) > now:
        return at
    return task.latest_at


def _article(court: Court, task: Task) -> dict[str, str]:
    """Return the article of a task's rule, in the court's current rule set."""
    try:
        rules = rule_set(court.rule_set)
    except InvalidRules:
        return {}
    articles = {rule.id: rule.article for rule in rules.default_judgment}
    return articles.get(task.because.get("rule", ""), {})
