"""Everything that a hearing's page shows, read in a fixed number of queries."""

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
from app.desk.queries import FixedHearing
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
    """What happens next with a hearing."""

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
    """Whether a round counts as offered: when a carrier first took a message to each side."""

    sides: dict[str, dt.datetime | None]

    @property
    def made(self) -> bool:
        """Whether each side's message was accepted."""
        return all(self.sides.values())

    @property
    def missing(self) -> list[str]:
        """The sides for which no message was accepted yet."""
        return [side for side, at in self.sides.items() if at is None]

    @property
    def together(self) -> bool:
        """Whether all sides' messages were accepted within one minute."""
        times = [at for at in self.sides.values() if at]
        return self.made and max(times) - min(times) < dt.timedelta(minutes=1)


@dataclass(frozen=True)
class HearingPage:
    """One hearing with all that its page shows; the newest round comes first."""

    hearing: Hearing
    court: Court
    step: NextStep
    rounds: list[FixedHearing]
    contacts: list[CounselReach]
    lines: Sequence[Entry]
    offer: ProposalDelivery | None = None
    nudge_at: dt.datetime | None = None
    reminder_at: dt.datetime | None = None
    future: list[Slot] = field(default_factory=list)
    todo: list[TaskItem] = field(default_factory=list)

    @property
    def round(self) -> FixedHearing | None:
        """The newest round that had slots."""
        return self.rounds[0] if self.rounds else None

    @property
    def told(self) -> list[str]:
        """The names of those to whom the present news went out."""
        return [each.counsel.name for each in self.contacts if each.told]

    @property
    def untold(self) -> list[str]:
        """The names of those who act and to whom it did not go out yet."""
        return [each.counsel.name for each in self.contacts if each.acts and not each.told]

    @property
    def contacts_by_side(self) -> dict[str, int]:
        """How often each side was reached or spoken with: what went out, and what was by hand."""
        counts: dict[str, int] = {}
        for contact in self.contacts:
            rows = [*contact.rows, *contact.earlier]
            counts[contact.side] = counts.get(contact.side, 0) + sum(row.counts for row in rows)
        return counts

    @property
    def acting(self) -> set[int]:
        """The counsel who act in the case now."""
        return {each.counsel.id for each in self.contacts if each.acts}

    @property
    def unasked(self) -> list[CounselReach]:
        """Counsel who came to the case after the newest round was asked."""
        asked = {s.counsel_id for s in self.round.round.invitations} if self.round else set()
        return [each for each in self.contacts if each.acts and each.counsel.id not in asked]


def hearing_page(session: Session, court_id: int, hearing_id: int, now: dt.datetime) -> HearingPage:
    """Return a hearing whole. Raises NotFound, for another court's hearing as for none."""
    hearing = _hearing(session, court_id, hearing_id)
    lines, notices = assessment.lines(session, hearing), assessment.notices(session, hearing)
    contacts = assessment.contacts(session, hearing, notices, lines, now)
    rounds = [desk.standing(each) for each in reversed(hearing.proposals) if each.slots]
    newest = rounds[0] if rounds else None
    askable = hearing.state in (HearingState.PROPOSED, HearingState.LAPSED) and newest
    return HearingPage(
        hearing=hearing,
        court=hearing.case.court,
        step=step_of(hearing, newest, now),
        rounds=rounds,
        contacts=contacts,
        lines=lines,
        offer=_offer(newest.round, notices, lines) if newest else None,
        nudge_at=_next(notices, NoticeKind.NUDGE),
        reminder_at=_next(notices, NoticeKind.REMINDER),
        future=[slot for slot in newest.round.slots if slot.starts_at > now]
        if newest and askable
        else [],
        todo=todo.of_hearing(session, hearing, now),
    )


def step_of(hearing: Hearing, newest: FixedHearing | None, now: dt.datetime) -> NextStep:
    """Return what happens next with a hearing, by its state and its newest round."""
    if hearing.state == HearingState.CANCELLED:
        return NextStep.CANCELLED
    if newest and newest.round.state == ProposalState.OPEN:
        if newest.round.answer_by <= now:
            return NextStep.OVERDUE
        if not newest.complete:
            return NextStep.WAIT
        return NextStep.READY if newest.best else NextStep.NONE_SUITS
    if hearing.state == HearingState.FIXED:
        return NextStep.PAST if hearing.ends_at and hearing.ends_at <= now else NextStep.FIXED
    return NextStep.LAPSED


def words_of(seat: Invitation) -> dict[int, str]:
    """Return what one counsel said, by slot; nothing while they have not answered."""
    return {each.slot_id: each.says for each in seat.answers}


def fix_agreed(session: Session, at: CourtContext, hearing_id: int, slot_id: int) -> Hearing:
    """Fix the slot on which all agreed: no order, so no reason is needed and none is told.

    Raises Refusal where the answers have changed since, and what service.fix raises.
    """
    hearing = queries.find_hearing(session, at.court.id, hearing_id, lock=True)
    round_ = queries.open_proposal(session, hearing)
    stands = desk.standing(round_) if round_ else None
    agreed = stands.best if stands and stands.complete else None
    open_still = hearing.state in (HearingState.PROPOSED, HearingState.LAPSED)
    if open_still and not (agreed and agreed.id == slot_id):
        raise Refusal(
            N_("This slot is not, or no longer, one that all agreed on: give a reason to fix it.")
        )
    return service.fix(session, at, hearing_id, slot_id, "")


def _hearing(session: Session, court_id: int, hearing_id: int) -> Hearing:
    case, rounds = joinedload(Hearing.case), selectinload(Hearing.proposals)
    wanted = (
        sa.select(Hearing)
        .where(Hearing.id == hearing_id, Hearing.court_id == court_id)
        .options(
            case.joinedload(Case.court),
            case.joinedload(Case.assistant),
            joinedload(Hearing.judge),
            joinedload(Hearing.courtroom),
            joinedload(Hearing.user),
            rounds.selectinload(Proposal.slots),
            rounds.selectinload(Proposal.invitations).options(
                joinedload(Invitation.counsel),
                joinedload(Invitation.party),
                selectinload(Invitation.answers),
            ),
        )
        .execution_options(populate_existing=True)
    )
    hearing = session.scalar(wanted)
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


def _offer(round_: Proposal, notices: Sequence[Notice], lines: Sequence[Entry]) -> ProposalDelivery:
    """Return when each side of a round was offered it, by the same rule as queries.offered."""
    seats = {seat.id for seat in round_.invitations}
    out = {
        n.id: n
        for n in notices
        if n.kind == NoticeKind.PROPOSAL and n.invitation_id in seats and n.state in WENT_OUT
    }
    sides: dict[str, dt.datetime | None] = {seat.side: None for seat in round_.invitations}
    for line in lines:
        if line.notice_id in out and Event(line.what).traits.handed_over:
            side = out[line.notice_id].side
            sides[side] = sides.get(side) or line.at
    return ProposalDelivery(sides)


def _next(notices: Sequence[Notice], kind: NoticeKind) -> dt.datetime | None:
    """Return when the next notice of a kind is due."""
    waiting = [n.due_at for n in notices if n.kind == kind and n.state == NoticeState.QUEUED]
    return min(waiting, default=None)
