"""Heartbeats of workers, and test messages."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import (
    Base,
    Key,
    UTCDateTime,
)


class Worker(Base):
    """A process that sends, and the time of its last heartbeat."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    started_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    beat_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    detail: Mapped[str] = mapped_column("said", sa.String(500), default="")


class CarrierTest(Base):
    """A message that an administrator sends to themselves to test a carrier."""

    __tablename__ = "carrier_test"
    __table_args__ = (sa.Index(None, "court_id", "asked_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    channel: Mapped[str] = mapped_column(sa.String(10))
    address: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(8))
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    tried_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # queued, sending, then the SendStatus: accepted, temporary, permanent, unknown.
    state: Mapped[str] = mapped_column(sa.String(20))
    carrier: Mapped[str] = mapped_column(sa.String(20), default="")
    detail: Mapped[str] = mapped_column("said", sa.String(500), default="")
