"""The record of contact by page, sending again, and a counsel's addresses."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import changes, edit_conflicts, form_fields, forms, queries, service
from app.cases.models import Case, Representation
from app.cases.views import said_errors
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import N_, Clash, Invalid, Refusal
from app.notices import resending as resend
from app.notices.models import ChainHead, Entry
from app.people.models import Court
from app.people.views import only_shown, shows_again, signed_in
from app.record import ledger
from app.record.verification import CHECKED_AT_ONCE

bp = Blueprint("notices", __name__)
ON_A_PAGE = 200  # lines


@bp.app_template_global()
def line_words(line: Entry) -> str:
    """Say in words what a line's detail holds beyond what happened."""
    told, body = line.detail or {}, line.content.body if line.content else {}
    said = [
        gettext("code %(code)s", code=told["code"]) if told.get("code") else "",
        gettext("own wording, version %(version)s", version=told["wording"])
        if told.get("wording")
        else "",
        _in_our_words(told.get("said") or body.get("said")),
        _in_our_words(told.get("why")),
        gettext("somebody must look at the settings or the wording")
        if told.get("advice") == "alarm"
        else "",
        _happened(str(told.get("happened_at") or "")),
        _outcome(str(told.get("outcome") or "")),
        str(body.get("note") or ""),
        str(body.get("comment") or ""),
    ]
    return " · ".join(dict.fromkeys(each for each in said if each))


def _in_our_words(text: object) -> str:
    """Return a sentence of the record in the reader's language, where it is one of the house's.

    What a carrier said is quoted as it was said.
    """
    return gettext(str(text)) if text else ""


def _happened(at: str) -> str:
    """Say when a contact by hand was: its line is of the time of writing."""
    zone = current_user.court.zone
    when = wording.moment(wording.instant(at), zone, web.language()) if at else ""
    return gettext("made %(when)s", when=when) if when else ""


def _outcome(word: str) -> str:
    return dict(outcomes()).get(word, word)


def outcomes() -> list[tuple[str, str]]:
    """Return what can come of a contact by hand, with its words."""
    return [
        ("spoke", gettext("spoke with the person")),
        ("no_answer", gettext("no answer")),
        ("busy", gettext("busy")),
        ("left_word", gettext("left word")),
        ("wrong_number", gettext("wrong number")),
        ("told", gettext("told in writing")),
    ]


def ways_by_hand() -> list[tuple[str, str]]:
    """Return the ways of a contact by hand, with their words."""
    return [
        ("phone", gettext("telephone")),
        ("letter", gettext("letter")),
        ("in_person", gettext("in person")),
        ("chat", gettext("chat")),
        ("other", gettext("other way")),
    ]


def timeline(
    session: Session, case_id: int, *, counsel_id: int = 0, before: int = 0
) -> Sequence[Entry]:
    """Return one page of a record's lines, the newest first; of one counsel, before a line."""
    wanted = sa.select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq.desc())
    if counsel_id:
        wanted = wanted.where(Entry.counsel_id == counsel_id)
    if before:
        wanted = wanted.where(Entry.seq < before)
    return session.scalars(wanted.limit(ON_A_PAGE + 1)).all()


@bp.get("/cases/<int:case_id>/record")
@signed_in
def case_record(case_id: int) -> str:
    """Show the record of a case by pages, of all or of one counsel, and whether its chain holds.

    A long chain is checked only where that is asked for.
    """
    session = db.session()
    case = queries.whole(session, current_user.court_id, case_id)
    counsel_id, before = _number("counsel"), _number("before")
    lines = timeline(session, case.id, counsel_id=counsel_id, before=before)
    head = session.get(ChainHead, case.id)
    count = head.seq if head else 0
    check = count <= CHECKED_AT_ONCE or bool(request.args.get("check"))
    return render_template(
        "notices/record.html",
        case=case,
        counsel_id=counsel_id,
        lines=lines[:ON_A_PAGE],
        older=lines[ON_A_PAGE - 1].seq if len(lines) > ON_A_PAGE else 0,
        before=before,
        count=count,
        finding=ledger.verify(session, case.id) if check else None,
        zone=case.court.zone,
    )


def _number(name: str) -> int:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


@bp.post("/notices/<int:notice_id>/again")
@signed_in
def again(notice_id: int) -> Any:
    """Send a message again whose outcome is unknown, failed or missed."""
    court_id = current_user.court_id

    def queue(session: Session) -> tuple[str, int, str]:
        notice = resend.find(session, court_id, notice_id)
        made = resend.again(session, notice, web.now())
        return notice.about, notice.case_id, made.name

    about, case_id, name = retrying(queue)
    flash(gettext("The message to %(name)s is in the queue again.", name=name), "yes")
    kind, _, row = about.partition("/")
    if kind == "hearing" and row.isdigit():
        return redirect(url_for("hearings.shown", hearing_id=int(row)), 303)
    return redirect(url_for("notices.case_record", case_id=case_id), 303)


@bp.route("/cases/<int:case_id>/counsel", methods=["GET", "POST"])
@signed_in
@shows_again
def add_counsel(case_id: int) -> Any:
    """Let a further counsel act for a party of a case."""
    case = queries.whole(db.session(), current_user.court_id, case_id)
    if request.method == "GET":
        return _counsel_form(case, None, form_fields.blank_counsel())
    party = request.form.get("party", "")
    party_id = int(party) if party.isdigit() and len(party) < 19 else 0
    court_id = current_user.court_id

    def add(session: Session, checked: dict[str, Any]) -> str:
        found = service.find_case(session, court_id, case_id)
        court = session.get_one(Court, court_id)
        return changes.add_counsel(session, court, found, party_id, checked).counsel.name

    return _take(case_id, None, add)


@bp.route("/cases/<int:case_id>/counsel/<int:seat_id>", methods=["GET", "POST"])
@signed_in
@shows_again
def change_counsel(case_id: int, seat_id: int) -> Any:
    """Change what is known of a counsel; what waits for them goes to the new address."""
    case = queries.whole(db.session(), current_user.court_id, case_id)
    seat = queries.seat(db.session(), case, seat_id)
    if request.method == "GET":
        return _counsel_form(case, seat, _as_typed(seat))
    court_id = current_user.court_id

    def change(session: Session, checked: dict[str, Any]) -> str:
        found = service.find_case(session, court_id, case_id)
        held = queries.seat(session, found, seat_id)
        given = {name: request.form.get(name, "") for name in form_fields.COUNSEL}
        if edit_conflicts.changed(request.form.get("stood", ""), _as_typed(held), given):
            raise Clash(N_("Somebody changed this while you were typing."))
        if request.form.get("do") == "leave":
            changes.leave(held, web.now())
            return held.counsel.name
        counsel = changes.change_counsel(session, found.court, held, checked)
        resend.readdress(session, counsel)
        return counsel.name

    return _take(case_id, seat_id, change)


def _take(case_id: int, seat_id: int | None, work: Any) -> Any:
    given = {name: request.form.get(name, "") for name in form_fields.COUNSEL}
    court_id = current_user.court_id
    if only_shown():
        case = queries.whole(db.session(), court_id, case_id)
        seat = queries.seat(db.session(), case, seat_id) if seat_id else None
        return _counsel_form(case, seat, given)
    try:
        checked = forms.load(forms.CounselIn(), form_fields.counsel_input(given))
        name = retrying(lambda session: work(session, checked))
    except (Invalid, Refusal) as fault:
        case = queries.whole(db.session(), court_id, case_id)
        seat = queries.seat(db.session(), case, seat_id) if seat_id else None
        errors = said_errors(fault) if isinstance(fault, Invalid) else {}
        now = _as_typed(seat) if seat else {}
        theirs = edit_conflicts.changed(request.form.get("stood", ""), now, given)
        refused = web.said(fault.message) if isinstance(fault, Refusal) and not theirs else ""
        page = _counsel_form(case, seat, given, errors=errors, refused=refused, changes=theirs)
        return page, web.status_of(fault)
    flash(gettext("What is known of %(name)s is kept.", name=name), "yes")
    return redirect(url_for("hearings.case", case_id=case_id), 303)


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
        stood=edit_conflicts.stood(_as_typed(seat)) if seat else "",
        **{"errors": {}, "refused": "", "changes": [], **more},
    )


def _as_typed(seat: Representation) -> dict[str, str]:
    counsel = seat.counsel

    def day(on: dt.date | None) -> str:
        return on.isoformat() if on else ""

    return {
        "name": counsel.name,
        "firm": counsel.firm,
        "email": counsel.email,
        "phone": counsel.phone,
        "language": counsel.language,
        "zone": counsel.zone,
        "travel_minutes": str(counsel.travel_minutes or ""),
        "channels": ",".join(counsel.channels),
        "required": "1" if seat.required else "0",
        "address_confirmed_on": day(counsel.address_confirmed_on),
        "electronic_consent_on": day(counsel.electronic_consent_on),
    }
