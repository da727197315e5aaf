"""Tables of second factors, of sign-ins that wait for one, and of guesses."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, UTCDateTime
from app.people.models import User


class AuthenticatorApp(Base):
    """A user's authenticator app (TOTP); its secret is sealed with the installation's key."""

    __tablename__ = "authenticator_app"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    # See sealing; the owner is the user.
    sealed: Mapped[str] = mapped_column(sa.String(200))
    # Number of the thirty seconds whose code was used last: no older code counts any more.
    last_counter: Mapped[int] = mapped_column(Key)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class Passkey(Base):
    """A user's passkey (WebAuthn): its public key, and how often it has signed."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    # In base64url; at most 1023 bytes.
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    # The authenticator's counter; 0 for good where it has none.
    sign_count: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)  # None: never


class RecoveryCode(Base):
    """A code that signs its user in once in place of another factor; only its hash is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)


class PendingSignIn(Base):
    """A browser in which a user has shown the first factor, but not yet the second one.

    It is no session: it opens the pages that ask for the factor, and no other.
    """

    __tablename__ = "pending_sign_in"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    # SHA-256 of the key in the cookie.
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # The user's version when the password was shown: another one ends it.
    version: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
    # Of a sign-in through a provider in place of the password: the identity, and the provider's
    # token, for the session that begins with the factor.
    identity_id: Mapped[int | None] = mapped_column(Key)
    id_token: Mapped[str] = mapped_column(sa.Text, default="", server_default="")

    user: Mapped[User] = relationship(innerjoin=True)


class PasskeyChallenge(Base):
    """What the passkey of one browser is to sign next: used once, within minutes."""

    __tablename__ = "passkey_challenge"

    # SHA-256 of the key in the browser's cookie, of a session or of a pending sign-in.
    browser: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    challenge: Mapped[bytes] = mapped_column(sa.LargeBinary)
    # Whether it is for a new passkey.
    registers: Mapped[bool]
    expires_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)


class FactorGuesses(Base):
    """Wrong codes for one user, after the right password, from one known device or all others."""

    __tablename__ = "factor_guesses"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    # A device on which the user has signed in with a factor; "" for all others together.
    device: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
    blocked_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
