"""How often a code may be guessed: counted for each user, known devices each for themselves.

Only who has shown the password guesses at all, so that no stranger makes a user wait; who has found
out the password makes all unknown devices wait, and none on which the user has signed in before.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.factors.models import FactorGuesses
from app.people.factors.rules import GUESSES_FORGOTTEN, wait_after


def locked(session: Session, user_id: int, device: str, now: dt.datetime) -> FactorGuesses:
    """Return the guesses of a user from a device, locked: guesses are checked one by one."""
    query = sa.select(FactorGuesses).where(
        FactorGuesses.user_id == user_id, FactorGuesses.device == device
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        row = FactorGuesses(user_id=user_id, device=device, failures=0, last_at=now)
        session.add(row)
        session.flush()
    if row.last_at < now - GUESSES_FORGOTTEN:
        row.failures, row.blocked_until = 0, None
    return row


def is_blocked(guesses: FactorGuesses, now: dt.datetime) -> bool:
    """Tell whether one has to wait before the next guess."""
    return guesses.blocked_until is not None and now < guesses.blocked_until


def note_failure(guesses: FactorGuesses, now: dt.datetime) -> None:
    """Count a wrong code; from the fifth on the next one has to wait."""
    guesses.failures += 1
    guesses.last_at = now
    wait = wait_after(guesses.failures)
    guesses.blocked_until = now + wait if wait else None


def delete_old(session: Session, now: dt.datetime) -> int:
    """Delete what is forgotten; return how many rows."""
    old = sa.delete(FactorGuesses).where(FactorGuesses.last_at < now - GUESSES_FORGOTTEN)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
