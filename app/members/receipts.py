"""Signed receipts of members outside the court: one for each thing that they said."""

from functools import partial
from typing import NoReturn

from flask import Blueprint, Request, abort, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.db import db
from app.core.errors import N_, NotFound, Refusal
from app.core.web.params import row_number
from app.counsel.access import NOT_REJECTED, Destination, Rejection, StalePage
from app.evidence import issued_receipts, receipt_mail, receipts
from app.evidence.issued_receipts import IssuedReceipt
from app.hearings.bench import invitations
from app.hearings.models import MemberInvitation
from app.members import access
from app.members.access import MemberSubmission
from app.members.page import MemberPage
from app.record.models import Entry


def _act(session: Session, invitation: MemberInvitation, number: int) -> Entry | None:
    whose = receipts.of_page(invitation.attempt)
    return receipts.act(session, invitation.hearing.case_id, whose, number)


def _issued(page: MemberPage, number: int) -> IssuedReceipt:
    """Return the signed receipt for an act of this person. Aborts with 404, or 503 without key."""
    entry = _act(db.session(), page.invitation, number)
    return issued_receipts.issue_or_refuse(page.hearing.case, entry, partial(_refuse, page))


def _refuse(page: MemberPage, status: int, reason: str) -> NoReturn:
    rejection = Rejection(status, reason)
    words = access.render("members/receipt.html", page, rejection, issued=None)
    abort(make_response(words, status))


def _number() -> int:
    return row_number(request.args.get("number", "")) or 0


@access.page
def show_all(page: MemberPage) -> ResponseReturnValue:
    """List what this person said about the hearing, newest first, each with its receipt."""
    whose = receipts.of_page(page.invitation.attempt)
    entries = receipts.acts(db.session(), page.hearing.case_id, whose)
    return access.render("members/receipts.html", page, entries=entries)


@access.page
def show(page: MemberPage) -> ResponseReturnValue:
    """Show the signed receipt for one act, with a QR code."""
    return render(page, _number(), NOT_REJECTED)


def render(page: MemberPage, number: int, rejection: Rejection) -> ResponseReturnValue:
    """Render a signed receipt, and why it was not sent by mail if it was not."""
    return access.render(
        "members/receipt.html",
        page,
        rejection,
        issued=_issued(page, number),
        is_sent=request.args.get("done") == "sent",
    )


@access.page
def show_json(page: MemberPage) -> ResponseReturnValue:
    """Return the signed receipt for one act as a file."""
    return _issued(page, _number()).as_file()


def read(request: Request) -> tuple[int, bool]:
    """Return the number of the entry whose receipt is to be sent, and whether the box is ticked."""
    return row_number(request.form.get("number", "")) or 0, request.form.get("sure") == "1"


def show_form(
    page: MemberPage, form: tuple[int, bool], rejection: Rejection
) -> ResponseReturnValue:
    """Show the receipt again, with why it was not sent."""
    return render(page, form[0], rejection)


@access.act(read, show_form, stale=N_("Nothing was sent. Please press the button once more."))
def submit(session: Session, submission: MemberSubmission[tuple[int, bool]]) -> Destination:
    """Send a receipt to the person's own mail address."""
    number, is_sure = submission.form
    invitation = session.get_one(MemberInvitation, submission.invitation_id)
    if not invitations.is_needed(session, invitation):
        raise StalePage
    if not is_sure:
        raise Refusal(N_("Nothing was sent. Tick the box, then press the button."))
    entry = _act(session, invitation, number)
    if entry is None:
        raise NotFound(N_("There is no such receipt."))
    receipt_mail.send(session, receipt_mail.member(invitation), entry, submission.now)
    return Destination("member.signed_receipt", {"number": number, "done": "sent"})


def add_routes(bp: Blueprint) -> None:
    """Add the pages to those of members."""
    bp.add_url_rule("/m/<key>/receipts", "signed_receipts", show_all)
    bp.add_url_rule("/m/<key>/receipt", "signed_receipt", show)
    bp.add_url_rule("/m/<key>/receipt", "signed_receipt_submit", submit, methods=["POST"])
    bp.add_url_rule("/m/<key>/receipt.json", "signed_receipt_json", show_json)
