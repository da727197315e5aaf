"""Calendars that somebody subscribes to."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class Feed(Base):
    """One subscription address; only the hash of its token is kept."""

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    # counsel | judge | courtroom | assistant | hearing, and the number of its row.
    scope: Mapped[str] = mapped_column(sa.String(20))
    owner_id: Mapped[int] = mapped_column("whose", Key)
    # A courtroom's only: says when it is taken, and not what for.
    busy_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class RenderedEvent(Base):
    """A hearing's events as calendars write them, of one edition of the hearing."""

    __tablename__ = "rendered_event"

    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    edition: Mapped[int] = mapped_column()
    # Of what else they are rendered from: the organizer's address, and the format of events.
    fingerprint: Mapped[str] = mapped_column("house", sa.String(32), index=True)
    # A list of rendered_events.RenderedText.
    events: Mapped[list[Any]] = mapped_column(Json)


class CalendarTick(Base):
    """One row that SQLite's triggers raise with every change of what calendars say.

    PostgreSQL needs none: there a change is stamped with its transaction.
    """

    __tablename__ = "calendar_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Key)


class RemovedHearing(Base):
    """A hearing that was deleted, stamped like a change: calendars that had it have changed."""

    __tablename__ = "gone_hearing"
    __table_args__ = (sa.Index(None, "court_id", "stamp"),)

    hearing_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    court_id: Mapped[int] = mapped_column(Key)
    stamp: Mapped[int] = mapped_column(Key)
