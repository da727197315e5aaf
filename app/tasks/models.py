"""Tasks of the court's users, and steps of escalation that may become one."""

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
    """A task of the court's users: call somebody, post a notice on paper, answer a request.

    Also a planned step of escalation that is not due yet (see reminders.escalation), by ``way``.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index(None, "court_id", "state"),
        sa.Index(None, "case_id", "counsel_id"),
        partial_index("ix_task_callback", "created_at", where="way = 'callback'"),
        partial_index("ix_task_coming", "opens_at", where="state IN ('waiting', 'open')"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # Idempotency key: ``call/<hearing>.<revision>/<counsel>``.
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    about: Mapped[str] = mapped_column(sa.String(40), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20), default="")
    way: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10))
    opens_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The latest moment at which it still serves its purpose, if there is one.
    latest_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The rule of law behind it: {"rule": id, "version": …, "before": …}.
    because: Mapped[dict] = mapped_column(Json)
    # Of a callback: when counsel can be called, what about, and on which number. Of a request to
    # move the date: why.
    wish: Mapped[str] = mapped_column(sa.Text, default="")
    topic: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # The last entry of the record that it was assessed by: newer ones make it due again.
    seen_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When somebody first tried, with whatever outcome; and when it ended.
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
