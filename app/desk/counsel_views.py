"""Representations by page: add counsel to a case, change their data, or let them leave."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
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
from app.desk import confirmations
from app.hearings import counsel_changes
from app.hearings import queries as hearings
from app.hearings.proposing import confirmation

bp = Blueprint("case_counsel", __name__)


@bp.route("/cases/<int:case_id>/counsel", methods=["GET", "POST"])
@signed_in
@shows_again
def add_counsel(case_id: int) -> ResponseReturnValue:
    """Add counsel who acts for a party of a case."""
    if request.method == "GET":
        return _form_page(case_id, None, form_fields.blank_counsel())
    party = request.form.get("party", "")
    party_id = int(party) if party.isdigit() and len(party) < 19 else 0
    court_id = current_user.court_id

    def add(session: Session, details: CounselIn) -> str:
        case = service.find_case(session, court_id, case_id)
        court = session.get_one(Court, court_id)
        return changes.add_counsel(session, court, case, party_id, details).counsel.name

    return _save(case_id, None, add, _joining)


@bp.route("/cases/<int:case_id>/counsel/<int:representation_id>", methods=["GET", "POST"])
@signed_in
@shows_again
def change_counsel(case_id: int, representation_id: int) -> ResponseReturnValue:
    """Change the data of counsel; messages that are queued go to the new address."""
    if request.method == "GET":
        return _form_page(case_id, representation_id, None)
    court_id, leaves = current_user.court_id, request.form.get("do") == "leave"

    def change(session: Session, details: CounselIn) -> str:
        case = service.find_case(session, court_id, case_id)
        representation = queries.representation_of(session, case, representation_id)
        if _changed_meanwhile(_form_values(representation)):
            raise Clash(N_("Somebody changed this while you were typing."))
        if leaves:
            changes.leave(representation, web.now())
            return representation.counsel.name
        now = web.now()
        before = (representation.counsel.email, representation.counsel.phone)
        counsel = changes.change_counsel(session, case.court, representation, details, now)
        session.flush()
        counsel_changes.follow_addresses(session, counsel, before, now)
        return counsel.name

    return _save(case_id, representation_id, change, _leaving if leaves else None)


def _save(
    case_id: int,
    representation_id: int | None,
    write: Callable[[Session, CounselIn], str],
    tell: Callable[[Session, Case], None] | None,
) -> ResponseReturnValue:
    """Validate the form and write it; ``write`` returns the name of counsel.

    ``tell`` queues what the worker will send because of it, if it may: that is shown first.
    """
    values = _submitted_values()
    if only_shown():
        return _form_page(case_id, representation_id, values)
    try:
        details = load(CounselIn, form_fields.counsel_input(values))
        if tell and (shown := _page_before(case_id, details, write, tell)):
            return shown
        name = retrying(lambda session: write(session, details))
    except (Invalid, Refusal) as error:
        return _form_page(case_id, representation_id, values, error), web.status_of(error)
    flash(gettext("What is known of %(name)s is kept.", name=name), "ok")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _page_before(
    case_id: int,
    details: CounselIn,
    write: Callable[[Session, CounselIn], str],
    tell: Callable[[Session, Case], None],
) -> str | None:
    """Return the page with the messages that the worker will send; None if there are none."""
    court_id = current_user.court_id

    def work(session: Session) -> int:
        write(session, details)
        session.flush()
        tell(session, service.find_case(session, court_id, case_id))
        return case_id

    page = confirmations.counsel_change(request.path, details.name, leaves=tell is _leaving)
    return confirmation.page_before(work, page)


def _joining(session: Session, case: Case) -> None:
    counsel_changes.invite_newcomers(session, case.id, web.now(), web.secret())


def _leaving(session: Session, case: Case) -> None:
    for hearing in hearings.upcoming_hearings(session, case, web.now()):
        counsel_changes.continue_without(session, hearing.id, web.now(), web.secret())


def _form_page(
    case_id: int,
    representation_id: int | None,
    values: dict[str, str] | None,
    error: Invalid | Refusal | None = None,
) -> str:
    """Render the form with the values given, or with those that are stored.

    Changes that somebody else made since the form was loaded are shown in place of a refusal.
    """
    session = db.session()
    case = queries.case_with_parties(session, current_user.court_id, case_id)
    representation, stored = None, {}
    if representation_id is not None:
        representation = queries.representation_of(session, case, representation_id)
        stored = _form_values(representation)
    changed = _changed_meanwhile(stored) if error else []
    refusal = error.message if isinstance(error, Refusal) and not changed else ""
    return render_template(
        "cases/counsel.html",
        case=case,
        representation=representation,
        given=values if values is not None else stored,
        party=request.values.get("party", ""),
        stood=edit_conflicts.fingerprint(stored) if representation else "",
        errors=translated_errors(error) if isinstance(error, Invalid) else {},
        refused=web.translated(refusal) if refusal else "",
        changes=changed,
    )


def _submitted_values() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in form_fields.COUNSEL}


def _changed_meanwhile(stored: dict[str, str]) -> list[edit_conflicts.ChangedField]:
    """Return the fields that somebody else changed since the form was loaded."""
    loaded = request.form.get("stood", "")
    return edit_conflicts.changed_fields(loaded, stored, _submitted_values())


def _form_values(representation: Representation) -> dict[str, str]:
    """Return what is stored, as the form holds it."""
    return {
        name: form_fields.as_text(changes.value_of(representation, name))
        for name in form_fields.COUNSEL
    }
