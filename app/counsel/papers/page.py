"""Papers of the case by side, and the draft in which counsel gathers their own before filing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from flask import Request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app.core import document_types, web
from app.core.characters import clean
from app.core.db import db
from app.core.errors import N_
from app.core.web.params import row_number
from app.core.wording import one_line
from app.counsel import access
from app.counsel.access import (
    NOT_REJECTED,
    CaseSubmission,
    Destination,
    Rejection,
    UploadLimits,
)
from app.counsel.page_state import CasePage
from app.counsel.papers import exchange
from app.notices.case_lock import lock_case
from app.papers import drafting, queries, rules, service
from app.papers.drafting import Author, DraftAction, SentFile
from app.papers.exchange.filing import NOT_ASKED, ExchangeChoice
from app.papers.models import Paper
from app.papers.rules import FileFault, PaperFields, PaperKind
from app.storage import staged_uploads
from app.storage.staging import StagedFile

STALE = N_("Nothing was filed: this page is out of date. Please press the button once more.")
UPLOAD = UploadLimits(rules.LARGEST_FORM, rules.LARGEST_FILE)
# A person who photographs page by page sends a form for each.
RATE = "120/minute"
MOST_TYPED = 5000  # characters of a field that are read
FILE = "file"


@dataclass(frozen=True)
class PapersForm:
    """The draft as sent: which button, about what, the fields by paper, and the files.

    ``action`` is a DraftAction, "file", or "" for files that are added and fields to be kept.
    """

    action: str = ""
    target: int = 0
    filing_id: int = 0
    fields: Mapping[int, PaperFields] = field(default_factory=dict)
    files: tuple[SentFile, ...] = ()
    by_mail: bool = False
    choice: ExchangeChoice = NOT_ASKED


def read_draft(request: Request) -> PapersForm:
    """Return the draft of a request; files are staged by now."""
    form = request.form
    action, _, target = form.get("do", "").partition("-")
    numbers = (row_number(name.partition("-")[2]) for name in form if name.startswith("name-"))
    return PapersForm(
        action=action,
        target=row_number(target) or 0,
        filing_id=row_number(form.get("filing", "")) or 0,
        fields={number: _fields(form, number) for number in numbers if number},
        files=tuple(_sent_files(request)),
        by_mail=form.get("by_mail") == "1",
        choice=exchange.read_choice(request),
    )


def _fields(form: Mapping[str, str], number: int) -> PaperFields:
    def text(name: str) -> str:
        return one_line(clean(form.get(f"{name}-{number}", "")[:MOST_TYPED])).strip()

    kind = form.get(f"kind-{number}", "")[:20]
    return PaperFields(
        name=text("name"),
        kind=kind if kind in list(PaperKind) else PaperKind.OTHER.value,
        proves=text("proves"),
        original=form.get(f"original-{number}") == "1",
    )


def _sent_files(request: Request) -> list[SentFile]:
    """Return the files of a request: "photo" are pages of one paper, "pages-12" of paper 12."""
    sent = []
    for place, (name, upload) in enumerate(request.files.items(multi=True)):
        if not upload.filename:
            continue
        file = cast(StagedFile, upload.stream)
        kind = document_types.kind_of(cast(BinaryIO, upload.stream), document_types.PAPERS)
        shown = one_line(clean(upload.filename))[-rules.MAX_NAME :]
        paper_id = row_number(name.removeprefix("pages-")) if name.startswith("pages-") else None
        if not rules.fault_of(file.size, kind, file.too_large):
            staged_uploads.publish(file)
        group = "photo" if name == "photo" else str(place)
        sent.append(SentFile(shown, kind, file, group, paper_id))
    return sent


def render(page: CasePage, form: PapersForm, rejection: Rejection) -> str:
    """Render the papers of the case and the draft, with the fields of a form that was rejected."""
    session = db.session()
    draft = queries.draft_of(session, page.case.id, page.representation.id, None)
    fields = {each.id: typed(each, form.fields) for each in draft.papers} if draft else {}
    sides = queries.by_side(session, page.case.id, page.party.id)
    return access.render(
        "counsel/papers.html",
        page,
        rejection,
        reader=page.papers_reader,
        draft=draft,
        fields=fields,
        refused=[
            web.translated(FileFault(each["fault"]).message(each["name"]))
            for each in (draft.refused if draft else [])
        ],
        sides=sides,
        exchange=exchange.shown(session, page, sides),
        choice=form.choice,
        kinds=list(PaperKind),
        rules=rules,
        by_mail=form.by_mail or (rejection is NOT_REJECTED and bool(page.counsel.email)),
    )


def typed(paper: Paper, fields: Mapping[int, PaperFields]) -> PaperFields:
    """Return what is typed about a paper in a form, or what is stored of it."""
    stored = PaperFields(paper.name, paper.kind, paper.proves, paper.original)
    return fields.get(paper.id, stored)


def line(page: CasePage) -> str:
    """Return what waits, for the list on counsel's page."""
    session = db.session()
    if waiting := exchange.line(session, page):
        return waiting
    if count := queries.count_drafted(session, page.case.id, page.representation.id):
        return ngettext("%(num)s not filed yet", "%(num)s not filed yet", count)
    if count := queries.count_new(session, page.case.id, page.counsel.id, page.party.id):
        return ngettext("%(num)s not opened yet", "%(num)s not opened yet", count)
    return gettext("Photograph or choose, file, get a receipt")


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the papers of the case, and the draft."""
    return render(page, PapersForm(), NOT_REJECTED)


@access.case_act(read_draft, render, then="counsel.papers", stale=STALE, rate=RATE, upload=UPLOAD)
def submit(session: Session, submission: CaseSubmission[PapersForm]) -> Destination:
    """Keep the draft, add files to it, order or drop papers, or file it.

    Files that come with the press on *File* are filed too, unless one of them is not taken.
    """
    form, now, representation = submission.form, submission.now, submission.representation
    author = Author(representation.party.case, representation)
    heads = lock_case(session, author.case.id, web.secret()) if form.action == FILE else {}
    if form.action == FILE:
        filed = service.filed_before(session, author, form.filing_id, submission.nonce)
        if filed is not None:
            return Destination("counsel.papers_receipt", {"id": filed.id})
    has_content = bool(form.files) or form.action == FILE
    if not has_content and not queries.has_draft(session, author.case.id, representation.id):
        return Destination("counsel.papers")  # a press with nothing to keep opens no draft
    draft = drafting.open_draft(session, author, now)
    drafting.describe(draft, form.fields, _unnamed())
    drafting.add_files(session, staged_uploads.store(), draft, form.files, _unnamed(), now)
    if form.action == FILE and not draft.refused:
        service.file_papers(
            session,
            author,
            draft,
            now,
            heads,
            page_nonce=submission.nonce,
            receipt_by_mail=form.by_mail,
            choice=form.choice,
        )
        return Destination("counsel.papers_receipt", {"id": draft.id})
    if form.action in list(DraftAction):
        drafting.act_on(session, draft, DraftAction(form.action), form.target, now)
    target = {"_anchor": f"p{form.target}"} if form.target else {}
    return Destination("counsel.papers", target)


def _unnamed() -> str:
    """Return the name of a paper that nobody named, with a place for its number."""
    return gettext("Paper %(number)s", number="{number}")
