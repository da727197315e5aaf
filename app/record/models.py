"""Tables of the record: entries, their contents, chain heads, daily seals, counters, receipts."""

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
    """The end of one case's chain; whoever appends an entry locks this row.

    A trigger moves it on with each entry that follows by number, hash and time, and refuses any
    other entry; nothing else writes seq, hash and last_at.
    """

    __tablename__ = "record_head"
    __table_args__ = (
        partial_index("ix_record_head_unsealed", "case_id", where="sealed_seq < seq"),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(LenientInteger, default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default="0" * 64)
    # Time of the last entry: no later entry may be earlier.
    last_at: Mapped[dt.datetime | None] = mapped_column(LenientTime)
    # Number of the last entry that a daily seal covers.
    sealed_seq: Mapped[int] = mapped_column(default=0, server_default="0")


class DailySeal(Base):
    """The heads that moved in a court in a day; each seal holds the hash of the one before."""

    __tablename__ = "record_day"
    __table_args__ = (sa.UniqueConstraint("court_id", "on", name="uq_record_day_on"),)

    # There is no surrogate key: every column is covered by the hash.
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The last whole day, by the court's calendar, that it covers; and when it was written.
    on: Mapped[dt.date] = mapped_column(LenientDate)
    at: Mapped[dt.datetime] = mapped_column(LenientTime)
    # [[case, seq, hash], …] by case.
    heads: Mapped[list[list]] = mapped_column(LenientList)
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Entry(Base):
    """One entry of the record. Triggers refuse UPDATE, DELETE and TRUNCATE (docs/record.md).

    Each entry holds the hash of the one before. On PostgreSQL there is a partition for each month;
    the id, which the database gives, begins with the year and month of its writing.
    """

    __tablename__ = "record_line"
    __table_args__ = (
        # Over partitions no index can hold this: there the trigger of the head does.
        sa.UniqueConstraint("case_id", "seq", info={"only": "sqlite"}),
        sa.Index("ix_record_line_place", "case_id", "seq", info={"only": "postgresql"}),
        sa.Index(None, "about"),
        sa.Index(None, "hash"),
        partial_index("ix_record_line_erased", "case_id", where="what = 'erased'"),
        # Entries about a notice are found by the notice.
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
    """Personal contents of an entry: name, address, words; sealed by their salted hash in it.

    An empty body was blanked; an entry of the same case says by whom, and why.
    """

    __tablename__ = "record_content"

    line_id: Mapped[int] = mapped_column(sa.ForeignKey("record_line.id"), primary_key=True)
    body: Mapped[dict] = mapped_column(LenientDict)


class DailyCount(Base):
    """Number of events of one day that leave no entry, such as forged callbacks."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    on: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """A carrier's report about a message, raw, in the order of arrival; unmatched ones are kept."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    carrier: Mapped[str] = mapped_column(sa.String(20))
    carrier_id: Mapped[str] = mapped_column(sa.String(100), index=True)
    status: Mapped[str] = mapped_column(sa.String(40))
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice.id"), index=True)
    raw: Mapped[dict] = mapped_column(Json)


# The queue's table, to verify that every notice has entries. The record knows no more of it.
NOTICE = sa.table("notice", sa.column("id"), sa.column("case_id"))
