"""Versions of a court's own wording."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import (
    Base,
    Key,
    UTCDateTime,
)


class Wording(Base):
    """One version of a court's own wording of a kind of message. Append-only.

    The newest of a kind, channel and language is in force; one without text restores Tingqi's.
    """

    __tablename__ = "wording"
    __table_args__ = (
        sa.UniqueConstraint(
            "court_id", "kind", "channel", "language", "version", name="uq_wording_version"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(10))
    language: Mapped[str] = mapped_column(sa.String(8))
    version: Mapped[int] = mapped_column()
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
