"""Pages of the import: upload, columns, errors by cell, entering, undoing."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import message_json, web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import signed_in
from app.core.web.params import page_number
from app.court.authorship import signed_in_author
from app.imports import jobs, template_file, undo, uploads
from app.imports.models import Upload
from app.imports.reading import rules
from app.imports.reading.both_sides import OF_A_PARTY, PartyColumn, parse_key
from app.imports.reading.encoding import ENCODINGS, NeedsChoice
from app.sending.heartbeat import is_silent, last_beat

bp = Blueprint("imports", __name__)
PIECE = 1024 * 1024  # bytes
MOST_DRAINED = 300 * PIECE


@bp.get("/import")
@signed_in
def files() -> str:
    """Show the upload form and the last files."""
    return _files()


def _files(**more: Any) -> str:
    session, court = db.session(), current_user.court
    recent = uploads.list_uploads(session, court.id)
    open_ = {each.id for each in recent if undo.can_undo(court, each, web.now())}
    return render_template(
        "imports/files.html",
        files=recent,
        undoable=open_,
        zone=court.zone,
        most=uploads.LARGEST // PIECE,
        **{"refused": "", **more},
    )


@bp.get("/import/template.<any(xlsx, csv):kind>")
@signed_in
def template(kind: str) -> Response:
    """Return a file to fill in, with headers in the language of the page."""
    return Response(
        template_file.write(kind, web.language()),
        mimetype=template_file.FORMATS[kind],
        headers={"Content-Disposition": f"attachment; filename=tingqi-cases.{kind}"},
    )


@bp.post("/import")
@signed_in
def give() -> Any:
    """Take a file as a stream; one that is too large is refused in words."""
    room = uploads.LARGEST + PIECE  # for what a form says besides its file
    if (request.content_length or 0) > room:
        _drain()
        return _files(refused=web.translated(uploads.too_large())), 413
    request.max_content_length = room
    whose = signed_in_author()
    try:
        uploaded = request.files.get("file")
        if uploaded is None or not uploaded.filename:
            return _files(refused=gettext("Choose a file.")), 422
        name = uploaded.filename

        def keep(session: Session) -> int:
            uploaded.stream.seek(0)
            upload = uploads.store(session, whose(session), name, _pieces(uploaded.stream))
            uploads.inspect(session, upload)
            return upload.id

        number = retrying(keep)
    except RequestEntityTooLarge:
        return _files(refused=web.translated(uploads.too_large())), 413
    except Invalid as fault:
        messages = [web.translated(words) for words in fault.errors.values()]
        return _files(refused=" ".join(messages)), 422
    return redirect(url_for("imports.one", upload_id=number), 303)


def _drain() -> None:
    """Read a request to its end: a browser that is cut off shows no page of ours."""
    request.max_content_length = 2**40
    left = MOST_DRAINED
    while left > 0 and (piece := request.stream.read(PIECE)):
        left -= len(piece)


def _pieces(stream: Any) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


@bp.get("/import/<int:upload_id>")
@signed_in
def one(upload_id: int) -> Any:
    """Show a file: its columns, its progress, or its report."""
    return _one(upload_id)


def _one(upload_id: int, **more: Any) -> Any:
    session, court, now = db.session(), current_user.court, web.now()
    upload = uploads.find_upload(session, court.id, upload_id)
    context: dict[str, Any] = {
        "headers": [],
        "samples": [],
        "columns": list(upload.columns),
        "choice": None,
    }
    if upload.state in ("choosing", "mapping", "checked", "failed"):
        try:
            with uploads.open_table(session, upload) as table:
                context["headers"], context["samples"] = table.headers, uploads.sample_rows(table)
        except NeedsChoice as choice:
            context["choice"] = choice
        except Invalid:  # its bytes are deleted, and the page says so
            context["headers"] = []
    folder = web.services().settings.instance
    page = page_number()
    entered, more_cases = (
        uploads.entered_cases(session, upload, page, now)
        if upload.state == "entered"
        else ([], False)
    )
    return render_template(
        "imports/file.html",
        upload=upload,
        zone=court.zone,
        names=field_names(),
        sides=side_names(context["columns"]),
        encodings=ENCODINGS,
        needed=rules.NEEDED,
        silent=is_silent(last_beat(session), now),
        entered=entered,
        page=page,
        more_cases=more_cases,
        proposable=uploads.cases_to_propose(session, upload, now) if entered else [],
        done=jobs.rows_done(folder, upload.id),
        undoable=undo.can_undo(court, upload, now),
        faults=[_fault(each) for each in upload.report.get("refused", [])],
        left_out=[
            web.translated(message_json.message_from_json(each))
            for each in upload.report.get("notes", [])
        ],
        failures=[
            web.translated(message_json.message_from_json(each))
            for each in upload.report.get("said", [])
        ],
        **{**context, "errors": {}, "refused": "", **more},
    )


def _fault(each: dict[str, Any]) -> dict[str, Any]:
    return {**each, "why": web.translated(message_json.message_from_json(each["why"]))}


@bp.post("/import/<int:upload_id>")
@signed_in
def act(upload_id: int) -> Any:
    """Choose the columns, enter a checked file, undo an entered one, or cancel before that."""
    do, form, whose = request.form.get("do", ""), request.form, signed_in_author()
    chosen: list[str] = []

    def work(session: Session) -> Any:
        by = whose(session)
        upload = uploads.find_upload(session, by.court_id, upload_id)
        if do == "check":
            with uploads.open_table(session, upload) as table:
                headers = table.headers
            chosen[:] = [_field(form.get(f"column-{n}", "")) for n in range(len(headers))]
            uploads.choose_columns(session, upload, headers, chosen)
        elif do == "read":
            for name in ("sheet", "encoding"):
                if form.get(name):
                    uploads.set_reading(session, upload, name, form[name])
        elif do == "enter":
            ticked = {name: form.get(name) == "1" for name in ("partial", "remind")}
            uploads.ask_to_enter(upload, **ticked)
        elif do == "cancel":
            uploads.cancel(session, by.court_id, upload.id)
        elif do == "undo":
            return undo.undo(session, by, upload)
        return None

    try:
        undone = retrying(work)
    except Invalid as fault:
        errors = {
            field_names()[name]: web.translated(words)
            for name, words in fault.errors.items()
            if name in rules.FIELDS
        }
        refused = "" if errors else " ".join(web.translated(w) for w in fault.errors.values())
        more = {"columns": chosen} if chosen else {}
        return _one(upload_id, errors=errors, refused=refused, **more), 422
    except Refusal as fault:
        if web.status_of(fault) == 404:
            raise
        return _one(upload_id, refused=web.translated(fault.message)), 422
    if undone:
        flash(_undone(undone), "due" if undone.stay else "ok")
    if do == "cancel":
        flash(gettext("The import is cancelled. Nothing of the file was entered."), "busy")
        return redirect(url_for("imports.files"), 303)
    return redirect(url_for("imports.one", upload_id=upload_id), 303)


def _field(name: str) -> str:
    return name if name in rules.FIELDS or parse_key(name) else ""


def _undone(undone: undo.Undone) -> str:
    return ngettext(
        "%(num)s case of this import is gone.",
        "%(num)s cases of this import are gone.",
        undone.cases,
    )


def side_names(columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the labels of the fields of a wide row, by side.

    Further parties of a side can be chosen where the file has columns for them.
    """
    names, words = (
        field_names(),
        {
            "claimant": gettext("Claimant"),
            "respondent": gettext("Respondent"),
            "other": gettext("Third party"),
        },
    )
    numbers = {(of.side, of.number) for each in columns if (of := parse_key(each))}
    labels = {}
    for side, word in words.items():
        for number in sorted({"", *(n for s, n in numbers if s == side)}):
            labels[f"{word} {number}".strip()] = {
                PartyColumn(side, number, name).key: names[name] for name in OF_A_PARTY
            }
    return labels


def field_names() -> dict[str, str]:
    """Return the labels of the columns of a row, by name."""
    return {name: gettext(column.label) for name, column in rules.COLUMNS.items()}


@bp.app_template_global()
def upload_state(upload: Upload) -> tuple[str, str, str]:
    """Return the style, the icon and the label of a file's state."""
    words = {
        "choosing": ("due", "question-circle", gettext("sheet or encoding to be chosen")),
        "mapping": ("due", "columns-gap", gettext("columns to be chosen")),
        "to_check": ("busy", "hourglass-split", gettext("being checked")),
        "checked": ("due", "clipboard-check", gettext("checked, not imported")),
        "to_enter": ("busy", "hourglass-split", gettext("being imported")),
        "entered": ("ok", "check-lg", gettext("imported")),
        "failed": ("bad", "exclamation-circle", gettext("cannot be read")),
        "undone": ("off", "arrow-counterclockwise", gettext("undone")),
        "cancelled": ("off", "x-lg", gettext("cancelled")),
    }
    return words[upload.state]
