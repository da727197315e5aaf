"""What workers share about carriers."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UTCDateTime


class CarrierWeight(Base):
    """How much of the traffic one of two carriers gets, and why; the same for all workers."""

    __tablename__ = "carrier_weight"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    weight: Mapped[int] = mapped_column()
    # When it was last shifted; None while it is at rest.
    shifted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(sa.String(200), default="")
