"""Papers of a case, a side or a filing for the court: a zip, and one PDF with a cover sheet."""

import logging
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, request
from flask_login import current_user

from app.cases import service as cases
from app.cases.models import Case
from app.core import document_types, web
from app.core.db import db, release_session
from app.core.errors import N_, NotFound, Unavailable
from app.core.web.access import signed_in
from app.core.web.downloads import HEADERS, disposition
from app.core.web.params import row_number
from app.papers import queries, readers
from app.papers.access import Reader
from app.papers.blueprint import bp
from app.papers.bundles import cover, merged, zipped
from app.papers.bundles.contents import Bundle, BundleChoice, bundle_of, safe_name
from app.people.factors.confirmation import needs_fresh_proof
from app.storage import staged_uploads

log = logging.getLogger("tingqi.papers")
RATE = "10/minute"
CHUNK = 256 * 1024  # bytes


def chosen() -> BundleChoice:
    """Return the papers that the address names."""
    filing = row_number(request.args.get("filing", ""))
    return BundleChoice(request.args.get("side", "")[:20], filing or 0)


def bundle(case: Case, reader: Reader, choice: BundleChoice) -> Bundle:
    """Return the chosen papers of a case. Raises NotFound where there are none."""
    sides = queries.by_side(db.session(), case.id)
    stored = queries.stored_files(db.session(), sides)  # at once, for what is asked one by one
    found = bundle_of(sides, choice, reader, lambda side: cover.side_name(case, side))
    log.debug("%s files in a bundle", len(stored))
    if not found.papers:
        raise NotFound(N_("No papers were filed in this case yet."))
    return found


def zip_of(case: Case, reader: Reader, choice: BundleChoice) -> Response:
    """Return papers as a zip that is made while it is sent."""
    papers, zone, number = bundle(case, reader, choice), case.court.zone, case.number
    parts = zipped.stream(papers, staged_uploads.store().open, zone, web.now())
    release_session()
    return _attached(parts, "application/zip", f"{safe_name(number)}.zip")


@bp.get("/cases/<int:case_id>/papers.zip")
@signed_in
@needs_fresh_proof
@web.limiter.limit(RATE)
def as_zip(case_id: int) -> Response:
    """Return the files of papers as filed, with a list of their digests."""
    case = cases.find_case(db.session(), current_user.court_id, case_id)
    return zip_of(case, readers.court_reader(current_user), chosen())


@bp.get("/cases/<int:case_id>/papers.pdf")
@signed_in
@needs_fresh_proof
@web.limiter.limit(RATE)
def as_pdf(case_id: int) -> Response:
    """Return papers as one PDF, with a cover sheet and a bookmark for each."""
    case = cases.find_case(db.session(), current_user.court_id, case_id)
    papers = bundle(case, readers.court_reader(current_user), chosen())
    texts, name = cover.texts(case, papers, web.now()), f"{safe_name(case.number)}.pdf"
    release_session()
    try:
        file = merged.merge(papers, texts, staged_uploads.store())
    except OSError as fault:
        raise Unavailable(
            N_("This file cannot be read just now. Nothing was lost; try again in a minute.")
        ) from fault
    response = _attached(_parts(file), document_types.PDF, name)
    response.call_on_close(file.close)
    return response


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(CHUNK):
            yield part


def _attached(parts: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {**HEADERS, "Content-Disposition": disposition(name)}
    return Response(parts, mimetype=media_type, headers=headers)
