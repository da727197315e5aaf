"""Pure: constraints on passwords and roles."""

SHORTEST_PASSWORD = 10  # characters
ROLES = ("assistant", "judge", "admin")
