"""What a court's calendar shows of a span of days: what is fixed, held, about to move."""

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

MOST = 2000  # sittings of one answer; the busiest basic court has 340 a day
FIXED, HELD, TENTATIVE = "fixed", "held", "tentative"


@dataclass(frozen=True)
class CalendarBlock:
    """One hearing's date, or one slot that is held for it.

    ``how``: fixed; held, one of the slots of an open round; tentative, a date that still holds
    while another is being asked for.
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

    def beside(self, by: str) -> int | None:
        """Return in whose column it stands: the courtroom's, or the judge's."""
        return self.judge_id if by == "judge" else self.courtroom_id


def sittings(session: Session, court: Court, span: Span) -> list[CalendarBlock]:
    """Return what a court holds within a span, in order of time and courtroom: two queries."""
    rows = [
        *session.execute(_dates(court, span).limit(MOST)),
        *session.execute(_slots(court, span).limit(MOST)),
    ]
    found = [CalendarBlock(*row) for row in rows]
    return sorted(found, key=lambda each: (each.starts_at, each.courtroom, each.hearing_id))


def _common(starts_at: Any, ends_at: Any, how: Any) -> sa.Select[Any]:
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
        _common(Hearing.starts_at, Hearing.ends_at, how)
        .join(Case, Case.id == Hearing.case_id)
        .join(Judge, Judge.id == Hearing.judge_id)
        .outerjoin(Courtroom, Courtroom.id == Hearing.courtroom_id)
        .where(Hearing.court_id == court.id, Hearing.state != HearingState.CANCELLED.value)
        .where(Hearing.starts_at >= span.starts_at, Hearing.starts_at < span.ends_at)
        .order_by(Hearing.starts_at)
    )


def _slots(court: Court, span: Span) -> sa.Select[Any]:
    return (
        _common(Slot.starts_at, Slot.ends_at, sa.literal(HELD))
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
    found: Sequence[CalendarBlock], first: dt.date, days: int, zone: ZoneInfo
) -> list[tuple[dt.date, list[CalendarBlock]]]:
    """Return every day of a span with what it holds; days without anything too."""
    made: dict[dt.date, list[CalendarBlock]] = {
        first + dt.timedelta(days=n): [] for n in range(days)
    }
    for each in found:
        made[each.starts_at.astimezone(zone).date()].append(each)
    return list(made.items())


def closed_because(session: Session, court: Court, first: dt.date, days: int) -> dict[dt.date, str]:
    """Return the days of the court's own closing within a span, with the reason that it gave."""
    until = first + dt.timedelta(days=days)
    wanted = sa.select(ClosedDay.on, ClosedDay.why).where(
        ClosedDay.court_id == court.id, ClosedDay.on >= first, ClosedDay.on < until
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def parties(session: Session, case_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the parties of many cases, as (role, name), in their order: one query."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    wanted = sa.select(Party.case_id, Party.role, Party.name).where(Party.case_id.in_(case_ids))
    for case_id, role, name in session.execute(wanted.order_by(Party.id)) if case_ids else ():
        found[case_id].append((role, name))
    return found
