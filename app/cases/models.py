"""Cases, parties, counsel, representations, and counsel's busy time."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Json, Key, UTCDateTime
from app.court.models import Court, Judge
from app.people.models import User


class Side(StrEnum):
    """The side that a party is on."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    OTHER = "other"


class Case(Base):
    """A lawsuit."""

    __tablename__ = "case_file"
    __table_args__ = (sa.UniqueConstraint("court_id", "number_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    number: Mapped[str] = mapped_column(sa.String(200))
    # What makes two numbers one (rules.number_key). A second case of one number from before keys
    # dropped invisible characters has a line break and 2 behind.
    number_key: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(500), default="")
    procedure: Mapped[str] = mapped_column(sa.String(40))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The import by page that made it, which can be undone; a plain number.
    upload_id: Mapped[int | None] = mapped_column(Key, index=True)

    court: Mapped[Court] = relationship()
    judge: Mapped[Judge] = relationship()
    assistant: Mapped[User | None] = relationship()
    parties: Mapped[list["Party"]] = relationship(back_populates="case", order_by="Party.id")


class Party(Base):
    """A party of a case; with contact details of their own when they act in person."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(100))
    side: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    # E.164; the extension of a land line behind it, ";ext=801" (RFC 3966).
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # The number of this party in the system that it was imported from.
    reference: Mapped[str] = mapped_column(sa.String(100), default="")

    case: Mapped[Case] = relationship(back_populates="parties")
    representations: Mapped[list["Representation"]] = relationship(
        back_populates="party", order_by="Representation.id"
    )


class Counsel(Base):
    """A lawyer who is contacted for a party, or a party who acts in person."""

    __tablename__ = "counsel"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    firm: Mapped[str] = mapped_column(sa.String(200), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    # Where paper reaches them, line by line.
    postal: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    language: Mapped[str] = mapped_column(sa.String(8))
    zone: Mapped[str] = mapped_column(sa.String(64), default="")
    channels: Mapped[list[str]] = mapped_column(Json)
    # One way to the court, for counsel from elsewhere.
    travel_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    in_person: Mapped[bool] = mapped_column(default=False)
    address_confirmed_on: Mapped[dt.date | None] = mapped_column()
    electronic_consent_on: Mapped[dt.date | None] = mapped_column()
    # Set when the person told a carrier to stop texts to this number.
    opted_out_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.Index(None, "court_id", "name"),)


class Away(Base):
    """Days on which a counsel has declared to be unavailable to this court.

    From a day until another, both included; or, with weekdays (0 is Monday), those of each week,
    without an end if none was entered. Only the days are kept, never what for.
    """

    __tablename__ = "away"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    from_on: Mapped[dt.date] = mapped_column()
    until_on: Mapped[dt.date | None] = mapped_column()
    weekdays: Mapped[list[int]] = mapped_column(Json)
    entered_at: Mapped[dt.datetime] = mapped_column("said_at", UTCDateTime)


class BusyCalendar(Base):
    """The address of a counsel's own calendar, and the outcome of reading it."""

    __tablename__ = "busy_calendar"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), unique=True)
    # A key to somebody's calendar: shown to its counsel alone.
    address: Mapped[str] = mapped_column(sa.String(2000))
    entered_at: Mapped[dt.datetime] = mapped_column("said_at", UTCDateTime)
    # None: it failed too often, and waits for its counsel to look at it.
    due_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime, index=True)
    read_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    etag: Mapped[str] = mapped_column(sa.String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(sa.String(300), default="")


class BusyTime(Base):
    """A busy span in a counsel's own calendar; its subject is not stored."""

    __tablename__ = "busy_time"
    __table_args__ = (sa.Index(None, "counsel_id", "starts_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"))
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class Representation(Base):
    """One counsel acts for one party of a case, until they leave it."""

    __tablename__ = "representation"
    __table_args__ = (
        sa.UniqueConstraint("party_id", "counsel_id"),
        sa.Index(
            "ix_representation_joined",
            "id",
            sqlite_where=sa.text("NOT welcomed"),
            postgresql_where=sa.text("NOT welcomed"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("party.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    # A hearing is agreed without those whose answer is not required.
    required: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Asked and told what the others were before they joined (see hearings.counsel_changes).
    welcomed: Mapped[bool] = mapped_column(default=False, server_default=sa.true())
    # The key to counsel's page of the case (see keys): hashes only, None until it is first sent.
    key_version: Mapped[int] = mapped_column(default=1, server_default="1")
    key_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)

    party: Mapped[Party] = relationship(back_populates="representations")
    counsel: Mapped[Counsel] = relationship()


class RevokedKey(Base):
    """The hash of a token or a short code that opens counsel's page no longer."""

    __tablename__ = "revoked_key"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    revoked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
