"""Pure: passwords and roles, scopes of tokens, what use is noted, what users are mailed."""

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


class AccountMailKind(StrEnum):
    """What a user is told by mail that is about no case."""

    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    MANY_WRONG_CODES = "many_wrong_codes"
    WEBHOOK_FAILED = "webhook_failed"
    WEBHOOK_GONE = "webhook_gone"
