"""Read questions: of a case, open ones of a court, and how the promise to answer was kept."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.cases.models import Representation
from app.core.errors import N_, NotFound
from app.notices.inbound import Inbound
from app.notices.keys import NoticeKey
from app.notices.models import Notice
from app.people.models import User
from app.questions.models import AddedWord, Question
from app.questions.rules import QuestionOutcome, QuestionState

PAGE = 20  # questions of a case that counsel reads at once
MOST = 200  # questions of a case, or of a court, that are listed
MOST_JOINABLE = 50
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
    def median(self) -> dt.timedelta | None:
        """Median time to the answer, None without any."""
        return None if self.median_seconds is None else dt.timedelta(seconds=self.median_seconds)

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


def of_case(
    session: Session,
    case_id: int,
    *,
    limit: int = MOST,
    after: int | None = None,
    state: str | None = None,
) -> Sequence[Question]:
    """Return the questions of a case, the newest first; ``after`` goes on behind that id.

    ``state`` is a QuestionState, None for all.
    """
    query = sa.select(Question).where(Question.case_id == case_id).order_by(Question.id.desc())
    if state is not None:
        query = query.where(Question.state == state)
    if after is not None:
        query = query.where(Question.id < after)
    return session.scalars(_with_people(query).limit(limit)).all()


def open_of_case(session: Session, case_id: int, *, limit: int) -> Sequence[Question]:
    """Return the open questions of a case, the one due first first."""
    query = sa.select(Question).where(
        Question.case_id == case_id, Question.state == QuestionState.OPEN.value
    )
    ordered = query.order_by(Question.due_at, Question.id).limit(limit)
    return session.scalars(_with_people(ordered)).all()


def answered_of_case(session: Session, case_id: int, *, limit: int) -> Sequence[Question]:
    """Return the questions of a case that were answered last."""
    query = sa.select(Question).where(
        Question.case_id == case_id, Question.state == QuestionState.ANSWERED.value
    )
    ordered = query.order_by(Question.answered_at.desc(), Question.id.desc()).limit(limit)
    return session.scalars(_with_people(ordered)).all()


def joinable(session: Session, question: Question) -> Sequence[Question]:
    """Return the earlier questions whose answer can answer one too, the newest first."""
    query = sa.select(Question).where(
        Question.case_id == question.case_id,
        Question.id < question.id,
        Question.outcome.in_([QuestionOutcome.ANSWER.value, QuestionOutcome.JOINED.value]),
        sa.or_(Question.private == "", Question.disclosed_at.is_not(None)),
    )
    return session.scalars(query.order_by(Question.id.desc()).limit(MOST_JOINABLE)).all()


def count_of_case(session: Session, case_id: int) -> int:
    """Return how many questions were asked in a case."""
    query = sa.select(sa.func.count()).select_from(Question).where(Question.case_id == case_id)
    return session.scalar(query) or 0


@dataclass(frozen=True)
class QuestionPage:
    """One page of the questions of a case, the newest first; ``last`` is the number of pages."""

    questions: Sequence[Question]
    number: int
    last: int


def page_of_case(session: Session, case_id: int, number: int) -> QuestionPage:
    """Return a page of the questions of a case; the last one for a number beyond it."""
    in_case = Question.case_id == case_id
    total = session.scalar(sa.select(sa.func.count()).select_from(Question).where(in_case)) or 0
    last = max(1, -(-total // PAGE))
    number = min(number, last)
    query = sa.select(Question).where(in_case).order_by(Question.id.desc())
    page = query.offset((number - 1) * PAGE).limit(PAGE)
    return QuestionPage(session.scalars(_with_people(page)).all(), number, last)


def to_ask_on(
    session: Session, case_id: int, counsel_id: int, question_id: int | None
) -> Question | None:
    """Return a counsel's own answered question that they can still ask on, else None."""
    if question_id is None or question_id in asked_on(session, case_id, counsel_id):
        return None
    query = sa.select(Question).where(
        Question.id == question_id,
        Question.case_id == case_id,
        Question.counsel_id == counsel_id,
        Question.state == QuestionState.ANSWERED.value,
        Question.follows_id.is_(None),
    )
    return session.scalar(query)


def asked_on(session: Session, case_id: int, counsel_id: int) -> set[int]:
    """Return the ids of a counsel's questions that were asked on."""
    query = sa.select(Question.follows_id).where(
        Question.case_id == case_id,
        Question.counsel_id == counsel_id,
        Question.follows_id.is_not(None),
    )
    return {number for number in session.scalars(query) if number is not None}


def counting_open(case_id: int) -> sa.Select[int]:
    """Select how many questions of a case wait for their answer."""
    query = sa.select(sa.func.count()).select_from(Question)
    return query.where(Question.case_id == case_id, Question.state == QuestionState.OPEN.value)


def open_in_court(
    session: Session, court_id: int, filters: Sequence[sa.ColumnElement[bool]] = ()
) -> Sequence[Question]:
    """Return a court's open questions, the one due first first; ``filters`` are about its case."""
    query = (
        sa.select(Question)
        .join(Question.case)
        .where(Question.court_id == court_id, Question.state == QuestionState.OPEN.value, *filters)
        .options(contains_eager(Question.case))
        .order_by(Question.due_at, Question.id)
        .limit(MOST)
    )
    return session.scalars(_with_people(query)).all()


def find(session: Session, court_id: int, question_id: int) -> Question:
    """Return a question of a court. Raises NotFound."""
    query = sa.select(Question).where(Question.id == question_id, Question.court_id == court_id)
    question = session.scalar(query.execution_options(populate_existing=True))
    if question is None:
        raise NotFound(N_("There is no question %(question)s in this court."), question=question_id)
    return question


def notice_version(case_id: int, question_id: int) -> str:
    """Return the version of a case by which notices about a question are told apart."""
    return f"c{case_id}.q{question_id}"


def may_read_mail(session: Session, mail: Inbound, user: User) -> bool:
    """Tell whether a user may read a mail, which may quote a question that it answers."""
    asked = session.get(Question, mail.detail.get("question") or 0)
    return asked is None or asked.may_be_read_by(user)


def question_of(version: str) -> int | None:
    """Return the id of the question that a notice is about, by its version; None for others."""
    found = re.fullmatch(r"c\d+\.q(\d+)", version)
    return int(found[1]) if found else None


def of_notice(session: Session, notice: Notice) -> Question | None:
    """Return the question that a notice is about, or None."""
    question_id = question_of(NoticeKey.parse(notice.key).version)
    return session.get(Question, question_id) if question_id is not None else None


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
