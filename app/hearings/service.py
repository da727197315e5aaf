"""Propose, answer, fix, move, cancel, lapse: each within the caller's one transaction."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import links
from app.cases import service as cases
from app.cases.models import Case
from app.errors import N_, Gone, Invalid, Message, Refusal, RuleWarning, When
from app.hearings import booking, days, facts, queries, rules, tell
from app.hearings.models import (
    Answer,
    Fixing,
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Says,
    Slot,
)
from app.notices import record
from app.notices import service as notices
from app.notices.rules import What
from app.people.models import Court, User


@dataclass(frozen=True)
class Desk:
    """Where a use case is done from: the court, who does it, when, and the secret of its links."""

    court: Court
    user: User | None
    now: dt.datetime
    secret: bytes


def propose(session: Session, desk: Desk, given: Mapping[str, Any]) -> Hearing:
    """Open a hearing with its first round: slots held, every counsel asked, all in one go.

    ``given`` is checked input (forms.HearingIn). Raises Invalid for times that cannot be,
    Clash for what is taken, RuleWarning where a rule warns and no reason is given, Refusal.
    """
    case = cases.find_case(session, desk.court.id, given["case_id"])
    hearing = Hearing(
        court_id=desk.court.id, case_id=case.id, judge_id=case.judge_id, kind=given["kind"],
        minutes=given["minutes"], state=HearingState.PROPOSED.value, revision=0,
        planned_revision=0, uid=str(uuid.uuid4()), user_id=desk.user.id if desk.user else None,
        created_at=desk.now, changed_at=desk.now,
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    open_round(session, desk, hearing, given)
    return hearing


def open_round(
    session: Session, desk: Desk, hearing: Hearing, given: Mapping[str, Any], reason: str = ""
) -> Proposal:
    """Ask all counsel anew; an open round is withdrawn, a date that holds stays until a new one."""
    slots = checked_slots(session, desk, given["slots"], hearing.minutes, given["answer_by"])
    starts = [at for at, _ in slots]
    seats = queries.seats(session, hearing.case)
    if not seats:
        raise Refusal(N_("Nobody can be asked: this case has no counsel with an address."))
    _heed_rules(desk, hearing.case, starts, given.get("override_reason", ""))
    before = queries.last_proposal(session, hearing)
    if before and before.state == ProposalState.OPEN:
        before.state = ProposalState.WITHDRAWN.value
        notices.withdraw(session, f"hearing/{hearing.id}", desk.now, "a new round was opened",
                         kinds=("proposal", "nudge"))  # fmt: skip
    round_ = Proposal(
        hearing=hearing, round=before.round + 1 if before else 1, answer_by=given["answer_by"],
        fix=given["fix"], state=ProposalState.OPEN.value, created_at=desk.now,
        overridden_because=given.get("override_reason", ""),
        rules_version=days.rules_of(desk.court).version,
    )  # fmt: skip
    session.add(round_)
    length = dt.timedelta(minutes=hearing.minutes)
    round_.slots = [Slot(starts_at=at, ends_at=at + length, courtroom=room) for at, room in slots]
    round_.invitations = [
        Invitation(counsel=seat.counsel, party=seat.party, side=seat.party.side,
                   required=seat.required)
        for seat in seats
    ]  # fmt: skip
    hearing.state, hearing.changed_at = HearingState.PROPOSED.value, desk.now
    session.flush()
    for seat_ in round_.invitations:
        give_keys(seat_, desk.secret)
    session.refresh(round_, ["slots"])
    booking.book(session, hearing, round_, [seat.counsel_id for seat in seats])
    tell.proposal(session, hearing, round_, reason, desk.now)
    return round_


def give_keys(seat: Invitation, secret: bytes) -> None:
    """Let a seat be reached by the link and the code of its version; only hashes are stored."""
    seat.token_digest = links.digest(links.token(secret, "reply", seat.id, seat.version))
    seat.code_digest = links.digest(links.code(secret, seat.id, seat.version))


def checked_slots(
    session: Session, desk: Desk, given: list[dict[str, Any]], minutes: int,
    answer_by: dt.datetime | None,
) -> list[tuple[dt.datetime, Any]]:  # fmt: skip
    """Return starts with their courtrooms, earliest first. Raises Invalid, by field, all at once."""
    zone = ZoneInfo(desk.court.zone)
    starts = [slot["starts_at"] for slot in given]
    faults = rules.time_faults(starts, minutes, answer_by, now=desk.now, zone=zone)
    found = []
    for n, slot in enumerate(given):
        room = cases.find_courtroom(session, desk.court.id, slot["courtroom"])
        if room is None:
            faults[f"slots.{n}.courtroom"] = Message(
                N_("There is no courtroom %(room)s."), room=slot["courtroom"]
            )
        elif (slot["starts_at"], room) in found:
            faults[f"slots.{n}.starts_at"] = Message(N_("This slot is given twice."))
        found.append((slot["starts_at"], room))
    if faults:
        raise Invalid(faults)
    return sorted(found, key=lambda slot: slot[0])


def _heed_rules(desk: Desk, case: Case, starts: list[dt.datetime], why_not: str) -> None:
    warnings = days.warnings(desk.court, case.procedure, starts, desk.now)
    if warnings and not why_not:
        raise RuleWarning(
            N_("A rule warns: %(warning)s Choose later times, or give a reason to go on."),
            warning=warnings[0],
        )


@dataclass(frozen=True)
class Given:
    """What counsel gave: a word to each slot by its id, a comment, and the page it was given on."""

    says: Mapping[int, str]
    comment: str
    nonce: str


def answer(
    session: Session, seat_id: int, given: Given, now: dt.datetime, secret: bytes
) -> Hearing:
    """Take counsel's answer; fix the hearing when all have answered and a slot suits all.

    A second press on the same page changes nothing. Raises Gone where the round is over, Invalid
    for a slot that is not of this round or has no word.
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
    _write_answer(session, hearing, round_, seat, now, again=bool(before))
    notices.withdraw(session, f"hearing/{hearing.id}", now, "it was answered",
                     kinds=("proposal", "nudge"), invitation_ids=[seat.id])  # fmt: skip
    tell.answered(session, seat, now)
    _decide(session, hearing, round_, now, secret)
    return hearing


def _refuse_late(hearing: Hearing, round_: Proposal, now: dt.datetime) -> None:
    if round_.state != ProposalState.OPEN:
        raise Gone(
            N_(
                "The date is decided or the question was withdrawn; your answer changes nothing now."
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
    again: bool,
) -> None:  # fmt: skip
    said = {each.slot_id: each.says for each in seat.answers}
    line = record.Entry(
        What.ANSWERED, direction="in", about=f"hearing/{hearing.id}", attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id, side=seat.side, channel="link", kind="proposal",
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
    record.add(session, hearing.court_id, hearing.case_id, [line], now)


def _decide(
    session: Session, hearing: Hearing, round_: Proposal, now: dt.datetime, secret: bytes
) -> None:
    """See whether the answers agree; fix, or tell the assistant what is theirs to decide."""
    session.refresh(round_, ["invitations"])
    required = [seat for seat in round_.invitations if seat.required] or round_.invitations
    words = [
        {each.slot_id: each.says for each in seat.answers} if seat.answered_at else None
        for seat in required
    ]
    if any(word is None for word in words):
        return
    chosen = rules.agreed_slot([(s.id, s.starts_at) for s in round_.slots], words)
    stamp = f"r{round_.round}.{chosen or 0}"
    if chosen is None:
        tell.assistant(session, hearing, "none_suits", stamp, now, round=round_.round)
        return
    slot = next(each for each in round_.slots if each.id == chosen)
    if round_.fix == Fixing.AUTO:
        settle(session, hearing, slot, now, secret)
    else:
        tell.assistant(session, hearing, "ready", stamp, now, round=round_.round,
                       slots=tell.slot_words(slot))  # fmt: skip


def settle(
    session: Session, hearing: Hearing, slot: Slot, now: dt.datetime, secret: bytes, *,
    order: str = "",
) -> None:  # fmt: skip
    """Give a hearing its slot: revision + 1, hold becomes booking, other holds fall, all are told."""
    round_ = slot.proposal
    if round_.state == ProposalState.OPEN:
        round_.state = ProposalState.DECIDED.value
    set_date(
        session, hearing, slot.starts_at, slot.ends_at, slot.courtroom_id, now, secret, order=order
    )


def set_date(
    session: Session, hearing: Hearing, starts_at: dt.datetime, ends_at: dt.datetime,
    courtroom_id: int, now: dt.datetime, secret: bytes, *, order: str = "",
) -> None:  # fmt: skip
    """Set time and place of a hearing, book them, tell everybody. Raises Clash."""
    was = {"starts_at": facts.iso(hearing.starts_at),
           "courtroom": hearing.courtroom.name if hearing.courtroom else None}  # fmt: skip
    moved = hearing.starts_at is not None
    hearing.starts_at, hearing.ends_at = starts_at, ends_at
    hearing.courtroom_id = courtroom_id
    hearing.state, hearing.changed_at = HearingState.FIXED.value, now
    hearing.revision += 1
    hearing.reason = order
    session.flush()
    session.refresh(hearing, ["courtroom"])
    seats = seat_everybody(session, hearing, secret, now)
    booking.book(session, hearing, None, sorted(seats))
    notices.withdraw(session, f"hearing/{hearing.id}", now, "the date was settled",
                     kinds=("proposal", "nudge", "reminder", "fixed", "moved", "ready", "none_suits"))  # fmt: skip
    tell.everyone(
        session, hearing, "moved" if moved else "fixed", seats.values(), now,
        stale_at=starts_at, was=was, by_order=bool(order), reason=order,
    )  # fmt: skip


def seat_everybody(
    session: Session, hearing: Hearing, secret: bytes, now: dt.datetime
) -> dict[int, Invitation]:
    """Return everybody's seat by counsel, giving one to those who have none.

    Counsel who came to the case after the last round, or whose hearing was fixed elsewhere, are
    told of it too, and have a page of their own.
    """
    seats = queries.last_seats(session, hearing)
    missing = [
        each for each in queries.seats(session, hearing.case) if each.counsel_id not in seats
    ]
    if not missing:
        return seats
    before = queries.last_proposal(session, hearing)
    round_ = before or Proposal(
        hearing_id=hearing.id, round=1, answer_by=now, fix=Fixing.ASSISTANT.value,
        state=ProposalState.DECIDED.value, created_at=now,
        rules_version=days.rules_of(hearing.case.court).version,
    )  # fmt: skip
    session.add(round_)
    session.flush()
    for each in missing:
        seat = Invitation(proposal_id=round_.id, counsel_id=each.counsel_id, required=False,
                          party_id=each.party_id, side=each.party.side)  # fmt: skip
        session.add(seat)
        session.flush()
        give_keys(seat, secret)
    return queries.last_seats(session, hearing)


def fix(session: Session, desk: Desk, hearing_id: int, slot_id: int, reason: str) -> Hearing:
    """Fix one slot of the newest round by order, when counsel does not answer or agree.

    Raises NotFound, Refusal where there is nothing to fix, Clash where a lapsed slot is taken since.
    """
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    round_ = queries.last_proposal(session, hearing)
    if hearing.state not in (HearingState.PROPOSED, HearingState.LAPSED) or round_ is None:
        raise Refusal(N_("This hearing has no open question: move it instead."))
    slot = next((each for each in round_.slots if each.id == slot_id), None)
    if slot is None:
        raise Invalid({"slot_id": Message(N_("This slot is not of this proposal."))})
    if slot.starts_at <= desk.now:
        raise Invalid({"slot_id": Message(N_("This time is past."))})
    if round_.state == ProposalState.LAPSED:
        round_.state = ProposalState.DECIDED.value
    settle(session, hearing, slot, desk.now, desk.secret, order=reason)
    return hearing


def move(session: Session, desk: Desk, hearing_id: int, given: Mapping[str, Any]) -> Hearing:
    """Move a hearing to one new slot at once, or ask all counsel anew with several.

    With several slots the date that holds stays until a new one is agreed.
    """
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled: propose a new one."))
    slots = _slots_to_move_to(hearing, given)
    if given["minutes"]:
        hearing.minutes = given["minutes"]
    if given["answer_by"] is not None:
        open_round(session, desk, hearing, {**given, "slots": slots}, reason=given["reason"])
        return hearing
    if len(slots) > 1:
        raise Invalid({"answer_by": Message(N_("Several slots need a date to answer by."))})
    [(starts_at, room)] = checked_slots(session, desk, slots, hearing.minutes, None)
    _heed_rules(desk, hearing.case, [starts_at], given["override_reason"])
    round_ = queries.open_proposal(session, hearing)
    if round_:
        round_.state = ProposalState.WITHDRAWN.value
    ends_at = starts_at + dt.timedelta(minutes=hearing.minutes)
    set_date(session, hearing, starts_at, ends_at, room.id, desk.now, desk.secret,
             order=given["reason"])  # fmt: skip
    return hearing


def _slots_to_move_to(hearing: Hearing, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    if given["slots"]:
        return list(given["slots"])
    if given["starts_at"] is None:
        raise Invalid({"slots": Message(N_("Give the new slots, or one."))})
    room = given["courtroom"] or hearing.courtroom_id
    if room is None:
        raise Invalid({"courtroom": Message(N_("Name the courtroom."))})
    return [{"starts_at": given["starts_at"], "courtroom": room}]


def cancel(session: Session, desk: Desk, hearing_id: int, reason: str) -> Hearing:
    """Cancel a hearing: its time is free again, everybody who was asked or told is told."""
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled already."))
    had_date = hearing.starts_at is not None
    round_ = queries.open_proposal(session, hearing)
    if round_:
        round_.state = ProposalState.WITHDRAWN.value
    hearing.state, hearing.changed_at = HearingState.CANCELLED.value, desk.now
    hearing.reason = reason
    hearing.revision += 1
    hearing.planned_revision = hearing.revision
    session.flush()
    booking.release(session, hearing)
    notices.withdraw(session, f"hearing/{hearing.id}", desk.now, "the hearing was cancelled")
    seats = seat_everybody(session, hearing, desk.secret, desk.now)
    kind = "cancelled" if had_date else "withdrawn"
    tell.everyone(session, hearing, kind, seats.values(), desk.now, reason=reason)
    return hearing


def lapse(session: Session, hearing_id: int, now: dt.datetime) -> bool:
    """Close a round whose date to answer by has passed: holds fall, the assistant is told.

    A date that held before the round still holds. Returns whether there was something to close.
    """
    hearing = queries.hold(session, hearing_id)
    round_ = queries.open_proposal(session, hearing)
    if round_ is None or round_.answer_by > now:
        return False
    round_.state = ProposalState.LAPSED.value
    holds = hearing.starts_at is not None
    hearing.state = (HearingState.FIXED if holds else HearingState.LAPSED).value
    hearing.changed_at = now
    session.flush()
    session.refresh(round_, ["invitations"])
    booking.book(session, hearing, None, [seat.counsel_id for seat in round_.invitations])
    silent = ", ".join(s.counsel.name for s in round_.invitations if not s.answered_at)
    notices.withdraw(session, f"hearing/{hearing.id}", now, "the date to answer by has passed",
                     kinds=("proposal", "nudge"))  # fmt: skip
    tell.assistant(session, hearing, "lapsed", f"r{round_.round}", now, round=round_.round,
                   detail=silent)  # fmt: skip
    return True


def fixed_elsewhere(
    session: Session, desk: Desk, case: Case, *, kind: str, starts_at: dt.datetime, minutes: int,
    courtroom_id: int | None, remind: bool = False,
) -> tuple[Hearing, bool]:  # fmt: skip
    """Enter a hearing that was fixed before Tingqi knew it; its time counts as busy.

    The same case, kind and time again is the same hearing. Its people are told nothing, unless
    ``remind`` asks for reminders. Returns the hearing and whether it is new. Raises Clash.
    """
    known = session.scalar(
        sa.select(Hearing).where(
            Hearing.case_id == case.id, Hearing.kind == kind, Hearing.starts_at == starts_at
        )
    )
    if known:
        return known, False
    hearing = Hearing(
        court_id=desk.court.id, case_id=case.id, judge_id=case.judge_id, kind=kind,
        minutes=minutes, state=HearingState.FIXED.value, revision=1, uid=str(uuid.uuid4()),
        planned_revision=0 if remind and starts_at > desk.now else 1, starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes), courtroom_id=courtroom_id,
        imported=True, user_id=desk.user.id if desk.user else None, created_at=desk.now,
        changed_at=desk.now,
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    counsel = [seat.counsel_id for seat in queries.seats(session, case)]
    booking.book(session, hearing, None, counsel)
    return hearing, True
