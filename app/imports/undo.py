"""Undo an import on its day: rows that it made and nobody touched since are deleted."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import (
    Away,
    BusyCalendar,
    BusyTime,
    Case,
    Counsel,
    Party,
    Representation,
    ServiceDeclaration,
)
from app.core.db import Key
from app.core.errors import N_, Refusal
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.hearings.imported import publish_undone
from app.hearings.models import Booking, Hearing, Invitation, Proposal
from app.imports import uploads
from app.imports.models import Upload
from app.notices.models import Notice
from app.outcomes import service as outcomes
from app.record.models import ChainHead, Entry
from app.tasks.models import Task

# Calendars that are followed, by the table's name: this room and theirs stand side by side.
FEED = sa.table("feed", sa.column("scope", sa.String), sa.column("whose", Key))


@dataclass(frozen=True)
class Undone:
    """What was deleted, and the cases that stay because somebody worked with them since."""

    cases: int
    hearings: int
    stay: list[str]


def undo(session: Session, by: ChangeAuthor, upload: Upload) -> Undone:
    """Delete what an import made. Raises Refusal unless it was entered today.

    A case stays if anything of it is on the record of contact, was proposed, moved or entered by
    hand since. So does what was added to cases known before, for their earlier state is not stored.
    """
    court = session.get_one(Court, upload.court_id)
    if upload.state != "entered" or upload.ended_at is None:
        raise Refusal(N_("This import is not entered, or is undone already."))
    if not uploads.is_today(upload.ended_at, by.now, court):
        raise Refusal(N_("An import can be undone on its own day only."))
    mine = sa.select(Case).where(Case.upload_id == upload.id)
    cases = session.scalars(mine.order_by(Case.id).with_for_update()).all()
    touched = _touched(session, upload)
    gone = [case.id for case in cases if case.id not in touched]
    stay = [case.number for case in cases if case.id in touched]
    hearings = _delete(session, upload, gone, by.now)
    upload.state = "undone"
    upload.report = {**upload.report, "undone": len(gone), "stay": stay[:100]}
    change_log.note(session, by, "import", f"undone/{upload.name}", len(cases), len(stay))
    return Undone(len(gone), hearings, stay)


def _touched(session: Session, upload: Upload) -> set[int]:
    """Return cases of an import that somebody worked with since, by any row that refers to them."""
    mine = sa.select(Case.id).where(Case.upload_id == upload.id)
    hearings = sa.select(Hearing.id).where(Hearing.case_id.in_(mine))
    other = sa.or_(
        Hearing.upload_id.is_distinct_from(upload.id),
        Hearing.revision != 1,
        Hearing.state != "fixed",
    )
    followed = sa.select(FEED.c.whose).where(FEED.c.scope == "hearing")
    touched: set[int] = set()
    for statement in (
        *(
            sa.select(table.case_id).where(table.case_id.in_(mine))
            for table in (Notice, Entry, ChainHead, Task)
        ),
        sa.select(Hearing.case_id).where(Hearing.case_id.in_(mine), other),
        sa.select(Hearing.case_id).join(Proposal).where(Hearing.case_id.in_(mine)),
        sa.select(Hearing.case_id).where(Hearing.id.in_(hearings), Hearing.id.in_(followed)),
        sa.select(Case.id).where(Case.id.in_(mine), Case.assistant_id.is_not(None)),
        sa.select(Party.case_id)
        .join(Representation)
        .where(Party.case_id.in_(mine), Representation.left_at.is_not(None)),
    ):
        touched |= set(session.scalars(statement))
    return touched


def _delete(session: Session, upload: Upload, cases: list[int], now: dt.datetime) -> int:
    loose = {"synchronize_session": False}
    count = 0
    for at in range(0, len(cases), 500):
        some = cases[at : at + 500]
        of_cases = sa.select(Hearing).where(Hearing.case_id.in_(some)).order_by(Hearing.id)
        rows = session.scalars(of_cases).all()
        publish_undone(session, rows, now)
        hearings = [each.id for each in rows]
        parties = sa.select(Party.id).where(Party.case_id.in_(some))
        count += len(hearings)
        outcomes.delete_of_hearings(session, hearings)
        for words in (
            sa.delete(Booking).where(Booking.hearing_id.in_(hearings)),
            sa.delete(Hearing).where(Hearing.id.in_(hearings)),
            sa.delete(ServiceDeclaration).where(
                ServiceDeclaration.representation_id.in_(
                    sa.select(Representation.id).where(Representation.party_id.in_(parties))
                )
            ),
            sa.delete(Representation).where(Representation.party_id.in_(parties)),
            sa.delete(Party).where(Party.case_id.in_(some)),
            sa.delete(Case).where(Case.id.in_(some)),
        ):
            session.execute(words.execution_options(**loose))
    session.expire_all()
    _delete_strangers(session, upload, loose)
    return count


def _delete_strangers(session: Session, upload: Upload, loose: dict[str, bool]) -> None:
    """Delete counsel who came with the import and to whom nothing else refers."""
    rows = (Representation, Invitation, Notice, Entry, Task, Away, BusyCalendar, BusyTime)
    spoken = [sa.exists().where(row.counsel_id == Counsel.id) for row in rows]
    followed = sa.exists().where(FEED.c.scope == "counsel", FEED.c.whose == Counsel.id)
    statement = sa.delete(Counsel).where(
        Counsel.court_id == upload.court_id,
        Counsel.id > upload.counsel_before,
        ~sa.or_(*spoken, followed),
    )
    session.execute(statement.execution_options(**loose))


def can_undo(court: Court, upload: Upload, now: dt.datetime) -> bool:
    """Tell whether an import can still be undone."""
    ended = upload.ended_at
    return upload.state == "entered" and ended is not None and uploads.is_today(ended, now, court)
