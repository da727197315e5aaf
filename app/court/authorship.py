"""."""

from collections.abc import Callable

from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.court.change_log import ChangeAuthor
from app.people.models import User


def by_whom() -> Callable[[Session], ChangeAuthor]:
    """Return how a transaction says that a change is by whoever is signed in."""
    user_id, court_id, now = current_user.id, current_user.court_id, web.now()
    return lambda session: ChangeAuthor(court_id, session.get_one(User, user_id), now)
