"""Stored responses for repeated requests."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class IdempotentResponse(Base):
    """One Idempotency-Key of one user, the request it came with, and the response."""

    __tablename__ = "api_repeat"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(sa.String(255))
    asked: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column()
    answer: Mapped[dict] = mapped_column(Json)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
