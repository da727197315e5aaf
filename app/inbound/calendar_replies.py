"""A calendar's answer to an invite: whether it counts, and what follows from it.

It counts where it names a hearing by its UID, comes from the person who was invited, whose mail
server is vouched for, and is about the date as it stands (RFC 5546, 2.1.5 and 3.2.3). Whatever
does not is on the record too, and moves nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Gone, Invalid
from app.counsel import service as acts
from app.hearings import facts, queries
from app.hearings.answers import service
from app.hearings.models import AnswerChoice, Hearing, HearingState, Invitation, Proposal
from app.inbound.parsing.itip import DELEGATED, Reply
from app.inbound.parsing.mail import IncomingMail
from app.inbound.queries import counted, invited
from app.notices.inbound import Inbound, Kind
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, queue
from app.record import ledger
from app.record.rules import Event

SAYS = {
    "ACCEPTED": AnswerChoice.YES,
    "TENTATIVE": AnswerChoice.IF_NEEDED,
    "DECLINED": AnswerChoice.NO,
}
MOST_HINTS = 3  # letters that ask one person to confirm by link what came for one date


@dataclass(frozen=True)
class ReplyOutcome:
    """What became of a reply: whether it counted, else why not, and whether a person must look."""

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


def take(
    session: Session,
    filed: Inbound,
    replies: Sequence[Reply],
    mail: IncomingMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Take a calendar's answers, which may be several: one for each slot of a round.

    What came of them stands with the filed mail and on the record; the mail waits if one of them
    does, and then shows that one.
    """
    waiting: dict[str, Any] | None = None
    for reply in replies:
        _take(session, filed, reply, mail, now, secret)
        if filed.done_at is None and waiting is None:
            waiting = filed.detail
    if waiting is not None:
        filed.detail, filed.done_at = waiting, None


def _take(
    session: Session,
    filed: Inbound,
    reply: Reply,
    mail: IncomingMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    filed.kind = (Kind.COUNTER if reply.method == "COUNTER" else Kind.REPLY).value
    known = session.scalar(sa.select(Hearing.id).where(Hearing.uid == reply.uid))
    if known is None:
        filed.detail = _detail(reply, ReplyOutcome(False, N_("no hearing here has this number")))
        return
    hearing = queries.lock(session, known)
    filed.court_id, filed.case_id = hearing.court_id, hearing.case_id
    filed.about = f"hearing/{hearing.id}"
    reply = _completed(session, hearing, reply, mail)
    counsel_id = invited(session, hearing).get(reply.attendee)
    seat = queries.last_seats(session, hearing).get(counsel_id) if counsel_id else None
    filed.counsel_id = counsel_id
    if counsel_id is None or seat is None:
        _close(filed, reply, LEFT if counsel_id else STRANGE, now)
        return
    filed.name = seat.counsel.name
    if filed.kind == Kind.COUNTER:
        _wish(session, filed, hearing, seat, reply, mail, now)
        return
    heard = _doubt(session, filed, hearing, reply, mail) or _count(
        session, filed, hearing, seat, reply, now, secret
    )
    _close(filed, reply, heard, now)
    if not heard.counted:
        _write(session, hearing, seat, reply, Event.TOLD, now, why=heard.why, proven=mail.proven)
    if heard.hint:
        _hint(session, hearing, seat, reply, now)


def _completed(session: Session, hearing: Hearing, reply: Reply, mail: IncomingMail) -> Reply:
    """Fill in what a calendar leaves out: who answers is who sent it; which date, by its time.

    Without SEQUENCE an answer is to the present date where it names its time, or where there never
    was another; anything else stays unknown.
    """
    reply = replace(reply, attendee=reply.attendee or mail.sender)
    if reply.sequence is not None:
        return reply
    zone = ZoneInfo(hearing.case.court.zone)
    at = reply.wishes[0]
    at = at.replace(tzinfo=at.tzinfo or zone) if at else None
    round_ = queries.open_proposal(session, hearing)
    times = [each.starts_at for each in round_.slots] if round_ and round_.tentative else []
    is_present = at is not None and at in (*times, hearing.starts_at)
    is_only = hearing.revision <= 1 and (at is None or reply.method == "COUNTER")
    return replace(reply, sequence=hearing.revision) if is_present or is_only else reply


def _doubt(
    session: Session, filed: Inbound, hearing: Hearing, reply: Reply, mail: IncomingMail
) -> ReplyOutcome | None:
    """Return why a reply does not count, or None where nothing speaks against it."""
    if reply.sequence is not None and reply.sequence < hearing.revision:
        return OLD
    # One more than the sequence is who came back to a case (see leaving).
    if reply.sequence is not None and reply.sequence > hearing.sequence + 1:
        return AHEAD
    if reply.says == DELEGATED:
        return DELEGATES
    if not reply.says:
        return MUTE
    if reply.sequence is None:
        return UNDATED
    if mail.sender != reply.attendee:
        return OTHER
    if not mail.proven:
        return UNPROVEN
    assert filed.counsel_id is not None
    return _repeated(counted(session, filed.about, filed.counsel_id), reply)


def _repeated(before: list[Inbound], reply: Reply) -> ReplyOutcome | None:
    same = [
        each.detail
        for each in before
        if each.detail.get("sequence") == reply.sequence
        and each.detail.get("slot_at") == _iso(reply.slot_at)
    ]
    if not same:
        return None
    last, stamp = same[-1], _iso(reply.stamped_at)
    if stamp and last.get("stamped_at") and stamp < last["stamped_at"]:
        return LATE
    unmoved = last["says"] == reply.says
    if unmoved:
        return TWICE
    return OTHERWISE if stamp and stamp == last.get("stamped_at") else None


def _count(
    session: Session,
    filed: Inbound,
    hearing: Hearing,
    seat: Invitation,
    reply: Reply,
    now: dt.datetime,
    secret: bytes,
) -> ReplyOutcome:
    round_ = queries.open_proposal(session, hearing)
    if round_ is not None and round_.tentative:
        return _answer(session, filed, round_, seat, reply, now, secret)
    if hearing.starts_at is None or hearing.state == HearingState.CANCELLED:
        return NOTHING
    if hearing.starts_at <= now:
        return OLD
    _overtake(session, filed, now)
    if reply.says == "ACCEPTED" and hearing.state == HearingState.FIXED:
        acts.confirm(
            session,
            seat.id,
            hearing.revision,
            now,
            channel="email",
            kind="calendar",
            address=reply.attendee,
        )
        return ReplyOutcome(True)
    _write(session, hearing, seat, reply, Event.ANSWERED, now)
    return ReplyOutcome(True, waits=reply.says != "ACCEPTED")


def _answer(
    session: Session,
    filed: Inbound,
    round_: Proposal,
    seat: Invitation,
    reply: Reply,
    now: dt.datetime,
    secret: bytes,
) -> ReplyOutcome:
    """Answer an open round: one slot, where the calendar names it or there is only one."""
    zone = ZoneInfo(round_.hearing.case.court.zone)
    at = reply.slot_at.replace(tzinfo=reply.slot_at.tzinfo or zone) if reply.slot_at else None
    slot = next((each for each in round_.slots if each.starts_at == at), None)
    if at is None and len(round_.slots) == 1:
        slot = round_.slots[0]
    mine = next((each for each in round_.invitations if each.counsel_id == seat.counsel_id), None)
    if mine is None:
        return NOTHING
    says = {each.slot_id: each.says for each in mine.answers}
    if slot is not None:
        says[slot.id] = SAYS[reply.says].value
    if slot is None or set(says) != {each.id for each in round_.slots}:
        return UNCLEAR
    given = service.AnswerInput(says, reply.comment or mine.comment, f"m{filed.id}")
    try:
        service.answer(session, mine.id, given, now, secret, channel="email")
    except (Gone, Invalid):
        return NOTHING
    return ReplyOutcome(True)


def _wish(
    session: Session,
    filed: Inbound,
    hearing: Hearing,
    seat: Invitation,
    reply: Reply,
    mail: IncomingMail,
    now: dt.datetime,
) -> None:
    """File a wish for another time: it is the assistant's to decide."""
    proven = mail.proven and mail.sender == reply.attendee
    old = reply.sequence is not None and reply.sequence < hearing.revision
    zone = ZoneInfo(hearing.case.court.zone)
    begin, end = (_iso(at.replace(tzinfo=at.tzinfo or zone)) if at else None for at in reply.wishes)
    heard = OLD if old else ReplyOutcome(False, waits=True)
    wish = {"starts_at": begin, "ends_at": end, "proven": proven}
    _close(filed, reply, heard, now, **wish)
    _write(session, hearing, seat, reply, Event.TOLD, now, kind="counter", why=heard.why, **wish)


def _overtake(session: Session, filed: Inbound, now: dt.datetime) -> None:
    """End what a counsel's calendar said before about the same hearing and still waits."""
    session.execute(
        sa.update(Inbound)
        .where(
            Inbound.about == filed.about,
            Inbound.counsel_id == filed.counsel_id,
            Inbound.kind == Kind.REPLY.value,
            Inbound.id != filed.id,
            Inbound.done_at.is_(None),
        )
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )


def _close(
    filed: Inbound, reply: Reply, heard: ReplyOutcome, now: dt.datetime, **more: Any
) -> None:
    filed.detail = {**_detail(reply, heard), **more}
    # Nobody's refusal is put away by a rule, but one that was shown before, or was taken.
    refuses = reply.says == "DECLINED" and not heard.counted and heard is not TWICE
    filed.done_at = None if heard.waits or refuses else now


def _detail(reply: Reply, heard: ReplyOutcome) -> dict[str, Any]:
    return {
        "says": reply.says,
        "sequence": reply.sequence,
        "stamped_at": _iso(reply.stamped_at),
        "slot_at": _iso(reply.slot_at),
        "attendee": reply.attendee,
        "counted": heard.counted,
        "why": heard.why,
    }


def _iso(at: dt.datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(dt.UTC).isoformat() if at.tzinfo else at.isoformat()


def _write(
    session: Session,
    hearing: Hearing,
    seat: Invitation,
    reply: Reply,
    what: Event,
    now: dt.datetime,
    *,
    kind: str = "calendar",
    **more: Any,
) -> None:
    detail = {"says": reply.says, "revision": reply.sequence, **more}
    line = ledger.NewEntry(
        what,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        direction="in",
        about=f"hearing/{hearing.id}",
        attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel="email",
        kind=kind,
        detail={key: value for key, value in detail.items() if value not in ("", None)},
        personal={"name": seat.counsel.name, "address": reply.attendee, "comment": reply.comment},
    )
    ledger.append(session, [line], now)


def _hint(
    session: Session, hearing: Hearing, seat: Invitation, reply: Reply, now: dt.datetime
) -> None:
    """Ask the person, at the address that the court knows, to say it by link; a few times only."""
    about = f"hearing/{hearing.id}"
    asked = session.scalars(
        sa.select(Notice.key).where(
            Notice.about == about,
            Notice.counsel_id == seat.counsel_id,
            Notice.kind == NoticeKind.CONFIRM,
        )
    ).all()
    stem = f"{NoticeKind.CONFIRM}/{hearing.id}.{hearing.revision}."
    before = [key for key in asked if key.startswith(stem)]
    if len(before) >= MOST_HINTS:
        return
    request = NoticeRequest(
        facts.subject(hearing, f"{hearing.revision}.{reply.says.lower()}{len(before)}"),
        NoticeKind.CONFIRM,
        facts.counsel_of(seat),
        facts.of(hearing, person=facts.person(seat), said=reply.says),
        due_at=now,
        stale_at=now + dt.timedelta(days=3),
    )
    queue(session, [request], now)
