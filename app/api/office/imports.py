"""Files of cases and hearings: send one, see how far it is and what was refused, enter it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import g, request
from marshmallow import fields
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.authentication import requires
from app.api.blueprint import PREFIX, Resource
from app.api.schemas import ImportOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.errors import N_, Invalid, Message
from app.core.forms import Form, posted
from app.core.message_json import message_from_json
from app.core.web import translated
from app.court.change_log import ChangeAuthor
from app.hearings.service import CourtContext
from app.imports import uploads
from app.imports.models import Upload
from app.people.rules import TokenScope

bp = Resource("imports", __name__, description="Cases and hearings from CSV and XLSX files")
PIECE = 64 * 1024  # bytes
FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}


@dataclass(frozen=True, kw_only=True)
class EnterIn(Form):
    """How a checked file is entered: without the cases that have faults, and with reminders."""

    partial: bool = posted(fields.Boolean(load_default=False))
    remind: bool = posted(fields.Boolean(load_default=False))


def _shape(upload: Upload, zone: str) -> dict[str, Any]:
    report = upload.report
    return {
        "id": upload.id,
        "name": upload.name,
        "bytes": upload.size,
        "state": upload.state,
        "columns": upload.columns,
        "faults": report.get("faults", 0) or 0,
        "refused": [
            {
                "line": each.get("line"),
                "column": each.get("column") or "",
                "why": translated(message_from_json(each["why"])),
            }
            for each in report.get("refused", [])
        ],
        "messages": [
            translated(message_from_json(each))
            for name in ("notes", "said")
            for each in report.get(name, [])
        ],
        "created_at": moment(upload.created_at, zone),
        "ended_at": moment(upload.ended_at, zone),
    }


def _pieces(file: FileStorage) -> Iterator[bytes]:
    file.stream.seek(0)
    while piece := file.stream.read(PIECE):
        yield piece


def _sent_file() -> FileStorage:
    """Return the file of the request. Raises Invalid; RequestEntityTooLarge."""
    request.max_content_length = uploads.LARGEST + PIECE  # for what a form says besides its file
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": Message(N_("Choose a file."))})
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    g.body = {"name": file.filename, "sha256": digest.hexdigest()}
    return file


@bp.route("", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@bp.doc(requestBody=FILE)
@bp.response(201, ImportOut)
def upload_file() -> Answer:
    """Send a file; its columns are known by their headers, and a worker checks its rows"""
    if not (request.mimetype or "").startswith("multipart/"):
        raise Invalid({"file": Message(N_("Send the file as multipart/form-data."))})
    if (request.content_length or 0) > uploads.LARGEST + PIECE:
        raise RequestEntityTooLarge
    file = _sent_file()

    def keep(session: Session, context: CourtContext) -> CommittedResponse:
        by = ChangeAuthor(context.court.id, context.user, context.now)
        upload = uploads.store(session, by, file.filename or "", _pieces(file))
        if uploads.inspect(session, upload) is None:
            with uploads.open_table(session, upload) as table:
                headers = table.headers
            uploads.choose_columns(session, upload, headers, list(upload.columns))
        location = f"{PREFIX}/imports/{upload.id}"
        return CommittedResponse(_shape(upload, context.court.zone), 201, location)

    return run_write(keep)


@bp.route("/<row:import_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, ImportOut)
def shown(import_id: int) -> Any:
    """Show how far a file is, and every row that is refused, with the reason"""
    return run_read(
        lambda session, context: _shape(
            uploads.find_upload(session, context.court.id, import_id), context.court.zone
        )
    )


@bp.route("/<row:import_id>/enter", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@bp.arguments(EnterIn.schema())
@bp.response(200, ImportOut)
def enter(form: EnterIn, import_id: int) -> Answer:
    """Enter a checked file; the worker does it, all or nothing unless `partial`"""

    def ask(session: Session, context: CourtContext) -> CommittedResponse:
        upload = uploads.find_upload(session, context.court.id, import_id)
        uploads.ask_to_enter(upload, partial=form.partial, remind=form.remind)
        return CommittedResponse(_shape(upload, context.court.zone))

    return run_write(ask)


@bp.route("/<row:import_id>", methods=["DELETE"])
@requires(TokenScope.SCHEDULE)
@bp.response(204)
def cancel(import_id: int) -> Any:
    """Cancel a file that is not entered yet; its bytes are deleted"""

    def drop(session: Session, context: CourtContext) -> CommittedResponse:
        uploads.cancel(session, uploads.find_upload(session, context.court.id, import_id).id)
        return CommittedResponse({}, 204)

    run_write(drop)
    return None
