"""Counsel who were not reached: every channel failed, and no later contact is logged."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel
from app.core.matters import Matter
from app.court.models import Court
from app.hearings.models import Hearing, Invitation, MemberInvitation, Proposal
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import INFORMING, WENT_OUT, Event, NoticeState

LOOK_BACK = dt.timedelta(days=30)
BAD = (NoticeState.FAILED.value, NoticeState.UNKNOWN.value, NoticeState.MISSED.value)
MOST = 500
# A person in a hearing: hearing, counsel and member invitation; one of these two is None.
HearingPerson = tuple[int, int | None, int | None]
# A message: its matter, kind and version, and its person.
MessageKey = tuple[str, str, int | None, int | None]


@dataclass(frozen=True)
class Unreached:
    """One person whom one message did not reach, with its notices, newest first."""

    hearing: Hearing
    name: str
    side: str
    kind: str
    state: str
    counsel_id: int | None
    notices: Sequence[Notice]
    since: dt.datetime
    phone: str = ""
    # Of a member of the bench who is outside the court: their member invitation.
    member_id: int | None = None

    @property
    def tries(self) -> list[tuple[str, str]]:
        """State of the newest notice over each channel, as (channel, state)."""
        newest: dict[str, str] = {}
        for notice in self.notices:
            newest.setdefault(notice.channel, notice.state)
        return list(newest.items())


def people(
    session: Session, court: Court, owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> list[Unreached]:
    """Return who was not reached in hearings that lie ahead, the longest waiting first."""
    bad = _bad(session, court, now)
    without_address = _without_address(session, court, now)
    about = {notice.about for notice in bad} | {entry.about for entry in without_address}
    hearings = _hearings(session, about, owned, now)
    unreached = [
        each
        for matter, notices in _by_matter(session, bad).items()
        if (each := _unreached(hearings.get(matter[0]), notices))
    ]
    unreached += [
        _no_address(hearings[entry.about], entry)
        for entry in without_address
        if entry.about in hearings
    ]
    reached_at = _reached_at(session, unreached)
    newest: dict[HearingPerson, Unreached] = {}
    for each in sorted(unreached, key=lambda each: each.since):
        person = (each.hearing.id, each.counsel_id, each.member_id)
        if person not in reached_at or reached_at[person] < each.since:
            newest[person] = each
    phones = _phones(session, newest.values())
    needed = [each.member_id for each in newest.values() if each.member_id is not None]
    members = {each.id: each.judge.phone for each in _members(session, needed)}
    found = [
        replace(each, phone=phones.get(each.counsel_id) or members.get(each.member_id or 0, ""))
        for each in newest.values()
    ]
    return sorted(found, key=lambda each: (each.state == NoticeState.MISSED.value, each.since))


def _phones(session: Session, unreached: Iterable[Unreached]) -> dict[int | None, str]:
    ids = {each.counsel_id for each in unreached if each.counsel_id is not None}
    query = sa.select(Counsel.id, Counsel.phone).where(Counsel.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)} if ids else {}


def _bad(session: Session, court: Court, now: dt.datetime) -> Sequence[Notice]:
    query = (
        sa.select(Notice)
        .where(
            Notice.court_id == court.id,
            sa.or_(Notice.counsel_id.is_not(None), Notice.member_id.is_not(None)),
            Notice.kind != NoticeKind.MEMBER_NUDGE.value,
            Notice.state.in_(BAD),
            Notice.created_at > now - LOOK_BACK,
        )
        .order_by(Notice.id.desc())
        .limit(MOST)
    )
    return session.scalars(query).all()


def _without_address(session: Session, court: Court, now: dt.datetime) -> Sequence[Entry]:
    query = (
        sa.select(Entry)
        .where(
            Entry.court_id == court.id,
            Entry.what == Event.FAILED.value,
            Entry.notice_id.is_(None),
            Entry.counsel_id.is_not(None),
            Entry.at > now - LOOK_BACK,
            Entry.kind != NoticeKind.NUDGE,
        )
        .order_by(Entry.id.desc())
        .limit(MOST)
    )
    newest: dict[tuple[str, int | None], Entry] = {}
    for entry in session.scalars(query):
        newest.setdefault((entry.about, entry.counsel_id), entry)
    return list(newest.values())


def _hearings(
    session: Session, about: set[str], owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> dict[str, Hearing]:
    ids = [hearing_id for each in about if (hearing_id := Matter.hearing_id(each))]
    if not ids:
        return {}
    query = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.id.in_(ids), *owned)
        .where(sa.or_(Hearing.starts_at.is_(None), Hearing.starts_at > now))
        .options(joinedload(Hearing.case).joinedload(Case.judge))
    )
    return {hearing.about: hearing for hearing in session.scalars(query)}


def _by_matter(session: Session, bad: Sequence[Notice]) -> dict[MessageKey, list[Notice]]:
    """Return all notices of each message that went wrong over some channel, newest first."""
    matters = {_matter(notice) for notice in bad}
    if not matters:
        return {}
    query = (
        sa.select(Notice)
        .where(Notice.about.in_({matter[0] for matter in matters}))
        .where(
            sa.or_(
                Notice.counsel_id.in_({matter[2] for matter in matters}),
                Notice.member_id.in_({matter[3] for matter in matters}),
            )
        )
        .order_by(Notice.id.desc())
    )
    groups: dict[MessageKey, list[Notice]] = defaultdict(list)
    for notice in session.scalars(query):
        if _matter(notice) in matters:
            groups[_matter(notice)].append(notice)
    return groups


def _matter(notice: Notice) -> MessageKey:
    key = NoticeKey.parse(notice.key)
    return notice.about, f"{key.kind}/{key.version}", notice.counsel_id, notice.member_id


def _unreached(hearing: Hearing | None, notices: list[Notice]) -> Unreached | None:
    if hearing is None or any(notice.state not in BAD for notice in notices):
        return None
    first = min(notices, key=lambda notice: BAD.index(notice.state))
    return Unreached(
        hearing,
        first.name,
        first.side,
        first.kind,
        first.state,
        first.counsel_id,
        notices,
        max(notice.created_at for notice in notices),
        member_id=first.member_id,
    )


def _no_address(hearing: Hearing, entry: Entry) -> Unreached:
    name = entry.content.body.get("name", "") if entry.content else ""
    return Unreached(
        hearing, name, entry.side, entry.kind, "no_address", entry.counsel_id, (), entry.at
    )


def _reached_at(
    session: Session, unreached: Sequence[Unreached]
) -> dict[HearingPerson, dt.datetime]:
    """Return when each answered, was called or got another message about the hearing last."""
    if not unreached:
        return {}
    hearing_ids = {each.hearing.about: each.hearing.id for each in unreached}
    cases = {each.hearing.case_id for each in unreached}
    counsel = {each.counsel_id for each in unreached}
    last: dict[HearingPerson, dt.datetime] = {}

    def reached(
        hearing_id: int, counsel_id: int | None, at: dt.datetime, member_id: int | None = None
    ) -> None:
        key = (hearing_id, counsel_id, member_id)
        last[key] = max(at, last.get(key, at))

    answered = (
        sa.select(Proposal.hearing_id, Invitation.counsel_id, Invitation.answered_at)
        .join(Proposal)
        .where(Proposal.hearing_id.in_({each.hearing.id for each in unreached}))
        .where(Invitation.answered_at.is_not(None))
    )
    for answer in session.execute(answered).all():
        if answer.answered_at:
            reached(answer.hearing_id, answer.counsel_id, answer.answered_at)
    by_hand = sa.select(Entry).where(
        Entry.case_id.in_(cases), Entry.counsel_id.in_(counsel), Entry.kind == "by_hand"
    )
    for entry in session.scalars(by_hand):
        if (entry.detail or {}).get("outcome") in INFORMING:
            for each in unreached:
                if each.hearing.case_id == entry.case_id and entry.about in (
                    "",
                    each.hearing.about,
                ):
                    reached(each.hearing.id, entry.counsel_id, entry.at)
    members = {each.member_id for each in unreached if each.member_id is not None}
    arrived = sa.select(Notice.about, Notice.counsel_id, Notice.member_id, Notice.created_at).where(
        Notice.about.in_(hearing_ids),
        sa.or_(Notice.counsel_id.in_(counsel), Notice.member_id.in_(members)),
        Notice.state.in_(WENT_OUT),
    )
    for sent in session.execute(arrived).all():
        reached(hearing_ids[sent.about], sent.counsel_id, sent.created_at, sent.member_id)
    for invitation in _members(session, members):
        acts = (invitation.answered_at, invitation.confirmed_at, invitation.declined_at)
        for at in (*filter(None, acts), *_calls(session, invitation)):
            reached(invitation.hearing_id, None, at, invitation.id)
    return last


def _members(session: Session, member_ids: Iterable[int]) -> Sequence[MemberInvitation]:
    ids = set(member_ids)
    query = sa.select(MemberInvitation).where(MemberInvitation.id.in_(ids))
    return session.scalars(query).all() if ids else []


def _calls(session: Session, invitation: MemberInvitation) -> list[dt.datetime]:
    """Return when a member was called, by the entries of those calls."""
    calls = sa.select(Entry.at).where(
        Entry.case_id == invitation.hearing.case_id,
        Entry.attempt == invitation.attempt,
        Entry.kind == "by_hand",
    )
    return list(session.scalars(calls))
