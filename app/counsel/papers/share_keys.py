"""Share keys: what the app of a phone has in its manifest instead of the key of counsel's page.

A manifest goes to third parties: Chrome on Android has a server of its maker build the app. So a
share key is signed, ends with the version of counsel's key, and can do one thing: put files into
the draft, where counsel sees them before anything is filed. The key of the page stays in a cookie
of the phone's browser, which is sent to the app's own addresses alone.
"""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from flask import Response, make_response, url_for
from itsdangerous import BadData, URLSafeSerializer

from app.core import web
from app.counsel.page_state import CasePage

COOKIE = "papers"
COOKIE_SECONDS = 180 * 24 * 3600


class ShareKey(NamedTuple):
    """Whose draft files are shared into: a representation's, by counsel or a delegate of theirs."""

    representation_id: int
    delegate_id: int
    key_version: int


@lru_cache(8)
def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="share", signer_kwargs={"digest_method": hashlib.sha256})


def issue(secret: bytes, key: ShareKey) -> str:
    """Return the text of a share key, the same each time: it is part of an app's identity."""
    return str(_serializer(secret).dumps(list(key)))


def parse(secret: bytes, text: str) -> ShareKey | None:
    """Return what was signed as a share key, or None if it was not issued here."""
    try:
        return ShareKey(*map(int, _serializer(secret).loads(text)))
    except (BadData, ValueError, TypeError):
        return None


def _key_of(page: CasePage) -> str:
    representation = page.representation
    key = ShareKey(representation.id, page.delegate_id, representation.key_version)
    return issue(web.secret(), key)


def manifest_address(page: CasePage) -> str:
    """Return where the manifest of a page is; "" for a reader who may file nothing."""
    if not page.may_answer:
        return ""
    # The same for each hearing of the case.
    return url_for("counsel.phone_app_manifest", token=_key_of(page), hearing=None)


def remember(page: CasePage, shown: str) -> Response:
    """Return a page of papers that leaves its key in the phone's browser, for the app."""
    response = make_response(shown)
    if page.may_answer:
        response.set_cookie(
            COOKIE,
            page.token,
            max_age=COOKIE_SECONDS,
            path=f"/r/{_key_of(page)}/papers",
            secure=web.services().settings.public_url.startswith("https"),
            httponly=True,
            samesite="Lax",
        )
    return response
