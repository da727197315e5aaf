"""Match incoming messages to cases: by the message they answer, else by their sender."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.carriers.base import SERVER_ID
from app.cases.models import Counsel, Party, Representation
from app.core import addresses
from app.core.channels import Channel
from app.court.models import Court
from app.hearings import queries as hearings
from app.hearings.models import (
    Hearing,
    HearingState,
    Invitation,
    MoveOpinion,
    MoveRequest,
    MoveState,
    Proposal,
    ProposalState,
)
from app.notices.inbound import Inbound, InboundKind
from app.notices.models import HAS_CARRIER_ID, HAS_SERVER_ID, Notice


@dataclass(frozen=True)
class MessageMatch:
    """The case and counsel of a message; all None for an unknown sender."""

    court_id: int | None = None
    case_id: int | None = None
    counsel_id: int | None = None
    about: str = ""
    side: str = ""
    name: str = ""
    # Our mail that it answers, if it names one.
    notice: Notice | None = None


def sent_mails(session: Session, ids: Sequence[str]) -> list[Notice]:
    """Return the notices with these message ids, newest first, at most 20.

    An id is our Message-ID or one assigned by a server: Amazon SES and others replace the header,
    and report their id in the SMTP response.
    """
    local_parts = {message_id.strip("<>").partition("@")[0] for message_id in ids}
    server_ids = [part for part in local_parts if SERVER_ID.fullmatch(part)]
    query = sa.select(Notice).where(Notice.channel == Channel.EMAIL)
    by_carrier_id = query.where(HAS_CARRIER_ID, Notice.carrier_id.in_(list(ids))) if ids else None
    by_server_id = (
        query.where(HAS_SERVER_ID, Notice.server_id.in_(server_ids)) if server_ids else None
    )
    notices = {
        notice.id: notice
        for statement in (by_carrier_id, by_server_id)
        if statement is not None
        for notice in session.scalars(statement.order_by(Notice.id.desc()).limit(20))
    }
    return [notices[notice_id] for notice_id in sorted(notices, reverse=True)]


def match_mail(session: Session, sender: str, answers_to: Sequence[str]) -> MessageMatch:
    """Match a mail by the Message-IDs that it answers, else by its sender."""
    notices = [
        candidate
        for candidate in sent_mails(session, answers_to[:50])
        if candidate.counsel_id is not None
    ]
    notice = next((candidate for candidate in notices if candidate.address.lower() == sender), None)
    notice = notice or next(iter(notices), None)
    if notice is not None:
        known = addresses.canonical(notice.address) == sender
        return replace(_match_of(notice, sender_known=known), notice=notice)
    counsel_ids = sa.select(Counsel.id).where(
        sa.func.lower(Counsel.email).in_(addresses.spellings(sender))
    )
    latest = (
        session.scalar(
            sa.select(Notice)
            .where(Notice.counsel_id.in_(counsel_ids))
            .order_by(Notice.id.desc())
            .limit(1)
        )
        if sender
        else None
    )
    return (
        _match_of(latest, sender_known=True)
        if latest is not None
        else MessageMatch(only_court(session))
    )


def _match_of(notice: Notice, *, sender_known: bool) -> MessageMatch:
    if not sender_known:  # a forwarded mail: the case is known, the sender is not
        return MessageMatch(notice.court_id, notice.case_id, None, notice.about)
    return MessageMatch(
        notice.court_id, notice.case_id, notice.counsel_id, notice.about, notice.side, notice.name
    )


def only_court(session: Session) -> int | None:
    """Return the id of the only court, or None if there are several."""
    court_ids = session.scalars(sa.select(Court.id).limit(2)).all()
    return court_ids[0] if len(court_ids) == 1 else None


def newest_notices(session: Session, counsel_ids: Sequence[int], channel: str) -> list[Notice]:
    """Return the newest notice to each counsel over a channel, sorted by case."""
    newest_ids = (
        sa.select(sa.func.max(Notice.id))
        .where(Notice.counsel_id.in_(counsel_ids), Notice.channel == channel)
        .group_by(Notice.counsel_id)
    )
    notices = session.scalars(sa.select(Notice).where(Notice.id.in_(newest_ids)))
    return sorted(notices, key=lambda notice: notice.case_id)


def open_invitations(
    session: Session, counsel_ids: Sequence[int], now: dt.datetime
) -> list[Invitation]:
    """Return the invitations that counsel can answer now, sorted by case."""
    if not counsel_ids:
        return []
    party = aliased(Party)
    represents = (
        sa.select(Representation.id)
        .join(party, party.id == Representation.party_id)
        .where(party.case_id == Hearing.case_id, Representation.left_at.is_(None))
        .where(Representation.counsel_id == Invitation.counsel_id)
    )
    query = (
        sa.select(Invitation)
        .join(Invitation.proposal)
        .join(Proposal.hearing)
        .where(
            Invitation.counsel_id.in_(counsel_ids),
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
            Proposal.answer_by > now,
            represents.exists(),
        )
        .order_by(Hearing.case_id, Hearing.id)
    )
    return list(session.scalars(query))


def open_move_requests(
    session: Session, counsel_ids: Sequence[int], now: dt.datetime
) -> list[tuple[MoveRequest, Invitation]]:
    """Return the requests for another date that counsel was asked about and can answer now.

    Each comes with counsel's invitation to the hearing; sorted by case. Who asked has answered
    with it.
    """
    if not counsel_ids:
        return []
    query = (
        sa.select(MoveRequest, MoveOpinion.counsel_id)
        .join(MoveRequest.opinions)
        .join(MoveRequest.hearing)
        .where(
            MoveOpinion.counsel_id.in_(counsel_ids),
            sa.or_(MoveOpinion.asks.is_(False), MoveOpinion.stance == ""),
            MoveRequest.state == MoveState.OPEN.value,
            Hearing.starts_at > now,
        )
        .order_by(Hearing.case_id, Hearing.id)
    )
    asked = [
        (request, hearings.latest_invitations(session, request.hearing).get(counsel_id))
        for request, counsel_id in session.execute(query)
    ]
    return [(request, own) for request, own in asked if own and own.revoked_at is None]


def has_hearing_ahead(session: Session, counsel_ids: Sequence[int], now: dt.datetime) -> bool:
    """Tell whether counsel have been invited to a hearing that is still ahead."""
    query = (
        sa.select(Hearing.id)
        .join(Proposal, Proposal.hearing_id == Hearing.id)
        .join(Invitation, Invitation.proposal_id == Proposal.id)
        .where(
            Invitation.counsel_id.in_(counsel_ids),
            Hearing.starts_at > now,
            Hearing.state.in_((HearingState.FIXED.value, HearingState.PROPOSED.value)),
        )
        .limit(1)
    )
    return session.scalar(query) is not None


def invited_addresses(session: Session, hearing: Hearing) -> dict[str, int]:
    """Return counsel ids, keyed by the mail addresses to which a hearing's notices were queued."""
    query = sa.select(Notice.address, Notice.counsel_id).where(
        Notice.about == hearing.about,
        Notice.channel == Channel.EMAIL,
        Notice.counsel_id.is_not(None),
    )
    return {
        addresses.canonical(address): counsel
        for address, counsel in session.execute(query)
        if counsel
    }


def counted_replies(session: Session, about: str, counsel_id: int) -> list[Inbound]:
    """Return a counsel's calendar replies about a hearing that counted, oldest first."""
    query = (
        sa.select(Inbound)
        .where(
            Inbound.about == about,
            Inbound.counsel_id == counsel_id,
            Inbound.kind == InboundKind.REPLY.value,
        )
        .order_by(Inbound.id)
    )
    return [reply for reply in session.scalars(query) if (reply.detail or {}).get("counted")]
