"""The table of checks of long chains."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UTCDateTime


class ChainCheck(Base):
    """The last check of a case's whole chain: how far it is, and what it found."""

    __tablename__ = "chain_check"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), primary_key=True)
    # In the address of its page, so that nobody counts through other cases.
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Entries of the chain when it was asked for, or at its end; and those that were verified.
    entries: Mapped[int]
    checked: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    bad_seq: Mapped[int | None]
    # The fault as JSON (core.message_json), "" where there is none.
    why: Mapped[str] = mapped_column(sa.Text, default="")
