"""Counsel's keys resolved to representations, with those that invitations had before, and those
of delegates; renewal.

Until December 2026 each invitation had a key of its own. Those that were sent still open counsel's
page, at the hearing that they were sent for.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import delegates, keys
from app.cases.models import Delegate, Party, Representation, RevokedKey
from app.core import links
from app.hearings.models import Invitation, Proposal


@dataclass(frozen=True)
class ResolvedKey:
    """The representation of a key, and the hearing that an earlier key was sent for.

    ``revoked_at`` is when it ended, None while it opens counsel's page. Of a delegate's key: the
    delegate, the only hearing that they see, and why it ended, a ``DelegateEnd`` or "".
    """

    representation_id: int
    hearing_id: int | None = None
    revoked_at: dt.datetime | None = None
    delegate_id: int | None = None
    ended_because: str = ""

    @property
    def revoked(self) -> bool:
        """Whether it opens counsel's page no longer."""
        return self.revoked_at is not None or bool(self.ended_because)


def resolve(session: Session, token: str, now: dt.datetime) -> ResolvedKey | None:
    """Return what the token of a link opens, or None for an unknown one."""
    digest = links.digest(token)
    representation_id = session.scalar(
        sa.select(Representation.id).where(Representation.key_digest == digest)
    )
    if representation_id is not None:
        return ResolvedKey(representation_id)
    earlier = session.execute(
        sa.select(Invitation.representation_id, Proposal.hearing_id, Invitation.revoked_at)
        .join(Proposal)
        .where(Invitation.token_digest == digest)
    ).one_or_none()
    if earlier is not None and earlier.representation_id is not None:
        return ResolvedKey(earlier.representation_id, earlier.hearing_id, earlier.revoked_at)
    ended = session.get(RevokedKey, digest)
    if ended is not None:
        return ResolvedKey(ended.representation_id, revoked_at=ended.revoked_at)
    return _delegates_key(session, digest, now)


def _delegates_key(session: Session, digest: str, now: dt.datetime) -> ResolvedKey | None:
    row = session.execute(
        sa.select(
            Delegate.id,
            Delegate.representation_id,
            Delegate.hearing_id,
            delegates.end_now(now).label("why"),
        )
        .join(Representation)
        .where(Delegate.key_digest == digest)
    ).one_or_none()
    if row is None:
        return None
    return ResolvedKey(
        row.representation_id, row.hearing_id, delegate_id=row.id, ended_because=row.why
    )


def lock_delegate(session: Session, token: str, now: dt.datetime) -> Delegate | None:
    """Return the delegate of a key, locked for an act of theirs; None once they may act no longer.

    The lock comes before all others, so that ending and acting come one after the other.
    """
    locked = (
        sa.select(Delegate)
        .where(Delegate.key_digest == links.digest(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    delegate = session.scalar(locked)
    if delegate is None or delegates.ended(session, [delegate.id], now):
        return None
    return delegate


def token_of_code(session: Session, typed: str, secret: bytes) -> str | None:
    """Return the token of the link for a short code as it was typed, or None."""
    representation = keys.representation_of_code(session, typed)
    if representation is not None:
        return keys.of_representation(secret, representation.id, representation.key_version).token
    digest = links.digest(links.parse_code(typed))
    earlier = session.scalar(sa.select(Invitation).where(Invitation.code_digest == digest))
    if earlier is not None:
        return keys.of_invitation(secret, earlier.id, earlier.version).token
    delegate_id = session.scalar(sa.select(Delegate.id).where(Delegate.code_digest == digest))
    return keys.of_delegate(secret, delegate_id).token if delegate_id is not None else None


def is_revoked_code(session: Session, typed: str) -> bool:
    """Tell whether a short code as it was typed was good once, and has ended."""
    return session.get(RevokedKey, links.digest(links.parse_code(typed))) is not None


def key_of(invitation: Invitation, secret: bytes) -> keys.Key:
    """Return the key that the counsel of an invitation was sent, or is to be sent, for its case."""
    representation = invitation.representation
    sent_before = invitation.token_digest is not None
    if representation is None or (representation.key_digest is None and sent_before):
        return keys.of_invitation(secret, invitation.id, invitation.version)
    return keys.of_representation(secret, representation.id, representation.key_version)


def acts(session: Session, case_id: int, counsel_id: int) -> bool:
    """Tell whether counsel acts in a case now, for whichever party."""
    query = (
        sa.select(Representation.id)
        .join(Party)
        .where(
            Party.case_id == case_id,
            Representation.counsel_id == counsel_id,
            Representation.left_at.is_(None),
        )
    )
    return session.scalar(query.limit(1)) is not None


def renew(session: Session, representation: Representation, now: dt.datetime) -> None:
    """Revoke all keys of a representation; its next message carries a new one.

    See ``key_renewal`` for the use case, which records it and sends the new key.
    """
    keys.raise_version(session, representation, now)
    sent = sa.select(Invitation).where(
        Invitation.representation_id == representation.id, Invitation.token_digest.is_not(None)
    )
    for invitation in session.scalars(sent.with_for_update()):
        for digest in filter(None, (invitation.token_digest, invitation.code_digest)):
            keys.revoke(session, representation.id, digest, now)
        invitation.token_digest = invitation.code_digest = None
