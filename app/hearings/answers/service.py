"""Take counsel's answer to an open proposal, record it, and decide the date if it was the last."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.delegates import Delegation
from app.cases.models import Case
from app.core.db import bulk
from app.core.errors import N_, Gone, HearingTime, Invalid, Message
from app.core.half_days import HalfDay
from app.hearings import notifications
from app.hearings.answers import confirmation, locking
from app.hearings.answers.locking import CounselAnswer, LockedInvitation
from app.hearings.bench import invitations
from app.hearings.bench.rules import agreement
from app.hearings.models import (
    Answer,
    AnswerChoice,
    FixPolicy,
    Hearing,
    Invitation,
    OfferedHalfDay,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.scheduling import fix_slot
from app.hearings.values import SlotValues
from app.notices.kinds import ASKING, NoticeKind
from app.notices.queue import withdraw_unrecorded
from app.people.models import User
from app.record import ledger
from app.record.rules import Event

_ANSWER, _INVITATION = bulk.table(Answer), bulk.table(Invitation)
_HALF_DAY = bulk.table(OfferedHalfDay)
_DELETE_ANSWER = [
    sa.delete(table).where(table.c.invitation_id == sa.bindparam("invitation"))
    for table in (_ANSWER, _HALF_DAY)
]


@dataclass(frozen=True)
class AnswerInput:
    """An answer: a choice for each slot by its id, a comment, and an idempotency key.

    ``half_days`` are when counsel could come, if no slot suits them.
    """

    says: Mapping[int, str]
    comment: str
    key: str
    half_days: tuple[HalfDay, ...] = ()
    # Who gives it for counsel, if not counsel themselves.
    delegate: Delegation | None = None


def answer(
    session: Session,
    invitation_id: int,
    answer_input: AnswerInput,
    now: dt.datetime,
    secret: bytes,
    *,
    channel: str = "link",
) -> None:
    """Take counsel's answer; fix the hearing when all have answered and a slot suits all.

    The same answer with the same key changes nothing. ``channel`` is where it came from: "link",
    "email" (a calendar's reply) or "sms" (digits), and where it is confirmed if possible. Raises
    Gone if no answer is taken any more, Invalid for slots of another proposal or without a choice.
    """
    take(session, locking.by_id(session, invitation_id), answer_input, now, secret, channel=channel)


def take(
    session: Session,
    locked: LockedInvitation,
    answer_input: AnswerInput,
    now: dt.datetime,
    secret: bytes,
    *,
    channel: str = "link",
) -> None:
    """Take the answer of an invitation that is locked already; otherwise as ``answer``."""
    invitation, recorded = locked.invitation, locked.own.says or {}
    same = recorded == answer_input.says and invitation.comment == answer_input.comment
    if same and invitation.nonce == answer_input.key:
        return
    _check_open(locked, now)
    _check_slots(locked.slots, answer_input.says)
    _store(session, locked, answer_input, now)
    entries = [_entry(locked, answer_input, channel)]
    entries += withdraw_unrecorded(
        session,
        locked.hearing.about,
        N_("it was answered"),
        kinds=ASKING,
        invitation_ids=[invitation.id],
    )
    # The place in the chain distinguishes answers, so that one given again is confirmed again.
    stamp = f"a{locked.head.seq + 1}"
    confirmation.queue_confirmation(
        session,
        locked,
        answer_input.says,
        stamp,
        now,
        channel=channel,
        entries=entries,
        delegate=answer_input.delegate,
    )
    session.expire_all()  # the session knows nothing of these bulk statements
    answers = locked.with_own(answer_input.says)
    decide(session, locked.proposal.id, now, secret, answers)


def _store(
    session: Session, locked: LockedInvitation, answer_input: AnswerInput, now: dt.datetime
) -> None:
    for delete in _DELETE_ANSWER if locked.own.says else ():
        session.connection().execute(delete, {"invitation": locked.id})
    rows = [
        {"invitation_id": locked.id, "slot_id": slot_id, "says": choice}
        for slot_id, choice in answer_input.says.items()
    ]
    bulk.insert(session, _ANSWER, rows)
    offered = [
        {"invitation_id": locked.id, "on": each.on, "half": each.half.value}
        for each in answer_input.half_days
    ]
    bulk.insert(session, _HALF_DAY, offered)
    delegate = answer_input.delegate
    changes = {
        "answered_at": now,
        "comment": answer_input.comment,
        "nonce": answer_input.key,
        "delegate_id": delegate.id if delegate else None,
    }
    bulk.update(session, _INVITATION, [{"id": locked.id, **changes}])


def _check_open(locked: LockedInvitation, now: dt.datetime) -> None:
    if locked.proposal.state != ProposalState.OPEN:
        raise Gone(
            N_("The date is fixed or the dates were withdrawn: your answer changes nothing now.")
        )
    if now >= locked.proposal.answer_by:
        raise Gone(
            N_("The time to answer ended on %(when)s. Please call the court."),
            when=HearingTime(locked.proposal.answer_by, locked.hearing.case.court.zone),
        )


def _check_slots(slots: Sequence[SlotValues], says: Mapping[int, str]) -> None:
    slot_ids = {slot.id for slot in slots}
    errors = {
        f"slot-{slot_id}": Message(N_("Choose one of the slots that were asked about."))
        for slot_id in says
        if slot_id not in slot_ids
    }
    errors |= {
        f"slot-{slot_id}": Message(N_("Choose yes, if needed or no."))
        for slot_id in slot_ids
        if says.get(slot_id) not in list(AnswerChoice)
    }
    if errors:
        raise Invalid(errors)


def _entry(locked: LockedInvitation, answer_input: AnswerInput, channel: str) -> ledger.NewEntry:
    hearing, invitation = locked.hearing, locked.invitation
    return ledger.NewEntry(
        Event.ANSWERED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        attempt=f"i{invitation.id}",
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        channel=channel,
        kind=NoticeKind.PROPOSAL.value,
        detail={
            "round": locked.proposal.round,
            "changed": bool(locked.own.says),
            "says": [
                {
                    "starts_at": ledger.instant(slot.starts_at),
                    "courtroom": slot.courtroom.name,
                    "says": answer_input.says[slot.id],
                }
                for slot in locked.slots
            ],
        },
        personal={
            "name": invitation.counsel.name,
            "comment": answer_input.comment,
            **_offered(answer_input.half_days),
        },
        delegate=answer_input.delegate,
    )


def _offered(half_days: Sequence[HalfDay]) -> dict[str, list[str]]:
    """Return the half-days of an answer as its entry keeps them: ``2026-12-17-am``."""
    return {"half_days": [*map(str, half_days)]} if half_days else {}


def offered_half_days(session: Session, invitation_id: int) -> tuple[HalfDay, ...]:
    """Return the half-days that are stored with an answer, in order."""
    return session.get_one(Invitation, invitation_id).half_days


def decide(
    session: Session,
    proposal_id: int,
    now: dt.datetime,
    secret: bytes,
    answers: Sequence[CounselAnswer],
    *,
    over: bool = False,
) -> bool:
    """Fix the date if all who must answer agree on a slot; otherwise leave it to the assistant.

    Counsel who left the case are not waited for. A side that was invited and has no counsel left is
    not bound by the answers of others: then the assistant fixes the date. What members of the bench
    who are outside the court have to do with it is in ``bench.rules``. Returns whether it fixed a
    date. ``over``: the time to answer has ended, and nothing but that may follow.
    """
    acting = [each for each in answers if each.acting]
    required = [each for each in acting if each.required] or acting
    choices = [each.says for each in required]
    if not choices or any(says is None for says in choices):
        return False
    unrepresented_sides = {each.side for each in answers} - {each.side for each in acting}
    proposal = session.get_one(Proposal, proposal_id, options=_WITH_HEARING)
    hearing = proposal.hearing
    slots = [(slot.id, slot.starts_at) for slot in proposal.slots]
    agreed = agreement(slots, choices, invitations.availability(hearing, proposal), over=over)
    slot: Slot | None = next((each for each in proposal.slots if each.id == agreed.slot_id), None)
    fixes_itself = proposal.fix == FixPolicy.AUTO and not unrepresented_sides
    if slot and fixes_itself and agreed.is_settled:
        fix_slot(session, hearing, slot, now, secret)
        return True
    if not over and not (fixes_itself and agreed.waits_for):
        notifications.concluded(session, hearing, proposal, slot, now)
    return False


_HEARING_OF_PROPOSAL = joinedload(Proposal.hearing, innerjoin=True)
_WITH_HEARING = (
    _HEARING_OF_PROPOSAL.joinedload(Hearing.case, innerjoin=True).joinedload(
        Case.court, innerjoin=True
    ),
    _HEARING_OF_PROPOSAL.joinedload(Hearing.judge, innerjoin=True),
    # Outer joins of one table each: what one of several joins is read whole by SQLite.
    _HEARING_OF_PROPOSAL.joinedload(Hearing.user).lazyload(User.court),
    joinedload(Proposal.slots).joinedload(Slot.courtroom, innerjoin=False),
)
