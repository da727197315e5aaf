"""Read what came in at the court: filings noted by hand, documents of requests for another date."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Party, Representation
from app.core.errors import N_, NotFound
from app.hearings.models import MoveOpinion, MoveRequest
from app.papers.queries import filed_by_party
from app.questions.filings.models import NotedFiling


@dataclass(frozen=True)
class PartyFilings:
    """All that came in from one party, the newest first.

    ``documents`` holds the times at which documents came with requests for another date, ``papers``
    when papers were filed by link and how many.
    """

    party: Party
    noted: Sequence[NotedFiling]
    documents: Sequence[dt.datetime] = ()
    papers: Sequence[tuple[dt.datetime, int]] = ()

    @property
    def count(self) -> int:
        """Number of filings, by link or noted, and documents."""
        return len(self.noted) + len(self.documents) + len(self.papers)


def of_case(session: Session, case_id: int) -> Sequence[NotedFiling]:
    """Return the filings noted in a case that hold, the newest first."""
    query = (
        sa.select(NotedFiling)
        .where(NotedFiling.case_id == case_id, NotedFiling.removed_at.is_(None))
        .options(joinedload(NotedFiling.party))
        .order_by(NotedFiling.on.desc(), NotedFiling.id.desc())
    )
    return session.scalars(query).all()


def by_party(session: Session, case: Case) -> list[PartyFilings]:
    """Return what came in from each party of a case; from some, nothing."""
    noted: dict[int, list[NotedFiling]] = defaultdict(list)
    for filing in of_case(session, case.id):
        noted[filing.party_id].append(filing)
    documents, papers = _documents(session, case.id), filed_by_party(session, case.id)
    return [
        PartyFilings(party, noted[party.id], documents.get(party.id, ()), papers.get(party.id, ()))
        for party in case.parties
    ]


def _documents(session: Session, case_id: int) -> dict[int, list[dt.datetime]]:
    """Return when documents came with requests for another date, by the party of who sent them.

    That a private one exists is known to all sides.
    """
    query = (
        sa.select(Representation.party_id, MoveOpinion.given_at, MoveRequest.created_at)
        .join(MoveRequest, MoveRequest.id == MoveOpinion.request_id)
        .join(Representation, Representation.counsel_id == MoveOpinion.counsel_id)
        .join(Party, Party.id == Representation.party_id)
        .where(
            MoveRequest.case_id == case_id,
            MoveOpinion.document_id.is_not(None),
            Party.case_id == case_id,
        )
        .order_by(MoveOpinion.id.desc())
    )
    found: dict[int, list[dt.datetime]] = defaultdict(list)
    for party_id, given_at, created_at in session.execute(query):
        found[party_id].append(given_at or created_at)
    return found


def find(session: Session, court_id: int, case_id: int, filing_id: int) -> NotedFiling:
    """Return a filing noted in a case of a court. Raises NotFound."""
    query = sa.select(NotedFiling).where(
        NotedFiling.id == filing_id,
        NotedFiling.case_id == case_id,
        NotedFiling.court_id == court_id,
    )
    filing = session.scalar(query.execution_options(populate_existing=True))
    if filing is None:
        raise NotFound(N_("There is nothing at this address."))
    return filing
