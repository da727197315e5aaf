"""Invite and notify counsel who join a case with hearings; release the time of those who leave."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases import keys
from app.cases.models import HAS_JOINED, Case, Counsel, Party, Representation
from app.core.errors import Clash
from app.events.rules import EventType
from app.hearings import booking, facts, notifications, queries
from app.hearings.answers import locking
from app.hearings.answers.service import decide
from app.hearings.models import Booking, Hearing, HearingState, Invitation, Proposal
from app.hearings.rescheduling import asking
from app.hearings.rules import KINDS, kind_and_row
from app.hearings.scheduling import invite_everybody
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.queue import NoticeRequest, queue, readdress, withdraw
from app.notices.superseding import LEFT
from app.record import ledger


def follow_addresses(
    session: Session, counsel: Counsel, before: tuple[str, str], now: dt.datetime
) -> None:
    """Let what waits for a counsel go to the addresses that the court entered, and publish them.

    ``before`` are mail address and number until now. Where counsel change them by link, an entry of
    the record publishes it (see addresses.changes).
    """
    readdress(session, counsel)
    if (counsel.email, counsel.phone) == before:
        return
    acting = sa.select(Party.case_id).join(Representation)
    acting = acting.where(Representation.counsel_id == counsel.id, Representation.left_at.is_(None))
    subjects = [
        (case_id, {"counsel_id": counsel.id})
        for case_id in session.scalars(acting.distinct().order_by(Party.case_id))
    ]
    ledger.publish_off_record(
        session,
        EventType.ADDRESS_CHANGED,
        now,
        court_id=counsel.court_id,
        subjects=subjects,
    )


def cases_joined(session: Session, limit: int = 100) -> list[int]:
    """Return cases that counsel joined and that have hearings; the others have nothing to tell."""
    new = sa.and_(HAS_JOINED, Representation.left_at.is_(None))
    without_hearing = (
        sa.select(Representation.id)
        .join(Party)
        .where(new, ~sa.exists().where(Hearing.case_id == Party.case_id))
        .limit(limit * 10)
    )
    session.execute(
        sa.update(Representation)
        .where(Representation.id.in_(without_hearing))
        .values(welcomed=True)
    )
    joined = sa.select(Party.case_id).join(Representation).where(new).distinct().limit(limit)
    return sorted(session.scalars(joined))


def invite_newcomers(
    session: Session, case_id: int, now: dt.datetime, secret: bytes
) -> list[tuple[int, set[int]]]:
    """Send counsel who joined a case the open proposals and dates that the others received.

    Returns which counsel were told the date of which hearings, for they are to be reminded too.
    Whoever returns after leaving is told anew. Hearings that are over, or were fixed elsewhere
    without anybody being told, are left out.
    """
    case = session.get_one(Case, case_id)
    newcomers = [
        each for each in queries.acting_representations(session, case) if not each.welcomed
    ]
    for each in newcomers:
        each.welcomed = True
    current = (
        sa.select(Hearing.id)
        .where(Hearing.case_id == case_id)
        .where(Hearing.state.in_([HearingState.PROPOSED.value, HearingState.FIXED.value]))
        .order_by(Hearing.id)
    )
    notified = [
        (hearing_id, _invite_to(session, hearing_id, newcomers, now, secret))
        for hearing_id in session.scalars(current).all()
    ]
    return [(hearing_id, counsel) for hearing_id, counsel in notified if counsel]


def _invite_to(
    session: Session,
    hearing_id: int,
    newcomers: Sequence[Representation],
    now: dt.datetime,
    secret: bytes,
) -> set[int]:
    """Add newcomers to the open proposal; notify them of the current date, then ask them.

    The date goes first: a date told after a question would make the question untrue. Returns the
    counsel who were told the date.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    first_time, returning = _newcomers(session, hearing, newcomers)
    proposal = queries.open_proposal(session, hearing)
    invitations: list[Invitation] = []
    if proposal is not None and now < proposal.answer_by:
        invitations = _add_to(session, hearing, proposal, newcomers, secret)
    notified: set[int] = set()
    nobody_notified = hearing.imported and hearing.revision == 1
    at = hearing.starts_at
    if at is not None and at > now and not nobody_notified and (notified := first_time | returning):
        _tell_date(session, hearing, at, first_time, returning, now, secret)
        asking.ask_newcomers(session, hearing, notified, now)
    if proposal is not None and invitations:
        notifications.proposal(
            session, hearing, proposal, hearing.reason, now, invitations=invitations
        )
    return notified


def _newcomers(
    session: Session, hearing: Hearing, newcomers: Sequence[Representation]
) -> tuple[set[int], set[int]]:
    """Return which newcomers never had an invitation to a hearing, and which left theirs."""
    known = queries.latest_invitations(session, hearing)
    joined = {each.counsel_id for each in newcomers}
    first_time = joined - set(known)
    return first_time, {who for who in joined - first_time if known[who].left_at is not None}


def _add_to(
    session: Session,
    hearing: Hearing,
    proposal: Proposal,
    newcomers: Sequence[Representation],
    secret: bytes,
) -> list[Invitation]:
    """Invite newcomers to an open proposal; their time is held as the others' is.

    Where another hearing has their time they are not asked: the desk shows it, and a new proposal
    asks everybody about slots that suit. Returns the invitations of those who are to be asked.
    """
    known = {each.counsel_id: each for each in proposal.invitations}
    missing = [each for each in newcomers if each.counsel_id not in known]
    invitations = [known[each.counsel_id] for each in newcomers if each.counsel_id in known]
    invitations = [each for each in invitations if each.left_at is not None]
    if not missing and not invitations:
        return []
    counsel = queries.acting_counsel_ids(session, hearing) & set(known) | {
        e.counsel_id for e in newcomers
    }
    try:
        with session.begin_nested():
            booking.book(session, hearing, proposal, sorted(counsel))
    except Clash:
        return []
    for each in missing:
        invitation = Invitation(
            proposal_id=proposal.id,
            counsel_id=each.counsel_id,
            party_id=each.party_id,
            representation_id=each.id,
            side=each.party.side,
            required=each.required,
        )
        session.add(invitation)
        invitations.append(invitation)
    session.flush()
    keys.issue(session, [each.id for each in missing], secret)
    for invitation in invitations:
        invitation.left_at = None
    session.refresh(proposal, ["invitations"])
    return invitations


def _tell_date(
    session: Session,
    hearing: Hearing,
    starts_at: dt.datetime,
    first_time: set[int],
    returning: set[int],
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Notify newcomers of the current date, with its invite, and book their time.

    The number that calendars go by stays: to the others nothing changed (RFC 5546, 2.1.4). Who
    was sent a CANCEL of their own when they left is sent that number again, later stamped.
    """
    invitations = invite_everybody(session, hearing, secret, now)
    proposal = queries.open_proposal(session, hearing)
    booking.book(session, hearing, proposal, sorted(invitations), shared=True)
    requests = []
    unconfirmed = notifications.first_contacted(session, hearing.case_id, invitations.values())
    for counsel_id in sorted(first_time | returning):
        invitation = invitations[counsel_id]
        common = facts.hearing_facts(hearing)
        if counsel_id in returning:
            common["hearing"]["sequence"] = hearing.sequence + 1
        version = f"{hearing.revision}.back{now:%Y%m%d%H%M%S}" if counsel_id in returning else ""
        requests.append(
            NoticeRequest(
                facts.subject(hearing, version),
                NoticeKind.FIXED,
                facts.invitation_recipient(invitation),
                {
                    **common,
                    "person": facts.person_facts(invitation),
                    "asks_address": invitation.representation_id in unconfirmed,
                },
                due_at=now,
                stale_at=starts_at,
            )
        )
    queue(session, requests, now)
    for counsel_id in first_time | returning:
        invitations[counsel_id].left_at = None


def hearings_left(session: Session, limit: int = 100) -> list[int]:
    """Return hearings that still take the time of counsel who have left their case."""
    gone, stays, of_case = Representation, aliased(Representation), aliased(Party)
    number = gone.counsel_id * len(KINDS) + KINDS.index("counsel")
    still = (
        sa.select(stays.id)
        .join(of_case, of_case.id == stays.party_id)
        .where(of_case.case_id == Hearing.case_id, stays.counsel_id == gone.counsel_id)
        .where(stays.left_at.is_(None))
    )
    statement = (
        sa.select(Hearing.id)
        .distinct()
        .select_from(gone)
        .join(Party)
        .join(Booking, Booking.resource == number)
        .join(Hearing, sa.and_(Hearing.id == Booking.hearing_id, Hearing.case_id == Party.case_id))
        .where(gone.left_at.is_not(None), ~still.exists())
        .order_by(Hearing.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def continue_without(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> bool:
    """Release the time of counsel who left a hearing's case, and withdraw their queued notices.

    Where an open proposal waited for them alone, it is decided now. Returns whether anybody
    had left.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    gone = _release(session, hearing, queries.acting_counsel_ids(session, hearing))
    withdraw(session, hearing.about, now, LEFT, counsel_ids=gone)
    _clear_calendars(session, hearing, gone, now)
    proposal = queries.open_proposal(session, hearing)
    if proposal and gone and now < proposal.answer_by:
        session.flush()
        answers = locking.counsel_answers(session, proposal.id, hearing.id)
        decide(session, proposal.id, now, secret, answers)
    return bool(gone)


def _clear_calendars(session: Session, hearing: Hearing, gone: set[int], now: dt.datetime) -> None:
    """Take a hearing that is to come out of the calendars of those who left.

    A CANCEL to one of several raises the number for them alone (RFC 5546, 3.2.5 and 2.1.4): the
    others' invites stand, and so do their reminders and what they confirmed.
    """
    notified = notifications.with_calendar(
        session, hearing, [NoticeKind.PROPOSAL, *ANNOUNCING_DATE]
    )
    over = hearing.ends_at is not None and hearing.ends_at <= now
    proposal = queries.last_proposal(session, hearing)
    if over or proposal is None:
        return
    common = facts.hearing_facts(hearing)
    common["hearing"]["sequence"] = hearing.sequence + 1
    if hearing.starts_at is None:
        if not proposal.tentative:
            return
        common |= {"slots": facts.slots_facts(proposal), "tentative": True}
    invitations = _last_invitations(session, hearing, gone & notified)
    requests = [
        NoticeRequest(
            facts.subject(hearing),
            NoticeKind.LEFT,
            facts.invitation_recipient(each),
            {**common, "person": facts.person_facts(each)},
            due_at=now,
            stale_at=now + notifications.STALE_AFTER,
        )
        for each in invitations
    ]
    queue(session, requests, now)
    for each in invitations:
        each.left_at = now


def _last_invitations(
    session: Session, hearing: Hearing, counsel_ids: set[int]
) -> list[Invitation]:
    newest_last = (
        sa.select(Invitation)
        .join(Proposal)
        .where(Proposal.hearing_id == hearing.id, Invitation.counsel_id.in_(counsel_ids))
        .order_by(Proposal.round)
    )
    return list({each.counsel_id: each for each in session.scalars(newest_last)}.values())


def _release(session: Session, hearing: Hearing, acting: set[int]) -> set[int]:
    """Delete the bookings of counsel who act no longer; return who they are."""
    gone = set()
    for each in session.scalars(sa.select(Booking).where(Booking.hearing_id == hearing.id)).all():
        kind, row = kind_and_row(each.resource)
        if kind == "counsel" and row not in acting:
            gone.add(row)
            session.delete(each)
    session.flush()
    return gone
