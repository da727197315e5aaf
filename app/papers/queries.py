"""Read papers: drafts, filings of a case by side, one paper or file for who may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.cases.models import Case, Representation
from app.core.errors import N_, NotFound
from app.papers.models import Filing, Paper, PaperReading
from app.papers.rules import COURT_SIDE, FilingState

MOST = 200  # unseen filings of a court that are listed


@dataclass(frozen=True)
class SidePapers:
    """The filings of one side of a case, the first one first."""

    side: str
    filings: Sequence[Filing]

    @property
    def papers(self) -> list[Paper]:
        """All papers of the side by their numbers."""
        return [paper for filing in self.filings for paper in filing.papers]


def _with_papers() -> tuple[ORMOption, ...]:
    papers = selectinload(Filing.papers)
    return (
        papers.selectinload(Paper.files),
        papers.selectinload(Paper.readings).joinedload(PaperReading.counsel),
        joinedload(Filing.counsel),
        joinedload(Filing.user),
        joinedload(Filing.representation).joinedload(Representation.party),
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


def count_drafted(session: Session, case_id: int, representation_id: int) -> int:
    """Return how many papers wait in the draft of a representation."""
    key = draft_key(case_id, representation_id, None)
    query = sa.select(sa.func.count(Paper.id)).join(Filing).where(Filing.draft_key == key)
    return session.scalar(query) or 0


def by_side(session: Session, case_id: int) -> list[SidePapers]:
    """Return what is filed in a case by side: claimant, respondent, others, the court."""
    query = (
        sa.select(Filing)
        .where(Filing.case_id == case_id, Filing.number.is_not(None))
        .options(*_with_papers())
        .order_by(Filing.number)
    )
    filings = session.scalars(query).all()
    sides = list(dict.fromkeys(each.side for each in filings))
    order = ("claimant", "respondent")
    sides.sort(key=lambda side: (side == COURT_SIDE, order.index(side) if side in order else 9))
    return [SidePapers(side, [each for each in filings if each.side == side]) for side in sides]


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


def paper_in_case(session: Session, case_id: int, paper_id: int) -> Paper:
    """Return a paper that was filed in a case. Raises NotFound, also for one of a draft."""
    paper = session.scalar(
        sa.select(Paper)
        .join(Filing)
        .where(
            Paper.id == paper_id,
            Filing.case_id == case_id,
            Filing.state == FilingState.FILED.value,
        )
        .options(
            selectinload(Paper.files),
            selectinload(Paper.readings).joinedload(PaperReading.counsel),
            joinedload(Paper.filing).joinedload(Filing.counsel),
        )
    )
    if paper is None:
        raise NotFound(N_("There is no such paper in this case."))
    return paper


def paper_in_court(session: Session, court_id: int, paper_id: int) -> Paper:
    """Return a paper that was filed in a court. Raises NotFound."""
    case_id = session.scalar(
        sa.select(Filing.case_id)
        .join(Paper, Paper.filing_id == Filing.id)
        .where(Paper.id == paper_id, Filing.court_id == court_id)
    )
    return paper_in_case(session, case_id or 0, paper_id)


def unseen(session: Session, court_id: int, assistant_id: int | None = None) -> Sequence[Filing]:
    """Return filings that the court has yet to note, the oldest first; of one assistant's cases."""
    query = (
        sa.select(Filing)
        .where(Filing.court_id == court_id, Filing.unseen)
        .join(Filing.case)
        .options(joinedload(Filing.case), *_with_papers())
        .order_by(Filing.filed_at, Filing.id)
        .limit(MOST)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return session.scalars(query).all()


def count_new(session: Session, case_id: int, counsel_id: int) -> int:
    """Return how many papers of others in a case a counsel has not opened."""
    reading = sa.exists().where(
        PaperReading.paper_id == Paper.id,
        PaperReading.counsel_id == counsel_id,
        sa.or_(PaperReading.opened_at.is_not(None), PaperReading.confirmed_at.is_not(None)),
    )
    query = (
        sa.select(sa.func.count())
        .select_from(Paper)
        .join(Filing)
        .where(
            Filing.case_id == case_id,
            Filing.number.is_not(None),
            sa.or_(Filing.counsel_id.is_(None), Filing.counsel_id != counsel_id),
            ~reading,
        )
    )
    return session.scalar(query) or 0
