"""The contact certificate, for print; and the page on which anybody can confirm its seal."""

import re
from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, render_template
from flask_login import current_user
from markupsafe import Markup

from app.cases import queries as cases
from app.cases.models import Case
from app.core import web
from app.core.db import db
from app.core.web.access import signed_in
from app.evidence import certificate, paper_service
from app.papers.queries import SidePapers
from app.record.chain_checks import service as chain_checks

bp = Blueprint("certificate", __name__)


@bp.app_template_global()
def service_of_papers(
    case: Case, sides: Sequence[SidePapers]
) -> dict[int, list[paper_service.ServedCounsel]]:
    """Return by paper of the court who was served with it."""
    filings = [each for side in sides for each in side.filings]
    return paper_service.of_case(db.session(), case, filings)


SEAL = re.compile(r"[0-9a-f]{64}")


@bp.get("/cases/<int:case_id>/certificate")
@signed_in
def certified(case_id: int) -> str:
    """Show a case's contact certificate, to be printed by the browser."""
    session = db.session()
    case = cases.case_with_parties(session, current_user.court_id, case_id)
    authority = web.services().settings.stamp_authority
    found = certificate.of_case(session, case, web.now(), authority)
    address = f"{web.services().settings.public_url}/record/{found.finding.head}"
    picture = segno.make(address, error="m").svg_inline(
        scale=3, border=2, dark="#000", light="#fff"
    )
    return render_template(
        "evidence/certificate.html",
        found=found,
        case=case,
        court=case.court,
        zone=case.court.zone,
        address=address,
        qr=Markup(picture),  # noqa: S704 - made by segno of our own address
    )


@bp.get("/record/<seal>")
@web.limiter.limit("120/minute")
def confirmed(seal: str) -> Any:
    """Confirm to anybody that a hash is of the record; without anybody's name."""
    known = seal.lower() if SEAL.fullmatch(seal.lower()) else ""
    authority = web.services().settings.stamp_authority
    found = certificate.confirm(db.session(), known, authority) if known else None
    status = 200 if found else 404
    chain_check = None
    if found and not found.complete:
        chain_check = chain_checks.of_case(db.session(), found.case.id)
    return render_template(
        "evidence/certificate_check.html", found=found, seal=seal[:80], chain_check=chain_check
    ), status
