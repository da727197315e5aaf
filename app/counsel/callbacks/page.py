"""Callbacks: counsel asks the court to call them."""

from dataclasses import dataclass

from flask import Request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.wording import one_line
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection, Submission
from app.counsel.callbacks import service
from app.counsel.callbacks.service import CallbackRequest
from app.counsel.page_state import CounselPage


@dataclass(frozen=True)
class CallbackForm:
    """Form by which counsel asks to be called, as typed."""

    phone: str = ""
    wish: str = ""
    topic: str = ""


def read(request: Request) -> CallbackForm:
    """Return the form of a request."""
    names = ("phone", "wish", "topic")
    return CallbackForm(*(request.form.get(name, "")[:2000] for name in names))


def render(page: CounselPage, form: CallbackForm, rejection: Rejection) -> str:
    """Render the form, or the request that is open."""
    template = "counsel/callbacks.html"
    return access.render(template, page, rejection, form=form, max_length=service.MAX_LENGTH)


def line(page: CounselPage) -> str:
    """Return whether a request is open, for the list on counsel's page."""
    if page.callback is None:
        return gettext("Say when, and what it is about")
    when = wording.moment(page.callback.created_at, page.court.zone, web.language())
    return gettext("You asked on %(when)s; the court will call you", when=when)


@access.page
def show(page: CounselPage) -> str:
    """Show the form by which counsel asks to be called, or how long they have waited."""
    return render(page, CallbackForm(), NOT_REJECTED)


@access.act(read, render, then="counsel.callbacks")
def submit(session: Session, submission: Submission[CallbackForm]) -> None:
    """Ask the court to call counsel."""
    form, invitation_id = submission.form, submission.invitation.id
    request = CallbackRequest(one_line(form.phone), one_line(form.wish), one_line(form.topic))
    service.request_callback(session, invitation_id, request, submission.now)
