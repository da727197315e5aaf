"""A case on one page: its people, its hearings, its record, and a contact logged by hand."""

import secrets
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.rules import addresses_by_channel
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.desk import off_channel
from app.desk import queries as desk
from app.desk.off_channel import LoggedContact
from app.evidence import symmetry
from app.hearings import queries
from app.hearings.proposing.form_fields import instant, wall_clock
from app.hearings.scheduling import CourtContext
from app.people.models import User
from app.record.views import outcomes, ways_by_hand
from app.tasks.forms import ContactIn

bp = Blueprint("case", __name__)

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
    given = dict.fromkeys(FIELDS, "") | {"direction": "out", "at": now}
    given |= {name: request.args.get(name, "") for name in ("counsel_id", "hearing_id")}
    given["page"] = secrets.token_urlsafe(16)
    return _page(case_id, given)


def _page(case_id: int, given: dict[str, str], **more: Any) -> str:
    session = db.session()
    found = cases.case_with_parties(session, current_user.court_id, case_id)
    return render_template(
        "desk/case.html",
        case=found,
        zone=found.court.zone,
        given=given,
        hearings=queries.hearings_of_case(session, found),
        lines=desk.newest_lines(session, found),
        twin=cases.find_duplicate(session, found),
        unreachable=_unreachable(found),
        ways=ways_by_hand(),
        outcomes=outcomes(),
        counsel=_counsel(found),
        symmetry=symmetry.of(session, found),
        **{"errors": {}, **more},
    )


def _counsel(found: Case) -> list[tuple[int, str]]:
    """Return with whom a contact can be logged; those who left too, for they still ring."""
    comma = wording.comma(web.language())
    seats = [(seat, party) for party in found.parties for seat in party.representations]
    return [(seat.counsel_id, f"{seat.counsel.name}{comma}{party.name}") for seat, party in seats]


def _unreachable(found: Case) -> list[Any]:
    """Return who acts in a case now and can be told nothing by mail or text."""
    seats = [seat for party in found.parties for seat in party.representations if not seat.left_at]
    return [seat for seat in seats if not addresses_by_channel(seat.counsel, every=True)]


@bp.get("/cases/<int:case_id>/contacts")
def log_again(case_id: int) -> Any:
    """Lead back to the case: the page of a refused contact may be asked for again."""
    return redirect(url_for("case.case", case_id=case_id, _anchor="log"))


@bp.post("/cases/<int:case_id>/contacts")
@signed_in
@shows_again
def log(case_id: int) -> Any:
    """Write down a contact made by hand."""
    given = {name: request.form.get(name, "") for name in FIELDS}
    user_id = current_user.id
    if only_shown():
        return _page(case_id, given)
    try:
        checked = checked_contact(given, ZoneInfo(current_user.court.zone))
        contact = retrying(lambda session: write(session, user_id, case_id, checked))
    except Invalid as fault:
        return _page(case_id, given, errors=translated_errors(fault)), 422
    say_logged(contact.counsel, contact.told)
    return redirect(url_for("case.case", case_id=case_id, _anchor="record"), 303)


def say_logged(name: str, told: Sequence[str]) -> None:
    """Say that a contact is on the record, and who is told of its substance."""
    if told:
        words = gettext(
            "The contact with %(name)s is on the record. Its substance is told to: %(others)s.",
            name=name,
            others=wording.listed(told, web.language()),
        )
    else:
        words = gettext("The contact with %(name)s is on the record.", name=name)
    flash(words, "yes")


def checked_contact(given: dict[str, str], zone: ZoneInfo) -> ContactIn:
    """Return what was typed as the service takes it. Raises Invalid, with every error."""
    faults: dict[str, Message] = {}
    asked: dict[str, object] = {name: text for name, text in given.items() if text}
    asked["at"] = instant(given["at"], zone, "at", faults)
    for name in ("counsel_id", "hearing_id"):
        asked[name] = row_number(given[name])
    if given["hearing_id"] and asked["hearing_id"] is None:
        faults["hearing_id"] = Message(N_("This hearing is not of this case."))
    if asked["counsel_id"] is None:
        faults["counsel_id"] = Message(N_("Say with whom."))
    try:
        done = load(ContactIn, asked)
    except Invalid as fault:
        raise Invalid({**fault.errors, **faults}) from fault
    if faults:
        raise Invalid(faults)
    return done


def write(session: Session, user_id: int, case_id: int, form: ContactIn) -> LoggedContact:
    """Put a contact on the record for a user of the court."""
    user = session.get_one(User, user_id)
    context = CourtContext(user.court, user, web.now(), web.secret())
    return off_channel.log(session, context, case_id, form)
