"""SQLite: look at one booking before a new one, not at all that a judge ever had."""

from alembic import op

revision = "0008"
down_revision = "0007"

ALL = (
    "SELECT RAISE(ABORT, 'double booking') WHERE EXISTS (SELECT 1 FROM booking b "
    "WHERE b.resource = NEW.resource AND b.starts_at < NEW.ends_at "
    "AND b.ends_at > NEW.starts_at AND b.id IS NOT NEW.id)"
)
# Those of one resource never overlap, so of all that begin before the new one ends the last to
# begin is the last to end: if it is over in time, all are.
LAST = (
    "SELECT RAISE(ABORT, 'double booking') WHERE (SELECT b.ends_at FROM booking b "
    "WHERE b.resource = NEW.resource AND b.starts_at < NEW.ends_at AND b.id IS NOT NEW.id "
    "ORDER BY b.starts_at DESC LIMIT 1) > NEW.starts_at"
)


def _guard(overlaps: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        return  # the exclusion constraint has its index
    for when in ("INSERT", "UPDATE"):
        op.execute(f"DROP TRIGGER booking_overlap_{when.lower()}")
        op.execute(
            f"CREATE TRIGGER booking_overlap_{when.lower()} BEFORE {when} ON booking "
            f"BEGIN {overlaps}; END"
        )


def upgrade() -> None:
    _guard(LAST)


def downgrade() -> None:
    _guard(ALL)
