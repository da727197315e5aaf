"""Settle attempts whose worker fell silent: what the carrier knows, else that nobody knows."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import transaction
from app.errors import N_
from app.gateways import Found, Message, Outcome, Said
from app.notices import chain, post, wordings
from app.notices.duty import pass_on
from app.notices.models import HAS_CARRIER_ID, Notice, Receipt
from app.notices.outcomes import held, write_outcome
from app.notices.rules import State, What
from app.notices.sender import LEASE, Sender
from app.notices.service import note

AT_ONCE = 20  # messages that a carrier can surely be asked about within a lease
SLOWEST = dt.timedelta(hours=1)  # by which a text may be made after its try began


def own_up(sender: Sender) -> int:
    """Settle attempts whose worker fell silent: ask the carrier, else say that nobody knows.

    Never sends again by guess: only what the carrier surely never had goes back into the queue. Of
    several workers who look one takes each. Returns how many it took.
    """
    count = 0
    while found := _some(sender):
        for notice_id, attempt, by, message, since in found:
            has = _ask(sender, by, message, since)
            with transaction() as session:
                for notice in held(session, [notice_id]):
                    if (notice.state, notice.attempt) == (State.SENDING, attempt):
                        outcome = _told_apart(session, notice, message, has, sender)
                        _settle(session, notice, outcome, sender.now)
        count += len(found)
    return count


def _some(sender: Sender) -> list[tuple[int, str, str, Message | None, dt.datetime]]:
    """Take some that are silent, under a lease while the carrier is asked: another sees others."""
    now = sender.now
    with transaction() as session:
        silent = _silent(session, now)
        for notice in silent:
            notice.lease_until = now + LEASE
        return [
            (n.id, n.attempt, n.carrier, _as_sent(session, n, sender), n.tried_at or now)
            for n in silent
        ]


def _silent(session: Session, now: dt.datetime) -> Sequence[Notice]:
    wanted = (
        sa.select(Notice)
        .where(Notice.state == State.SENDING.value, Notice.lease_until < now)
        .order_by(Notice.case_id, Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted).all()


def _as_sent(session: Session, notice: Notice, sender: Sender) -> Message | None:
    """Return a message as it left: a carrier that is asked by its words must be given the same."""
    try:
        written, _ = post.message(
            notice, secret=sender.secret, public_url=sender.public_url,
            court_address=sender.court_address, now=sender.now,
            own=wordings.sent_with(session, notice),
        )  # fmt: skip
    except post.Unwritable:  # words have changed since: nobody can ask after this one
        return None
    return written


def _ask(sender: Sender, by: str, message: Message | None, since: dt.datetime) -> Found | None:
    if message is None:
        return None
    # The carrier may have been changed since; another one knows nothing of this message.
    carrier = sender.carrier(message.channel, by)
    return carrier.find(message, since) if carrier else None


def _told_apart(
    session: Session, notice: Notice, message: Message | None, has: Found | None, sender: Sender
) -> Outcome | None:
    """Return what became of a message by what its carrier has; None where nobody can say.

    Two messages to one person may have the very same words (an answer is confirmed, changed and
    confirmed again). What a carrier shows by its words alone is this one only if no other message
    is known to be it; and where others of these words wait to be told apart too, only if there is
    one for each, which then are theirs in the order in which they were tried.
    """
    if has is None or message is None:
        return None
    outcomes, others = list(has.outcomes), list[Notice]()
    if outcomes and not has.sure:
        chain.hold(session, [notice.case_id])  # whoever looks after another of these words waits
        outcomes = _nobodys(session, notice, outcomes)
        others = _alike(session, notice, message, sender)
    if not outcomes:
        return Outcome(Said.TEMPORARY, notice.carrier, status="not_found")
    if len(outcomes) <= len(others):
        return None
    return outcomes[sum(_tried(other) < _tried(notice) for other in others)]


def _nobodys(session: Session, notice: Notice, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Leave out what another message, or an earlier try of one, is known to be."""
    ids = [each.carrier_id for each in outcomes]
    owned = sa.select(Notice.carrier_id).where(
        HAS_CARRIER_ID, Notice.carrier_id.in_(ids), Notice.id != notice.id
    )
    told = sa.select(Receipt.carrier_id).where(
        Receipt.carrier_id.in_(ids), Receipt.notice_id != notice.id
    )
    known = {*session.scalars(owned), *session.scalars(told)}
    return [each for each in outcomes if each.carrier_id not in known]


def _alike(session: Session, notice: Notice, message: Message, sender: Sender) -> list[Notice]:
    """Return other messages of the same words to the same address whose try is as uncertain.

    They may have a carrier's id, of an earlier try.
    """
    wanted = sa.select(Notice).where(
        Notice.case_id == notice.case_id, Notice.id != notice.id,
        Notice.channel == notice.channel, Notice.address == notice.address,
        Notice.carrier == notice.carrier,
        Notice.state.in_((State.SENDING.value, State.UNKNOWN.value)),
        Notice.tried_at > (notice.tried_at or sender.now) - SLOWEST,
    )  # fmt: skip
    others = [(other, _as_sent(session, other, sender)) for other in session.scalars(wanted)]
    return [other for other, said in others if said and said.text == message.text]


def _tried(notice: Notice) -> tuple[dt.datetime, int]:
    return notice.tried_at or notice.created_at, notice.id


def _settle(session: Session, notice: Notice, outcome: Outcome | None, now: dt.datetime) -> None:
    why = N_("the worker fell silent while sending")
    note(session, notice, What.UNKNOWN, now, why=why, worker=notice.claimed_by)
    if outcome is None:
        pass_on(session, notice, now)
    else:
        write_outcome(session, notice, outcome, now)
