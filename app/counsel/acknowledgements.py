"""Acknowledgements: counsel confirms on their page that they know the date."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.counsel import access, page
from app.counsel.access import PAGE_RATE, Rejection, StalePage, Submission
from app.counsel.page_state import CounselPage
from app.hearings.answers import acknowledgements


@dataclass(frozen=True)
class AcknowledgementForm:
    """Confirmation below a date; ``revision`` is that of the date shown, None if it is no number.

    ``seen`` is ticked by a person: a mail scanner presses the button too.
    """

    revision: int | None
    seen: bool


def read(request: Request) -> AcknowledgementForm:
    """Return the form of a request."""
    revision = request.form.get("revision", "")
    return AcknowledgementForm(
        int(revision) if revision.isdecimal() and len(revision) < 10 else None,
        bool(request.form.get("seen")),
    )


def render(current: CounselPage, _form: AcknowledgementForm, rejection: Rejection) -> str:
    """Render counsel's page with the date of now."""
    return page.render(current, rejection)


@access.act(
    read,
    render,
    then="counsel.page",
    stale=N_("Nothing was recorded. Please look at the date and confirm it once more."),
    rate=PAGE_RATE,
)
def submit(session: Session, submission: Submission[AcknowledgementForm]) -> None:
    """Record that counsel knows the date that the page showed."""
    revision = submission.form.revision
    if revision is None:
        raise StalePage
    if not submission.form.seen:
        raise Refusal(N_("Tick that you have seen the date, then confirm it."))
    invitation_id = submission.invitation.id
    acknowledgements.acknowledge(
        session, invitation_id, revision, submission.now, delegate=submission.delegate
    )
