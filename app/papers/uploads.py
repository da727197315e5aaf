"""Uploads of papers in parts: begun in a draft, ended by their last byte, which may file it too.

An upload that is complete becomes a file of the draft in one transaction. Where *File* was pressed
meanwhile, the transaction of the last one files the draft: that is the time of the filing.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import document_types
from app.core.errors import N_, Gone, Invalid, NotFound, Refusal
from app.papers import drafting, rules, service
from app.papers.drafting import KEPT, Author
from app.papers.exchange.filing import ExchangeChoice
from app.papers.models import Filing, Paper, PaperFile, PaperUpload
from app.papers.rules import FileFault
from app.record.chain import ChainPosition
from app.storage import resumable
from app.storage import service as storage
from app.storage.limits import PaperLimits
from app.storage.resumable import LockedByAnother
from app.storage.staging import StagedFile
from app.storage.stores import FileStore


@dataclass(frozen=True)
class NewUpload:
    """What is said of a file before it comes; ``stamp`` names its staged file."""

    name: str
    size: int
    stamp: str
    modified: int = 0
    group: str = ""
    paper_id: int | None = None


class FileRefused(Refusal):
    """A file that is not taken."""

    def __init__(self, fault: FileFault, name: str, limits: PaperLimits) -> None:
        self.fault = fault
        message = fault.message(name, limits)
        super().__init__(message.words, **message.facts)


def begin(
    session: Session,
    author: Author,
    new: NewUpload,
    limits: PaperLimits,
    unnamed: str,
    now: dt.datetime,
) -> PaperUpload:
    """Add an upload to the draft of an author. Raises FileRefused where it would not fit."""
    if not new.size:
        raise FileRefused(FileFault.EMPTY, new.name, limits)
    if new.size > limits.file:
        raise FileRefused(FileFault.LARGE, new.name, limits)
    draft = drafting.open_draft(session, author, now)
    waiting = draft.open_uploads
    count = sum(len(paper.files) for paper in draft.papers) + len(waiting)
    size = draft.size + sum(each.size for each in waiting) + new.size
    if size > limits.filing or count >= limits.files:
        raise FileRefused(FileFault.ROOM, new.name, limits)
    upload = PaperUpload(
        key=secrets.token_hex(16),
        stamp=new.stamp,
        name=new.name,
        size=new.size,
        modified=new.modified,
        group=new.group,
        paper_id=new.paper_id,
        paper_name=_paper_name(draft, new, unnamed),
        created_at=now,
    )
    draft.uploads.append(upload)
    draft.refused = []
    session.flush()
    return upload


def _paper_name(draft: Filing, new: NewUpload, unnamed: str) -> str:
    """Return the name of the paper that an upload becomes, numbered by the order of uploads."""
    papers = {each.group or str(each.id) for each in draft.open_uploads if not each.paper_id}
    number = len(draft.papers) + len(papers - {new.group}) + 1
    return rules.default_name(new.name) or unnamed.format(number=number)


def find(
    session: Session, representation_id: int, upload_id: int, key: str, now: dt.datetime
) -> PaperUpload:
    """Return an upload of a representation. Raises NotFound, or Gone a day after it was begun."""
    upload = session.scalar(
        sa.select(PaperUpload)
        .join(Filing)
        .where(PaperUpload.id == upload_id, Filing.representation_id == representation_id)
    )
    if upload is None or not hmac.compare_digest(upload.key.encode(), key.encode()):
        raise NotFound(N_("There is no such upload."))
    if now >= expires_at(upload):
        raise ended()
    return upload


def expires_at(upload: PaperUpload) -> dt.datetime:
    """Return when an upload ends."""
    return upload.created_at + KEPT


def ended() -> Gone:
    """Return what is said of an upload that is over."""
    return Gone(N_("This upload has ended. Choose the file again."))


def complete(
    session: Session,
    store: FileStore,
    author: Author,
    upload_id: int,
    staged: StagedFile,
    media_type: str,
    heads: Mapping[int, ChainPosition],
    limits: PaperLimits,
    now: dt.datetime,
) -> FileFault | None:
    """Add a file whose last byte came to its draft; file that where *File* was pressed before.

    ``heads`` are those of ``lock_case``. Return why the file is not taken, or None. Raises Gone
    where the draft is none any more.
    """
    draft, upload = _locked(session, author, upload_id, now)
    if upload.finished_at is not None:
        return None
    fault = rules.fault_of(upload.size, media_type, too_large=False)
    paper = None if fault else _paper_for(draft, upload, media_type, limits.items)
    if paper is None:
        fault = fault or FileFault.ROOM
        draft.refused = [*draft.refused, {"name": upload.name, "fault": fault.value}]
        draft.awaits_uploads = False
        draft.uploads.remove(upload)
        return fault
    file = storage.keep(session, store, [staged], now)[staged.finish()]
    added = PaperFile(
        file=file,
        name=document_types.name_of(upload.name, media_type),
        media_type=media_type,
        size=file.size,
        digest=file.digest,
        upload_id=upload.id,
    )
    paper.files.insert(rules.place_of([each.upload_id for each in paper.files], upload.id), added)
    for position, each in enumerate(paper.files, 1):
        each.position = position
    session.flush()
    upload.paper_id, upload.finished_at = paper.id, now
    _file_or_say_why(session, author, draft, heads, now)
    return None


def _locked(
    session: Session, author: Author, upload_id: int, now: dt.datetime
) -> tuple[Filing, PaperUpload]:
    """Return the draft of an author, locked, and an upload of it. Raises Gone."""
    draft = drafting.open_draft(session, author, now)
    upload = next((each for each in draft.uploads if each.id == upload_id), None)
    if upload is None:
        raise ended()
    return draft, upload


def _paper_for(draft: Filing, upload: PaperUpload, media_type: str, most: int) -> Paper | None:
    """Return the paper that an upload belongs to, a new one if need be; None without room."""
    is_picture = media_type in document_types.PICTURES
    ids = {
        each.paper_id
        for each in draft.uploads
        if each.finished_at is not None and upload.group and each.group == upload.group
    }
    wanted = {upload.paper_id} if upload.paper_id else ids if is_picture else set()
    for paper in draft.papers:
        is_of_pictures = paper.files[0].media_type in document_types.PICTURES
        if paper.id in wanted and (upload.paper_id or is_of_pictures):
            return paper
    if len(draft.papers) >= most:
        return None
    paper = Paper(
        name=upload.paper_name, kind=rules.default_kind(media_type).value, proves="", original=False
    )
    numbers = [min(file.upload_id for file in each.files) for each in draft.papers]
    draft.papers.insert(rules.place_of(numbers, upload.id), paper)
    for position, each in enumerate(draft.papers, 1):
        each.position = position
    return paper


def remove(
    session: Session,
    author: Author,
    upload_id: int,
    heads: Mapping[int, ChainPosition],
    now: dt.datetime,
) -> str:
    """Take an upload out of its draft; return the stamp of its staged file. Raises Gone.

    What it became, if it was complete, stays. The draft is filed if it waited for this one alone.
    """
    draft, upload = _locked(session, author, upload_id, now)
    draft.uploads.remove(upload)
    session.flush()
    _file_or_say_why(session, author, draft, heads, now)
    return upload.stamp


def file_once_complete(
    draft: Filing, page_nonce: str, receipt_by_mail: bool, choice: ExchangeChoice
) -> None:
    """Note that a locked draft is to be filed with the last byte of its uploads."""
    draft.awaits_uploads = True
    draft.chosen_exchange, draft.chosen_reason = choice.exchange_id, choice.late_reason
    draft.page_nonce, draft.receipt_by_mail = page_nonce, receipt_by_mail


def file_if_complete(
    session: Session,
    author: Author,
    draft: Filing,
    heads: Mapping[int, ChainPosition],
    now: dt.datetime,
) -> None:
    """File a locked draft that is to be filed, unless something of it is still coming.

    Raises what ``service.file_papers`` raises.
    """
    if not draft.awaits_uploads or draft.open_uploads:
        return
    draft.awaits_uploads = False
    service.file_papers(
        session,
        author,
        draft,
        now,
        heads,
        page_nonce=draft.page_nonce,
        receipt_by_mail=draft.receipt_by_mail,
        choice=ExchangeChoice(draft.chosen_exchange, draft.chosen_reason),
    )


def _file_or_say_why(
    session: Session,
    author: Author,
    draft: Filing,
    heads: Mapping[int, ChainPosition],
    now: dt.datetime,
) -> None:
    """File a draft as ``file_if_complete``; where that is refused, the draft says so and stays."""
    if not draft.papers:
        draft.awaits_uploads = False
        return
    try:
        with session.begin_nested():
            file_if_complete(session, author, draft, heads, now)
    except (Invalid, Refusal):
        draft.awaits_uploads = False
        draft.refused = [*draft.refused, {"name": "", "fault": FileFault.CHANGED.value}]


def received(incoming: Path, draft: Filing) -> Mapping[int, int]:
    """Return how many bytes of each open upload are there, by its id."""
    sizes: dict[int, int] = {}
    for upload in draft.open_uploads:
        try:
            sizes[upload.id] = resumable.offset(incoming, upload.stamp, upload.size)
        except FileNotFoundError:
            sizes[upload.id] = 0
    return sizes


def delete_expired(session: Session, now: dt.datetime) -> int:
    """Delete uploads that were begun a day ago; a draft that waits for one is not filed."""
    query = sa.select(PaperUpload).where(PaperUpload.created_at <= now - KEPT)
    expired = session.scalars(query.order_by(PaperUpload.id)).all()
    for upload in expired:
        if upload.finished_at is None:
            upload.filing.awaits_uploads = False
        session.delete(upload)
    return len(expired)


def delete_staged(incoming: Path, stamp: str) -> None:
    """Delete the staged file of an upload that was removed; one that is written to goes later."""
    try:
        resumable.remove(incoming, stamp)
    except LockedByAnother:
        return
