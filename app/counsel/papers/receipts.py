"""The receipt for papers that counsel filed: a page to print, and the same for programs."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.errors import N_, NotFound
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.counsel.signed_receipts.views import act
from app.evidence import issued_receipts
from app.papers import queries, receipts, rules
from app.papers.models import Filing
from app.papers.receipts import FilingReceipt


def _receipt(page: CasePage) -> FilingReceipt:
    """Return the receipt that the address names. Raises NotFound, also for others' filings."""
    filing = db.session().get(Filing, row_number(request.args.get("id", "")) or 0)
    if filing is None or filing.is_draft or filing.case_id != page.case.id:
        raise NotFound(N_("There is no such receipt."))
    own = filing.counsel_id == page.counsel.id
    if not own or not queries.is_readable(db.session(), filing.id, page.party.id):
        raise NotFound(N_("There is no such receipt."))
    return receipts.receipt_of(db.session(), filing)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the receipt, which is one sheet of A4 when printed."""
    try:
        receipt = _receipt(page)
    except NotFound as fault:
        return papers_page.missing(page, fault)
    return access.render("counsel/papers_receipt.html", page, receipt=receipt, rules=rules)


@access.case_page
def show_json(page: CasePage) -> ResponseReturnValue:
    """Return the receipt as JSON, with the court's signed receipt for the entry of the filing.

    ``signed`` is null where the key that signs cannot be read: the papers are filed all the same.
    """
    try:
        receipt = _receipt(page)
    except NotFound as fault:
        return papers_page.missing(page, fault)
    entry = act(page, receipt.filing.seq or 0)
    issued = issued_receipts.issue(page.case, entry) if entry else None
    return jsonify(receipts.as_json(receipt) | {"signed": issued and issued.receipt})
