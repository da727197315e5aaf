"""Messages to counsel: send one again that did not arrive."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource
from app.api.schemas import NoticeOut
from app.api.transactions import Answer, CommittedResponse, run_write
from app.hearings.service import CourtContext
from app.notices import resending
from app.notices.models import Notice
from app.people.rules import TokenScope

bp = Resource("notices", __name__, description="Messages to counsel")


def _shape(notice: Notice) -> dict[str, Any]:
    plain = ("id", "case_id", "counsel_id", "kind", "channel", "name", "side", "state")
    return {name: getattr(notice, name) for name in plain}


@bp.route("/<row:notice_id>/again", methods=["POST"])
@requires(TokenScope.CONTACT)
@bp.response(201, NoticeOut)
def again(notice_id: int) -> Answer:
    """Send a message again that failed, was missed or has an unknown outcome; shows the new one"""

    def queue(session: Session, context: CourtContext) -> CommittedResponse:
        notice = resending.find(session, context.court.id, notice_id)
        new_id = resending.again(session, notice, context.now)
        return CommittedResponse(_shape(session.get_one(Notice, new_id)), 201)

    return run_write(queue)
