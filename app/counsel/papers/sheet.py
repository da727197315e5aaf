"""The record sheet of an exchange of evidence: a page to print, and the same for programs."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core import web
from app.core.db import db
from app.core.errors import N_, NotFound
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.papers.exchange import queries
from app.papers.opinions import sheet as sheets
from app.papers.opinions.sheet import RecordSheet


def _sheet(page: CasePage) -> RecordSheet:
    """Return the sheet that the address names, else of the newest exchange. Raises NotFound."""
    session = db.session()
    exchanges = queries.of_case(session, page.case.id)
    named = row_number(request.args.get("id", ""))
    found = next((each for each in exchanges if named in (None, each.id)), None)
    if found is None:
        raise NotFound(N_("There is no exchange of evidence in this case."))
    return sheets.of_exchange(session, found, web.now())


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the record sheet, sheets of A4 when printed; the same as the court's."""
    try:
        sheet = _sheet(page)
    except NotFound as fault:
        return papers_page.missing(page, fault)
    return access.render("counsel/record_sheet.html", page, NOT_REJECTED, sheet=sheet)


@access.case_page
def show_json(page: CasePage) -> ResponseReturnValue:
    """Return the record sheet as JSON."""
    try:
        return jsonify(sheets.as_json(_sheet(page)))
    except NotFound as fault:
        return papers_page.missing(page, fault)
