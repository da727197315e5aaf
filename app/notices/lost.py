"""Settle attempts whose worker fell silent: what the carrier knows, else that nobody knows."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import transaction
from app.errors import N_
from app.gateways import Message, Outcome
from app.notices import post, wordings
from app.notices.duty import pass_on
from app.notices.models import Notice
from app.notices.outcomes import held, write_outcome
from app.notices.rules import State, What
from app.notices.sender import LEASE, Sender
from app.notices.service import note

AT_ONCE = 20  # messages that a carrier can surely be asked about within a lease


def own_up(sender: Sender) -> int:
    """Settle attempts whose worker fell silent: ask the carrier, else say that nobody knows.

    Never sends again by guess: only what the carrier, asked by our reference, surely never had
    goes back into the queue. Of several workers who look one takes each. Returns how many it took.
    """
    count = 0
    while found := _some(sender):
        for notice_id, attempt, by, message, since in found:
            outcome = _ask(sender, by, message, since)
            with transaction() as session:
                for notice in held(session, [notice_id]):
                    if (notice.state, notice.attempt) == (State.SENDING, attempt):
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


def _ask(sender: Sender, by: str, message: Message | None, since: dt.datetime) -> Outcome | None:
    if message is None:
        return None
    # The carrier may have been changed since; another one knows nothing of this message.
    carrier = sender.carrier(message.channel, by)
    return carrier.find(message, since) if carrier else None


def _settle(session: Session, notice: Notice, outcome: Outcome | None, now: dt.datetime) -> None:
    why = N_("the worker fell silent while sending")
    note(session, notice, What.UNKNOWN, now, why=why, worker=notice.claimed_by)
    if outcome is None:
        pass_on(session, notice, now)
    else:
        write_outcome(session, notice, outcome, now)
