"""The table of time stamps."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UTCDateTime


class TimeStamp(Base):
    """The time stamp of one sealed day: what the authority answered, as it came."""

    __tablename__ = "record_stamp"
    __table_args__ = (
        sa.ForeignKeyConstraint(["court_id", "seq"], ["record_day.court_id", "record_day.seq"]),
    )

    court_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The time that the authority signed.
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # DER of a TimeStampResp (RFC 3161, 2.4.2), with the authority's certificates.
    response: Mapped[bytes] = mapped_column(sa.LargeBinary)
