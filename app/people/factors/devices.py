"""Known devices: a signed cookie names a user who has signed in there before.

A device that is known has counts of wrong passwords and codes of its own, so that nobody else who
tries can make its user wait.
"""

import secrets
from dataclasses import dataclass

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.core import web
from app.people import service
from app.people.models import User

COOKIE = "tingqi-device"
REMEMBERED = 180 * 24 * 3600  # seconds


@dataclass(frozen=True)
class KnownDevice:
    """What the cookie of a browser says."""

    user_id: int
    # The user's sign-in name, so that it is known before the password is checked.
    name: str
    id: str
    # Whether a second factor was shown there.
    by_factor: bool


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(web.secret(), salt="known device")


def of_browser() -> KnownDevice | None:
    """Return what this browser's cookie says, or None if it is missing or not ours."""
    try:
        values = _serializer().loads(request.cookies.get(COOKIE, ""))
        return KnownDevice(int(values[0]), str(values[1]), str(values[2]), bool(values[3]))
    except (BadSignature, ValueError, TypeError, IndexError, KeyError):
        return None


def known_as(name: str) -> str:
    """Return the id of this device if the user of that sign-in name is known here, else ""."""
    device = of_browser()
    return device.id if device and device.name == name else ""


def proven_for(user_id: int) -> str:
    """Return the id of this device if the user has shown a second factor here, else ""."""
    device = of_browser()
    return device.id if device and device.user_id == user_id and device.by_factor else ""


def remember(response: Response, user: User, *, by_factor: bool) -> None:
    """Let a browser know that this user has signed in there."""
    device = of_browser()
    same = device if device and device.user_id == user.id else None
    # An id of before the factor is not kept: others may have signed in then with the password only.
    keeps_id = same is not None and same.by_factor >= by_factor
    id_ = same.id if same and keeps_id else secrets.token_hex(16)
    proven = by_factor or (same is not None and same.by_factor)
    name = service.sign_in_name(user.email)
    response.set_cookie(
        COOKIE,
        str(_serializer().dumps([user.id, name, id_, proven])),
        max_age=REMEMBERED,
        samesite="Lax",
        httponly=True,
        secure=web.services().settings.public_url.startswith("https"),
    )
