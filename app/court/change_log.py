"""Append-only log of changes to a court's settings: who, when, which setting, old and new value."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.court.models import SettingChange

if TYPE_CHECKING:
    from app.people.models import User

# Areas of the settings. Within one, ``what`` names the setting, or the act and its object as
# ``act/object`` (``retired/Courtroom 3``).
AREAS = (
    "court",
    "cases",
    "people",
    "courtrooms",
    "closed_days",
    "wording",
    "carriers",
    "rules",
    "import",
    "webhooks",
    "single_sign_on",
)
PAGE = 50  # changes
MOST = 4000  # characters of a value


@dataclass(frozen=True)
class ChangeAuthor:
    """The user who makes a change, and when; ``user`` is None for a command."""

    court_id: int
    user: "User | None"
    now: dt.datetime


def note(
    session: Session, by: ChangeAuthor, area: str, what: str, was: object = "", became: object = ""
) -> None:
    """Log one change; nothing is logged if the value stays the same."""
    old, new = _as_text(was), _as_text(became)
    if old == new:
        return
    session.add(
        SettingChange(
            court_id=by.court_id,
            at=by.now,
            user_id=by.user.id if by.user else None,
            by=by.user.name if by.user else "",
            area=area,
            what=what[:300],
            was=old,
            became=new,
        )
    )


def note_all(
    session: Session, by: ChangeAuthor, area: str, was: Mapping[str, Any], became: Mapping[str, Any]
) -> None:
    """Log every value that changed, under its name."""
    for name, value in became.items():
        note(session, by, area, name, was.get(name, ""), value)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str("" if value is None else value)[:MOST]


def page_of_changes(
    session: Session, court_id: int, page: int = 1
) -> tuple[Sequence[SettingChange], bool]:
    """Return one page of a court's changes, newest first, and whether there is another page."""
    query = sa.select(SettingChange).where(SettingChange.court_id == court_id)
    query = query.order_by(SettingChange.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = session.scalars(query).all()
    return rows[:PAGE], len(rows) > PAGE
