"""Counsel names somebody who may act for them, sees who may, and ends it by a press."""

import sqlalchemy as sa
from flask import Request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.characters import clean
from app.core.db import db
from app.core.errors import N_, Invalid, Message
from app.core.web.params import row_number
from app.core.wording import MOST_TYPED, one_line
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.case_hearings import CaseHearing, HearingStatus
from app.counsel.page_state import CasePage, CountedFor
from app.delegates import queries, rules, service
from app.delegates.rules import DelegateInput
from app.delegates.service import ActsForOtherSide

STALE = N_("Nothing was changed: this page is out of date. Please press the button once more.")


def read(request: Request) -> DelegateInput:
    """Return the delegate of a request."""
    form = request.form

    def line(name: str) -> str:
        return one_line(clean(form.get(name, "")[:MOST_TYPED])).strip()

    return DelegateInput(
        name=line("name"),
        email=line("email"),
        phone=line("phone"),
        language=form.get("language", "")[:8],
        may_answer=form.get("may") == "answer",
        copies=form.get("copies") == "1",
        hearing_id=row_number(form.get("for", "")) or 0,
        until=line("until"),
    )


def _empty(page: CasePage) -> DelegateInput:
    """Return the form as it is first shown: for the hearing that the page is about."""
    hearing_id = access.hearing_id(page)
    ahead = [each.id for each in _hearings_ahead(page)]
    for_hearing = hearing_id if hearing_id in ahead else 0
    return DelegateInput(language=page.counsel.language, hearing_id=for_hearing or 0)


def _hearings_ahead(page: CasePage) -> list[CaseHearing]:
    now = web.now()
    return [
        each
        for each in page.hearings
        if each.invitation_id is not None
        and each.status is not HearingStatus.CANCELLED
        and (each.ends_at is None or each.ends_at > now)
    ]


def render(page: CasePage, form: DelegateInput, rejection: Rejection) -> str:
    """Render who may act for counsel, and the form to name somebody."""
    delegates = queries.of_representation(db.session(), page.representation.id, web.now())
    active = [each for each in delegates if each.ended is None]
    return access.render(
        "counsel/delegates/page.html",
        page,
        rejection,
        form=form,
        active=active,
        ended=[each for each in delegates if each.ended is not None],
        hearings_ahead=_hearings_ahead(page),
        limits=rules,
        may_name=len(active) < rules.MAX_ACTIVE,
    )


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many delegates counsel named; some may act no longer."""
    return queries.counting(of.representation_id)


def line(page: CasePage, _count: int) -> str:
    """Return who may act for counsel, for the list on counsel's page; "" if nobody may."""
    delegates = queries.of_representation(db.session(), page.representation.id, web.now())
    active = [each.delegate.name for each in delegates if each.ended is None]
    if not active:
        return ""
    names = wording.listed(active, web.language())
    return gettext("%(names)s may act for you", names=names)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show who may act for counsel, and the form to name somebody."""
    return render(page, _empty(page), NOT_REJECTED)


@access.case_act(read, render, then="counsel.delegates", stale=STALE)
def submit(session: Session, submission: CaseSubmission[DelegateInput]) -> object:
    """Name a delegate; of one who acts for another side only the try is kept, for the court."""
    representation, typed, now = submission.representation, submission.form, submission.now
    try:
        return service.name(session, representation, typed, now, web.secret())
    except ActsForOtherSide as refusal:
        service.note_refusal(session, representation, typed, refusal.fields, now)
        return refusal


def read_end(request: Request) -> int:
    """Return the id of the delegate whom a request ends, or 0."""
    return row_number(request.form.get("delegate", "")) or 0


def _render_end(page: CasePage, _delegate_id: int, rejection: Rejection) -> str:
    return render(page, _empty(page), rejection)


@access.case_act(read_end, _render_end, then="counsel.delegates", stale=STALE)
def end(session: Session, submission: CaseSubmission[int]) -> None:
    """End what a delegate may do; a press without a choice ends nothing."""
    delegate_id = submission.form
    if not delegate_id:
        raise Invalid({"delegate": Message(N_("Choose who is to act for you no longer."))})
    service.end_by_counsel(session, submission.representation, delegate_id, submission.now)
