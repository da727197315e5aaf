"""Signed receipts: a list of what counsel did in the case, and for each the receipt to keep."""

import logging
from typing import Any, NoReturn

import segno
from flask import Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.core import web
from app.core.db import db
from app.core.errors import Misconfigured
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection
from app.counsel.page_state import CasePage
from app.counsel.signed_receipts import issuing
from app.evidence import receipts
from app.record.models import Entry

log = logging.getLogger("tingqi.receipts")
MOST_IN_QR = 2_300  # characters; a QR code of level L holds 2,953 bytes (ISO/IEC 18004, version 40)


def _number() -> int:
    return row_number(request.args.get("number", "")) or 0


def _own_entry(page: CasePage, number: int) -> Entry:
    """Return an entry by its number, of an act of this counsel. Aborts with 404."""
    entry = issuing.act(page, number)
    if entry is None:
        _refuse(page, Rejection(404, gettext("There is no such receipt.")))
    return entry


def _refuse(page: CasePage, rejection: Rejection) -> NoReturn:
    words = access.render("counsel/signed_receipts/missing.html", page, rejection)
    abort(make_response(words, rejection.status))


def _issued(page: CasePage, entry: Entry) -> dict[str, Any]:
    """Return the signed receipt. Aborts with 503 where the key cannot be read."""
    try:
        return issuing.signed(page, entry)
    except Misconfigured as fault:
        log.error("no receipt can be signed: %s", fault)
        words = gettext(
            "The court cannot sign receipts at present. Your act is recorded all the same."
        )
        _refuse(page, Rejection(503, words))


@access.case_page
def show_all(page: CasePage) -> ResponseReturnValue:
    """List what this counsel did in the case, newest first, each with its receipt."""
    entries = receipts.acts(db.session(), page.case.id, page.counsel.id)
    return access.render("counsel/signed_receipts/list.html", page, entries=entries)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the signed receipt for one act, with a QR code that anybody's phone can check."""
    return render_receipt(page, _number(), NOT_REJECTED)


def render_receipt(page: CasePage, number: int, rejection: Rejection) -> str:
    """Render a signed receipt, and why it was not sent by mail if it was not."""
    entry = _own_entry(page, number)
    receipt = _issued(page, entry)
    code = receipts.as_code(receipt)
    address = f"{web.services().settings.public_url}/verify?receipt={code}"
    qr = None
    if len(address) <= MOST_IN_QR:
        picture = segno.make(address, error="l").svg_inline(
            scale=3, border=4, dark="#000", light="#fff", omitsize=True
        )
        qr = Markup(picture)  # noqa: S704 - made by segno of our own address
    return access.render(
        "counsel/signed_receipts/receipt.html",
        page,
        rejection,
        entry=entry,
        receipt=receipt,
        qr=qr,
        is_sent=request.args.get("done") == "sent",
    )


@access.case_page
def show_json(page: CasePage) -> ResponseReturnValue:
    """Return the signed receipt for one act as a file."""
    entry = _own_entry(page, _number())
    receipt = _issued(page, entry)
    name = f"receipt-{receipt['case'][:8]}-{entry.seq}.json"
    return Response(
        receipts.as_text(receipt),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
