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
    check_rules(session, context, hearing, [at for at, _ in slots], form.override_reason)
    before = queries.last_proposal(session, hearing)
    if before and before.state == ProposalState.OPEN:
        _withdraw(session, context, before)
    proposal = _new_proposal(session, context, hearing, form, before)
    length = dt.timedelta(minutes=hearing.minutes)
    proposal.slots = [Slot(starts_at=at, ends_at=at + length, courtroom=room) for at, room in slots]
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
    return proposal


def check_slots(
    session: Session,
    context: CourtContext,
    slots: Sequence[SlotIn],
    minutes: int,
    answer_by: dt.datetime | None,
) -> list[tuple[dt.datetime, Courtroom]]:
    """Return starts with their courtrooms, earliest first. Raises Invalid, with every error."""
    zone = ZoneInfo(context.court.zone)
    starts = [slot.starts_at for slot in slots]
    errors = rules.slot_errors(starts, minutes, answer_by, now=context.now, zone=zone)
    checked: list[tuple[dt.datetime, Courtroom]] = []
    for n, slot in enumerate(slots):
        room = service.find_courtroom(session, context.court.id, slot.courtroom)
        if room is None:
            errors[f"slots.{n}.courtroom"] = Message(
                N_("Choose a courtroom of this court; there is none called %(room)s."),
                room=slot.courtroom,
            )
            continue
        if room.retired_at:
            errors[f"slots.{n}.courtroom"] = Message(
                N_("Courtroom %(room)s is out of use: choose another one."), room=room.name
            )
        elif (slot.starts_at, room) in checked:
            errors[f"slots.{n}.starts_at"] = Message(N_("Remove this slot: it is entered twice."))
        checked.append((slot.starts_at, room))
    if errors:
        raise Invalid(errors)
    return sorted(checked, key=lambda slot: slot[0])


def check_rules(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    starts: list[dt.datetime],
    reason: str,
) -> None:
    """Raise RuleWarning if rules speak against starts or bench, and no reason is given."""
    if reason:
        return
    case = hearing.case
    working = working_days.working_days(session, context.court)
    warnings = working_days.warnings(
        context.court, working, case, starts, context.now, Counted.FROM_NOTICE
    )
    warnings += benches.warnings(case, members.everybody(hearing), context.now)
    if warnings:
        raise RuleWarning(
            N_(
                "A rule warns: %(warning)s Choose other times or another bench, or give a "
                "reason to go on."
            ),
            warning=joined(warnings),
        )


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
    set_date(
        session, hearing, slot.starts_at, slot.ends_at, slot.courtroom_id, now, secret, order=order
    )


def set_date(
    session: Session,
    hearing: Hearing,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    courtroom_id: int,
    now: dt.datetime,
    secret: bytes,
    *,
    order: str = "",
    agreed: bool = False,
) -> None:
    """Set time and place of a hearing, book them, tell everybody. Raises Clash.

    ``order`` is the reason of an order; with ``agreed``, why a rule's warning was overridden.
    """
    was = {
        "starts_at": facts.iso(hearing.starts_at),
        "courtroom": hearing.courtroom.name if hearing.courtroom else None,
    }
    moved = hearing.starts_at is not None
    hearing.starts_at, hearing.ends_at = starts_at, ends_at
    hearing.courtroom_id = courtroom_id
    hearing.state, hearing.changed_at = HearingState.FIXED.value, now
    hearing.revise()
    hearing.reason = order
    session.flush()
    session.refresh(hearing, ["courtroom"])
    invitations = invite_everybody(session, hearing, secret, now)
    booking.book(session, hearing, None, sorted(invitations))
    withdraw(session, hearing.about, now, N_("the date was settled"), kinds=ENDING_WITH_DATE)
    notifications.everyone(
        session,
        hearing,
        NoticeKind.MOVED if moved else NoticeKind.FIXED,
        invitations.values(),
        now,
        stale_at=starts_at,
        was=was,
        by_order=bool(order) and not agreed,
        reason=order,
        agreed=agreed,
    )
    attending.tell_date(session, hearing, now, secret, was=was if moved else None)


def invite_everybody(
    session: Session, hearing: Hearing, secret: bytes, now: dt.datetime
) -> dict[int, Invitation]:
    """Return each counsel's newest invitation, by counsel id; create missing ones.

    Counsel who came to the case after the last proposal, or whose hearing was fixed elsewhere, are
    told of it too, and have a page of their own.
    """
    invitations = queries.latest_invitations(session, hearing)
    missing = [
        each
        for each in queries.acting_representations(session, hearing.case)
        if each.counsel_id not in invitations
    ]
    if not missing:
        return invitations
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
