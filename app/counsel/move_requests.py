"""Move requests: counsel asks for another date, with a reason and a document."""

from dataclasses import dataclass

from flask import Request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import document_types, web, wording
from app.core.db import db
from app.core.document_types import UploadedDocument
from app.core.errors import Invalid, Message
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection, Submission
from app.counsel.page_state import CounselPage
from app.hearings.rescheduling import service


@dataclass(frozen=True)
class MoveRequestForm:
    """Reason as typed, and the document that was sent, if any, or why it is not taken."""

    reason: str = ""
    document: UploadedDocument | None = None
    document_error: Message | None = None


def read(request: Request) -> MoveRequestForm:
    """Return the form of a request; the type of the document is found by its bytes."""
    reason, upload = request.form.get("reason", "").strip(), request.files.get("paper")
    if upload is None or not upload.filename:
        return MoveRequestForm(reason)
    body = upload.stream.read(document_types.LARGEST + 1)
    if error := document_types.fault_of(body):
        return MoveRequestForm(reason, document_error=error)
    media_type = document_types.kind_of(body)
    name = document_types.name_of(upload.filename, media_type)
    return MoveRequestForm(reason, UploadedDocument(name, media_type, body))


def render(page: CounselPage, form: MoveRequestForm, rejection: Rejection) -> str:
    """Render the form, or the request that is open."""
    requests = service.requests_of(db.session(), page.hearing.id, page.counsel.id)
    return access.render(
        "counsel/move_requests.html",
        page,
        rejection,
        form=form,
        move_requests=requests,
        documents=service.documents_of(db.session(), [each.id for each in requests]),
        max_reason=service.MAX_REASON,
    )


def line(page: CounselPage) -> str:
    """Return whether a request is open, for the list on counsel's page."""
    pending = service.open_request(db.session(), page.hearing.id, page.counsel.id)
    if pending is None:
        return gettext("The date stays until the court answers")
    when = wording.moment(pending.created_at, page.court.zone, web.language())
    return gettext("You asked on %(when)s; the court has not answered yet", when=when)


@access.page
def show(page: CounselPage) -> str:
    """Show the form by which counsel asks for another date, or the state of their request."""
    return render(page, MoveRequestForm(), NOT_REJECTED)


@access.act(read, render, then="counsel.move_requests", max_body=document_types.LARGEST_FORM)
def submit(session: Session, submission: Submission[MoveRequestForm]) -> None:
    """Ask the court for another date."""
    form = submission.form
    if form.document_error:
        raise Invalid({"paper": form.document_error})
    invitation_id = submission.invitation.id
    service.request_move(session, invitation_id, form.reason, form.document, submission.now)
