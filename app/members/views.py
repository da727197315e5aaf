"""A member's page: whether they can come to slots, the date, and what they say to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Request, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.core import web
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.forms import TextField
from app.core.ical import feed
from app.counsel import visit_log
from app.counsel.access import NOT_REJECTED, Rejection, StalePage
from app.counsel.page import record_visit
from app.hearings import calendar_events, queries
from app.hearings.answers import forms
from app.hearings.bench import answering, messages
from app.members import access, receipts
from app.members.access import MemberSubmission
from app.members.page import MemberPage
from app.record.rules import Event

bp = Blueprint("member", __name__)
STALE = N_("Nothing was recorded: please look at the dates below and press the button once more.")


@access.page
def show(page: MemberPage) -> ResponseReturnValue:
    """Show the hearing as it is now."""
    agent = visit_log.agent_class(request.method, dict(request.headers))
    if record_visit(_visitor(page), Event.FETCHED, agent):
        page = access.enter(page.token)
    return render(page)


@access.page
def opened(page: MemberPage) -> ResponseReturnValue:
    """Record that a person has the page open, as reported by its script."""
    if not access.sent_from_page(page):
        return "", 422
    if visit_log.agent_class(request.method, dict(request.headers)) == visit_log.UNSEEN:
        record_visit(_visitor(page), Event.OPENED, "person")
    return "", 204


def _visitor(page: MemberPage) -> visit_log.Visitor:
    return visit_log.Visitor(
        court_id=page.hearing.court_id,
        case_id=page.hearing.case_id,
        about=page.hearing.about,
        hearing_id=page.hearing.id,
        attempt=page.invitation.attempt,
        counsel_id=None,
        side=messages.SIDE,
        name=page.name,
    )


@dataclass(frozen=True)
class DateForm:
    """What a member says to the date: that they come or cannot, as typed.

    ``revision`` is that of the date shown, None if it is no number; ``sure`` is a tick, for mail
    scanners press buttons too.
    """

    says: str = ""
    revision: int | None = None
    reason: str = ""
    sure: bool = False


@dataclass(frozen=True)
class SlotsForm:
    """Whether a member can come to each slot, as chosen."""

    says: Mapping[int, str] = field(default_factory=dict)


def render(
    page: MemberPage,
    rejection: Rejection = NOT_REJECTED,
    *,
    slots_form: SlotsForm | None = None,
    date_form: DateForm | None = None,
) -> str:
    """Render the page with what was chosen, or what is recorded."""
    return access.render(
        "members/page.html",
        page,
        rejection,
        says=slots_form.says if slots_form else page.says,
        date_form=date_form or DateForm(),
        max_reason=answering.MAX_REASON,
    )


def read_slots(request: Request) -> SlotsForm:
    """Return the choices of a request."""
    return SlotsForm(forms.parse(request.form).says)


def show_slots(page: MemberPage, form: SlotsForm, rejection: Rejection) -> ResponseReturnValue:
    """Render the page with what was chosen; 410 if no answer is taken any more."""
    if page.is_open:
        return render(page, rejection, slots_form=form)
    over = gettext("Your answer was not recorded: the time to answer is over.")
    return render(page, Rejection(410, rejection.message or over)), 410


@access.act(read_slots, show_slots, stale=STALE)
def answer(session: Session, submission: MemberSubmission[SlotsForm]) -> None:
    """Take whether the member can come to each slot."""
    invitation_id, proposal_id = submission.invitation_id, submission.proposal_id
    hearing, _ = answering.lock(session, invitation_id)
    newest = queries.last_proposal(session, hearing)
    if not proposal_id or newest is None or newest.id != proposal_id:
        raise StalePage
    answering.answer(
        session,
        invitation_id,
        proposal_id,
        submission.form.says,
        submission.nonce[:64],
        web.now(),
        web.secret(),
    )


def read_date(request: Request) -> DateForm:
    """Return what a request says to the date."""
    revision = request.form.get("revision", "")
    return DateForm(
        request.form.get("says", ""),
        int(revision) if revision.isdecimal() and len(revision) < 10 else None,
        request.form.get("reason", ""),
        bool(request.form.get("sure")),
    )


def show_date(page: MemberPage, form: DateForm, rejection: Rejection) -> ResponseReturnValue:
    """Render the page with what was typed."""
    return render(page, rejection, date_form=form)


@access.act(
    read_date,
    show_date,
    stale=N_("Nothing was recorded. Please look at the date and press the button once more."),
)
def date(session: Session, submission: MemberSubmission[DateForm]) -> None:
    """Record that the member comes on the date, or cannot."""
    form, now = submission.form, web.now()
    if form.revision is None:
        raise StalePage
    if form.says == "come":
        if not form.sure:
            raise Refusal(N_("Tick that you will come on this date, then confirm it."))
        answering.confirm(session, submission.invitation_id, form.revision, now)
        return
    if form.says != "cannot":
        raise StalePage
    reason = _reason(form.reason)
    answering.decline(session, submission.invitation_id, form.revision, reason, now)


def _reason(typed: str) -> str:
    """Return the reason for which somebody cannot come. Raises Invalid."""
    if not typed.strip():
        raise Invalid({"reason": Message(N_("Say why you cannot come: only the court reads it."))})
    try:
        return str(TextField(answering.MAX_REASON, lines=True).deserialize(typed.strip()))
    except ValidationError as error:
        raise Invalid({"reason": error.messages[0]}) from None  # type: ignore[dict-item]


@access.page
def calendar_file(page: MemberPage) -> ResponseReturnValue:
    """Return the date as a file, which carries no link. 404 if there is no date."""
    described = messages.member_facts(page.hearing)
    event = calendar_events.fixed_event(page.hearing, web.language(), described)
    if event is None:
        message = gettext("There is no date yet, so there is nothing for a calendar.")
        return render(page, Rejection(404, message)), 404
    court = (page.court.name, web.services().settings.court_address)
    number = page.hearing.case.number
    body = feed.feed(number, [event], stamp=page.hearing.changed_at, organizer=court)
    return body, {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Disposition": 'attachment; filename="hearing.ics"',
    }


bp.add_url_rule("/m/<key>", "page", show)
bp.add_url_rule("/m/<key>", "answer", answer, methods=["POST"])
bp.add_url_rule("/m/<key>/opened", "opened", opened, methods=["POST"])
bp.add_url_rule("/m/<key>/date", "date", date, methods=["POST"])
bp.add_url_rule("/m/<key>/hearing.ics", "calendar_file", calendar_file)
receipts.add_routes(bp)
