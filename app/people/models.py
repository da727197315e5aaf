"""Courts, their users and the users' API tokens."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, UTCDateTime
from app.court.models import Court


class Role(StrEnum):
    """What a user may do: an assistant books, a judge also decides, an admin also sets up."""

    ASSISTANT = "assistant"
    JUDGE = "judge"
    ADMIN = "admin"


class ZoneRules(Base):
    """The time zone rules by which a court's told times are stored as instants; the newest hold.

    The compiled rules themselves are kept: by them a stored instant is read back as the wall clock
    that was told, when newer rules say that it is another instant. Earlier ones tell what the
    record meant at its time. Only ever added to.
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
    """Somebody of the court who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    # Raised with every change of password: ends sessions and spends the link that set it.
    version: Mapped[int] = mapped_column(default=1)
    password_link_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When they last signed in or changed anything; None: never.
    seen_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    court: Mapped[Court] = relationship(lazy="joined", innerjoin=True)

    # What a session asks of whoever is signed in.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether this user may sign in."""
        return self.active

    def get_id(self) -> str:
        """Return what a session keeps: the user, and the version whose end ends the session."""
        return f"{self.id}.{self.version}"


class ApiToken(Base):
    """A key for programs, acting as its user; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # The first characters, so that a person can tell tokens apart in a list.
    hint: Mapped[str] = mapped_column(sa.String(12))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
