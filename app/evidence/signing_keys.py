"""The installation's signing key (Ed25519, RFC 8032), and the public keys it ever signed with.

The private key is a PEM file (PKCS #8) that only the application's user may read: the one that
TINGQI_SIGNING_KEY names, else ``instance/signing_key.pem``, which is made on first use. Public keys
are kept in the database for ever, so that what was signed with a former key can be checked.
"""

import base64
import datetime as dt
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, UTCDateTime, bulk, db, retrying
from app.core.errors import N_, Misconfigured


class PublishedKey(Base):
    """A public key with which receipts of this installation are, or were, signed."""

    __tablename__ = "signing_key"

    # The first 32 hexadecimal digits of the SHA-256 of the raw public key.
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    # The raw public key of 32 bytes, in base64url without padding.
    public: Mapped[str] = mapped_column(sa.String(43))
    since: Mapped[dt.datetime] = mapped_column(UTCDateTime)


_KEY = bulk.table(PublishedKey)


def key_id(public: str) -> str:
    """Return the id of a public key in base64url: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(bytes_of(public)).hexdigest()[:32]


def text_of(raw: bytes) -> str:
    """Return bytes in base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64url, with or without padding. Raises ValueError."""
    raw = text.encode("ascii").rstrip(b"=")
    return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)


@dataclass(frozen=True)
class SigningKey:
    """The key of this installation: signs, and names its public part."""

    private: Ed25519PrivateKey

    @property
    def raw_public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        """The id of the public key: 32 hexadecimal digits of its SHA-256."""
        return hashlib.sha256(self.raw_public).hexdigest()[:32]

    @property
    def public_part(self) -> dict[str, str]:
        """The public key and its id, as members of what is signed."""
        return {"key": self.id, "public": text_of(self.raw_public)}

    def sign(self, message: bytes) -> str:
        """Return the signature of a message, in base64url."""
        return text_of(self.private.sign(message))


def load(file: Path) -> SigningKey:
    """Return the key in a file, made there if there is none. Raises Misconfigured."""
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError:
        try:
            return _made(file)
        except OSError as fault:
            words = N_("%(file)s cannot be written: create the folder, or free some space.")
            raise Misconfigured(words, file=file) from fault
    except (OSError, ValueError, TypeError) as fault:
        raise Misconfigured(
            N_("%(file)s contains no signing key (Ed25519, PEM): restore it from your backup."),
            file=file,
        ) from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise Misconfigured(
            N_("%(file)s contains no signing key (Ed25519, PEM): restore it from your backup."),
            file=file,
        )
    return SigningKey(private)


def _made(file: Path) -> SigningKey:
    """Make a key and publish its file whole or not at all; another process may be first."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    new_file = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(new_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(new_file, file)
    except FileExistsError:
        return load(file)
    finally:
        new_file.unlink()
    return SigningKey(private)


def is_published(session: Session, key: SigningKey) -> bool:
    """Tell whether the public part of a key is kept already."""
    return session.get(PublishedKey, key.id) is not None


def publish(session: Session, key: SigningKey, now: dt.datetime) -> None:
    """Keep the public part of a key for ever; twice is once."""
    row = {"id": key.id, "public": text_of(key.raw_public), "since": now}
    bulk.insert(session, _KEY, [row], unless="id")


def current(file: Path, now: dt.datetime) -> SigningKey:
    """Return the key in a file, its public part published. Raises Misconfigured; see `load`."""
    key = load(file)
    if not is_published(db.session(), key):
        retrying(lambda session: publish(session, key, now))
    return key


def published(session: Session) -> Sequence[PublishedKey]:
    """Return all public keys, oldest first."""
    query = sa.select(PublishedKey).order_by(PublishedKey.since, PublishedKey.id)
    return session.scalars(query).all()


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Tell whether a signature of a message is valid under a public key, both in base64url."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes_of(public)).verify(bytes_of(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
