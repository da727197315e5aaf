"""Who calls, and whether their token may: bearer tokens (RFC 6750) and the scope of each call."""

import logging
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from flask import current_app, g, request
from flask_smorest import Blueprint
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Message
from app.people import service as people
from app.people import tokens
from app.people.models import ApiToken
from app.people.rules import TokenScope, use_is_stale

log = logging.getLogger("tingqi.api")
Call = TypeVar("Call", bound=Callable[..., object])
# Names under which programs send a token in an address, where logs and histories keep it.
IN_ADDRESS = ("access_token", "token", "api_key")


class TokenInAddress(Exception):  # noqa: N818
    """A token was sent in the address; RFC 6750, 2.3 advises against it, and we refuse it."""


class TokenRefused(Unauthorized):
    """The token is missing or opens nothing; ``message`` says why, where there is one."""

    def __init__(self, message: Message | None, challenge: dict[str, str | None]) -> None:
        self.message, self.challenge = message, str(WWWAuthenticate("bearer", challenge))
        super().__init__(www_authenticate=WWWAuthenticate("bearer", challenge))


class ScopeMissing(Forbidden):
    """The token is valid, but lacks the scope of this call (RFC 6750, 3.1)."""

    def __init__(self, scope: TokenScope) -> None:
        self.scope = scope
        super().__init__()

    @property
    def message(self) -> Message:
        """Say which scope is missing."""
        words = N_(
            "This call needs a token with the scope “%(scope)s”, which this one lacks. "
            "Create a token that has it."
        )
        return Message(words, scope=self.scope.value)

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header."""
        return f'Bearer realm="tingqi", error="insufficient_scope", scope="{self.scope.value}"'


def requires(scope: TokenScope) -> Callable[[Call], Call]:
    """Name the scope that a call needs; the check, and the document's ``security``, read it."""

    def mark(call: Call) -> Call:
        documented: Call = Blueprint.doc(security=[{"token": [scope.value]}])(call)
        documented.scope = scope  # type: ignore[attr-defined]
        return documented

    return mark


def scope_of(endpoint: str, method: str) -> TokenScope:
    """Return the scope that a call needs. Raises AttributeError for one that names none."""
    view = current_app.view_functions[endpoint]
    if view_class := getattr(view, "view_class", None):
        view = getattr(view_class, "get" if method == "HEAD" else method.lower())
    scope: TokenScope = getattr(view, "scope")  # noqa: B009  (which mypy cannot know)
    return scope


def authenticate() -> None:
    """Identify the caller by their token, and check its scope.

    Raises TokenInAddress, TokenRefused, ScopeMissing.
    """
    if any(
        name in IN_ADDRESS or tokens.is_token(value)
        for name, value in request.args.items(multi=True)
    ):
        raise TokenInAddress
    token = _token_of_request()
    g.user_id, g.token_id = token.user_id, token.id
    people.read_as(db.session(), token.user)
    if request.method != "OPTIONS":
        scope = scope_of(request.endpoint or "", request.method)
        if scope not in token.granted:
            raise ScopeMissing(scope)
    if use_is_stale(token.last_used_at, web.now()):
        _note_use(token.id)


def _token_of_request() -> ApiToken:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    challenge: dict[str, str | None] = {"realm": "tingqi"}
    if scheme.lower() != "bearer" or not value.strip():
        raise TokenRefused(None, challenge)
    challenge["error"] = "invalid_token"
    token = tokens.find(db.session(), value.strip(" "))
    if token is None:
        raise TokenRefused(None, challenge)
    if (refused := tokens.refusal_of(token, web.now())) is not None:
        raise TokenRefused(refused, challenge)
    return token


def _note_use(token_id: int) -> None:
    """Store that a token was used just now; the call goes on where this cannot be stored."""
    try:
        retrying(lambda session: tokens.note_use(session, token_id, web.now()), tries=1)
    except sa.exc.SQLAlchemyError:
        log.warning("the use of token %s could not be noted", token_id)
