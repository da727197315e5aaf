"""View model of a hearing's page, loaded in a fixed number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.core.errors import N_, NotFound, Refusal
from app.court.models import Court
from app.desk import queries as desk
from app.desk import todo
from app.desk.queries import ProposalProgress
from app.desk.todo import TaskItem
from app.evidence import assessment
from app.evidence.reach import CounselReach
from app.hearings import queries, service
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
from app.hearings.scheduling import CourtContext
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import WENT_OUT, Event, NoticeState


class NextStep(StrEnum):
    """Next step of a hearing."""

    WAIT = "wait"
    READY = "ready"
    NONE_SUITS = "none_suits"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    FIXED = "fixed"
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ProposalDelivery:
    """When a carrier first accepted a message to each side: whether a proposal is offered."""

    sides: dict[str, dt.datetime | None]

    @property
    def complete(self) -> bool:
        """Whether a message to each side was accepted."""
        return all(self.sides.values())

    @property
    def missing(self) -> list[str]:
        """Sides without an accepted message."""
        return [side for side, at in self.sides.items() if at is None]

    @property
    def together(self) -> bool:
        """Whether the messages to all sides were accepted within one minute."""
        times = [at for at in self.sides.values() if at]
        return self.complete and max(times) - min(times) < dt.timedelta(minutes=1)


@dataclass(frozen=True)
class HearingPage:
    """View model of a hearing; proposals are sorted newest first."""

    hearing: Hearing
    court: Court
    step: NextStep
    proposals: list[ProposalProgress]
    contacts: list[CounselReach]
    lines: Sequence[Entry]
    offer: ProposalDelivery | None = None
    nudge_at: dt.datetime | None = None
    reminder_at: dt.datetime | None = None
    future: list[Slot] = field(default_factory=list)
    todo: list[TaskItem] = field(default_factory=list)

    @property
    def latest(self) -> ProposalProgress | None:
        """The newest proposal with slots."""
        return self.proposals[0] if self.proposals else None

    @property
    def notified(self) -> list[str]:
        """Names of counsel to whom the current state has been sent."""
        return [each.counsel.name for each in self.contacts if each.informed]

    @property
    def not_notified(self) -> list[str]:
        """Names of acting counsel to whom it has not been sent yet."""
        return [each.counsel.name for each in self.contacts if each.acts and not each.informed]

    @property
    def contacts_by_side(self) -> dict[str, int]:
        """Number of contacts per side: messages sent and contacts by hand."""
        counts: dict[str, int] = {}
        for contact in self.contacts:
            rows = [*contact.rows, *contact.earlier]
            counts[contact.side] = counts.get(contact.side, 0) + sum(row.counts for row in rows)
        return counts

    @property
    def acting(self) -> set[int]:
        """Ids of counsel who currently act in the case."""
        return {each.counsel.id for each in self.contacts if each.acts}

    @property
    def unasked(self) -> list[CounselReach]:
        """Counsel who joined the case after the newest proposal."""
        invited = {i.counsel_id for i in self.latest.proposal.invitations} if self.latest else set()
        return [each for each in self.contacts if each.acts and each.counsel.id not in invited]


def hearing_page(session: Session, court_id: int, hearing_id: int, now: dt.datetime) -> HearingPage:
    """Load the view model of a hearing. Raises NotFound, also for a hearing of another court."""
    hearing = _hearing(session, court_id, hearing_id)
    lines, notices = assessment.entries(session, hearing), assessment.notices(session, hearing)
    contacts = assessment.contacts(session, hearing, notices, lines, now)
    proposals = [
        desk.progress_of(proposal) for proposal in reversed(hearing.proposals) if proposal.slots
    ]
    latest = proposals[0] if proposals else None
    can_be_fixed = hearing.state in (HearingState.PROPOSED, HearingState.LAPSED) and latest
    return HearingPage(
        hearing=hearing,
        court=hearing.case.court,
        step=step_of(hearing, latest, now),
        proposals=proposals,
        contacts=contacts,
        lines=lines,
        offer=_delivery(latest.proposal, notices, lines) if latest else None,
        nudge_at=_next(notices, NoticeKind.NUDGE),
        reminder_at=_next(notices, NoticeKind.REMINDER),
        future=[slot for slot in latest.proposal.slots if slot.starts_at > now]
        if latest and can_be_fixed
        else [],
        todo=todo.of_hearing(session, hearing, now),
    )


def step_of(hearing: Hearing, latest: ProposalProgress | None, now: dt.datetime) -> NextStep:
    """Return the next step, by the state of the hearing and its newest proposal."""
    if hearing.state == HearingState.CANCELLED:
        return NextStep.CANCELLED
    if latest and latest.proposal.state == ProposalState.OPEN:
        if latest.proposal.answer_by <= now:
            return NextStep.OVERDUE
        if not latest.complete:
            return NextStep.WAIT
        return NextStep.READY if latest.best else NextStep.NONE_SUITS
    if hearing.state == HearingState.FIXED:
        return NextStep.PAST if hearing.ends_at and hearing.ends_at <= now else NextStep.FIXED
    return NextStep.LAPSED


def answers_of(invitation: Invitation) -> dict[int, str]:
    """Return the answers of an invitation, keyed by slot id; empty if not answered."""
    return {answer.slot_id: answer.says for answer in invitation.answers}


def fix_agreed(session: Session, context: CourtContext, hearing_id: int, slot_id: int) -> Hearing:
    """Fix the slot on which all agreed, which needs no reason.

    Raises Refusal if the answers have changed since, and whatever service.fix raises.
    """
    hearing = queries.find_hearing(session, context.court.id, hearing_id, lock=True)
    proposal = queries.open_proposal(session, hearing)
    progress = desk.progress_of(proposal) if proposal else None
    agreed = progress.best if progress and progress.complete else None
    still_open = hearing.state in (HearingState.PROPOSED, HearingState.LAPSED)
    if still_open and not (agreed and agreed.id == slot_id):
        raise Refusal(
            N_("This slot is not, or no longer, one that all agreed on: give a reason to fix it.")
        )
    return service.fix(session, context, hearing_id, slot_id, "")


def _hearing(session: Session, court_id: int, hearing_id: int) -> Hearing:
    case, proposals = joinedload(Hearing.case), selectinload(Hearing.proposals)
    query = (
        sa.select(Hearing)
        .where(Hearing.id == hearing_id, Hearing.court_id == court_id)
        .options(
            case.joinedload(Case.court),
            case.joinedload(Case.assistant),
            joinedload(Hearing.judge),
            joinedload(Hearing.courtroom),
            joinedload(Hearing.user),
            proposals.selectinload(Proposal.slots),
            proposals.selectinload(Proposal.invitations).options(
                joinedload(Invitation.counsel),
                joinedload(Invitation.party),
                selectinload(Invitation.answers),
                selectinload(Invitation.offered),
            ),
        )
        .execution_options(populate_existing=True)
    )
    hearing = session.scalar(query)
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


def _delivery(
    proposal: Proposal, notices: Sequence[Notice], lines: Sequence[Entry]
) -> ProposalDelivery:
    """Return when a proposal was offered to each side, by the same rule as queries.offered."""
    invitation_ids = {invitation.id for invitation in proposal.invitations}
    sent = {
        n.id: n
        for n in notices
        if n.kind == NoticeKind.PROPOSAL
        and n.invitation_id in invitation_ids
        and n.state in WENT_OUT
    }
    sides: dict[str, dt.datetime | None] = {
        invitation.side: None for invitation in proposal.invitations
    }
    for entry in lines:
        if entry.notice_id in sent and Event(entry.what).traits.handed_over:
            side = sent[entry.notice_id].side
            sides[side] = sides.get(side) or entry.at
    return ProposalDelivery(sides)


def _next(notices: Sequence[Notice], kind: NoticeKind) -> dt.datetime | None:
    """Return when the next queued notice of a kind is due, or None."""
    waiting = [n.due_at for n in notices if n.kind == kind and n.state == NoticeState.QUEUED]
    return min(waiting, default=None)
