"""Evidence about each counsel of a hearing, and whether it would bear a default judgment."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.cases.models import Case, Party, Representation
from app.evidence import reach
from app.evidence.reach import CounselReach
from app.hearings.models import Hearing
from app.law import working_days
from app.law.verdict import judge
from app.notices.models import Notice
from app.record.models import Entry

MOST_ENTRIES = 2000


def contacts(
    session: Session,
    hearing: Hearing,
    notices: Sequence[Notice],
    entries: Sequence[Entry],
    now: dt.datetime,
    representations: Sequence[Representation] | None = None,
) -> list[CounselReach]:
    """Return every counsel who was asked or acts now, with their evidence and the verdict.

    ``representations`` are those in force, where the caller has read them.
    """
    if representations is None:
        representations = acting(session, hearing.case)
    contacts = reach.contacts(hearing, representations, notices, entries, now)
    _judge(session, hearing, contacts, now)
    return contacts


def _judge(
    session: Session, hearing: Hearing, contacts: Sequence[CounselReach], now: dt.datetime
) -> None:
    """Set the verdict of everybody who acts: does the notice of the date bear a default judgment?

    There is none for a date that was fixed elsewhere: others announced it, and the record does not
    know of that.
    """
    announced_here = hearing.revision > 1 or not hearing.imported
    if not hearing.has_date or hearing.starts_at is None or not announced_here:
        return
    court = hearing.case.court
    rules = working_days.rules_of(court)
    on = hearing.starts_at.astimezone(ZoneInfo(court.zone)).date()
    rule = rules.default_for(hearing.case.procedure, on)
    if rule is None:
        return
    working = working_days.working_days(session, court)
    until = working_days.deadline(court, working, hearing.case.procedure, hearing.starts_at)
    for contact in contacts:
        if contact.acts:
            contact.verdict = judge(
                rule,
                rules.version,
                contact.evidence,
                consent=contact.agrees_now,
                deadline=until,
                now=now,
            )


def acting(session: Session, case: Case) -> Sequence[Representation]:
    """Return the representations in force in a case, with counsel, party and declarations."""
    return session.scalars(
        sa.select(Representation)
        .join(Representation.party)
        .where(Party.case_id == case.id, Representation.left_at.is_(None))
        .order_by(Representation.id)
        .options(
            joinedload(Representation.counsel),
            joinedload(Representation.party),
            selectinload(Representation.declarations),
        )
    ).all()


def acting_in(case: Case) -> Sequence[Representation]:
    """Return what ``acting`` does, of a case that is loaded with its people."""
    everybody = [each for party in case.parties for each in party.representations]
    in_force = [each for each in everybody if each.left_at is None]
    return sorted(in_force, key=lambda each: each.id)


def notices(session: Session, hearing: Hearing) -> Sequence[Notice]:
    """Return all notices to counsel about a hearing, oldest first, without their facts."""
    return session.scalars(
        sa.select(Notice)
        .where(Notice.about == hearing.about, Notice.counsel_id.is_not(None))
        .order_by(Notice.id)
        .options(defer(Notice.facts))
        .execution_options(populate_existing=True)
    ).all()


def entries(session: Session, hearing: Hearing) -> Sequence[Entry]:
    """Return the newest 2,000 entries about a hearing, oldest first.

    This includes contacts by hand about its case as a whole.
    """
    by_hand = sa.and_(Entry.about == "", Entry.kind == "by_hand")
    newest = session.scalars(
        sa.select(Entry)
        .where(
            Entry.case_id == hearing.case_id,
            sa.or_(Entry.about == hearing.about, by_hand),
        )
        .order_by(Entry.seq.desc())
        .limit(MOST_ENTRIES)
    ).all()
    return newest[::-1]
