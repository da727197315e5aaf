"""Process calendar replies to invites (iTIP, RFC 5546).

A reply counts if its UID names a hearing, it is from an invited person, the sender is authenticated
and it refers to the current date (RFC 5546, 2.1.5 and 3.2.3). Other replies are recorded as well,
but have no effect.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.channels import Channel
from app.core.errors import N_, Gone, Invalid, Refusal
from app.hearings import facts, move_requests, queries
from app.hearings.answers import acknowledgements, service
from app.hearings.models import (
    AnswerChoice,
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    Stance,
)
from app.hearings.rescheduling import asking
from app.inbound.parsing.itip import DELEGATED, Reply
from app.inbound.parsing.mail import IncomingMail
from app.inbound.queries import counted_replies, invited_addresses
from app.notices.inbound import Inbound, InboundKind
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, queue
from app.record import ledger
from app.record.rules import Event

CHOICES = {
    "ACCEPTED": AnswerChoice.YES,
    "TENTATIVE": AnswerChoice.IF_NEEDED,
    "DECLINED": AnswerChoice.NO,
}
MOST_HINTS = 3  # letters per person and date that ask to confirm a reply by link


@dataclass(frozen=True)
class ReplyOutcome:
    """Result of a reply: whether it counted, why not, and whether the assistant must look at it."""

    counted: bool
    why: str = ""
    waits: bool = False
    hint: bool = False


OLD = ReplyOutcome(False, N_("it answers an older date"))
AHEAD = ReplyOutcome(False, N_("no invite of this number was sent"), waits=True)
STRANGE = ReplyOutcome(False, N_("the attendee was not invited to this hearing"), waits=True)
LEFT = ReplyOutcome(False, N_("the attendee acts in the case no longer"))
MUTE = ReplyOutcome(False, N_("it says neither yes nor no"), waits=True)
DELEGATES = ReplyOutcome(False, N_("it says that somebody else comes instead"), waits=True)
UNDATED = ReplyOutcome(False, N_("it does not say which date it answers"), waits=True, hint=True)
OTHER = ReplyOutcome(False, N_("it was sent from another address than the attendee's"), hint=True)
UNPROVEN = ReplyOutcome(False, N_("no mail server vouches for its sender"), hint=True)
TWICE = ReplyOutcome(False, N_("the same was said before"))
OTHERWISE = ReplyOutcome(False, N_("another answer of the same moment came before it"))
LATE = ReplyOutcome(False, N_("a newer answer came before it"))
NOTHING = ReplyOutcome(False, N_("nothing is asked any more"))
UNCLEAR = ReplyOutcome(False, N_("the other slots want an answer too"), hint=True)


def process(
    session: Session,
    filed: Inbound,
    replies: Sequence[Reply],
    mail: IncomingMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Process the replies of one mail: there may be one for each slot of a proposal.

    Results are stored with the filed mail and on the record. The mail waits for the assistant if
    any reply does, and then shows that one.
    """
    waiting_detail: dict[str, Any] | None = None
    for reply in replies:
        _process_reply(session, filed, reply, mail, now, secret)
        if filed.done_at is None and waiting_detail is None:
            waiting_detail = filed.detail
    if waiting_detail is not None:
        filed.detail, filed.done_at = waiting_detail, None


def _process_reply(
    session: Session,
    filed: Inbound,
    reply: Reply,
    mail: IncomingMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    filed.kind = (InboundKind.COUNTER if reply.method == "COUNTER" else InboundKind.REPLY).value
    hearing_id = session.scalar(sa.select(Hearing.id).where(Hearing.uid == reply.uid))
    if hearing_id is None:
        filed.detail = _detail(reply, ReplyOutcome(False, N_("no hearing here has this number")))
        return
    hearing = queries.lock_hearing(session, hearing_id)
    filed.court_id, filed.case_id = hearing.court_id, hearing.case_id
    filed.about = hearing.about
    reply = _with_defaults(session, hearing, reply, mail)
    counsel_id = invited_addresses(session, hearing).get(reply.attendee)
    invitation = (
        queries.latest_invitations(session, hearing).get(counsel_id) if counsel_id else None
    )
    filed.counsel_id = counsel_id
    if counsel_id is None or invitation is None:
        _close(filed, reply, LEFT if counsel_id else STRANGE, now)
        return
    filed.name = invitation.counsel.name
    if filed.kind == InboundKind.COUNTER:
        _process_counter(session, filed, hearing, invitation, reply, mail, now)
        return
    outcome = _reason_not_to_count(session, filed, hearing, reply, mail) or _count(
        session, filed, hearing, invitation, reply, now, secret
    )
    _close(filed, reply, outcome, now)
    if not outcome.counted:
        _record(
            session,
            hearing,
            invitation,
            reply,
            Event.TOLD,
            now,
            why=outcome.why,
            proven=mail.proven,
        )
    if outcome.hint:
        _hint(session, hearing, invitation, reply, now)


def _with_defaults(session: Session, hearing: Hearing, reply: Reply, mail: IncomingMail) -> Reply:
    """Fill in missing fields: the attendee from the sender, the sequence from the time.

    A reply without SEQUENCE refers to the current date if it contains that time, or if there has
    never been another; otherwise the sequence stays None.
    """
    reply = replace(reply, attendee=reply.attendee or mail.sender)
    if reply.sequence is not None:
        return reply
    zone = ZoneInfo(hearing.case.court.zone)
    at = reply.time[0]
    at = at.replace(tzinfo=at.tzinfo or zone) if at else None
    proposal = queries.open_proposal(session, hearing)
    slots = proposal.slots if proposal and proposal.tentative else []
    sittings = [*hearing.sittings, *(sitting for slot in slots for sitting in slot.sittings)]
    is_current_date = at is not None and at in [each.starts_at for each in sittings]
    is_only_date = hearing.revision <= 1 and (at is None or reply.method == "COUNTER")
    return replace(reply, sequence=hearing.revision) if is_current_date or is_only_date else reply


def _reason_not_to_count(
    session: Session, filed: Inbound, hearing: Hearing, reply: Reply, mail: IncomingMail
) -> ReplyOutcome | None:
    """Return the reason why a reply does not count, or None."""
    if reply.sequence is not None and reply.sequence < hearing.revision:
        return OLD
    # Counsel who returned to a case have a sequence one higher (see hearings.leaving).
    if reply.sequence is not None and reply.sequence > hearing.sequence + 1:
        return AHEAD
    if reply.partstat == DELEGATED:
        return DELEGATES
    if not reply.partstat:
        return MUTE
    if reply.sequence is None:
        return UNDATED
    if mail.sender != reply.attendee:
        return OTHER
    if not mail.proven:
        return UNPROVEN
    assert filed.counsel_id is not None
    return _repeated(counted_replies(session, filed.about, filed.counsel_id), reply)


def _repeated(earlier: list[Inbound], reply: Reply) -> ReplyOutcome | None:
    same_slot = [
        each.detail
        for each in earlier
        if each.detail.get("sequence") == reply.sequence
        and each.detail.get("slot_at") == _iso(reply.slot_at)
    ]
    if not same_slot:
        return None
    last, stamp = same_slot[-1], _iso(reply.stamped_at)
    if stamp and last.get("stamped_at") and stamp < last["stamped_at"]:
        return LATE
    unchanged = last["says"] == reply.partstat
    if unchanged:
        return TWICE
    return OTHERWISE if stamp and stamp == last.get("stamped_at") else None


def _count(
    session: Session,
    filed: Inbound,
    hearing: Hearing,
    invitation: Invitation,
    reply: Reply,
    now: dt.datetime,
    secret: bytes,
) -> ReplyOutcome:
    proposal = queries.open_proposal(session, hearing)
    if proposal is not None and proposal.tentative:
        return _answer(session, filed, proposal, invitation, reply, now, secret)
    if hearing.starts_at is None or hearing.state == HearingState.CANCELLED:
        return NOTHING
    if hearing.sittings[-1].starts_at <= now:
        return OLD
    # Calendars answer a day of several alone: that says nothing of the others.
    one_day = reply.slot_at is not None and hearing.sitting_count > 1
    _close_earlier(session, filed, now)
    if reply.partstat == "ACCEPTED" and hearing.state == HearingState.FIXED and not one_day:
        acknowledgements.acknowledge(
            session,
            invitation.id,
            hearing.revision,
            now,
            channel=Channel.EMAIL.value,
            kind="calendar",
            address=reply.attendee,
        )
        return ReplyOutcome(True)
    _record(session, hearing, invitation, reply, Event.ANSWERED, now)
    return ReplyOutcome(True, waits=reply.partstat != "ACCEPTED")


def _answer(
    session: Session,
    filed: Inbound,
    proposal: Proposal,
    invitation: Invitation,
    reply: Reply,
    now: dt.datetime,
    secret: bytes,
) -> ReplyOutcome:
    """Answer an open proposal: for the slot in the reply, or the only one."""
    zone = ZoneInfo(proposal.hearing.case.court.zone)
    at = reply.slot_at.replace(tzinfo=reply.slot_at.tzinfo or zone) if reply.slot_at else None
    slots = [each for each in proposal.slots if at in [s.starts_at for s in each.sittings]]
    # A day that two sets share names neither of them.
    slot = slots[0] if len(slots) == 1 else None
    if at is None and len(proposal.slots) == 1:
        slot = proposal.slots[0]
    own_invitation = next(
        (each for each in proposal.invitations if each.counsel_id == invitation.counsel_id), None
    )
    if own_invitation is None:
        return NOTHING
    says = {each.slot_id: each.says for each in own_invitation.answers}
    if slot is not None:
        says[slot.id] = CHOICES[reply.partstat].value
    if slot is None or set(says) != {each.id for each in proposal.slots}:
        return UNCLEAR
    form = service.AnswerInput(says, reply.comment or own_invitation.comment, f"m{filed.id}")
    try:
        service.answer(session, own_invitation.id, form, now, secret, channel=Channel.EMAIL.value)
    except (Gone, Invalid):
        return NOTHING
    return ReplyOutcome(True)


def _process_counter(
    session: Session,
    filed: Inbound,
    hearing: Hearing,
    invitation: Invitation,
    reply: Reply,
    mail: IncomingMail,
    now: dt.datetime,
) -> None:
    """Take a counter-proposal as consent to that time of an open request, else file it.

    Accepting the hearing's own invite says that counsel knows the date that holds; it is no
    consent to another. Only a counter-proposal names a time, and does so by counsel's own hand.
    Any other waits for the assistant, who decides on it.
    """
    proven = mail.proven and mail.sender == reply.attendee
    is_outdated = reply.sequence is not None and reply.sequence < hearing.revision
    zone = ZoneInfo(hearing.case.court.zone)
    begin, end = (at.replace(tzinfo=at.tzinfo or zone) if at else None for at in reply.time)
    outcome = OLD if is_outdated else ReplyOutcome(False, waits=True)
    if proven and not is_outdated and begin is not None:
        outcome = _agree_to_move(session, hearing, invitation, begin, end, reply, now) or outcome
    counter = {"starts_at": _iso(begin), "ends_at": _iso(end), "proven": proven}
    _close(filed, reply, outcome, now, **counter)
    if outcome.counted:
        return
    _record(
        session,
        hearing,
        invitation,
        reply,
        Event.TOLD,
        now,
        kind="counter",
        why=outcome.why,
        **counter,
    )


def _agree_to_move(
    session: Session,
    hearing: Hearing,
    invitation: Invitation,
    begin: dt.datetime,
    end: dt.datetime | None,
    reply: Reply,
    now: dt.datetime,
) -> ReplyOutcome | None:
    """Agree to the time of an open request that a counter-proposal names, or return None.

    Other times keep the answer that counsel gave them before; without one it is no.
    """
    request = move_requests.open_request(session, hearing.id)
    if request is None:
        return None
    own = next((o for o in request.opinions if o.counsel_id == invitation.counsel_id), None)
    slot = next(
        (s for s in request.slots if s.starts_at == begin and end in (None, s.ends_at)), None
    )
    if own is None or slot is None or (own.asks and own.stance):
        return None
    if own.given_at and reply.stamped_at and reply.stamped_at < own.given_at:
        return None  # counsel answered since
    says = {each.id: own.says.get(str(each.id), AnswerChoice.NO.value) for each in request.slots}
    opinion = asking.Opinion(
        Stance.AGREE,
        says | {slot.id: AnswerChoice.YES.value},
        reply.comment[: asking.MAX_REASON] or (own.words if own.stance == Stance.AGREE else ""),
        channel=Channel.EMAIL.value,
    )
    try:
        asking.give_opinion(session, invitation.id, request.number, opinion, now)
    except (Refusal, Invalid):
        return None
    return ReplyOutcome(True)


def _close_earlier(session: Session, filed: Inbound, now: dt.datetime) -> None:
    """Close earlier calendar replies of this counsel about the same hearing that still wait."""
    session.execute(
        sa.update(Inbound)
        .where(
            Inbound.about == filed.about,
            Inbound.counsel_id == filed.counsel_id,
            Inbound.kind == InboundKind.REPLY.value,
            Inbound.id != filed.id,
            Inbound.done_at.is_(None),
        )
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )


def _close(
    filed: Inbound, reply: Reply, outcome: ReplyOutcome, now: dt.datetime, **more: Any
) -> None:
    filed.detail = {**_detail(reply, outcome), **more}
    # A refusal always waits for the assistant, unless it counted or is a repetition.
    refuses = reply.partstat == "DECLINED" and not outcome.counted and outcome is not TWICE
    filed.done_at = None if outcome.waits or refuses else now


def _detail(reply: Reply, outcome: ReplyOutcome) -> dict[str, Any]:
    return {
        "says": reply.partstat,
        "sequence": reply.sequence,
        "stamped_at": _iso(reply.stamped_at),
        "slot_at": _iso(reply.slot_at),
        "attendee": reply.attendee,
        "counted": outcome.counted,
        "why": outcome.why,
    }


def _iso(at: dt.datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(dt.UTC).isoformat() if at.tzinfo else at.isoformat()


def _record(
    session: Session,
    hearing: Hearing,
    invitation: Invitation,
    reply: Reply,
    event: Event,
    now: dt.datetime,
    *,
    kind: str = "calendar",
    **more: Any,
) -> None:
    detail = {"says": reply.partstat, "revision": reply.sequence, **more}
    entry = ledger.NewEntry(
        event,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        direction="in",
        about=hearing.about,
        attempt=f"i{invitation.id}",
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        channel=Channel.EMAIL.value,
        kind=kind,
        detail={key: value for key, value in detail.items() if value not in ("", None)},
        personal={
            "name": invitation.counsel.name,
            "address": reply.attendee,
            "comment": reply.comment,
        },
    )
    ledger.append(session, [entry], now)


def _hint(
    session: Session, hearing: Hearing, invitation: Invitation, reply: Reply, now: dt.datetime
) -> None:
    """Ask counsel, at the address on file, to confirm by link; at most MOST_HINTS times."""
    about = hearing.about
    keys = session.scalars(
        sa.select(Notice.key).where(
            Notice.about == about,
            Notice.counsel_id == invitation.counsel_id,
            Notice.kind == NoticeKind.CONFIRM,
        )
    ).all()
    prefix = f"{NoticeKind.CONFIRM}/{hearing.id}.{hearing.revision}."
    earlier = [key for key in keys if key.startswith(prefix)]
    if len(earlier) >= MOST_HINTS:
        return
    request = NoticeRequest(
        facts.subject(hearing, f"{hearing.revision}.{reply.partstat.lower()}{len(earlier)}"),
        NoticeKind.CONFIRM,
        facts.invitation_recipient(invitation),
        facts.hearing_facts(hearing, person=facts.person_facts(invitation), said=reply.partstat),
        due_at=now,
        stale_at=now + dt.timedelta(days=3),
    )
    queue(session, [request], now)
