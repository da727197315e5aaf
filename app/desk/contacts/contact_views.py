"""Two quick forms, for phones: log a call, and log a contact outside the court's channels."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app.cases import phones
from app.cases import queries as cases
from app.cases.models import Case, Counsel
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.desk import case_views
from app.desk.contacts import official_messages
from app.desk.contacts.official_messages import OfficialMessage
from app.hearings import queries as hearings_queries
from app.hearings.proposing.form_fields import wall_clock
from app.hearings.scheduling import CourtContext

bp = Blueprint("contact", __name__)


def call_outcomes() -> list[tuple[str, str, str]]:
    """Return the outcomes of a call, as (value, icon, label)."""
    return [
        ("spoke", "person-check", gettext("Spoke with the person")),
        ("no_answer", "telephone-x", gettext("No answer")),
        ("busy", "telephone-minus", gettext("Busy")),
        ("left_word", "voicemail", gettext("Left a message")),
        ("wrong_number", "telephone-x", gettext("Wrong number")),
    ]


def other_ways() -> list[tuple[str, str]]:
    """Return the ways of contact outside the court's channels, as (value, label)."""
    return [
        ("chat", gettext("WeChat or another chat")),
        ("in_person", gettext("In person")),
        ("other", gettext("Another way")),
    ]


@bp.get("/cases/<int:case_id>/call")
@signed_in
def call(case_id: int) -> Any:
    """Show the form to log a call: number to dial, and a button per outcome."""
    return _page("desk/contact.html", case_id, _blank())


@bp.post("/cases/<int:case_id>/call")
@signed_in
@shows_again
def log_call(case_id: int) -> Any:
    """Log a call."""
    form = _posted_form() | {"channel": "phone"}
    return _log("desk/contact.html", case_id, form)


@bp.get("/cases/<int:case_id>/off-channel")
@signed_in
def off_channel(case_id: int) -> Any:
    """Show the form to log a contact outside the court's channels."""
    return _page("desk/off_channel.html", case_id, _blank() | {"channel": "chat"})


@bp.post("/cases/<int:case_id>/off-channel")
@signed_in
@shows_again
def log_off_channel(case_id: int) -> Any:
    """Log such a contact; the other sides are notified of its substance."""
    form = _posted_form() | {"outcome": "told", "address": ""}
    return _log("desk/off_channel.html", case_id, form)


def _blank() -> dict[str, str]:
    now = wall_clock(web.now(), ZoneInfo(current_user.court.zone))
    form = dict.fromkeys(case_views.FIELDS, "") | {"direction": "out", "at": now}
    form |= {name: request.args.get(name, "") for name in ("counsel_id", "hearing_id")}
    return form | {"page": secrets.token_urlsafe(16)}


def _posted_form() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in case_views.FIELDS}


def _page(template: str, case_id: int, form: dict[str, str], **more: Any) -> str:
    case = cases.case_with_parties(db.session(), current_user.court_id, case_id)
    choices = [
        (representation.counsel, party)
        for party in case.parties
        for representation in party.representations
    ]
    if not form["counsel_id"] and len(choices) == 1:
        form = form | {"counsel_id": str(choices[0][0].id)}
    counsel = next(
        (candidate for candidate, _ in choices if str(candidate.id) == form["counsel_id"]), None
    )
    message = _message(case, counsel, form["hearing_id"])
    return render_template(
        template,
        case=case,
        message=message,
        scripts=_scripts(case, message) if message else [],
        zone=case.court.zone,
        form=form,
        choices=choices,
        counsel=counsel,
        number=_number(case, counsel),
        outcomes=call_outcomes(),
        ways=other_ways(),
        hearings=hearings_queries.hearings_of_case(db.session(), case),
        **{"errors": {}, **more},
    )


def _message(case: Case, counsel: Counsel | None, hearing_id: str) -> OfficialMessage | None:
    """Return the news that counsel is called about; None if there is none."""
    if counsel is None:
        return None
    user = current_user._get_current_object()
    context = CourtContext(user.court, user, web.now(), web.secret())
    public_url = web.services().settings.public_url
    try:
        return official_messages.find(
            db.session(), context, case, counsel.id, row_number(hearing_id), public_url
        )
    except Refusal:
        return None


def _scripts(case: Case, message: OfficialMessage) -> list[tuple[str, list[str]]]:
    """Return what to read out, in counsel's language and in the court's if that is another."""
    spoken = [message.counsel.language, case.court.language]
    languages = dict.fromkeys(wording.language_of(each) for each in spoken)
    return [(language, message.script(language)) for language in languages]


def _number(case: Case, counsel: Counsel | None) -> str:
    """Return the telephone number requested in the URL, else the one on file."""
    if counsel is None:
        return ""
    try:
        return phones.parse_phone(request.values.get("number", "")[:100], case.court.country)
    except phones.PhoneError:
        return counsel.phone


def _log(template: str, case_id: int, form: dict[str, str]) -> Any:
    user_id = current_user.id
    if only_shown():
        return _page(template, case_id, form)
    try:
        checked = case_views.checked_contact(form, ZoneInfo(current_user.court.zone))
        if shown := case_views.page_before(user_id, case_id, checked, request.url):
            return shown
        contact = retrying(lambda session: case_views.write(session, user_id, case_id, checked))
    except Invalid as fault:
        return _page(template, case_id, form, errors=translated_errors(fault)), 422
    case_views.flash_logged(contact.counsel, contact.notified)
    if checked.hearing_id:
        return redirect(url_for("hearing.shown", hearing_id=checked.hearing_id), 303)
    return redirect(url_for("case.case", case_id=case_id, _anchor="record"), 303)
