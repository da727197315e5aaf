"""Needs by page: those of a case with the form to enter one, and those new to the court."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases import service as case_service
from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.hearings import queries as hearings
from app.needs import forms, queries, rules, service
from app.needs.models import Need
from app.needs.rules import EMPTY, NeedInput, NeedItem, PersonRole
from app.needs.service import NeedAuthor
from app.people.models import Role, User

bp = Blueprint("needs", __name__)
NO_ERRORS: Mapping[str, str] = {}


@bp.app_template_global()
def items_of_need(need: Need) -> Sequence[NeedItem]:
    """Return what somebody needs, item by item."""
    return rules.items(need)


@bp.app_template_global()
def role_label(role: str) -> str:
    """Return the English label of the role in which somebody comes, to be translated."""
    return PersonRole(role).label


@bp.app_template_global()
def need_roles() -> list[tuple[str, str]]:
    """Return the roles with their labels in the language of the page."""
    return [(role.value, gettext(role.label)) for role in PersonRole]


@bp.app_template_global()
def needs_of_case(case_id: int) -> Sequence[Need]:
    """Return the needs in a case."""
    return queries.of_case(db.session(), case_id)


@bp.app_template_global()
def needs_at(hearing_ids: Sequence[int]) -> dict[int, Sequence[Need]]:
    """Return the needs at each of some hearings that has any."""
    return queries.of_hearings(db.session(), hearing_ids)


@bp.app_template_global()
def new_needs(whose: str = "all") -> Sequence[Need]:
    """Return the needs of which nobody in the user's court has taken note yet."""
    mine = whose == "mine" and current_user.role == Role.ASSISTANT
    return [
        each
        for each in queries.new_to(db.session(), current_user.court_id)
        if not mine or each.case.assistant_id in (None, current_user.id)
    ]


@bp.get("/cases/<int:case_id>/needs")
@signed_in
def of_case(case_id: int) -> str:
    """Show the needs of a case with a form; ``need`` in the address is the one to change."""
    case = case_service.find_case(db.session(), current_user.court_id, case_id)
    needs = queries.of_case(db.session(), case.id)
    need_id = row_number(request.args.get("need", ""))
    changed = next((each for each in needs if each.id == need_id), None)
    return _page(case.id, service.input_of(changed) if changed else EMPTY, changed)


def _page(
    case_id: int,
    typed: NeedInput,
    changed: Need | None,
    errors: Mapping[str, str] = NO_ERRORS,
    message: str = "",
) -> str:
    session = db.session()
    case = cases.case_with_parties(session, current_user.court_id, case_id)
    needs = queries.of_case(session, case.id)
    named = {each.hearing_id for each in needs}
    return render_template(
        "needs/case.html",
        case=case,
        zone=case.court.zone,
        needs=needs,
        typed=typed,
        changed=changed,
        chosen=row_number(request.form.get("representation_id", "")),
        acting=queries.acting(session, case.id),
        hearings=[
            each
            for each in hearings.hearings_of_case(session, case)
            if each.id in named
            or (each.state != "cancelled" and (not each.ends_at or each.ends_at > web.now()))
        ],
        rules=rules,
        errors=errors,
        message=message,
    )


@bp.post("/cases/<int:case_id>/needs")
@signed_in
@shows_again
def save(case_id: int) -> ResponseReturnValue:
    """Enter a need, or change one."""
    form = request.form
    hearing, counsel = form.get("hearing_id", ""), form.get("representation_id", "")
    typed = forms.read(form, (row_number(hearing) or 0) if hearing else None)
    need_id = row_number(form.get("need", ""))
    version = row_number(form.get("version", "")) or 0

    def write(session: Session, case: Case, author: NeedAuthor) -> None:
        if need_id:
            service.change(session, case, author, need_id, version, typed, web.now())
            return
        chosen = (row_number(counsel) or 0) if counsel else None
        service.add(session, case, author, typed, web.now(), for_representation_id=chosen)

    if not only_shown():
        try:
            _write(case_id, write)
        except (Invalid, Refusal) as error:
            errors = translated_errors(error) if isinstance(error, Invalid) else NO_ERRORS
            message = web.translated(error.message) if isinstance(error, Refusal) else ""
            shown = _page(case_id, typed, _present(case_id, need_id), errors, message)
            return shown, web.status_of(error)
        flash(gettext("Saved. It is on the day's internal list and on the hearing's page."), "ok")
        return redirect(url_for("needs.of_case", case_id=case_id), 303)
    return _page(case_id, typed, _present(case_id, need_id))


def _present(case_id: int, need_id: int | None) -> Need | None:
    """Return the entry that a form changes as it is now, or None."""
    needs = queries.of_case(db.session(), case_id) if need_id else ()
    return next((each for each in needs if each.id == need_id), None)


def _write(case_id: int, work: Callable[[Session, Case, NeedAuthor], object]) -> None:
    court_id, user_id = current_user.court_id, current_user.id

    def write(session: Session) -> None:
        case = case_service.find_case(session, court_id, case_id)
        work(session, case, NeedAuthor.court(session.get_one(User, user_id)))

    retrying(write)


@bp.post("/cases/<int:case_id>/needs/<int:need_id>/withdraw")
@signed_in
def withdraw(case_id: int, need_id: int) -> ResponseReturnValue:
    """Delete a need."""
    _write(
        case_id,
        lambda session, case, author: service.withdraw(session, case, author, need_id, web.now()),
    )
    flash(gettext("Withdrawn and deleted."), "ok")
    return redirect(url_for("needs.of_case", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/needs/<int:need_id>/note")
@signed_in
def take_note(case_id: int, need_id: int) -> ResponseReturnValue:
    """Take note of a need in the version that the page showed."""
    version = row_number(request.form.get("version", "")) or 0
    _write(
        case_id, lambda session, case, _: service.note(session, case, need_id, version, web.now())
    )
    back = request.form.get("back") == "home"
    return redirect(
        url_for("home.home") if back else url_for("needs.of_case", case_id=case_id), 303
    )
