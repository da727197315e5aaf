"""Queries of the court's calendar: fixed dates, slots that are asked about, lanes of rooms."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case, Party
from app.core.errors import N_
from app.court import bench
from app.court.bench import BenchMember, BenchRole
from app.court.models import ClosedDay, Court, Courtroom, Judge
from app.hearings.models import (
    Hearing,
    HearingMember,
    HearingSitting,
    HearingState,
    Proposal,
    ProposalState,
    Slot,
    SlotSitting,
)
from app.hearings.rules import Span

MOST = 2000  # rows per query; the busiest basic court has 340 hearings a day
NO_LANE = 0  # the lane of hearings without a courtroom


class Grouping(StrEnum):
    """What the lanes of a day are."""

    COURTROOM = "courtroom"
    JUDGE = "judge"


class BlockState(StrEnum):
    """How sure a block is: a date in force, one that is about to move, or a slot asked about."""

    FIXED = "fixed"
    ASKED = "asked"
    MOVING = "moving"

    @property
    def look(self) -> "BlockLook":
        """The look of the state on every page."""
        return LOOKS[self]


@dataclass(frozen=True)
class BlockLook:
    """A state's look (see tingqi.css), its icon, and its word, which is still to be translated."""

    look: str
    icon: str
    label: str


LOOKS = {
    BlockState.FIXED: BlockLook("ok", "calendar2-check", N_("Fixed")),
    BlockState.ASKED: BlockLook("busy", "hourglass-split", N_("Asked")),
    BlockState.MOVING: BlockLook("due", "arrow-left-right", N_("Moving")),
}


@dataclass(frozen=True)
class CalendarBlock:
    """A hearing's date, or a slot of its open proposal."""

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
    state: BlockState
    # The hearing's outcome (see outcomes.rules.Outcome); empty before it was entered.
    outcome: str = ""
    # Which sitting of the hearing it is, of how many.
    sitting: int = 1
    sitting_count: int = 1
    # Who sits or is needed beside the judge: their ids, and what they do.
    members: Mapping[int, BenchMember] = field(default_factory=dict)

    def lanes(self, by: Grouping) -> dict[int, str]:
        """Return the courtroom, or the judge and members, in whose lanes the block is, by id."""
        if by == Grouping.JUDGE:
            return {self.judge_id: self.judge, **{k: m.name for k, m in self.members.items()}}
        return {self.courtroom_id or NO_LANE: self.courtroom}

    @property
    def bench(self) -> list[dict[str, str]]:
        """All who sit or are needed, who presides first (see ``wording.bench_line``)."""
        return bench.as_facts(bench.everybody(list(self.members.values()), self.judge))


def calendar_blocks(session: Session, court: Court, span: Span) -> list[CalendarBlock]:
    """Return the blocks of a span, sorted by time and courtroom, in five queries."""
    rows = [
        row
        for select in (_dates, _slots)
        for several in (False, True)
        for row in session.execute(select(court, span, several=several).limit(MOST))
    ]
    members = _members(session, {row[0] for row in rows})
    blocks = [
        replace(each, state=BlockState(each.state), members=members.get(each.hearing_id, {}))
        for each in (CalendarBlock(*row) for row in rows)
    ]
    return sorted(blocks, key=lambda each: (each.starts_at, each.courtroom, each.hearing_id))


def _members(session: Session, hearing_ids: Collection[int]) -> dict[int, dict[int, BenchMember]]:
    """Return the members of hearings beside their judge, by hearing and by id."""
    found: dict[int, dict[int, BenchMember]] = defaultdict(dict)
    query = (
        sa.select(HearingMember.hearing_id, Judge.id, Judge.name, HearingMember.role)
        .join(Judge, Judge.id == HearingMember.judge_id)
        .where(HearingMember.hearing_id.in_(hearing_ids))
        .order_by(HearingMember.position, HearingMember.id)
    )
    for hearing_id, id_, name, role in session.execute(query) if hearing_ids else ():
        found[hearing_id][id_] = BenchMember(name, BenchRole(role))
    return found


Times = type[Hearing] | type[Slot] | type[HearingSitting] | type[SlotSitting]


def _blocks(times: Times, span: Span, state: Any, outcome: Any) -> sa.Select[Any]:
    """Select the columns of a block that begins in a span; ``times`` has its time and courtroom."""
    columns: list[Any] = [
        Hearing.id,
        Hearing.case_id,
        Case.number,
        Case.title,
        Hearing.kind,
        times.starts_at,
        times.ends_at,
        Courtroom.id,
        sa.func.coalesce(Courtroom.name, ""),
        Judge.id,
        Judge.name,
        state,
        outcome,
    ]
    in_span = [times.starts_at >= span.starts_at, times.starts_at < span.ends_at]
    return sa.select(*columns).where(*in_span)


def _with_case(statement: sa.Select[Any], times: Times) -> sa.Select[Any]:
    return (
        statement.join(Case, Case.id == Hearing.case_id)
        .join(Judge, Judge.id == Hearing.judge_id)
        .outerjoin(Courtroom, Courtroom.id == times.courtroom_id)
        .order_by(times.starts_at)
    )


def _nth(row: type[HearingSitting] | type[SlotSitting], owner: str) -> sa.ScalarSelect[int]:
    """Return the number of a sitting among those of its hearing or slot."""
    other = aliased(row)
    return (
        sa.select(sa.func.count())
        .where(getattr(other, owner) == getattr(row, owner), other.starts_at <= row.starts_at)
        .scalar_subquery()
    )


def _dates(court: Court, span: Span, *, several: bool) -> sa.Select[Any]:
    """Select the dates of hearings of one sitting, or the sittings of those with several."""
    state = sa.case(
        (Hearing.state == HearingState.PROPOSED.value, BlockState.MOVING.value),
        else_=BlockState.FIXED.value,
    )
    times: Times = HearingSitting if several else Hearing
    blocks = _blocks(times, span, state, Hearing.outcome)
    if several:
        blocks = (
            blocks.add_columns(_nth(HearingSitting, "hearing_id"), Hearing.sitting_count)
            .select_from(HearingSitting)
            .join(Hearing, Hearing.id == HearingSitting.hearing_id)
        )
    else:
        blocks = blocks.select_from(Hearing).where(Hearing.sitting_count == 1)
    return _with_case(blocks, times).where(
        Hearing.court_id == court.id, Hearing.state != HearingState.CANCELLED.value
    )


def _slots(court: Court, span: Span, *, several: bool) -> sa.Select[Any]:
    """Select the open slots of one sitting, or the sittings of those with several."""
    times: Times = SlotSitting if several else Slot
    blocks = (
        _blocks(times, span, sa.literal(BlockState.ASKED.value), sa.literal(""))
        .select_from(Proposal)
        .join(Slot, Slot.proposal_id == Proposal.id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
    )
    if several:
        blocks = blocks.add_columns(_nth(SlotSitting, "slot_id"), Slot.sitting_count).join(
            SlotSitting, SlotSitting.slot_id == Slot.id
        )
    else:
        blocks = blocks.where(Slot.sitting_count == 1)
    return _with_case(blocks, times).where(
        Proposal.state == ProposalState.OPEN.value, Hearing.court_id == court.id
    )


@dataclass(frozen=True)
class Lanes:
    """The lanes that a calendar shows, by id; and how many more there are that have blocks."""

    shown: dict[int, str]
    hidden: int = 0
    hidden_blocks: int = 0


def choose_lanes(
    known: dict[int, str],
    chosen: Collection[int],
    blocks: Sequence[CalendarBlock],
    by: Grouping,
    most: int,
) -> Lanes:
    """Choose the lanes of a calendar, in the court's order.

    All of ``known``, or those ``chosen``; and the lanes of blocks elsewhere, such as in a retired
    courtroom or in none. If these are more than ``most``, the ones with the most blocks.
    """
    of_blocks = {id_: name for block in blocks for id_, name in block.lanes(by).items()}
    lanes = known | {id_: name for id_, name in of_blocks.items() if id_ not in known}
    if chosen:
        return Lanes({id_: name for id_, name in lanes.items() if id_ in chosen})
    if len(lanes) <= most:
        return Lanes(lanes)
    counts = Counter(id_ for block in blocks for id_ in block.lanes(by))
    kept = set(sorted(lanes, key=lambda id_: -counts[id_])[:most])
    hidden = {id_: counts[id_] for id_ in lanes if id_ not in kept}
    return Lanes(
        {id_: name for id_, name in lanes.items() if id_ in kept}, len(hidden), sum(hidden.values())
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
