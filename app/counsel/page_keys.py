"""Page keys: signed nonces that bind a form to the page on which counsel was shown it.

A key is good for one invitation of one proposal, or, on a page that is about no hearing, for one
representation; and for counsel themselves, or for one delegate of theirs. A program that posts to
an address without having rendered the page has none, and a page of a superseded proposal has the
wrong one.
"""

import hashlib
import secrets
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from itsdangerous import BadData, URLSafeSerializer


class PageSubject(NamedTuple):
    """The subject of a page: an invitation of a proposal, or a representation and 0.

    ``delegate_id`` is the delegate whose page it is, 0 for counsel's own.
    """

    id: int
    proposal_id: int
    delegate_id: int = 0

    @classmethod
    def invitation(cls, invitation_id: int, proposal_id: int, delegate_id: int = 0) -> Self:
        """Return the subject of a page about a hearing."""
        return cls(invitation_id, proposal_id, delegate_id)

    @classmethod
    def representation(cls, representation_id: int, delegate_id: int = 0) -> Self:
        """Return the subject of a page about a case."""
        return cls(representation_id, 0, delegate_id)


class PageKey(NamedTuple):
    """A key that was issued: what its page was about, and the nonce that tells it from others."""

    subject: PageSubject
    nonce: str


class Audience(StrEnum):
    """Whose pages a key is of; the value is the salt of its signature."""

    COUNSEL = "counsel's page"
    # Somebody outside the court who is needed at a hearing; the subject is a member invitation.
    MEMBER = "member's page"


@lru_cache(8)
def _serializer(secret: bytes, audience: Audience = Audience.COUNSEL) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt=audience.value, signer_kwargs={"digest_method": hashlib.sha256}
    )


def issue(secret: bytes, subject: PageSubject, audience: Audience = Audience.COUNSEL) -> str:
    """Return the key of a page that is being rendered; it differs each time."""
    return str(_serializer(secret, audience).dumps([*subject, secrets.token_urlsafe(16)]))


def parse(secret: bytes, key: str, audience: Audience = Audience.COUNSEL) -> PageKey | None:
    """Return what was signed in a key, or None if it was not issued here for these pages."""
    try:
        subject_id, proposal_id, *delegate_id, nonce = _serializer(secret, audience).loads(key)
        subject = PageSubject(subject_id, proposal_id, *delegate_id)
    except (BadData, ValueError, TypeError):
        return None
    return PageKey(subject, nonce)
