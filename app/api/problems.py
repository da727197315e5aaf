"""Errors of the API as problem details (RFC 9457), in the reader's language."""

import json
import logging
from collections.abc import Mapping
from itertools import islice
from typing import Any

from flask import Blueprint, Flask, Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, NotFound

from app.api.authentication import ScopeMissing, TokenInAddress, TokenRefused
from app.api.json_body import UnreadableJson
from app.core.db import database_fault, is_away
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.runtime.logs import one_line_error
from app.core.web import services, status_of, translated

log = logging.getLogger("tingqi.api")
# So much is said of what is wrong, however much is; lengths are in characters.
MOST_ERRORS, LONGEST_FIELD, LONGEST_DETAIL = 100, 200, 1000
MEDIA_TYPE = "application/problem+json"

# What a problem's type is called, and what each means: its address says it.
TITLES = {
    "refused": N_("The request was refused."),
    "clash": N_("A person, a courtroom or a number is taken."),
    "gone": N_("This is no longer available."),
    "not-found": N_("Not found in this court."),
    "reason-needed": N_("A rule warns. Send the same request with a reason."),
    "invalid": N_("The input is not valid. See each field."),
    "unreadable": N_("The request could not be read."),
    "unauthorized": N_("A valid API token is needed."),
    "token-in-address": N_(
        "A token must not be part of an address, where logs keep it. Send it in the header "
        "Authorization, and revoke this one."
    ),
    "forbidden": N_("You are not allowed to do this."),
    "scope-missing": N_("The token lacks the scope that this call needs."),
    "method-not-allowed": N_("This address cannot be used in this way."),
    "too-large": N_("The request is too large."),
    "media-type": N_("The body must be application/json."),
    "too-many": N_("Too many requests. Try again later."),
    "changed-meanwhile": N_("This was changed since it was read. Read it again, then decide."),
    "precondition-needed": N_(
        "Send the header If-Match: the ETag that was read, or * for whatever holds now."
    ),
    "unavailable": N_("The database cannot be reached just now. Nothing was lost."),
    "fault": N_("Something went wrong on our side. Nothing was changed."),
}
BY_STATUS = {
    400: "unreadable",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "clash",
    410: "gone",
    412: "changed-meanwhile",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    428: "precondition-needed",
    429: "too-many",
    503: "unavailable",
}


bp = Blueprint("api-problems", __name__, url_prefix="/api/v1/problems")


class FaultOutSchema(Schema):
    """The error of one field; the document calls it ``FaultOut``."""

    field = fields.String(metadata={"description": "The field's path: slots.0.starts_at"})
    pointer = fields.String(metadata={"description": "The same in the body, as a JSON pointer"})
    detail = fields.String()


class ProblemSchema(Schema):
    """Problem details (RFC 9457); the document calls it ``Problem``."""

    type = fields.String(metadata={"format": "uri"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Nested(FaultOutSchema))


def install(app: Flask) -> None:
    """Register the error handler of the API."""
    app.extensions["tingqi-api-errors"] = answer


@bp.get("/<code>")
def meaning(code: str) -> Response:
    """Describe a problem type; its URL leads here."""
    if code not in TITLES:
        raise NotFound
    return Response(
        translated(Message(TITLES[code])) + "\n", content_type="text/plain; charset=utf-8"
    )


def answer(error: Exception) -> Response:
    """Render an error as problem details; internal errors go to the log only."""
    if isinstance(error, Invalid):
        return _invalid(error)
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, TokenInAddress):
        return problem(400, "token-in-address")
    if isinstance(error, TokenRefused) and error.message is not None:
        headers = {"WWW-Authenticate": error.challenge}
        return problem(401, "unauthorized", translated(error.message), headers=headers)
    if isinstance(error, ScopeMissing):
        headers = {"WWW-Authenticate": error.challenge}
        return problem(403, "scope-missing", translated(error.message), headers=headers)
    if isinstance(error, UnreadableJson):
        return problem(400, "unreadable", translated(error.message))
    if isinstance(error, HTTPException):
        return _http(error)
    if is_away(error):
        log.error("the database is away: %s", one_line_error(error))
        why = translated(database_fault(error))
        return problem(503, "unavailable", why, headers={"Retry-After": "30"})
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "fault")


def problem(
    status: int,
    code: str,
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build problem details of a known type; the title is the default detail."""
    title = translated(Message(TITLES.get(code, TITLES["refused"])))
    body: dict[str, Any] = {
        "type": f"{services().settings.public_url}/api/v1/problems/{code}",
        "title": title,
        "status": status,
        "detail": _cut(detail or title, 2 * LONGEST_DETAIL),
    }
    if errors:
        body["errors"] = errors
    made = Response(json.dumps(body), status, content_type=MEDIA_TYPE)
    made.headers.update(headers or {})
    made.headers["Vary"] = "Accept-Language"
    return made


def _invalid(error: Invalid) -> Response:
    first = list(islice(error.errors.items(), MOST_ERRORS))
    errors = [_fault(field, translated(message)) for field, message in first]
    if more := len(error.errors) - len(first):
        errors.append(
            {"field": "", "detail": translated(Message(N_("… and %(count)s more"), count=more))}
        )
    shown = "; ".join(f"{each['field']}: {each['detail']}".lstrip(": ") for each in errors[:5])
    return problem(422, error.code, shown, errors)


def _refused(error: Refusal) -> Response:
    words = translated(error.message)
    errors = [_fault("override_reason", words)] if error.code == "reason-needed" else None
    return problem(status_of(error), error.code, words, errors)


def _fault(field: str, detail: str) -> dict[str, str]:
    fault = {"field": _cut(field, LONGEST_FIELD), "detail": _cut(detail, LONGEST_DETAIL)}
    if len(field) > LONGEST_FIELD:  # a pointer that is cut points to nothing
        return fault
    if request.method in ("POST", "PATCH") and field != "Idempotency-Key":
        parts = [part.replace("~", "~0").replace("/", "~1") for part in field.split(".") if part]
        fault["pointer"] = "".join(f"/{part}" for part in parts)
    return fault


def _cut(words: str, most: int) -> str:
    """Shorten a text that echoes the input."""
    return words if len(words) <= most else words[: most - 1] + "…"


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    code = BY_STATUS.get(status, "fault" if status >= 500 else "unreadable")
    kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    words = {404: translated(Message(N_("There is nothing at this address.")))}
    return problem(status, code, words.get(status, ""), headers=kept)
