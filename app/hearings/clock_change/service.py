"""Change of a country's clock: keep hearings' wall-clock times, and correct calendars.

First all stored instants of a court at once (``keep_wall_clocks``), so that no page shows another
time than people were told; then, hearing by hearing, the record and the calendars
(``tell_people``).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import BusyCalendar, Counsel
from app.core.db import bulk
from app.core.matters import Matter
from app.court.models import Court, Courtroom, Judge
from app.hearings import booking, facts, notifications, queries
from app.hearings.bench import messages
from app.hearings.clock_change.wall_clock import Shift
from app.hearings.models import (
    ClockChange,
    Hearing,
    HearingSitting,
    HearingState,
    Proposal,
    ProposalState,
    SittingRow,
    Slot,
    SlotSitting,
)
from app.hearings.rules import kind_and_row
from app.notices.kinds import INVITING, INVITING_TENTATIVELY, NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, queue
from app.record import ledger
from app.record.rules import Event, NoticeState
from app.tasks import service
from app.tasks.models import Task

AT_ONCE = 100  # hearings of one beat
TIMES = frozenset({"starts_at", "ends_at", "answer_by", "before"})
LIVE = (HearingState.FIXED.value, HearingState.PROPOSED.value)
Row = dict[str, Any]


def keep_wall_clocks(
    session: Session, court: Court, shift: Shift, version: str, now: dt.datetime
) -> int:
    """Store the instants of a court's hearings by new zone rules; return how many hearings changed.

    Dates, slots, dates to answer by, bookings, queued notices and tasks, past ones too. Hearings
    that lie ahead get a ClockChange, for the record and for calendars. Time that is another
    hearing's by then stays with that hearing.
    """
    dates = _hearings(session, court, shift)
    proposed, asked = _proposals(session, court, shift)
    ids = sorted(dates | proposed)
    overlaps = booking.rebook_by_wall_clock(session, ids, shift)
    for some in _parts(ids):
        hearings = session.scalars(
            sa.select(Hearing)
            .where(Hearing.id.in_(some))
            .order_by(Hearing.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        anew = [each for each in hearings if each.id in dates | asked]
        _record_changes(session, anew, shift, version, overlaps, now)
        _move_dates(session, hearings, shift)
        abouts = [str(Matter.hearing(each)) for each in some]
        _messages(session, abouts, shift, now)
        _steps(session, abouts, shift)
        session.flush()
        session.expire_all()
    _read_calendars_again(session, court, now)
    return len(ids)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), 500):
        yield ids[at : at + 500]


def _hearings(session: Session, court: Court, shift: Shift) -> set[int]:
    statement = sa.select(Hearing.id, Hearing.starts_at, Hearing.ends_at).where(
        Hearing.court_id == court.id, Hearing.starts_at.is_not(None)
    )
    sittings = (
        sa.select(HearingSitting.hearing_id.label("id"), *_times(HearingSitting))
        .join(Hearing, Hearing.id == HearingSitting.hearing_id)
        .where(Hearing.court_id == court.id)
    )
    return {
        row.id
        for rows in (statement, sittings)
        for row in session.execute(rows)
        if _changes(row, shift)
    }


def _times(table: type[SittingRow]) -> tuple[Any, Any]:
    return table.starts_at, table.ends_at


def _changes(row: Any, shift: Shift) -> bool:
    return shift.span(row.starts_at, row.ends_at) != (row.starts_at, row.ends_at)


def _proposals(session: Session, court: Court, shift: Shift) -> tuple[set[int], set[int]]:
    """Store the slots and dates to answer by of a court's proposals by new zone rules.

    Returns the hearings concerned, and those of them whose proposal is open.
    """
    changed: set[int] = set()
    asked: set[int] = set()
    of_court = Hearing.court_id == court.id
    slots, proposals = [], []
    for row in session.execute(
        sa.select(Slot.id, Slot.starts_at, Slot.ends_at, Proposal.hearing_id, Proposal.state)
        .join(Proposal, Proposal.id == Slot.proposal_id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(of_court)
    ):
        if _changes(row, shift):
            slots.append({"id": row.id, **_span(row, shift)})
            (asked if row.state == ProposalState.OPEN else changed).add(row.hearing_id)
    sittings = []
    for row in session.execute(
        sa.select(SlotSitting.id, *_times(SlotSitting), Proposal.hearing_id, Proposal.state)
        .join(Slot, Slot.id == SlotSitting.slot_id)
        .join(Proposal, Proposal.id == Slot.proposal_id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(of_court)
    ):
        if _changes(row, shift):
            sittings.append({"id": row.id, **_span(row, shift)})
            (asked if row.state == ProposalState.OPEN else changed).add(row.hearing_id)
    for id_, answer_by, hearing_id, state in session.execute(
        sa.select(Proposal.id, Proposal.answer_by, Proposal.hearing_id, Proposal.state)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(of_court)
    ):
        by = shift.of(answer_by)
        if by != answer_by:
            proposals.append({"id": id_, "answer_by": by})
            (asked if state == ProposalState.OPEN else changed).add(hearing_id)
    bulk.update(session, bulk.table(Slot), slots)
    bulk.update(session, bulk.table(SlotSitting), sittings)
    bulk.update(session, bulk.table(Proposal), proposals)
    return changed | asked, asked


def _span(row: Any, shift: Shift) -> Row:
    starts_at, ends_at = shift.span(row.starts_at, row.ends_at)
    return {"starts_at": starts_at, "ends_at": ends_at}


def _move_dates(session: Session, hearings: Iterable[Hearing], shift: Shift) -> None:
    rows = [{"id": each.id, **_span(each, shift)} for each in hearings if each.starts_at]
    bulk.update(session, bulk.table(Hearing), rows)
    sittings = sa.select(HearingSitting.id, *_times(HearingSitting)).where(
        HearingSitting.hearing_id.in_([row["id"] for row in rows])
    )
    changed = [{"id": row.id, **_span(row, shift)} for row in session.execute(sittings)]
    bulk.update(session, bulk.table(HearingSitting), changed)


def _record_changes(
    session: Session,
    hearings: Iterable[Hearing],
    shift: Shift,
    version: str,
    overlaps: dict[int, list[int]],
    now: dt.datetime,
) -> None:
    """Record which hearings lie ahead, and raise the sequence of their calendars."""
    ahead = [each for each in hearings if each.state in LIVE and _lies_ahead(each, shift, now)]
    bulk.update(
        session,
        bulk.table(Hearing),
        [{"id": each.id, "corrections": each.corrections + 1, "changed_at": now} for each in ahead],
    )
    rows = [
        {
            "hearing_id": each.id,
            "was": each.starts_at,
            "zone": shift.new.key,
            "version": version,
            "clashes": overlaps.get(each.id, []),
        }
        for each in ahead
    ]
    bulk.insert(session, bulk.table(ClockChange), rows, unless="hearing_id")


def _lies_ahead(hearing: Hearing, shift: Shift, now: dt.datetime) -> bool:
    """Tell whether a hearing has a date ahead, or is proposed."""
    starts_at = shift.of(hearing.starts_at)
    return hearing.state == HearingState.PROPOSED.value or bool(starts_at and starts_at > now)


def _messages(session: Session, abouts: Sequence[str], shift: Shift, now: dt.datetime) -> None:
    """Keep the wall-clock times in notices; queued ones become due by them."""
    changed, waiting = [], []
    statement = sa.select(Notice).where(Notice.about.in_(abouts)).with_for_update()
    for notice in session.scalars(statement.execution_options(yield_per=500)):
        facts_by_new_rules = shift.shift_json(notice.facts, TIMES)
        hearing = facts_by_new_rules.get("hearing") or {}
        if hearing.get("starts_at") != (notice.facts.get("hearing") or {}).get("starts_at"):
            hearing["sequence"] = hearing.get("sequence", hearing.get("revision", 0)) + 1
        changed.append({"id": notice.id, "facts": facts_by_new_rules})
        if notice.state == NoticeState.QUEUED.value:
            by_clock = NoticeKind(notice.kind).traits.by_the_clock and notice.due_at > now
            due, first = notice.due_at, notice.first_due_at
            waiting.append(
                {
                    "id": notice.id,
                    "due_at": shift.of(due) if by_clock else due,
                    "first_due_at": shift.of(first) if by_clock else first,
                    "stale_at": shift.of(notice.stale_at),
                }
            )
    bulk.update(session, bulk.table(Notice), changed)
    bulk.update(session, bulk.table(Notice), waiting)


def _steps(session: Session, abouts: Sequence[str], shift: Shift) -> None:
    """Move the tasks of escalation to the court's new clock."""
    by_counsel = [way.value for way in service.BY_COUNSEL]
    alive = [service.TaskState.WAITING.value, service.TaskState.OPEN.value]
    statement = sa.select(Task).where(
        Task.about.in_(abouts), Task.state.in_(alive), Task.way.not_in(by_counsel)
    )
    rows = [
        {
            "id": task.id,
            "opens_at": shift.of(task.opens_at),
            "latest_at": shift.of(task.latest_at),
            "because": shift.shift_json(task.because, TIMES),
        }
        for task in session.scalars(statement.with_for_update())
    ]
    bulk.update(session, bulk.table(Task), rows)


def _read_calendars_again(session: Session, court: Court, now: dt.datetime) -> None:
    """Fetch counsel's own calendars again, since their whole days are days of the court's zone."""
    session.execute(
        sa.update(BusyCalendar)
        .where(
            BusyCalendar.due_at.is_not(None),
            BusyCalendar.counsel_id.in_(sa.select(Counsel.id).where(Counsel.court_id == court.id)),
        )
        .values(due_at=now, etag="")
        .execution_options(synchronize_session=False)
    )


def due(session: Session) -> list[int]:
    """Return the hearings whose instants changed and whose recipients are not notified yet."""
    statement = sa.select(ClockChange.hearing_id).order_by(ClockChange.hearing_id).limit(AT_ONCE)
    return list(session.scalars(statement))


def tell_people(session: Session, hearing_id: int, now: dt.datetime) -> bool:
    """Put the change on the record, and correct the calendars that have the hearing.

    Calendars store instants (Outlook and Google do), so that theirs would show another time. Only
    those who were sent an invite get the correction. The assistant is told of overlaps with other
    hearings.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    change = session.get(ClockChange, hearing_id)
    if change is None:
        return False
    clashes = [_named(session, each) for each in change.clashes]
    detail: dict[str, Any] = {"zone": change.zone, "rules": change.version}
    if hearing.starts_at and hearing.starts_at != change.was:
        detail |= {"was": facts.iso(change.was), "starts_at": facts.iso(hearing.starts_at)}
    entry = ledger.NewEntry(
        Event.CLOCK,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        kind=NoticeKind.CLOCK_CHANGE.value,
        detail={key: value for key, value in detail.items() if value},
        personal={"overlaps": clashes} if clashes else {},
    )
    ledger.append(session, [entry], now)
    asked = hearing.starts_at is None
    ahead = hearing.starts_at is not None and now < hearing.starts_at
    # Of several sittings a later one alone may have changed.
    moved = ahead and (hearing.starts_at != change.was or hearing.sitting_count > 1)
    if hearing.state in LIVE and (asked or moved):
        _correct_calendars(session, hearing, now)
    if clashes:
        stamp = f"{hearing.revision}.clock{hearing.corrections}"
        notifications.assistant(
            session,
            hearing,
            NoticeKind.CLOCK_CHANGE,
            stamp,
            now,
            detail=", ".join(clashes),
            slots=_slots(session, hearing),
        )
    session.delete(change)
    return True


def _slots(session: Session, hearing: Hearing) -> list[Row]:
    """Return the proposed slots of a hearing that has no date yet."""
    proposal = queries.last_proposal(session, hearing)
    return facts.slots_facts(proposal) if proposal and hearing.starts_at is None else []


def _named(session: Session, resource: int) -> str:
    kind, row = kind_and_row(resource)
    model: type = {"judge": Judge, "courtroom": Courtroom, "counsel": Counsel}[kind]
    return str(session.get_one(model, row).name)


def _correct_calendars(session: Session, hearing: Hearing, now: dt.datetime) -> None:
    more: dict[str, Any] = {}
    kinds = INVITING
    if hearing.starts_at is None:
        proposal = queries.last_proposal(session, hearing)
        if proposal is None or not proposal.tentative or proposal.state != ProposalState.OPEN:
            return
        kinds = INVITING_TENTATIVELY
        more = {"slots": facts.slots_facts(proposal), "tentative": True}
    version = f"{hearing.revision}.clock{hearing.corrections}"
    notified = notifications.with_calendar(session, hearing, kinds)
    common = facts.hearing_facts(hearing, **more)
    requests = [
        NoticeRequest(
            facts.subject(hearing, version),
            NoticeKind.CLOCK_CHANGE,
            facts.invitation_recipient(invitation),
            {**common, "person": facts.person_facts(invitation)},
            due_at=now,
            stale_at=hearing.starts_at or now + notifications.STALE_AFTER,
        )
        for counsel_id, invitation in queries.latest_invitations(session, hearing).items()
        if counsel_id in notified
    ]
    queue(session, requests, now)
    messages.correct_calendars(session, hearing, now, version)
