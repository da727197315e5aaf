"""Messages to counsel: send one again that did not arrive."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource
from app.api.document import preconditions
from app.api.schemas import NoticeOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.hearings.service import CourtContext
from app.notices import resending
from app.notices.models import Notice
from app.people.rules import TokenScope

bp = Resource("notices", __name__, description="Messages to counsel")


def _shape(notice: Notice) -> dict[str, Any]:
    plain = ("id", "case_id", "counsel_id", "kind", "channel", "name", "side", "state")
    return {name: getattr(notice, name) for name in plain}


@bp.route("/<row:notice_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, NoticeOut)
def notice(notice_id: int) -> Any:
    """Show a message to somebody, and what became of it"""
    return run_read(
        lambda session, context: _shape(resending.find(session, context.court.id, notice_id))
    )


@bp.route("/<row:notice_id>/again", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.response(201, NoticeOut)
def again(notice_id: int) -> Answer:
    """Send a message again that failed, was missed or has an unknown outcome; shows the new one"""

    def queue(session: Session, context: CourtContext) -> CommittedResponse:
        notice = resending.find(session, context.court.id, notice_id, lock=True)
        preconditions.check(NoticeOut, partial(_shape, notice))
        new_id = resending.again(session, notice, context.now)
        return CommittedResponse(_shape(session.get_one(Notice, new_id)), 201)

    return run_write(queue)
