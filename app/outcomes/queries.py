"""Read the outcomes of hearings, and the hearings that wait for one."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Counsel, Party, Representation
from app.court.models import Court
from app.hearings.bench.invitations import OUTSIDE
from app.hearings.models import Hearing, HearingMember, HearingState
from app.hearings.queries import sits_within
from app.hearings.rules import days_span
from app.outcomes.models import Absence, HearingOutcome
from app.record.models import Entry

MOST_OF_DAY = 400  # hearings on the page of a day
MOST_DAYS = 60  # days that wait, on the home page


@dataclass(frozen=True)
class Participant:
    """A counsel who was to come to a hearing, for the first of their parties."""

    counsel: Counsel
    party: Party
    representation: Representation


@dataclass(frozen=True)
class ExpectedPeople:
    """Who was to come to a hearing: counsel, and members outside the court, by their ids."""

    counsel: Mapping[int, Participant]
    members: Mapping[int, HearingMember]


@dataclass(frozen=True)
class AwaitingDay:
    """A day of the court with hearings that are over and have no outcome yet."""

    on: dt.date
    count: int
    # When the first of them ended.
    since: dt.datetime


def _loaded() -> sa.Select[HearingOutcome]:
    return sa.select(HearingOutcome).options(
        joinedload(HearingOutcome.user),
        selectinload(HearingOutcome.absences).options(
            joinedload(Absence.counsel), joinedload(Absence.party), joinedload(Absence.member)
        ),
    )


def history(session: Session, hearing_id: int) -> Sequence[HearingOutcome]:
    """Return all entries of a hearing's outcome, the newest first."""
    query = _loaded().where(HearingOutcome.hearing_id == hearing_id)
    return session.scalars(
        query.order_by(HearingOutcome.number.desc()).execution_options(populate_existing=True)
    ).all()


def current(session: Session, hearing_id: int) -> HearingOutcome | None:
    """Return the outcome of a hearing as it was entered last, or None."""
    return of_hearings(session, [hearing_id]).get(hearing_id)


def of_hearings(session: Session, hearing_ids: Collection[int]) -> dict[int, HearingOutcome]:
    """Return the present outcomes of some hearings, by hearing id."""
    if not hearing_ids:
        return {}
    query = _loaded().where(
        HearingOutcome.hearing_id.in_(hearing_ids), HearingOutcome.replaced_at.is_(None)
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.hearing_id: each for each in found}


def expected(session: Session, hearings: Collection[Hearing]) -> dict[int, ExpectedPeople]:
    """Return who was to come to some hearings, by hearing id."""
    counsel, needed = participants(session, hearings), members(session, hearings)
    return {each.id: ExpectedPeople(counsel[each.id], needed[each.id]) for each in hearings}


def participants(
    session: Session, hearings: Collection[Hearing]
) -> dict[int, dict[int, Participant]]:
    """Return who was to come to some hearings, by hearing and counsel id.

    That is who acts in the case, or still acted when the hearing began.
    """
    if not hearings:
        return {}
    starts = {each.id: each.starts_at for each in hearings}
    acting = (
        sa.select(Hearing.id, Representation, Counsel, Party)
        .join(Party, Party.case_id == Hearing.case_id)
        .join(Representation, Representation.party_id == Party.id)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Hearing.id.in_(starts))
        .order_by(Party.id, Representation.id)
    )
    found: dict[int, dict[int, Participant]] = {each: {} for each in starts}
    for hearing_id, representation, counsel, party in session.execute(acting):
        begins = starts[hearing_id]
        left = representation.left_at
        if left is None or (begins is not None and left > begins):
            found[hearing_id].setdefault(counsel.id, Participant(counsel, party, representation))
    return found


def members(session: Session, hearings: Collection[Hearing]) -> dict[int, dict[int, HearingMember]]:
    """Return who was needed at some hearings from outside the court, by hearing and their id."""
    query = (
        sa.select(HearingMember)
        .where(
            HearingMember.hearing_id.in_([each.id for each in hearings]),
            HearingMember.role.in_(OUTSIDE),
        )
        .order_by(HearingMember.position, HearingMember.id)
    )
    found: dict[int, dict[int, HearingMember]] = {each.id: {} for each in hearings}
    for member in session.scalars(query) if hearings else ():
        found[member.hearing_id][member.judge_id] = member
    return found


def awaiting(
    session: Session, court: Court, owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> list[AwaitingDay]:
    """Return the days with hearings that wait for an outcome, the earliest first."""
    query = (
        sa.select(Hearing.starts_at, Hearing.ends_at, Hearing.sitting_count)
        .join(Hearing.case)
        .where(*awaits(court, now), *owned)
        .order_by(Hearing.ends_at)
    )
    zone, days = ZoneInfo(court.zone), dict[dt.date, list[dt.datetime]]()
    for starts_at, ends_at, sitting_count in session.execute(query):
        if starts_at is None or ends_at is None:
            continue
        # A hearing of several days is over with its last sitting, which ends by midnight.
        last = ends_at - dt.timedelta(microseconds=1) if sitting_count > 1 else starts_at
        days.setdefault(last.astimezone(zone).date(), []).append(ends_at)
    return [AwaitingDay(on, len(ends), min(ends)) for on, ends in sorted(days.items())][:MOST_DAYS]


def awaits(court: Court, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of hearings that are over and have no outcome yet."""
    conditions = [
        Hearing.court_id == court.id,
        Hearing.state == HearingState.FIXED.value,
        Hearing.outcome == "",
        Hearing.ends_at <= now,
        Hearing.created_at < Hearing.ends_at,  # what was over when it was imported is history
    ]
    if court.outcomes_from is not None:
        zone = ZoneInfo(court.zone)
        conditions.append(Hearing.ends_at >= days_span(court.outcomes_from, 1, zone).starts_at)
    return conditions


def of_day(
    session: Session,
    court: Court,
    on: dt.date,
    owned: Sequence[sa.ColumnElement[bool]],
    now: dt.datetime,
) -> Sequence[Hearing]:
    """Return the hearings of a day that are over and can have an outcome, by time and room.

    One of several days is among those of its last.
    """
    span = days_span(on, 1, ZoneInfo(court.zone))
    query = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(
            Hearing.court_id == court.id,
            Hearing.state == HearingState.FIXED.value,
            sits_within(court.id, span.starts_at, span.ends_at),
            sa.or_(Hearing.sitting_count == 1, Hearing.ends_at <= span.ends_at),
            Hearing.ends_at <= now,
            *owned,
        )
        .options(joinedload(Hearing.case), joinedload(Hearing.judge), joinedload(Hearing.courtroom))
        .order_by(Hearing.starts_at, Hearing.courtroom_id, Hearing.id)
        .limit(MOST_OF_DAY)
    )
    return session.scalars(query).all()


def is_on_record(session: Session, hearing: Hearing) -> bool:
    """Tell whether any entry of the record is about a hearing."""
    query = sa.select(Entry.id).where(
        Entry.case_id == hearing.case_id, Entry.about == hearing.about
    )
    return session.scalar(query.limit(1)) is not None
