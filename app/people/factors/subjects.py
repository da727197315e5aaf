"""For whom a factor is set up: the signed-in user, or one who has to set one up to sign in."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, session
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import links
from app.core.db import db
from app.people.browser_sessions import SESSION_KEY
from app.people.factors import queries
from app.people.factors.sign_in_views import (
    PENDING_KEY,
    pending_begun,
    pending_browser,
    pending_user,
)
from app.people.models import User


@dataclass(frozen=True)
class FactorSubject:
    """A user, the browser by which challenges are stored, and how they are signed in."""

    user: User
    browser: str
    # The key of the pending sign-in; "" for a signed-in user.
    pending_key: str = ""
    session_id: int = 0
    # What is noted of the session that follows a pending sign-in.
    begun: Callable[[Session, int], None] | None = None


def signed_in_browser() -> str:
    """Return the digest of the key of this browser's session."""
    return links.digest(str(session.get(SESSION_KEY, "")))


def find() -> FactorSubject | None:
    """Return who sets up a factor here, or None.

    Who has a factor already and has not shown it is nobody: the password alone adds none.
    """
    if current_user.is_authenticated:
        user = current_user._get_current_object()
        return FactorSubject(user, signed_in_browser(), session_id=g.user_session.id)
    user = pending_user()
    if user is None or queries.has_any(db.session(), user.id):
        return None
    key = str(session[PENDING_KEY])
    return FactorSubject(user, pending_browser(), key, begun=pending_begun())
