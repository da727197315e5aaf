"""Filings noted by hand."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Party
from app.core.db import Base, Key, UTCDateTime


class NotedFiling(Base):
    """Papers of a party that came in at the court, as somebody of the court noted it."""

    __tablename__ = "noted_filing"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("party.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    on: Mapped[dt.date] = mapped_column()
    # Which papers, in the court's words; empty once the case is erased.
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    noted_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # It was noted in error.
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    party: Mapped[Party] = relationship()
