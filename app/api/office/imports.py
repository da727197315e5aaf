"""Files of cases and hearings: send one, see how far it is and what was refused, enter it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, request
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource, part_of
from app.api.document import preconditions
from app.api.schemas import ImportOut, ImportsOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.errors import N_, Invalid, Message
from app.core.forms import ChoiceField, Form, ListField, TextField, posted
from app.core.message_json import message_from_json
from app.core.web import translated
from app.court.change_log import ChangeAuthor
from app.hearings.service import CourtContext
from app.imports import undo, uploads
from app.imports.models import Upload
from app.imports.reading import rules
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


@dataclass(frozen=True, kw_only=True)
class ColumnsIn(Form):
    """How a file is read; what is left out stays as it is."""

    columns: Sequence[str] = posted(
        ListField(ChoiceField(("", *rules.FIELDS)), least=0, most=200, load_default=list)
    )
    encoding: str = posted(TextField(40, load_default=""))
    sheet: str = posted(TextField(100, load_default=""))


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


@dataclass(frozen=True, kw_only=True)
class ImportsIn(PageIn):
    """Filter of the list of files."""

    state: str | None = posted(TextField(20, load_default=None, allow_none=True))


@bp.route("", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(ImportsIn.schema(), location="query")
@bp.response(200, ImportsOut)
def listed(query: ImportsIn) -> Any:
    """List the files that were sent, the newest first"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        found = uploads.list_uploads(
            session,
            context.court.id,
            limit=query.limit + 1,
            after=query.after,
            state=query.state,
        )
        shown, following = part_of(found, query, lambda each: each.id)
        zone = context.court.zone
        return {"imports": [_shape(each, zone) for each in shown], "next": following}

    return run_read(read)


def _act(import_id: int, act: Callable[[Session, CourtContext, Upload], object]) -> Answer:
    """Do something about a file, unless it was changed since it was read, and show it."""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        upload = uploads.lock(session, context.court.id, import_id)
        preconditions.check(ImportOut, partial(_shape, upload, context.court.zone))
        act(session, context, upload)
        session.flush()
        return CommittedResponse(_shape(upload, context.court.zone))

    return run_write(write)


@bp.route("/<row:import_id>")
class ImportResource(MethodView):
    """One file."""

    @requires(TokenScope.READ)
    @bp.response(200, ImportOut)
    def get(self, import_id: int) -> Any:
        """Show how far a file is, and every row that is refused, with the reason"""
        return run_read(
            lambda session, context: _shape(
                uploads.find_upload(session, context.court.id, import_id), context.court.zone
            )
        )

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, import_id: int) -> Any:
        """Cancel a file that is not entered yet; its bytes are deleted"""
        _act(
            import_id,
            lambda session, context, upload: uploads.cancel(session, context.court.id, upload.id),
        )
        return None


@bp.route("/<row:import_id>/columns", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(ColumnsIn.schema())
@bp.response(200, ImportOut)
def choose_columns(form: ColumnsIn, import_id: int) -> Answer:
    """Say which field each column of a file is, and with which encoding or sheet it is read"""

    def act(session: Session, _: CourtContext, upload: Upload) -> None:
        for name, value in (("encoding", form.encoding), ("sheet", form.sheet)):
            if value:
                uploads.set_reading(session, upload, name, value)
        if form.columns:
            with uploads.open_table(session, upload) as table:
                headers = table.headers
            if len(form.columns) != len(headers):
                words = N_(
                    "Name a field for each of the %(count)s columns; an empty text for none."
                )
                raise Invalid({"columns": Message(words, count=len(headers))})
            uploads.choose_columns(session, upload, headers, list(form.columns))

    return _act(import_id, act)


@bp.route("/<row:import_id>/enter", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(EnterIn.schema())
@bp.response(200, ImportOut)
def enter(form: EnterIn, import_id: int) -> Answer:
    """Enter a checked file; the worker does it, all or nothing unless `partial`"""
    return _act(
        import_id,
        lambda _, __, upload: uploads.ask_to_enter(
            upload, partial=form.partial, remind=form.remind
        ),
    )


@bp.route("/<row:import_id>/undo", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.response(200, ImportOut)
def undo_import(import_id: int) -> Answer:
    """Delete what a file of today entered; cases with a record or changed since stay"""

    def act(session: Session, context: CourtContext, upload: Upload) -> None:
        undo.undo(session, ChangeAuthor(context.court.id, context.user, context.now), upload)

    return _act(import_id, act)
