"""Pure: what a password and a user's role allow."""

SHORTEST_PASSWORD = 10
ROLES = ("assistant", "judge", "admin")


def may(role: str, act: str) -> bool:
    """Tell whether a role may do an act: everybody books; only an admin sets up."""
    return act != "set_up" or role == "admin"
