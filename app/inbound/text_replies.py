"""What digits can answer; automatic replies: which is meant, and what was not understood."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.matters import Matter
from app.hearings import facts
from app.hearings.models import Hearing, Invitation, MoveRequest
from app.inbound.queries import open_invitations, open_move_requests
from app.notices.kinds import NUMBERED, NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, Subject, queue
from app.record.rules import NoticeState

MOST = 3  # questions per person and day
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GOOD_FOR = dt.timedelta(days=1)  # of a reply that could not be sent


@dataclass(frozen=True)
class OpenQuestion:
    """What counsel can answer by digit: a proposal, or another side's request for another date.

    ``invitation`` is counsel's own, to the proposal or to the hearing that is to be moved.
    """

    invitation: Invitation
    request: MoveRequest | None = None

    @property
    def hearing(self) -> Hearing:
        """The hearing that is asked about."""
        return self.invitation.proposal.hearing

    @property
    def reference(self) -> str:
        """What names the question in the facts of a message: ``i12``, ``m3``."""
        return f"m{self.request.id}" if self.request else f"i{self.invitation.id}"

    @property
    def slot_ids(self) -> list[int]:
        """The ids of its slots, in the order of their numbers."""
        slots = self.request.slots if self.request else self.invitation.proposal.slots
        return [slot.id for slot in slots]


def open_questions(
    session: Session, counsel_ids: Sequence[int], now: dt.datetime
) -> list[OpenQuestion]:
    """Return what counsel can answer now: proposals, then requests for another date."""
    asked = [OpenQuestion(each) for each in open_invitations(session, counsel_ids, now)]
    requests = open_move_requests(session, counsel_ids, now)
    return asked + [OpenQuestion(own, request) for request, own in requests]


def asked_last(session: Session, request: MoveRequest, counsel_ids: Sequence[int]) -> bool:
    """Tell whether the last text to a person that asks for digits is about a request to move.

    Also where none was sent: counsel who was asked by mail may answer by text.
    """
    last = session.scalar(
        sa.select(Notice)
        .where(
            Notice.counsel_id.in_(counsel_ids),
            Notice.channel == Channel.SMS,
            Notice.kind.in_(NUMBERED),
            Notice.state.not_in([NoticeState.QUEUED, NoticeState.WITHDRAWN, NoticeState.MISSED]),
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    if last is None:
        return True
    number = ((last.facts or {}).get("request") or {}).get("number")
    return last.about == request.hearing.about and number == request.number


def letters_sent(session: Session, counsel_ids: Sequence[int]) -> dict[str, str]:
    """Return references of questions, keyed by the letters of the last message that asked which."""
    notice = session.scalar(
        sa.select(Notice)
        .where(Notice.counsel_id.in_(counsel_ids), Notice.kind == NoticeKind.WHICH)
        .order_by(Notice.id.desc())
        .limit(1)
    )
    choices = (notice.facts or {}).get("choices", []) if notice else []
    return {each["letter"]: each.get("question") or f"i{each['seat']}" for each in choices}


def ask_which(
    session: Session, questions: Sequence[OpenQuestion], phone: str, now: dt.datetime
) -> bool:
    """Ask which of several open questions a digit is for.

    Returns False if the person was asked MOST times within a day, or has opted out.
    """
    first = questions[0].invitation
    counsel_ids = [each.invitation.counsel_id for each in questions]
    count = (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Notice)
            .where(
                Notice.counsel_id.in_(counsel_ids),
                Notice.kind == NoticeKind.WHICH,
                Notice.created_at > now - GOOD_FOR,
            )
        )
        or 0
    )
    if count >= MOST or any(each.invitation.counsel.opted_out_at for each in questions):
        return False
    hearing = questions[0].hearing
    choices = [
        {
            "letter": letter,
            "question": each.reference,
            "number": each.hearing.case.number,
            "move": each.request is not None,
        }
        for letter, each in zip(LETTERS, questions, strict=False)
    ]
    context = facts.hearing_facts(hearing, person=facts.person_facts(first), choices=choices)
    sequence_query = (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.about == hearing.about, Notice.kind == NoticeKind.WHICH)
    )
    request = NoticeRequest(
        facts.subject(hearing, f"w{session.scalar(sequence_query) or 0}"),
        NoticeKind.WHICH,
        facts.invitation_recipient(first).by((Channel.SMS, phone)),
        context,
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
    return True


def reply_not_understood(session: Session, notice: Notice, phone: str, now: dt.datetime) -> None:
    """Reply that a text was not understood, once per hearing and person."""
    counsel = session.get(Counsel, notice.counsel_id) if notice.counsel_id else None
    hearing_id = Matter.hearing_id(notice.about)
    if counsel is None or counsel.opted_out_at or not notice.facts or hearing_id is None:
        return
    hearing = session.get(Hearing, hearing_id)
    if hearing is None:
        return
    request = NoticeRequest(
        Subject(notice.court_id, notice.case_id, notice.about, f"{hearing.id}.once"),
        NoticeKind.NOT_UNDERSTOOD,
        Recipient.of(notice.row).by((Channel.SMS, phone)),
        facts.hearing_facts(hearing, person=notice.facts["person"]),
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
