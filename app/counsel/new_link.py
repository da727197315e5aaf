"""New link: counsel asks for one, where somebody else may have theirs; the old ones end."""

from flask import Request
from sqlalchemy.orm import Session

from app.core import web
from app.core.errors import N_
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.page_state import CasePage
from app.hearings.answers import key_renewal


def read(_request: Request) -> None:
    """Read nothing: the form has nothing to fill in."""


def render(page: CasePage, _form: None, rejection: Rejection) -> str:
    """Render what follows, and the button."""
    return access.render("counsel/new_link.html", page, rejection, most=key_renewal.MOST_IN_A_DAY)


@access.case_page
def show(page: CasePage) -> str:
    """Show what follows when counsel asks for a new link."""
    return render(page, None, NOT_REJECTED)


@access.case_act(
    read,
    render,
    then="counsel.page",
    unsure=N_("Your link is as it was. Tick that it is to end, then press the button."),
)
def submit(session: Session, submission: CaseSubmission[None]) -> None:
    """End the link by which the page was opened, and send a new one."""
    key_renewal.renew_on_request(
        session, submission.representation, submission.token, submission.now, web.secret()
    )
