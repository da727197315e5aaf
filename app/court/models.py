"""Courts, closed days, judges, courtrooms and the log of changes to the settings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.core.db import Base, Json, Key, UTCDateTime


class Court(Base):
    """A court and its settings."""

    __tablename__ = "court"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    short: Mapped[str] = mapped_column(sa.String(40))
    zone: Mapped[str] = mapped_column(sa.String(64))
    # Decide the public holidays: ISO 3166-1, and the subdivision's part of ISO 3166-2 or ""
    # (see court.places).
    country: Mapped[str] = mapped_column(sa.String(2))
    subdivision: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    language: Mapped[str] = mapped_column(sa.String(8))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Return address on paper letters, one line each.
    postal: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    rule_set: Mapped[str] = mapped_column(sa.String(40))
    reminder_days: Mapped[list[int]] = mapped_column(Json, default=lambda: [7, 3, 1])
    # Wall-clock times of the court, "HH:MM".
    reminder_at: Mapped[str] = mapped_column(sa.String(5), default="09:00")
    quiet_from: Mapped[str] = mapped_column(sa.String(5), default="21:00")
    quiet_until: Mapped[str] = mapped_column(sa.String(5), default="08:00")
    text_links: Mapped[bool] = mapped_column(default=True)
    # Text messages list the slots by number, so that a digit answers them.
    text_slots: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The slots of an open proposal go into counsel's calendars as a tentative invite.
    tentative_invites: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Hours of hearings, local time; equal ends of lunch mean that there is no lunch break.
    opens: Mapped[str] = mapped_column(sa.String(5), default="09:00", server_default="09:00")
    lunch_from: Mapped[str] = mapped_column(sa.String(5), default="12:00", server_default="12:00")
    lunch_until: Mapped[str] = mapped_column(sa.String(5), default="13:30", server_default="13:30")
    closes: Mapped[str] = mapped_column(sa.String(5), default="17:00", server_default="17:00")
    # Minimum gap between two hearings of one judge, courtroom or counsel.
    buffer_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Hours before a hearing from which a move is asked for by telephone only.
    move_closes_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    # Working days within which the court promises to answer a question.
    answer_days: Mapped[int] = mapped_column(default=2, server_default="2")
    # How names appear on the public cause list (see core.wording.public_names).
    public_names: Mapped[str] = mapped_column(
        sa.String(10), default="short", server_default="short"
    )
    # The first day on which the court tells counsel by Tingqi: hearings before it are those that
    # no-shows are compared with. None: no comparison.
    sends_from: Mapped[dt.date | None] = mapped_column()
    # Hearings that ended before this day wait for no outcome; None: all do.
    outcomes_from: Mapped[dt.date | None] = mapped_column()
    # Days from a case's last hearing until its addresses and contents are blanked; None: never.
    keep_days: Mapped[int | None] = mapped_column()
    # Whether the title and the names of parties and counsel are blanked as well.
    erase_names: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Of which roles a second factor is required at the sign-in.
    factor_assistant: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    factor_judge: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    factor_admin: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Whether a sign-in through a provider that says it asked for several factors needs none here.
    factor_by_provider: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    def needs_factor(self, role: str) -> bool:
        """Tell whether users in a role need a second factor."""
        return bool(getattr(self, f"factor_{role}", False))


class ClosedDay(Base):
    """A day on which the court is closed although it is no public holiday."""

    __tablename__ = "court_closure"
    __table_args__ = (sa.UniqueConstraint("court_id", "on", name="uq_court_closure_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    on: Mapped[dt.date] = mapped_column()
    why: Mapped[str] = mapped_column(sa.String(200), default="")


class SettingChange(Base):
    """An entry of the change log of settings. Append-only."""

    __tablename__ = "setting_change"
    __table_args__ = (sa.Index(None, "court_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The user, and their name at that time; None and "" for a command.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by: Mapped[str] = mapped_column(sa.String(200), default="")
    # See change_log.AREAS; ``what`` names the setting, person or courtroom.
    area: Mapped[str] = mapped_column(sa.String(20))
    what: Mapped[str] = mapped_column(sa.String(300), default="")
    was: Mapped[str] = mapped_column(sa.Text, default="")
    became: Mapped[str] = mapped_column(sa.Text, default="")


class Judge(Base):
    """Somebody who sits in the court's hearings, or is needed there (see bench.BenchRole)."""

    __tablename__ = "judge"
    __table_args__ = (sa.UniqueConstraint("court_id", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200))
    # A BenchRole: what they are where nothing else is said.
    role: Mapped[str] = mapped_column(sa.String(20), default="judge", server_default="judge")
    # Where somebody outside the court is reached; "" for judges, and where nothing is known.
    email: Mapped[str] = mapped_column(sa.String(254), default="", server_default="")
    # E.164.
    phone: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    # "" for the language of the court.
    language: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")


class BenchMemberRow:
    """Columns of who sits or is needed beside the judge, in a case's hearings or in one of them."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    # A BenchRole.
    role: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int] = mapped_column()

    @declared_attr
    @classmethod
    def judge(cls) -> Mapped[Judge]:
        """The person."""
        return relationship(lazy="joined", innerjoin=True)


class Courtroom(Base):
    """A courtroom or video room."""

    __tablename__ = "courtroom"
    __table_args__ = (sa.UniqueConstraint("court_id", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200))
    # Where it is; of a video room the address of its link.
    location: Mapped[str] = mapped_column(sa.String(500), default="")
    # Hearings there are held by video.
    by_video: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # No new hearing is proposed there from then on; fixed hearings stay.
    retired_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
