"""Listings: drafts of many hearings at once, with the state of their search."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.db import Base, Json, Key, UTCDateTime
from app.court.models import Court
from app.hearings.models import Hearing
from app.people.models import User


class ListingState(StrEnum):
    """State of a listing."""

    WAITING = "waiting"  # for a worker
    RUNNING = "running"
    READY = "ready"  # for review and sending
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Listing(Base):
    """A draft of many hearings with slots; nothing is booked or announced until it is sent."""

    __tablename__ = "listing"
    __table_args__ = (
        sa.Index("ix_listing_court_id", "court_id"),
        sa.Index(
            "ix_listing_at_work",
            "state",
            sqlite_where=sa.text("state IN ('waiting', 'running', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'running', 'sending')"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    # The user who created it, and who proposes the hearings; None for a command.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(20))
    first_on: Mapped[dt.date] = mapped_column()
    last_on: Mapped[dt.date] = mapped_column()
    answer_by: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Slots per hearing, courtroom ids (empty: all), and seconds of search.
    slots: Mapped[int] = mapped_column()
    rooms: Mapped[list[int]] = mapped_column(Json)
    seconds: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The worker that searches, and the end of its lease.
    worker: Mapped[str] = mapped_column(sa.String(200), default="")
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    stop: Mapped[bool] = mapped_column(default=False)
    # Progress: hearings placed and their upper bound; cost in points and its lower bound.
    placed: Mapped[int | None] = mapped_column()
    most: Mapped[int | None] = mapped_column()
    cost: Mapped[int | None] = mapped_column()
    bound: Mapped[int | None] = mapped_column()
    fault: Mapped[dict[str, Any] | None] = mapped_column(Json)

    court: Mapped[Court] = relationship()
    user: Mapped[User | None] = relationship()
    hearings: Mapped[list["ListedHearing"]] = relationship(
        back_populates="listing", order_by="ListedHearing.id", cascade="all, delete-orphan"
    )


class ListedHearing(Base):
    """A hearing of a listing: request and slots found."""

    __tablename__ = "listed_hearing"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    line: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(sa.String(100))
    minutes: Mapped[int] = mapped_column()
    wishes: Mapped[dict[str, Any]] = mapped_column(Json)
    # [{"at": ISO, "room": id, "cost": points, "reasons": […], "costs": [[name, …], …]}, …]
    slots: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    # Reason why it has no slot or could not be sent.
    why: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # Whether a worker has tried to send it since the last "send".
    tried: Mapped[bool] = mapped_column(default=False)
    # UID of the resulting hearing: makes sending idempotent.
    uid: Mapped[str] = mapped_column(sa.String(200), unique=True)
    hearing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hearing.id"), index=True)

    listing: Mapped[Listing] = relationship(back_populates="hearings")
    case: Mapped[Case] = relationship()
    hearing: Mapped[Hearing | None] = relationship()
