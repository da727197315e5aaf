"""Page keys: signed nonces that bind a form to the page on which counsel was shown it.

A key is good for one invitation of one proposal. A program that posts to an address without having
rendered the page has none, and a page of a superseded proposal has the wrong one.
"""

import hashlib
import secrets
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer


@lru_cache(8)
def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt="counsel's page", signer_kwargs={"digest_method": hashlib.sha256}
    )


def issue(secret: bytes, invitation_id: int, proposal_id: int) -> str:
    """Return the key of a page that is being rendered; it differs each time."""
    nonce = secrets.token_urlsafe(16)
    return str(_serializer(secret).dumps([invitation_id, proposal_id, nonce]))


def nonce_of(secret: bytes, key: str, invitation_id: int, proposal_id: int) -> str | None:
    """Return the nonce in a key, or None unless the key is of this invitation and proposal."""
    try:
        signed_invitation, signed_proposal, nonce = _serializer(secret).loads(key)
    except (BadData, ValueError, TypeError):
        return None
    if (signed_invitation, signed_proposal) != (invitation_id, proposal_id):
        return None
    return str(nonce)
