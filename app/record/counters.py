"""Daily counters of what leaves no entry: forged, unsigned, malformed, repeated callbacks."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.record.models import DailyCount

FORGED, UNSIGNED, MALFORMED, REPEATED = (
    "callback_forged",
    "callback_unsigned",
    "callback_malformed",
    "callback_repeated",
)
NAMES = (FORGED, UNSIGNED, MALFORMED, REPEATED)


def count(session: Session, name: str, now: dt.datetime) -> None:
    """Increment today's counter (UTC); concurrent increments are all counted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(DailyCount).values(name=name, on=now.astimezone(dt.UTC).date(), count=1)
    statement = first.on_conflict_do_update(
        index_elements=[DailyCount.name, DailyCount.on],
        set_={"count": DailyCount.__table__.c.count + 1},
    )
    session.execute(statement)


def totals(session: Session) -> dict[str, int]:
    """Return each counter's sum over all days."""
    query = sa.select(DailyCount.name, sa.func.sum(DailyCount.count)).group_by(DailyCount.name)
    return {**dict.fromkeys(NAMES, 0), **{row[0]: int(row[1]) for row in session.execute(query)}}
