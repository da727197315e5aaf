"""What one counsel is sent or handed: a new link, and the court's own words about a hearing."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import attempts, serializers
from app.api.authentication import requires
from app.api.blueprint import Query
from app.api.cases import bp as cases
from app.api.conversation.schemas import OfficialMessageOut
from app.api.document import preconditions
from app.api.schemas import AttemptOut, CounselOut, NewLinkOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import queries as case_queries
from app.cases import service as case_service
from app.cases.rules import addresses_by_channel
from app.core.channels import UNPLANNED
from app.core.forms import ChoiceField, RowIdField, posted
from app.core.web import services
from app.desk.contacts import official_messages
from app.desk.contacts.forms import HandOnIn, MessageForm
from app.desk.contacts.official_messages import OfficialMessage
from app.hearings.answers import key_renewal
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.people.rules import TokenScope
from app.sending import messages


@cases.route("/<row:case_id>/counsel/<row:counsel_id>/link", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@cases.response(200, NewLinkOut)
def replace_link(case_id: int, counsel_id: int) -> Answer:
    """End every link that counsel was sent in the case, and send a new one at once

    `If-Match` names the counsel, as `GET /counsel/{counsel_id}?case_id=` shows them.
    """

    def renew(session: Session, context: CourtContext) -> CommittedResponse:
        case = case_service.find_case(session, context.court.id, case_id)
        acting = case_queries.acting_for_counsel(session, case, counsel_id)
        if "If-Match" in request.headers:
            lock_case(session, case.id, context.secret)
            for each in acting:
                session.refresh(each)
            preconditions.check(CounselOut, partial(serializers.counsel, acting[0]))
        for each in acting:
            key_renewal.renew_by_court(
                session, each, context.user, each.key_version, context.now, context.secret
            )
        counsel = acting[0].counsel
        return CommittedResponse(
            {
                "case_id": case.id,
                "counsel_id": counsel.id,
                "counsel": counsel.name,
                "channels": [channel for channel, _ in addresses_by_channel(counsel)],
            }
        )

    return run_write(renew)


@dataclass(frozen=True, kw_only=True)
class OfficialMessageIn(Query):
    """About which hearing, and in which form; without a hearing the one that is next."""

    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    form: str = posted(
        ChoiceField(tuple(MessageForm), load_default=MessageForm.SHORT.value, allow_none=True)
    )


@dataclass(frozen=True, kw_only=True)
class HandedOnIn(HandOnIn):
    """A message that was handed on, and about which hearing; without one the one that is next."""

    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _message(
    session: Session, context: CourtContext, case_id: int, counsel_id: int, hearing_id: int | None
) -> OfficialMessage:
    case = case_service.find_case(session, context.court.id, case_id)
    public_url = services().settings.public_url
    return official_messages.find(session, context, case, counsel_id, hearing_id, public_url)


def _shape(case_id: int, message: OfficialMessage, form: MessageForm) -> dict[str, Any]:
    """Return a message as its entry on the record has it: the key of the link is counsel's own."""
    letter = message.letter(form)
    return {
        "case_id": case_id,
        "hearing_id": message.hearing.id,
        "counsel_id": message.counsel.id,
        "counsel": message.counsel.name,
        "kind": message.kind.value,
        "language": message.counsel.language,
        "form": form.value,
        "subject": letter.subject,
        "text": messages.without_key(letter.text, message.link, message.code),
        "channels": [each.value for each in UNPLANNED],
    }


@cases.route("/<row:case_id>/counsel/<row:counsel_id>/message")
class OfficialMessageResource(MethodView):
    """The court's own words about a hearing to one counsel."""

    @requires(TokenScope.READ)
    @cases.arguments(OfficialMessageIn.schema(), location="query")
    @cases.response(200, OfficialMessageOut)
    def get(self, query: OfficialMessageIn, case_id: int, counsel_id: int) -> Any:
        """Show the official message to a counsel, to be read out; the key of their link is not"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            message = _message(session, context, case_id, counsel_id, query.hearing_id)
            return _shape(case_id, message, MessageForm(query.form))

        return run_read(read)

    @requires(TokenScope.CONTACT)
    @cases.arguments(HandedOnIn.schema())
    @cases.response(201, AttemptOut)
    def post(self, form: HandedOnIn, case_id: int, counsel_id: int) -> Answer:
        """Put on the record that the message was handed on: in a chat, in person, another way"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            case = case_service.find_case(session, context.court.id, case_id)
            message = _message(session, context, case_id, counsel_id, form.hearing_id)
            entry = official_messages.hand_on(session, context, case, message, form)
            return CommittedResponse(attempts.attempts([entry])[0], 201)

        return run_write(write)
