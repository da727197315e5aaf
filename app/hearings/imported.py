"""Hearings that were fixed before Tingqi knew them: imported, and counted as busy time."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.events.rules import EventType
from app.hearings import booking, notifications, queries
from app.hearings.bench import members
from app.hearings.models import Hearing, HearingState
from app.hearings.scheduling import CourtContext
from app.hearings.sittings.rules import SittingTime
from app.record import ledger


def add_imported_hearing(
    session: Session,
    context: CourtContext,
    case: Case,
    *,
    kind: str,
    starts_at: dt.datetime,
    minutes: int,
    courtroom_id: int | None,
    sittings: Sequence[SittingTime] = (),
    judge_id: int | None = None,
    uid: str = "",
    shared: bool = False,
    remind: bool = False,
) -> tuple[Hearing, bool]:
    """Enter a hearing that was fixed before Tingqi knew it; its time counts as busy.

    The judge is the case's where none is given. The same ``uid``, or the same case, kind and time,
    is the same hearing. With ``shared`` it may lie over others, as where a list of cases is called
    at one time, and takes what they leave free. ``sittings`` are all of one that has several. Its
    people are told nothing, unless ``remind`` asks for reminders. Returns the hearing and whether
    it is new. Raises Clash.
    """
    same = sa.and_(Hearing.kind == kind, Hearing.starts_at == starts_at)
    known = session.scalar(
        sa.select(Hearing)
        .where(Hearing.case_id == case.id, sa.or_(Hearing.uid == uid, same))
        .limit(1)
    )
    if known:
        return known, False
    hearing = new_imported_hearing(
        context,
        case.id,
        judge_id or case.judge_id,
        kind=kind,
        starts_at=starts_at,
        minutes=minutes,
        courtroom_id=courtroom_id,
        sittings=sittings,
        uid=uid,
        remind=remind,
    )
    hearing.members = members.of_case(case, hearing.judge_id)
    session.add(hearing)
    session.flush()
    booking.book(
        session, hearing, None, sorted(queries.acting_counsel_ids(session, hearing)), shared=shared
    )
    publish_imported(session, [hearing], context.now)
    return hearing, True


def publish_imported_rows(
    session: Session, context: CourtContext, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Publish hearings that were entered as rows, as ``publish_imported`` does."""
    subjects = [(row["case_id"], {"hearing_id": row["id"]}) for row in rows]
    fixed, court_id = EventType.HEARING_FIXED, context.court.id
    ledger.publish_off_record(session, fixed, context.now, court_id=court_id, subjects=subjects)


def publish_imported(session: Session, hearings: Sequence[Hearing], now: dt.datetime) -> None:
    """Tell other systems of hearings that were fixed elsewhere, once they are stored."""
    notifications.publish_off_record(session, hearings, EventType.HEARING_FIXED, now)


def publish_undone(session: Session, hearings: Sequence[Hearing], now: dt.datetime) -> None:
    """Tell other systems that hearings are deleted, before they are: their import is undone."""
    notifications.publish_off_record(session, hearings, EventType.HEARING_CANCELLED, now)


def new_imported_hearing(
    context: CourtContext,
    case_id: int,
    judge_id: int,
    *,
    kind: str,
    starts_at: dt.datetime,
    minutes: int,
    courtroom_id: int | None,
    sittings: Sequence[SittingTime] = (),
    uid: str = "",
    remind: bool = False,
) -> Hearing:
    """Return a hearing fixed elsewhere, for which no time is booked yet.

    ``sittings`` are all of one that has several; the first is the one that the rest describes.
    """
    hearing = Hearing(
        case_id=case_id,
        **imported_values(
            context,
            judge_id,
            kind=kind,
            starts_at=starts_at,
            minutes=minutes,
            courtroom_id=courtroom_id,
            uid=uid or str(uuid.uuid4()),
            remind=remind,
        ),
    )
    if sittings:
        hearing.set_sittings(sittings)
    return hearing


def imported_values(
    context: CourtContext,
    judge_id: int,
    *,
    kind: str,
    starts_at: dt.datetime,
    minutes: int,
    courtroom_id: int | None,
    uid: str,
    remind: bool,
) -> dict[str, Any]:
    """Return the values of a hearing fixed elsewhere that has one sitting, by column."""
    return {
        "court_id": context.court.id,
        "judge_id": judge_id,
        "kind": kind,
        "minutes": minutes,
        "uid": uid,
        "state": HearingState.FIXED.value,
        "revision": 1,
        "planned_revision": 0 if remind and starts_at > context.now else 1,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=minutes),
        "courtroom_id": courtroom_id,
        "imported": True,
        "user_id": context.user.id if context.user else None,
        "created_at": context.now,
        "changed_at": context.now,
    }
