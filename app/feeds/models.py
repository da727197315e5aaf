"""Calendars that somebody subscribes to."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Key, UTCDateTime


class Feed(Base):
    """One subscription address; only the hash of its token is kept."""

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    # counsel | judge | courtroom | assistant | hearing, and the row of that kind.
    scope: Mapped[str] = mapped_column(sa.String(20))
    whose: Mapped[int] = mapped_column(Key)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
