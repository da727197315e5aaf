"""API tokens: made, used, revoked, within the caller's transaction."""

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import links
from app.core.errors import N_, Invalid, Message, NotFound
from app.people.models import ApiToken, User
from app.people.rules import TokenScope, scopes_of_role

PREFIX = "tq_"  # so that a leaked token can be recognised
MOST_NAME = 100  # characters
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


def chosen_scopes(words: Iterable[str], owner: User) -> frozenset[TokenScope]:
    """Return the scopes of these names. Raises Invalid for none, or one that the owner lacks."""
    names, allowed = list(words), scopes_of_role(owner.role)
    known = {each.value: each for each in allowed}
    if not names:
        raise Invalid({"scopes": Message(N_("Choose at least one scope for the token."))})
    for name in names:
        if name not in known:
            message = Message(
                N_("Choose among the scopes that this user has: %(choices)s; not %(scope)s."),
                choices=list(known),
                scope=name[:50],
            )
            raise Invalid({"scopes": message})
    return frozenset(known[name] for name in names)


def end_of_day(last_day: dt.date | None, owner: User) -> dt.datetime | None:
    """Return when a token ends whose last day this is, in the zone of its owner's court."""
    if last_day is None:
        return None
    following = dt.datetime.combine(last_day, dt.time()) + dt.timedelta(days=1)
    return following.replace(tzinfo=ZoneInfo(owner.court.zone)).astimezone(dt.UTC)


def create(
    session: Session,
    owner: User,
    name: str,
    now: dt.datetime,
    *,
    scopes: frozenset[TokenScope] | None = None,
    expires_at: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """Create an API token; return its row, which holds its digest, and the token itself.

    Without ``scopes`` it has all that its owner has. Raises Invalid where it would end at once, or
    would have a scope that its owner lacks.
    """
    allowed = scopes_of_role(owner.role)
    granted = allowed if scopes is None else scopes
    if not granted <= allowed:
        chosen_scopes([each.value for each in granted], owner)
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": Message(N_("Choose a day from today on."))})
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=owner.id,
        name=name[:MOST_NAME],
        digest=links.digest(token),
        hint=token[:8],
        scopes=stored(granted),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row, token


def stored(scopes: Iterable[TokenScope]) -> str:
    """Return scopes as they are stored: names parted by spaces, as OAuth writes them."""
    wanted = set(scopes)
    return " ".join(each.value for each in TokenScope if each in wanted)


def is_token(text: str) -> bool:
    """Tell whether a text has the shape of a token."""
    return _TOKEN.fullmatch(text) is not None


def find(session: Session, token: str) -> ApiToken | None:
    """Return a token that was made here, also a revoked or expired one; None for any other text."""
    if not is_token(token):
        return None
    return session.scalar(sa.select(ApiToken).where(ApiToken.digest == links.digest(token)))


def refusal_of(token: ApiToken, now: dt.datetime) -> Message | None:
    """Return why a token opens nothing any more, or None while it does."""
    if token.revoked_at is not None:
        return Message(N_("This token was revoked. Create another one."))
    if token.has_expired(now):
        return Message(N_("This token has expired. Create another one."))
    if not token.user.active:
        return Message(N_("The user of this token was deactivated."))
    return None


def note_use(session: Session, token_id: int, now: dt.datetime) -> None:
    """Store the time of a token's last use."""
    statement = sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now)
    session.execute(statement.execution_options(synchronize_session=False))


def of_user(session: Session, user: User) -> list[ApiToken]:
    """Return a user's tokens, newest first, revoked ones included."""
    query = sa.select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id.desc())
    return list(session.scalars(query))


def find_of_user(session: Session, user: User, token_id: int, *, lock: bool = False) -> ApiToken:
    """Return a user's token. Raises NotFound, also for a token of another user."""
    token = session.get(ApiToken, token_id, with_for_update=lock or None, populate_existing=lock)
    if token is None or token.user_id != user.id:
        raise NotFound(N_("There is no such token."))
    return token


def revoke(session: Session, user: User, token_id: int, now: dt.datetime) -> None:
    """Revoke a user's token. Raises NotFound, also for a token of another user."""
    token = find_of_user(session, user, token_id)
    token.revoked_at = token.revoked_at or now
