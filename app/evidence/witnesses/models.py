"""The table of what was seen of other courts' days."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, UTCDateTime


class WitnessStatement(Base):
    """A sealed day of another court as it was seen, signed by that court and by us.

    Two rows of one day with different hashes are two histories of that court.
    """

    __tablename__ = "witness_statement"
    __table_args__ = (sa.UniqueConstraint("address", "court_number", "number", "hash"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # Where the other court publishes its days, and its number there.
    address: Mapped[str] = mapped_column(sa.String(500))
    court_number: Mapped[int]
    # Number and hash of the day.
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    seen_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The statement as it was signed, as JSON.
    statement: Mapped[str] = mapped_column(sa.Text)
