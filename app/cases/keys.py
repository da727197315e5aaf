"""Keys to counsel's page of a case: one for each representation, of which only hashes are stored.

A key is a token, which a link carries, and a short code to type where a message may carry no link.
Both are derived from the representation and the version of its key, so that every message carries
the same one; raising the version revokes it.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Representation, RevokedKey
from app.core import links
from app.core.db import bulk

_REPRESENTATION = bulk.table(Representation)


class Key(NamedTuple):
    """A key to counsel's page: the token of its link, and the code to type in its place."""

    token: str
    code: str


def of_representation(secret: bytes, representation_id: int, version: int) -> Key:
    """Return the key of one version of a representation."""
    return Key(
        links.token(secret, "case", representation_id, version),
        links.code(secret, representation_id, version, purpose="case code"),
    )


def of_delegate(secret: bytes, delegate_id: int) -> Key:
    """Return the key of a delegate; it is never renewed, for another is named as quickly."""
    return Key(
        links.token(secret, "delegate", delegate_id, 1),
        links.code(secret, delegate_id, 1, purpose="delegate code"),
    )


def of_member(secret: bytes, member_invitation_id: int, version: int) -> Key:
    """Return the key to the page of somebody who is needed at a hearing, outside the court.

    It is of another kind than those of counsel, and opens none of their pages.
    """
    return Key(
        links.token(secret, "member", member_invitation_id, version),
        links.code(secret, member_invitation_id, version, purpose="member code"),
    )


def of_invitation(secret: bytes, invitation_id: int, version: int) -> Key:
    """Return the key of an invitation from before keys belonged to representations."""
    return Key(
        links.token(secret, "reply", invitation_id, version),
        links.code(secret, invitation_id, version),
    )


def issue(session: Session, representation_ids: Iterable[int], secret: bytes) -> dict[int, int]:
    """Return the versions of the keys of representations, storing the hashes that are missing.

    Rows are locked in rising order of id, by the one statement that stores them.
    """
    query = (
        sa.select(_REPRESENTATION.c.id, _REPRESENTATION.c.key_version, _REPRESENTATION.c.key_digest)
        .where(_REPRESENTATION.c.id.in_(set(representation_ids)))
        .order_by(_REPRESENTATION.c.id)
    )
    rows = session.connection().execute(query).all()
    missing = [(row.id, row.key_version) for row in rows if row.key_digest is None]
    bulk.update(session, _REPRESENTATION, [_hashes(secret, *each) for each in missing])
    for representation_id, _ in missing:  # the session knows nothing of the bulk statement
        identity = session.identity_key(Representation, representation_id)
        if (loaded := session.identity_map.get(identity)) is not None:
            session.expire(loaded, ["key_digest", "code_digest"])
    return {row.id: row.key_version for row in rows}


def _hashes(secret: bytes, representation_id: int, version: int) -> dict[str, int | str]:
    key = of_representation(secret, representation_id, version)
    return {
        "id": representation_id,
        "key_digest": links.digest(key.token),
        "code_digest": links.digest(key.code),
    }


def raise_version(session: Session, representation: Representation, now: dt.datetime) -> None:
    """Revoke the key of a representation; its next message carries a new one."""
    for digest in filter(None, (representation.key_digest, representation.code_digest)):
        revoke(session, representation.id, digest, now)
    representation.key_version += 1
    representation.key_digest = representation.code_digest = None
    session.flush()


def revoke(session: Session, representation_id: int, digest: str, now: dt.datetime) -> None:
    """Keep the hash of a revoked token or code, by which its page says that it was ended."""
    session.add(RevokedKey(digest=digest, representation_id=representation_id, revoked_at=now))


def representation_of_code(session: Session, typed: str) -> Representation | None:
    """Return the representation of a typed code, or None."""
    digest = links.digest(links.parse_code(typed))
    return session.scalar(sa.select(Representation).where(Representation.code_digest == digest))
