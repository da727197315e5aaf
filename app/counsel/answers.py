"""Answers: counsel answers a proposal, a choice for each slot, or none of them suits."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.cases.models import Delegate
from app.core import web
from app.core.errors import N_, Clash, Invalid, Message, Refusal
from app.core.half_days import HalfDay
from app.counsel import access, page
from app.counsel.access import PAGE_RATE, Rejection, Submission
from app.counsel.page_state import CounselPage
from app.hearings.acting_counsel import ActingCounsel
from app.hearings.answers import forms, service
from app.hearings.answers.forms import AnswerForm
from app.hearings.availability import away
from app.hearings.availability.away import AwayFields
from app.hearings.availability.half_day_choice import half_day_calendar
from app.hearings.models import AnswerChoice, Hearing, Invitation, ProposalState

STALE = N_(
    "Nothing was recorded: the page that you answered on is no longer current. "
    "Please look at the slots below and submit once more."
)


@dataclass(frozen=True)
class ProposalForm:
    """Answer as typed, and the days on which counsel is away, which may be given beside it.

    ``seen`` tells which answer the page showed, None where it does not say.
    """

    answer: AnswerForm
    days_away: AwayFields
    seen: str | None = None


def read(request: Request) -> ProposalForm:
    """Return the form of a request."""
    seen = request.form.get("seen")
    return ProposalForm(forms.parse(request.form), away.parse(request.form), seen)


def render(current: CounselPage, form: ProposalForm, rejection: Rejection) -> ResponseReturnValue:
    """Render the page with all that was typed, each error beside its field.

    If no answer is taken any more, the page shows the hearing as it is, with status 410.
    """
    if not current.open:
        over = gettext("Your answer was not recorded: the time to answer is over.")
        message = rejection.message if rejection.status == 410 else over
        return page.render(current, Rejection(410, message)), 410
    errors, message = dict(rejection.errors), rejection.message
    away_errors = {str(name): errors.pop(name) for name in ("from", "until") if name in errors}
    fields = {
        "none",
        "half-days",
        "comment",
        *(f"slot-{slot.id}" for slot in current.proposal.slots),
    }
    if not fields.issuperset(errors):  # a slot of another proposal
        message = gettext(STALE)
    return page.render(
        current,
        Rejection(rejection.status, message, errors),
        answer_form=form.answer,
        days_away_form=form.days_away,
        days_away_errors=away_errors,
    )


@access.act(read, render, then="counsel.page", stale=STALE, rate=PAGE_RATE)
def submit(session: Session, submission: Submission[ProposalForm]) -> None:
    """Take an answer, and the days away given beside it: both or neither.

    Half-days count where no slot suits; beside any other answer they are what is left of a choice
    that was taken back.

    An answer that is the recorded one already is no new choice: a machine may have sent it.
    """
    invitation, now = submission.invitation, submission.now
    form, days = submission.form.answer, submission.form.days_away
    today = now.astimezone(ZoneInfo(invitation.hearing.case.court.zone)).date()
    try:
        says, comment = forms.validate(form, {slot.id for slot in invitation.slots})
    except Invalid as invalid:
        raise Invalid({**invalid.errors, **away.errors_of(days, today)}) from None
    proposal = invitation.proposal
    changeable = proposal.state == ProposalState.OPEN and now < proposal.answer_by
    suits_none = set(says.values()) == {AnswerChoice.NO.value}
    half_days: tuple[HalfDay, ...] = ()
    if suits_none and form.half_days and changeable:
        half_days = _half_days(session, submission, away.errors_of(days, today))
    recorded = (
        invitation.own.says == says
        and invitation.invitation.comment == comment
        and service.offered_half_days(session, invitation.id) == half_days
    )
    if days == away.EMPTY and changeable and recorded:
        return
    _check_delegate(session, submission)
    key = forms.submission_key(submission.nonce, says, comment, half_days)
    answer = service.AnswerInput(says, comment, key, half_days, submission.delegate)
    service.take(session, invitation, answer, now, web.secret())
    if days != away.EMPTY:
        invited = ActingCounsel.invited(session.get_one(Invitation, invitation.id))
        away.add_days(session, invited, days, now)


def _check_delegate(session: Session, submission: Submission[ProposalForm]) -> None:
    """Refuse what a delegate may not do, and an answer over one that its author has not seen.

    Counsel and a delegate may both answer; days away hold for all of counsel's cases.
    """
    form, delegate, invitation = submission.form, submission.delegate, submission.invitation
    if delegate is not None and form.days_away != away.EMPTY:
        words = N_("Days away hold for all of %(name)s's cases: only they can give them.")
        raise Refusal(words, name=delegate.counsel)
    stored, delegate_id = invitation.invitation, delegate.id if delegate else None
    if not invitation.own.says or stored.delegate_id == delegate_id:
        return
    if form.seen in (None, stored.nonce):
        return
    other = session.get(Delegate, stored.delegate_id) if stored.delegate_id else None
    raise Clash(
        N_("%(name)s has answered meanwhile, and nothing was changed. See the answer below."),
        name=other.name if other else stored.counsel.name,
    )


def _half_days(
    session: Session, submission: Submission[ProposalForm], other_errors: Mapping[str, Message]
) -> tuple[HalfDay, ...]:
    """Return the half-days that counsel offers instead. Raises Invalid, with the other errors."""
    invitation = submission.invitation
    hearing = session.get_one(Hearing, invitation.hearing.id)
    counsel_id = invitation.invitation.counsel_id
    try:
        calendar = half_day_calendar(session, hearing, counsel_id, submission.now)
        return calendar.choose(submission.form.answer.half_days)
    except Invalid as invalid:
        raise Invalid({**invalid.errors, **other_errors}) from None
