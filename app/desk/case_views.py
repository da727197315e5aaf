"""The page of a case: people, hearings, record, and the form to log a contact."""

import secrets
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Case, Counsel
from app.cases.rules import addresses_by_channel
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.desk import confirmations
from app.desk.contacts import off_channel
from app.desk.contacts.off_channel import LoggedContact
from app.evidence import symmetry
from app.hearings import queries
from app.hearings.proposing import confirmation
from app.hearings.proposing.form_fields import instant, wall_clock
from app.hearings.scheduling import CourtContext
from app.people.models import User
from app.record import queries as record
from app.record.rows import releases
from app.record.views import outcomes, ways_by_hand
from app.tasks.forms import ContactIn

bp = Blueprint("case", __name__)

# Of the record; its own page has them all. Several rows are one release.
NEWEST_ROWS, NEWEST_RELEASES = 40, 8

FIELDS = (
    "counsel_id",
    "hearing_id",
    "channel",
    "direction",
    "at",
    "outcome",
    "address",
    "note",
    "page",
)


@bp.get("/cases/<int:case_id>")
@signed_in
def case(case_id: int) -> str:
    """Show a case."""
    now = wall_clock(web.now(), ZoneInfo(current_user.court.zone))
    form = dict.fromkeys(FIELDS, "") | {"direction": "out", "at": now}
    form |= {name: request.args.get(name, "") for name in ("counsel_id", "hearing_id")}
    form["page"] = secrets.token_urlsafe(16)
    return _page(case_id, form)


def _page(case_id: int, form: dict[str, str], **more: Any) -> str:
    session = db.session()
    case_ = cases.case_with_parties(session, current_user.court_id, case_id)
    return render_template(
        "desk/case.html",
        case=case_,
        zone=case_.court.zone,
        form=form,
        hearings=queries.hearings_of_case(session, case_),
        releases=releases(record.row_page(session, case_.id, size=NEWEST_ROWS).rows)[
            :NEWEST_RELEASES
        ],
        duplicate=cases.find_duplicate(session, case_),
        unreachable=_unreachable(case_),
        ways=ways_by_hand(),
        outcomes=outcomes(),
        counsel=_counsel(case_),
        symmetry=symmetry.of(session, case_),
        **{"errors": {}, **more},
    )


def _counsel(case_: Case) -> list[tuple[int, str]]:
    """Return counsel for the contact form, former ones included, since they still call."""
    comma = wording.comma(web.language())
    pairs = [
        (representation, party)
        for party in case_.parties
        for representation in party.representations
    ]
    return [
        (representation.counsel_id, f"{representation.counsel.name}{comma}{party.name}")
        for representation, party in pairs
    ]


def _unreachable(case_: Case) -> list[Any]:
    """Return acting representations without any address for mail or text."""
    acting = [
        representation
        for party in case_.parties
        for representation in party.representations
        if not representation.left_at
    ]
    return [
        representation
        for representation in acting
        if not addresses_by_channel(representation.counsel, every=True)
    ]


@bp.get("/cases/<int:case_id>/contacts")
def log_again(case_id: int) -> Any:
    """Redirect to the case, for a browser that reloads a refused contact."""
    return redirect(url_for("case.case", case_id=case_id, _anchor="log"))


@bp.post("/cases/<int:case_id>/contacts")
@signed_in
@shows_again
def log(case_id: int) -> Any:
    """Log a contact made by hand."""
    form = {name: request.form.get(name, "") for name in FIELDS}
    user_id = current_user.id
    if only_shown():
        return _page(case_id, form)
    try:
        checked = checked_contact(form, ZoneInfo(current_user.court.zone))
        back = url_for("case.case", case_id=case_id, _anchor="log")
        if shown := page_before(user_id, case_id, checked, back):
            return shown
        contact = retrying(lambda session: write(session, user_id, case_id, checked))
    except Invalid as fault:
        return _page(case_id, form, errors=translated_errors(fault)), 422
    flash_logged(contact.counsel, contact.notified)
    return redirect(url_for("case.case", case_id=case_id, _anchor="record"), 303)


def flash_logged(name: str, notified: Sequence[str]) -> None:
    """Flash that a contact was recorded, and who is notified of its substance."""
    if notified:
        text = gettext(
            "The contact with %(name)s is on the record. Its substance is told to: %(others)s.",
            name=name,
            others=wording.listed(notified, web.language()),
        )
    else:
        text = gettext("The contact with %(name)s is on the record.", name=name)
    flash(text, "ok")


def checked_contact(form: dict[str, str], zone: ZoneInfo) -> ContactIn:
    """Parse the contact form. Raises Invalid with all errors by field."""
    errors: dict[str, Message] = {}
    values: dict[str, object] = {name: text for name, text in form.items() if text}
    values["at"] = instant(form["at"], zone, "at", errors)
    for name in ("counsel_id", "hearing_id"):
        values[name] = row_number(form[name])
    if form["hearing_id"] and values["hearing_id"] is None:
        errors["hearing_id"] = Message(N_("Choose a hearing of this case."))
    if values["counsel_id"] is None:
        errors["counsel_id"] = Message(N_("Choose whom the contact was with."))
    try:
        contact = load(ContactIn, values)
    except Invalid as fault:
        raise Invalid({**fault.errors, **errors}) from fault
    if errors:
        raise Invalid(errors)
    return contact


def page_before(user_id: int, case_id: int, form: ContactIn, back: str) -> str | None:
    """Return the page with the messages that tell other sides of a contact; None if none are sent.

    Also None if it was shown before. Raises what ``write`` raises.
    """
    if not off_channel.must_notify(form):
        return None
    counsel = db.session().get(Counsel, form.counsel_id)
    known = counsel is not None and counsel.court_id == current_user.court_id
    page = confirmations.contact(back, counsel.name if counsel and known else "", form.note)
    return confirmation.page_before(
        lambda session: write(session, user_id, case_id, form).entry.case_id, page
    )


def write(session: Session, user_id: int, case_id: int, form: ContactIn) -> LoggedContact:
    """Log a contact for a user of the court."""
    user = session.get_one(User, user_id)
    context = CourtContext(user.court, user, web.now(), web.secret())
    return off_channel.log(session, context, case_id, form)
