"""What an error of the database means: it is away, it is full, or two writers met."""

import sqlite3

import sqlalchemy as sa

from app.core.errors import N_, Message


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that the database is unavailable, whatever the request was.

    It cannot be reached, it closed the connection, every connection is busy, a statement or a lock
    took too long, the disk is full, or it is read-only (PostgreSQL: 25006).
    """
    kinds = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
    lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, kinds) or lost or state == "25006"


def database_fault(error: BaseException) -> Message:
    """Return the message to users about an unavailable database.

    Waiting helps, except when the disk is full (SQLite: SQLITE_FULL; PostgreSQL: 53100).
    """
    original = getattr(error, "orig", None)
    full = getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if full or getattr(original, "sqlstate", None) == "53100":
        return Message(
            N_(
                "The court's server has no disk space left. Nothing was lost, but nothing new "
                "can be saved until its administrator frees some."
            )
        )
    return Message(
        N_("The database cannot be reached just now. Nothing was lost; try again in a minute.")
    )


def is_contention(error: BaseException) -> bool:
    """Tell whether an error is a conflict of two writers, which a retry resolves.

    PostgreSQL: 40001 serialization failure, 40P01 deadlock, 55P03 lock not available, 23505 unique
    and 23P01 exclusion violation; SQLite: busy, or a constraint that the other's row now breaks.
    """
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None)
    words = ("database is locked", "double booking", "UNIQUE constraint")
    return state in {"40001", "40P01", "55P03", "23505", "23P01"} or any(
        word in str(original) for word in words
    )
