"""Stored files: one row for the bytes of each digest that some row of a feature needs."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, UTCDateTime
from app.core.db.indexes import partial_index


class StoredFile(Base):
    """Bytes that are stored under their SHA-256; features refer to it by foreign keys.

    ``released_at`` is set when a feature stopped needing it: the worker then deletes the bytes,
    unless another row refers to them.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        partial_index("ix_stored_file_released", "id", where="released_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    released_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
