"""What people and programs sent to the house: what it was taken for, and whether it waits."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class Kind(StrEnum):
    """What a message that came in was taken for."""

    REPLY = "reply"  # a calendar's answer to an invite
    COUNTER = "counter"  # a calendar's wish for another time
    BOUNCE = "bounce"  # a mail system's word on one of our mails
    RECEIPT = "receipt"  # a read receipt: shown, or deleted unread
    AUTOMATIC = "automatic"  # nobody wrote it: out of office and the like
    MAIL = "mail"
    TEXT = "text"
    BROKEN = "broken"  # it could not be read


class Inbound(Base):
    """One message that came in; it waits until a person of the court, or a rule, is done."""

    __tablename__ = "inbound"
    __table_args__ = (
        sa.Index(
            "ix_inbound_waiting",
            "court_id",
            "id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
        sa.Index(None, "court_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # What makes it one, however often it is told: the text's number, the mail's place and hash.
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    # None where it can be of any court: then those who set up look at it.
    court_id: Mapped[int | None] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    about: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    channel: Mapped[str] = mapped_column(sa.String(10))
    kind: Mapped[str] = mapped_column(sa.String(20))
    sender: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    words: Mapped[str] = mapped_column(sa.Text, default="")
    # What was understood: {"says": …, "sequence": …, "counted": …, "why": …, "files": […]}.
    detail: Mapped[dict] = mapped_column(Json)
    done_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Who of the court looked at it; None where a rule was done with it.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)


class Mailbox(Base):
    """Up to where a mailbox was read, and what stood in the way of reading it last."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(Key, default=0)
    last_uid: Mapped[int] = mapped_column(Key, default=0)
    read_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(sa.String(300), default="")
