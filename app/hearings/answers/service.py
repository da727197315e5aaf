"""Counsel's answer: taken while the round is open, written down, and what follows from it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case
from app.core.db import bulk
from app.core.errors import N_, Gone, HearingTime, Invalid, Message
from app.hearings import notifications, rules
from app.hearings.answers import confirmation, locking
from app.hearings.answers.locking import CounselAnswer, LockedInvitation
from app.hearings.dates import settle
from app.hearings.models import (
    Answer,
    AnswerChoice,
    FixPolicy,
    Hearing,
    Invitation,
    ProposalState,
    Slot,
)
from app.notices.kinds import ASKING, NoticeKind
from app.notices.queue import withdraw_unrecorded
from app.record import ledger
from app.record.rules import Event

_ANSWER, _SEAT = bulk.table(Answer), bulk.table(Invitation)
_TAKE_AWAY = sa.delete(_ANSWER).where(_ANSWER.c.invitation_id == sa.bindparam("seat"))


@dataclass(frozen=True)
class AnswerInput:
    """What counsel gave: a word to each slot by its id, a comment, and the page it was given on."""

    says: Mapping[int, str]
    comment: str
    nonce: str


def answer(
    session: Session,
    seat_id: int,
    given: AnswerInput,
    now: dt.datetime,
    secret: bytes,
    *,
    channel: str = "link",
) -> None:
    """Take counsel's answer; fix the hearing when all have answered and a slot suits all.

    A second press on the same page changes nothing. ``channel`` is where it came from: "link",
    "email" (a calendar's reply) or "sms" (digits), and where it is confirmed if it can. Raises
    Gone where the round is over, Invalid for a slot that is not of this round or has no word.
    """
    take(session, locking.by_number(session, seat_id), given, now, secret, channel=channel)


def take(
    session: Session,
    held: LockedInvitation,
    given: AnswerInput,
    now: dt.datetime,
    secret: bytes,
    *,
    channel: str = "link",
) -> None:
    """Take the answer of a seat that is held already; else as ``answer``."""
    seat, before = held.seat, held.own.says or {}
    if seat.nonce == given.nonce and before == given.says and seat.comment == given.comment:
        return
    _refuse_late(held, now)
    _refuse_strange(held.slots, given.says)
    _store(session, held, given, now)
    entries = [_entry(held, given, channel)]
    entries += withdraw_unrecorded(
        session,
        f"hearing/{held.hearing.id}",
        N_("it was answered"),
        kinds=ASKING,
        invitation_ids=[seat.id],
    )
    # Its place in the chain names it, so that one given a second time is confirmed a second time.
    stamp = f"a{held.head.seq + 1}"
    confirmation.answered(session, held, given.says, stamp, now, channel=channel, entries=entries)
    session.expire_all()  # what was written is unknown to it
    decide(session, held.hearing.id, held.round.id, now, secret, held.with_own(given.says))


def _store(session: Session, held: LockedInvitation, given: AnswerInput, now: dt.datetime) -> None:
    seat = held.seat
    if held.own.says:
        session.connection().execute(_TAKE_AWAY, {"seat": seat.id})
    rows = [{"invitation_id": seat.id, "slot_id": n, "says": w} for n, w in given.says.items()]
    bulk.insert(session, _ANSWER, rows)
    new = {"answered_at": now, "comment": given.comment, "nonce": given.nonce}
    bulk.update(session, _SEAT, [{"id": seat.id, **new}])


def _refuse_late(held: LockedInvitation, now: dt.datetime) -> None:
    if held.round.state != ProposalState.OPEN:
        raise Gone(
            N_(
                "The date is decided or the question was withdrawn: "
                "your answer changes nothing now."
            )
        )
    if now >= held.round.answer_by:
        raise Gone(
            N_("The time to answer ended on %(when)s. Please ring the court."),
            when=HearingTime(held.round.answer_by, held.hearing.case.court.zone),
        )


def _refuse_strange(offered: Sequence[Any], says: Mapping[int, str]) -> None:
    slots = {slot.id for slot in offered}
    errors = {
        f"slot-{slot}": Message(N_("This slot is not of this proposal."))
        for slot in says
        if slot not in slots
    }
    errors |= {
        f"slot-{slot}": Message(N_("Choose yes, if needed or no."))
        for slot in slots
        if says.get(slot) not in list(AnswerChoice)
    }
    if errors:
        raise Invalid(errors)


def _entry(held: LockedInvitation, given: AnswerInput, channel: str) -> ledger.NewEntry:
    hearing, seat = held.hearing, held.seat
    return ledger.NewEntry(
        Event.ANSWERED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=f"hearing/{hearing.id}",
        attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel=channel,
        kind=NoticeKind.PROPOSAL.value,
        detail={
            "round": held.round.round,
            "changed": bool(held.own.says),
            "says": [
                {
                    "starts_at": ledger.instant(slot.starts_at),
                    "courtroom": slot.courtroom.name,
                    "says": given.says[slot.id],
                }
                for slot in held.slots
            ],
        },
        personal={"name": seat.counsel.name, "comment": given.comment},
    )


def decide(
    session: Session,
    hearing_id: int,
    round_id: int,
    now: dt.datetime,
    secret: bytes,
    voices: Sequence[CounselAnswer],
) -> None:
    """See whether the answers agree; fix, or tell the assistant what is theirs to decide.

    Nobody waits for counsel who have left the case. A side that was asked and has nobody left to
    speak for it is not bound by the others' answers: then the date is the assistant's to fix.
    """
    heard = [voice for voice in voices if voice.acting]
    required = [voice for voice in heard if voice.required] or heard
    words = [voice.says for voice in required]
    if not words or any(word is None for word in words):
        return
    mute = {voice.side for voice in voices} - {voice.side for voice in heard}
    hearing = session.get_one(Hearing, hearing_id, options=_WITH_CASE)
    round_ = next(each for each in hearing.proposals if each.id == round_id)
    chosen = rules.agreed_slot([(s.id, s.starts_at) for s in round_.slots], words)
    slot: Slot | None = next((each for each in round_.slots if each.id == chosen), None)
    if slot and round_.fix == FixPolicy.AUTO and not mute:
        settle(session, hearing, slot, now, secret)
    else:
        notifications.concluded(session, hearing, round_, slot, now)


_WITH_CASE = (
    joinedload(Hearing.case, innerjoin=True).joinedload(Case.court, innerjoin=True),
    joinedload(Hearing.judge, innerjoin=True),
    joinedload(Hearing.user),
)
