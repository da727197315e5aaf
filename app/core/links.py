"""Pure: tokens in links, and short codes to type in their place."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

# Crockford's alphabet: no I, L, O, U, so that a code can be read out on the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
TOKEN_LENGTH = 22


def _mac(secret: bytes, purpose: str, of: int, version: int) -> bytes:
    message = f"{purpose}\x00{of}\x00{version}".encode()
    return hmac.new(secret, message, hashlib.sha256).digest()


def token(secret: bytes, purpose: str, of: int, version: int) -> str:
    """Return the token (22 characters, 128 bits) of one version of an object's link.

    The same four give the same token, so a reminder carries the link of the first message;
    a raised version revokes every earlier one.
    """
    return urlsafe_b64encode(_mac(secret, purpose, of, version)[:16]).decode().rstrip("=")


def code(secret: bytes, of: int, version: int, *, purpose: str = "code") -> str:
    """Return the ten characters (50 bits) to type where a message may carry no link."""
    number = int.from_bytes(_mac(secret, purpose, of, version)[:8], "big")
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(CODE_LENGTH))


def address_code(secret: bytes, change_id: int) -> str:
    """Return the six digits by which counsel shows that they read what a new address is sent."""
    number = int.from_bytes(_mac(secret, "address code", change_id, 1)[:8], "big")
    return f"{number % 10**6:06d}"


def format_code(short: str) -> str:
    """Write a code as people read it: ``K7QM2-XHPRT``."""
    return f"{short[:5]}-{short[5:]}"


def parse_code(typed: str) -> str:
    """Return the code that was meant: any case, spaces or dashes, O for 0, I or L for 1."""
    kept = "".join(c for c in typed.upper() if c.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def digest(key: str) -> str:
    """Return the SHA-256 of a token or code, in hex: only this is stored."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
