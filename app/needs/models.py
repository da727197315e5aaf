"""Needs of people who come to a hearing; deleted when withdrawn, and with the case."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case, Representation
from app.core.db import Base, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.hearings.models import Hearing
from app.people.models import User


class Need(Base):
    """What one person needs at the hearings of a case, or at one of them; seen by the court alone.

    The record holds no more than that something was said to the court, with a salted digest.
    """

    __tablename__ = "need"
    __table_args__ = (partial_index("ix_need_new", "court_id", where="noted_at IS NULL"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    # None: for every hearing of the case.
    hearing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hearing.id"), index=True)
    # On whose counsel's page it is shown too; None: entered by the court for itself.
    representation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("representation.id"), index=True
    )
    # A PersonRole, and the person's name.
    role: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(100))
    # The language of the interpreter, or "".
    interpreter: Mapped[str] = mapped_column(sa.String(60), default="")
    hearing_loop: Mapped[bool] = mapped_column(default=False)
    step_free: Mapped[bool] = mapped_column(default=False)
    other: Mapped[str] = mapped_column(sa.String(300), default="")
    salt: Mapped[str] = mapped_column(sa.String(32))
    # It rises with every change: forms carry it.
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The court's user who entered or changed it last; None: counsel.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # When a user of the court took note of it as it is now.
    noted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    hearing: Mapped[Hearing | None] = relationship()
    representation: Mapped[Representation | None] = relationship()
    user: Mapped[User | None] = relationship()
