"""Queue the reminders of new dates, once each, within the caller's transaction."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.core.db import bulk
from app.core.errors import N_
from app.court.models import Court
from app.hearings import facts
from app.hearings.bench import messages
from app.hearings.models import Hearing, MemberInvitation
from app.hearings.sittings.rules import day_of, days_of
from app.law import working_days
from app.law.working_days import WorkingDays
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, queue
from app.record import ledger
from app.record.rules import Event, NoticeState
from app.reminders import escalation
from app.reminders.people import people
from app.reminders.rules import FurtherDay, Reminder, reminders

AT_ONCE = 100  # hearings in one transaction


def unplanned(session: Session) -> list[int]:
    """Return the ids of hearings with a date whose reminders are not in the queue yet."""
    query = sa.select(Hearing.id).where(Hearing.planned_revision < Hearing.revision)
    return list(session.scalars(query.order_by(Hearing.id).limit(AT_ONCE)))


def plan(session: Session, now: dt.datetime) -> int:
    """Queue the reminders of hearings with a new date for everybody; return the number of hearings.

    Skips hearings that another worker is planning: none is planned twice. A reminder whose time
    had passed before the date was set is recorded as missed, not sent.
    """
    return _plan(session, _lock_unplanned(session), now)


def plan_one(session: Session, hearing_id: int, now: dt.datetime) -> int:
    """Queue the reminders of one hearing, where planning a batch failed."""
    return _plan(session, _lock_unplanned(session, hearing_id), now)


def plan_for(
    session: Session, hearing_id: int, counsel_ids: Collection[int], now: dt.datetime
) -> None:
    """Queue the reminders of a hearing's date for counsel who were notified of it later.

    Reminders of counsel who left and came back were withdrawn: they are queued anew, by a key of
    their own.
    """
    hearing = session.get_one(Hearing, hearing_id)
    if hearing.starts_at is None or hearing.planned_revision < hearing.revision:
        return  # they are planned with everybody's
    by_hearing = people(session, [hearing])
    recipients = [each for each in by_hearing.of(hearing) if each[0].counsel_id in counsel_ids]
    requests, missed = _split(hearing, hearing.starts_at, recipients, now, since=now)
    acting = {n: acts for n, acts in by_hearing.acting_in(hearing).items() if n in counsel_ids}
    session.flush()
    working = working_days.working_days(session, hearing.case.court)
    escalation.write(session, escalation.steps(hearing, acting, working, now))
    queue(session, _again(session, hearing, requests, now), now, missed)


def _again(
    session: Session, hearing: Hearing, requests: Sequence[NoticeRequest], now: dt.datetime
) -> list[NoticeRequest]:
    """Return reminders, with a new version for those whose own of this date were withdrawn."""
    subject = facts.subject(hearing)
    withdrawn = set(
        session.scalars(
            sa.select(Notice.counsel_id).where(
                Notice.about == subject.about,
                Notice.kind == NoticeKind.REMINDER,
                Notice.state == NoticeState.WITHDRAWN,
                Notice.key.contains(f"/{subject.version}/"),
            )
        )
    )
    anew = facts.subject(hearing, f"{hearing.revision}.back{now:%Y%m%d%H%M%S}")
    return [
        replace(each, subject=anew) if each.recipient.counsel_id in withdrawn else each
        for each in requests
    ]


def _split(
    hearing: Hearing,
    starts_at: dt.datetime,
    recipients: Sequence[tuple[Recipient, dict]],
    now: dt.datetime,
    since: dt.datetime,
) -> tuple[list[NoticeRequest], list[ledger.NewEntry]]:
    """Return the reminders that can still be sent, and entries about those that cannot."""
    requests: list[NoticeRequest] = []
    missed: list[ledger.NewEntry] = []
    for each in _reminders(hearing, starts_at):
        if each.due_at <= since or each.stale_at <= now:
            missed += _missed(hearing, each, recipients)
        else:
            requests += _requests(hearing, each, recipients)
    return requests, missed


def plan_for_members(
    session: Session, hearing_id: int, invitation_ids: Collection[int], now: dt.datetime
) -> None:
    """Queue the reminders of a hearing's date for members of its bench who joined it later."""
    hearing = session.get_one(Hearing, hearing_id)
    if hearing.starts_at is None or hearing.planned_revision < hearing.revision:
        return  # they are planned with everybody's
    members = people(session, [hearing]).members.get(hearing_id, ())
    joined = [each for each in members if each.id in invitation_ids]
    version = f"{hearing.revision}.m{now:%Y%m%d%H%M%S}"
    queue(session, _to_members(hearing, joined, now, now, version), now)


def _to_members(
    hearing: Hearing,
    members: Sequence[MemberInvitation],
    now: dt.datetime,
    since: dt.datetime,
    version: str = "",
) -> list[NoticeRequest]:
    """Return the reminders of members outside the court that can still be sent."""
    if hearing.starts_at is None or not members:
        return []
    return [
        request
        for each in _reminders(hearing, hearing.starts_at)
        if each.due_at > since and each.stale_at > now
        for request in messages.requests(
            hearing,
            NoticeKind.MEMBER_REMINDER,
            members,
            each.due_at,
            each.stale_at,
            version=version,
            variant=_variant(each),
            days=each.days,
        )
    ]


def _further_days(hearing: Hearing) -> list[FurtherDay]:
    """Return the days after the first of a hearing that has several."""
    if len(hearing.sittings) < 2:
        return []
    zone = ZoneInfo(hearing.case.court.zone)
    days = days_of(hearing.sittings, zone)
    return [
        FurtherDay(
            number,
            len(days),
            [each for each in hearing.sittings if day_of(each.starts_at, zone) == day],
        )
        for number, day in enumerate(days[1:], 2)
    ]


def _plan(session: Session, hearings: Sequence[Hearing], now: dt.datetime) -> int:
    if not hearings:
        return 0
    by_hearing = people(session, hearings)
    requests: list[NoticeRequest] = []
    entries: list[ledger.NewEntry] = []
    steps: list[dict[str, Any]] = []
    working: dict[int, WorkingDays] = {}
    for hearing in hearings:
        if hearing.starts_at is None:
            continue
        recipients, since = by_hearing.of(hearing), hearing.changed_at
        to_send, missed = _split(hearing, hearing.starts_at, recipients, now, since)
        requests += to_send
        requests += _to_members(hearing, by_hearing.members.get(hearing.id, ()), now, since)
        entries += missed
        if hearing.revision > 1 or not hearing.imported:
            court = hearing.case.court
            if court.id not in working:
                working[court.id] = working_days.working_days(session, court)
            steps += escalation.steps(
                hearing, by_hearing.acting_in(hearing), working[court.id], now
            )
    planned = [{"id": each.id, "planned_revision": each.revision} for each in hearings]
    bulk.update(session, bulk.table(Hearing), planned)
    escalation.write(session, steps)
    queue(session, requests, now, entries)
    return len(hearings)


def _lock_unplanned(session: Session, only: int | None = None) -> Sequence[Hearing]:
    """Lock hearings with a date whose reminders are not in the queue yet, or one of them."""
    query = (
        sa.select(Hearing)
        .where(Hearing.planned_revision < Hearing.revision)
        .order_by(Hearing.id)
        .limit(AT_ONCE)
        .with_for_update(of=Hearing, skip_locked=True)
        .execution_options(populate_existing=True)
        .options(
            joinedload(Hearing.case).selectinload(Case.court),
            joinedload(Hearing.case).selectinload(Case.assistant),
            selectinload(Hearing.judge),
            selectinload(Hearing.courtroom),
            selectinload(Hearing.user),
        )
    )
    if only is not None:
        query = query.where(Hearing.id == only)
    return session.scalars(query).all()


def before(court: Court, at: dt.datetime, days: Sequence[int] | None = None) -> list[Reminder]:
    """Return the reminders of a court's settings before a moment, earliest first.

    ``days`` are those of the settings unless given: on how many days before.
    """
    return reminders(
        at,
        court.reminder_days if days is None else days,
        zone=ZoneInfo(court.zone),
        at=court.reminder_at,
        quiet_from=court.quiet_from,
        quiet_until=court.quiet_until,
    )


def _reminders(hearing: Hearing, starts_at: dt.datetime) -> list[Reminder]:
    """Return the reminders before the first day, and the last of them before each further day."""
    court = hearing.case.court
    last = sorted(court.reminder_days)[:1]
    return [
        *before(court, starts_at),
        *(
            replace(each, day=day)
            for day in _further_days(hearing)
            for each in before(court, day.sittings[0].starts_at, last)
        ),
    ]


def _variant(reminder: Reminder) -> str:
    """Return what tells a reminder from the others of its date: days before, and of which day."""
    return f"{reminder.days}d" + (f".day{reminder.day.number}" if reminder.day else "")


def _missed(
    hearing: Hearing, reminder: Reminder, recipients: Sequence[tuple[Recipient, dict]]
) -> list[ledger.NewEntry]:
    why = N_("its time was over when the date was settled")
    return [
        ledger.NewEntry(
            Event.MISSED,
            court_id=hearing.court_id,
            case_id=hearing.case_id,
            about=hearing.about,
            counsel_id=person.counsel_id,
            side=person.side,
            kind=NoticeKind.REMINDER.value,
            detail={"days": reminder.days, "why": why, **_numbered(reminder.day)},
            personal={"name": person.name},
        )
        for person, _ in recipients
    ]


def _numbered(day: FurtherDay | None) -> dict[str, int]:
    return {"sitting_day": day.number} if day else {}


def _requests(
    hearing: Hearing, reminder: Reminder, recipients: Sequence[tuple[Recipient, dict]]
) -> list[NoticeRequest]:
    common, subject = facts.hearing_facts(hearing, days=reminder.days), facts.subject(hearing)
    if day := reminder.day:
        common["hearing"] = {
            **common["hearing"],
            "sittings": None,
            **facts.set_facts(day.sittings),
            "sitting_day": {"number": day.number, "of": day.days},
        }
    return [
        NoticeRequest(
            subject,
            NoticeKind.REMINDER,
            recipient,
            {**common, "person": person},
            reminder.due_at,
            reminder.stale_at,
            variant=_variant(reminder),
        )
        for recipient, person in recipients
    ]
