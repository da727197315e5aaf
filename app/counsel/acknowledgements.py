"""Acknowledgements: counsel confirms on their page that they know the date."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.counsel import access, page
from app.counsel.access import PAGE_RATE, Rejection, StalePage, Submission
from app.counsel.page_state import CounselPage
from app.hearings.answers import acknowledgements


@dataclass(frozen=True)
class AcknowledgementForm:
    """Button below a date; ``revision`` is that of the date shown, or None if it is no number."""

    revision: int | None


def read(request: Request) -> AcknowledgementForm:
    """Return the form of a request."""
    revision = request.form.get("revision", "")
    return AcknowledgementForm(
        int(revision) if revision.isdecimal() and len(revision) < 10 else None
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
    invitation_id = submission.invitation.id
    acknowledgements.acknowledge(session, invitation_id, revision, submission.now)
