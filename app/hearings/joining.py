"""When counsel join a case: they are asked in the round that is open, told the date that holds."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Party, Representation
from app.core.errors import Clash
from app.hearings import booking, dates, facts, notifications, queries
from app.hearings.models import Hearing, HearingState, Invitation, Proposal
from app.hearings.proposals import issue_links
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue


def joined(session: Session, limit: int = 100) -> list[int]:
    """Return cases that counsel joined and that have hearings; the others have nothing to tell."""
    new = sa.and_(Representation.welcomed.is_(False), Representation.left_at.is_(None))
    mute = (
        sa.select(Representation.id)
        .join(Party)
        .where(new, ~sa.exists().where(Hearing.case_id == Party.case_id))
        .limit(limit * 10)
    )
    session.execute(
        sa.update(Representation).where(Representation.id.in_(mute)).values(welcomed=True)
    )
    wanted = sa.select(Party.case_id).join(Representation).where(new).distinct().limit(limit)
    return sorted(session.scalars(wanted))


def invite_newcomer(
    session: Session, case_id: int, now: dt.datetime, secret: bytes
) -> list[tuple[int, set[int]]]:
    """Ask and tell who joined a case what the others were.

    Returns of which hearings who was told the date, for they are to be reminded of it too.

    Who returns after leaving is told anew. What was over, or fixed elsewhere without anybody being
    told, is nobody's news.
    """
    case = session.get_one(Case, case_id)
    new = [seat for seat in queries.seats(session, case) if not seat.welcomed]
    for seat in new:
        seat.welcomed = True
    wanted = (
        sa.select(Hearing.id)
        .where(Hearing.case_id == case_id)
        .where(Hearing.state.in_([HearingState.PROPOSED.value, HearingState.FIXED.value]))
        .order_by(Hearing.id)
    )
    found = [
        (each, _welcome_to(session, each, new, now, secret))
        for each in session.scalars(wanted).all()
    ]
    return [(hearing, told) for hearing, told in found if told]


def _welcome_to(
    session: Session,
    hearing_id: int,
    new: Sequence[Representation],
    now: dt.datetime,
    secret: bytes,
) -> set[int]:
    """Seat new counsel in the open round, tell them the date that holds, then ask them.

    The date goes first: a date told after a question would make the question untrue.
    """
    hearing = queries.lock(session, hearing_id)
    fresh, back = _newcomers(session, hearing, new)
    round_ = queries.open_proposal(session, hearing)
    asked: list[Invitation] = []
    if round_ is not None and now < round_.answer_by:
        asked = _seat(session, hearing, round_, new, secret)
    told: set[int] = set()
    silent = hearing.imported and hearing.revision == 1  # nobody was told of it by this house
    at = hearing.starts_at
    if at is not None and at > now and not silent and (told := fresh | back):
        _tell(session, hearing, at, fresh, back, now, secret)
    if round_ is not None and asked:
        notifications.proposal(session, hearing, round_, hearing.reason, now, invitations=asked)
    return told


def _newcomers(
    session: Session, hearing: Hearing, new: Sequence[Representation]
) -> tuple[set[int], set[int]]:
    """Return, of counsel who joined, who never had a seat in a hearing, and who left theirs."""
    known = queries.last_seats(session, hearing)
    joined = {each.counsel_id for each in new}
    fresh = joined - set(known)
    return fresh, {who for who in joined - fresh if known[who].left_at is not None}


def _seat(
    session: Session,
    hearing: Hearing,
    round_: Proposal,
    new: Sequence[Representation],
    secret: bytes,
) -> list[Invitation]:
    """Give new counsel a seat in an open round; their time is held as the others' is.

    Where another hearing has their time they are not asked: the desk shows it, and a new round
    asks everybody about slots that suit. Returns the seats of those who are to be asked.
    """
    there = {seat.counsel_id: seat for seat in round_.invitations}
    missing = [each for each in new if each.counsel_id not in there]
    seats = [there[each.counsel_id] for each in new if each.counsel_id in there]
    seats = [seat for seat in seats if seat.left_at is not None]
    if not missing and not seats:
        return []
    people = queries.acting(session, hearing) & set(there) | {each.counsel_id for each in new}
    try:
        with session.begin_nested():
            booking.book(session, hearing, round_, sorted(people))
    except Clash:
        return []
    for each in missing:
        seat = Invitation(
            proposal_id=round_.id,
            counsel_id=each.counsel_id,
            party_id=each.party_id,
            side=each.party.side,
            required=each.required,
        )
        session.add(seat)
        session.flush()
        issue_links(seat, secret)
        seats.append(seat)
    for seat in seats:
        seat.left_at = None
    session.refresh(round_, ["invitations"])
    return seats


def _tell(
    session: Session,
    hearing: Hearing,
    starts_at: dt.datetime,
    fresh: set[int],
    back: set[int],
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Tell new counsel the date that holds, with its invite, and take their time for it.

    The number that calendars go by stays: to the others nothing changed (RFC 5546, 2.1.4). Who
    was sent a CANCEL of their own when they left is sent that number again, later stamped.
    """
    seats = dates.invite_everybody(session, hearing, secret, now)
    round_ = queries.open_proposal(session, hearing)
    booking.book(session, hearing, round_, sorted(seats), shared=True)
    requests = []
    for who in sorted(fresh | back):
        common = facts.of(hearing)
        if who in back:
            common["hearing"]["sequence"] = hearing.sequence + 1
        version = f"{hearing.revision}.back{now:%Y%m%d%H%M%S}" if who in back else ""
        requests.append(
            NoticeRequest(
                facts.subject(hearing, version),
                NoticeKind.FIXED,
                facts.counsel_of(seats[who]),
                {**common, "person": facts.person(seats[who])},
                due_at=now,
                stale_at=starts_at,
            )
        )
    queue(session, requests, now)
    for who in fresh | back:
        seats[who].left_at = None
