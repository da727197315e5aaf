"""Members who are outside the court answer by their link: to slots, and to the date that is fixed.

Each act locks the hearing first, and then checks against it: whether the person is needed still,
and whether the question or the date is the one that they were shown. An answer is on the record
for the court; the parties are not told it, nor any reason.
"""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.core.errors import N_, Gone, HearingTime, Invalid, Message, Refusal
from app.hearings import queries
from app.hearings.answers import locking
from app.hearings.answers.service import decide
from app.hearings.bench import invitations, messages
from app.hearings.bench.rules import Attendance
from app.hearings.models import (
    Hearing,
    HearingState,
    MemberAnswer,
    MemberInvitation,
    Proposal,
    ProposalState,
)
from app.notices.kinds import ASKING, NoticeKind
from app.notices.queue import withdraw_unrecorded
from app.record import ledger
from app.record.rules import Event

MAX_REASON = 500  # characters
CHANGED = N_("The date has changed since this page was shown. Please look at it now.")


def lock(session: Session, invitation_id: int) -> tuple[Hearing, MemberInvitation]:
    """Return an invitation and its hearing, locked. Raises Gone for who is needed no longer."""
    invitation = session.get_one(MemberInvitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.hearing_id)
    session.refresh(invitation)
    if not invitations.is_needed(session, invitation):
        raise Gone(N_("You are no longer needed at this hearing: nothing was recorded."))
    return hearing, invitation


def answer(
    session: Session,
    invitation_id: int,
    proposal_id: int,
    says: Mapping[int, str],
    nonce: str,
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Take whether a member can come to each slot of a proposal; fix the date if it was the last.

    The same answer again changes nothing. ``nonce`` is that of the rendered page. Raises Gone if no
    answer is taken any more, Invalid for slots of another proposal or without a choice.
    """
    hearing, invitation = lock(session, invitation_id)
    proposal = session.get_one(Proposal, proposal_id)
    recorded = invitations.answers_of(invitation, proposal)
    if recorded == dict(says) and invitation.nonce == nonce:
        return
    _check_open(hearing, proposal, now)
    _check_slots(proposal, says)
    if recorded == dict(says):
        return
    slot_ids = {slot.id for slot in proposal.slots}
    kept = [each for each in invitation.answers if each.slot_id not in slot_ids]
    new = [MemberAnswer(slot_id=slot_id, says=choice) for slot_id, choice in says.items()]
    invitation.answers = kept
    session.flush()
    invitation.answers = [*kept, *new]
    invitation.answered_at, invitation.nonce = now, nonce
    session.flush()
    entries = [_entry_of_answer(hearing, invitation, proposal, says, recorded is not None)]
    entries += withdraw_unrecorded(
        session, hearing.about, N_("it was answered"), kinds=ASKING, member_ids=[invitation.id]
    )
    ledger.append(session, entries, now)
    session.expire_all()
    counsel = locking.counsel_answers(session, proposal_id, hearing.id)
    decide(session, proposal.id, now, secret, counsel)


def _check_open(hearing: Hearing, proposal: Proposal, now: dt.datetime) -> None:
    if proposal.state != ProposalState.OPEN:
        raise Gone(
            N_("The date is fixed or the dates were withdrawn: your answer changes nothing now.")
        )
    if now >= proposal.answer_by:
        raise Gone(
            N_("The time to answer ended on %(when)s. Please call the court."),
            when=HearingTime(proposal.answer_by, hearing.case.court.zone),
        )


def _check_slots(proposal: Proposal, says: Mapping[int, str]) -> None:
    slot_ids = {slot.id for slot in proposal.slots}
    errors = {
        f"slot-{slot_id}": Message(N_("Choose one of the slots that were asked about."))
        for slot_id in says
        if slot_id not in slot_ids
    }
    errors |= {
        f"slot-{slot_id}": Message(N_("Choose whether you can come."))
        for slot_id in sorted(slot_ids)
        if says.get(slot_id) not in list(Attendance)
    }
    if errors:
        raise Invalid(errors)


def _entry_of_answer(
    hearing: Hearing,
    invitation: MemberInvitation,
    proposal: Proposal,
    says: Mapping[int, str],
    changed: bool,
) -> ledger.NewEntry:
    detail = {
        "round": proposal.round,
        "changed": changed,
        "says": [
            {
                "starts_at": ledger.instant(slot.starts_at),
                "courtroom": slot.courtroom.name,
                "says": says[slot.id],
            }
            for slot in proposal.slots
        ],
    }
    return _entry(hearing, invitation, Event.ANSWERED, NoticeKind.MEMBER_ASKED.value, detail)


def confirm(session: Session, invitation_id: int, revision: int, now: dt.datetime) -> None:
    """Record that a member will come on the date of a revision; twice is once.

    It takes back that they cannot come. Raises Refusal if the date has changed since.
    """
    hearing, invitation = lock(session, invitation_id)
    _check_date(hearing, revision, now)
    if invitation.confirmed_revision == revision and invitation.declined_revision != revision:
        return
    invitation.confirmed_at, invitation.confirmed_revision = now, revision
    invitation.declined_at = invitation.declined_revision = invitation.noted_at = None
    invitation.declined_because = ""
    detail = {"revision": revision}
    ledger.append(session, [_entry(hearing, invitation, Event.CONFIRMED, "knows", detail)], now)


def decline(
    session: Session, invitation_id: int, revision: int, reason: str, now: dt.datetime
) -> None:
    """Record that a member cannot come on the date of a revision; the same twice is once.

    The hearing stays where it is: its assistant sees it among what waits, and is sent a mail.
    Raises Refusal if the date has changed since.
    """
    hearing, invitation = lock(session, invitation_id)
    _check_date(hearing, revision, now)
    same = invitation.declined_revision == revision and invitation.declined_because == reason
    if same:
        return
    invitation.declined_at, invitation.declined_revision = now, revision
    invitation.declined_because, invitation.noted_at = reason, None
    entry = _entry(
        hearing,
        invitation,
        Event.CANNOT_COME,
        "cannot_come",
        {"revision": revision},
        {"comment": reason},
    )
    ledger.append(session, [entry], now)
    messages.tell_assistant(session, hearing, invitation, now)


def _check_date(hearing: Hearing, revision: int, now: dt.datetime) -> None:
    """Raise Refusal unless a revision is that of the date that holds, and lies ahead."""
    if not hearing.has_date or hearing.starts_at is None or hearing.revision != revision:
        raise Refusal(CHANGED)
    if hearing.starts_at <= now:
        raise Refusal(N_("This hearing has begun. Please call the court."))


def _entry(
    hearing: Hearing,
    invitation: MemberInvitation,
    event: Event,
    kind: str,
    detail: Mapping[str, object],
    personal: Mapping[str, str] | None = None,
) -> ledger.NewEntry:
    return ledger.NewEntry(
        event,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        attempt=invitation.attempt,
        side=messages.SIDE,
        channel="link",
        kind=kind,
        detail={**detail, "role": invitation.role},
        personal={"name": invitation.judge.name, **(personal or {})},
    )


def note(session: Session, court_id: int, invitation_id: int, now: dt.datetime) -> None:
    """Take it off the list of what waits that somebody cannot come; the record keeps it."""
    invitation = session.get(MemberInvitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.hearing.court_id != court_id:
        return
    invitation.noted_at = invitation.noted_at or now


def has_date_ahead(hearing: Hearing, now: dt.datetime) -> bool:
    """Tell whether a hearing has a date that holds and lies ahead."""
    live = hearing.state in (HearingState.FIXED, HearingState.PROPOSED)
    return live and hearing.starts_at is not None and hearing.starts_at > now
