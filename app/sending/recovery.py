"""Settle attempts of unknown outcome: what the carrier knows, else that nobody knows."""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import (
    TWILIOS,
    Carrier,
    LookupResult,
    OutgoingMessage,
    SendOutcome,
    SendStatus,
)
from app.core.db import transaction
from app.core.errors import N_
from app.letters import wording_versions
from app.notices import entries
from app.notices.escalation import pass_on
from app.notices.models import HAS_CARRIER_ID, Notice
from app.notices.rules import Lookup, after_look, next_look
from app.notices.service import note
from app.record import chain, ledger
from app.record.models import Entry, Receipt
from app.record.rules import Event, NoticeState
from app.sending import messages
from app.sending.outcomes import held, write_outcome
from app.sending.sender import LEASE, Sender

AT_ONCE = 20  # messages that a carrier can surely be asked about within a lease
CALLS = 8  # look-ups under way at once
SLOWEST = dt.timedelta(hours=1)  # by which a text may be made after its try began


@dataclass(frozen=True)
class _Silent:
    """An attempt of unknown outcome: whom to ask, after which message, since when."""

    notice_id: int
    attempt: str
    carrier: str
    message: OutgoingMessage | None
    since: dt.datetime


def settle_lost_attempts(sender: Sender) -> int:
    """Settle attempts whose outcome is not known: ask the carrier, else say that nobody knows.

    These are attempts whose worker fell silent, and those to which a carrier gave no clear answer
    (HTTP 5xx, a connection that was cut, a timeout). Never sends again by guess: only what the
    carrier surely never had goes back into the queue. Of several workers who look one takes each.
    Returns how many it took.
    """
    count = 0
    while found := _some(sender):
        with ThreadPoolExecutor(min(CALLS, len(found)), "look-up") as pool:
            shown = list(pool.map(partial(_ask, sender), found))
        for each, has in zip(found, shown, strict=True):
            with transaction() as session:
                for notice in held(session, [each.notice_id]):
                    if (notice.state, notice.attempt) == (NoticeState.SENDING, each.attempt):
                        _decide(session, notice, each, has, sender)
        count += len(found)
        if any(
            has is None and _can_ask(sender, each) for each, has in zip(found, shown, strict=True)
        ):
            break  # a carrier that does not answer is left for the next beat
    return count


def _some(sender: Sender) -> list[_Silent]:
    """Take some that are silent, under a lease while the carrier is asked: another sees others."""
    now = sender.now
    with transaction() as session:
        silent = _silent(session, now)
        for notice in silent:
            notice.lease_until = now + LEASE
        return [
            _Silent(
                n.id, n.attempt, n.carrier, _as_sent(session, n, sender), n.tried_at or n.created_at
            )
            for n in silent
        ]


def _silent(session: Session, now: dt.datetime) -> Sequence[Notice]:
    wanted = (
        sa.select(Notice)
        .where(Notice.state == NoticeState.SENDING.value, Notice.lease_until <= now)
        .order_by(Notice.case_id, Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted).all()


def _as_sent(session: Session, notice: Notice, sender: Sender) -> OutgoingMessage | None:
    """Return a message as it left: a carrier that is asked by its words must be given the same."""
    try:
        written, _ = messages.message(
            notice.row,
            secret=sender.secret,
            public_url=sender.public_url,
            court_address=sender.court_address,
            now=sender.now,
            own=wording_versions.sent_with(session, notice),
        )
    except messages.ComposeFailed:  # words have changed since: nobody can ask after this one
        return None
    return written


def _ask(sender: Sender, silent: _Silent) -> LookupResult | None:
    carrier = _carrier(sender, silent)
    return carrier.find(silent.message, silent.since) if carrier and silent.message else None


def _carrier(sender: Sender, silent: _Silent) -> Carrier | None:
    """Return who was called; None where another, who knows nothing of it, took its place."""
    return sender.carrier(silent.message.channel, silent.carrier) if silent.message else None


def _can_ask(sender: Sender, silent: _Silent) -> bool:
    return silent.carrier in TWILIOS and _carrier(sender, silent) is not None


def _decide(
    session: Session, notice: Notice, silent: _Silent, has: LookupResult | None, sender: Sender
) -> None:
    """Settle an attempt by what its carrier has, or have it looked for once more."""
    now, outcome = sender.now, _told_apart(session, notice, silent.message, has, sender)
    if outcome is not None and outcome.said is SendStatus.ACCEPTED:
        _settle(session, notice, outcome, now)
        return
    if outcome is not None and has is not None and has.sure:
        _settle(session, notice, outcome, now)
        return
    if not _can_ask(sender, silent):
        _settle(session, notice, None, now)
        return
    status = "not_found" if outcome else "not_asked" if has is None else "not_told_apart"
    looks = _looks(session, notice)
    missed = looks.count("not_found") + (1 if outcome else 0)
    follows = after_look(outcome is not None, missed, now - silent.since)
    if follows is not Lookup.AGAIN:
        _settle(session, notice, outcome if follows is Lookup.NOT_THERE else None, now)
        return
    entry = entries.entry_of(notice, Event.STATUS, carrier=notice.carrier, status=status)
    ledger.append(session, [entry], now)
    notice.lease_until = now + next_look(len(looks) + 1)


def _looks(session: Session, notice: Notice) -> list[str]:
    """Return what the looks for the present try came to, as the record says."""
    wanted = sa.select(Entry.detail).where(
        Entry.notice_id == notice.id,
        Entry.attempt == notice.attempt,
        Entry.what == Event.STATUS.value,
        Entry.direction == "out",
    )
    said = [str(detail.get("status")) for detail in session.scalars(wanted)]
    return [each for each in said if each in ("not_found", "not_asked", "not_told_apart")]


def _told_apart(
    session: Session,
    notice: Notice,
    message: OutgoingMessage | None,
    has: LookupResult | None,
    sender: Sender,
) -> SendOutcome | None:
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
        # Two look-ups of the same words wait for each other here.
        chain.lock_heads(session, [notice.case_id])
        outcomes = _nobodys(session, notice, outcomes)
        others = _alike(session, notice, message, sender)
    if not outcomes:
        return SendOutcome(SendStatus.TEMPORARY, notice.carrier, status="not_found")
    if len(outcomes) <= len(others):
        return None
    return outcomes[sum(_tried(other) < _tried(notice) for other in others)]


def _nobodys(
    session: Session, notice: Notice, outcomes: Sequence[SendOutcome]
) -> list[SendOutcome]:
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


def _alike(
    session: Session, notice: Notice, message: OutgoingMessage, sender: Sender
) -> list[Notice]:
    """Return other messages of the same words to the same address whose try is as uncertain.

    They may have a carrier's id, of an earlier try.
    """
    wanted = sa.select(Notice).where(
        Notice.case_id == notice.case_id,
        Notice.id != notice.id,
        Notice.channel == notice.channel,
        Notice.address == notice.address,
        Notice.carrier == notice.carrier,
        Notice.state.in_((NoticeState.SENDING.value, NoticeState.UNKNOWN.value)),
        Notice.tried_at > (notice.tried_at or sender.now) - SLOWEST,
    )
    others = [(other, _as_sent(session, other, sender)) for other in session.scalars(wanted)]
    return [other for other, said in others if said and said.text == message.text]


def _tried(notice: Notice) -> tuple[dt.datetime, int]:
    return notice.tried_at or notice.created_at, notice.id


def _settle(
    session: Session, notice: Notice, outcome: SendOutcome | None, now: dt.datetime
) -> None:
    if notice.claimed_by:
        why = N_("the worker fell silent while sending")
        note(session, notice, Event.UNKNOWN, now, why=why, worker=notice.claimed_by)
    elif outcome is None:
        why = N_("the carrier gave no clear answer, and asking it later did not tell")
        note(session, notice, Event.UNKNOWN, now, why=why, carrier=notice.carrier)
    if outcome is None:
        pass_on(session, notice, now)
    else:
        write_outcome(session, notice, outcome, now)
