"""Whose a message is: the matter that it answers to, else the newest one with its writer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.carriers.base import SERVER_ID
from app.cases.models import Counsel, Party, Representation
from app.core import addresses
from app.court.models import Court
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState
from app.notices.inbound import Inbound, Kind
from app.notices.models import HAS_CARRIER_ID, HAS_SERVER_ID, Notice


@dataclass(frozen=True)
class MessageMatch:
    """Where a message belongs; all None where nobody here is known to have written it."""

    court_id: int | None = None
    case_id: int | None = None
    counsel_id: int | None = None
    about: str = ""
    side: str = ""
    name: str = ""


def named(session: Session, ids: Sequence[str]) -> list[Notice]:
    """Return the notices sent by mail that ids name, the newest first, at most 20.

    An id is our Message-ID, or one that a server gave instead: Amazon SES and others put their own
    into the header, and say it in their answer to our mail.
    """
    given = {each.strip("<>").partition("@")[0] for each in ids}
    names = [each for each in given if SERVER_ID.fullmatch(each)]
    wanted = sa.select(Notice).where(Notice.channel == "email")
    ours = wanted.where(HAS_CARRIER_ID, Notice.carrier_id.in_(list(ids))) if ids else None
    theirs = wanted.where(HAS_SERVER_ID, Notice.server_id.in_(names)) if names else None
    found = {
        notice.id: notice
        for each in (ours, theirs)
        if each is not None
        for notice in session.scalars(each.order_by(Notice.id.desc()).limit(20))
    }
    return [found[number] for number in sorted(found, reverse=True)]


def match_mail(session: Session, sender: str, answers_to: Sequence[str]) -> MessageMatch:
    """Return where a mail belongs: by the Message-IDs that it answers to, else by its writer."""
    known = [each for each in named(session, answers_to[:50]) if each.counsel_id is not None]
    ours = next((each for each in known if each.address.lower() == sender), None)
    ours = ours or next(iter(known), None)
    if ours is not None:
        return _placed(ours, known=addresses.canonical(ours.address) == sender)
    people = sa.select(Counsel.id).where(
        sa.func.lower(Counsel.email).in_(addresses.spellings(sender))
    )
    last = (
        session.scalar(
            sa.select(Notice)
            .where(Notice.counsel_id.in_(people))
            .order_by(Notice.id.desc())
            .limit(1)
        )
        if sender
        else None
    )
    return _placed(last, known=True) if last is not None else MessageMatch(only_court(session))


def _placed(notice: Notice, *, known: bool) -> MessageMatch:
    if not known:  # somebody who was sent it on: the matter is clear, the writer is not
        return MessageMatch(notice.court_id, notice.case_id, None, notice.about)
    return MessageMatch(
        notice.court_id, notice.case_id, notice.counsel_id, notice.about, notice.side, notice.name
    )


def only_court(session: Session) -> int | None:
    """Return the court where there is one; None where a message could be of several."""
    found = session.scalars(sa.select(Court.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def newest_matters(session: Session, counsel_ids: Sequence[int], channel: str) -> list[Notice]:
    """Return the newest notice to each counsel over a channel, by case."""
    newest = (
        sa.select(sa.func.max(Notice.id))
        .where(Notice.counsel_id.in_(counsel_ids), Notice.channel == channel)
        .group_by(Notice.counsel_id)
    )
    found = session.scalars(sa.select(Notice).where(Notice.id.in_(newest)))
    return sorted(found, key=lambda notice: notice.case_id)


def open_seats(session: Session, counsel_ids: Sequence[int], now: dt.datetime) -> list[Invitation]:
    """Return the seats of counsel in rounds that can be answered now, by case."""
    if not counsel_ids:
        return []
    party = aliased(Party)
    acts = (
        sa.select(Representation.id)
        .join(party, party.id == Representation.party_id)
        .where(party.case_id == Hearing.case_id, Representation.left_at.is_(None))
        .where(Representation.counsel_id == Invitation.counsel_id)
    )
    wanted = (
        sa.select(Invitation)
        .join(Invitation.proposal)
        .join(Proposal.hearing)
        .where(
            Invitation.counsel_id.in_(counsel_ids),
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
            Proposal.answer_by > now,
            acts.exists(),
        )
        .order_by(Hearing.case_id, Hearing.id)
    )
    return list(session.scalars(wanted))


def has_hearing_ahead(session: Session, counsel_ids: Sequence[int], now: dt.datetime) -> bool:
    """Return whether counsel were asked about a hearing whose date is fixed and not past."""
    wanted = (
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
    return session.scalar(wanted) is not None


def invited(session: Session, hearing: Hearing) -> dict[str, int]:
    """Return to which addresses mails about a hearing were queued, with the counsel of each."""
    wanted = sa.select(Notice.address, Notice.counsel_id).where(
        Notice.about == f"hearing/{hearing.id}",
        Notice.channel == "email",
        Notice.counsel_id.is_not(None),
    )
    return {
        addresses.canonical(address): counsel
        for address, counsel in session.execute(wanted)
        if counsel
    }


def counted(session: Session, about: str, counsel_id: int) -> list[Inbound]:
    """Return the calendar replies of a counsel about a hearing that counted, oldest first."""
    wanted = (
        sa.select(Inbound)
        .where(
            Inbound.about == about,
            Inbound.counsel_id == counsel_id,
            Inbound.kind == Kind.REPLY.value,
        )
        .order_by(Inbound.id)
    )
    return [each for each in session.scalars(wanted) if (each.detail or {}).get("counted")]
