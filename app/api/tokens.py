"""API tokens of the caller's user: list them, make one, revoke one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import g
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import Query, Resource
from app.api.schemas import NewTokenOut, TokensOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.errors import N_, Invalid, Message
from app.core.forms import ChoiceField, Form, InstantField, ListField, TextField, posted
from app.hearings.service import CourtContext
from app.people import tokens
from app.people.models import ApiToken, User
from app.people.rules import TokenScope

bp = Resource("tokens", __name__, description="Tokens with which programs use this API")


@dataclass(frozen=True, kw_only=True)
class TokenIn(Form):
    """A token that is made: never with more scopes, nor for longer, than the one that makes it."""

    name: str = posted(TextField(tokens.MOST_NAME, load_default=""))
    scopes: list[str] = posted(
        ListField(ChoiceField(tuple(TokenScope)), least=1, most=len(TokenScope), required=True)
    )
    expires_at: dt.datetime | None = posted(InstantField(load_default=None, allow_none=True))


def _caller(session: Session) -> ApiToken:
    return session.get_one(ApiToken, g.token_id)


@bp.route("")
class TokenCollection(MethodView):
    """The tokens of the caller's user."""

    @requires(TokenScope.READ)
    @bp.arguments(Query.schema(), location="query")
    @bp.response(200, TokensOut)
    def get(self, _: Query) -> Any:
        """List the tokens of this user, the newest first; never the tokens themselves"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            user = session.get_one(User, g.user_id)
            return {"tokens": [_shape(each, context) for each in tokens.of_user(session, user)]}

        return run_read(read)

    @requires(TokenScope.ADMIN)
    @bp.arguments(TokenIn.schema())
    @bp.response(201, NewTokenOut)
    def post(self, form: TokenIn) -> Answer:
        """Make a token for this user; it is shown in this answer only"""

        def make(session: Session, context: CourtContext) -> CommittedResponse:
            caller = _caller(session)
            _refuse_more(caller, form)
            scopes = tokens.chosen_scopes(form.scopes, caller.user)
            row, token = tokens.create(
                session,
                caller.user,
                form.name,
                context.now,
                scopes=scopes,
                expires_at=form.expires_at or caller.expires_at,
            )
            return CommittedResponse(_shape(row, context), 201, unkept={"token": token})

        return run_write(make, lambda session, context, kept: {"token": ""})


@bp.route("/<row:token_id>", methods=["DELETE"])
@requires(TokenScope.ADMIN)
@bp.response(204)
def revoke(token_id: int) -> Any:
    """Revoke a token of this user: it opens nothing from now on"""

    def end(session: Session, context: CourtContext) -> CommittedResponse:
        tokens.revoke(session, _caller(session).user, token_id, context.now)
        return CommittedResponse({}, 204)

    run_write(end)
    return None


def _refuse_more(caller: ApiToken, form: TokenIn) -> None:
    """Raise Invalid for a scope that the calling token lacks, or a later end than its own."""
    held = [each.value for each in TokenScope if each in caller.granted]
    if more := [each for each in form.scopes if each not in held]:
        words = N_("The calling token has the scopes %(held)s, so it cannot give %(scopes)s.")
        raise Invalid({"scopes": Message(words, held=held, scopes=more)})
    if caller.expires_at and form.expires_at and form.expires_at > caller.expires_at:
        words = N_("Choose an end that is not after that of the calling token.")
        raise Invalid({"expires_at": Message(words)})


def _shape(token: ApiToken, context: CourtContext) -> dict[str, Any]:
    zone = context.court.zone
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "court": context.court.name,
        "user": token.user.email,
        "scopes": [each.value for each in TokenScope if each in token.granted],
        **{
            name: serializers.moment(getattr(token, name), zone)
            for name in ("created_at", "expires_at", "last_used_at", "revoked_at")
        },
        "current": token.id == g.token_id,
    }
