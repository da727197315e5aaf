"""Cases by page: the list, a new one, its facts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import changes, edit_conflicts, form_fields, forms, phones, queries, service
from app.cases.models import Case
from app.cases.rules import PROCEDURES, number_on_tab
from app.core import forms as core_forms
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import page_number, row_number, translated_errors
from app.court import queries as court_queries
from app.court.models import Court
from app.people.models import User

bp = Blueprint("cases", __name__)


def procedures() -> list[tuple[str, str]]:
    """Return the procedures with their names."""
    names = {
        "ordinary": gettext("ordinary procedure"),
        "summary": gettext("summary procedure"),
        "small_claims": gettext("small claims"),
        "other": gettext("another procedure"),
        "second_instance": gettext("second instance"),
    }
    return [(each, names[each]) for each in PROCEDURES]


@bp.app_template_global()
def procedure_name(procedure: str) -> str:
    """Name a procedure."""
    return dict(procedures()).get(procedure, procedure)


@bp.app_template_filter()
def telephone(number: str) -> str:
    """Return a stored telephone number as a person reads it, its extension in words."""
    return phones.shown(number, web.language())


@bp.app_template_filter()
def tel(text: str) -> str:
    """Return the address of a link that rings a number, however it is written."""
    return phones.uri(text)


@bp.app_template_global()
def is_valid_phone(number: str) -> bool:
    """Tell whether a stored number is one that would be taken today."""
    return phones.is_valid(number)


@bp.app_template_global()
def is_land_line(number: str) -> bool:
    """Tell whether a stored number gets no texts."""
    return phones.is_land_line(number)


@bp.app_template_filter()
def on_tab(number: str) -> str:
    """Return a case's number as a browser's tab shows it."""
    return number_on_tab(number)


@bp.get("/cases")
@signed_in
def listed() -> str:
    """Show the court's cases."""
    asked, page = request.args.get("q", ""), page_number()
    order, judge = request.args.get("sort", ""), row_number(request.args.get("judge", ""))
    session, court_id = db.session(), current_user.court_id
    rows, more = queries.search(session, court_id, asked, page, order=order, judge=judge)
    return render_template(
        "cases/list.html",
        cases=rows,
        more=more,
        page=page,
        asked=asked,
        order=order,
        judge=judge,
        judges=court_queries.judges(session, court_id),
    )


@bp.get("/cases/new")
@signed_in
def new() -> str:
    """Show the form of a new case."""
    return _form(form_fields.blank())


def _form(given: dict[str, Any], **more: Any) -> str:
    judges = [each.name for each in court_queries.judges(db.session(), current_user.court_id)]
    return render_template(
        "cases/new.html", given=given, judges=judges, procedures=procedures(), **more
    )


@bp.post("/cases/new")
@signed_in
@shows_again
def enter() -> Any:
    """Take a new case; the buttons that add a row only show the form again."""
    given = form_fields.typed(request.form.items())
    do = "show" if only_shown() else request.form.get("do", "save")
    if do != "save":
        return _form(form_fields.act(given, do))
    try:
        checked = core_forms.load(forms.CaseIn(), form_fields.as_input(form_fields.pruned(given)))
        user_id = current_user.id
        case_id = retrying(lambda session: _enter(session, user_id, checked))
    except Invalid as fault:
        return _form(form_fields.with_rows(given), errors=translated_errors(fault)), 422
    except Refusal as fault:
        return _form(given, refused=web.translated(fault.message)), web.status_of(fault)
    flash(gettext("The case is entered. Its hearing can be proposed now."), "yes")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _enter(session: Session, user_id: int, checked: dict[str, Any]) -> int:
    user = session.get_one(User, user_id)
    return service.enter(session, user.court, user, checked, web.now()).id


@bp.route("/cases/<int:case_id>/facts", methods=["GET", "POST"])
@signed_in
@shows_again
def facts(case_id: int) -> Any:
    """Change a case's title, procedure or judge."""
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    if request.method == "GET":
        return _facts_form(case_id, _facts_of(case))
    given = {name: request.form.get(name, "") for name in ("title", "procedure", "judge")}
    theirs = edit_conflicts.changed_fields(request.form.get("stood", ""), _facts_of(case), given)
    if only_shown() or theirs:
        return _facts_form(case_id, given, changes=theirs), 409 if theirs else 200
    try:
        checked = core_forms.load(forms.CaseIn(only=tuple(given)), given)
        court_id = current_user.court_id
        retrying(lambda session: _change(session, court_id, case_id, checked))
    except Invalid as fault:
        return _facts_form(case_id, given, errors=translated_errors(fault)), 422
    flash(gettext("The case is changed."), "yes")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _facts_of(case: Case) -> dict[str, str]:
    return {"title": case.title, "procedure": case.procedure, "judge": case.judge.name}


def _facts_form(case_id: int, given: dict[str, str], **more: Any) -> str:
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    judges = [each.name for each in court_queries.judges(db.session(), current_user.court_id)]
    return render_template(
        "cases/facts.html",
        case=case,
        given=given,
        judges=judges,
        procedures=procedures(),
        stood=edit_conflicts.fingerprint(_facts_of(case)),
        **more,
    )


def _change(session: Session, court_id: int, case_id: int, checked: dict[str, Any]) -> None:
    case = service.find_case(session, court_id, case_id)
    changes.change_facts(session, session.get_one(Court, court_id), case, checked)
