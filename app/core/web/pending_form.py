"""Forms posted after a session had ended: sealed into the sign-in page, and shown again after it.

Nothing of them is stored on the server. The seal names the user who last signed in from this
browser; another user who signs in there does not see the form, and it is never submitted without
the user pressing its button again.
"""

import datetime as dt
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

KEEPS = dt.timedelta(hours=12)
MAX_LENGTH = 200_000  # characters
LAST = "tingqi-last"  # the cookie with the last user who signed in, signed
REMEMBERS = 30 * 24 * 3600  # seconds
# Fields that the user did not type.
UNTYPED = frozenset({"once", "stood", "seen", "nonce", "page", "do", "go_on", "revision"})


def mark(secret: bytes, user_id: int) -> str:
    """Return the value of the cookie that remembers a user who signed in."""
    return URLSafeSerializer(secret, salt="last user").dumps(user_id)


def marked(secret: bytes, cookie: str) -> int:
    """Return the id of the last user who signed in from this browser.

    0 if the cookie is missing or invalid.
    """
    try:
        return int(URLSafeSerializer(secret, salt="last user").loads(cookie))
    except (BadSignature, ValueError, TypeError):
        return 0


def seal(
    secret: bytes, user_id: int, path: str, fields: list[tuple[str, str]], now: dt.datetime
) -> str:
    """Return the fields of a form as one signed text; "" if there are none, or too many."""
    if not fields or sum(len(name) + len(value) for name, value in fields) > MAX_LENGTH:
        return ""
    form = {"user": user_id, "path": path, "fields": fields, "at": now.timestamp()}
    return str(URLSafeSerializer(secret, salt="typed").dumps(form))


def opened(
    secret: bytes, sealed: str, user_id: int, now: dt.datetime
) -> tuple[str, list[tuple[str, str]]] | None:
    """Return path and fields of a form that this user typed within twelve hours, or None."""
    try:
        form: dict[str, Any] = URLSafeSerializer(secret, salt="typed").loads(sealed)
    except (BadSignature, ValueError):
        return None
    old = now.timestamp() - form["at"] > KEEPS.total_seconds()
    if old or form["user"] != user_id:
        return None
    return str(form["path"]), [(str(name), str(value)) for name, value in form["fields"]]


def words(fields: list[tuple[str, str]]) -> list[str]:
    """Return the values that the user typed, without the page's own fields."""
    return [value for name, value in fields if name not in UNTYPED and value.strip()]
