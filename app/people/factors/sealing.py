"""Pure: texts sealed with the installation's secret key, so that a copy of the database has none.

AES-256-GCM under a key derived by HKDF-SHA256. What a text belongs to is sealed with it: moved to
another row it does not open. Nothing opens once the secret key is another one.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "1."
NONCE = 12  # bytes


def _cipher(secret: bytes) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"tingqi sealed text 1").derive(secret)
    return AESGCM(derived)


def seal(secret: bytes, text: str, owner: str) -> str:
    """Return a text sealed for an owner, such as ``authenticator app 12``."""
    nonce = secrets.token_bytes(NONCE)
    sealed = _cipher(secret).encrypt(nonce, text.encode(), owner.encode())
    return VERSION + urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret: bytes, sealed: str, owner: str) -> str | None:
    """Return the text, or None where it was sealed for another owner or under another key."""
    if not sealed.startswith(VERSION):
        return None
    try:
        raw = urlsafe_b64decode(sealed.removeprefix(VERSION).encode("ascii", "replace"))
        return _cipher(secret).decrypt(raw[:NONCE], raw[NONCE:], owner.encode()).decode()
    except (InvalidTag, ValueError):
        return None
