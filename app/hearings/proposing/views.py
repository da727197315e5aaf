"""Propose, ask again, move: typed on one page, shown there as messages, then sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Case
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, NotFound, Refusal, RuleWarning
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import page_number, row_number, translated_errors
from app.hearings import queries, service
from app.hearings.models import Draft, Hearing, HearingState, ProposalState
from app.hearings.proposing import drafts, form_fields, prefill, preview
from app.hearings.proposing import page as proposal_page
from app.hearings.proposing.form_fields import ProposalFields
from app.hearings.proposing.page import ProposalContext, SendOrder
from app.hearings.proposing.subject import ProposalSubject
from app.hearings.rules import MoveCause
from app.hearings.scheduling import CourtContext
from app.hearings.sittings.rules import MOST_SITTINGS
from app.people.models import User

bp = Blueprint("proposing", __name__)

LARGEST = 2**62
REASON_TO_COME = "…"


@bp.route("/hearings/new", methods=["GET", "POST"])
@signed_in
@shows_again
def new() -> Any:
    """Propose a hearing: which case, then slots and who is asked, then the messages, then send."""
    asked = (request.form.get("case_id") or request.args.get("case_id", "")).strip()
    if not asked:
        return _which()
    if not (asked.isascii() and asked.isdigit() and int(asked[:20]) < LARGEST):
        raise NotFound(N_("There is no case %(case)s in this court."), case=asked[:40])
    return _open(ProposalContext(int(asked)))


def _which() -> Any:
    """Show cases to choose from; a search that means one case leads on to it."""
    session, court_id = db.session(), current_user.court_id
    asked, page = request.args.get("find", "")[:200].strip(), page_number()
    selection = form_fields.parse_selection(request.args)
    query: dict[str, Any] = dict(selection.as_query()) if selection else {}
    if asked and page == 1 and (case := cases.only_match(session, court_id, asked)):
        return redirect(url_for("proposing.new", case_id=case.id, **query))
    rows, more = cases.search_cases(session, court_id, asked, page)
    return render_template(
        "proposing/which_case.html",
        cases=rows,
        more=more,
        page=page,
        asked=asked,
        selection=query,
        errors=proposal_page.selection_errors(selection) if selection else {},
    )


@bp.route("/hearings/<int:hearing_id>/round", methods=["GET", "POST"])
@signed_in
@shows_again
def another(hearing_id: int) -> Any:
    """Ask about a hearing again, or move it."""
    if hearing_id >= LARGEST:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    hearing = queries.find_hearing(db.session(), current_user.court_id, hearing_id)
    if hearing.state == HearingState.CANCELLED:
        flash(gettext("This hearing is cancelled: propose a new one."), "due")
        return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)
    if hearing.outcome:
        return redirect(url_for("proposing.new", case_id=hearing.case_id, after=hearing_id), 303)
    panel = request.values.get("panel") == "1"
    if panel and hearing.sitting_count > 1:
        words = N_("This hearing has several sittings: move it on its own page, not here.")
        raise Refusal(words)
    return _open(ProposalContext(hearing.case_id, hearing.id, panel=panel))


def _open(about: ProposalContext) -> Any:
    subject = proposal_page.load_subject(about)
    if request.method == "GET":
        return _opened(about, subject)
    form, do = form_fields.parse(request.form.items()), request.form.get("do", "preview")
    do = "change" if only_shown() else do
    if do == "discard":
        _delete_draft(about)
        return redirect(about.address, 303)
    if do != "send" and not about.panel:
        _save_draft(about, form)
    if do == "keep":
        return "", 204
    subject = proposal_page.load_subject(about)  # the transaction above has ended that of before
    if do == "suggest":
        form = form_fields.drop_empty_rows(form)
        now = web.now()
        if form.days.strip() and prefill.typed_days(form) is None:
            words = gettext("Enter a number from 1 to %(most)s.", most=MOST_SITTINGS)
            return proposal_page.render_form(about, form, subject, errors={"days": words}), 422
        form = prefill.add_suggestions(subject, form, now)
        return proposal_page.render_form(about, form, subject)
    if do not in ("preview", "send"):
        form = form_fields.apply_action(form, do, subject.working.has)
        return proposal_page.render_form(about, form, subject)
    # Nothing leaves that nobody has looked at: only a preview has the key that sending needs.
    form = form_fields.drop_empty_rows(form)
    shown = form_fields.is_key(form.once) and form.seen == proposal_page.seal(form)
    return _submit(about, form, send=do == "send" and shown)


def _opened(about: ProposalContext, subject: ProposalSubject) -> Any:
    """Show the user's draft, or else a prefilled form; the panel shows the messages at once."""
    draft = drafts.find(db.session(), current_user.id, about.key)
    selection = form_fields.parse_selection(request.args)
    if draft is not None and selection is None:
        fields = form_fields.from_json(draft.fields)
        return proposal_page.render_form(about, fields, subject, draft=draft)
    earlier = _earlier(subject.case) if subject.hearing is None else None
    form = prefill.prefilled(subject, web.now(), earlier=earlier, language=web.language())
    form.reason = _suggested_reason(subject)
    if selection is not None:
        form = form_fields.with_selection(form, selection)
        if about.panel:
            return _submit(about, form, send=False)
        errors = proposal_page.selection_errors(selection)
        page = proposal_page.render_form(about, form, subject, errors=errors)
        return page, 422 if errors else 200
    return proposal_page.render_form(about, form, subject, suggested=True)


def _earlier(case: Case) -> Hearing | None:
    """Return the hearing of the case that the new one continues, as a link says, or None."""
    hearing_id = row_number(request.args.get("after", ""))
    hearing = db.session().get(Hearing, hearing_id) if hearing_id else None
    return hearing if hearing is not None and hearing.case_id == case.id else None


def _save_draft(about: ProposalContext, form: ProposalFields) -> None:
    user_id, now = current_user.id, web.now()
    retrying(lambda session: drafts.save(session, user_id, about.key, about.case_id, form, now))


def _delete_draft(about: ProposalContext) -> None:
    user_id = current_user.id
    retrying(lambda session: drafts.delete(session, user_id, about.key))


@bp.app_template_global()
def move_causes() -> list[tuple[str, str]]:
    """Return what a move of the court's own accord can be counted as, with its words."""
    return [(cause.value, gettext(cause.label)) for cause in MoveCause]


@bp.app_template_global()
def my_drafts(case_id: int | None = None) -> Sequence[Draft]:
    """Return the drafts of the signed-in user."""
    return drafts.list_drafts(db.session(), current_user, case_id)


def _suggested_reason(subject: ProposalSubject) -> str:
    """Suggest the reason for a further proposal where it is plain."""
    hearing, last = subject.hearing, subject.last
    if hearing is None or hearing.starts_at is not None or last is None:
        return ""
    if last.state == ProposalState.LAPSED:
        return gettext("Nothing was agreed in time.")
    silent = any(each.required and not each.answered_at for each in last.invitations)
    return "" if silent else gettext("No slot suited everybody.")


def _submit(
    about: ProposalContext,
    form: ProposalFields,
    *,
    send: bool,
    errors: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """Preview or send a form; refusals are shown on it, with all that was typed.

    ``errors`` of its fields are shown beside the preview.
    """
    if not form_fields.is_key(form.once):
        form.once = str(uuid.uuid4())
    order = None
    try:
        # The panel shows who is to be told before a reason is typed; nothing is sent without one.
        blank = about.panel and not send and not form.reason.strip()
        order = _order(about, replace(form, reason=REASON_TO_COME) if blank else form)
        if send:
            return _send(order)
        return proposal_page.with_messages(order, form, errors=errors), 422 if errors else 200
    except service.AlreadySent as before:
        _delete_draft(about)
        flash(gettext("This was sent before; nothing was sent a second time."), "due")
        return redirect(url_for("hearing.shown", hearing_id=before.hearing_id), 303)
    except NotFound:
        raise
    except Invalid as fault:
        found = {form_fields.field_of(k): words for k, words in translated_errors(fault).items()}
        if about.panel and send and found.keys() == {"reason"}:
            return _submit(about, form, send=False, errors=found)
        return proposal_page.render_form(about, form, errors=found), 422
    except RuleWarning as fault:
        assert order is not None
        missing = {"override_reason": gettext("Enter a reason, or change the slots.")}
        return proposal_page.with_messages(order, form, errors=missing), web.status_of(fault)
    except Refusal as fault:
        conflicts = proposal_page.conflicts_by_field(order, fault) if order else {}
        refused = "" if conflicts else proposal_page.refusal_words(about, fault, form.stood)
        form.stood = proposal_page.form_version(about)
        page = proposal_page.render_form(about, form, errors=conflicts, refused=refused)
        return page, web.status_of(fault)


def _order(about: ProposalContext, form: ProposalFields) -> SendOrder:
    """Load a form and bind its use case. Raises Invalid, with every error."""
    user_id, now, secret = current_user.id, web.now(), web.secret()
    zone = ZoneInfo(current_user.court.zone)

    def context(session: Session) -> CourtContext:
        user = session.get_one(User, user_id)
        return CourtContext(user.court, user, now, secret)

    if about.hearing_id is None:
        hearing_form = form_fields.load_hearing(form, about.case_id, zone)
        uid = form_fields.hearing_uid(form.once, user_id)
        return SendOrder(
            about,
            hearing_form,
            lambda session, reason: service.propose(
                session,
                context(session),
                replace(hearing_form, override_reason=reason),
                uid=uid,
                version=form.stood,
            ),
        )
    hearing_id = about.hearing_id
    move_form = form_fields.load_move(form, zone)
    return SendOrder(
        about,
        move_form,
        lambda session, reason: service.move(
            session,
            context(session),
            hearing_id,
            replace(move_form, override_reason=reason),
            version=form.stood,
        ),
    )


def _send(order: SendOrder) -> Any:
    now, user_id = web.now(), current_user.id

    def done(session: Session) -> tuple[int, list[str], int]:
        last = preview.newest_notice_id(session)
        hearing = order.work(session, order.form.override_reason)
        session.flush()
        drafts.delete(session, user_id, order.about.key)
        sent = [
            each
            for each in preview.queued_notices(session, hearing.case_id, last)
            if each.due_at <= now
        ]
        return hearing.id, list(dict.fromkeys(each.name for each in sent)), len(sent)

    hearing_id, names, count = retrying(done)
    counts = {"count": count, "names": _listed(names)}
    if order.form.answer_by is None:
        flash(
            gettext("The date is set. Messages on their way: %(count)s, to %(names)s.", **counts),
            "ok",
        )
    else:
        by = wording.moment(order.form.answer_by, current_user.court.zone, web.language())
        flash(
            gettext(
                "All sides are asked. Messages on their way: %(count)s, to %(names)s. "
                "They can answer until %(when)s.",
                when=by,
                **counts,
            ),
            "ok",
        )
    page = proposal_page.load_page(order.about, proposal_page.load_subject(order.about))
    if unreachable := page.unreachable:
        flash(
            gettext(
                "No message can reach %(names)s: call them, and log the call.",
                names=_listed(unreachable),
            ),
            "bad",
        )
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _listed(names: list[str]) -> str:
    return ("、" if web.language() == "zh" else ", ").join(names)
