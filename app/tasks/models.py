"""Tasks of the court's people, and steps of the ladder that become one."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import (
    Base,
    Json,
    Key,
    UTCDateTime,
)
from app.core.db.indexes import partial_index
from app.core.matters import Matter


class Task(Base):
    """What a person of the court has to do for the record: ring somebody, post a paper notice.

    Also a step of the ladder whose time has not come (see reminders.ladder), by its ``way``.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index(None, "court_id", "state"),
        sa.Index(None, "case_id", "counsel_id"),
        partial_index("ix_task_callback", "created_at", where="way = 'callback'"),
        partial_index("ix_task_coming", "opens_at", where="state IN ('waiting', 'open')"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # What makes it one: ``call/<hearing>.<revision>/<counsel>``.
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    about: Mapped[str] = mapped_column(sa.String(40), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20), default="")
    way: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10))
    opens_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The latest moment at which doing it is still in time; None where there is none.
    latest_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The rule behind it: {"rule": id, "version": …, "deadline": …}.
    because: Mapped[dict] = mapped_column(Json)
    # Who asks to be called: the number and the times that they gave.
    wish: Mapped[str] = mapped_column(sa.Text, default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Up to which line of the record it was weighed: it is weighed again when there are more.
    seen_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When somebody first tried, whatever came of it; and when it was over.
    tried_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    @property
    def hearing_id(self) -> int:
        """The hearing that the task is about."""
        return Matter.parse(self.about).id

    @property
    def version(self) -> str:
        """The version of the hearing for which the task was made: ``12.3``."""
        return self.key.split("/")[1]
