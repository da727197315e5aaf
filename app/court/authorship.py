"""Who makes a change of a court's settings, for the change log."""

from collections.abc import Callable

from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.court.change_log import ChangeAuthor


def by_whom() -> Callable[[Session], ChangeAuthor]:
    """Return a function that gives, within a transaction, the signed-in user as author."""
    user_id, court_id, now = current_user.id, current_user.court_id, web.now()
    user_model = type(current_user._get_current_object())
    return lambda session: ChangeAuthor(court_id, session.get_one(user_model, user_id), now)
