"""Read papers: drafts, filings of a case by side, one paper or file for who may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.core.errors import N_, NotFound
from app.papers.exchange.models import UNDECIDED, Exchange, LateFiling
from app.papers.models import (
    IS_UNSEEN,
    DelegateOpening,
    Filing,
    Paper,
    PaperFile,
    PaperPage,
    PaperReading,
)
from app.papers.rules import COURT_SIDE, Disclosure, FilingState, may_list
from app.storage.models import StoredFile

MOST = 200  # unseen filings of a court that are listed


@dataclass(frozen=True)
class WithheldPaper:
    """A paper whose files a reader may not have: its number and the digest of each file.

    Of one that is listed also what it is; of a sealed one these are empty.
    """

    id: int
    number: int
    digests: Sequence[str]
    name: str = ""
    kind: str = ""
    proves: str = ""
    pages: int | None = None


@dataclass(frozen=True)
class WithheldFiling:
    """A filing whose files a reader may not have: who filed how many papers, and when."""

    id: int
    number: int
    filed_at: dt.datetime
    side: str
    counsel: Counsel | None
    party: Party
    exchange: Exchange
    late: LateFiling | None
    is_listed: bool
    papers: Sequence[WithheldPaper]


@dataclass(frozen=True)
class SidePapers:
    """What one side of a case filed, the first filing first, as far as a reader may read it.

    ``filings`` can be read whole; of those ``withheld`` it is only said that they are there.
    """

    side: str
    filings: Sequence[Filing]
    withheld: Sequence[WithheldFiling] = ()

    @property
    def papers(self) -> list[Paper]:
        """The papers of the side that can be read, by their numbers."""
        return [paper for filing in self.filings for paper in filing.papers]

    @property
    def count(self) -> int:
        """Number of all papers of the side."""
        return len(self.papers) + sum(len(filing.papers) for filing in self.withheld)


def readable(party_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition under which the files of a filing may be had by who acts for a party.

    Without a party, by the court, which is the least that anybody in the case may read: what does
    not say who reads gets no more. The same as ``rules.may_read``, for queries that select from
    ``Filing``.
    """
    is_open = Filing.disclosure == Disclosure.OPEN.value
    if party_id is None:
        return is_open
    own = sa.exists().where(
        Representation.id == Filing.representation_id,
        Representation.party_id == party_id,
    )
    return sa.or_(is_open, own)


@dataclass(frozen=True)
class ReaderState:
    """When one reader, counsel or a delegate of theirs, opened a paper and counsel confirmed it."""

    opened_at: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None


def state_for(paper: Paper, counsel_id: int, delegate_id: int = 0) -> ReaderState:
    """Return what counsel, or one delegate of theirs, did with a paper of others."""
    reading = next((each for each in paper.readings if each.counsel_id == counsel_id), None)
    confirmed_at = reading.confirmed_at if reading else None
    if not delegate_id:
        return ReaderState(reading.opened_at if reading else None, confirmed_at)
    openings = (each for each in paper.delegate_openings if each.delegate_id == delegate_id)
    opening = next(openings, None)
    return ReaderState(opening.opened_at if opening else None, confirmed_at)


def _with_papers() -> tuple[ORMOption, ...]:
    papers = selectinload(Filing.papers)
    return (
        papers.selectinload(Paper.files),
        papers.options(*_with_readers()),
        joinedload(Filing.delegate),
        joinedload(Filing.counsel),
        joinedload(Filing.user),
        joinedload(Filing.representation).joinedload(Representation.party),
    )


def _with_readers() -> tuple[Any, ...]:
    """Return the options that load who opened and confirmed a paper."""
    opened = selectinload(Paper.delegate_openings).joinedload(DelegateOpening.delegate)
    confirmed = selectinload(Paper.readings)
    return (
        confirmed.joinedload(PaperReading.counsel),
        confirmed.joinedload(PaperReading.confirmed_by),
        opened.joinedload(Delegate.representation).joinedload(Representation.counsel),
    )


def draft_key(case_id: int, representation_id: int | None, user_id: int | None) -> str:
    """Return the key of the one draft of a representation, or of a user of the court, in a case."""
    author = f"r{representation_id}" if representation_id is not None else f"u{user_id}"
    return f"{case_id}.{author}"


def draft_of(
    session: Session, case_id: int, representation_id: int | None, user_id: int | None
) -> Filing | None:
    """Return the draft of a representation, or of a user of the court, or None."""
    key = draft_key(case_id, representation_id, user_id)
    query = sa.select(Filing).where(Filing.draft_key == key).options(*_with_papers())
    return session.scalar(query.execution_options(populate_existing=True))


def has_draft(session: Session, case_id: int, representation_id: int) -> bool:
    """Tell whether a representation has a draft in a case."""
    key = draft_key(case_id, representation_id, None)
    return session.scalar(sa.select(Filing.id).where(Filing.draft_key == key)) is not None


def counting_drafted(key: str) -> sa.Select[int]:
    """Select how many papers wait in the draft of a key."""
    return sa.select(sa.func.count(Paper.id)).join(Filing).where(Filing.draft_key == key)


def by_side(session: Session, case_id: int, party_id: int | None = None) -> list[SidePapers]:
    """Return what is filed in a case by side: claimant, respondent, others, the court."""
    query = (
        sa.select(Filing)
        .where(Filing.case_id == case_id, Filing.number.is_not(None), readable(party_id))
        .options(*_with_papers())
        .order_by(Filing.number)
    )
    filings = session.scalars(query).all()
    withheld = _withheld(session, case_id, party_id)
    sides = list(dict.fromkeys([*(e.side for e in filings), *(e.side for e in withheld)]))
    order = ("claimant", "respondent")
    sides.sort(key=lambda side: (side == COURT_SIDE, order.index(side) if side in order else 9))
    return [
        SidePapers(
            side,
            [each for each in filings if each.side == side],
            [each for each in withheld if each.side == side],
        )
        for side in sides
    ]


def is_readable(session: Session, filing_id: int, party_id: int | None = None) -> bool:
    """Tell whether a reader may have the files of a filing."""
    query = sa.select(Filing.id).where(Filing.id == filing_id, readable(party_id))
    return session.scalar(query) is not None


def _withheld(session: Session, case_id: int, party_id: int | None) -> list[WithheldFiling]:
    """Return the filings of a case whose files a reader may not have, without what they say."""
    query = (
        sa.select(Filing)
        .where(Filing.case_id == case_id, Filing.number.is_not(None), ~readable(party_id))
        .options(*_with_papers(), joinedload(Filing.exchange), joinedload(Filing.late))
        .order_by(Filing.number)
    )
    return [_withheld_filing(each, party_id) for each in session.scalars(query).all()]


def _withheld_filing(filing: Filing, party_id: int | None) -> WithheldFiling:
    # A sealed filing is one of counsel into an exchange; what is a draft is not asked for.
    assert filing.representation is not None
    assert filing.exchange is not None
    assert filing.filed_at is not None
    party = filing.representation.party
    is_listed = may_list(Disclosure(filing.disclosure), party.id, party_id)
    return WithheldFiling(
        filing.id,
        filing.number or 0,
        filing.filed_at,
        filing.side,
        filing.counsel,
        party,
        filing.exchange,
        filing.late,
        is_listed,
        [_withheld_paper(paper, is_listed) for paper in filing.papers],
    )


def _withheld_paper(paper: Paper, is_listed: bool) -> WithheldPaper:
    sealed = WithheldPaper(paper.id, paper.number or 0, [file.digest for file in paper.files])
    if not is_listed:
        return sealed
    return replace(sealed, name=paper.name, kind=paper.kind, proves=paper.proves, pages=paper.pages)


def filed_by_party(session: Session, case_id: int) -> dict[int, list[tuple[dt.datetime, int]]]:
    """Return when each party of a case filed by link and how many papers, the newest first."""
    query = (
        sa.select(Representation.party_id, Filing.filed_at, sa.func.count(Paper.id))
        .join(Representation, Representation.id == Filing.representation_id)
        .join(Paper, Paper.filing_id == Filing.id)
        .where(Filing.case_id == case_id, Filing.filed_at.is_not(None))
        .group_by(Representation.party_id, Filing.id, Filing.filed_at)
        .order_by(Filing.id.desc())
    )
    found: dict[int, list[tuple[dt.datetime, int]]] = defaultdict(list)
    for party_id, filed_at, count in session.execute(query):
        if filed_at is not None:  # for the type checker: the query has none
            found[party_id].append((filed_at, count))
    return found


def paper_in_case(
    session: Session, case_id: int, paper_id: int, party_id: int | None = None
) -> Paper:
    """Return a paper that was filed in a case, and whose files a reader may have.

    Raises NotFound, also for one of a draft.
    """
    paper = session.scalar(
        sa.select(Paper)
        .join(Filing)
        .where(
            Paper.id == paper_id,
            Filing.case_id == case_id,
            Filing.state == FilingState.FILED.value,
            readable(party_id),
        )
        .options(
            selectinload(Paper.files).selectinload(PaperFile.images),
            *_with_readers(),
            joinedload(Paper.filing).options(
                joinedload(Filing.counsel), joinedload(Filing.delegate)
            ),
        )
    )
    if paper is None:
        raise NotFound(N_("There is no such paper in this case."))
    return paper


def paper_in_court(session: Session, court_id: int, paper_id: int) -> Paper:
    """Return a paper that was filed in a court, and that it may read. Raises NotFound."""
    case_id = session.scalar(
        sa.select(Filing.case_id)
        .join(Paper, Paper.filing_id == Filing.id)
        .where(Paper.id == paper_id, Filing.court_id == court_id)
    )
    return paper_in_case(session, case_id or 0, paper_id)


def page_image(session: Session, file_id: int, number: int) -> StoredFile | None:
    """Return the image of a page of a file, or None."""
    image = sa.select(PaperPage.image_id).where(
        PaperPage.file_id == file_id, PaperPage.number == number
    )
    return session.scalar(sa.select(StoredFile).where(StoredFile.id == image.scalar_subquery()))


def stored_files(session: Session, sides: Sequence[SidePapers]) -> Sequence[StoredFile]:
    """Return originals and copies of the papers of some sides; a session keeps them meanwhile."""
    papers = (paper for side in sides for paper in side.papers)
    files = [file for paper in papers for file in paper.files]
    ids = {each for file in files for each in (file.file_id, file.copy_id) if each is not None}
    return session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids))).all()


def unseen(session: Session, court_id: int, assistant_id: int | None = None) -> Sequence[Filing]:
    """Return filings that the court has yet to note, the oldest first; of one assistant's cases."""
    query = (
        sa.select(Filing)
        .where(Filing.court_id == court_id, IS_UNSEEN)
        .join(Filing.case)
        .options(joinedload(Filing.case), *_with_papers())
        .order_by(Filing.filed_at, Filing.id)
        .limit(MOST)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return session.scalars(query).all()


def late_undecided(
    session: Session, court_id: int, assistant_id: int | None = None
) -> Sequence[Filing]:
    """Return late filings on which a court can decide and has not, the oldest first.

    Pages show of them who filed and when.
    """
    query = (
        sa.select(Filing)
        .join(LateFiling, LateFiling.filing_id == Filing.id)
        .join(Filing.case)
        .where(
            LateFiling.court_id == court_id,
            UNDECIDED,
            Filing.disclosure == Disclosure.LISTED.value,
        )
        .options(joinedload(Filing.case), joinedload(Filing.counsel), selectinload(Filing.papers))
        .order_by(Filing.filed_at, Filing.id)
        .limit(MOST)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return session.scalars(query).all()


def counting_new(case_id: int, counsel_id: int, party_id: int | None = None) -> sa.Select[int]:
    """Select how many papers of others in a case a counsel can open and has not opened."""
    reading = sa.exists().where(
        PaperReading.paper_id == Paper.id,
        PaperReading.counsel_id == counsel_id,
        sa.or_(PaperReading.opened_at.is_not(None), PaperReading.confirmed_at.is_not(None)),
    )
    return (
        sa.select(sa.func.count())
        .select_from(Paper)
        .join(Filing)
        .where(
            Filing.case_id == case_id,
            Filing.number.is_not(None),
            sa.or_(Filing.counsel_id.is_(None), Filing.counsel_id != counsel_id),
            readable(party_id),
            ~reading,
        )
    )
