"""Queue the reminders of each new date, once; within the caller's transaction."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import N_
from app.hearings import facts, queries
from app.hearings.models import Hearing
from app.notices import record
from app.notices import service as notices
from app.notices.rules import What
from app.reminders import ladder
from app.reminders.rules import Reminder, reminders


def unplanned(session: Session, limit: int = 100) -> list[int]:
    """Return hearings with a date whose reminders are not in the queue yet."""
    return list(
        session.scalars(
            sa.select(Hearing.id)
            .where(Hearing.planned_revision < Hearing.revision)
            .order_by(Hearing.id)
            .limit(limit)
        )
    )


def plan(session: Session, hearing_id: int, now: dt.datetime) -> int:
    """Queue the reminders of a hearing's present date for everybody; return how many notices.

    A reminder whose time was over before the date was settled is written down as missed, not sent.
    """
    hearing = queries.hold(session, hearing_id)
    if hearing.planned_revision >= hearing.revision or hearing.starts_at is None:
        hearing.planned_revision = hearing.revision
        return 0
    hearing.planned_revision = hearing.revision
    court = hearing.case.court
    due = reminders(
        hearing.starts_at, court.reminder_days, zone=ZoneInfo(court.zone), at=court.reminder_at,
        quiet_from=court.quiet_from, quiet_until=court.quiet_until,
    )  # fmt: skip
    people = _people(session, hearing)
    if hearing.revision > 1 or not hearing.imported:
        ladder.plan(session, hearing, now)
    return sum(_queue(session, hearing, each, people, now) for each in due)


def _people(session: Session, hearing: Hearing) -> list[tuple[notices.Person, dict]]:
    seats = queries.last_seats(session, hearing)
    people = [(facts.counsel_of(seat), facts.person(seat)) for seat in seats.values()]
    for each in queries.seats(session, hearing.case):
        if each.counsel_id not in seats:
            people.append(
                (facts.counsel_seated(each),
                 {"name": each.counsel.name, "party": each.party.name, "side": each.party.side,
                  "is_court": False})
            )  # fmt: skip
    return people


def _queue(
    session: Session, hearing: Hearing, reminder: Reminder,
    people: list[tuple[notices.Person, dict]], now: dt.datetime,
) -> int:  # fmt: skip
    kind = f"reminder-{reminder.days}d"
    if reminder.due_at <= hearing.changed_at or reminder.stale_at <= now:
        why = N_("its time was over when the date was settled")
        lines = [
            record.Entry(What.MISSED, about=f"hearing/{hearing.id}", counsel_id=person.counsel_id,
                         side=person.side, kind="reminder",
                         detail={"days": reminder.days, "why": why},
                         personal={"name": person.name})
            for person, _ in people
        ]  # fmt: skip
        record.add(session, hearing.court_id, hearing.case_id, lines, now)
        return 0
    common = facts.of(hearing, days=reminder.days)
    return sum(
        len(
            notices.queue(
                session, facts.matter(hearing), kind, person, {**common, "person": shown},
                due_at=reminder.due_at, stale_at=reminder.stale_at, now=now,
            )
        )
        for person, shown in people
    )  # fmt: skip
