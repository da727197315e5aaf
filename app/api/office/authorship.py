"""Who changes what an admin alone may change."""

from werkzeug.exceptions import Forbidden

from app.core.web.access import allows
from app.court.change_log import ChangeAuthor
from app.hearings.service import CourtContext


def admin_author(context: CourtContext) -> ChangeAuthor:
    """Return the author of a change. Raises Forbidden unless they are an admin."""
    if context.user is None or not allows(context.user.role, "set_up"):
        raise Forbidden
    return ChangeAuthor(context.court.id, context.user, context.now)
