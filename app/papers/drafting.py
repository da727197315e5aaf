"""Drafts: add files, order, drop and describe papers before they are filed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.cases.models import Case, Representation
from app.core import document_types
from app.core.errors import Invalid, Message
from app.papers import queries, rules
from app.papers.models import Filing, Paper, PaperFile
from app.papers.rules import COURT_SIDE, FileFault, PaperFields
from app.people.models import User
from app.storage import service as storage
from app.storage.limits import PaperLimits
from app.storage.staging import StagedFile
from app.storage.stores import FileStore

# A draft that nobody touched for so long is deleted with its files.
KEPT = storage.UNUSED_AFTER


class DraftAction(StrEnum):
    """What a button of the draft does to one paper, or to one of its pages."""

    EARLIER = "earlier"
    LATER = "later"
    DROP = "drop"
    PAGE_EARLIER = "page_earlier"
    PAGE_LATER = "page_later"
    PAGE_DROP = "page_drop"
    PAGE_TURN = "page_turn"


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent: its name, its staged bytes, and the media type that they have.

    ``group`` joins files into one paper: photographs that were taken in a row share one, and the
    id of a paper that is there adds pages to it.
    """

    name: str
    media_type: str
    file: StagedFile
    group: str = ""
    paper_id: int | None = None


@dataclass(frozen=True)
class Author:
    """Who files in a case: a representation, or a user of the court for the court.

    ``delegate`` files for counsel.
    """

    case: Case
    representation: Representation | None = None
    user: User | None = None
    delegate: Delegation | None = None

    @property
    def side(self) -> str:
        """The side for which papers are filed."""
        return self.representation.party.side if self.representation else COURT_SIDE

    @property
    def counsel_id(self) -> int | None:
        """The counsel who files, None for the court."""
        return self.representation.counsel_id if self.representation else None

    @property
    def name(self) -> str:
        """The name of the person who files."""
        person = self.representation.counsel if self.representation else self.user
        return person.name if person else ""


def open_draft(session: Session, author: Author, now: dt.datetime) -> Filing:
    """Lock and return the draft of an author, a new one if there is none."""
    representation_id = author.representation.id if author.representation else None
    user_id = author.user.id if author.user else None
    key = queries.draft_key(author.case.id, representation_id, user_id)
    session.execute(sa.select(Filing.id).where(Filing.draft_key == key).with_for_update())
    draft = queries.draft_of(session, author.case.id, representation_id, user_id)
    if draft is None:
        draft = Filing(
            court_id=author.case.court_id,
            case=author.case,
            representation=author.representation,
            counsel_id=author.counsel_id,
            user=author.user,
            side=author.side,
            draft_key=key,
            created_at=now,
        )
        session.add(draft)
    draft.kept_until = now + KEPT
    session.flush()
    return draft


def expired(session: Session, now: dt.datetime) -> Sequence[int]:
    """Return the ids of drafts that nobody touched for a day."""
    is_over = sa.and_(Filing.draft_key.is_not(None), Filing.kept_until <= now)
    return session.scalars(sa.select(Filing.id).where(is_over).order_by(Filing.kept_until)).all()


def delete_expired(session: Session, draft_id: int, now: dt.datetime) -> int:
    """Delete a draft that nobody touched for a day, with its files; return 1 or 0."""
    draft = session.get(Filing, draft_id, with_for_update=True, populate_existing=True)
    if draft is None or not draft.is_draft or not draft.kept_until or draft.kept_until > now:
        return 0
    _drop(session, [file for paper in draft.papers for file in paper.files], now)
    session.delete(draft)
    return 1


def add_files(
    session: Session,
    store: FileStore,
    draft: Filing,
    files: Sequence[SentFile],
    unnamed: str,
    now: dt.datetime,
    limits: PaperLimits,
) -> None:
    """Add files to a draft as papers, or as pages; those that are not taken are named on it.

    ``unnamed`` is the name of a paper whose file has none that says anything: "Paper {number}".
    """
    draft.refused = []
    taken: list[SentFile] = []
    room = limits.filing - draft.size
    count = sum(len(paper.files) for paper in draft.papers)
    for sent in files:
        fault = rules.fault_of(sent.file.size, sent.media_type, sent.file.too_large)
        if fault is None and (sent.file.size > room or count >= limits.files):
            fault = FileFault.ROOM
        if fault is not None:
            draft.refused = [*draft.refused, {"name": sent.name, "fault": fault.value}]
            continue
        taken.append(sent)
        room, count = room - sent.file.size, count + 1
    stored = storage.keep(session, store, [each.file for each in taken], now)
    papers: dict[str, Paper] = {}
    for sent in taken:
        paper = _paper_for(draft, sent, papers, unnamed, limits.items)
        if paper is None:
            fault = FileFault.ROOM
            draft.refused = [*draft.refused, {"name": sent.name, "fault": fault.value}]
            continue
        file = stored[sent.file.finish()]
        paper.files.append(
            PaperFile(
                position=len(paper.files) + 1,
                file=file,
                name=document_types.name_of(sent.name, sent.media_type),
                media_type=sent.media_type,
                size=file.size,
                digest=file.digest,
            )
        )
    session.flush()


def _paper_for(
    draft: Filing, sent: SentFile, papers: dict[str, Paper], unnamed: str, most: int
) -> Paper | None:
    """Return the paper that a file belongs to, a new one if need be; None where none fits."""
    if sent.paper_id is not None:
        return next((each for each in draft.papers if each.id == sent.paper_id), None)
    is_picture = sent.media_type in document_types.PICTURES
    if sent.group and is_picture and sent.group in papers:
        return papers[sent.group]
    if len(draft.papers) >= most:
        return None
    paper = Paper(
        position=max((each.position for each in draft.papers), default=0) + 1,
        name=rules.default_name(sent.name) or unnamed.format(number=len(draft.papers) + 1),
        kind=rules.default_kind(sent.media_type).value,
        proves="",
        original=False,
    )
    draft.papers.append(paper)
    if sent.group and is_picture:
        papers[sent.group] = paper
    return paper


def describe(draft: Filing, fields: Mapping[int, PaperFields], unnamed: str) -> None:
    """Keep what is typed about papers. Raises Invalid by field and paper ("name-12")."""
    errors: dict[str, Message] = {}
    for place, paper in enumerate(draft.papers, 1):
        if (typed := fields.get(paper.id)) is None:
            continue
        errors |= {f"{name}-{paper.id}": fault for name, fault in rules.checked(typed).items()}
        paper.name = typed.name or unnamed.format(number=place)
        paper.proves, paper.original, paper.kind = typed.proves, typed.original, typed.kind
    if errors:
        raise Invalid(errors)


def act_on(
    session: Session, draft: Filing, action: DraftAction, target: int, now: dt.datetime
) -> None:
    """Move or drop a paper of a draft, or a page of one; an unknown target changes nothing."""
    steps = {
        DraftAction.EARLIER: -1,
        DraftAction.LATER: 1,
        DraftAction.PAGE_EARLIER: -1,
        DraftAction.PAGE_LATER: 1,
    }
    by_paper = {each.id: each for each in draft.papers}
    by_file = {file.id: file for paper in draft.papers for file in paper.files}
    if action in (DraftAction.EARLIER, DraftAction.LATER):
        order = rules.moved([each.id for each in draft.papers], target, steps[action])
        for position, paper_id in enumerate(order, 1):
            by_paper[paper_id].position = position
    elif action is DraftAction.DROP and target in by_paper:
        _drop(session, by_paper[target].files, now)
        draft.papers.remove(by_paper[target])
    elif target in by_file:
        paper = by_file[target].paper
        if action is DraftAction.PAGE_DROP:
            _drop(session, [by_file[target]], now)
            paper.files.remove(by_file[target])
            if not paper.files:
                draft.papers.remove(paper)
        elif action is DraftAction.PAGE_TURN:
            _turn(by_file[target])
        elif action in steps:
            order = rules.moved([each.id for each in paper.files], target, steps[action])
            for position, file_id in enumerate(order, 1):
                by_file[file_id].position = position
    session.flush()


def _turn(file: PaperFile) -> None:
    """Turn a photograph by a quarter to the right; its reading copy is made anew."""
    if file.media_type in document_types.PICTURES:
        file.turned = (file.turned + rules.QUARTER) % rules.WHOLE_TURN
        file.turned_since = (file.turned_since + rules.QUARTER) % rules.WHOLE_TURN
        file.reading_state = ""


def _drop(session: Session, files: Sequence[PaperFile], now: dt.datetime) -> None:
    storage.release(session, [number for each in files for number in each.file_ids], now)
