"""Papers on the court's pages: of a case by side, new ones to note, the court's own, downloads."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.core import document_types, web
from app.core.characters import clean
from app.core.db import db, release_session, retrying
from app.core.errors import N_, Invalid, NotFound, Refusal
from app.core.web.access import signed_in
from app.core.wording import one_line
from app.papers import court_filings, queries, readers, receipts, rules, service
from app.papers.blueprint import bp
from app.papers.models import Filing, Paper
from app.papers.rules import PaperFields, PaperKind
from app.people.models import Role, User
from app.storage import staged_uploads
from app.storage.staged_uploads import UploadRequest


@bp.app_template_global()
def paper_size(size: int) -> str:
    """Return a size in megabytes."""
    return rules.megabytes(size)


@bp.app_template_global()
def grouped_digest(digest: str) -> str:
    """Return a digest in eight groups."""
    return rules.grouped(digest)


@bp.app_template_global()
def paper_kind(kind: str) -> str:
    """Return the English label of a kind of paper, to be translated."""
    return PaperKind(kind).label if kind in list(PaperKind) else PaperKind.OTHER.label


@bp.app_template_global()
def paper_kinds() -> dict[str, str]:
    """Return the label of each kind of paper in the language of the page, of any other as well."""
    names = {kind.value: gettext(kind.label) for kind in PaperKind}
    return defaultdict(lambda: names[PaperKind.OTHER], names)


@bp.app_template_global()
def paper_amount(paper: Paper) -> str:
    """Return how many pages a paper has, as far as that is known, and its size."""
    pages = paper.pages or (len(paper.files) if len(paper.files) > 1 else 0)
    size = rules.megabytes(paper.size)
    return f"{ngettext('%(num)s page', '%(num)s pages', pages)} · {size}" if pages else size


@bp.app_template_global()
def pictures() -> frozenset[str]:
    """Return the media types of photographs, which are pages of a paper."""
    return document_types.PICTURES


@bp.app_template_global()
def accepted_files() -> str:
    """Return what a field for papers lets a browser choose."""
    return ",".join([*sorted(set(document_types.ENDINGS.values())), ".jpeg", ".tif", ".heif"])


@bp.app_template_global()
def filed_as(paper: Paper) -> str:
    """Return as what a paper was filed: photographs, or the type of its file."""
    if paper.files and paper.files[0].media_type in document_types.PICTURES:
        count = len(paper.files)
        return ngettext("%(num)s photograph", "%(num)s photographs", count)
    ending = document_types.ENDINGS.get(paper.files[0].media_type, "") if paper.files else ""
    return ending.lstrip(".").upper()


@bp.app_template_global()
def unconfirmed(papers: Sequence[Paper], counsel_id: int) -> list[Paper]:
    """Return the papers that a counsel has not confirmed."""
    return [
        paper
        for paper in papers
        if not any(each.counsel_id == counsel_id and each.confirmed_at for each in paper.readings)
    ]


@bp.app_template_global()
def new_filings(whose: str = "all") -> Sequence[Filing]:
    """Return filings that the user's court, or the user themselves, has yet to note."""
    mine = current_user.id if whose == "mine" and current_user.role == Role.ASSISTANT else None
    return queries.unseen(db.session(), current_user.court_id, mine)


@bp.app_template_global()
def new_form_key() -> str:
    """Return the key of a form that is being rendered: sent twice, it is one filing."""
    return secrets.token_urlsafe(16)


@bp.app_template_global()
def papers_of(case_id: int) -> Sequence[queries.SidePapers]:
    """Return what is filed in a case by side."""
    return queries.by_side(db.session(), case_id)


@bp.get("/cases/<int:case_id>/papers")
@signed_in
def of_case(case_id: int) -> str:
    """Show the papers of a case by side, and the form by which the court gives some to all."""
    return _page(case_id)


def _page(case_id: int, **more: Any) -> str:
    session, court = db.session(), current_user.court
    case = cases.find_case(session, court.id, case_id)
    return render_template(
        "desk/case_papers.html",
        zone=court.zone,
        case=case,
        reader=readers.court_reader(current_user),
        sides=queries.by_side(session, case.id),
        draft=queries.draft_of(session, case.id, None, current_user.id),
        kinds=list(PaperKind),
        rules=rules,
        **{"errors": {}, "message": "", "refused": [], **more},
    )


@bp.post("/cases/<int:case_id>/papers")
@signed_in
def give(case_id: int) -> Any:
    """File the court's own papers to all sides; nothing is filed where a file is not taken."""
    court_id, user_id = current_user.court_id, current_user.id
    cases.find_case(db.session(), court_id, case_id)
    release_session()
    limits = staged_uploads.limits()
    request.max_content_length = limits.form
    cast(UploadRequest, request).staging_limit = limits.file
    files = court_filings.sent_files(request)
    name = one_line(clean(request.form.get("name", "")[:5000])).strip()
    kind = request.form.get("kind", "")[:20]
    form_key = request.form.get("form", "")[:40]
    faults = court_filings.faults_of(files, limits)
    if faults or not files:
        shown = [web.translated(each) for each in faults]
        message = "" if faults else gettext("Choose at least one file.")
        return _page(case_id, refused=shown, message=message), 422
    fields = PaperFields(name, kind if kind in list(PaperKind) else PaperKind.OTHER.value)

    def work(session: Session) -> int:
        case = cases.find_case(session, court_id, case_id)
        user = session.get_one(User, user_id)
        return court_filings.file_for_court(session, case, user, files, fields, form_key).id

    try:
        retrying(work)
    except Invalid as fault:
        messages = [web.translated(each) for each in fault.errors.values()]
        return _page(case_id, message=" ".join(messages)), 422
    except Refusal as fault:
        return _page(case_id, message=web.translated(fault.message)), web.status_of(fault)
    flash(gettext("The papers are on their way to all sides."), "ok")
    return redirect(url_for("papers.of_case", case_id=case_id), 303)


@bp.post("/filings/<int:filing_id>/seen")
@signed_in
def note_seen(filing_id: int) -> Any:
    """Take a filing off the list of new ones, and show the papers of its case."""
    court_id = current_user.court_id
    case_id = retrying(lambda session: service.note_seen(session, court_id, filing_id).case_id)
    return redirect(url_for("papers.of_case", case_id=case_id), 303)


@bp.get("/filings/<int:filing_id>/receipt")
@signed_in
def receipt(filing_id: int) -> str:
    """Show the receipt of a filing, to be printed."""
    filing = db.session.get(Filing, filing_id)
    if filing is None or filing.is_draft or filing.court_id != current_user.court_id:
        raise NotFound(N_("There is no such filing in this court."))
    if not queries.is_readable(db.session(), filing.id):
        raise NotFound(N_("Its receipt is for who filed it alone while the papers are sealed."))
    return render_template(
        "desk/papers_receipt.html",
        case=filing.case,
        receipt=receipts.receipt_of(db.session(), filing),
        zone=current_user.court.zone,
    )
