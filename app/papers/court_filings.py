"""The court's own papers to all sides, by its page or by the API."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import Request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import document_types, web
from app.core.characters import clean
from app.core.errors import Message
from app.core.wording import one_line
from app.notices.case_lock import lock_case
from app.papers import drafting, rules, service
from app.papers.drafting import Author, SentFile
from app.papers.models import Filing
from app.papers.rules import FileFault, PaperFields
from app.people.models import User
from app.storage import staged_uploads
from app.storage.limits import PaperLimits
from app.storage.staging import StagedFile


def sent_files(request: Request) -> list[SentFile]:
    """Return the files of a request under the name "file", each a paper of its own."""
    sent = []
    for place, upload in enumerate(request.files.getlist("file")):
        if upload.filename:
            kind = document_types.kind_of(cast(BinaryIO, upload.stream), document_types.PAPERS)
            file = cast(StagedFile, upload.stream)
            if not rules.fault_of(file.size, kind, file.too_large):
                staged_uploads.publish(file)
            shown = one_line(clean(upload.filename))[-rules.MAX_NAME :]
            sent.append(SentFile(shown, kind, file, str(place)))
    return sent


def faults_of(files: Sequence[SentFile], limits: PaperLimits) -> list[Message]:
    """Return what is said of files that are not taken."""
    faults = [
        fault.message(sent.name, limits)
        for sent in files
        if (fault := rules.fault_of(sent.file.size, sent.media_type, sent.file.too_large))
    ]
    too_much = sum(sent.file.size for sent in files) > limits.filing
    if not faults and (too_much or len(files) > limits.items):
        faults = [FileFault.ROOM.message(files[-1].name, limits)]
    return faults


def file_for_court(
    session: Session,
    case: Case,
    user: User,
    files: Sequence[SentFile],
    fields: PaperFields,
    form_key: str = "",
) -> Filing:
    """File the court's papers to all sides; the same form again is the same filing.

    ``fields`` names a paper that comes alone, and says of which kind all are. Raises Invalid.
    """
    now, unnamed = web.now(), gettext("Paper %(number)s", number="{number}")
    author = Author(case, user=user)
    heads = lock_case(session, case.id, web.secret())
    if form_key and (filed := service.filed_before(session, author, 0, form_key)) is not None:
        return filed
    draft = drafting.open_draft(session, author, now)
    store, limits = staged_uploads.store(), staged_uploads.limits()
    drafting.add_files(session, store, draft, files, unnamed, now, limits)
    for paper in draft.papers:
        name = fields.name if len(draft.papers) == 1 else ""
        described = PaperFields(name or paper.name, fields.kind)
        drafting.describe(draft, {paper.id: described}, unnamed)
    return service.file_papers(session, author, draft, now, heads, page_nonce=form_key)
