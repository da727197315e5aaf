"""Facts that answer what counsel often ask: live, and the same for all sides."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.court.models import Courtroom
from app.hearings.models import (
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
)
from app.law import Counted, working_days
from app.law.periods import Period
from app.law.working_days import WorkingDays
from app.papers.exchange import queries as exchanges
from app.questions import court_texts
from app.questions.filings import queries as filings
from app.questions.filings.queries import PartyFilings

EXCHANGE = "evidence"  # the kind of hearing at which evidence is exchanged


class KnownFact(StrEnum):
    """A question that the page answers itself; presses on *That answers it* are counted by it."""

    FILED = "filed"
    DATE = "date"
    JUDGE = "judge"
    ROOM = "room"
    BRING = "bring"
    PAPERS = "papers"

    @property
    def counter(self) -> str:
        """Name of the daily counter of presses."""
        return f"questions_spared_{self}"


@dataclass(frozen=True)
class SideAnswer:
    """Whether one party's counsel has answered the open proposal."""

    party: str
    side: str
    answered: bool


@dataclass(frozen=True)
class EvidenceTime:
    """When evidence is due: by the court's order, at an exchange, or by law at the earliest.

    ``due_on`` is the day that the court has set, ``closes_at`` when an exchange by link closes that
    is open; ``exchange`` the next hearing for its exchange;
    ``period`` the longest minimum period of the rules.
    """

    due_on: dt.date | None = None
    closes_at: dt.datetime | None = None
    exchange: Hearing | None = None
    period: Period | None = None


@dataclass(frozen=True)
class KnownFacts:
    """Facts about a case and one hearing of it, or about none if there is none.

    ``open_proposal`` waits for answers, which ``answers`` lists by party; ``texts`` are the court's
    own words, by key and language.
    """

    hearing: Hearing | None = None
    open_proposal: Proposal | None = None
    answers: Sequence[SideAnswer] = ()
    filings: Sequence[PartyFilings] = ()
    evidence: EvidenceTime = EvidenceTime()
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def has_date(self) -> bool:
        """Whether the hearing has a date that holds."""
        return self.hearing is not None and self.hearing.has_date

    @property
    def rooms(self) -> Sequence[Courtroom]:
        """The courtroom of the date, else those that are asked about, each once."""
        if self.hearing is not None and self.has_date:
            return [self.hearing.courtroom] if self.hearing.courtroom else []
        slots = self.open_proposal.slots if self.open_proposal else []
        return list({slot.courtroom_id: slot.courtroom for slot in slots}.values())

    @property
    def kind(self) -> str:
        """Kind of the hearing, or ""."""
        return self.hearing.kind if self.hearing else ""


def of_case(
    session: Session,
    case: Case,
    hearing_id: int | None,
    working: WorkingDays,
    now: dt.datetime,
) -> KnownFacts:
    """Return what is known of a case, and of one of its hearings, now."""
    hearing = session.scalar(
        sa.select(Hearing)
        .where(Hearing.id == hearing_id)
        .options(joinedload(Hearing.judge), joinedload(Hearing.courtroom))
    )
    proposal = _open_proposal(session, hearing)
    return KnownFacts(
        hearing,
        proposal,
        _answers(session, proposal) if proposal else (),
        filings.by_party(session, case),
        _evidence_time(session, case, working, now),
        court_texts.current(session, case.court_id),
    )


def _open_proposal(session: Session, hearing: Hearing | None) -> Proposal | None:
    if hearing is None or hearing.state == HearingState.CANCELLED:
        return None
    query = (
        sa.select(Proposal)
        .where(Proposal.hearing_id == hearing.id, Proposal.state == ProposalState.OPEN.value)
        .options(selectinload(Proposal.slots))
        .order_by(Proposal.round.desc())
    )
    return session.scalars(query.limit(1)).first()


def _answers(session: Session, proposal: Proposal) -> list[SideAnswer]:
    invitations = sa.select(Invitation).where(Invitation.proposal_id == proposal.id)
    return [
        SideAnswer(each.party.name, each.side, each.answered_at is not None)
        for each in session.scalars(
            invitations.options(joinedload(Invitation.party)).order_by(Invitation.id)
        )
    ]


def _evidence_time(
    session: Session, case: Case, working: WorkingDays, now: dt.datetime
) -> EvidenceTime:
    """Return when evidence is due, as far as the court has set it or the rules say."""
    exchange = session.scalar(
        sa.select(Hearing)
        .where(
            Hearing.case_id == case.id,
            Hearing.kind == EXCHANGE,
            Hearing.state == HearingState.FIXED.value,
            Hearing.ends_at > now,
        )
        .order_by(Hearing.starts_at)
        .limit(1)
    )
    today = now.astimezone(ZoneInfo(case.court.zone)).date()
    periods = [
        each
        for each in working_days.periods_of(case.court, working, case, today)
        if each.rule.counted is Counted.FROM_ENTRY and each.ends_on >= today
    ]
    longest = max(periods, key=lambda each: each.ends_on, default=None)
    by_link = exchanges.current(session, case.id)
    closes_at = by_link.closes_at if by_link and by_link.is_open else None
    return EvidenceTime(case.evidence_due_on, closes_at, exchange, longest)
