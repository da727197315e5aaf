"""The queue of notices, and the record: lines that are only ever added."""

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


def _partly(name: str, *columns: str, where: str) -> sa.Index:
    """Return an index over a part of a table, on both databases."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class Notice(Base):
    """Something that one person is to be told once, over one channel."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # What makes it one: ``reminder-7d/<hearing>.<revision>/<invitation>/sms``.
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    about: Mapped[str] = mapped_column(sa.String(40), index=True)
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # The seat whose link the letter carries; a plain number, for the queue knows no hearings.
    invitation_id: Mapped[int | None] = mapped_column(Key)
    link_version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(10))
    address: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200))
    side: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(8))
    facts: Mapped[dict] = mapped_column(Json)
    due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When it was to go at first; due_at moves on with every try.
    first_due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    stale_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(sa.String(20), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    # When the present try began: a carrier is asked for nothing older.
    tried_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str] = mapped_column(sa.String(100), default="")
    carrier: Mapped[str] = mapped_column(sa.String(20), default="")
    carrier_id: Mapped[str] = mapped_column(sa.String(100), default="")
    # What a mail server calls the mail, where it said so: some write it over our Message-ID.
    server_id: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    # When a carrier first took it; and when the carrier is asked for what became of it.
    handed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ask_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        _partly("ix_notice_waiting", "channel", "due_at", "id", where="state = 'queued'"),
        _partly("ix_notice_under_way", "lease_until", where="state = 'sending'"),
        _partly("ix_notice_unfinished", "ask_at", where="ask_at IS NOT NULL"),
        sa.Index(None, "court_id", "created_at"),
        sa.Index("ix_notice_first_due_at", "first_due_at"),  # what the promise is measured over
        sa.Index(None, "counsel_id", "tried_at"),  # what one person was sent of late
        _partly("ix_notice_carrier_id", "carrier_id", where="carrier_id <> ''"),
        _partly("ix_notice_server_id", "server_id", where="server_id <> ''"),
        _partly("ix_notice_invitation_id", "invitation_id", where="kind = 'proposal'"),
    )

    @property
    def attempt(self) -> str:
        """The reference of the current try, given to the carrier as ours."""
        return f"n{self.id}.{self.tries}"

    @property
    def optional(self) -> bool:
        """Whether the person was told the matter by another notice already."""
        return self.kind in ("reminder", "nudge", "answered")


# Said with every look for a carrier's id, or for what asked a seat: the words, and no values that
# are put in later, by which databases know the indexes of these.
HAS_CARRIER_ID = Notice.carrier_id != sa.literal_column("''")
HAS_SERVER_ID = Notice.server_id != sa.literal_column("''")
ASKS = Notice.kind == sa.literal_column("'proposal'")


class ChainHead(Base):
    """The last link of one case's chain: whoever adds a line holds this row.

    The database moves it on with each line that follows (by number, hash and time), and refuses
    any other line; nothing else writes seq, hash and last_at.
    """

    __tablename__ = "record_head"
    __table_args__ = (_partly("ix_record_head_unsealed", "case_id", where="sealed_seq < seq"),)

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
        _partly("ix_record_line_erased", "case_id", where="what = 'erased'"),
        # Lines of a message are found by the message.
        _partly("ix_record_line_attempt", "attempt", where="notice_id IS NULL"),
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


class Task(Base):
    """What a person of the court has to do for the record: ring somebody, post a paper notice.

    Also a step of the ladder whose time has not come (see reminders.ladder), by its ``way``.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index(None, "court_id", "state"),
        sa.Index(None, "case_id", "counsel_id"),
        _partly("ix_task_callback", "created_at", where="way = 'callback'"),
        _partly("ix_task_coming", "opens_at", where="state IN ('waiting', 'open')"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # What makes it one: ``call/<hearing>.<revision>/<counsel>``.
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    about: Mapped[str] = mapped_column(sa.String(40), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20), default="")
    way: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10))
    opens_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The latest moment at which doing it is still in time; None where there is none.
    latest_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The rule behind it: {"rule": id, "version": …, "deadline": …}.
    because: Mapped[dict] = mapped_column(Json)
    # Who asks to be called: the number and the times that they gave.
    wish: Mapped[str] = mapped_column(sa.Text, default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Up to which line of the record it was weighed: it is weighed again when there are more.
    seen_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When somebody first tried, whatever came of it; and when it was over.
    tried_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class DailyCount(Base):
    """How often something happened on a day that leaves no line: a forged callback, say."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    on: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Worker(Base):
    """A process that sends, and when its beat was last heard."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    started_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    beat_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    said: Mapped[str] = mapped_column(sa.String(500), default="")


class Wording(Base):
    """One version of a court's own words for a kind of message. Only ever added to.

    The newest of a kind, channel and language holds; one without text is the house's own again.
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


class CarrierTest(Base):
    """A message that an admin sends to themselves, to see that a carrier takes it."""

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
    # queued, sending, and then what the carrier said: accepted, temporary, permanent, unknown.
    state: Mapped[str] = mapped_column(sa.String(20))
    carrier: Mapped[str] = mapped_column(sa.String(20), default="")
    said: Mapped[str] = mapped_column(sa.String(500), default="")
