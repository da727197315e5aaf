"""Sessions: each sign-in of a user in a browser, which can be listed and ended.

The cookie of a browser holds a random key; the database holds its SHA-256. A session counts until
it is ended, until the user's version changes (password set anew, deactivated, signed out by an
admin), or for LIFETIME. Because the server decides, a copy of the cookie is of no use after the
sign-out.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from app.core import links
from app.core.characters import clean
from app.core.errors import N_, NotFound
from app.people.models import User, UserSession

LIFETIME = dt.timedelta(days=30)  # after which one signs in again
FRESH = dt.timedelta(minutes=10)  # for how long a proof of who one is opens acts that need one
KEPT = dt.timedelta(days=90)  # for how long a session that is over is kept


def begin(
    session: Session,
    user_id: int,
    version: int,
    address: str,
    agent: str,
    now: dt.datetime,
    *,
    by_factor: bool = False,
) -> str:
    """Begin a session and return the key for the cookie; drops the user's long finished ones.

    ``version`` is the user's when the password was checked, so that a password set anew in between
    ends this session too. ``address`` is the browser's IP address, ``agent`` its User-Agent header.
    """
    key = secrets.token_urlsafe(32)
    session.execute(
        sa.delete(UserSession).where(
            UserSession.user_id == user_id, UserSession.created_at < now - KEPT
        )
    )
    session.add(
        UserSession(
            user_id=user_id,
            digest=links.digest(key),
            version=version,
            address=address[:45],
            agent=clean(agent)[:300],
            created_at=now,
            used_at=now,
            proven_at=now,
            by_factor=by_factor,
        )
    )
    session.flush()
    return key


def _current(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        UserSession.ended_at.is_(None),
        UserSession.created_at > now - LIFETIME,
        UserSession.version == User.version,
        User.active,
    )


def find(session: Session, key: str, now: dt.datetime) -> UserSession | None:
    """Return the session of a cookie's key with its user, or None if it is over."""
    query = (
        sa.select(UserSession)
        .join(UserSession.user)
        .options(contains_eager(UserSession.user))
        .where(UserSession.digest == links.digest(key), _current(now))
    )
    return session.scalar(query)


def of_user(session: Session, user_id: int, now: dt.datetime) -> Sequence[UserSession]:
    """Return a user's sessions that are not over, last used first."""
    query = (
        sa.select(UserSession)
        .join(UserSession.user)
        .options(contains_eager(UserSession.user))
        .where(UserSession.user_id == user_id, _current(now))
        .order_by(UserSession.used_at.desc(), UserSession.id.desc())
    )
    return session.scalars(query).all()


def end(session: Session, user_id: int, session_id: int, now: dt.datetime) -> None:
    """End one session of a user. Raises NotFound, also for a session of another user."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound(N_("There is no such session."))
    row.ended_at = row.ended_at or now


def end_others(session: Session, user_id: int, session_id: int, now: dt.datetime) -> int:
    """End all sessions of a user but this one, and return how many were ended."""
    others = [each for each in of_user(session, user_id, now) if each.id != session_id]
    for each in others:
        each.ended_at = now
    return len(others)


def is_fresh(session: Session, session_id: int, now: dt.datetime) -> bool:
    """Tell whether the user of a session proved a short time ago who they are."""
    row = session.get(UserSession, session_id)
    return row is not None and now - row.proven_at <= FRESH


@dataclass(frozen=True)
class CurrentSession:
    """The session of a request, whatever becomes of the database's own meanwhile."""

    id: int
    user_id: int
    used_at: dt.datetime
    proven_at: dt.datetime


def note_proof(session: Session, session_id: int, now: dt.datetime, *, by_factor: bool) -> None:
    """Store that the user has proved anew who they are."""
    row = session.get_one(UserSession, session_id)
    row.proven_at, row.by_factor = now, row.by_factor or by_factor


def note_use(session: Session, session_id: int, now: dt.datetime) -> None:
    """Store the time of a session's last use."""
    statement = sa.update(UserSession).where(UserSession.id == session_id).values(used_at=now)
    session.execute(statement.execution_options(synchronize_session=False))


# What a browser calls itself, and its name for a reader; the first that occurs counts, since each
# later one pretends to be an earlier one.
_BROWSERS = {
    "MicroMessenger/": "WeChat",
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chromium/": "Chromium",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "OpenHarmony": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def device_name(agent: str) -> tuple[str, str]:
    """Return the browser's and the system's name by a User-Agent header; "" for an unknown one."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return browser, system
