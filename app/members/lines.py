"""How far each member outside the court was reached with the latest news of a hearing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.wording.presented import PresentedState
from app.hearings.bench import invitations
from app.hearings.models import Hearing, HearingState, MemberInvitation, Proposal, Slot
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import LOST, PENDING, Event, NoticeState


class MemberState(PresentedState):
    """How far a member was reached, and what they said, with its presentation."""

    NO_ADDRESS = "no_address", N_("No address"), "telephone-x", "due"
    CANNOT_COME = "cannot_come", N_("Cannot come"), "x-lg", "due"
    NOT_DELIVERED = "not_delivered", N_("Not delivered"), "x-octagon-fill", "bad"
    UNKNOWN = "unknown", N_("Outcome unknown"), "question-circle", "due"
    NOT_INVITED = "not_invited", N_("Not asked"), "person-plus", "off"
    QUEUED = "queued", N_("Queued"), "clock", "off"
    SENT = "sent", N_("Sent"), "send", "busy"
    DELIVERED = "delivered", N_("Delivered"), "phone", "busy"
    OPENED = "opened", N_("Opened"), "envelope-open", "ok"
    TOLD = "told", N_("Reached"), "person-check", "ok"
    ANSWERED = "answered", N_("Answered"), "chat-square-text", "ok"
    CONFIRMED = "confirmed", N_("Confirmed"), "check-circle-fill", "ok"


_NEWS_OF_DATE = (NoticeKind.MEMBER_FIXED.value, NoticeKind.MEMBER_MOVED.value)
_SAID_BY_HAND = (Event.CALLED.value, Event.TOLD.value)


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """One member outside the court: their state, since when, and what they said.

    ``refused`` are the slots of the open question to which they cannot come.
    """

    invitation: MemberInvitation | None
    name: str
    role: str
    judge_id: int
    state: MemberState
    at: dt.datetime | None = None
    channels: Sequence[str] = ()
    refused: Sequence[Slot] = ()
    reason: str = ""
    is_noted: bool = False
    phone: str = ""


@dataclass(frozen=True)
class _News:
    """The latest news of a hearing to its members: kinds of messages, and versions in their keys.

    A version may have a suffix for those who joined later: ``12.3`` and ``12.3.m20261130180000``.
    """

    kinds: Sequence[str]
    version: str

    def holds(self, notice: Notice) -> bool:
        """Tell whether a notice carries it."""
        version = NoticeKey.parse(notice.key).version
        same = version == self.version or version.startswith(f"{self.version}.")
        return notice.kind in self.kinds and same


def lines(session: Session, hearing: Hearing, now: dt.datetime) -> list[MemberLine]:
    """Return a line for each member of a hearing who is outside the court, in their order."""
    outside = [each for each in hearing.members if each.role in invitations.OUTSIDE]
    if not outside:
        return []
    current = (each for each in hearing.member_invitations if each.ended_at is None)
    by_person = {each.judge_id: each for each in current}
    proposal = hearing.proposals[-1] if hearing.proposals else None
    ids = [each.id for each in by_person.values()]
    notices, entries = _notices(session, hearing, ids), _entries(session, hearing, by_person)
    news = _news_of(hearing, proposal)
    found = []
    for member in outside:
        invitation = by_person.get(member.judge_id)
        own = [] if invitation is None else notices.get(invitation.id, [])
        state, at, channels = _state(hearing, proposal, invitation, own, news, entries)
        says = invitations.answers_of(invitation, proposal) if invitation and proposal else None
        declined = invitation is not None and state is MemberState.CANNOT_COME
        if not invitations.ways(member.judge) and state in (
            MemberState.NOT_INVITED,
            MemberState.QUEUED,
        ):
            state = MemberState.NO_ADDRESS
        found.append(
            MemberLine(
                invitation=invitation,
                name=member.judge.name,
                role=member.role,
                judge_id=member.judge_id,
                state=state,
                at=at,
                channels=channels,
                refused=[
                    slot
                    for slot in (proposal.slots if proposal and says else ())
                    if (says or {}).get(slot.id) == "no"
                ],
                reason=invitation.declined_because if invitation and declined else "",
                is_noted=bool(invitation and invitation.noted_at),
                phone=member.judge.phone,
            )
        )
    return found


def _news_of(hearing: Hearing, proposal: Proposal | None) -> _News:
    if hearing.state == HearingState.FIXED or proposal is None:
        return _News(_NEWS_OF_DATE, f"{hearing.id}.{hearing.revision}")
    if hearing.state == HearingState.CANCELLED:
        return _News((NoticeKind.MEMBER_RELEASED.value,), f"{hearing.id}.{hearing.revision}")
    return _News((NoticeKind.MEMBER_ASKED.value,), f"{hearing.id}.r{proposal.round}")


def _state(
    hearing: Hearing,
    proposal: Proposal | None,
    invitation: MemberInvitation | None,
    notices: Sequence[Notice],
    news: _News,
    entries: Mapping[str, Sequence[Entry]],
) -> tuple[MemberState, dt.datetime | None, Sequence[str]]:
    """Return a member's state, since when, and the channels of the messages that show it."""
    if invitation is None:
        return MemberState.NOT_INVITED, None, ()
    has_date = hearing.state == HearingState.FIXED
    if has_date and invitation.declined_revision == hearing.revision:
        return MemberState.CANNOT_COME, invitation.declined_at, ()
    if has_date and invitation.confirmed_revision == hearing.revision:
        return MemberState.CONFIRMED, invitation.confirmed_at, ()
    asked = hearing.state == HearingState.PROPOSED and proposal is not None
    if asked and proposal and invitations.answers_of(invitation, proposal):
        return MemberState.ANSWERED, invitation.answered_at, ()
    current = [each for each in notices if news.holds(each)]
    if not current:
        return MemberState.NOT_INVITED, None, ()
    since = min(each.created_at for each in current)
    acts = [each for each in entries.get(invitation.attempt, ()) if each.at >= since]
    for state, events in ((MemberState.TOLD, _SAID_BY_HAND), (MemberState.OPENED, ("opened",))):
        if (act := next((each for each in acts if each.what in events), None)) is not None:
            return state, act.at, ()
    return _sent(current)


def _sent(
    notices: Sequence[Notice],
) -> tuple[MemberState, dt.datetime | None, Sequence[str]]:
    """Return the best state of messages, since when, and their channels."""
    by_state = (
        (MemberState.DELIVERED, {NoticeState.DELIVERED}),
        (MemberState.SENT, {NoticeState.SENT}),
        (MemberState.QUEUED, PENDING),
        (MemberState.UNKNOWN, {NoticeState.UNKNOWN}),
        (MemberState.NOT_DELIVERED, LOST | {NoticeState.MISSED}),
    )
    for state, notice_states in by_state:
        if matching := [each for each in notices if each.state in notice_states]:
            channels = tuple(dict.fromkeys(each.channel for each in matching))
            return state, max(each.handed_at or each.created_at for each in matching), channels
    return MemberState.NOT_INVITED, None, ()


def _notices(session: Session, hearing: Hearing, ids: Sequence[int]) -> dict[int, list[Notice]]:
    query = sa.select(Notice).where(Notice.about == hearing.about, Notice.member_id.in_(ids))
    found: dict[int, list[Notice]] = {}
    for notice in session.scalars(query.order_by(Notice.id)):
        found.setdefault(notice.member_id or 0, []).append(notice)
    return found


def _entries(
    session: Session, hearing: Hearing, by_person: Mapping[int, MemberInvitation]
) -> dict[str, list[Entry]]:
    """Return what members did themselves, or were told by hand, by the attempt in the record."""
    attempts = [each.attempt for each in by_person.values()]
    query = sa.select(Entry).where(
        Entry.case_id == hearing.case_id,
        Entry.about == hearing.about,
        Entry.notice_id.is_(None),
        Entry.attempt.in_(attempts),
    )
    found: dict[str, list[Entry]] = {}
    for entry in session.scalars(query.order_by(Entry.seq)):
        found.setdefault(entry.attempt, []).append(entry)
    return found
