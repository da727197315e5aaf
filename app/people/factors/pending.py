"""Sign-ins that wait for the second factor: the first one was right, and nothing is open yet."""

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from app.core import links
from app.people.factors.models import PasskeyChallenge, PendingSignIn
from app.people.factors.rules import HALF_SIGNED_IN
from app.people.models import User


@dataclass(frozen=True)
class ProviderSignIn:
    """A sign-in through a provider of single sign-on: who it was, and the provider's token.

    ``by_factor``: the provider says that it asked for several factors.
    """

    identity_id: int
    id_token: str
    by_factor: bool


def begin(
    session: Session, user: User, now: dt.datetime, provider: ProviderSignIn | None = None
) -> str:
    """Begin a pending sign-in and return the key for the cookie."""
    key = secrets.token_urlsafe(32)
    session.add(
        PendingSignIn(
            user_id=user.id,
            digest=links.digest(key),
            version=user.version,
            created_at=now,
            identity_id=provider.identity_id if provider else None,
            id_token=provider.id_token if provider else "",
        )
    )
    session.flush()
    return key


def find(session: Session, key: str, now: dt.datetime) -> PendingSignIn | None:
    """Return the pending sign-in of a cookie's key with its user, or None if it is over."""
    query = (
        sa.select(PendingSignIn)
        .join(PendingSignIn.user)
        .options(contains_eager(PendingSignIn.user))
        .where(
            PendingSignIn.digest == links.digest(key),
            PendingSignIn.created_at > now - HALF_SIGNED_IN,
            PendingSignIn.version == User.version,
            User.active,
        )
    )
    return session.scalar(query)


def end(session: Session, key: str) -> bool:
    """End a pending sign-in; return whether it was there: of two that finish it only one does."""
    ended = sa.delete(PendingSignIn).where(PendingSignIn.digest == links.digest(key))
    return bool(session.execute(ended).rowcount)  # type: ignore[attr-defined]


def delete_old(session: Session, now: dt.datetime) -> int:
    """Delete pending sign-ins and challenges that are over; return how many."""
    count = 0
    for old in (
        sa.delete(PendingSignIn).where(PendingSignIn.created_at <= now - HALF_SIGNED_IN),
        sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now),
    ):
        count += int(session.execute(old).rowcount)  # type: ignore[attr-defined]
    return count
