"""Courts, their closed days, judges, courtrooms and the log of changed settings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Json, Key, UTCDateTime


class Court(Base):
    """One court: its zone, its habits, its language."""

    __tablename__ = "court"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    short: Mapped[str] = mapped_column(sa.String(40))
    zone: Mapped[str] = mapped_column(sa.String(64))
    # Whose holidays hold: ISO 3166-1, and the subdivision's part of ISO 3166-2, "" for none
    # (see people.places).
    country: Mapped[str] = mapped_column(sa.String(2))
    subdivision: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    language: Mapped[str] = mapped_column(sa.String(8))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Where letters on paper come from and go back to, line by line.
    postal: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    rule_set: Mapped[str] = mapped_column(sa.String(40))
    reminder_days: Mapped[list[int]] = mapped_column(Json, default=lambda: [7, 3, 1])
    # Wall-clock times of the court, "HH:MM".
    reminder_at: Mapped[str] = mapped_column(sa.String(5), default="09:00")
    quiet_from: Mapped[str] = mapped_column(sa.String(5), default="21:00")
    quiet_until: Mapped[str] = mapped_column(sa.String(5), default="08:00")
    text_links: Mapped[bool] = mapped_column(default=True)
    # Texts list the slots by number, so that they can be answered by a digit.
    text_slots: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The slots of an open round go into counsel's calendars as a tentative invite.
    tentative_invites: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # When hearings are held, by the court's clock; equal ends of lunch mean that there is none.
    opens: Mapped[str] = mapped_column(sa.String(5), default="09:00", server_default="09:00")
    lunch_from: Mapped[str] = mapped_column(sa.String(5), default="12:00", server_default="12:00")
    lunch_until: Mapped[str] = mapped_column(sa.String(5), default="13:30", server_default="13:30")
    closes: Mapped[str] = mapped_column(sa.String(5), default="17:00", server_default="17:00")
    # Between two hearings of one judge, courtroom or counsel, at least.
    buffer_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # How names appear on the list at the court's door (see hearings.shown_names.Names).
    public_names: Mapped[str] = mapped_column(
        sa.String(10), default="short", server_default="short"
    )
    # Days after a case's last hearing until its addresses and contents are blanked; None: never.
    keep_days: Mapped[int | None] = mapped_column()
    # Then the names of its parties and counsel, and its title, go as well.
    erase_names: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class ClosedDay(Base):
    """A day on which a court is closed beside the holidays of its place."""

    __tablename__ = "court_closure"
    __table_args__ = (sa.UniqueConstraint("court_id", "on", name="uq_court_closure_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    on: Mapped[dt.date] = mapped_column()
    why: Mapped[str] = mapped_column(sa.String(200), default="")


class SettingChange(Base):
    """A change of what a court has set: who, when, what, from what to what. Only added to."""

    __tablename__ = "setting_change"
    __table_args__ = (sa.Index(None, "court_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Who did it, under the name of that day; nobody where it was done by a command.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by: Mapped[str] = mapped_column(sa.String(200), default="")
    # What of it (see changes.AREAS), and which one: a setting's name, a person, a courtroom.
    area: Mapped[str] = mapped_column(sa.String(20))
    what: Mapped[str] = mapped_column(sa.String(300), default="")
    was: Mapped[str] = mapped_column(sa.Text, default="")
    became: Mapped[str] = mapped_column(sa.Text, default="")


class Judge(Base):
    """A judge, as cases name them."""

    __tablename__ = "judge"
    __table_args__ = (sa.UniqueConstraint("court_id", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200))


class Courtroom(Base):
    """A room, or a video room, in which hearings are held."""

    __tablename__ = "courtroom"
    __table_args__ = (sa.UniqueConstraint("court_id", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200))
    location: Mapped[str] = mapped_column(sa.String(500), default="")
    # Nothing new is held there from then on; what is fixed there stays.
    retired_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
