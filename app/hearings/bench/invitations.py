"""Invitations of members who are outside the court: whom there is to ask, and their keys.

A member of a hearing who is neither presiding nor a judge has one invitation to it, with a key of
its own. It ends when they are a member no longer, and their link says so.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import delegates, keys
from app.cases.keys import Key
from app.core import links
from app.core.db import bulk
from app.court.bench import BenchRole
from app.court.models import Judge
from app.hearings.bench.rules import MemberAvailability
from app.hearings.models import (
    Hearing,
    HearingMember,
    HearingState,
    MemberInvitation,
    Proposal,
    RevokedMemberKey,
)

OUTSIDE = [role.value for role in BenchRole if role.is_outside]
_INVITED = (
    sa.select(bulk.table(MemberInvitation).c.id)
    .where(bulk.table(MemberInvitation).c.hearing_id == sa.bindparam("hearing"))
    .limit(1)
)


@dataclass(frozen=True)
class OpenedKey:
    """The invitation of a key, and when that key was replaced; None while it opens the page."""

    invitation: MemberInvitation
    replaced_at: dt.datetime | None = None


@dataclass(frozen=True)
class Invited:
    """The members of a hearing who are outside the court now, and who ceased to be."""

    current: Sequence[MemberInvitation]
    joined: Sequence[MemberInvitation]
    removed: Sequence[MemberInvitation]


def ways(person: Judge) -> list[tuple[str, str]]:
    """Return the ways to reach somebody, best first: ``[("sms", "+86…"), ("email", "…")]``."""
    return delegates.ways(person.phone, person.email)


def current(session: Session, hearing: Hearing) -> Sequence[MemberInvitation]:
    """Return the invitations of a hearing that are in force, in order."""
    query = sa.select(MemberInvitation).where(
        MemberInvitation.hearing_id == hearing.id, MemberInvitation.ended_at.is_(None)
    )
    return session.scalars(query.order_by(MemberInvitation.id)).all()


def concerns(session: Session, hearing: Hearing) -> bool:
    """Tell whether a hearing has, or had, members outside the court; most have none."""
    if any(each.role in OUTSIDE for each in hearing.members):
        return True
    return session.connection().scalar(_INVITED, {"hearing": hearing.id}) is not None


def bring_up_to_date(
    session: Session, hearing: Hearing, now: dt.datetime, secret: bytes
) -> Invited:
    """Invite members of a hearing who are not, and end the invitations of those who are none.

    The hearing is locked by the caller. Nobody is told anything here (see ``messages``).
    """
    session.flush()
    members = session.scalars(
        sa.select(HearingMember)
        .where(HearingMember.hearing_id == hearing.id, HearingMember.role.in_(OUTSIDE))
        .order_by(HearingMember.position, HearingMember.id)
    ).all()
    known = {
        each.judge_id: each
        for each in session.scalars(
            sa.select(MemberInvitation).where(MemberInvitation.hearing_id == hearing.id)
        )
    }
    joined = []
    for member in members:
        invitation = known.get(member.judge_id)
        if invitation is None:
            invitation = MemberInvitation(hearing_id=hearing.id, judge=member.judge, role="")
            session.add(invitation)
        if invitation.id is None or invitation.ended_at is not None or not member.invited:
            joined.append(invitation)
        member.invited, invitation.ended_at, invitation.role = True, None, member.role
        known[member.judge_id] = invitation
    needed = {member.judge_id for member in members}
    removed = [n for who, n in known.items() if who not in needed and n.ended_at is None]
    for each in removed:
        each.ended_at = now
    session.flush()
    for each in joined:
        if each.key_digest is None:
            _store_hashes(each, secret)
    session.flush()
    return Invited([known[each.judge_id] for each in members], joined, removed)


def key_of(invitation: MemberInvitation, secret: bytes) -> Key:
    """Return the key of an invitation that its messages carry now."""
    return keys.of_member(secret, invitation.id, invitation.key_version)


def _store_hashes(invitation: MemberInvitation, secret: bytes) -> None:
    key = key_of(invitation, secret)
    invitation.key_digest, invitation.code_digest = links.digest(key.token), links.digest(key.code)


def replace_key(
    session: Session, invitation: MemberInvitation, now: dt.datetime, secret: bytes
) -> None:
    """Revoke the key of an invitation; its next message carries a new one."""
    for digest in filter(None, (invitation.key_digest, invitation.code_digest)):
        session.add(
            RevokedMemberKey(digest=digest, member_invitation_id=invitation.id, revoked_at=now)
        )
    invitation.key_version += 1
    _store_hashes(invitation, secret)
    session.flush()


def opened_by(session: Session, token: str) -> OpenedKey | None:
    """Return what the token of a link opens, or opened once; None for an unknown one."""
    digest = links.digest(token)
    invitation = session.scalar(
        sa.select(MemberInvitation).where(MemberInvitation.key_digest == digest)
    )
    if invitation is not None:
        return OpenedKey(invitation)
    revoked = session.get(RevokedMemberKey, digest)
    if revoked is None:
        return None
    invitation = session.get_one(MemberInvitation, revoked.member_invitation_id)
    return OpenedKey(invitation, revoked.revoked_at)


def token_of_code(session: Session, typed: str, secret: bytes) -> str | None:
    """Return the token of the link for a short code as it was typed, or None."""
    digest = links.digest(links.parse_code(typed))
    invitation = session.scalar(
        sa.select(MemberInvitation).where(MemberInvitation.code_digest == digest)
    )
    return key_of(invitation, secret).token if invitation is not None else None


def is_needed(session: Session, invitation: MemberInvitation) -> bool:
    """Tell whether somebody is a member of the hearing now, in a role outside the court.

    By the hearing's own rows, so that a replacement holds at once.
    """
    member = sa.select(HearingMember.id).where(
        HearingMember.hearing_id == invitation.hearing_id,
        HearingMember.judge_id == invitation.judge_id,
        HearingMember.role.in_(OUTSIDE),
    )
    return session.scalar(member.limit(1)) is not None


def answers_of(invitation: MemberInvitation, proposal: Proposal) -> dict[int, str] | None:
    """Return a member's answers to the slots of a proposal, None before they have answered."""
    slot_ids = {slot.id for slot in proposal.slots}
    says = {each.slot_id: each.says for each in invitation.answers if each.slot_id in slot_ids}
    return says or None


def availability(hearing: Hearing, proposal: Proposal) -> list[MemberAvailability]:
    """Return what the members of a hearing say to a proposal, for ``rules.agreement``."""
    needed = {each.judge_id for each in hearing.members if each.role in OUTSIDE}
    if not needed:
        return []
    return [
        MemberAvailability(
            name=each.judge.name,
            sits=BenchRole(each.role).sits,
            can_be_asked=bool(ways(each.judge)),
            says=answers_of(each, proposal),
        )
        for each in hearing.member_invitations
        if each.ended_at is None and each.judge_id in needed
    ]


def hearings_changed(session: Session, limit: int = 100) -> list[int]:
    """Return the hearings whose members outside the court changed since they were invited."""
    uninvited = sa.select(HearingMember.hearing_id).where(
        sa.literal_column("NOT hearing_member.invited"),
        sa.literal_column("hearing_member.role NOT IN ('presiding', 'judge')"),
    )
    return sorted(set(session.scalars(uninvited.limit(limit * 5))))[:limit]


def hearings_left(session: Session, now: dt.datetime, limit: int = 100) -> list[int]:
    """Return the hearings, unless they are over, of which somebody invited is no member now."""
    member = sa.exists().where(
        HearingMember.hearing_id == MemberInvitation.hearing_id,
        HearingMember.judge_id == MemberInvitation.judge_id,
        HearingMember.role.in_(OUTSIDE),
    )
    live = (HearingState.PROPOSED.value, HearingState.FIXED.value)
    left = (
        sa.select(MemberInvitation.hearing_id)
        .join(Hearing, Hearing.id == MemberInvitation.hearing_id)
        .where(MemberInvitation.ended_at.is_(None), Hearing.state.in_(live), ~member)
        .where(sa.or_(Hearing.ends_at.is_(None), Hearing.ends_at > now))
    )
    return sorted(set(session.scalars(left.limit(limit))))


def of_people(session: Session, judge_ids: Iterable[int]) -> Sequence[MemberInvitation]:
    """Return the invitations of some people that are in force, of hearings that may lie ahead."""
    live = (HearingState.PROPOSED.value, HearingState.FIXED.value)
    query = (
        sa.select(MemberInvitation)
        .join(Hearing, Hearing.id == MemberInvitation.hearing_id)
        .where(
            MemberInvitation.judge_id.in_(set(judge_ids)),
            MemberInvitation.ended_at.is_(None),
            Hearing.state.in_(live),
        )
        .order_by(MemberInvitation.hearing_id)
    )
    return session.scalars(query).all()
