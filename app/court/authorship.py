"""The author of a change to the settings: the signed-in user."""

from collections.abc import Callable

from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.court.change_log import ChangeAuthor


def signed_in_author() -> Callable[[Session], ChangeAuthor]:
    """Return a function that loads the signed-in user as author within a transaction's session."""
    user_id, court_id, now = current_user.id, current_user.court_id, web.now()
    user_model = type(current_user._get_current_object())
    return lambda session: ChangeAuthor(court_id, session.get_one(user_model, user_id), now)
