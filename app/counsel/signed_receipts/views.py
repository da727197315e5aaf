"""Signed receipts: a list of what counsel did in the case, and for each the receipt to keep."""

from functools import partial
from typing import NoReturn

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection
from app.counsel.page_state import CasePage
from app.evidence import issued_receipts, receipts
from app.evidence.issued_receipts import IssuedReceipt
from app.record.models import Entry


def act(page: CasePage, number: int) -> Entry | None:
    """Return the entry of one act of this counsel by its number in the case, None if it is none."""
    whose = receipts.of_counsel(page.counsel.id)
    return receipts.act(db.session(), page.case.id, whose, number)


def _issued(page: CasePage, number: int) -> IssuedReceipt:
    """Return the signed receipt for an act of this counsel. Aborts with 404, or 503 without key."""
    entry = act(page, number)
    return issued_receipts.issue_or_refuse(page.case, entry, partial(_refuse, page))


def _refuse(page: CasePage, status: int, reason: str) -> NoReturn:
    rejection = Rejection(status, reason)
    words = access.render("counsel/signed_receipts/missing.html", page, rejection)
    abort(make_response(words, status))


def _number() -> int:
    return row_number(request.args.get("number", "")) or 0


@access.case_page
def show_all(page: CasePage) -> ResponseReturnValue:
    """List what this counsel did in the case, newest first, each with its receipt."""
    whose = receipts.of_counsel(page.counsel.id)
    entries = receipts.acts(db.session(), page.case.id, whose)
    return access.render("counsel/signed_receipts/list.html", page, entries=entries)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the signed receipt for one act, with a QR code that anybody's phone can check."""
    return render_receipt(page, _number(), NOT_REJECTED)


def render_receipt(page: CasePage, number: int, rejection: Rejection) -> str:
    """Render a signed receipt, and why it was not sent by mail if it was not."""
    return access.render(
        "counsel/signed_receipts/receipt.html",
        page,
        rejection,
        issued=_issued(page, number),
        mail_to=page.delegate.email if page.delegate else page.counsel.email,
        is_sent=request.args.get("done") == "sent",
    )


@access.case_page
def show_json(page: CasePage) -> ResponseReturnValue:
    """Return the signed receipt for one act as a file."""
    return _issued(page, _number()).as_file()
