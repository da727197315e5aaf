"""Add a counsel to a case, and change what is known of one."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import changes, edit_conflicts, form_fields, queries, service
from app.cases.forms import CounselIn
from app.cases.models import Case, Representation
from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Clash, Invalid, Refusal
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.court.models import Court
from app.notices.queue import readdress

bp = Blueprint("case_counsel", __name__)


@bp.route("/cases/<int:case_id>/counsel", methods=["GET", "POST"])
@signed_in
@shows_again
def add_counsel(case_id: int) -> Any:
    """Let a further counsel act for a party of a case."""
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    if request.method == "GET":
        return _counsel_form(case, None, form_fields.blank_counsel())
    party = request.form.get("party", "")
    party_id = int(party) if party.isdigit() and len(party) < 19 else 0
    court_id = current_user.court_id

    def add(session: Session, counsel: CounselIn) -> str:
        found = service.find_case(session, court_id, case_id)
        court = session.get_one(Court, court_id)
        return changes.add_counsel(session, court, found, party_id, counsel).counsel.name

    return _take(case_id, None, add)


@bp.route("/cases/<int:case_id>/counsel/<int:seat_id>", methods=["GET", "POST"])
@signed_in
@shows_again
def change_counsel(case_id: int, seat_id: int) -> Any:
    """Change what is known of a counsel; what waits for them goes to the new address."""
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    seat = queries.representation_of(db.session(), case, seat_id)
    if request.method == "GET":
        return _counsel_form(case, seat, _as_typed(seat))
    court_id = current_user.court_id

    def change(session: Session, details: CounselIn) -> str:
        found = service.find_case(session, court_id, case_id)
        held = queries.representation_of(session, found, seat_id)
        given = {name: request.form.get(name, "") for name in form_fields.COUNSEL}
        if edit_conflicts.changed_fields(request.form.get("stood", ""), _as_typed(held), given):
            raise Clash(N_("Somebody changed this while you were typing."))
        if request.form.get("do") == "leave":
            changes.leave(held, web.now())
            return held.counsel.name
        counsel = changes.change_counsel(session, found.court, held, details)
        readdress(session, counsel)
        return counsel.name

    return _take(case_id, seat_id, change)


def _take(case_id: int, seat_id: int | None, work: Callable[[Session, CounselIn], str]) -> Any:
    given = {name: request.form.get(name, "") for name in form_fields.COUNSEL}
    court_id = current_user.court_id
    if only_shown():
        case = queries.case_with_parties(db.session(), court_id, case_id)
        seat = queries.representation_of(db.session(), case, seat_id) if seat_id else None
        return _counsel_form(case, seat, given)
    try:
        counsel = load(CounselIn, form_fields.counsel_input(given))
        name = retrying(lambda session: work(session, counsel))
    except (Invalid, Refusal) as fault:
        case = queries.case_with_parties(db.session(), court_id, case_id)
        seat = queries.representation_of(db.session(), case, seat_id) if seat_id else None
        errors = translated_errors(fault) if isinstance(fault, Invalid) else {}
        now = _as_typed(seat) if seat else {}
        theirs = edit_conflicts.changed_fields(request.form.get("stood", ""), now, given)
        refused = web.translated(fault.message) if isinstance(fault, Refusal) and not theirs else ""
        page = _counsel_form(case, seat, given, errors=errors, refused=refused, changes=theirs)
        return page, web.status_of(fault)
    flash(gettext("What is known of %(name)s is kept.", name=name), "yes")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _counsel_form(
    case: Case, seat: Representation | None, given: dict[str, str], **more: Any
) -> str:
    party = request.values.get("party", "")
    return render_template(
        "cases/counsel.html",
        case=case,
        seat=seat,
        given=given,
        party=party,
        stood=edit_conflicts.fingerprint(_as_typed(seat)) if seat else "",
        **{"errors": {}, "refused": "", "changes": [], **more},
    )


def _as_typed(seat: Representation) -> dict[str, str]:
    values = {name: getattr(seat.counsel, name, None) for name in form_fields.COUNSEL}
    values["required"] = seat.required
    return {name: form_fields.as_text(value) for name, value in values.items()}
