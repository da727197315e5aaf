"""Identities of users at the provider, sign-ins under way, and what a court requires."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, UTCDateTime
from app.people.models import User


class UserIdentity(Base):
    """The account of a user at a provider: bound to issuer and subject, never to a mail address."""

    __tablename__ = "user_identity"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject", name="uq_user_identity_issuer"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_user_identity_user_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    issuer: Mapped[str] = mapped_column(sa.String(500))
    subject: Mapped[str] = mapped_column(sa.String(255))
    # Name or mail address at the provider, for people who read the page; nothing is decided by it.
    label: Mapped[str] = mapped_column(sa.String(254))
    linked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Purpose(StrEnum):
    """What becomes of a sign-in at the provider, or of a link of the command line."""

    SIGN_IN = "sign_in"
    # Link the account to the user of a set-up link, or to the user who is signed in.
    LINK_INVITED = "link_invited"
    LINK_OWN = "link_own"
    # An admin's link of `tingqi user sign-in-link`.
    WAY_IN = "way_in"


class SignInAttempt(Base):
    """A sign-in that was sent to the provider and has not come back; taken out when it does."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # SHA-256 of the state, and of the key in the cookie of the browser that began ("" for a link).
    state: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(64), default="")
    purpose: Mapped[str] = mapped_column(sa.String(20))
    issuer: Mapped[str] = mapped_column(sa.String(500), default="")
    nonce: Mapped[str] = mapped_column(sa.String(64), default="")
    verifier: Mapped[str] = mapped_column(sa.String(64), default="")
    next_path: Mapped[str] = mapped_column(sa.Text, default="")
    # A form to show again, see ``pending_form``.
    kept: Mapped[str] = mapped_column(sa.Text, default="")
    # To whom the account is to be linked, at which version; and in which session, of LINK_OWN.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    user_version: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[int | None] = mapped_column(Key)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)


class ProviderSession(Base):
    """That a session was begun by single sign-on, with the token that ends it at the provider."""

    __tablename__ = "provider_session"

    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_session.id", ondelete="CASCADE"), primary_key=True
    )
    identity_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_identity.id", ondelete="CASCADE"), index=True
    )
    # Emptied at the sign-out, which needs it.
    id_token: Mapped[str] = mapped_column(sa.Text)


class SingleSignOnRule(Base):
    """What a court requires of single sign-on; a court without a row requires nothing."""

    __tablename__ = "single_sign_on_rule"

    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), primary_key=True)
    # Users of the court cannot sign in with a password.
    only: Mapped[bool] = mapped_column(default=False)
    # The claim that names roles, with dots into objects; "" where roles are set here.
    role_claim: Mapped[str] = mapped_column(sa.String(200), default="")
    # The value of the claim for each role; "" for none.
    admin_value: Mapped[str] = mapped_column(sa.String(200), default="")
    judge_value: Mapped[str] = mapped_column(sa.String(200), default="")
    assistant_value: Mapped[str] = mapped_column(sa.String(200), default="")
