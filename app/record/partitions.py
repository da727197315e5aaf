"""The months of the record on PostgreSQL: a part for lines and one for contents, made ahead."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

AHEAD = 3  # months after this one


def make_ahead(session: Session) -> int:
    """Make the parts that are missing for this month and the next ones; return for how many.

    Lines of a month without parts lie in a part for all others: nothing is lost, but that month
    is divided no more. Raises OperationalError where others hold the tables for half a second.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.scalar(sa.select(sa.func.make_record_months(AHEAD))) or 0)
