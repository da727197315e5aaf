"""A round of slots: checked against times, rules and what is taken, then asked of all counsel."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import links
from app.core.errors import N_, HearingTime, Invalid, Message, Refusal, RuleWarning, joined
from app.court import service
from app.court.models import Court
from app.hearings import booking, notifications, queries, rules, unrepresented
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
from app.law import Counted, working_days
from app.notices.kinds import ASKING
from app.notices.queue import withdraw
from app.people.models import User


@dataclass(frozen=True)
class DeskContext:
    """Where a use case is done from: the court, who does it, when, and the secret of its links."""

    court: Court
    user: User | None
    now: dt.datetime
    secret: bytes


def open_proposal(
    session: Session,
    desk: DeskContext,
    hearing: Hearing,
    given: Mapping[str, Any],
    reason: str = "",
) -> Proposal:
    """Ask all counsel anew; an open round is withdrawn, a date that holds stays until a new one."""
    slots = checked_slots(session, desk, given["slots"], hearing.minutes, given["answer_by"])
    starts = [at for at, _ in slots]
    if hearing.holds and hearing.starts_at and desk.now < hearing.starts_at <= given["answer_by"]:
        said = N_("The date that holds, %(when)s, comes before: let the answers end sooner.")
        when = HearingTime(hearing.starts_at, desk.court.zone, hearing.ends_at)
        raise Invalid({"answer_by": Message(said, when=when)})
    seats = queries.seats(session, hearing.case)
    if not seats:
        raise Refusal(N_("Nobody can be asked: this case has no counsel with an address."))
    check_rules(session, desk, hearing.case, starts, given.get("override_reason", ""))
    before = queries.last_proposal(session, hearing)
    if before and before.state == ProposalState.OPEN:
        before.state = ProposalState.WITHDRAWN.value
        withdraw(
            session,
            f"hearing/{hearing.id}",
            desk.now,
            N_("a new round was opened"),
            kinds=ASKING,
        )
    round_ = Proposal(
        hearing=hearing,
        round=before.round + 1 if before else 1,
        answer_by=given["answer_by"],
        fix=given["fix"] or unrepresented.usual_fixing(hearing.case).value,
        state=ProposalState.OPEN.value,
        created_at=desk.now,
        overridden_because=given.get("override_reason", ""),
        rules_version=working_days.rules_of(desk.court).version,
        # A date that holds stays in calendars as it is: there the slots have no place beside it.
        tentative=desk.court.tentative_invites and hearing.starts_at is None,
    )
    session.add(round_)
    length = dt.timedelta(minutes=hearing.minutes)
    round_.slots = [Slot(starts_at=at, ends_at=at + length, courtroom=room) for at, room in slots]
    round_.invitations = [
        Invitation(
            counsel=seat.counsel, party=seat.party, side=seat.party.side, required=seat.required
        )
        for seat in seats
    ]
    hearing.state, hearing.changed_at = HearingState.PROPOSED.value, desk.now
    if round_.tentative:
        notifications.renumber(hearing)
    elif before and before.tentative and hearing.starts_at is None:
        notifications.clear_calendars(session, hearing, before, desk.now)
    session.flush()
    for seat_ in round_.invitations:
        issue_links(seat_, desk.secret)
    session.refresh(round_, ["slots"])
    booking.book(session, hearing, round_, [seat.counsel_id for seat in seats])
    notifications.proposal(session, hearing, round_, reason, desk.now)
    return round_


def issue_links(seat: Invitation, secret: bytes) -> None:
    """Let a seat be reached by the link and the code of its version; only hashes are stored."""
    seat.token_digest = links.digest(links.token(secret, "reply", seat.id, seat.version))
    seat.code_digest = links.digest(links.code(secret, seat.id, seat.version))


def checked_slots(
    session: Session,
    desk: DeskContext,
    given: list[dict[str, Any]],
    minutes: int,
    answer_by: dt.datetime | None,
) -> list[tuple[dt.datetime, Any]]:
    """Return starts with their courtrooms, earliest first. Raises Invalid, with every error."""
    zone = ZoneInfo(desk.court.zone)
    starts = [slot["starts_at"] for slot in given]
    faults = rules.time_faults(starts, minutes, answer_by, now=desk.now, zone=zone)
    found = []
    for n, slot in enumerate(given):
        room = service.find_courtroom(session, desk.court.id, slot["courtroom"])
        if room is None:
            faults[f"slots.{n}.courtroom"] = Message(
                N_("There is no courtroom %(room)s."), room=slot["courtroom"]
            )
        elif room.retired_at:
            faults[f"slots.{n}.courtroom"] = Message(
                N_("Courtroom %(room)s is retired: choose another one."), room=room.name
            )
        elif (slot["starts_at"], room) in found:
            faults[f"slots.{n}.starts_at"] = Message(N_("This slot is given twice."))
        found.append((slot["starts_at"], room))
    if faults:
        raise Invalid(faults)
    return sorted(found, key=lambda slot: slot[0])


def check_rules(
    session: Session, desk: DeskContext, case: Case, starts: list[dt.datetime], why_not: str
) -> None:
    """Raise RuleWarning, with what speaks of the notice against some starts, without a reason."""
    if why_not:
        return
    working = working_days.working_days(session, desk.court)
    warnings = working_days.warnings(
        desk.court, working, case, starts, desk.now, Counted.FROM_NOTICE
    )
    if warnings:
        raise RuleWarning(
            N_("A rule warns: %(warning)s Choose later times, or give a reason to go on."),
            warning=joined(warnings),
        )
