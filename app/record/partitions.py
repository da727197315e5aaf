"""Monthly partitions of the record on PostgreSQL, for entries and contents, made ahead."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

AHEAD = 3  # months after this one


def make_ahead(session: Session) -> int:
    """Create missing partitions of this month and the next ones; return for how many months.

    Entries of a month without partitions go into the default partition: nothing is lost, but that
    month gets none of its own any more. Raises OperationalError if the tables are locked by others
    for half a second.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.scalar(sa.select(sa.func.make_record_months(AHEAD))) or 0)
