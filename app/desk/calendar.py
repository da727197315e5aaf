"""Queries of the court's calendar: fixed dates, held slots, and dates about to move."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Party
from app.court.models import ClosedDay, Court, Courtroom, Judge
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState, Slot
from app.hearings.rules import Span

MOST = 2000  # rows per query; the busiest basic court has 340 hearings a day
FIXED, HELD, TENTATIVE = "fixed", "held", "tentative"


@dataclass(frozen=True)
class CalendarBlock:
    """A hearing's date, or a slot held for it.

    ``how`` is ``fixed``; ``held``, a slot of an open proposal; or ``tentative``, a date in force
    while another one is being proposed.
    """

    hearing_id: int
    case_id: int
    number: str
    title: str
    kind: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    courtroom_id: int | None
    courtroom: str
    judge_id: int
    judge: str
    how: str

    def resource_id(self, by: str) -> int | None:
        """Return the id of the courtroom or judge, by which the calendar is grouped."""
        return self.judge_id if by == "judge" else self.courtroom_id


def sittings(session: Session, court: Court, span: Span) -> list[CalendarBlock]:
    """Return the blocks of a span, sorted by time and courtroom, in two queries."""
    rows = [
        *session.execute(_dates(court, span).limit(MOST)),
        *session.execute(_slots(court, span).limit(MOST)),
    ]
    blocks = [CalendarBlock(*row) for row in rows]
    return sorted(blocks, key=lambda each: (each.starts_at, each.courtroom, each.hearing_id))


def _block_columns(starts_at: Any, ends_at: Any, how: Any) -> sa.Select[Any]:
    return sa.select(
        Hearing.id,
        Hearing.case_id,
        Case.number,
        Case.title,
        Hearing.kind,
        starts_at,
        ends_at,
        Courtroom.id,
        sa.func.coalesce(Courtroom.name, ""),
        Judge.id,
        Judge.name,
        how,
    )


def _dates(court: Court, span: Span) -> sa.Select[Any]:
    how = sa.case((Hearing.state == HearingState.PROPOSED.value, TENTATIVE), else_=FIXED)
    return (
        _block_columns(Hearing.starts_at, Hearing.ends_at, how)
        .join(Case, Case.id == Hearing.case_id)
        .join(Judge, Judge.id == Hearing.judge_id)
        .outerjoin(Courtroom, Courtroom.id == Hearing.courtroom_id)
        .where(Hearing.court_id == court.id, Hearing.state != HearingState.CANCELLED.value)
        .where(Hearing.starts_at >= span.starts_at, Hearing.starts_at < span.ends_at)
        .order_by(Hearing.starts_at)
    )


def _slots(court: Court, span: Span) -> sa.Select[Any]:
    return (
        _block_columns(Slot.starts_at, Slot.ends_at, sa.literal(HELD))
        .select_from(Proposal)
        .join(Slot, Slot.proposal_id == Proposal.id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .join(Judge, Judge.id == Hearing.judge_id)
        .join(Courtroom, Courtroom.id == Slot.courtroom_id)
        .where(Proposal.state == ProposalState.OPEN.value, Hearing.court_id == court.id)
        .where(Slot.starts_at >= span.starts_at, Slot.starts_at < span.ends_at)
        .order_by(Slot.starts_at)
    )


def by_day(
    blocks: Sequence[CalendarBlock], first: dt.date, days: int, zone: ZoneInfo
) -> list[tuple[dt.date, list[CalendarBlock]]]:
    """Group blocks by local day; days without blocks are included."""
    blocks_by_day: dict[dt.date, list[CalendarBlock]] = {
        first + dt.timedelta(days=n): [] for n in range(days)
    }
    for block in blocks:
        blocks_by_day[block.starts_at.astimezone(zone).date()].append(block)
    return list(blocks_by_day.items())


def closure_reasons(
    session: Session, court: Court, first: dt.date, days: int
) -> dict[dt.date, str]:
    """Return the reasons of the court's closed days within a span, keyed by day."""
    until = first + dt.timedelta(days=days)
    query = sa.select(ClosedDay.on, ClosedDay.why).where(
        ClosedDay.court_id == court.id, ClosedDay.on >= first, ClosedDay.on < until
    )
    return {row[0]: row[1] for row in session.execute(query)}


def parties(session: Session, case_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return (role, name) of the parties of several cases, keyed by case id, in one query."""
    by_case: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = sa.select(Party.case_id, Party.role, Party.name).where(Party.case_id.in_(case_ids))
    for case_id, role, name in session.execute(query.order_by(Party.id)) if case_ids else ():
        by_case[case_id].append((role, name))
    return by_case
