"""Pages by which the court notes what came in: papers of a side, and when evidence is due."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as case_queries
from app.cases.models import Case
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.people.models import User
from app.questions.filings import queries, rules, service
from app.questions.filings.forms import EvidenceDueIn, FilingIn
from app.questions.filings.queries import PartyFilings
from app.questions.filings.rules import FilingKind

bp = Blueprint("filings", __name__)
FIELDS = ("party_id", "kind", "on", "note")
MOST_TYPED = 2_000  # characters of a field that are shown again

# (session, user) -> id of the case.
Work = Callable[[Session, User], int]


@bp.app_template_global()
def filings_by_party(case: Case) -> list[PartyFilings]:
    """Return what came in from each party of a case, as noted by the court."""
    return queries.by_party(db.session(), case)


@bp.get("/cases/<int:case_id>/filings")
@signed_in
def listed(case_id: int) -> str:
    """Show what came in from each side, and the forms to note more."""
    today = web.now().astimezone(ZoneInfo(current_user.court.zone)).date()
    blank = {"party_id": "", "kind": FilingKind.EVIDENCE.value, "on": today.isoformat(), "note": ""}
    return _page(case_id, blank)


def _page(case_id: int, form: dict[str, str], due: str | None = None, **more: Any) -> str:
    case = case_queries.case_with_parties(db.session(), current_user.court_id, case_id)
    language = web.language()
    on = case.evidence_due_on.isoformat() if case.evidence_due_on else ""
    return render_template(
        "desk/filings.html",
        case=case,
        zone=case.court.zone,
        parties=queries.by_party(db.session(), case),
        form=form,
        due=on if due is None else due,
        kinds=[(each.value, wording.filing_kind_name(each, language)) for each in FilingKind],
        most=rules.MAX_NOTE,
        **{"errors": {}, "due_errors": {}, **more},
    )


@bp.post("/cases/<int:case_id>/filings")
@signed_in
@shows_again
def note(case_id: int) -> Any:
    """Note papers that came in, after the messages that tell all sides were shown."""
    form = {name: request.form.get(name, "")[:MOST_TYPED] for name in FIELDS}
    if only_shown():
        return _page(case_id, form)
    now, secret, court_id = web.now(), web.secret(), current_user.court_id
    try:
        typed = load(FilingIn, {name: text for name, text in form.items() if text})

        def work(session: Session, user: User) -> int:
            return service.note(session, court_id, case_id, typed, user, now, secret).case_id

        shown = _do(case_id, work, gettext("Note it and tell all sides"), _facts(case_id, form))
    except Invalid as fault:
        return _page(case_id, form, errors=translated_errors(fault)), 422
    return shown or _noted(case_id)


@bp.post("/cases/<int:case_id>/filings/<int:filing_id>/removed")
@signed_in
def remove(case_id: int, filing_id: int) -> Any:
    """Take back a note that was made in error, after the messages were shown."""
    now, secret, court_id = web.now(), web.secret(), current_user.court_id

    def work(session: Session, user: User) -> int:
        return service.remove(session, court_id, case_id, filing_id, user, now, secret).case_id

    shown = _do(case_id, work, gettext("Take the note back and tell all sides"), [])
    return shown or _noted(case_id)


@bp.post("/cases/<int:case_id>/evidence-due")
@signed_in
@shows_again
def set_evidence_due(case_id: int) -> Any:
    """Set the day by which evidence is due, after the messages were shown."""
    on = request.form.get("on", "")[:MOST_TYPED]
    blank = dict.fromkeys(FIELDS, "")
    if only_shown():
        return _page(case_id, blank, due=on)
    now, secret, court_id = web.now(), web.secret(), current_user.court_id
    try:
        typed = load(EvidenceDueIn, {"on": on})

        def work(session: Session, user: User) -> int:
            return service.set_evidence_due(session, court_id, case_id, typed, user, now, secret).id

        facts = [(gettext("Evidence is due by"), on or gettext("no day is set"))]
        shown = _do(case_id, work, gettext("Save it and tell all sides"), facts)
    except Invalid as fault:
        return _page(case_id, blank, due=on, due_errors=translated_errors(fault)), 422
    return shown or _noted(case_id)


def _do(case_id: int, work: Work, button: str, facts: list[tuple[str, str]]) -> str | None:
    """Do what sends messages, or return the page that shows them before it is done."""
    user_id = current_user.id
    page = ConfirmationPage(
        gettext("What came in at the court"),
        button,
        "send",
        back=url_for("filings.listed", case_id=case_id),
        facts=facts,
    )

    def act(session: Session) -> int:
        return work(session, session.get_one(User, user_id))

    if shown := confirmation.page_before(act, page):
        return shown
    retrying(act)
    return None


def _facts(case_id: int, form: dict[str, str]) -> list[tuple[str, str]]:
    """Return what is noted, for the page that asks before it is sent."""
    case = case_queries.case_with_parties(db.session(), current_user.court_id, case_id)
    names = {str(party.id): party.name for party in case.parties}
    what = wording.filing_kind_name(form["kind"], web.language())
    return [
        (gettext("Handed in by"), names.get(form["party_id"], "")),
        (gettext("What"), what),
        (gettext("Day"), form["on"]),
        (gettext("Note"), form["note"]),
    ]


def _noted(case_id: int) -> Any:
    flash(gettext("Noted. Counsel of all sides see it now, and are told."), "ok")
    return redirect(url_for("filings.listed", case_id=case_id), 303)
