"""Pure: constraints on passwords and roles, what a token may be allowed, what use is noted."""

import datetime as dt
from enum import StrEnum

SHORTEST_PASSWORD = 10  # characters
ROLES = ("assistant", "judge", "admin")
USE_NOTED_EVERY = dt.timedelta(minutes=5)  # of sessions and tokens: not with each request


def use_is_stale(noted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether the noted time of a session's or token's last use is to be noted anew."""
    return noted_at is None or now - noted_at >= USE_NOTED_EVERY


class TokenScope(StrEnum):
    """What a token of the API may do; each call needs exactly one of these."""

    READ = "read"
    SCHEDULE = "schedule"
    CONTACT = "contact"
    ADMIN = "admin"


def scopes_of_role(role: str) -> frozenset[TokenScope]:
    """Return the scopes that a token of a user in this role can have."""
    every = frozenset(TokenScope)
    return every if role == "admin" else every - {TokenScope.ADMIN}
