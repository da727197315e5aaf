"""Counsel's answer: taken while the round is open, written down, and what follows from it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import N_, Gone, Invalid, Message, When
from app.hearings import queries, rules, tell
from app.hearings.dates import settle
from app.hearings.models import (
    Answer,
    Fixing,
    Hearing,
    Invitation,
    Proposal,
    ProposalState,
    Says,
)
from app.notices import record
from app.notices import service as notices
from app.notices.models import Line
from app.notices.rules import What


@dataclass(frozen=True)
class Given:
    """What counsel gave: a word to each slot by its id, a comment, and the page it was given on."""

    says: Mapping[int, str]
    comment: str
    nonce: str


def answer(
    session: Session, seat_id: int, given: Given, now: dt.datetime, secret: bytes, *,
    channel: str = "link",
) -> Hearing:  # fmt: skip
    """Take counsel's answer; fix the hearing when all have answered and a slot suits all.

    A second press on the same page changes nothing. ``channel`` is where it came from: "link",
    "email" (a calendar's reply) or "sms" (digits), and where it is confirmed if it can. Raises
    Gone where the round is over, Invalid for a slot that is not of this round or has no word.
    """
    seat = session.get_one(Invitation, seat_id)
    hearing = queries.hold(session, seat.proposal.hearing_id)
    session.refresh(seat)
    session.refresh(seat.proposal)
    round_ = seat.proposal
    before = {each.slot_id: each.says for each in seat.answers}
    if seat.nonce == given.nonce and before == dict(given.says) and seat.comment == given.comment:
        return hearing
    _refuse_late(hearing, round_, now)
    _refuse_strange(round_, given.says)
    for each in seat.answers:
        session.delete(each)
    session.flush()
    session.add_all(
        Answer(invitation_id=seat.id, slot_id=slot, says=says) for slot, says in given.says.items()
    )
    seat.answered_at, seat.comment, seat.nonce = now, given.comment, given.nonce
    session.flush()
    session.refresh(seat, ["answers"])
    line = _write_answer(session, hearing, round_, seat, now, again=bool(before), channel=channel)
    notices.withdraw(session, f"hearing/{hearing.id}", now, N_("it was answered"),
                     kinds=("proposal", "nudge"), invitation_ids=[seat.id])  # fmt: skip
    tell.answered(session, seat, f"a{line.seq}", now, channel=channel)
    decide(session, hearing, round_, now, secret)
    return hearing


def _refuse_late(hearing: Hearing, round_: Proposal, now: dt.datetime) -> None:
    if round_.state != ProposalState.OPEN:
        raise Gone(
            N_(
                "The date is decided or the question was withdrawn: "
                "your answer changes nothing now."
            )
        )
    if now >= round_.answer_by:
        raise Gone(
            N_("The time to answer ended on %(when)s. Please ring the court."),
            when=When(round_.answer_by, hearing.case.court.zone),
        )


def _refuse_strange(round_: Proposal, says: Mapping[int, str]) -> None:
    slots = {slot.id for slot in round_.slots}
    errors = {
        f"slot-{slot}": Message(N_("This slot is not of this proposal."))
        for slot in says
        if slot not in slots
    }
    errors |= {
        f"slot-{slot}": Message(N_("Choose yes, if needed or no."))
        for slot in slots
        if says.get(slot) not in list(Says)
    }
    if errors:
        raise Invalid(errors)


def _write_answer(
    session: Session, hearing: Hearing, round_: Proposal, seat: Invitation, now: dt.datetime, *,
    again: bool, channel: str,
) -> Line:  # fmt: skip
    said = {each.slot_id: each.says for each in seat.answers}
    line = record.Entry(
        What.ANSWERED, direction="in", about=f"hearing/{hearing.id}", attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id, side=seat.side, channel=channel, kind="proposal",
        detail={
            "round": round_.round, "changed": again,
            "says": [
                {"starts_at": record.instant(slot.starts_at), "courtroom": slot.courtroom.name,
                 "says": said[slot.id]}
                for slot in round_.slots
            ],
        },
        personal={"name": seat.counsel.name, "comment": seat.comment},
    )  # fmt: skip
    return record.add(session, hearing.court_id, hearing.case_id, [line], now)[0]


def decide(
    session: Session, hearing: Hearing, round_: Proposal, now: dt.datetime, secret: bytes
) -> None:
    """See whether the answers agree; fix, or tell the assistant what is theirs to decide.

    Nobody waits for counsel who have left the case. A side that was asked and has nobody left to
    speak for it is not bound by the others' answers: then the date is the assistant's to fix.
    """
    session.refresh(round_, ["invitations"])
    acting = queries.acting(session, hearing)
    heard = [seat for seat in round_.invitations if seat.counsel_id in acting]
    required = [seat for seat in heard if seat.required] or heard
    words = [
        {each.slot_id: each.says for each in seat.answers} if seat.answered_at else None
        for seat in required
    ]
    if not words or any(word is None for word in words):
        return
    mute = {seat.side for seat in round_.invitations} - {seat.side for seat in heard}
    chosen = rules.agreed_slot([(s.id, s.starts_at) for s in round_.slots], words)
    slot = next((each for each in round_.slots if each.id == chosen), None)
    if slot and round_.fix == Fixing.AUTO and not mute:
        settle(session, hearing, slot, now, secret)
    else:
        tell.concluded(session, hearing, round_, slot, now)
