"""Read questions: of a case, open ones of a court, and how the promise to answer was kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Representation
from app.core.errors import N_, NotFound
from app.questions.models import AddedWord, Question
from app.questions.rules import QuestionState

MOST = 200  # questions of a case, or of a court, that are listed
WINDOW = dt.timedelta(days=30)


@dataclass(frozen=True)
class PromiseKept:
    """How many questions fell due in the last 30 days, and how many were answered in time.

    ``median_seconds`` is the median time to the answer, None without any.
    """

    due: int
    in_time: int
    median_seconds: float | None

    @property
    def share(self) -> float | None:
        """Share of the questions that were answered in time."""
        return self.in_time / self.due if self.due else None


def _with_people(query: sa.Select) -> sa.Select:
    return query.options(
        joinedload(Question.counsel),
        joinedload(Question.user),
        joinedload(Question.representation).joinedload(Representation.party),
        selectinload(Question.added).joinedload(AddedWord.counsel),
    )


def of_case(session: Session, case_id: int) -> Sequence[Question]:
    """Return the questions of a case, the newest first."""
    query = sa.select(Question).where(Question.case_id == case_id).order_by(Question.id.desc())
    return session.scalars(_with_people(query).limit(MOST)).all()


def count_open(session: Session, case_id: int) -> int:
    """Return how many questions of a case wait for their answer."""
    query = sa.select(sa.func.count()).select_from(Question)
    waiting = query.where(Question.case_id == case_id, Question.state == QuestionState.OPEN.value)
    return session.scalar(waiting) or 0


def open_in_court(
    session: Session, court_id: int, assistant_id: int | None = None
) -> Sequence[Question]:
    """Return a court's open questions, the one due first first; of one assistant's cases."""
    query = (
        sa.select(Question)
        .join(Question.case)
        .where(Question.court_id == court_id, Question.state == QuestionState.OPEN.value)
        .options(joinedload(Question.case))
        .order_by(Question.due_at, Question.id)
        .limit(MOST)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return session.scalars(_with_people(query)).all()


def find(session: Session, court_id: int, question_id: int) -> Question:
    """Return a question of a court. Raises NotFound."""
    query = sa.select(Question).where(Question.id == question_id, Question.court_id == court_id)
    question = session.scalar(query.execution_options(populate_existing=True))
    if question is None:
        raise NotFound(N_("There is no question %(question)s in this court."), question=question_id)
    return question


def promise_kept(session: Session, now: dt.datetime, court_id: int | None = None) -> PromiseKept:
    """Measure one court, or all, over the questions of the last 30 days.

    A question that is open past its time counts as late.
    """
    query = sa.select(Question.asked_at, Question.answered_at, Question.due_at).where(
        Question.asked_at > now - WINDOW,
        sa.or_(Question.answered_at.is_not(None), Question.due_at <= now),
    )
    if court_id is not None:
        query = query.where(Question.court_id == court_id)
    rows = session.execute(query).all()
    took = [(row.answered_at - row.asked_at).total_seconds() for row in rows if row.answered_at]
    in_time = sum(bool(row.answered_at and row.answered_at <= row.due_at) for row in rows)
    return PromiseKept(len(rows), in_time, median(took) if took else None)
