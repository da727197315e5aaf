"""One line for each counsel of a hearing: how far they were reached, and what is to be done."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.core.errors import N_
from app.core.wording.presented import PresentedState
from app.desk.todo import TaskItem
from app.evidence.reach import CounselReach, MessageRow, ResendOption
from app.hearings.models import Proposal
from app.law.verdict import Why
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import NOT_DELIVERED, WENT_OUT, EvidenceGrade, NoticeState
from app.tasks.service import TaskKind


class LineState(PresentedState):
    """How far one counsel was reached with the latest news, worst first, with its presentation."""

    NO_ADDRESS = "no_address", N_("Not reached"), "telephone-x", "bad"
    NOT_DELIVERED = "not_delivered", N_("Not delivered"), "x-octagon-fill", "bad"
    UNKNOWN = "unknown", N_("Outcome unknown"), "question-circle", "due"
    NOT_SENT = "not_sent", N_("Queued"), "clock", "due"
    SENT = "sent", N_("Sent"), "send", "due"
    NOT_ASKED = "not_asked", N_("Not asked"), "person-plus", "off"
    DELIVERED = "delivered", N_("Delivered"), "phone", "busy"
    GOING_OUT = "going_out", N_("Going out now"), "send", "busy"
    OPENED = "opened", N_("Opened"), "envelope-open", "ok"
    REACHED = "reached", N_("Reached"), "person-check", "ok"
    CONFIRMED = "confirmed", N_("Confirmed"), "check-circle-fill", "ok"
    ANSWERED = "answered", N_("Answered"), "chat-square-text", "ok"
    NO_MESSAGE = "no_message", N_("No message"), "dash-circle", "off"
    LEFT = "left", N_("Acts no longer"), "box-arrow-right", "off"


_WORST_FIRST = list(LineState)
# Nothing is on its way to these, so somebody has to call them.
_UNREACHED = (
    LineState.NO_ADDRESS,
    LineState.NOT_DELIVERED,
    LineState.UNKNOWN,
    LineState.NOT_SENT,
)
_WAITING = (*_UNREACHED, LineState.SENT, LineState.DELIVERED, LineState.OPENED, LineState.REACHED)
_BY_GRADE = {
    EvidenceGrade.OPENED: LineState.OPENED,
    EvidenceGrade.DELIVERED: LineState.DELIVERED,
    EvidenceGrade.ACCEPTED: LineState.SENT,
}


@dataclass(frozen=True, kw_only=True)
class CounselLine:
    """One counsel: their state, what shows it, and what is to be done by when.

    ``call_by`` is the last time at which evidence would come in time for a default judgment, and
    ``is_late`` tells that it has passed. ``lost`` are messages that did not arrive.
    """

    contact: CounselReach
    state: LineState
    at: dt.datetime | None = None
    proof: Entry | None = None
    channels: Sequence[str] = ()
    lost: Sequence[MessageRow] = ()
    next_notice: Notice | None = None
    needs_call: bool = False
    call_by: dt.datetime | None = None
    is_late: bool = False
    task: TaskItem | None = None

    @property
    def resend(self) -> MessageRow | None:
        """The lost message that can be sent again, or None."""
        return next((row for row in self.lost if row.again is ResendOption.MAY), None)

    @property
    def handed_on(self) -> MessageRow | None:
        """The newest official message that was copied and handed on, or None."""
        return next((row for row in self.contact.rows if row.kind == "handed_on"), None)

    @property
    def waits(self) -> bool:
        """Whether the person was sent the news, or should have been, and has not responded."""
        return self.contact.acts and self.state in _WAITING


@dataclass(frozen=True)
class LineRules:
    """What all lines of a hearing depend on.

    ``asked`` is the newest proposal where the latest news is that it was sent; ``is_open`` tells
    whether anything can still be done: the hearing is neither past nor cancelled.
    """

    asked: Proposal | None
    is_open: bool
    is_cancelled: bool = False
    calls: dict[int, TaskItem] = field(default_factory=dict)


def lines(contacts: Iterable[CounselReach], rules: LineRules) -> list[CounselLine]:
    """Return a line for each counsel: whoever must be called first, then the worst state first."""
    found = [_line(contact, rules) for contact in contacts]
    return sorted(found, key=lambda line: (not line.needs_call, _WORST_FIRST.index(line.state)))


def calls_of(todo: Iterable[TaskItem]) -> dict[int, TaskItem]:
    """Return the open calls that the steps before a deadline require, by counsel."""
    return {item.counsel.id: item for item in todo if item.task.way == TaskKind.CALL}


def _line(contact: CounselReach, rules: LineRules) -> CounselLine:
    state = _state(contact, rules)
    verdict, task = contact.verdict, rules.calls.get(contact.counsel.id)
    shown = [row for row in contact.rows if row.notice and row.notice.state in WENT_OUT]
    proof = contact.proof
    kind = proof.kind if proof else ""
    decides = rules.is_open and contact.acts and rules.asked is None
    unproved = decides and verdict is not None and not verdict.bears
    missing = unproved and verdict is not None and verdict.why != Why.SHOWN_LATE
    unreached = state in _UNREACHED and (rules.is_open or rules.is_cancelled)
    lost = [row for row in contact.rows if row.notice and row.notice.state in NOT_DELIVERED]
    planned = sorted(contact.planned, key=lambda notice: notice.due_at)
    return CounselLine(
        contact=contact,
        state=state,
        at=_at(contact, rules, state),
        proof=proof,
        channels=list(dict.fromkeys(row.channel for row in reversed(shown) if row.kind == kind)),
        lost=lost if contact.acts else (),
        next_notice=planned[0] if planned and contact.acts and rules.is_open else None,
        needs_call=contact.acts
        and state != LineState.GOING_OUT
        and bool(unreached or missing or (task and rules.is_open)),
        call_by=verdict.deadline
        if missing and verdict and verdict.why == Why.NOT_SHOWN
        else (task.due_at if task else None),
        is_late=bool(unproved and verdict and verdict.why in (Why.TOO_LATE, Why.SHOWN_LATE)),
        task=task,
    )


def _state(contact: CounselReach, rules: LineRules) -> LineState:
    if not contact.acts:
        return LineState.LEFT
    invitation, asked = contact.invitation, rules.asked
    is_asked = bool(asked and invitation and invitation.proposal_id == asked.id)
    if is_asked and invitation and invitation.answered_at:
        return LineState.ANSWERED
    if contact.grade == EvidenceGrade.CONFIRMED:
        return LineState.REACHED if asked else LineState.CONFIRMED
    if contact.grade in _BY_GRADE:
        return _BY_GRADE[contact.grade]
    if contact.going_out:
        return LineState.GOING_OUT
    if contact.informed:
        return LineState.SENT
    if asked and not is_asked:
        return LineState.NOT_ASKED
    if contact.silent:
        return LineState.NO_ADDRESS
    return _unsent_state(contact)


def _unsent_state(contact: CounselReach) -> LineState:
    """Return the state of a counsel whom no message has reached, by the messages themselves."""
    states = {row.notice.state for row in contact.rows if row.notice}
    if NoticeState.UNKNOWN in states:
        return LineState.UNKNOWN
    if states & NOT_DELIVERED:
        return LineState.NOT_DELIVERED
    return LineState.NOT_SENT if states else LineState.NO_MESSAGE


def _at(contact: CounselReach, rules: LineRules, state: LineState) -> dt.datetime | None:
    """Return when the state was reached, or None where nothing shows it."""
    if state is LineState.ANSWERED and contact.invitation:
        return contact.invitation.answered_at
    if contact.proof:
        return contact.proof.at
    return contact.rows[0].at if contact.rows else None
