"""The queue of notices: its table, and one row of it as plain values."""

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.attempt_reference import AttemptReference
from app.core.db import Base, Json, Key, UTCDateTime, bulk
from app.core.db.indexes import partial_index
from app.notices.kinds import NoticeKind
from app.record.rules import NoticeState


class Notice(Base):
    """A message that one person is to get once, over one channel."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # A NoticeKey: the idempotency key of the queue.
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    about: Mapped[str] = mapped_column(sa.String(40), index=True)
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # Of a copy to a delegate, a plain number; such a notice has no counsel.
    delegate_id: Mapped[int | None] = mapped_column(Key)
    # Of a message to a member of a bench who is outside the court: their member invitation.
    member_id: Mapped[int | None] = mapped_column(Key)
    # The invitation that the letter is about; no foreign key, for the queue knows no hearings.
    invitation_id: Mapped[int | None] = mapped_column(Key)
    # Whose key the letter carries, a plain number; None of a notice from before keys belonged to
    # representations, whose letter carries the invitation's own. The version is that of the key.
    representation_id: Mapped[int | None] = mapped_column(Key)
    link_version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(10))
    address: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200))
    side: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(8))
    facts: Mapped[dict] = mapped_column(Json)
    due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When it was due at first; due_at moves on with every try.
    first_due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    stale_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(sa.String(20), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    # When the current try began: the carrier is asked for no older message.
    tried_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str] = mapped_column(sa.String(100), default="")
    carrier: Mapped[str] = mapped_column(sa.String(20), default="")
    carrier_id: Mapped[str] = mapped_column(sa.String(100), default="")
    # The mail server's own id, where it named one: some overwrite our Message-ID with it.
    server_id: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    # When a carrier first accepted it; and when the carrier is next asked for its status.
    handed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ask_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        partial_index("ix_notice_waiting", "channel", "due_at", "id", where="state = 'queued'"),
        partial_index("ix_notice_under_way", "lease_until", where="state = 'sending'"),
        partial_index("ix_notice_unfinished", "ask_at", where="ask_at IS NOT NULL"),
        sa.Index(None, "court_id", "created_at"),
        sa.Index("ix_notice_first_due_at", "first_due_at"),  # the service level is measured over it
        sa.Index(None, "counsel_id", "tried_at"),  # rate limit of each person
        partial_index("ix_notice_delegate_id", "delegate_id", where="delegate_id IS NOT NULL"),
        partial_index("ix_notice_member_id", "member_id", where="member_id IS NOT NULL"),
        partial_index("ix_notice_carrier_id", "carrier_id", where="carrier_id <> ''"),
        partial_index("ix_notice_server_id", "server_id", where="server_id <> ''"),
        partial_index(
            "ix_notice_invitation_id", "invitation_id", where=f"kind = '{NoticeKind.PROPOSAL}'"
        ),
    )

    @property
    def row(self) -> "NoticeRow":
        """The notice as plain values."""
        return NoticeRow(*(getattr(self, name) for name in NoticeRow._fields))

    @property
    def attempt(self) -> str:
        """The reference of the current try, which the carrier is given as ours."""
        return str(AttemptReference(self.id, self.tries))


# Conditions of partial indexes, written as literals: with bound parameters PostgreSQL could not
# tell that the index applies, and SQLite plans the statement anew for each value.
HAS_CARRIER_ID = Notice.carrier_id != sa.literal_column("''")
HAS_SERVER_ID = Notice.server_id != sa.literal_column("''")
WAITS = Notice.state == sa.literal_column(f"'{NoticeState.QUEUED}'")
ASKS = Notice.kind == sa.literal_column(f"'{NoticeKind.PROPOSAL}'")


class NoticeRow(NamedTuple):
    """A row of the queue, with the columns on which its letter and its entries depend.

    Claiming reads hundreds a second, for which loading ORM objects costs too much. A row does not
    follow later changes of the database.
    """

    id: int
    key: str
    court_id: int
    case_id: int
    about: str
    counsel_id: int | None
    user_id: int | None
    delegate_id: int | None
    member_id: int | None
    invitation_id: int | None
    representation_id: int | None
    link_version: int
    kind: str
    channel: str
    address: str
    name: str
    side: str
    language: str
    facts: dict
    due_at: dt.datetime
    stale_at: dt.datetime
    state: str
    tries: int
    created_at: dt.datetime

    @property
    def attempt(self) -> str:
        """The reference of the current try, which the carrier is given as ours."""
        return str(AttemptReference(self.id, self.tries))


COLUMNS = [bulk.table(Notice).c[name] for name in NoticeRow._fields]
