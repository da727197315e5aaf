"""Which hearings of a court changed since a reader last looked, by the database's own order.

Triggers stamp a hearing with every change of what a calendar says about it, so that no path
through the code can forget to. On SQLite, with one writer at a time, stamps are numbers that rise
as commits do. On PostgreSQL a stamp is the writer's transaction, and a reader keeps the snapshot
that it read by: what that snapshot does not see is newer, in whatever order transactions end.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.models import RemovedHearing
from app.hearings.models import Hearing

MOST = 2000  # changed hearings; with more a calendar is read anew

# Stamps from before a database was restored into another cluster lie beyond its transactions.
_SINCE_SNAPSHOT = sa.text(
    "SELECT id FROM (SELECT id, stamp FROM hearing WHERE court_id = :court AND stamp >= :first "
    "UNION ALL SELECT hearing_id, stamp FROM gone_hearing "
    "WHERE court_id = :court AND stamp >= :first) AS changed "
    "WHERE stamp < pg_snapshot_xmax(pg_current_snapshot())::text::bigint "
    "AND NOT pg_visible_in_snapshot(stamp::text::xid8, CAST(:then AS pg_snapshot)) LIMIT :most"
)


def position(dialect: str) -> str:
    """Return the SQL of where the database stands, to be read with or before what is read."""
    if dialect == "postgresql":
        return "pg_current_snapshot()::text"
    return "SELECT n FROM calendar_tick"


def since(session: Session, court_id: int, then: str) -> list[int] | None:
    """Return a court's hearings that changed after a position, ``then``; None where many did."""
    if session.get_bind().dialect.name == "postgresql":
        first = int(then.partition(":")[0])
        given = {"court": court_id, "first": first, "then": then, "most": MOST + 1}
        found = session.scalars(_SINCE_SNAPSHOT, given).all()
    else:
        wanted = sa.union_all(
            sa.select(Hearing.id).where(Hearing.court_id == court_id, Hearing.stamp > int(then)),
            sa.select(RemovedHearing.hearing_id).where(
                RemovedHearing.court_id == court_id, RemovedHearing.stamp > int(then)
            ),
        )
        found = session.scalars(wanted.limit(MOST + 1)).all()
    return list(found) if len(found) <= MOST else None
