"""Pure: what a password and a user's role allow."""

SHORTEST_PASSWORD = 10
ROLES = ("assistant", "judge", "admin")
