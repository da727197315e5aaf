"""Uploaded files, their state, and the columns that a court chose."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class Upload(Base):
    """One file and its state.

    ``state``: choosing (how to read it), mapping (its columns), to_check, checked, to_enter,
    entered, failed, undone, cancelled. While a worker works on it the state stays and the row is
    locked; after a crash the work starts again.
    """

    __tablename__ = "upload"
    __table_args__ = (sa.Index(None, "court_id", "id"), sa.Index(None, "state"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(10))
    # For each column of the file the field that it holds, or "".
    columns: Mapped[list[str]] = mapped_column(Json)
    # The sheet or the encoding in which it is read, as found out or chosen.
    reading: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    partial: Mapped[bool] = mapped_column(default=False)
    remind: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict] = mapped_column(Json)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The newest counsel before it was entered: who came later and acts nowhere goes with it.
    counsel_before: Mapped[int] = mapped_column(Key, default=0)


class UploadPart(Base):
    """A piece of a file, in the database, as pages and workers may be on different machines."""

    __tablename__ = "upload_part"

    upload_id: Mapped[int] = mapped_column(sa.ForeignKey("upload.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ChosenColumn(Base):
    """The field that a court last chose for a header; "" for none."""

    __tablename__ = "chosen_column"

    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), primary_key=True)
    header_key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(40))
