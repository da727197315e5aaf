"""View model of a hearing's page, loaded in a fixed number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Party, Representation
from app.core.errors import N_, NotFound, Refusal
from app.court.models import Court
from app.desk import queries as desk
from app.desk import todo
from app.desk.hearing import counsel_lines
from app.desk.hearing.counsel_lines import CounselLine, LineRules, calls_of
from app.desk.queries import ProposalProgress
from app.desk.todo import TaskItem
from app.evidence import assessment, reach
from app.evidence.reach import CounselReach
from app.hearings import queries, service
from app.hearings.models import (
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.scheduling import CourtContext
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.outcomes.rules import Outcome
from app.record.models import Entry
from app.record.rules import WENT_OUT, Event, NoticeState
from app.tasks.service import TaskKind

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


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
class NewsDelivery:
    """When a carrier first accepted the latest news to each side.

    A proposal counts as offered once that is so for all sides.
    """

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

    @property
    def last_at(self) -> dt.datetime | None:
        """When the last side was sent it, or None while a side is missing."""
        times = [at for at in self.sides.values() if at]
        return max(times, default=None) if self.complete else None


@dataclass(frozen=True)
class HearingPage:
    """View model of a hearing; proposals are sorted newest first."""

    hearing: Hearing
    court: Court
    step: NextStep
    proposals: list[ProposalProgress]
    contacts: list[CounselReach]
    counsel: list[CounselLine]
    entries: Sequence[Entry]
    delivery: NewsDelivery
    nudge_at: dt.datetime | None = None
    reminder_at: dt.datetime | None = None
    future: list[Slot] = field(default_factory=list)
    todo: list[TaskItem] = field(default_factory=list)
    # Whether its date has come, so that it can have an outcome; and whether its outcome is that the
    # case goes on, while no other date of the case is proposed or ahead.
    begun: bool = False
    goes_on: bool = False

    @property
    def last(self) -> Proposal | None:
        """The newest proposal, by which the version of the page's forms is told."""
        return self.hearing.proposals[-1] if self.hearing.proposals else None

    @property
    def latest(self) -> ProposalProgress | None:
        """The newest proposal with slots."""
        return self.proposals[0] if self.proposals else None

    @property
    def going_out(self) -> list[str]:
        """Names of acting counsel to whom the latest news is being sent."""
        return [each.counsel.name for each in self.contacts if each.acts and each.going_out]

    @property
    def is_asked(self) -> bool:
        """Whether the latest news is that a proposal was sent, and not a date or an end."""
        return self.hearing.state in (HearingState.PROPOSED, HearingState.LAPSED)

    @property
    def requests(self) -> list[TaskItem]:
        """Open tasks other than calls before a deadline, which counsel's own lines show."""
        return [each for each in self.todo if each.task.way != TaskKind.CALL]

    @property
    def to_call(self) -> list[CounselLine]:
        """Counsel who must be called, by deadline; those whose deadline has passed come last."""
        waiting = [each for each in self.counsel if each.needs_call]
        return sorted(waiting, key=lambda each: (each.call_by is None, each.call_by or NEVER))

    @property
    def moving(self) -> bool:
        """Whether another date is being asked for while the present one still holds."""
        return self.hearing.starts_at is not None and self.hearing.state == HearingState.PROPOSED

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
    acting = assessment.acting_in(hearing.case)
    contacts = assessment.contacts(session, hearing, notices, lines, now, acting)
    open_tasks = todo.of_hearing(session, hearing, now)
    proposals = [
        desk.progress_of(proposal) for proposal in reversed(hearing.proposals) if proposal.slots
    ]
    latest = proposals[0] if proposals else None
    asks = hearing.state in (HearingState.PROPOSED, HearingState.LAPSED)
    step = step_of(hearing, latest, now)
    line_rules = LineRules(
        asked=latest.proposal if latest and asks else None,
        is_open=step not in (NextStep.CANCELLED, NextStep.PAST, NextStep.LAPSED),
        is_cancelled=step == NextStep.CANCELLED,
        calls=calls_of(open_tasks),
    )
    return HearingPage(
        hearing=hearing,
        court=hearing.case.court,
        step=step,
        proposals=proposals,
        contacts=contacts,
        counsel=counsel_lines.lines(contacts, line_rules),
        entries=lines,
        delivery=_delivery(hearing, latest, contacts, notices, lines),
        nudge_at=_next(notices, NoticeKind.NUDGE),
        reminder_at=_next(notices, NoticeKind.REMINDER),
        future=[slot for slot in latest.proposal.slots if slot.starts_at > now]
        if latest and asks
        else [],
        todo=open_tasks,
        begun=hearing.state == HearingState.FIXED
        and hearing.starts_at is not None
        and hearing.starts_at <= now,
        goes_on=bool(hearing.outcome)
        and Outcome(hearing.outcome).goes_on
        and not queries.upcoming_hearings(session, hearing.case, now),
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
    parameters = {"hearing": hearing_id, "court": court_id}
    hearing = session.scalars(_hearing_statement(), parameters).unique().one_or_none()
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


@cache
def _hearing_statement() -> sa.Select[Hearing]:
    """Return the statement of a hearing with its case and all rounds, put together once."""
    case, proposals = joinedload(Hearing.case), selectinload(Hearing.proposals)
    return (
        sa.select(Hearing)
        .where(Hearing.id == sa.bindparam("hearing"), Hearing.court_id == sa.bindparam("court"))
        .options(
            case.joinedload(Case.court),
            case.joinedload(Case.assistant),
            case.selectinload(Case.parties)
            .joinedload(Party.representations)
            .options(joinedload(Representation.counsel), joinedload(Representation.declarations)),
            joinedload(Hearing.judge),
            joinedload(Hearing.members),
            joinedload(Hearing.courtroom),
            joinedload(Hearing.user),
            # An outer join of one table: what one of several joins is read whole by SQLite.
            proposals.joinedload(Proposal.slots).joinedload(Slot.courtroom, innerjoin=False),
            # Their counsel and parties are those of the case, which are there by then.
            proposals.selectinload(Proposal.invitations).options(
                joinedload(Invitation.answers),
                selectinload(Invitation.offered),
            ),
        )
        .execution_options(populate_existing=True)
    )


def _delivery(
    hearing: Hearing,
    latest: ProposalProgress | None,
    contacts: Sequence[CounselReach],
    notices: Sequence[Notice],
    entries: Sequence[Entry],
) -> NewsDelivery:
    """Return when the latest news was sent to each side, by the same rule as queries.offered."""
    news = reach.news_of(hearing, latest.proposal if latest else None)
    sent = {each.id: each for each in notices if news.holds(each) and each.state in WENT_OUT}
    sides: dict[str, dt.datetime | None] = {each.side: None for each in contacts if each.acts}
    for entry in entries:
        if entry.notice_id in sent and Event(entry.what).traits.handed_over:
            side = sent[entry.notice_id].side
            sides[side] = sides.get(side) or entry.at
    return NewsDelivery(sides)


def _next(notices: Sequence[Notice], kind: NoticeKind) -> dt.datetime | None:
    """Return when the next queued notice of a kind is due, or None."""
    waiting = [n.due_at for n in notices if n.kind == kind and n.state == NoticeState.QUEUED]
    return min(waiting, default=None)
