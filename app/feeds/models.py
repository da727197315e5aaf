"""Calendars that somebody subscribes to."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class Feed(Base):
    """One subscription address; only the hash of its token is kept."""

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    # counsel | judge | courtroom | assistant | hearing, and the row of that kind.
    scope: Mapped[str] = mapped_column(sa.String(20))
    whose: Mapped[int] = mapped_column(Key)
    # Of a courtroom: when it is taken, and nothing of what for.
    busy_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class RenderedEvent(Base):
    """A hearing's events as calendars write them, kept with the edition that they are of."""

    __tablename__ = "rendered_event"

    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    edition: Mapped[int] = mapped_column()
    # What else they are made of: the organizer's address, and how this version writes events.
    house: Mapped[str] = mapped_column(sa.String(32), index=True)
    # [{"slot": …, "room": …, "at": …, "until": …, "falls_at": …, "text": …, "busy": …}, …]
    events: Mapped[list[dict]] = mapped_column(Json)


class CalendarTick(Base):
    """One row that SQLite's triggers raise with every change of what calendars say.

    PostgreSQL needs no number of ours: there a change is stamped with its transaction.
    """

    __tablename__ = "calendar_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Key)


class RemovedHearing(Base):
    """A hearing that was deleted, with the stamp of its going: calendars that are kept lose it."""

    __tablename__ = "gone_hearing"
    __table_args__ = (sa.Index(None, "court_id", "stamp"),)

    hearing_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    court_id: Mapped[int] = mapped_column(Key)
    stamp: Mapped[int] = mapped_column(Key)
