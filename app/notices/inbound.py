"""Inbound messages: how each was classified, and whether it waits for a person of the court."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class InboundKind(StrEnum):
    """Classification of an inbound message."""

    REPLY = "reply"  # a calendar's answer to an invite
    COUNTER = "counter"  # a calendar's wish for another time
    BOUNCE = "bounce"  # a mail system's report on one of our mails
    RECEIPT = "receipt"  # a read receipt: shown, or deleted unread
    AUTOMATIC = "automatic"  # an automatic reply, such as out of office
    MAIL = "mail"
    TEXT = "text"
    BROKEN = "broken"  # it could not be read


class Inbound(Base):
    """An inbound message; it waits until a person of the court, or a rule, has dealt with it."""

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
    # Idempotency key: the text's id, or the mail's place in the mailbox and its hash.
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    # None where any court may be meant: then users who may set up look at it.
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
    # What was parsed: {"says": …, "sequence": …, "counted": …, "why": …, "files": […]}.
    detail: Mapped[dict] = mapped_column(Json)
    done_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The user who dealt with it; None where a rule did.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)


class Mailbox(Base):
    """Position up to which a mailbox was read, and the fault at the last attempt to read it."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(Key, default=0)
    last_uid: Mapped[int] = mapped_column(Key, default=0)
    read_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(sa.String(300), default="")
