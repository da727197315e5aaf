"""Users, API tokens, mails to users, and the time zone rules of a court."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.court.models import Court
from app.people.rules import TokenScope, scopes_of_role


class Role(StrEnum):
    """Role of a user: an assistant books, a judge also decides, an admin also configures."""

    ASSISTANT = "assistant"
    JUDGE = "judge"
    ADMIN = "admin"


class ZoneRules(Base):
    """Compiled time zone rules that turned a court's wall-clock times into stored instants.

    The newest row is in force. When tzdata changes, a stored instant is converted back by the rules
    it was stored under to the wall-clock time that people were notified of. Older rows explain the
    record of their time. Append-only.
    """

    __tablename__ = "zone_rules"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    zone: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[str] = mapped_column(sa.String(40))
    digest: Mapped[str] = mapped_column(sa.String(64))
    rules: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    since: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class User(Base):
    """A user of a court."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    # Incremented with every change of password: ends sessions and invalidates the password link.
    version: Mapped[int] = mapped_column(default=1)
    password_link_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Last sign-in or other successful POST; None: never.
    seen_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    court: Mapped[Court] = relationship(lazy="joined", innerjoin=True)

    # Attributes that Flask-Login expects.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether this user may sign in."""
        return self.active

    def get_id(self) -> str:
        """Return the user's id; which sessions still count is decided by their own rows."""
        return str(self.id)


class UserSession(Base):
    """A user's sign-in in one browser; only the SHA-256 of the cookie's key is stored."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # The user's version at the sign-in: another one ends the session.
    version: Mapped[int]
    address: Mapped[str] = mapped_column(sa.String(45))
    agent: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # When the user last proved who they are, and whether they ever did by a second factor here.
    proven_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    by_factor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    user: Mapped[User] = relationship(innerjoin=True)

    @property
    def lacks_factor(self) -> bool:
        """Whether the court requires a second factor of this user, and none was shown here."""
        return not self.by_factor and self.user.court.needs_factor(self.user.role)


class ApiToken(Base):
    """An API token that acts as its user; only its SHA-256 is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # The first characters, to tell tokens apart in a list.
    hint: Mapped[str] = mapped_column(sa.String(12))
    # Names of TokenScope parted by spaces, as OAuth writes them.
    scopes: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)  # None: never
    last_used_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)  # None: never
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def granted(self) -> frozenset[TokenScope]:
        """Scopes that the token has now: none that its user's role has lost since."""
        kept = set(self.scopes.split())
        return frozenset(each for each in scopes_of_role(self.user.role) if each.value in kept)

    def has_expired(self, now: dt.datetime) -> bool:
        """Tell whether the token has reached its end."""
        return self.expires_at is not None and self.expires_at <= now


class AccountMail(Base):
    """A mail to a user that is about no case, queued in the transaction of what it is about."""

    __tablename__ = "account_mail"
    __table_args__ = (
        partial_index("ix_account_mail_waiting", "due_at", where="due_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    # An AccountMailKind.
    kind: Mapped[str] = mapped_column(sa.String(30))
    facts: Mapped[dict] = mapped_column(Json)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When it is tried next; None once the carrier took it, or it was given up.
    due_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the carrier took it.
    sent_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(innerjoin=True)
