"""Asking for the check of a whole chain, and doing it, a range of entries at a time."""

import datetime as dt
import json
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import Message
from app.core.message_json import message_from_json, message_to_json
from app.record.chain_checks.models import ChainCheck
from app.record.models import ChainHead
from app.record.verification import ChainFinding, ChainRange

RANGE = 5_000  # entries that are verified between two notes of the progress
LEASE = dt.timedelta(minutes=3)
RECENT = dt.timedelta(minutes=10)  # within which a result is shown, and not computed anew


def ask(session: Session, case_id: int, now: dt.datetime) -> ChainCheck:
    """Return the check of a case's chain that is under way or recent, else ask for a new one."""
    check = session.get(ChainCheck, case_id, with_for_update=True)
    if check is not None and (check.finished_at is None or now - check.finished_at < RECENT):
        return check
    head = session.get(ChainHead, case_id)
    if check is None:
        check = ChainCheck(case_id=case_id, key=secrets.token_urlsafe(16))
        session.add(check)
    check.asked_at, check.entries, check.checked = now, head.seq if head else 0, 0
    check.claimed_until = check.finished_at = check.bad_seq = None
    check.why = ""
    session.flush()
    return check


def of_case(session: Session, case_id: int) -> ChainCheck | None:
    """Return the last check of a case's chain, if there was any."""
    return session.get(ChainCheck, case_id)


def by_key(session: Session, key: str) -> ChainCheck | None:
    """Return a check by the key in the address of its page."""
    return session.scalar(sa.select(ChainCheck).where(ChainCheck.key == key))


def claim_next(session: Session, now: dt.datetime) -> ChainRange | None:
    """Claim the check that waits longest, and return its next range; None where none waits."""
    free = sa.or_(ChainCheck.claimed_until.is_(None), ChainCheck.claimed_until < now)
    query = (
        sa.select(ChainCheck)
        .where(ChainCheck.finished_at.is_(None), free)
        .order_by(ChainCheck.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    check = session.scalar(query)
    if check is None:
        return None
    check.claimed_until = now + LEASE
    return _next_range(check)


def _next_range(check: ChainCheck) -> ChainRange:
    first, last = check.checked + 1, check.checked + RANGE
    return ChainRange(check.case_id, first, last if last < check.entries else None)


def note(
    session: Session, part: ChainRange, finding: ChainFinding, now: dt.datetime
) -> ChainRange | None:
    """Note what a range was found to be; return the next one, None at the end or at a fault."""
    check = session.get_one(ChainCheck, part.case_id, with_for_update=True)
    if check.finished_at is not None or check.checked != part.first - 1:
        return None  # another worker took it over
    check.checked, check.claimed_until = finding.entries, now + LEASE
    check.entries = max(check.entries, finding.entries)
    if not finding.intact:
        check.bad_seq = finding.bad_seq
        check.why = json.dumps(message_to_json(finding.why)) if finding.why else ""
    elif part.last is not None:
        return _next_range(check)
    check.finished_at, check.claimed_until = now, None
    return None


def give_back(session: Session, part: ChainRange) -> None:
    """Leave a check to another worker, from the range on that was not verified."""
    check = session.get(ChainCheck, part.case_id)
    if check is not None and check.checked == part.first - 1:
        check.claimed_until = None


def fault_of(check: ChainCheck) -> Message | None:
    """Return what is wrong with the chain, None where nothing is or it is not known yet."""
    return message_from_json(json.loads(check.why)) if check.why else None
