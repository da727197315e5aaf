"""A notice whose turn has come, as plain values."""

import datetime as dt
from dataclasses import dataclass, fields

from app.core.db import bulk
from app.notices.models import Notice


@dataclass(slots=True)
class DueNotice:
    """A notice whose turn has come, as plain values: at this speed an ORM object costs too much."""

    id: int
    key: str
    court_id: int
    case_id: int
    about: str
    counsel_id: int | None
    user_id: int | None
    invitation_id: int | None
    link_version: int
    kind: str
    channel: str
    address: str
    name: str
    side: str
    language: str
    facts: dict
    stale_at: dt.datetime
    tries: int
    created_at: dt.datetime

    @property
    def attempt(self) -> str:
        """The reference of the current try, given to the carrier as ours."""
        return f"n{self.id}.{self.tries}"


COLUMNS = [bulk.table(Notice).c[each.name] for each in fields(DueNotice)]
