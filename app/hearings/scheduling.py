"""Open a proposal, and set a date: the two changes of which the use cases are made."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases import keys
from app.core.errors import N_, HearingTime, Invalid, Message, Refusal, RuleWarning, joined
from app.core.matters import Matter
from app.court import service
from app.court.models import Court, Courtroom
from app.events.rules import EventType
from app.hearings import booking, facts, notifications, queries, rules, unrepresented
from app.hearings.bench import attending, members
from app.hearings.forms import ProposalIn, SlotIn
from app.hearings.models import (
    FixPolicy,
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.sittings import rules as sitting_rules
from app.hearings.sittings.rules import Sitting, SittingTime
from app.law import Counted, benches, working_days
from app.notices.kinds import ASKING, ENDING_WITH_DATE, NoticeKind
from app.notices.queue import withdraw
from app.people.models import User


@dataclass(frozen=True)
class CourtContext:
    """Who acts for which court and when, and the secret by which links are made."""

    court: Court
    user: User | None
    now: dt.datetime
    secret: bytes


def open_proposal(
    session: Session, context: CourtContext, hearing: Hearing, form: ProposalIn, reason: str = ""
) -> Proposal:
    """Send slots to all counsel; withdraw an open proposal, but keep the current date for now.

    Raises Invalid for times that cannot be, Clash for what is taken, RuleWarning where a rule
    warns and no reason is given, Refusal where nobody can be asked.
    """
    slots = check_slots(session, context, form.slots, hearing.minutes, form.answer_by)
    if hearing.has_date and hearing.starts_at and context.now < hearing.starts_at <= form.answer_by:
        words = N_("The date that holds, %(when)s, comes before: let the answers end sooner.")
        when = HearingTime(hearing.starts_at, context.court.zone, hearing.ends_at)
        raise Invalid({"answer_by": Message(words, when=when)})
    representations = queries.acting_representations(session, hearing.case)
    if not representations:
        raise Refusal(N_("Nobody can be asked: this case has no counsel with an address."))
    check_rules(session, context, hearing, slots, form.override_reason)
    before = queries.last_proposal(session, hearing)
    if before and before.state == ProposalState.OPEN:
        _withdraw(session, context, before)
    proposal = _new_proposal(session, context, hearing, form, before)
    proposal.slots = [_new_slot(sittings) for sittings in slots]
    proposal.invitations = [
        Invitation(
            counsel=each.counsel,
            party=each.party,
            representation=each,
            side=each.party.side,
            required=each.required,
        )
        for each in representations
    ]
    hearing.state, hearing.changed_at = HearingState.PROPOSED.value, context.now
    if proposal.tentative:
        notifications.renumber(hearing)
    elif before and before.tentative and hearing.starts_at is None:
        notifications.clear_calendars(session, hearing, before, context.now)
    session.flush()
    keys.issue(session, [each.id for each in representations], context.secret)
    session.refresh(proposal, ["slots"])
    booking.book(session, hearing, proposal, [each.counsel_id for each in representations])
    notifications.proposal(session, hearing, proposal, reason, context.now)
    attending.ask(session, hearing, proposal, context.now, context.secret)
    notifications.publish(session, hearing, EventType.HEARING_PROPOSED, context.now)
    return proposal


def _new_slot(sittings: Sequence[SittingTime]) -> Slot:
    slot = Slot()
    slot.set_sittings(sittings)
    return slot


def check_slots(
    session: Session,
    context: CourtContext,
    slots: Sequence[SlotIn],
    minutes: int,
    answer_by: dt.datetime | None,
) -> list[list[SittingTime]]:
    """Return the sittings of each slot, all earliest first. Raises Invalid, with every error.

    ``minutes`` is the length of a sitting that has none of its own.
    """
    zone = ZoneInfo(context.court.zone)
    errors: dict[str, Message] = {}
    checked: list[list[SittingTime]] = []
    for n, slot in enumerate(slots):
        parts = slot.parts_by_field(n)
        times = [(each.starts_at, each.minutes or minutes) for each in parts.values()]
        by_field = {f"{name}.starts_at": time for name, time in zip(parts, times, strict=True)}
        if slot.sittings:
            errors |= sitting_rules.errors(times, zone, f"slots.{n}.sittings.{{}}.starts_at")
        errors |= rules.time_errors(by_field, answer_by, now=context.now, zone=zone)
        sittings = []
        for (name, each), (at, length) in zip(parts.items(), times, strict=True):
            room = _courtroom(session, context, each.courtroom)
            if isinstance(room, Message):
                errors[f"{name}.courtroom"] = room
                continue
            end = at + dt.timedelta(minutes=length)
            sittings.append(SittingTime(at, end, room.id))
        sittings.sort(key=lambda sitting: sitting.starts_at)
        if sittings and sittings in checked:
            errors[f"slots.{n}.starts_at"] = Message(N_("Remove this slot: it is entered twice."))
        checked.append(sittings)
    if errors:
        raise Invalid(errors)
    return sorted(checked, key=lambda sittings: sittings[0].starts_at)


def _courtroom(session: Session, context: CourtContext, name: str | int) -> Courtroom | Message:
    """Return a courtroom in which hearings can be, or the error of its field."""
    room = service.find_courtroom(session, context.court.id, name)
    if room is None:
        return Message(
            N_("Choose a courtroom of this court; there is none called %(room)s."), room=name
        )
    if room.retired_at:
        return Message(N_("Courtroom %(room)s is out of use: choose another one."), room=room.name)
    return room


def check_rules(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    slots: Sequence[Sequence[SittingTime]],
    reason: str,
) -> None:
    """Raise RuleWarning if rules speak against slots or bench, and no reason is given.

    A period ends before the first sitting.
    """
    if reason:
        return
    case = hearing.case
    working = working_days.working_days(session, context.court)
    starts = [sittings[0].starts_at for sittings in slots]
    warnings = working_days.warnings(
        context.court, working, case, starts, context.now, Counted.FROM_NOTICE
    )
    starts_of_slots = [[each.starts_at for each in sittings] for sittings in slots]
    warnings += closed_days(starts_of_slots, working, ZoneInfo(context.court.zone))
    warnings += benches.warnings(case, members.everybody(hearing), context.now)
    if warnings:
        raise RuleWarning(
            N_(
                "A rule warns: %(warning)s Choose other times or another bench, or give a "
                "reason to go on."
            ),
            warning=joined(warnings),
        )


def closed_days(
    slots: Sequence[Sequence[dt.datetime]], working: working_days.WorkingDays, zone: ZoneInfo
) -> list[Message]:
    """Return a warning for sets of sittings with days on which the court does not sit.

    ``slots`` are the starts of each slot's sittings. The form of a single time says so beside it;
    among many days one is overlooked.
    """
    days = {
        day
        for starts in slots
        if len(starts) > 1
        for at in starts
        if not working.has(day := sitting_rules.day_of(at, zone))
    }
    if not days:
        return []
    listed = ", ".join(day.isoformat() for day in sorted(days))
    return [Message(N_("the court does not sit on these days: %(days)s."), days=listed)]


def _withdraw(session: Session, context: CourtContext, proposal: Proposal) -> None:
    proposal.state = ProposalState.WITHDRAWN.value
    withdraw(
        session,
        str(Matter.hearing(proposal.hearing_id)),
        context.now,
        N_("a new round was opened"),
        kinds=ASKING,
    )


def _new_proposal(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    form: ProposalIn,
    before: Proposal | None,
) -> Proposal:
    proposal = Proposal(
        hearing=hearing,
        round=before.round + 1 if before else 1,
        answer_by=form.answer_by,
        fix=form.fix or unrepresented.default_fix_policy(hearing.case).value,
        state=ProposalState.OPEN.value,
        created_at=context.now,
        overridden_because=form.override_reason,
        rules_version=working_days.rules_of(context.court).version,
        # A date that holds stays in calendars as it is: there the slots have no place beside it.
        tentative=context.court.tentative_invites and hearing.starts_at is None,
    )
    session.add(proposal)
    return proposal


def fix_slot(
    session: Session,
    hearing: Hearing,
    slot: Slot,
    now: dt.datetime,
    secret: bytes,
    *,
    order: str = "",
) -> None:
    """Fix a slot of a hearing: book it, release the other holds, and notify all counsel."""
    if slot.proposal.state == ProposalState.OPEN:
        slot.proposal.state = ProposalState.DECIDED.value
    set_date(session, hearing, slot.sittings, now, secret, order=order)


def set_date(
    session: Session,
    hearing: Hearing,
    sittings: Sequence[Sitting | SittingTime],
    now: dt.datetime,
    secret: bytes,
    *,
    order: str = "",
    agreed: bool = False,
) -> None:
    """Set times and places of a hearing, book them, tell everybody. Raises Clash.

    ``order`` is the reason of an order; with ``agreed``, why a rule's warning was overridden.
    """
    was = {
        "starts_at": facts.iso(hearing.starts_at),
        "courtroom": hearing.courtroom.name if hearing.courtroom else None,
        **facts.sittings_facts(hearing),
    }
    moved = hearing.starts_at is not None
    hearing.set_sittings(sittings)
    first = sittings[0]
    hearing.minutes = (first.ends_at - first.starts_at) // dt.timedelta(minutes=1)
    hearing.state, hearing.changed_at = HearingState.FIXED.value, now
    hearing.revise()
    hearing.reason = order
    session.flush()
    session.expire(hearing, ["courtroom"])
    invitations = invite_everybody(session, hearing, secret, now)
    booking.book(session, hearing, None, sorted(invitations))
    withdraw(session, hearing.about, now, N_("the date was settled"), kinds=ENDING_WITH_DATE)
    notifications.everyone(
        session,
        hearing,
        NoticeKind.MOVED if moved else NoticeKind.FIXED,
        invitations.values(),
        now,
        stale_at=first.starts_at,
        was=was,
        by_order=bool(order) and not agreed,
        reason=order,
        agreed=agreed,
    )
    attending.tell_date(session, hearing, now, secret, was=was if moved else None)
    type_ = EventType.HEARING_MOVED if moved else EventType.HEARING_FIXED
    notifications.publish(session, hearing, type_, now)


def invite_everybody(
    session: Session, hearing: Hearing, secret: bytes, now: dt.datetime
) -> dict[int, Invitation]:
    """Return each counsel's newest invitation, by counsel id; create missing ones.

    Counsel who came to the case after the last proposal, or whose hearing was fixed elsewhere, are
    told of it too, and have a page of their own.
    """
    invitations = queries.latest_invitations(session, hearing)
    if queries.acting_counsel_ids(session, hearing) <= invitations.keys():
        return invitations
    missing = [
        each
        for each in queries.acting_representations(session, hearing.case)
        if each.counsel_id not in invitations
    ]
    proposal = queries.last_proposal(session, hearing) or Proposal(
        hearing_id=hearing.id,
        round=1,
        answer_by=now,
        fix=FixPolicy.ASSISTANT.value,
        state=ProposalState.DECIDED.value,
        created_at=now,
        rules_version=working_days.rules_of(hearing.case.court).version,
    )
    session.add(proposal)
    session.flush()
    for each in missing:
        invitation = Invitation(
            proposal_id=proposal.id,
            counsel_id=each.counsel_id,
            required=False,
            party_id=each.party_id,
            representation_id=each.id,
            side=each.party.side,
        )
        session.add(invitation)
    session.flush()
    keys.issue(session, [each.id for each in missing], secret)
    return queries.latest_invitations(session, hearing)
