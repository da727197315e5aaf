"""The weights of carriers, shared by all workers."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UTCDateTime


class CarrierWeight(Base):
    """The share of the traffic that one of two carriers gets, in hundredths, and the reason."""

    __tablename__ = "carrier_weight"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    weight: Mapped[int] = mapped_column()
    # The time of the last shift; None before the first.
    shifted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(sa.String(200), default="")
