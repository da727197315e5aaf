"""What a certificate says of a case: its people, what was tried, what is shown, and the seal."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.evidence import assessment
from app.evidence.reach import CounselReach
from app.hearings import queries as hearings_queries
from app.hearings.models import Hearing
from app.record import daily_seals, ledger
from app.record.daily_seals import SealedBy
from app.record.models import ChainHead, Entry
from app.record.verification import CHECKED_AT_ONCE, ChainFinding, ChainRange, verify_part


@dataclass(frozen=True)
class Certificate:
    """What one page certifies of a case's record as it stands now."""

    case: Case
    hearings: Sequence[tuple[Hearing, Sequence[CounselReach]]]
    finding: ChainFinding
    cover: SealedBy | None


@dataclass(frozen=True)
class Seal:
    """What the house confirms of one hash: whose line it is, and what came after."""

    line: Entry
    case: Case
    later: int
    cover: SealedBy | None
    finding: ChainFinding


def of_case(session: Session, case: Case, now: dt.datetime) -> Certificate:
    """Return a case's certificate; its chain is checked whole each time."""
    hearings = []
    for hearing in reversed(hearings_queries.hearings_of_case(session, case)):
        notices, lines = assessment.notices(session, hearing), assessment.lines(session, hearing)
        hearings.append((hearing, assessment.contacts(session, hearing, notices, lines, now)))
    finding = ledger.verify(session, case.id)
    seq = finding.lines
    last = session.scalar(sa.select(Entry).where(Entry.case_id == case.id, Entry.seq == seq))
    return Certificate(
        case, hearings, finding, daily_seals.covering(session, last) if last else None
    )


def confirm(session: Session, seal: str) -> Seal | None:
    """Return what is known of a hash, or None where no line of any record has it.

    The chain is checked whole up to 2,000 lines; of a longer one only the line itself, for anybody
    may ask, and as often as they like.
    """
    line = session.scalar(sa.select(Entry).where(Entry.hash == seal).limit(1))
    if line is None:
        return None
    case = session.get(Case, line.case_id)
    if case is None:  # a line of no case: `record verify` names it
        return None
    head = session.get(ChainHead, case.id)
    long = head is not None and head.seq > CHECKED_AT_ONCE and line.seq > 0
    part = ChainRange(case.id, line.seq, line.seq) if long else ChainRange(case.id)
    found = verify_part(session, part)
    later = head.seq - line.seq if head and found.whole else 0
    return Seal(line, case, later, daily_seals.covering(session, line), found)
