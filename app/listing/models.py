"""Listings: drafts of many hearings at once, and how the search for each goes."""

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
    """Where a listing stands."""

    WAITING = "waiting"  # for a worker
    RUNNING = "running"
    READY = "ready"  # to be looked at and sent
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Listing(Base):
    """A draft: many hearings with their slots; nothing is held or told before it is sent."""

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
    # Who made it, and in whose name it is sent; None for a command.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(20))
    first_on: Mapped[dt.date] = mapped_column()
    last_on: Mapped[dt.date] = mapped_column()
    answer_by: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # How many slots each hearing is to have, in which courtrooms (none: all), searched how long.
    slots: Mapped[int] = mapped_column()
    rooms: Mapped[list[int]] = mapped_column(Json)
    seconds: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Who searches, and until when they may be believed to live.
    worker: Mapped[str] = mapped_column(sa.String(200), default="")
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    stop: Mapped[bool] = mapped_column(default=False)
    # How far the search is: hearings placed, at most how many can be; cost, and what it must cost.
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
    """A hearing of a listing: what is asked for, and the slots that were found."""

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
    # Why it has no place, or why it could not be sent.
    why: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # Taken up by the worker that sends since "send" was pressed.
    tried: Mapped[bool] = mapped_column(default=False)
    # The identifier of the hearing that this becomes: what makes sending it twice impossible.
    uid: Mapped[str] = mapped_column(sa.String(200), unique=True)
    hearing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hearing.id"), index=True)

    listing: Mapped[Listing] = relationship(back_populates="hearings")
    case: Mapped[Case] = relationship()
    hearing: Mapped[Hearing | None] = relationship()
