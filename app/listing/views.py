"""Listings by page: a file becomes a draft, which is watched, looked at and sent."""

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.core import web, wording
from app.core.characters import half_width, whole_number
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.core.web.access import signed_in
from app.core.web.params import translated_errors
from app.court import queries as court_queries
from app.hearings.service import DeskContext
from app.imports.reading.encoding import NeedsChoice
from app.imports.reading.file_types import safe_name
from app.listing import drafting, queries, service, taking
from app.listing.models import ListingState
from app.listing.solver import search
from app.people.models import User
from app.sending import heartbeat

bp = Blueprint("listing", __name__, url_prefix="/listings")
MOST_SHOWN = 50
NAMES = ("from", "to", "slots", "seconds", "sheet", "encoding")


@bp.get("")
@signed_in
def listed() -> str:
    """Show the court's listings, and the form of a new one."""
    return _form({"slots": str(drafting.SLOTS), "seconds": str(drafting.SECONDS)})


def _form(given: dict[str, Any], **more: Any) -> str:
    session, court = db.session(), current_user.court
    facts: dict[str, Any] = {
        "errors": {},
        "refused": [],
        "rooms_chosen": [],
        "choice": None,
        **more,
    }
    return render_template(
        "listing/list.html",
        listings=queries.listed(session, court.id),
        zone=court.zone,
        rooms=court_queries.courtrooms(session, court.id),
        given=given,
        absent=not search.is_there(),
        missing=web.translated(search.MISSING),
        is_broken=service.is_broken,
        **facts,
    )


@bp.post("")
@signed_in
def make() -> Any:
    """Make a draft of a file; the worker searches it."""
    given = {name: half_width(request.form.get(name, "")[:100]).strip() for name in NAMES}
    rooms, partial = request.form.getlist("rooms"), request.form.get("partial") == "1"
    at = _desk()
    try:
        search.need()
        asked = _asked(given, rooms)
        taken, name = _read(request.files.get("file"), given)
        work = _maker(at, taken, name, asked, partial=partial)
        number, refused = retrying(work)
    except NeedsChoice as choice:
        words = gettext("Choose below how the file is to be read, and choose the file again.")
        return _form(given, errors={"file": words}, rooms_chosen=rooms, choice=choice), 422
    except Invalid as fault:
        return _form(given, errors=translated_errors(fault), rooms_chosen=rooms), 422
    if not number:
        return _form(
            given, refused=refused[:MOST_SHOWN], more=len(refused) - MOST_SHOWN, rooms_chosen=rooms
        ), 422
    for note in taken.notes:
        flash(web.translated(note), "maybe")
    if refused:
        lines = sorted({each.line for each in refused})
        flash(
            gettext(
                "Rows left out: %(lines)s.",
                lines=wording.listed(lines[:20], web.language()) + ("…" if len(lines) > 20 else ""),
            ),
            "maybe",
        )
    return redirect(url_for("listing.shown", listing_id=number), 303)


def _desk() -> Callable[[Session], DeskContext]:
    user_id, now, secret = current_user.id, web.now(), web.secret()

    def at(session: Session) -> DeskContext:
        user = session.get_one(User, user_id)
        return DeskContext(user.court, user, now, secret)

    return at


def _maker(
    at: Callable[[Session], DeskContext],
    taken: taking.ListingFile,
    name: str,
    asked: drafting.ListingRequest,
    *,
    partial: bool,
) -> Callable[[Session], tuple[int, list[Any]]]:
    def work(session: Session) -> tuple[int, list[Any]]:
        listing, refused = taking.draft(session, at(session), taken, name, asked, partial=partial)
        return (listing.id if listing else 0), refused

    return work


def _asked(given: dict[str, str], rooms: list[str]) -> drafting.ListingRequest:
    """Return what the form asks for. Raises Invalid, by field."""
    faults: dict[str, Message] = {}

    def day(name: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            faults[name] = Message(N_("Give a day as 2026-10-01."))
            return None

    def number(name: str, usual: int) -> int:
        number = whole_number(given[name] or str(usual))
        if isinstance(number, int):
            return number
        faults[name] = Message(N_("Give a number."))
        return usual

    asked = drafting.ListingRequest(
        day("from"),
        day("to"),
        rooms,
        number("slots", drafting.SLOTS),
        number("seconds", drafting.SECONDS),
    )
    if faults:
        raise Invalid(faults)
    return asked


def _read(upload: FileStorage | None, given: dict[str, str]) -> tuple[taking.ListingFile, str]:
    """Return what an uploaded file says, and its name. Raises Invalid."""
    if upload is None or not upload.filename:
        raise Invalid({"file": Message(N_("Choose a file."))})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        upload.save(file)
        try:
            taken = taking.read(
                file, current_user.court, sheet=given["sheet"], encoding=given["encoding"]
            )
        except NeedsChoice:
            raise
        except Invalid as fault:
            errors = dict(fault.errors)
            if "file" not in errors:  # a fault of its columns is a fault of the file here
                errors = {"file": next(iter(errors.values()))}
            raise Invalid(errors) from fault
        return taken, safe_name(upload.filename)


@bp.get("/<int:listing_id>")
@signed_in
def shown(listing_id: int) -> str:
    """Show a listing: how its search goes, then its days, what has no place, and one button."""
    session, court, now = db.session(), current_user.court, web.now()
    listing = queries.find(session, court.id, listing_id)
    rows = queries.shown(session, listing)
    days: dict[dt.date, list[Any]] = {}
    for each in rows:
        if each.slots:
            days.setdefault(each.slots[0].local[0].date(), []).append(each)
    return render_template(
        "listing/listing.html",
        listing=listing,
        zone=court.zone,
        days=sorted(days.items()),
        homeless=[each for each in rows if not each.slots],
        count=len(rows),
        sent=sum(each.hearing_id is not None for each in rows),
        left=[each for each in rows if each.slots and each.hearing_id is None],
        troubled=[each for each in rows if each.slots and each.why and each.hearing_id is None],
        at_work=listing.state in (ListingState.WAITING, ListingState.RUNNING, ListingState.SENDING),
        broken=service.is_broken(listing, now),
        told=queries.message_from_json,
        silent=heartbeat.is_silent(heartbeat.last_beat(session), now),
        gap=queries.gap(listing),
    )


@bp.post("/<int:listing_id>")
@signed_in
def act(listing_id: int) -> Any:
    """Send, stop, start again or delete a listing, or take a hearing out of it."""
    do, at, court_id = request.form.get("do", ""), _desk(), current_user.court_id
    row = do.removeprefix("remove-")
    here = redirect(url_for("listing.shown", listing_id=listing_id), 303)

    def work(session: Session) -> None:
        desk, listing = at(session), service.find(session, court_id, listing_id)
        if do == "send":
            service.send(session, desk, listing)
        elif do == "stop":
            service.stop(listing, desk.now)
        elif do == "again":
            service.start_again(listing, desk.now)
        elif do == "delete":
            service.delete(session, listing)
        elif row.isascii() and row.isdigit() and len(row) < 19:
            service.remove(session, listing, int(row))

    retrying(work)
    if do == "delete":
        flash(gettext("The draft is deleted. Hearings that were sent stay as they are."), "yes")
        return redirect(url_for("listing.listed"), 303)
    return here
