"""Contact certificate of a case: people, attempts, evidence, and the head of its chain."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.evidence import assessment, paper_service
from app.evidence.paper_service import ServedCounsel
from app.evidence.reach import CounselReach
from app.hearings import queries as hearings_queries
from app.hearings.models import Hearing
from app.papers import queries as paper_queries
from app.papers.models import Paper
from app.record import daily_seals, ledger
from app.record.daily_seals import SealedBy
from app.record.models import ChainHead, Entry
from app.record.time_stamps import service as time_stamps
from app.record.time_stamps.service import StampView
from app.record.time_stamps.settings import StampAuthority
from app.record.verification import CHECKED_AT_ONCE, ChainFinding, ChainRange, verify_part


@dataclass(frozen=True)
class Certificate:
    """The contents of a certificate: a case's record as it is now.

    ``stamp`` is the time stamp of the day that covers its end.
    """

    case: Case
    hearings: Sequence[tuple[Hearing, Sequence[CounselReach]]]
    finding: ChainFinding
    cover: SealedBy | None
    stamp: StampView | None
    # The court's papers, and by paper who was served with it.
    court_papers: Sequence[Paper]
    served: Mapping[int, Sequence[ServedCounsel]]


@dataclass(frozen=True)
class Seal:
    """Confirmation of one hash: its entry, and how many entries came after.

    ``complete`` tells whether the whole chain was verified, not only the entry.
    """

    entry: Entry
    case: Case
    later: int
    cover: SealedBy | None
    stamp: StampView | None
    finding: ChainFinding
    complete: bool = True


def of_case(
    session: Session, case: Case, now: dt.datetime, authority: StampAuthority | None
) -> Certificate:
    """Return a case's certificate; its whole chain is verified each time."""
    hearings = []
    for hearing in reversed(hearings_queries.hearings_of_case(session, case)):
        notices = assessment.notices(session, hearing)
        entries = assessment.entries(session, hearing)
        reached = assessment.contacts(session, hearing, notices, entries, now)
        hearings.append((hearing, reached))
    finding = ledger.verify(session, case.id)
    last = session.scalar(
        sa.select(Entry).where(Entry.case_id == case.id, Entry.seq == finding.entries)
    )
    filings = [each for side in paper_queries.by_side(session, case.id) for each in side.filings]
    served = paper_service.of_case(session, case, filings)
    cover = daily_seals.covering(session, last) if last else None
    return Certificate(
        case,
        hearings,
        finding,
        cover,
        time_stamps.view_of(session, cover.day, authority) if cover else None,
        [paper for filing in filings for paper in filing.papers if paper.id in served],
        served,
    )


def confirm(session: Session, seal: str, authority: StampAuthority | None) -> Seal | None:
    """Return the confirmation of a hash, or None where no entry of any record has it.

    A chain of up to 2,000 entries is verified whole; of a longer one only the entry itself, for
    anybody may ask, and as often as they like.
    """
    entry = entry_of(session, seal)
    if entry is None:
        return None
    case = session.get(Case, entry.case_id)
    if case is None:  # an entry of no case: `record verify` names it
        return None
    head = session.get(ChainHead, case.id)
    long = head is not None and head.seq > CHECKED_AT_ONCE and entry.seq > 0
    part = ChainRange(case.id, entry.seq, entry.seq) if long else ChainRange(case.id)
    finding = verify_part(session, part)
    later = head.seq - entry.seq if head and finding.intact else 0
    cover = daily_seals.covering(session, entry)
    stamp = time_stamps.view_of(session, cover.day, authority) if cover else None
    return Seal(entry, case, later, cover, stamp, finding, not long)


def entry_of(session: Session, seal: str) -> Entry | None:
    """Return the entry that has a hash, None where none has."""
    return session.scalar(sa.select(Entry).where(Entry.hash == seal).limit(1))
