"""Counsel, or their delegate, has a signed receipt sent by mail."""

from flask import Request
from sqlalchemy.orm import Session

from app.cases.models import Delegate
from app.core.errors import N_, NotFound
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import CaseSubmission, Destination, Rejection
from app.counsel.page_state import CasePage
from app.counsel.signed_receipts.views import act, render_receipt
from app.evidence import receipt_mail, receipts


def read(request: Request) -> int:
    """Return the number of the entry whose receipt is to be sent."""
    return row_number(request.form.get("number", "")) or 0


def render(page: CasePage, number: int, rejection: Rejection) -> str:
    """Render the receipt again, if there is one of this number, with why it was not sent."""
    if act(page, number) is None:
        return access.render("counsel/signed_receipts/missing.html", page, rejection)
    return render_receipt(page, number, rejection)


@access.case_act(
    read,
    render,
    then="counsel.signed_receipts",
    done="sent",
    stale=N_("Nothing was sent. Please press the button once more."),
    unsure=N_("Nothing was sent. Tick the box, then press the button."),
)
def submit(session: Session, submission: CaseSubmission[int]) -> Destination:
    """Send a receipt to the mail address of counsel, or of the delegate who asks for it."""
    representation, now = submission.representation, submission.now
    whose = receipts.of_counsel(representation.counsel_id)
    entry = receipts.act(session, representation.party.case_id, whose, submission.form)
    if entry is None:
        raise NotFound(N_("There is no such receipt."))
    if submission.delegate is None:
        recipient = receipt_mail.counsel(representation)
    else:
        delegate = session.get_one(Delegate, submission.delegate.id)
        recipient = receipt_mail.delegate(representation, delegate)
    receipt_mail.send(session, recipient, entry, now)
    return Destination("counsel.signed_receipt", {"number": entry.seq})
