"""Blank the personal contents of a case's record: entries, times and hashes stay, and verify."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.notices.inbound import Inbound
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry, EntryContent, Receipt
from app.record.rules import PENDING, Event, NoticeState
from app.tasks.models import Task


def is_open() -> sa.ColumnElement[bool]:
    """Return the condition that a notice waits, is being sent, or its carrier is still asked."""
    asked_after = sa.and_(Notice.state == NoticeState.SENT.value, Notice.ask_at.is_not(None))
    return sa.or_(Notice.state.in_(PENDING), asked_after)


def under_way(session: Session, case_id: int) -> bool:
    """Tell whether a notice about a case is still open."""
    query = sa.select(Notice.id).where(Notice.case_id == case_id, is_open())
    return session.scalar(query.limit(1)) is not None


def erased(session: Session, case_id: int) -> bool:
    """Tell whether a case's record was blanked and nothing was added since."""
    last = sa.select(Entry.what).where(Entry.case_id == case_id).order_by(Entry.seq.desc())
    return session.scalar(last.limit(1)) == Event.ERASED.value


def blank(
    session: Session, court_id: int, case_id: int, *, by: str, why: str, now: dt.datetime
) -> int:
    """Blank addresses and contents of a case's entries so far; return how many entries that were.

    First an entry says by whom and why: a trigger refuses to blank anything before it is there, and
    verification accepts blanks only before such an entry. By whom and why are not personal to a
    party and stay readable for ever. Copies outside the record (addresses and facts of notices, raw
    receipts, replies, wishes to be called) are blanked too.
    """
    entry = ledger.NewEntry(
        Event.ERASED, court_id=court_id, case_id=case_id, detail={"by": by, "why": why}
    )
    [seq] = ledger.append(session, [entry], now)
    earlier = sa.select(Entry.id).where(Entry.case_id == case_id, Entry.seq < seq)
    blanked = session.execute(
        sa.update(EntryContent)
        .where(EntryContent.line_id.in_(earlier), sa.cast(EntryContent.body, sa.Text) != "{}")
        .values(body={})
        .execution_options(synchronize_session=False)
    )
    _blank_around(session, case_id)
    session.expire_all()
    return int(getattr(blanked, "rowcount", 0))


def _blank_around(session: Session, case_id: int) -> None:
    notices = sa.select(Notice.id).where(Notice.case_id == case_id)
    unsynchronized = {"synchronize_session": False}
    session.execute(
        sa.update(Receipt)
        .where(Receipt.notice_id.in_(notices), sa.cast(Receipt.raw, sa.Text) != "{}")
        .values(raw={})
        .execution_options(**unsynchronized)
    )
    session.execute(
        sa.update(Notice)
        .where(Notice.case_id == case_id)
        .values(address="", name="", facts={}, ask_at=None)
        .execution_options(**unsynchronized)
    )
    session.execute(
        sa.update(Inbound)
        .where(Inbound.case_id == case_id)
        .values(sender="", name="", subject="", words="", detail={})
        .execution_options(**unsynchronized)
    )
    session.execute(
        sa.update(Task)
        .where(Task.case_id == case_id)
        .values(wish="", topic="", phone="")
        .execution_options(**unsynchronized)
    )
