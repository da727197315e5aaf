"""The court's courtrooms: add one, rename, retire, delete."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import forms as core_forms
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal
from app.core.web.access import may
from app.core.web.params import translated_errors
from app.court import courtrooms as rooms
from app.court import forms as court_forms
from app.court import queries as court_queries
from app.court.authorship import by_whom

bp = Blueprint("courtrooms", __name__)


@bp.get("/settings/courtrooms")
@may("set_up")
def courtrooms() -> str:
    """Show the court's courtrooms."""
    return _rooms()


def _rooms(**more: Any) -> str:
    found = court_queries.courtrooms(db.session(), current_user.court_id, retired=True)
    return render_template("cases/courtrooms.html", rooms=found, **{"given": {}, **more})


@bp.post("/settings/courtrooms")
@may("set_up")
def add_courtroom() -> Any:
    """Add a courtroom."""
    given, whose = _given(), by_whom()
    try:
        room = core_forms.load(court_forms.CourtroomIn(), given)
        retrying(
            lambda session: rooms.add(session, whose(session), room["name"], room["location"]).id
        )
    except Invalid as fault:
        return _rooms(given=given, errors=translated_errors(fault)), 422
    except Refusal as fault:
        errors = {"name": web.translated(fault.message)}
        return _rooms(given=given, errors=errors), web.status_of(fault)
    flash(gettext("The courtroom is added."), "yes")
    return redirect(url_for("courtrooms.courtrooms"), 303)


def _given() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("name", "location")}


@bp.get("/settings/courtrooms/<int:room_id>")
@may("set_up")
def courtroom(room_id: int) -> str:
    """Show one courtroom with what can be done about it."""
    room = rooms.find(db.session(), current_user.court_id, room_id)
    return _room(room_id, {"name": room.name, "location": room.location})


def _room(room_id: int, given: dict[str, str], **more: Any) -> str:
    room = rooms.find(db.session(), current_user.court_id, room_id)
    return render_template(
        "cases/courtroom.html",
        room=room,
        given=given,
        zone=current_user.court.zone,
        **{"errors": {}, **more},
    )


@bp.post("/settings/courtrooms/<int:room_id>")
@may("set_up")
def change_courtroom(room_id: int) -> Any:
    """Rename a courtroom, retire it, take it back, or delete it."""
    act, given, whose = request.form.get("act", "rename"), _given(), by_whom()
    try:
        change = _act(act, given)
        retrying(lambda session: _do(session, whose, room_id, change))
    except Invalid as fault:
        return _room(room_id, given, errors=translated_errors(fault)), 422
    except NotFound:
        raise
    except Refusal as fault:
        refused = web.translated(fault.message)
        if act == "rename":
            return _room(room_id, given, errors={"name": refused}), web.status_of(fault)
        room = rooms.find(db.session(), current_user.court_id, room_id)
        now = {"name": room.name, "location": room.location}
        return _room(room_id, now, refused=refused), web.status_of(fault)
    flash(gettext("It is done, and stands on the list of changes."), "yes")
    return redirect(url_for("courtrooms.courtrooms"), 303)


def _act(act: str, given: dict[str, str]) -> Callable[..., None]:
    """Return what is to be done with a courtroom. Raises Invalid."""
    if act in ("retire", "take_back"):
        return lambda session, by, room: rooms.retire(session, by, room, act == "retire")
    if act == "delete":
        return rooms.delete
    told = core_forms.load(court_forms.CourtroomIn(), given)
    return lambda session, by, room: rooms.rename(session, by, room, told["name"], told["location"])


def _do(session: Session, whose: Any, room_id: int, change: Callable[..., None]) -> None:
    by = whose(session)
    change(session, by, rooms.find(session, by.court_id, room_id))
