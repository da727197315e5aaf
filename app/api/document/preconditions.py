"""ETags of what was read, and If-Match on what changes it (RFC 9110, 13): one way for all calls.

The ETag of an answer is a digest of its JSON, so nothing has to be kept to compare it: a change
computes what would be read now, under the lock of what it changes. That each row has a number which
rises with its changes was rejected: what is read is put together from many rows.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from flask import Response, current_app, request
from flask_babel import force_locale
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from app.core.web import LANGUAGES, language

Call = TypeVar("Call", bound=Callable[..., object])
# Mark of a call for the document, which ``completion`` turns into a header.
IF_MATCH = "x-if-match"


def etag_of(answer: Any) -> str:
    """Return the ETag of an answer, given as JSON: it changes with whatever the answer shows."""
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def tag(response: Response) -> Response:
    """Give an answer that was read its ETag, or answer 304 to who has it already."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if not response.is_json:
        return response
    etag = etag_of(response.get_json())
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache, private"
    response.vary.add("Accept-Language")
    return response


Read = Callable[[], Mapping[str, Any]]


def check(schema: type[Schema], read: Read, *, needed: bool = False) -> None:
    """Compare If-Match with what would be read now; call it under the lock of what changes.

    ``read`` returns what the call that shows it answers with, of ``schema``. Raises
    PreconditionFailed where it was changed since, PreconditionRequired where the header is
    ``needed`` and missing.
    """
    if "If-Match" not in request.headers:
        if needed:
            raise PreconditionRequired
    elif not holds(schema, read):
        raise PreconditionFailed


def holds(schema: type[Schema], read: Read) -> bool:
    """Tell whether If-Match names what would be read now."""
    expected = request.if_match
    return expected.star_tag or any(map(expected.contains, _etags(schema, read)))


def _etags(schema: type[Schema], read: Read) -> Iterator[str]:
    """Yield the ETag in each language, first that of the request: it may have been read in any."""
    for each in sorted(LANGUAGES, key=lambda name: name != language()):
        with force_locale(each):
            answer = schema().dump(read())
        yield etag_of(json.loads(current_app.json.dumps(answer)))


def takes_if_match(*, needed: bool = False) -> Callable[[Call], Call]:
    """Mark a call that heeds If-Match, or needs it."""

    def mark(call: Call) -> Call:
        documented: Call = Blueprint.doc(**{IF_MATCH: "needed" if needed else "heeded"})(call)
        return documented

    return mark
