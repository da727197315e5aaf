"""API tokens of the caller's user: list them, make one, revoke one."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.schemas import NewTokenOut, TokenOut, TokensOut
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.core.errors import N_, Invalid, Message
from app.core.forms import ChoiceField, Form, InstantField, ListField, TextField, posted
from app.hearings.service import CourtContext
from app.people import tokens
from app.people.models import ApiToken
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


@dataclass(frozen=True, kw_only=True)
class TokensIn(ShortListIn):
    """Filter of the list of tokens."""

    state: str | None = posted(
        ChoiceField(("active", "expired", "revoked"), load_default=None, allow_none=True)
    )


def _caller(session: Session) -> ApiToken:
    return session.get_one(ApiToken, g.token_id)


@bp.route("")
class TokenCollection(MethodView):
    """The tokens of the caller's user."""

    @requires(TokenScope.READ)
    @bp.arguments(TokensIn.schema(), location="query")
    @bp.response(200, TokensOut)
    def get(self, query: TokensIn) -> Any:
        """List the tokens of this user, the newest first; never the tokens themselves"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = [
                each
                for each in tokens.of_user(session, acting_user(context))
                if query.state in (None, _state(each, context))
            ]
            shown, following = part_of(found, query, lambda each: each.id)
            return {"tokens": [_shape(each, context) for each in shown], "next": following}

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


def _shown(session: Session, context: CourtContext, token_id: int) -> dict[str, Any]:
    token = tokens.find_of_user(session, acting_user(context), token_id)
    return _shape(token, context)


@bp.route("/<row:token_id>")
class TokenResource(MethodView):
    """One token of the caller's user."""

    @requires(TokenScope.READ)
    @bp.response(200, TokenOut)
    def get(self, token_id: int) -> Any:
        """Show a token of this user; never the token itself"""
        return run_read(lambda session, context: _shown(session, context, token_id))

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, token_id: int) -> Any:
        """Revoke a token of this user: it opens nothing from now on"""

        def end(session: Session, context: CourtContext) -> CommittedResponse:
            user = acting_user(context)
            tokens.find_of_user(session, user, token_id, lock=True)
            preconditions.check(TokenOut, partial(_shown, session, context, token_id))
            tokens.revoke(session, user, token_id, context.now)
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


def _state(token: ApiToken, context: CourtContext) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.has_expired(context.now) else "active"


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
