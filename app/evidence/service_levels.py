"""Service levels of a court's contacts, measured from its own record."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from statistics import mean

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.core.channels import Channel
from app.core.db import UTCDateTime
from app.hearings.models import Hearing, Invitation, Proposal
from app.notices.models import Notice
from app.record.rules import LOST, WENT_OUT, NoticeState
from app.tasks.models import Task
from app.tasks.service import TaskKind

WINDOW = dt.timedelta(days=30)
PROMPT = 10  # seconds from due to handed over


@dataclass(frozen=True)
class ServiceLevels:
    """Figures of the last 30 days: shares of 1 and times in seconds, None where there are none."""

    due: int
    prompt: int
    texts: int
    texts_delivered: int
    confirmed_after: float | None
    called_after: float | None
    waiting_calls: int
    uneven: int

    @property
    def prompt_share(self) -> float | None:
        """Share of due messages that a carrier had within ten seconds."""
        return self.prompt / self.due if self.due else None

    @property
    def delivered_share(self) -> float | None:
        """Share of texts that were tried of which a carrier reports delivery."""
        return self.texts_delivered / self.texts if self.texts else None


def measure(session: Session, now: dt.datetime, court_id: int | None = None) -> ServiceLevels:
    """Measure one court, or all, over the last 30 days.

    Late are messages that were handed over late and those that were not handed over at all:
    failed, missed, still waiting. Messages older than the column ``handed_at`` are not counted.
    """
    parameters = {
        "now": now,
        "since": now - WINDOW,
        "prompt_before": now - dt.timedelta(seconds=PROMPT),
        "court": court_id,
    }
    statements = _statements(bool(court_id), tuple(sorted(registry.with_receipts())))
    row = session.execute(statements.figures, parameters).one()
    return ServiceLevels(
        due=row.due or 0,
        prompt=row.prompt or 0,
        texts=row.texts or 0,
        texts_delivered=row.delivered or 0,
        confirmed_after=_median(session, statements.answers, row.answers, parameters),
        called_after=_median(session, statements.calls, row.calls, parameters),
        waiting_calls=row.uncalled,
        uneven=row.uneven,
    )


@dataclass(frozen=True)
class _Statements:
    """The statements of the figures, and of what the medians are of, which take parameters."""

    figures: sa.Select
    answers: sa.Select
    calls: sa.Select


@cache
def _statements(of_court: bool, with_receipts: tuple[str, ...]) -> _Statements:
    """Return the statements for one court or all, put together once: home sends them each time.

    The figures are one row, with the number of answers and of calls, without which there is no
    median.
    """
    ours = [Notice.first_due_at >= _instant("since"), Notice.counsel_id.is_not(None)]
    ours += [Notice.court_id == sa.bindparam("court")] if of_court else []
    answers, calls, uncalled = _answers(), _calls(), _uncalled()
    if of_court:
        answers = answers.where(Hearing.court_id == sa.bindparam("court"))
        calls, uncalled = (
            each.where(Task.court_id == sa.bindparam("court")) for each in (calls, uncalled)
        )
    figures = _shares(ours, with_receipts).add_columns(
        _counted(answers).label("answers"),
        _counted(calls).label("calls"),
        uncalled.scalar_subquery().label("uncalled"),
        _uneven(ours).scalar_subquery().label("uneven"),
    )
    return _Statements(figures, answers, calls)


def _instant(name: str) -> sa.BindParameter[dt.datetime]:
    return sa.bindparam(name, type_=UTCDateTime)


def _counted(query: sa.Select) -> sa.ScalarSelect:
    return query.with_only_columns(sa.func.count()).scalar_subquery()


def _shares(ours: list, with_receipts: tuple[str, ...]) -> sa.Select:
    dated = sa.or_(Notice.handed_at.is_not(None), Notice.state.not_in(WENT_OUT))
    was_due = sa.and_(
        Notice.first_due_at <= _instant("prompt_before"),
        dated,
        Notice.state != NoticeState.WITHDRAWN.value,
    )
    took = sa.extract("epoch", Notice.handed_at) - sa.extract("epoch", Notice.first_due_at)
    # A carrier without receipts, such as the local outbox, never reports a delivery.
    a_text = sa.and_(
        Notice.channel == Channel.SMS,
        Notice.carrier.in_(with_receipts),
        Notice.state.in_(WENT_OUT | LOST),
    )

    def counted(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement:
        return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))

    return sa.select(
        counted(was_due).label("due"),
        counted(was_due, took <= PROMPT).label("prompt"),
        counted(a_text).label("texts"),
        counted(a_text, Notice.state == NoticeState.DELIVERED.value).label("delivered"),
    ).where(*ours)


def _answers() -> sa.Select:
    return (
        sa.select(Proposal.created_at, Invitation.answered_at)
        .join(Invitation, Invitation.proposal_id == Proposal.id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(Proposal.created_at >= _instant("since"), Invitation.answered_at.is_not(None))
    )


def _calls() -> sa.Select:
    return sa.select(Task.created_at, Task.tried_at).where(
        Task.way == TaskKind.CALLBACK.value,
        Task.created_at >= _instant("since"),
        Task.tried_at.is_not(None),
    )


def _uncalled() -> sa.Select:
    return (
        sa.select(sa.func.count())
        .select_from(Task)
        .where(Task.way == TaskKind.CALLBACK.value, Task.state == "open", Task.tried_at.is_(None))
    )


def _median(
    session: Session, query: sa.Select, count: int, parameters: Mapping[str, object]
) -> float | None:
    """Return the median of the seconds between a query's two times, computed by the database.

    ``count`` is how many rows it has; None where there are none.
    """
    if not count:
        return None
    begin, end = query.selected_columns
    took = sa.extract("epoch", end) - sa.extract("epoch", begin)
    ordered = query.with_only_columns(took).order_by(took)
    middle = ordered.offset((count - 1) // 2).limit(2 - count % 2)
    return float(mean(session.scalars(middle, parameters)))


def _uneven(ours: list) -> sa.Select:
    """Return the query that counts hearings with messages to one side and none to another."""
    sides = (
        sa.select(
            Notice.about,
            Notice.side,
            sa.func.max(sa.case((Notice.state.in_(WENT_OUT), 1), else_=0)).label("informed"),
        )
        .where(
            *ours,
            Notice.first_due_at <= _instant("now"),
            Notice.state != NoticeState.WITHDRAWN.value,
        )
        .where(Notice.side != "", Notice.about.startswith("hearing/"))
        .group_by(Notice.about, Notice.side)
        .subquery()
    )
    split = (
        sa.select(sides.c.about)
        .group_by(sides.c.about)
        .having(sa.func.max(sides.c.informed) > sa.func.min(sides.c.informed))
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(split)
