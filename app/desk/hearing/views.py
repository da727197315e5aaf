"""The page of a hearing: next step, answers, contacts; fix and cancel."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal, RuleWarning
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.desk import confirmations
from app.desk.hearing import page as hearing_page
from app.desk.hearing.page import HearingPage
from app.evidence import symmetry
from app.hearings import service, versions
from app.hearings.bench import changing
from app.hearings.bench.changing import MembersBusy
from app.hearings.forms import AgreedSlotIn, BenchChangeIn, CancelIn, FixIn
from app.hearings.models import Hearing, HearingState
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.hearings.service import CourtContext
from app.people.models import User
from app.record.rows import releases, rows

bp = Blueprint("hearing", __name__)

BENCH_FIELDS = ("bench", "reason", "override_reason", "tell", "whole_case")
MOST_ROWS = 12  # rows of the record on the page; the record's own page has them all


@bp.get("/hearings/<int:hearing_id>")
@signed_in
def shown(hearing_id: int) -> str:
    """Show a hearing."""
    return _whole_page(_load_page(hearing_id))


@bp.get("/hearings/<int:hearing_id>/live")
@signed_in
def live(hearing_id: int) -> Any:
    """Render the live part of a hearing's page, with ETag and 304."""
    response = make_response(_page(_load_page(hearing_id), "desk/_hearing_live.html"))
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/hearings/<int:hearing_id>/live/record")
@signed_in
def live_record(hearing_id: int) -> str:
    """Render the timeline and the record of a hearing's page."""
    view = _load_page(hearing_id)
    return _page(view, "desk/_hearing_record.html", **_record(view))


def _load_page(hearing_id: int) -> HearingPage:
    return hearing_page.hearing_page(db.session(), current_user.court_id, hearing_id, web.now())


def _whole_page(view: HearingPage, **changes: Any) -> str:
    return _page(view, "desk/hearing.html", **_record(view), **changes)


def _record(view: HearingPage) -> dict[str, Any]:
    """Return the context of the timeline and the record, which cost more than all the rest."""
    case = view.hearing.case
    return {
        "releases": releases(rows(view.entries)),
        "most_rows": MOST_ROWS,
        "symmetry": symmetry.of(db.session(), case, view.hearing.about),
    }


def _page(view: HearingPage, page: str, **changes: Any) -> str:
    context: dict[str, Any] = {"act": "", "typed": {}, "errors": {}, "refused": "", **changes}
    # The page has two fields for a reason: an error is shown at the right one.
    ids = {"slot_id": "fix", "reason": f"{context['act']}-reason", "bench": "bench-people"}
    context["faults"] = {
        ids.get(name.split(".")[0], name): words for name, words in context["errors"].items()
    }
    return render_template(
        page,
        view=view,
        hearing=view.hearing,
        case=view.hearing.case,
        zone=view.court.zone,
        answers_of=hearing_page.answers_of,
        version=versions.version_of(view.hearing, view.last),
        by_mail_or_text=[each for each in view.contacts if not each.silent],
        unreachable=[each for each in view.contacts if each.acts and each.silent],
        **context,
    )


@bp.post("/hearings/<int:hearing_id>/fix")
@signed_in
@shows_again
def fix(hearing_id: int) -> Any:
    """Fix a slot: by order, with a reason, or without one if all agreed on it.

    The messages are shown first.
    """
    typed = {name: request.form.get(name, "") for name in ("slot_id", "reason")}
    agreed = bool(request.form.get("agreed"))

    def use_case(session: Session, context: CourtContext) -> Hearing:
        values = _for_schema(typed, agreed)
        if agreed:
            slot_id = load(AgreedSlotIn, values).slot_id
            return hearing_page.fix_agreed(session, context, hearing_id, slot_id)
        form = load(FixIn, values)
        return service.fix(session, context, hearing_id, form.slot_id, form.reason)

    def before(view: HearingPage) -> ConfirmationPage:
        return confirmations.fixing(view, typed["slot_id"], typed["reason"], agreed=agreed)

    success_text = gettext("The date is fixed. The messages go out now.")
    return _change(hearing_id, "fix", typed, use_case, before, success_text)


def _for_schema(typed: dict[str, str], agreed: bool) -> dict[str, object]:
    """Convert the form for the schema: a slot that was not chosen is omitted."""
    values: dict[str, object] = {} if agreed else {"reason": typed["reason"]}
    slot = typed["slot_id"]
    if slot:
        values["slot_id"] = int(slot) if slot.isascii() and slot.isdigit() else slot
    return values


@bp.post("/hearings/<int:hearing_id>/cancel")
@signed_in
@shows_again
def cancel(hearing_id: int) -> Any:
    """Cancel a hearing, with a reason; the messages are shown first."""
    typed = {"reason": request.form.get("reason", "")}

    def use_case(session: Session, context: CourtContext) -> Hearing:
        return service.cancel(session, context, hearing_id, load(CancelIn, typed).reason)

    def before(view: HearingPage) -> ConfirmationPage:
        return confirmations.cancelling(view, typed["reason"])

    success_text = gettext("The hearing is cancelled. The messages go out now.")
    return _change(hearing_id, "cancel", typed, use_case, before, success_text)


@bp.post("/hearings/<int:hearing_id>/bench")
@signed_in
@shows_again
def bench(hearing_id: int) -> Any:
    """Let a hearing have another bench; the messages are shown first, if there are any."""
    typed = {name: request.form.get(name, "") for name in BENCH_FIELDS}
    values = {**typed, "tell": bool(typed["tell"]), "whole_case": bool(typed["whole_case"])}

    def use_case(session: Session, context: CourtContext) -> Hearing:
        return changing.change(session, context, hearing_id, load(BenchChangeIn, values))

    def before(view: HearingPage) -> ConfirmationPage:
        return confirmations.changing_bench(view, load(BenchChangeIn, values))

    success_text = gettext("The bench of this hearing is changed.")
    return _change(hearing_id, "bench", typed, use_case, before, success_text, always=False)


def _change(
    hearing_id: int,
    action: str,
    typed: dict[str, str],
    use_case: Callable[[Session, CourtContext], Hearing],
    before: Callable[[HearingPage], ConfirmationPage],
    success_text: str,
    *,
    always: bool = True,
) -> Any:
    """Show what a use case would send, and run it once that was shown.

    On refusal show the hearing's page with the error and the form's input. Unless ``always``, it is
    run at once where nothing would be sent.
    """
    user_id, now, secret = current_user.id, web.now(), web.secret()
    version = request.form.get("stood", "")

    def run(session: Session) -> int:
        user = session.get_one(User, user_id)
        versions.check(session, user.court_id, hearing_id, version)
        return use_case(session, CourtContext(user.court, user, now, secret)).case_id

    if only_shown():
        text = gettext("You are signed in again. Nothing was done: look, then press.")
        return _whole_page(_load_page(hearing_id), act=action, typed=typed, refused=text)
    try:
        page = before(_load_page(hearing_id))
        if shown := confirmation.page_before(run, page, always=always):
            return shown
        retrying(run)
    except NotFound:
        raise
    except Invalid as fault:
        errors = translated_errors(fault)
        return _whole_page(_load_page(hearing_id), act=action, typed=typed, errors=errors), 422
    except MembersBusy as fault:
        errors = {"bench": web.translated(fault.message)}
        return _whole_page(_load_page(hearing_id), act=action, typed=typed, errors=errors), 409
    except RuleWarning as fault:
        errors = {"override_reason": web.translated(fault.message)}
        return _whole_page(_load_page(hearing_id), act=action, typed=typed, errors=errors), 422
    except Refusal as fault:
        view = _load_page(hearing_id)
        text = _already_done(view, action, typed) or _refusal_text(view, fault, version)
        return _whole_page(view, act=action, typed=typed, refused=text), web.status_of(fault)
    flash(success_text, "ok")
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _refusal_text(view: HearingPage, refusal: Refusal, version: str) -> str:
    """Return the text of a refusal; after a concurrent change, with the list of changes."""
    messages = [web.translated(refusal.message)]
    if version and str(refusal.message) == versions.CHANGED:
        messages += [
            web.translated(each)
            for each in versions.changes_since(db.session(), view.hearing, version)
        ]
    return "\n".join(messages)


def _already_done(view: HearingPage, action: str, typed: dict[str, str]) -> str:
    """Return a message if the action was already done, by a double click or by somebody else."""
    hearing = view.hearing
    if action == "cancel" and hearing.state == HearingState.CANCELLED:
        return gettext("This hearing was cancelled already. Nothing was sent a second time.")
    slots = view.latest.proposal.slots if view.latest else []
    chosen = next((slot for slot in slots if str(slot.id) == typed.get("slot_id")), None)
    if action != "fix" or hearing.state != HearingState.FIXED or not hearing.starts_at:
        return ""
    when = wording.date_of(hearing, view.court.zone, web.language())
    if chosen and chosen.starts_at == hearing.starts_at and chosen.ends_at == hearing.ends_at:
        return gettext(
            "This date was fixed already, for %(when)s. Nothing was sent a second time.", when=when
        )
    return gettext(
        "A date was fixed meanwhile: %(when)s. To change it, move the hearing.", when=when
    )
