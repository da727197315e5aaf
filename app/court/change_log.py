"""What a court changes of its settings goes on a list: who, when, what, from what to what."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.court.models import SettingChange

if TYPE_CHECKING:
    from app.people.models import User

# What a change is of: its area, and within ``what`` a word for it and then which one, by "/".
AREAS = ("court", "people", "courtrooms", "closed_days", "wording", "carriers", "rules", "import")
PAGE = 50
MOST = 4000  # characters of what it was and became


@dataclass(frozen=True)
class ChangeAuthor:
    """Who changes something, and when; nobody where a command does it."""

    court_id: int
    user: "User | None"
    now: dt.datetime


def note(
    session: Session, by: ChangeAuthor, area: str, what: str, was: object = "", became: object = ""
) -> None:
    """Put one change on the list. Nothing is noted where nothing became different."""
    said = _said(was), _said(became)
    if said[0] == said[1]:
        return
    session.add(
        SettingChange(
            court_id=by.court_id,
            at=by.now,
            user_id=by.user.id if by.user else None,
            by=by.user.name if by.user else "",
            area=area,
            what=what[:300],
            was=said[0],
            became=said[1],
        )
    )


def note_all(
    session: Session, by: ChangeAuthor, area: str, was: Mapping[str, Any], became: Mapping[str, Any]
) -> None:
    """Put every value that became different on the list, by its name."""
    for name, value in became.items():
        note(session, by, area, name, was.get(name, ""), value)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str("" if value is None else value)[:MOST]


def listed(session: Session, court_id: int, page: int = 1) -> tuple[Sequence[SettingChange], bool]:
    """Return one page of a court's changes, the newest first, and whether there are more."""
    wanted = sa.select(SettingChange).where(SettingChange.court_id == court_id)
    wanted = wanted.order_by(SettingChange.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = session.scalars(wanted).all()
    return rows[:PAGE], len(rows) > PAGE
