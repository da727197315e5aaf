"""Settings pages for courtrooms: add, rename, retire, delete."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal
from app.core.forms import load
from app.core.web.access import may
from app.core.web.params import translated_errors
from app.court import courtrooms as rooms
from app.court import queries as court_queries
from app.court.authorship import signed_in_author
from app.court.forms import CourtroomIn
from app.court.models import Courtroom

bp = Blueprint("courtrooms", __name__)


@bp.get("/settings/courtrooms")
@may("set_up")
def courtrooms() -> str:
    """Show the court's courtrooms."""
    return _list()


def _list(**context: Any) -> str:
    courtrooms_ = court_queries.courtrooms(db.session(), current_user.court_id, retired=True)
    return render_template("cases/courtrooms.html", rooms=courtrooms_, **{"form": {}, **context})


@bp.post("/settings/courtrooms")
@may("set_up")
def add_courtroom() -> Any:
    """Add a courtroom."""
    form, author = _form(), signed_in_author()
    try:
        room = load(CourtroomIn, form)
        retrying(lambda session: rooms.add(session, author(session), room).id)
    except Invalid as fault:
        return _list(form=form, errors=translated_errors(fault)), 422
    except Refusal as fault:
        errors = {"name": web.translated(fault.message)}
        return _list(form=form, errors=errors), web.status_of(fault)
    flash(gettext("Courtroom added."), "ok")
    return redirect(url_for("courtrooms.courtrooms"), 303)


def _form() -> dict[str, str]:
    typed = {name: request.form.get(name, "") for name in ("name", "location")}
    return {**typed, "by_video": "true" if request.form.get("by_video") == "1" else "false"}


def _stored(room: Courtroom) -> dict[str, str]:
    by_video = "true" if room.by_video else "false"
    return {"name": room.name, "location": room.location, "by_video": by_video}


@bp.get("/settings/courtrooms/<int:room_id>")
@may("set_up")
def courtroom(room_id: int) -> str:
    """Show one courtroom and the actions on it."""
    room = rooms.find(db.session(), current_user.court_id, room_id)
    return _detail(room_id, _stored(room))


def _detail(room_id: int, form: dict[str, str], **context: Any) -> str:
    room = rooms.find(db.session(), current_user.court_id, room_id)
    return render_template(
        "cases/courtroom.html",
        room=room,
        form=form,
        zone=current_user.court.zone,
        **{"errors": {}, **context},
    )


@bp.post("/settings/courtrooms/<int:room_id>")
@may("set_up")
def change_courtroom(room_id: int) -> Any:
    """Rename, retire, reinstate or delete a courtroom."""
    act, form, author = request.form.get("act", "rename"), _form(), signed_in_author()
    try:
        change = _change(act, form)
        retrying(lambda session: _apply(session, author, room_id, change))
    except Invalid as fault:
        return _detail(room_id, form, errors=translated_errors(fault)), 422
    except NotFound:
        raise
    except Refusal as fault:
        refusal = web.translated(fault.message)
        if act == "rename":
            return _detail(room_id, form, errors={"name": refusal}), web.status_of(fault)
        room = rooms.find(db.session(), current_user.court_id, room_id)
        return _detail(room_id, _stored(room), refused=refusal), web.status_of(fault)
    flash(gettext("Done. The change is in the change log."), "ok")
    return redirect(url_for("courtrooms.courtrooms"), 303)


def _change(act: str, form: dict[str, str]) -> Callable[..., None]:
    """Return the function that makes the requested change to a courtroom. Raises Invalid."""
    if act in ("retire", "take_back"):
        return lambda session, by, room: rooms.retire(session, by, room, act == "retire")
    if act == "delete":
        return rooms.delete
    fields = load(CourtroomIn, form)
    return lambda session, by, room: rooms.change(session, by, room, fields)


def _apply(session: Session, author: Any, room_id: int, change: Callable[..., None]) -> None:
    by = author(session)
    change(session, by, rooms.find(session, by.court_id, room_id))
