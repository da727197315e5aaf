"""What falls to people of the court about hearings: whom to ring, what to post, who asked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel
from app.core import wording
from app.core.matters import Matter
from app.court.models import Court
from app.hearings.models import Hearing
from app.law import InvalidRules, rule_set
from app.tasks.models import Task
from app.tasks.service import BY_COUNSEL, TaskState

MOST = 200


@dataclass(frozen=True)
class TaskItem:
    """One task: whom it is about, in which hearing, until when, and by which rule."""

    task: Task
    hearing: Hearing
    counsel: Counsel
    due_at: dt.datetime | None
    article: dict[str, str]

    @property
    def asked_for(self) -> bool:
        """Whether counsel asked for it."""
        return self.task.way in BY_COUNSEL


def open_tasks(
    session: Session, court: Court, owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> list[TaskItem]:
    """Return what is to be done, the most urgent first; who asked to be called waits longest."""
    wanted = (
        sa.select(Task)
        .where(Task.court_id == court.id, Task.state == TaskState.OPEN.value)
        .order_by(Task.opens_at)
        .limit(MOST)
    )
    found = session.scalars(wanted).all()
    hearings = _hearings(session, {task.about for task in found}, owned)
    return _todos(session, court, found, hearings, now)


def of_hearing(session: Session, hearing: Hearing, now: dt.datetime) -> list[TaskItem]:
    """Return what is to be done about one hearing."""
    about = f"hearing/{hearing.id}"
    wanted = sa.select(Task).where(Task.about == about, Task.state == TaskState.OPEN.value)
    found = session.scalars(wanted.order_by(Task.opens_at)).all()
    return _todos(session, hearing.case.court, found, {about: hearing}, now)


def _hearings(
    session: Session, about: set[str], owned: Sequence[sa.ColumnElement[bool]]
) -> dict[str, Hearing]:
    ids = [Matter.parse(each).id for each in about]
    if not ids:
        return {}
    wanted = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.id.in_(ids), *owned)
        .options(joinedload(Hearing.case).joinedload(Case.judge))
    )
    return {f"hearing/{hearing.id}": hearing for hearing in session.scalars(wanted)}


def _todos(
    session: Session,
    court: Court,
    found: Sequence[Task],
    hearings: dict[str, Hearing],
    now: dt.datetime,
) -> list[TaskItem]:
    ids = {task.counsel_id for task in found}
    people = {c.id: c for c in session.scalars(sa.select(Counsel).where(Counsel.id.in_(ids)))}
    made = [
        TaskItem(
            task,
            hearings[task.about],
            people[task.counsel_id],
            _due(task, now),
            _article(court, task),
        )
        for task in found
        if task.about in hearings
    ]
    return sorted(made, key=lambda todo: todo.due_at or todo.task.created_at)


def _due(task: Task, now: dt.datetime) -> dt.datetime | None:
    """Return until when it is best done: before the next step begins, else in time at all."""
    before = task.because.get("before")
    if before and (at := wording.instant(before)) > now:
        return at
    return task.latest_at


def _article(court: Court, task: Task) -> dict[str, str]:
    """Return the article of the rule behind a task, as the court's rules name it now."""
    try:
        rules = rule_set(court.rule_set)
    except InvalidRules:
        return {}
    named = {rule.id: rule.article for rule in rules.default_judgment}
    return named.get(task.because.get("rule", ""), {})
