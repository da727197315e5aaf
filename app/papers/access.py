"""Who may have the bytes of a paper: the one check of downloads, page images, zips and merged PDFs.

Whoever offers or returns bytes of a paper asks ``withheld_because`` (of rows that are loaded) or
``file_for`` (by id). A new reason to withhold is a row of ``Withheld`` and a line in one of the
two functions below; a link that was issued before is checked again when it is used.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases import delegates
from app.cases.models import Party, Representation
from app.core.errors import N_, NotFound, Refusal
from app.papers.models import Filing, Paper, PaperFile
from app.papers.rules import Disclosure, may_read
from app.storage import scanned
from app.storage.scanned import ScanBar


@dataclass(frozen=True)
class Reader:
    """Who asks for bytes: a counsel for their party, or a user or program of a court.

    See ``papers.readers`` for how pages and the API create one.
    ``scanned_only``: a scanner is set up, so only who sent a file has it before it was scanned.
    """

    counsel_id: int | None = None
    party_id: int | None = None
    court_id: int | None = None
    user_id: int | None = None
    # Of a delegate of counsel: they have what they opened themselves.
    delegate_id: int | None = None
    scanned_only: bool = field(kw_only=True)

    def ids(self) -> list[int | None]:
        """Return who it is, as a link carries it."""
        return [self.counsel_id, self.party_id, self.court_id, self.user_id, self.delegate_id]


class Withheld(StrEnum):
    """Why bytes are not offered to a reader, with the words of a refusal."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "Withheld":
        """Create a reason with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    # A draft of somebody else, another court's paper, what is sealed and what is erased: that it
    # exists is not said.
    MISSING = "missing", N_("There is no such file, or it was erased.")
    UNOPENED = "unopened", N_("Open this paper on your page of the case first.")
    SET_ASIDE = ScanBar.SET_ASIDE.value, ScanBar.SET_ASIDE.words
    NOT_SCANNED = ScanBar.NOT_SCANNED.value, ScanBar.NOT_SCANNED.words


def withheld_because(file: PaperFile, reader: Reader) -> Withheld | None:
    """Return why a file's original, copy and images are not offered to a reader; None if they are.

    The filing of its paper and the readings are loaded by then, or are now.
    """
    if file.file_id is None:
        return Withheld.MISSING
    if (reason := paper_withheld_because(file.paper, reader)) is not None:
        return reason
    return _scan_withholds(file, reader)


def _scan_withholds(file: PaperFile, reader: Reader) -> Withheld | None:
    is_own = _is_own(file.paper.filing, reader)
    barred = scanned.bar(file.scan_state, scanned_only=reader.scanned_only, is_own=is_own)
    return Withheld(barred.value) if barred else None


def check_openable(paper: Paper, reader: Reader) -> None:
    """Check that a reader who opens a paper has something of it then. Raises Refusal."""
    reasons = [_scan_withholds(each, reader) for each in paper.files]
    if reasons and all(reasons):
        raise Refusal(next(filter(None, reasons)).words)


def paper_withheld_because(paper: Paper, reader: Reader) -> Withheld | None:
    """Return why nothing of a paper is offered to a reader; None if it is."""
    filing = paper.filing
    filed_for = filing.representation.party_id if filing.representation else None
    if not may_read(Disclosure(filing.disclosure), filed_for, reader.party_id):
        return Withheld.MISSING
    if _is_own(filing, reader):
        return None
    if filing.is_draft:
        return Withheld.MISSING
    if reader.counsel_id is None:
        return None if filing.court_id == reader.court_id else Withheld.MISSING
    return None if _has_opened(paper, reader) else Withheld.UNOPENED


def _has_opened(paper: Paper, reader: Reader) -> bool:
    if reader.delegate_id is not None:
        return any(each.delegate_id == reader.delegate_id for each in paper.delegate_openings)
    return any(each.counsel_id == reader.counsel_id and each.opened_at for each in paper.readings)


def _is_own(filing: Filing, reader: Reader) -> bool:
    if reader.counsel_id is not None:
        return filing.counsel_id == reader.counsel_id
    return filing.user_id is not None and filing.user_id == reader.user_id


def file_for(session: Session, file_id: int, reader: Reader, now: dt.datetime) -> PaperFile:
    """Return a file of a paper that a reader may have; counsel only while they act in the case.

    And a delegate of theirs only while they may.

    Raises NotFound, and Refusal with the reason where it may be said.
    """
    file = session.scalar(
        sa.select(PaperFile)
        .where(PaperFile.id == file_id)
        .options(
            joinedload(PaperFile.file),
            joinedload(PaperFile.paper).joinedload(Paper.filing).joinedload(Filing.representation),
            joinedload(PaperFile.paper).selectinload(Paper.readings),
            joinedload(PaperFile.paper).selectinload(Paper.delegate_openings),
        )
    )
    if file is None or not _acts(session, file.paper.filing, reader, now):
        raise NotFound(Withheld.MISSING.words)
    reason = withheld_because(file, reader)
    if reason is Withheld.MISSING:
        raise NotFound(reason.words)
    if reason is not None:
        raise Refusal(reason.words)
    return file


def _acts(session: Session, filing: Filing, reader: Reader, now: dt.datetime) -> bool:
    """Tell whether counsel, or a delegate, acts in the case of a filing; a court always does."""
    if reader.counsel_id is None:
        return True
    if reader.delegate_id is not None and delegates.ended(session, [reader.delegate_id], now):
        return False
    acting = (
        sa.select(Representation.id)
        .join(Party)
        .where(
            Representation.counsel_id == reader.counsel_id,
            Representation.left_at.is_(None),
            Party.case_id == filing.case_id,
            Party.id == reader.party_id,
        )
    )
    return session.scalar(acting.limit(1)) is not None
