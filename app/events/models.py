"""Tables of events: what other systems are told of, and who is not reached at present."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index


class CourtEvent(Base):
    """One event of a court. It holds ids only: nothing in it has to be erased.

    ``number`` counts the events of the court without a gap. It is given after the commit (see
    service.number), so that no event appears behind one that was read already.
    """

    __tablename__ = "court_event"
    __table_args__ = (
        sa.UniqueConstraint("court_id", "number", name="uq_court_event_number"),
        partial_index("ix_court_event_unnumbered", "court_id", "id", where="number IS NULL"),
        sa.Index("ix_court_event_case_id", "case_id", "number"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    number: Mapped[int | None] = mapped_column()
    # An EventType.
    type: Mapped[str] = mapped_column(sa.String(30))
    # A plain number: the event stays where the import that entered the case is undone.
    case_id: Mapped[int] = mapped_column(Key)
    # What it is about, beside the case: {"hearing_id": 12, "counsel_id": 3}.
    ids: Mapped[dict] = mapped_column(Json)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The end of the case's chain when it was written: whoever keeps it is a witness of the record.
    chain_seq: Mapped[int] = mapped_column()
    chain_hash: Mapped[str] = mapped_column(sa.String(64))


class EventCounter(Base):
    """The number of a court's last numbered event; whoever numbers events locks this row."""

    __tablename__ = "event_counter"

    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class UnreachedCounsel(Base):
    """Counsel whom no channel reached in a case; the row goes once they are reached."""

    __tablename__ = "unreached_counsel"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(UTCDateTime)
