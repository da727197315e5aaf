"""Which hearings of a court changed since a reader last looked, by the database's own order.

Triggers stamp a hearing with every change of what a calendar says about it, so that no path
through the code can forget to. On SQLite, with one writer at a time, stamps are numbers that rise
as commits do. On PostgreSQL a stamp is the writer's transaction, and a reader keeps the snapshot
that it read by: what that snapshot does not see is newer, in whatever order transactions end.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.models import CalendarTick
from app.hearings.models import Hearing

MOST = 2000  # changed hearings; with more a calendar is read anew

_TICK = sa.select(CalendarTick.n)
_SNAPSHOT = sa.select(sa.literal_column("pg_current_snapshot()::text", sa.String))
# Stamps from before a database was restored into another cluster lie beyond its transactions.
_SINCE_SNAPSHOT = sa.text(
    "SELECT id FROM hearing WHERE court_id = :court AND stamp >= :first "
    "AND stamp < pg_snapshot_xmax(pg_current_snapshot())::text::bigint "
    "AND NOT pg_visible_in_snapshot(stamp::text::xid8, CAST(:then AS pg_snapshot)) LIMIT :most"
)


def position_of(session: Session) -> sa.ScalarSelect[str]:
    """Return a subquery for where the database stands, to be read with or before what is read."""
    if session.get_bind().dialect.name == "postgresql":
        return _SNAPSHOT.scalar_subquery()
    return sa.select(sa.cast(CalendarTick.n, sa.String)).limit(1).scalar_subquery()


def since(session: Session, court_id: int, position: str) -> list[int] | None:
    """Return the hearings of a court that changed after a position; None where there are many."""
    if session.get_bind().dialect.name == "postgresql":
        first = int(position.partition(":")[0])
        given = {"court": court_id, "first": first, "then": position, "most": MOST + 1}
        found = session.scalars(_SINCE_SNAPSHOT, given).all()
    else:
        wanted = sa.select(Hearing.id).where(
            Hearing.court_id == court_id, Hearing.stamp > int(position)
        )
        found = session.scalars(wanted.limit(MOST + 1)).all()
    return list(found) if len(found) <= MOST else None
