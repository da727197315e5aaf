"""The ledger: entries of the record, their contents, the heads of chains, the daily seals."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import (
    Base,
    Json,
    Key,
    LenientDate,
    LenientDict,
    LenientInteger,
    LenientList,
    LenientTime,
    UTCDateTime,
)
from app.core.db.indexes import partial_index


class ChainHead(Base):
    """The last link of one case's chain: whoever adds a line holds this row.

    The database moves it on with each line that follows (by number, hash and time), and refuses
    any other line; nothing else writes seq, hash and last_at.
    """

    __tablename__ = "record_head"
    __table_args__ = (
        partial_index("ix_record_head_unsealed", "case_id", where="sealed_seq < seq"),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(LenientInteger, default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default="0" * 64)
    # When the last line was written: no later one may be earlier.
    last_at: Mapped[dt.datetime | None] = mapped_column(LenientTime)
    # Up to which line a day of the court holds it.
    sealed_seq: Mapped[int] = mapped_column(default=0, server_default="0")


class DailySeal(Base):
    """The heads that moved in a court since the day before, chained: each day seals the last."""

    __tablename__ = "record_day"
    __table_args__ = (sa.UniqueConstraint("court_id", "on", name="uq_record_day_on"),)

    # A day has no number but what it seals: every column is covered by its hash.
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The last whole day, by the court's calendar, that it covers; and when it was sealed.
    on: Mapped[dt.date] = mapped_column(LenientDate)
    at: Mapped[dt.datetime] = mapped_column(LenientTime)
    # [[case, seq, hash], …] by case.
    heads: Mapped[list[list]] = mapped_column(LenientList)
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Entry(Base):
    """One line of the record. Triggers refuse every change; each line seals the one before.

    On PostgreSQL a part for each month holds lines and contents; a line's number, which the
    database gives, begins with the year and month of its writing.
    """

    __tablename__ = "record_line"
    __table_args__ = (
        # Over months no index can hold that a place is taken once: there the head holds it.
        sa.UniqueConstraint("case_id", "seq", info={"only": "sqlite"}),
        sa.Index("ix_record_line_place", "case_id", "seq", info={"only": "postgresql"}),
        sa.Index(None, "about"),
        sa.Index(None, "hash"),
        partial_index("ix_record_line_erased", "case_id", where="what = 'erased'"),
        # Lines of a message are found by the message.
        partial_index("ix_record_line_attempt", "attempt", where="notice_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    seq: Mapped[int] = mapped_column(LenientInteger)
    at: Mapped[dt.datetime] = mapped_column(LenientTime)
    what: Mapped[str] = mapped_column(sa.String(20))
    direction: Mapped[str] = mapped_column(sa.String(3))
    about: Mapped[str] = mapped_column(sa.String(40), default="")
    attempt: Mapped[str] = mapped_column(sa.String(40), default="")
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice.id"), index=True)
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20), default="")
    channel: Mapped[str] = mapped_column(sa.String(20), default="")
    kind: Mapped[str] = mapped_column(sa.String(40), default="")
    detail: Mapped[dict] = mapped_column(LenientDict)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    content: Mapped["EntryContent"] = relationship(lazy="joined")


class EntryContent(Base):
    """What of a line is personal: name, address, words. Sealed by its salted hash in the line.

    An empty body is one that was blanked; a line of the same case says who did it, and why.
    """

    __tablename__ = "record_content"

    line_id: Mapped[int] = mapped_column(sa.ForeignKey("record_line.id"), primary_key=True)
    body: Mapped[dict] = mapped_column(LenientDict)


class DailyCount(Base):
    """How often something happened on a day that leaves no line: a forged callback, say."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    on: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """What a carrier told us, raw, in the order of its coming; unmatched ones are kept too."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    carrier: Mapped[str] = mapped_column(sa.String(20))
    carrier_id: Mapped[str] = mapped_column(sa.String(100), index=True)
    status: Mapped[str] = mapped_column(sa.String(40))
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice.id"), index=True)
    raw: Mapped[dict] = mapped_column(Json)


# The queue's table: what was queued must have entries. The record knows no notices beyond that.
NOTICE = sa.table("notice", sa.column("id"), sa.column("case_id"))
