"""Pure: constraints on passwords and roles, and what a token of the API may be allowed."""

from enum import StrEnum

SHORTEST_PASSWORD = 10  # characters
ROLES = ("assistant", "judge", "admin")


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
