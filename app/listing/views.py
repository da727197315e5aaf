"""Pages of listings: upload a file, watch the search, review the draft, send it."""

import datetime as dt
import hmac
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.cases.models import Case
from app.core import web, wording
from app.core.channels import CHANNELS
from app.core.characters import half_width, whole_number
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.web.access import signed_in
from app.core.web.params import row_number, translated_errors
from app.court import queries as court_queries
from app.hearings.forms import LONGEST, SHORTEST
from app.hearings.proposing import confirmation, prefill
from app.hearings.proposing.confirmation import ConfirmationPage
from app.hearings.proposing.preview import Preview
from app.hearings.service import CourtContext
from app.imports import uploads
from app.imports.models import Upload
from app.imports.reading.encoding import NeedsChoice
from app.imports.reading.file_types import safe_name
from app.listing import drafting, files, previewing, queries, service
from app.listing.models import ListingState
from app.listing.solver import search
from app.people.models import User
from app.sending import heartbeat

bp = Blueprint("listing", __name__, url_prefix="/listings")
MOST_SHOWN = 50
NAMES = ("from", "to", "slots", "seconds", "sheet", "encoding", "upload", "kind", "minutes")


@bp.app_template_global()
def listing_missing() -> str:
    """Return what to install before many hearings can be listed; "" where nothing is missing."""
    return "" if search.is_available() else web.translated(search.MISSING)


@bp.get("")
@signed_in
def listed() -> str:
    """Show the court's listings and the form for a new one."""
    form = {"slots": str(drafting.SLOTS), "seconds": str(drafting.SECONDS)}
    form |= {"kind": prefill.KINDS[0], "minutes": str(prefill.MINUTES)}
    return _form(form | {"upload": request.args.get("upload", "")[:20]})


@bp.app_template_global()
def can_list() -> bool:
    """Tell whether hearings can be listed: whether the solver is installed."""
    return search.is_available()


def _of_upload(number: str) -> tuple[Upload, list[Case]] | None:
    """Return an import with its cases that have no hearing ahead; None if none is named."""
    upload_id = row_number(number)
    if upload_id is None:
        return None
    session = db.session()
    upload = uploads.find_upload(session, current_user.court_id, upload_id)
    return upload, uploads.cases_to_propose(session, upload, web.now())


def _form(form: dict[str, Any], **context: Any) -> str:
    session, court = db.session(), current_user.court
    facts: dict[str, Any] = {
        "errors": {},
        "refused": [],
        "rooms_chosen": [],
        "choice": None,
        **context,
    }
    language = web.language()
    kinds = [(kind, wording.kind_name(kind, language)) for kind in prefill.KINDS]
    return render_template(
        "listing/list.html",
        imported=_of_upload(form.get("upload", "")),
        kinds=kinds,
        listings=queries.newest(session, court.id),
        zone=court.zone,
        rooms=court_queries.courtrooms(session, court.id),
        form=form,
        is_broken=service.is_broken,
        **facts,
    )


@bp.post("")
@signed_in
def create() -> Any:
    """Create a draft from an uploaded file; a worker searches it."""
    form = {name: half_width(request.form.get(name, "")[:100]).strip() for name in NAMES}
    # Of an import, the cases that cannot be listed are named and left out.
    rooms = request.form.getlist("rooms")
    partial = request.form.get("partial") == "1" or bool(form["upload"])
    context_of = _context_factory()
    try:
        search.require_solver()
        listing_request = _listing_request(form, rooms)
        listing_file, name = _of_form(form)
        create_draft = _draft_factory(
            context_of, listing_file, name, listing_request, partial=partial
        )
        listing_id, refused = retrying(create_draft)
    except NeedsChoice as choice:
        text = gettext("Choose below how the file is to be read, and choose the file again.")
        return _form(form, errors={"file": text}, rooms_chosen=rooms, choice=choice), 422
    except Invalid as fault:
        errors = translated_errors(fault)
        if form["upload"] and "file" in errors:
            errors["file"] = gettext(
                "None of these cases can be listed: each has a hearing ahead, or no counsel with "
                "an address."
            )
        return _form(form, errors=errors, rooms_chosen=rooms), 422
    if not listing_id:
        return _form(
            form,
            refused=refused[:MOST_SHOWN],
            more=len(refused) - MOST_SHOWN,
            rooms_chosen=rooms,
        ), 422
    for note in listing_file.notes:
        flash(web.translated(note), "due")
    if refused and form["upload"]:
        numbers = [listing_file.rows[each.line - 1].number for each in refused]
        why = web.translated(refused[0].why)
        left_out = wording.listed(numbers[:20], web.language())
        text = gettext("Left out: %(numbers)s. %(why)s", numbers=left_out, why=why)
        flash(text, "due")
    elif refused:
        refused_lines = sorted({each.line for each in refused})
        flash(
            gettext(
                "Rows left out: %(lines)s.",
                lines=wording.listed(refused_lines[:20], web.language())
                + ("…" if len(refused_lines) > 20 else ""),
            ),
            "due",
        )
    return redirect(url_for("listing.shown", listing_id=listing_id), 303)


def _context_factory() -> Callable[[Session], CourtContext]:
    user_id, now, secret = current_user.id, web.now(), web.secret()

    def context(session: Session) -> CourtContext:
        user = session.get_one(User, user_id)
        return CourtContext(user.court, user, now, secret)

    return context


def _draft_factory(
    context_of: Callable[[Session], CourtContext],
    listing_file: files.ListingFile,
    name: str,
    listing_request: drafting.ListingRequest,
    *,
    partial: bool,
) -> Callable[[Session], tuple[int, list[Any]]]:
    def work(session: Session) -> tuple[int, list[Any]]:
        listing, refused = files.draft(
            session, context_of(session), listing_file, name, listing_request, partial=partial
        )
        return (listing.id if listing else 0), refused

    return work


def _listing_request(form: dict[str, str], rooms: list[str]) -> drafting.ListingRequest:
    """Parse the parameters of the form. Raises Invalid with errors by field."""
    errors: dict[str, Message] = {}

    def day(name: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(form[name]) if form[name] else None
        except ValueError:
            errors[name] = Message(N_("Enter a day such as 2026-10-01."))
            return None

    def number(name: str, usual: int) -> int:
        number = whole_number(form[name] or str(usual))
        if isinstance(number, int):
            return number
        errors[name] = Message(N_("Enter a number."))
        return usual

    listing_request = drafting.ListingRequest(
        day("from"),
        day("to"),
        rooms,
        number("slots", drafting.SLOTS),
        number("seconds", drafting.SECONDS),
    )
    if errors:
        raise Invalid(errors)
    return listing_request


def _of_form(form: dict[str, str]) -> tuple[files.ListingFile, str]:
    """Return the hearings of an uploaded file, or of the cases of an import. Raises Invalid."""
    imported = _of_upload(form["upload"])
    if imported is None:
        return _read(request.files.get("file"), form)
    upload, found = imported
    minutes = whole_number(form["minutes"])
    if not isinstance(minutes, int) or not SHORTEST <= minutes <= LONGEST:
        why = Message(N_("Give a number from %(least)s to %(most)s."), least=SHORTEST, most=LONGEST)
        raise Invalid({"minutes": why})
    kind = form["kind"] if form["kind"] in prefill.KINDS else prefill.KINDS[0]
    return files.of_cases(found, kind, minutes), upload.name


def _read(upload: FileStorage | None, form: dict[str, str]) -> tuple[files.ListingFile, str]:
    """Parse an uploaded file; return it with its name. Raises Invalid."""
    if upload is None or not upload.filename:
        raise Invalid({"file": Message(N_("Choose a file."))})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        upload.save(file)
        try:
            listing_file = files.read(
                file, current_user.court, sheet=form["sheet"], encoding=form["encoding"]
            )
        except NeedsChoice:
            raise
        except Invalid as fault:
            errors = dict(fault.errors)
            if "file" not in errors:  # errors of columns are shown at the file field here
                errors = {"file": next(iter(errors.values()))}
            raise Invalid(errors) from fault
        return listing_file, safe_name(upload.filename)


@bp.get("/<int:listing_id>")
@signed_in
def shown(listing_id: int) -> str:
    """Show a listing: progress of the search, days, and hearings without a slot."""
    session, court, now = db.session(), current_user.court, web.now()
    listing = queries.find(session, court.id, listing_id)
    rows = queries.draft_rows(session, listing)
    days: dict[dt.date, list[Any]] = {}
    for each in rows:
        if each.slots:
            days.setdefault(each.slots[0].local[0].date(), []).append(each)
    return render_template(
        "listing/listing.html",
        listing=listing,
        zone=court.zone,
        days=sorted(days.items()),
        unplaced=[each for each in rows if not each.slots],
        count=len(rows),
        sent=sum(each.hearing_id is not None for each in rows),
        unsent=[each for each in rows if each.slots and each.hearing_id is None],
        unsendable=[each for each in rows if each.slots and each.why and each.hearing_id is None],
        at_work=listing.state in (ListingState.WAITING, ListingState.RUNNING, ListingState.SENDING),
        broken=service.is_broken(listing, now),
        message=queries.message_from_json,
        silent=heartbeat.is_silent(heartbeat.last_beat(session), now),
        gap=queries.gap(listing),
    )


def _page_before_sending(listing_id: int) -> str | None:
    """Return the page with recipients and messages; None if just this draft was shown before.

    Also None where nothing is to be sent, which the use case refuses.
    """
    session, court = db.session(), current_user.court
    listing = queries.find(session, court.id, listing_id)
    unsent = [
        each
        for each in queries.draft_rows(session, listing)
        if each.slots and each.hearing_id is None
    ]
    content = [[each.id, *(slot.starts_at.isoformat() for slot in each.slots)] for each in unsent]
    seal = confirmation.seal({"path": request.path, "hearings": content})
    if listing.state != ListingState.READY or not unsent:
        return None
    if hmac.compare_digest(request.form.get(confirmation.SEAL, ""), seal):
        return None
    summary = previewing.summary(session, unsent)
    found = list(
        previewing.examples(
            _context_factory(), listing.id, summary, confirmation.sender(), web.now()
        )
    )
    recipients = [person for _, preview in found for person in preview.recipients]
    counts = [
        gettext(CHANNELS[channel].title) + f" {count}"
        for channel, count in previewing.channel_names(summary.counts)
    ]
    page = ConfirmationPage(
        gettext("Send all: %(count)s", count=len(unsent)),
        gettext("Send all: %(count)s", count=len(unsent)),
        "send",
        back=url_for("listing.shown", listing_id=listing.id),
        facts=[
            (gettext("Hearings"), str(len(unsent))),
            (gettext("Counsel"), str(summary.people)),
            (gettext("Messages"), wording.listed(counts, web.language()) or "0"),
            (gettext("Answer by"), wording.moment(listing.answer_by, court.zone, web.language())),
        ],
        unreachable=summary.unreachable,
        by_worker=True,
    )
    return confirmation.render_page(
        page,
        Preview(recipients, None),
        [["do", "send"]],
        seal,
        "listing/confirmation.html",
        listing=listing,
        summary=summary,
        examples=[row for row, _ in found],
    )


@bp.get("/<int:listing_id>/hearings/<int:listed_id>/messages")
@signed_in
def messages(listing_id: int, listed_id: int) -> str:
    """Show the messages of one hearing of a draft as they would be sent now."""
    session, court = db.session(), current_user.court
    listing = queries.find(session, court.id, listing_id)
    row = next((e for e in queries.draft_rows(session, listing) if e.id == listed_id), None)
    if row is None:
        raise NotFound(N_("This hearing is not in the list."))
    try:
        seen = previewing.messages(
            _context_factory(), listing.id, listed_id, confirmation.sender(), web.now()
        )
        refused = ""
    except NotFound:
        raise
    except Refusal as refusal:
        seen, refused = Preview((), None), web.translated(refusal.message)
    except Invalid as fault:
        seen, refused = Preview((), None), web.translated(next(iter(fault.errors.values())))
    return render_template(
        "listing/messages.html",
        listing=listing,
        row=row,
        zone=court.zone,
        seen=seen,
        refused=refused,
    )


@bp.post("/<int:listing_id>")
@signed_in
def act(listing_id: int) -> Any:
    """Send, stop, restart or delete a listing, or remove a hearing from it."""
    action, context_of, court_id = (
        request.form.get("do", ""),
        _context_factory(),
        current_user.court_id,
    )
    row = action.removeprefix("remove-")
    if action == "send" and (shown := _page_before_sending(listing_id)):
        return shown
    response = redirect(url_for("listing.shown", listing_id=listing_id), 303)

    def work(session: Session) -> None:
        context, listing = context_of(session), service.find(session, court_id, listing_id)
        if action == "send":
            service.send(session, context, listing)
        elif action == "stop":
            service.stop(listing, context.now)
        elif action == "again":
            service.start_again(listing, context.now)
        elif action == "delete":
            service.delete(session, listing)
        elif row.isascii() and row.isdigit() and len(row) < 19:
            service.remove(session, listing, int(row))

    retrying(work)
    if action == "delete":
        flash(gettext("Draft deleted. Hearings that were sent are not affected."), "ok")
        return redirect(url_for("listing.listed"), 303)
    return response
