"""Service levels of a court's contacts, measured from its own record."""

import datetime as dt
from dataclasses import dataclass
from statistics import mean

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.core.channels import Channel
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
    since = now - WINDOW
    ours = [Notice.first_due_at >= since, Notice.counsel_id.is_not(None)]
    ours += [Notice.court_id == court_id] if court_id else []
    due, prompt, texts, delivered = session.execute(_shares(ours, now)).one()
    return ServiceLevels(
        due=due or 0,
        prompt=prompt or 0,
        texts=texts or 0,
        texts_delivered=delivered or 0,
        confirmed_after=_median(session, _answers(since, court_id)),
        called_after=_median(session, _calls(since, court_id)),
        waiting_calls=session.scalar(_uncalled(court_id)) or 0,
        uneven=session.scalar(_uneven(ours, now)) or 0,
    )


def _shares(ours: list, now: dt.datetime) -> sa.Select:
    dated = sa.or_(Notice.handed_at.is_not(None), Notice.state.not_in(WENT_OUT))
    was_due = sa.and_(
        Notice.first_due_at <= now - dt.timedelta(seconds=PROMPT),
        dated,
        Notice.state != NoticeState.WITHDRAWN.value,
    )
    took = sa.extract("epoch", Notice.handed_at) - sa.extract("epoch", Notice.first_due_at)
    # A carrier without receipts, such as the local outbox, never reports a delivery.
    a_text = sa.and_(
        Notice.channel == Channel.SMS,
        Notice.carrier.in_(registry.with_receipts()),
        Notice.state.in_(WENT_OUT | LOST),
    )

    def counted(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement:
        return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))

    return sa.select(
        counted(was_due),
        counted(was_due, took <= PROMPT),
        counted(a_text),
        counted(a_text, Notice.state == NoticeState.DELIVERED.value),
    ).where(*ours)


def _answers(since: dt.datetime, court_id: int | None) -> sa.Select:
    query = (
        sa.select(Proposal.created_at, Invitation.answered_at)
        .join(Invitation, Invitation.proposal_id == Proposal.id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(Proposal.created_at >= since, Invitation.answered_at.is_not(None))
    )
    return query.where(Hearing.court_id == court_id) if court_id else query


def _calls(since: dt.datetime, court_id: int | None) -> sa.Select:
    query = sa.select(Task.created_at, Task.tried_at).where(
        Task.way == TaskKind.CALLBACK.value, Task.created_at >= since, Task.tried_at.is_not(None)
    )
    return query.where(Task.court_id == court_id) if court_id else query


def _uncalled(court_id: int | None) -> sa.Select:
    query = (
        sa.select(sa.func.count())
        .select_from(Task)
        .where(Task.way == TaskKind.CALLBACK.value, Task.state == "open", Task.tried_at.is_(None))
    )
    return query.where(Task.court_id == court_id) if court_id else query


def _median(session: Session, query: sa.Select) -> float | None:
    """Return the median of the seconds between a query's two times, computed by the database."""
    begin, end = query.selected_columns
    took = sa.extract("epoch", end) - sa.extract("epoch", begin)
    count = session.scalar(query.with_only_columns(sa.func.count())) or 0
    if not count:
        return None
    ordered = query.with_only_columns(took).order_by(took)
    middle = session.scalars(ordered.offset((count - 1) // 2).limit(2 - count % 2))
    return float(mean(middle))


def _uneven(ours: list, now: dt.datetime) -> sa.Select:
    """Return the query that counts hearings with messages to one side and none to another."""
    sides = (
        sa.select(
            Notice.about,
            Notice.side,
            sa.func.max(sa.case((Notice.state.in_(WENT_OUT), 1), else_=0)).label("informed"),
        )
        .where(*ours, Notice.first_due_at <= now, Notice.state != NoticeState.WITHDRAWN.value)
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
