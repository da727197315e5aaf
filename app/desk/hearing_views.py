"""A hearing on one page: what is next, who said what, who was reached how; fix and cancel."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.desk import hearing_page
from app.desk.hearing_page import HearingPage
from app.evidence import symmetry
from app.hearings import service, versions
from app.hearings.forms import AgreedSlotIn, CancelIn, FixIn
from app.hearings.models import Hearing, HearingState
from app.hearings.service import CourtContext
from app.people.models import User

bp = Blueprint("hearing", __name__)

NEWEST_LINES, FEW_LINES = 200, 6


@bp.get("/hearings/<int:hearing_id>")
@signed_in
def shown(hearing_id: int) -> str:
    """Show a hearing."""
    return _page(_look(hearing_id))


@bp.get("/hearings/<int:hearing_id>/live")
@signed_in
def live(hearing_id: int) -> Any:
    """Give what changes by itself on a hearing's page; 304 where nothing did."""
    answer = make_response(_page(_look(hearing_id), "desk/_hearing_live.html"))
    answer.add_etag()
    return answer.make_conditional(request)


def _look(hearing_id: int) -> HearingPage:
    return hearing_page.hearing_page(db.session(), current_user.court_id, hearing_id, web.now())


def _page(found: HearingPage, page: str = "desk/hearing.html", **more: Any) -> str:
    told: dict[str, Any] = {"act": "", "typed": {}, "errors": {}, "refused": "", **more}
    # The page has two fields for a reason: what is wrong with one is shown at that one.
    ids = {"slot_id": "fix", "reason": f"{told['act']}-reason"}
    told["faults"] = {ids.get(name, name): words for name, words in told["errors"].items()}
    return render_template(
        page,
        whole=found,
        hearing=found.hearing,
        case=found.hearing.case,
        zone=found.court.zone,
        newest_lines=found.lines[: -NEWEST_LINES - 1 : -1],
        few=FEW_LINES,
        words_of=hearing_page.words_of,
        stood=versions.of_hearing(db.session(), found.hearing),
        symmetry=symmetry.of(db.session(), found.hearing.case, f"hearing/{found.hearing.id}"),
        by_mail_or_text=[each for each in found.contacts if not each.silent],
        unreachable=[each for each in found.contacts if each.acts and each.silent],
        **told,
    )


@bp.post("/hearings/<int:hearing_id>/fix")
@signed_in
@shows_again
def fix(hearing_id: int) -> Any:
    """Fix a slot: by order and with a reason, or without one where all agreed on it."""
    typed = {name: request.form.get(name, "") for name in ("slot_id", "reason")}
    agreed = bool(request.form.get("agreed"))

    def work(session: Session, at: CourtContext) -> Hearing:
        posted = _numbered(typed, agreed)
        if agreed:
            slot_id = load(AgreedSlotIn, posted).slot_id
            return hearing_page.fix_agreed(session, at, hearing_id, slot_id)
        given = load(FixIn, posted)
        return service.fix(session, at, hearing_id, given.slot_id, given.reason)

    return _change(hearing_id, "fix", typed, work, gettext("The date is fixed. All are told now."))


def _numbered(typed: dict[str, str], agreed: bool) -> dict[str, object]:
    """Return what was typed as the schema takes it: a slot that was not chosen is left out."""
    given: dict[str, object] = {} if agreed else {"reason": typed["reason"]}
    slot = typed["slot_id"]
    if slot:
        given["slot_id"] = int(slot) if slot.isascii() and slot.isdigit() else slot
    return given


@bp.post("/hearings/<int:hearing_id>/cancel")
@signed_in
@shows_again
def cancel(hearing_id: int) -> Any:
    """Cancel a hearing, with a reason."""
    typed = {"reason": request.form.get("reason", "")}

    def work(session: Session, at: CourtContext) -> Hearing:
        return service.cancel(session, at, hearing_id, load(CancelIn, typed).reason)

    words = gettext("The hearing is cancelled. All who were asked or told are told now.")
    return _change(hearing_id, "cancel", typed, work, words)


def _change(
    hearing_id: int,
    act: str,
    typed: dict[str, str],
    work: Callable[[Session, CourtContext], Hearing],
    done: str,
) -> Any:
    """Do a use case; what is refused is said on the hearing's page, with all that was typed."""
    user_id, now, secret = current_user.id, web.now(), web.secret()
    stood = request.form.get("stood", "")

    def do(session: Session) -> int:
        user = session.get_one(User, user_id)
        versions.check(session, user.court_id, hearing_id, stood)
        return work(session, CourtContext(user.court, user, now, secret)).id

    if only_shown():
        words = gettext("You are signed in again. Nothing was done: look, then press.")
        return _page(_look(hearing_id), act=act, typed=typed, refused=words)
    try:
        retrying(do)
    except NotFound:
        raise
    except Invalid as fault:
        errors = translated_errors(fault)
        return _page(_look(hearing_id), act=act, typed=typed, errors=errors), 422
    except Refusal as fault:
        found = _look(hearing_id)
        words = _done_before(found, act, typed) or _told(found, fault, stood)
        return _page(found, act=act, typed=typed, refused=words), web.status_of(fault)
    flash(done, "yes")
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _told(found: HearingPage, fault: Refusal, stood: str) -> str:
    """Return a refusal in words; where somebody else was quicker, with what they changed."""
    words = [web.translated(fault.message)]
    if stood and str(fault.message) == versions.CHANGED:
        words += [
            web.translated(each)
            for each in versions.changes_since(db.session(), found.hearing, stood)
        ]
    return "\n".join(words)


def _done_before(found: HearingPage, act: str, typed: dict[str, str]) -> str:
    """Say kindly that what was asked for has been done: a second press, or somebody was quicker."""
    hearing = found.hearing
    if act == "cancel" and hearing.state == HearingState.CANCELLED:
        return gettext("This hearing was cancelled already. Nothing was sent a second time.")
    slots = found.round.round.slots if found.round else []
    chosen = next((slot for slot in slots if str(slot.id) == typed.get("slot_id")), None)
    if act != "fix" or hearing.state != HearingState.FIXED or not hearing.starts_at:
        return ""
    when = wording.span(hearing.starts_at, hearing.ends_at, found.court.zone, web.language())
    if chosen and chosen.starts_at == hearing.starts_at:
        return gettext(
            "This date was fixed already, for %(when)s. Nothing was sent a second time.", when=when
        )
    return gettext(
        "A date was fixed meanwhile: %(when)s. To change it, move the hearing.", when=when
    )
