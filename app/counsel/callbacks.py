"""Callbacks: counsel asks the court to call them."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core.wording import one_line
from app.counsel import access, service
from app.counsel.access import NOT_REJECTED, Rejection, Submission
from app.counsel.page_state import CounselPage


@dataclass(frozen=True)
class CallbackForm:
    """Form by which counsel asks to be called, as typed."""

    phone: str = ""
    wish: str = ""


def read(request: Request) -> CallbackForm:
    """Return the form of a request."""
    return CallbackForm(*(request.form.get(name, "")[:2000] for name in ("phone", "wish")))


def render(page: CounselPage, form: CallbackForm, rejection: Rejection) -> str:
    """Render the form, or the request that is open."""
    template = "counsel/callbacks.html"
    return access.render(template, page, rejection, form=form, max_wish=service.MAX_WISH)


@access.page
def show(page: CounselPage) -> str:
    """Show the form by which counsel asks to be called, or how long they have waited."""
    return render(page, CallbackForm(), NOT_REJECTED)


@access.act(read, render, then="counsel.callbacks")
def submit(session: Session, submission: Submission[CallbackForm]) -> None:
    """Ask the court to call counsel."""
    form, invitation_id = submission.form, submission.invitation.id
    phone, wish = one_line(form.phone), one_line(form.wish)
    service.request_callback(session, invitation_id, phone, wish, submission.now)
