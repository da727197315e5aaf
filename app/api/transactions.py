"""Run a use case as the token's user in one transaction, once per Idempotency-Key."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import g, request
from sqlalchemy.orm import Session

from app.api.models import IdempotentResponse
from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.hearings.service import CourtContext
from app.people.models import User

KEPT_FOR = dt.timedelta(days=30)
T = TypeVar("T")


@dataclass(frozen=True)
class CommittedResponse:
    """Response of a committed use case.

    ``unkept`` is shown, but never stored: keys of which only a hash is stored. ``restore`` (see
    ``run_write``) computes it anew when the request is repeated.
    """

    body: dict[str, Any]
    status: int = 200
    location: str = ""
    unkept: dict[str, Any] | None = None


Answer = tuple[dict[str, Any], int, dict[str, str]]


def court_context(session: Session) -> CourtContext:
    """Return the context of the user whose token was sent."""
    user = session.get_one(User, g.user_id)
    return CourtContext(court=user.court, user=user, now=web.now(), secret=web.secret())


def acting_user(context: CourtContext) -> User:
    """Return the user of a context that was made for a token: there always is one."""
    assert context.user is not None
    return context.user


def run_read(work: Callable[[Session, CourtContext], T]) -> T:
    """Run a read-only use case."""
    session = db.session()
    return work(session, court_context(session))


def run_write(
    work: Callable[[Session, CourtContext], CommittedResponse],
    restore: Callable[[Session, CourtContext, dict[str, Any]], dict[str, Any]] | None = None,
) -> Answer:
    """Run a use case in its transaction; a repeated Idempotency-Key gets the first response.

    The response is stored in the transaction of the use case, so that neither exists without the
    other. Of two requests at once, one waits for the other's commit. Errors are not stored, for
    they changed nothing.
    """
    key = _key()

    def once(session: Session) -> CommittedResponse:
        context = court_context(session)
        repeat = _claim_key(session, key, context.now) if key else None
        if repeat and repeat.status:
            kept = repeat.answer
            more = restore(session, context, kept["body"]) if restore else None
            return CommittedResponse(kept["body"], repeat.status, kept["location"], more)
        response = work(session, context)
        if repeat:
            repeat.status = response.status
            repeat.answer = {"body": response.body, "location": response.location}
        return response

    done = retrying(once)
    headers = {"Location": done.location} if done.location else {}
    return {**done.body, **(done.unkept or {})}, done.status, headers


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if "Idempotency-Key" in request.headers and not (
        0 < len(key) <= 255 and key.isascii() and key.isprintable()
    ):
        message = Message(N_("Give a key of 1 to 255 printable ASCII characters."))
        raise Invalid({"Idempotency-Key": message})
    return key


def _request_digest() -> str:
    body = json.dumps(g.get("body"), sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def _claim_key(session: Session, key: str, now: dt.datetime) -> IdempotentResponse:
    """Return the row of a key: with a status it is answered, without one it is ours to answer.

    The second of two inserts waits for the first's commit, violates the unique constraint and is
    retried by ``retrying``: then the response is there. Raises Invalid if the key came with another
    request.
    """
    statement = sa.select(IdempotentResponse).where(
        IdempotentResponse.user_id == g.user_id, IdempotentResponse.key == key
    )
    repeat = session.scalar(statement)
    if repeat is not None and repeat.asked != _request_digest():
        message = Message(N_("This key was used for another request."))
        raise Invalid({"Idempotency-Key": message})
    if repeat is None:
        delete_expired(session, now, 2)  # two go for each that comes
        repeat = IdempotentResponse(
            user_id=g.user_id, key=key, asked=_request_digest(), status=0, answer={}, at=now
        )
        session.add(repeat)
        session.flush()
    return repeat


def delete_expired(session: Session, now: dt.datetime, most: int = 200) -> int:
    """Delete expired responses, the oldest first, at most ``most``; return how many."""
    oldest = (
        sa.select(IdempotentResponse.id, IdempotentResponse.at)
        .order_by(IdempotentResponse.id)
        .limit(most)
    )
    rows = session.execute(oldest.with_for_update(skip_locked=True)).all()
    if old := [row.id for row in rows if row.at < now - KEPT_FOR]:
        session.execute(sa.delete(IdempotentResponse).where(IdempotentResponse.id.in_(old)))
    return len(old)
