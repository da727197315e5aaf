"""What was typed when a session had ended: sealed, and carried by the page through the sign-in.

Nothing of it lies on the server. The seal names the user whom this browser last let in; somebody
else who signs in there sees nothing of it, and it is not done without a new press.
"""

import datetime as dt
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

KEEPS = dt.timedelta(hours=12)
LONGEST = 200_000  # characters
LAST = "tingqi-last"  # the cookie that remembers, sealed, who was let in last
REMEMBERS = 30 * 24 * 3600  # seconds
# Fields that no person typed.
UNTYPED = frozenset({"once", "stood", "seen", "nonce", "page", "do", "go_on", "revision"})


def mark(secret: bytes, user_id: int) -> str:
    """Return what a browser remembers of whom it let in last."""
    return URLSafeSerializer(secret, salt="last user").dumps(user_id)


def marked(secret: bytes, cookie: str) -> int:
    """Return whom a browser let in last; 0 where it does not know."""
    try:
        return int(URLSafeSerializer(secret, salt="last user").loads(cookie))
    except (BadSignature, ValueError, TypeError):
        return 0


def seal(
    secret: bytes, user_id: int, path: str, fields: list[tuple[str, str]], now: dt.datetime
) -> str:
    """Return what was typed at a path as one text; "" where it is too much, or nothing."""
    if not fields or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return ""
    told = {"user": user_id, "path": path, "fields": fields, "at": now.timestamp()}
    return str(URLSafeSerializer(secret, salt="typed").dumps(told))


def opened(
    secret: bytes, sealed: str, user_id: int, now: dt.datetime
) -> tuple[str, list[tuple[str, str]]] | None:
    """Return path and fields of what was sealed for this user within twelve hours, else None."""
    try:
        told: dict[str, Any] = URLSafeSerializer(secret, salt="typed").loads(sealed)
    except (BadSignature, ValueError):
        return None
    old = now.timestamp() - told["at"] > KEEPS.total_seconds()
    if old or told["user"] != user_id:
        return None
    return str(told["path"]), [(str(name), str(value)) for name, value in told["fields"]]


def words(fields: list[tuple[str, str]]) -> list[str]:
    """Return what a person typed of these fields, to be shown to them."""
    return [value for name, value in fields if name not in UNTYPED and value.strip()]
