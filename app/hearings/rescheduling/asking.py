"""Counsel ask to move a date, and say whether they agree: acts that all sides learn of at once.

The caller has locked the hearing by its invitation (see answers.locking); what is checked here is
checked again under that lock, so that of many who act at once each sees what the others did.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.cases.models import Case
from app.core.channels import OtherChannel
from app.core.errors import N_, Clash, HearingTime, Invalid, Message, Refusal
from app.hearings import facts, move_requests, notifications, queries
from app.hearings.availability import suggestions
from app.hearings.availability.suggestions import SuggestedSlot, SuggestionQuery
from app.hearings.forms import LONGEST
from app.hearings.models import (
    AnswerChoice,
    Hearing,
    Invitation,
    MoveDocument,
    MoveOpinion,
    MoveReason,
    MoveRequest,
    MoveSlot,
    Stance,
)
from app.hearings.sittings.rules import spans_of_days
from app.law import working_days
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.record import ledger
from app.record.rules import Event
from app.storage import service as storage
from app.storage.staging import StagedDocument
from app.storage.stores import FileStore
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MAX_REASON = 2000  # characters
MAX_REQUESTS = 5  # of one counsel about one hearing; beyond that people talk
MAX_SLOTS = 5


@dataclass(frozen=True)
class Plea:
    """Why counsel asks for another date.

    ``slots``: starts, of those that were suggested, which suit them; None where none were shown.
    ``elsewhere``: another court's hearing, with "court", "number" and "at".
    """

    reason: MoveReason
    words: str
    private: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    document: StagedDocument | None = None
    slots: Sequence[dt.datetime] | None = None


@dataclass(frozen=True)
class Opinion:
    """What counsel says to a request: a stance, an answer to each of its slots, and words.

    ``channel`` is where it came from: "link", "sms" (digits) or "email" (a calendar's reply).
    """

    stance: Stance
    says: Mapping[int, str] = field(default_factory=dict)
    words: str = ""
    channel: str = OtherChannel.LINK.value


def suggested(session: Session, hearing: Hearing, now: dt.datetime) -> list[SuggestedSlot]:
    """Return up to five slots that suit everybody known, the earliest first; none is held.

    They observe notice and evidence periods, and the time limit of the trial while it lasts. For a
    hearing of several days each has as many consecutive ones, each as long as its longest.
    """
    if hearing.starts_at is None or hearing.ends_at is None:
        return []
    court = hearing.case.court
    days = spans_of_days(hearing.sittings, ZoneInfo(court.zone))
    longest = max(end - begin for begin, end in days)
    query = SuggestionQuery(
        minutes=min(longest // dt.timedelta(minutes=1), LONGEST),
        days=len(days),
        rooms=suggestions.active_courtrooms(session, court),
        answer_by=_answer_by(session, hearing, now),
        many=MAX_SLOTS,
        last=_last_day(hearing.case, now),
        but=hearing.id,
        but_not=[hearing.starts_at],
    )
    return sorted(suggestions.suggest(session, hearing.case, query, now), key=_start)


def _last_day(case: Case, now: dt.datetime) -> dt.date | None:
    """Return the last day within the time limit of the trial; None if it ends much later.

    Also once it is over: then it does not tell which day is better.
    """
    limit = working_days.time_limit(case.court, case)
    today = now.astimezone(ZoneInfo(case.court.zone)).date()
    if limit is None or not today < limit.last_day <= today + 2 * dt.timedelta(suggestions.AHEAD):
        return None
    return limit.last_day


def _start(suggestion: SuggestedSlot) -> dt.datetime:
    return suggestion.starts_at


def _answer_by(session: Session, hearing: Hearing, now: dt.datetime) -> dt.datetime:
    """Return by when the others are asked to say what they think: before requests close."""
    by = suggestions.default_answer_by(session, hearing.case.court, now)
    if hearing.starts_at is None:
        return by
    closing = move_requests.closes_at(hearing.starts_at, hearing.case.court.move_closes_hours)
    return min(by, closing)


def request_move(
    session: Session,
    invitation_id: int,
    plea: Plea,
    now: dt.datetime,
    delegate: Delegation | None = None,
    store: FileStore | None = None,
) -> MoveRequest:
    """Ask the court and all other sides for another date, or join the request that is open.

    ``delegate`` asks for counsel. Pressing twice returns the open request
    unchanged. Raises Invalid by field; Refusal where no date can be moved any more, or counsel
    asked many times.
    """
    invitation = session.get_one(Invitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    request = move_requests.open_request(session, hearing.id)
    own = _own(request, invitation.counsel_id) if request else None
    if request and own and own.asks:
        return request
    _check(session, hearing, invitation, plea, now)
    joins = request is not None
    if request is None:
        request = _open(session, hearing, invitation, plea, now)
        own = _own(request, invitation.counsel_id)
    if own is None:  # counsel who came to the case since
        own = MoveOpinion(
            request=request, counsel_id=invitation.counsel_id, side=invitation.side, says={}
        )
        session.add(own)
    _fill_in(request, own, plea, now, joins=joins)
    if plea.document is not None:
        assert store is not None
        own.document = _store(session, store, request, plea.document, now)
    own.delegate_id = delegate.id if delegate else None
    session.flush()
    seq = _record(session, request, own, Event.ASKED, plea.document, now, delegate)
    _notify_others(session, request, own, NoticeKind.MOVE_ASKED, seq, now)
    return request


def ask_newcomers(
    session: Session, hearing: Hearing, counsel_ids: Collection[int], now: dt.datetime
) -> None:
    """Ask counsel who came to the case about the open request, as the others were asked.

    Their silence is no consent either. Counsel who came back is sent the request again.
    """
    request = move_requests.open_request(session, hearing.id)
    if request is None or hearing.starts_at is None or hearing.starts_at <= now:
        return
    known = {each.counsel_id for each in request.opinions}
    invitations = queries.latest_invitations(session, hearing)
    newcomers = [invitations[each] for each in sorted(counsel_ids) if each in invitations]
    for each in newcomers:
        if each.counsel_id not in known:
            session.add(
                MoveOpinion(request=request, counsel_id=each.counsel_id, side=each.side, says={})
            )
    for own in [each for each in request.opinions if each.asks]:
        notifications.everyone(
            session,
            hearing,
            NoticeKind.MOVE_ASKED,
            [each for each in newcomers if each.counsel_id != own.counsel_id],
            now,
            stale_at=hearing.starts_at,
            version=f"{hearing.revision}.k{request.task_id}.{own.counsel_id}.joined{now:%Y%m%d%H%M}",
            **_request_facts(request, own),
        )


def _own(request: MoveRequest, counsel_id: int) -> MoveOpinion | None:
    return next((each for each in request.opinions if each.counsel_id == counsel_id), None)


def _check(
    session: Session, hearing: Hearing, invitation: Invitation, plea: Plea, now: dt.datetime
) -> None:
    hours, zone = hearing.case.court.move_closes_hours, hearing.case.court.zone
    if not move_requests.can_request(hearing, hours, now):
        if hearing.has_date and hearing.starts_at and hearing.starts_at > now:
            raise Refusal(
                N_(
                    "The hearing is on %(when)s. Less than %(hours)s hours before, a move is asked "
                    "for by telephone only."
                ),
                when=HearingTime(hearing.starts_at, zone, hearing.ends_at),
                hours=hours,
            )
        raise Refusal(N_("There is no date ahead that could be moved."))
    errors: dict[str, Message] = {}
    if len(plea.words) > MAX_REASON:
        errors["reason"] = Message(N_("At most %(most)s characters."), most=MAX_REASON)
    if plea.reason is MoveReason.OTHER and not plea.words.strip():
        errors["reason"] = Message(N_("Say why the date should be moved."))
    if plea.reason is MoveReason.CLASH and not all(
        plea.elsewhere.get(name) for name in ("court", "number", "at")
    ):
        words = N_("Name the other court, the number of its case, and the time of its hearing.")
        errors["elsewhere_court"] = Message(words)
    if errors:
        raise Invalid(errors)
    earlier = sa.select(sa.func.count()).select_from(MoveOpinion).join(MoveRequest)
    count = session.scalar(
        earlier.where(
            MoveRequest.hearing_id == hearing.id,
            MoveOpinion.counsel_id == invitation.counsel_id,
            MoveOpinion.asks,
        )
    )
    if (count or 0) >= MAX_REQUESTS:
        raise Refusal(N_("You have asked several times: please call the court."))


def _open(
    session: Session, hearing: Hearing, invitation: Invitation, plea: Plea, now: dt.datetime
) -> MoveRequest:
    number = 1 + (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(MoveRequest)
            .where(MoveRequest.hearing_id == hearing.id)
        )
        or 0
    )
    found = suggested(session, hearing, now)
    if plea.slots:
        wanted = [each for each in found if each.starts_at in plea.slots]
        if not wanted:
            words = N_("These times were taken meanwhile. Choose among those that are shown now.")
            raise Invalid({"slots": Message(words)})
    task = Task(
        key=f"move/{hearing.id}/{number}.{invitation.counsel_id}",
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        way=TaskKind.MOVE.value,
        state=TaskState.OPEN.value,
        opens_at=now,
        because={"revision": hearing.revision},
        created_at=now,
    )
    session.add(task)
    session.flush()
    request = MoveRequest(
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        hearing=hearing,
        task_id=task.id,
        number=number,
        revision=hearing.revision,
        answer_by=_answer_by(session, hearing, now),
        created_at=now,
        slots=[_slot(each) for each in found],
        opinions=[
            MoveOpinion(counsel=each.counsel, side=each.party.side, says={})
            for each in queries.acting_representations(session, hearing.case)
        ],
    )
    session.add(request)
    session.flush()
    return request


def _slot(suggested: SuggestedSlot) -> MoveSlot:
    slot = MoveSlot()
    slot.set_sittings(suggested.times)
    return slot


def _fill_in(
    request: MoveRequest,
    own: MoveOpinion,
    plea: Plea,
    now: dt.datetime,
    *,
    joins: bool,
) -> None:
    """Fill in one side's part; who joins a request has yet to answer its times, as others do."""
    own.asks, own.reason, own.words = True, plea.reason.value, plea.words
    own.private, own.elsewhere = plea.private, dict(plea.elsewhere)
    if not (joins and request.slots):
        suits = plea.slots or ()
        own.stance, own.given_at = Stance.AGREE.value, now
        own.says = {
            str(slot.id): (AnswerChoice.YES if slot.starts_at in suits else AnswerChoice.NO).value
            for slot in request.slots
        }
    elif own.stance == Stance.OBJECT:
        own.stance, own.says, own.given_at = "", {}, None


def _store(
    session: Session,
    store: FileStore,
    request: MoveRequest,
    document: StagedDocument,
    now: dt.datetime,
) -> MoveDocument:
    [file] = storage.keep(session, store, [document.file], now).values()
    stored = MoveDocument(
        court_id=request.court_id,
        case_id=request.case_id,
        task_id=request.task_id,
        name=document.name,
        kind=document.kind,
        size=file.size,
        digest=file.digest,
        file=file,
        created_at=now,
    )
    session.add(stored)
    session.flush()
    return stored


def give_opinion(
    session: Session,
    invitation_id: int,
    number: int,
    opinion: Opinion,
    now: dt.datetime,
    *,
    delegate: Delegation | None = None,
    seen: str | None = None,
) -> MoveRequest:
    """Say to an open request that counsel agrees, to which slots, or objects and why.

    All others are told in the same transaction, and the person themselves, who notices by it any
    misuse of their link or number. It can be changed until the court decides; the same again
    changes nothing. ``delegate`` says it for counsel; ``seen`` is the ``version_of`` the opinion
    that the page showed. Raises Refusal where the request has ended, the hearing was changed since
    or its day has come; Invalid by field; Clash where counsel and a delegate both answer, and one
    has not seen the other's answer.
    """
    invitation = session.get_one(Invitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    request = move_requests.open_request(session, hearing.id)
    if request is None or request.number != number:
        raise Refusal(N_("This request has ended: the page shows what holds now."))
    if hearing.starts_at is None or hearing.starts_at <= now:
        raise Refusal(N_("The time of this hearing has come: please call the court."))
    own = _own(request, invitation.counsel_id)
    choices = _choices(request, opinion, asks=bool(own and own.asks))
    if own is None:
        own = MoveOpinion(
            request=request, counsel_id=invitation.counsel_id, side=invitation.side, says={}
        )
        session.add(own)
    words_stay = own.asks or own.words == opinion.words
    if own.stance == opinion.stance and own.says == choices and words_stay:
        return request
    delegate_id = delegate.id if delegate else None
    if own.stance and own.delegate_id != delegate_id and seen not in (None, version_of(own)):
        raise Clash(
            N_("%(name)s has answered meanwhile, and nothing was changed. See the answer below."),
            name=own.delegate.name if own.delegate else own.counsel.name,
        )
    own.delegate_id = delegate_id
    own.stance, own.says, own.given_at = opinion.stance.value, choices, now
    if not own.asks:
        own.words = opinion.words
    session.flush()
    agrees = opinion.stance is Stance.AGREE
    event = Event.AGREED if agrees else Event.OBJECTED
    seq = _record(session, request, own, event, None, now, delegate, channel=opinion.channel)
    kind = NoticeKind.MOVE_AGREED if agrees else NoticeKind.MOVE_OBJECTED
    _notify_others(session, request, own, kind, seq, now)
    _confirm(session, request, invitation, own, seq, now, channel=opinion.channel)
    return request


def version_of(opinion: MoveOpinion | None) -> str:
    """Return what tells one answer of a counsel to a request from the next, "" before the first."""
    return facts.iso(opinion.given_at) or "" if opinion else ""


def _choices(request: MoveRequest, opinion: Opinion, *, asks: bool) -> dict[str, str]:
    """Return the answer to each slot by its id; who objects says no to all. Raises Invalid.

    Words are required of who objects on a page; a digit has no room for them.
    """
    errors: dict[str, Message] = {}
    if len(opinion.words) > MAX_REASON:
        errors["words"] = Message(N_("At most %(most)s characters."), most=MAX_REASON)
    if opinion.stance is Stance.OBJECT and asks:
        errors["stance"] = Message(N_("You asked for another date yourself: choose the times."))
    elif opinion.stance is Stance.OBJECT:
        if opinion.channel == OtherChannel.LINK and not opinion.words.strip():
            errors["words"] = Message(N_("Say why you object: all sides read it."))
    elif missing := [n for n, s in enumerate(request.slots, 1) if s.id not in opinion.says]:
        words = N_("Choose an answer for each time; missing: %(numbers)s.")
        errors["slots"] = Message(words, numbers=", ".join(map(str, missing)))
    if errors:
        raise Invalid(errors)
    if opinion.stance is Stance.OBJECT:
        return {str(slot.id): AnswerChoice.NO.value for slot in request.slots}
    return {str(slot.id): opinion.says[slot.id] for slot in request.slots}


def _record(
    session: Session,
    request: MoveRequest,
    own: MoveOpinion,
    event: Event,
    document: StagedDocument | None,
    now: dt.datetime,
    delegate: Delegation | None,
    *,
    channel: str = OtherChannel.LINK.value,
) -> int:
    """Put one side's act on the record; return the number of the entry in the case's chain."""
    detail: dict[str, Any] = {
        "request": request.number,
        "says": [
            {"starts_at": facts.iso(slot.starts_at), "says": own.says.get(str(slot.id), "")}
            for slot in request.slots
        ],
    }
    if event is Event.ASKED:
        detail["reason"], detail["private"] = own.reason, own.private
    if document is not None and own.document is not None:
        stored = own.document
        detail |= {"sha256": stored.digest, "bytes": stored.size, "type": stored.kind}
    entry = ledger.NewEntry(
        event,
        court_id=request.court_id,
        case_id=request.case_id,
        about=request.hearing.about,
        attempt=f"k{request.task_id}.{own.counsel_id}",
        counsel_id=own.counsel_id,
        side=own.side,
        channel=channel,
        kind="move",
        detail=detail,
        personal={
            "name": own.counsel.name,
            "note": own.words,
            "paper": document.name if document else "",
        },
        delegate=delegate,
        ids={"move_request": request.number},
    )
    [seq] = ledger.append(session, [entry], now)
    return seq


def _notify_others(
    session: Session,
    request: MoveRequest,
    own: MoveOpinion,
    kind: NoticeKind,
    seq: int,
    now: dt.datetime,
) -> None:
    """Notify all other counsel of the hearing of what one of them asked or said.

    ``seq`` is the number of its entry, so that an objection that follows another is a new notice.
    """
    hearing = request.hearing
    invitations = queries.latest_invitations(session, hearing)
    others = [each for number, each in invitations.items() if number != own.counsel_id]
    notifications.everyone(
        session,
        hearing,
        kind,
        others,
        now,
        stale_at=hearing.starts_at,
        version=f"{hearing.revision}.k{request.task_id}.{seq}",
        **_request_facts(request, own),
    )


def _confirm(
    session: Session,
    request: MoveRequest,
    invitation: Invitation,
    own: MoveOpinion,
    seq: int,
    now: dt.datetime,
    *,
    channel: str,
) -> None:
    """Confirm to counsel what they said, where they said it if possible."""
    hearing = request.hearing
    notice = NoticeRequest(
        facts.subject(hearing, f"{hearing.revision}.k{request.task_id}.{seq}"),
        NoticeKind.MOVE_ANSWERED,
        facts.invitation_recipient(invitation, channel),
        facts.hearing_facts(
            hearing, person=facts.person_facts(invitation), **_request_facts(request, own)
        ),
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
    queue(session, [notice], now)


def _request_facts(request: MoveRequest, own: MoveOpinion) -> dict[str, Any]:
    """Return the facts of a letter about a request: by whom, why, and by when to say what.

    ``answers`` are what one side says to its times, once they have said it.
    """
    return {
        "request": {
            "number": request.number,
            "stance": own.stance,
            "elsewhere": {} if own.private else dict(own.elsewhere),
            "answers": [
                {**facts.slot_facts(slot), "says": own.says[str(slot.id)]}
                for slot in request.slots
                if str(slot.id) in own.says
            ],
            "name": own.counsel.name,
            "delegate": own.delegate.name if own.delegate else "",
            "side": own.side,
            "private": own.private,
            "kind": own.reason,
            "words": "" if own.private else own.words,
            "times": [facts.slot_facts(slot) for slot in request.slots],
        },
        "answer_by": facts.iso(request.answer_by),
    }
