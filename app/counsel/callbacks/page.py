"""Callbacks: counsel asks the court to call them."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db
from app.core.wording import one_line
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.callbacks import service
from app.counsel.callbacks.service import CallbackRequest
from app.counsel.page_state import CasePage, CountedFor
from app.hearings.acting_counsel import ActingCounsel
from app.tasks.models import Task


@dataclass(frozen=True)
class CallbackForm:
    """Form by which counsel asks to be called, as typed.

    ``hearing_id`` is the hearing from whose page it was sent, None for none.
    """

    phone: str = ""
    wish: str = ""
    topic: str = ""
    hearing_id: int | None = None


def read(request: Request) -> CallbackForm:
    """Return the form of a request."""
    phone, wish, topic = (request.form.get(name, "")[:2000] for name in ("phone", "wish", "topic"))
    return CallbackForm(phone, wish, topic, access.sent_hearing(request))


def _pending(page: CasePage) -> Task | None:
    return service.open_callback(db.session(), page.case.id, page.counsel.id)


def render(page: CasePage, form: CallbackForm, rejection: Rejection) -> str:
    """Render the form, or the request that is open."""
    return access.render(
        "counsel/callbacks.html",
        page,
        rejection,
        callback=_pending(page),
        form=form,
        hearing_id=access.hearing_id(page),
        max_length=service.MAX_LENGTH,
    )


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many requests to be called are open: one or none."""
    return service.counting_open(of.case_id, of.counsel_id)


def line(page: CasePage, _count: int) -> str:
    """Say since when a request is open, for the list on counsel's page; "" if none is."""
    pending = _pending(page)
    if pending is None:
        return ""
    when = wording.moment(pending.created_at, page.court.zone, web.language())
    return gettext("You asked on %(when)s; the court will call you", when=when)


@access.case_page
def show(page: CasePage) -> str:
    """Show the form by which counsel asks to be called, or how long they have waited."""
    return render(page, CallbackForm(), NOT_REJECTED)


@access.case_act(read, render, then="counsel.callbacks")
def submit(session: Session, submission: CaseSubmission[CallbackForm]) -> None:
    """Ask the court to call counsel."""
    form = submission.form
    acting = ActingCounsel.representing(session, submission.representation, form.hearing_id)
    request = CallbackRequest(one_line(form.phone), one_line(form.wish), one_line(form.topic))
    service.request_callback(session, acting, request, submission.now)
