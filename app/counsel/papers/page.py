"""Papers of the case by side, and the draft in which counsel gathers their own before filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

import sqlalchemy as sa
from flask import Request, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.cases.models import Representation
from app.core import document_types, web
from app.core.characters import clean
from app.core.db import db
from app.core.errors import N_, NotFound
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
from app.counsel.page_state import CasePage, CountedFor
from app.counsel.papers import exchange, phone_panel, share_keys
from app.delegates import queries as delegates
from app.notices.case_lock import lock_case
from app.papers import drafting, queries, rules, service, uploads
from app.papers.drafting import Author, DraftAction, SentFile
from app.papers.exchange import queries as exchange_queries
from app.papers.exchange.filing import NOT_ASKED, ExchangeChoice
from app.papers.models import Paper
from app.papers.queries import SidePapers
from app.papers.rules import FileFault, PaperFields, PaperKind
from app.storage import staged_uploads
from app.storage.staging import StagedFile

STALE = N_("Nothing was filed: this page is out of date. Please press the button once more.")
# A person who photographs page by page sends a form for each.
RATE = "120/minute"
MOST_TYPED = 5000  # characters of a field that are read
# File the draft, once all that is being uploaded is there; do not, after all; end an upload.
FILE, UNFILE, STOP = "file", "unfile", "stop"


@dataclass(frozen=True)
class PapersForm:
    """The draft as sent: which button, about what, the fields by paper, and the files.

    ``action`` is a DraftAction, FILE, UNFILE, STOP, or "" for files that are added and fields to
    be kept.
    """

    action: str = ""
    target: int = 0
    filing_id: int = 0
    fields: Mapping[int, PaperFields] = field(default_factory=dict)
    files: tuple[SentFile, ...] = ()
    by_mail: bool = False
    choice: ExchangeChoice = NOT_ASKED


def most() -> UploadLimits:
    """Return how much a form with papers may carry."""
    limits = staged_uploads.limits()
    return UploadLimits(limits.form, limits.file)


def read_draft(request: Request) -> PapersForm:
    """Return the draft of a request; files are staged by now."""
    form = request.form
    action, _, target = form.get("do", "").partition("-")
    numbers = (row_number(name.partition("-")[2]) for name in form if name.startswith("name-"))
    return PapersForm(
        action=action,
        target=_target(form, target),
        filing_id=row_number(form.get("filing", "")) or 0,
        fields={number: _fields(form, number) for number in numbers if number},
        files=tuple(_sent_files(request)),
        by_mail=form.get("by_mail") == "1",
        choice=exchange.read_choice(request),
    )


def _target(form: Mapping[str, str], named: str) -> int:
    """Return what a button is about: "of12" is the page that is chosen of paper 12."""
    chosen = form.get(f"page-{named[2:]}", "") if named.startswith("of") else named
    return row_number(chosen) or 0


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
    sides = queries.by_side(db.session(), page.case.id, page.party.id)
    return access.render(
        "counsel/papers.html",
        page,
        rejection,
        sides=sides,
        **_draft(page, form, rejection, sides),
    )


def _draft(
    page: CasePage, form: PapersForm, rejection: Rejection, sides: Sequence[SidePapers]
) -> dict[str, Any]:
    """Return what the template of the draft shows."""
    session, limits = db.session(), staged_uploads.limits()
    draft = None
    if page.may_answer:
        draft = queries.draft_of(session, page.case.id, page.representation.id, None)
    fields = {each.id: typed(each, form.fields) for each in draft.papers} if draft else {}
    return {
        "reader": page.papers_reader,
        "draft": draft,
        "fields": fields,
        "received": uploads.received(staged_uploads.store().incoming, draft) if draft else {},
        "refused": [
            web.translated(FileFault(each["fault"]).message(each["name"], limits))
            for each in (draft.refused if draft else [])
        ],
        "exchange": exchange.shown(session, page, sides),
        "refilable": exchange.refilable(session, page),
        "choice": form.choice,
        "kinds": list(PaperKind),
        "rules": rules,
        "limits": limits,
        "state_for": queries.state_for,
        "panel": phone_panel.of(page),
        "draft_mark": phone_panel.draft_mark(draft),
        "shared": row_number(request.args.get("shared", "")),
        "shared_with": _shared_with(page),
        "by_mail": form.by_mail or (rejection is NOT_REJECTED and bool(page.counsel.email)),
    }


def _shared_with(page: CasePage) -> list[str]:
    """Return who sees the draft besides the reader: delegates who may act in the case, or counsel.

    Names in the order in which they were named.
    """
    if page.delegate is not None:
        return [page.counsel.name]
    named = delegates.of_representation(db.session(), page.representation.id, web.now())
    right = access.DelegateRight.ANSWER_CASE
    return [
        each.delegate.name for each in named if each.ended is None and right.permits(each.delegate)
    ]


def typed(paper: Paper, fields: Mapping[int, PaperFields]) -> PaperFields:
    """Return what is typed about a paper in a form, or what is stored of it."""
    stored = PaperFields(paper.name, paper.kind, paper.proves, paper.original)
    return fields.get(paper.id, stored)


def idle_line(page: CasePage) -> str:
    """Return what the page of papers is for, for the list on counsel's page."""
    if not page.may_answer:
        return gettext("Read what was filed in this case")
    return gettext("Photograph or choose, file, get a receipt")


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how much waits: open exchanges, drafted papers and papers not opened, in all."""
    if not of.may_answer:
        return sa.select(sa.literal(0))
    return sa.select(sum((each.scalar_subquery() for each in _waiting(of)), sa.literal(0)))


def _waiting(of: CountedFor) -> list[sa.Select[int]]:
    """Return the selects of an open exchange, drafted papers, and papers not opened yet."""
    new = queries.counting_new(of.case_id, of.counsel_id, of.party_id)
    return [
        exchange_queries.counting_open(of.case_id),
        queries.counting_drafted(of.draft_key),
        new if not of.by_delegate else sa.select(sa.literal(0)),
    ]


def line(page: CasePage, _count: int) -> str:
    """Return what waits first, for the list on counsel's page; "" if nothing does."""
    session, of = db.session(), page.counted(web.now())
    is_open, drafted, new = (session.scalar(each) or 0 for each in _waiting(of))
    if is_open:
        return exchange.line(session, page)
    if drafted:
        return ngettext("%(num)s not filed yet", "%(num)s not filed yet", drafted)
    return ngettext("%(num)s not opened yet", "%(num)s not opened yet", new) if new else ""


def missing(page: CasePage, fault: NotFound) -> ResponseReturnValue:
    """Show the papers of the case, and say that what an address names is not among them."""
    return render(page, PapersForm(), Rejection(404, web.translated(fault.message))), 404


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the papers of the case, and the draft."""
    return share_keys.remember(page, render(page, PapersForm(), NOT_REJECTED))


@access.case_page
def show_draft(page: CasePage) -> ResponseReturnValue:
    """Show the draft alone, as a part of the open page; ``filing`` names the draft of that page.

    Once that one is filed, the part says where its receipt is.
    """
    filing_id = row_number(request.args.get("filing", "")) or 0
    filed = service.filed_before(db.session(), _author(page.representation), filing_id, "-")
    sides = queries.by_side(db.session(), page.case.id, page.party.id)
    shown = _draft(page, PapersForm(), NOT_REJECTED, sides)
    return access.render("counsel/_papers_draft.html", page, filed=filed, **shown)


def _author(representation: Representation, delegate: Delegation | None = None) -> Author:
    return Author(representation.party.case, representation, delegate=delegate)


@access.case_act(read_draft, render, then="counsel.papers", stale=STALE, rate=RATE, upload=most)
def submit(session: Session, submission: CaseSubmission[PapersForm]) -> Destination:
    """Keep the draft, add files to it, order or drop papers, or file it.

    Files that come with the press on *File* are filed too, unless one of them is not taken.
    """
    form, now = submission.form, submission.now
    author = _author(submission.representation, submission.delegate)
    may_file = form.action in (FILE, STOP)
    heads = lock_case(session, author.case.id, web.secret()) if may_file else {}
    if form.action == FILE:
        filed = service.filed_before(session, author, form.filing_id, submission.nonce)
        if filed is not None:
            return Destination("counsel.papers_receipt", {"id": filed.id})
    has_content = bool(form.files) or form.action == FILE
    representation_id = submission.representation.id
    if not has_content and not queries.has_draft(session, author.case.id, representation_id):
        return Destination("counsel.papers")  # a press with nothing to keep opens no draft
    draft = drafting.open_draft(session, author, now)
    drafting.describe(draft, form.fields, _unnamed())
    store, limits = staged_uploads.store(), staged_uploads.limits()
    drafting.add_files(session, store, draft, form.files, _unnamed(), now, limits)
    if form.action == FILE and not draft.refused:
        uploads.file_once_complete(draft, submission.nonce, form.by_mail, form.choice)
        uploads.file_if_complete(session, author, draft, heads, now)
    elif form.action == UNFILE:
        draft.awaits_uploads = False
    elif form.action == STOP:
        stamp = uploads.remove(session, author, form.target, heads, now)
        uploads.delete_staged(store.incoming, stamp)
    elif form.action in list(DraftAction):
        drafting.act_on(session, draft, DraftAction(form.action), form.target, now)
    if not draft.is_draft:
        return Destination("counsel.papers_receipt", {"id": draft.id})
    is_of_paper = form.action in (DraftAction.EARLIER, DraftAction.LATER)
    return Destination("counsel.papers", {"_anchor": f"p{form.target}"} if is_of_paper else {})


def _unnamed() -> str:
    """Return the name of a paper that nobody named, with a place for its number."""
    return gettext("Paper %(number)s", number="{number}")
