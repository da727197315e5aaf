"""Counsel has one of their signed receipts sent by mail."""

from flask import Request, url_for
from sqlalchemy.orm import Session

from app.core import web
from app.core.errors import N_, NotFound
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import CaseSubmission, Destination, Rejection
from app.counsel.page_state import CasePage
from app.counsel.signed_receipts import issuing
from app.counsel.signed_receipts.views import render_receipt
from app.evidence import receipt_mail, receipts, signing_keys


def read(request: Request) -> int:
    """Return the number of the entry whose receipt is to be sent."""
    return row_number(request.form.get("number", "")) or 0


def render(page: CasePage, number: int, rejection: Rejection) -> str:
    """Render the receipt again, if there is one of this number, with why it was not sent."""
    if issuing.act(page, number) is None:
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
    """Send a receipt to counsel's own mail address."""
    representation, now = submission.representation, submission.now
    case, settings = representation.party.case, web.services().settings
    entry = receipts.act(session, case.id, representation.counsel_id, submission.form)
    if entry is None:
        raise NotFound(N_("There is no such receipt."))
    key = signing_keys.load(settings.signing_key)
    signing_keys.publish(session, key, now)
    receipt = receipts.issue(session, case, entry, key, now)
    address = settings.public_url + url_for("signed_receipts.verify")
    receipt_mail.send(session, representation, entry, receipt, address, now)
    return Destination("counsel.signed_receipt", {"number": entry.seq})
