"""The court's pages of people who are needed at hearings: who they are, and where reached."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import signed_in
from app.core.web.params import row_number, translated_errors
from app.court.models import Court
from app.hearings.bench import addresses
from app.hearings.bench.addresses import AddressInput

bp = Blueprint("member_addresses", __name__)


@bp.get("/members")
@signed_in
def people() -> str:
    """List the people outside the court who are needed at its hearings."""
    found = addresses.people(db.session(), current_user.court_id)
    return render_template("members/people.html", people=found)


@bp.get("/members/<int:judge_id>")
@signed_in
def person(judge_id: int) -> str:
    """Show where one of them is reached."""
    found = addresses.find(db.session(), current_user.court_id, judge_id)
    typed = AddressInput(found.email, found.phone, found.language)
    return _form(judge_id, typed)


def _form(judge_id: int, typed: AddressInput, **context: Any) -> str:
    found = addresses.find(db.session(), current_user.court_id, judge_id)
    hearing_id = row_number(request.values.get("hearing", ""))
    return render_template(
        "members/person.html",
        person=found,
        typed=typed,
        hearing_id=hearing_id,
        **{"errors": {}, "refused": "", **context},
    )


@bp.post("/members/<int:judge_id>")
@signed_in
def change(judge_id: int) -> ResponseReturnValue:
    """Change where somebody is reached."""
    form, court_id = request.form, current_user.court_id
    names = ("email", "phone", "language")
    typed = AddressInput(*(form.get(name, "").strip()[:300] for name in names))

    def work(session: Session) -> str:
        court = session.get_one(Court, court_id)
        return addresses.change(session, court, judge_id, typed).name

    try:
        name = retrying(work)
    except Invalid as fault:
        return _form(judge_id, typed, errors=translated_errors(fault)), 422
    except Refusal as fault:
        return _form(judge_id, typed, refused=web.translated(fault.message)), web.status_of(fault)
    flash(gettext("Saved. Messages to %(name)s go there from now on.", name=name), "ok")
    hearing_id = row_number(form.get("hearing", ""))
    if hearing_id:
        return redirect(url_for("hearing.shown", hearing_id=hearing_id, _anchor="members"), 303)
    return redirect(url_for("member_addresses.people"), 303)
