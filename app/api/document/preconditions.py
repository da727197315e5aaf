"""ETags of what was read, and If-Match on what changes it (RFC 9110, 13)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

Call = TypeVar("Call", bound=Callable[..., object])
# Marks of a call for the document, which ``completion`` turns into headers.
HAS_ETAG, IF_MATCH = "x-has-etag", "x-if-match"


def etag_of(shape: Mapping[str, Any]) -> str:
    """Return the ETag of an answer: it changes with whatever the answer shows."""
    text = json.dumps(shape, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def with_etag(shape: Mapping[str, Any]) -> Any:
    """Return an answer with its ETag, or 304 to who has it already (If-None-Match)."""
    etag = etag_of(shape)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
        response.set_etag(etag)
        return response
    return shape, 200, {"ETag": f'"{etag}"', "Cache-Control": "no-cache, private"}


def check(shape: Mapping[str, Any], *, needed: bool = False) -> None:
    """Compare If-Match with what would be read now; call it under the lock of what changes.

    Raises PreconditionFailed where it was changed since, PreconditionRequired where the header is
    ``needed`` and missing.
    """
    if "If-Match" not in request.headers:
        if needed:
            raise PreconditionRequired
        return
    expected = request.if_match
    if not (expected.star_tag or expected.contains(etag_of(shape))):
        raise PreconditionFailed


def has_etag(call: Call) -> Call:
    """Mark a call whose answer has an ETag."""
    documented: Call = Blueprint.doc(**{HAS_ETAG: True})(call)
    return documented


def takes_if_match(*, needed: bool = False) -> Callable[[Call], Call]:
    """Mark a call that heeds If-Match, or needs it."""

    def mark(call: Call) -> Call:
        documented: Call = Blueprint.doc(**{IF_MATCH: "needed" if needed else "heeded"})(call)
        return documented

    return mark
