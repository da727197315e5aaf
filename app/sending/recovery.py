"""Recover attempts of unknown outcome: ask the carrier, else record that nobody knows.

The intent to send was committed before the carrier was called (see claiming). A worker that died
in between leaves an attempt whose lease runs out; a carrier that gave no clear answer leaves one
that is looked up. Only what its carrier certainly never had is sent again.
"""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.carriers.base import (
    Carrier,
    LookupResult,
    OutgoingMessage,
    SendOutcome,
    SendStatus,
)
from app.core.db import transaction
from app.core.errors import N_
from app.letters import wording_versions
from app.notices.escalation import pass_on
from app.notices.models import HAS_CARRIER_ID, Notice
from app.notices.rules import Lookup, after_look, next_look
from app.record import chain
from app.record.models import Entry, Receipt
from app.record.rules import Event, NoticeState
from app.sending import attempts, messages
from app.sending.attempts import Attempt, Step
from app.sending.outcomes import settle
from app.sending.sender import LEASE, Sender

BATCH = 20  # messages that a carrier can surely be asked about within a lease
CALLS = 8  # look-ups under way at once
SLOWEST = dt.timedelta(hours=1)  # by which a text may be created after its attempt began
# Results of look-ups in vain, as the record's status names them.
NOT_FOUND, NOT_ASKED, AMBIGUOUS = "not_found", "not_asked", "not_told_apart"


@dataclass(frozen=True)
class _LostAttempt:
    """An attempt of unknown outcome, and its message as it was sent; None if it has changed."""

    attempt: Attempt
    message: OutgoingMessage | None

    def carrier(self, sender: Sender) -> Carrier | None:
        """Return the carrier that was called; None where it is no longer set up."""
        return sender.carrier(self.message.channel, self.attempt.carrier) if self.message else None

    def can_be_asked(self, sender: Sender) -> bool:
        """Tell whether its carrier keeps a list of messages that can be looked up over the wire."""
        can_ask = registry.capabilities(self.attempt.carrier).lookup
        return can_ask and self.carrier(sender) is not None

    def look_up(self, sender: Sender) -> LookupResult | None:
        """Ask the carrier what it has; None where it cannot be asked or does not answer."""
        carrier = self.carrier(sender)
        return (
            carrier.find(self.message, self.attempt.begun[0]) if carrier and self.message else None
        )


def settle_lost_attempts(sender: Sender) -> int:
    """Settle attempts of unknown outcome by what their carriers say; return how many were taken.

    These are attempts whose worker fell silent, and those to which a carrier gave no clear answer
    (HTTP 5xx, a connection that was cut, a timeout). Nothing is sent again by guess: only what the
    carrier certainly never had goes back into the queue. Several workers take different attempts.
    """
    count = 0
    while batch := _claim_lost(sender):
        with ThreadPoolExecutor(min(CALLS, len(batch)), "look-up") as pool:
            results = list(pool.map(lambda lost: lost.look_up(sender), batch))
        for lost, result in zip(batch, results, strict=True):
            with transaction() as session:
                for attempt in attempts.lock(session, [lost.attempt.id]):
                    if (
                        attempt.state == NoticeState.SENDING
                        and attempt.reference == lost.attempt.reference
                    ):
                        _decide(session, attempt, lost, result, sender)
        count += len(batch)
        if any(
            result is None and lost.can_be_asked(sender)
            for lost, result in zip(batch, results, strict=True)
        ):
            break  # a carrier that does not answer is left for the next beat
    return count


def _claim_lost(sender: Sender) -> list[_LostAttempt]:
    """Take attempts whose lease is over, under a new lease so that other workers take others."""
    now = sender.now
    query = (
        sa.select(Notice)
        .where(Notice.state == NoticeState.SENDING.value, Notice.lease_until <= now)
        .order_by(Notice.case_id, Notice.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    with transaction() as session:
        batch = []
        for notice in session.scalars(query).all():
            notice.lease_until = now + LEASE
            batch.append(_LostAttempt(Attempt.of(notice), _as_sent(session, notice, sender)))
        return batch


def _as_sent(session: Session, notice: Notice, sender: Sender) -> OutgoingMessage | None:
    """Return a message as it left: a carrier that is asked by its words must be given the same."""
    try:
        message, _ = messages.message(
            notice.row,
            secret=sender.secret,
            public_url=sender.public_url,
            court_address=sender.court_address,
            now=sender.now,
            own=wording_versions.sent_with(session, notice),
        )
    except messages.ComposeFailed:  # words have changed since: nobody can ask after this one
        return None
    return message


def _decide(
    session: Session,
    attempt: Attempt,
    lost: _LostAttempt,
    result: LookupResult | None,
    sender: Sender,
) -> None:
    """Settle an attempt by what its carrier has, or have it looked up once more."""
    now, outcome = sender.now, _identified(session, attempt, lost.message, result, sender)
    accepted = outcome is not None and outcome.result is SendStatus.ACCEPTED
    certain = outcome is not None and result is not None and result.sure
    if accepted or certain:
        _settle(session, attempt, outcome, now)
        return
    if not lost.can_be_asked(sender):
        _settle(session, attempt, None, now)
        return
    status = NOT_FOUND if outcome else NOT_ASKED if result is None else AMBIGUOUS
    looks = _looks(session, attempt)
    not_found = [*looks, status].count(NOT_FOUND)
    follows = after_look(outcome is not None, not_found, now - lost.attempt.begun[0])
    if follows is not Lookup.AGAIN:
        _settle(session, attempt, outcome if follows is Lookup.NOT_THERE else None, now)
        return
    detail = {"carrier": attempt.carrier, "status": status}
    again = {"lease_until": now + next_look(len(looks) + 1)}
    attempts.write(session, [Step(attempt, Event.STATUS, detail, changes=again)], now)


def _looks(session: Session, attempt: Attempt) -> list[str]:
    """Return the results of earlier look-ups of this attempt, as the record has them."""
    query = sa.select(Entry.detail).where(
        Entry.notice_id == attempt.id,
        Entry.attempt == attempt.reference,
        Entry.what == Event.STATUS.value,
        Entry.direction == "out",
    )
    statuses = [str(detail.get("status")) for detail in session.scalars(query)]
    return [status for status in statuses if status in (NOT_FOUND, NOT_ASKED, AMBIGUOUS)]


def _identified(
    session: Session,
    attempt: Attempt,
    message: OutgoingMessage | None,
    result: LookupResult | None,
    sender: Sender,
) -> SendOutcome | None:
    """Return the outcome of an attempt by what its carrier has; None if that cannot be told.

    Two messages to one person may have the very same words (an answer is confirmed, changed and
    confirmed again). What a carrier shows by its words alone is this one only if no other message
    is known to be it; and where others of these words are as uncertain, only if there is one for
    each, in the order in which their attempts began.
    """
    if result is None or message is None:
        return None
    outcomes, others = list(result.outcomes), list[Notice]()
    if outcomes and not result.sure:
        # Two look-ups of the same words wait for each other here.
        chain.lock_heads(session, [attempt.case_id])
        outcomes = _unclaimed(session, attempt, outcomes)
        others = _same_words(session, attempt, message, sender)
    if not outcomes:
        return SendOutcome(SendStatus.TEMPORARY, attempt.carrier, status=NOT_FOUND)
    if len(outcomes) <= len(others):
        return None
    return outcomes[sum(Attempt.of(other).begun < attempt.begun for other in others)]


def _unclaimed(
    session: Session, attempt: Attempt, outcomes: Sequence[SendOutcome]
) -> list[SendOutcome]:
    """Leave out messages that are known to be of another notice, or of an earlier attempt."""
    ids = [each.carrier_id for each in outcomes]
    owned = sa.select(Notice.carrier_id).where(
        HAS_CARRIER_ID, Notice.carrier_id.in_(ids), Notice.id != attempt.id
    )
    reported = sa.select(Receipt.carrier_id).where(
        Receipt.carrier_id.in_(ids), Receipt.notice_id != attempt.id
    )
    known = {*session.scalars(owned), *session.scalars(reported)}
    return [each for each in outcomes if each.carrier_id not in known]


def _same_words(
    session: Session, attempt: Attempt, message: OutgoingMessage, sender: Sender
) -> list[Notice]:
    """Return other messages of the same words to the same address whose attempt is as uncertain.

    They may have a carrier's id, of an earlier attempt.
    """
    query = sa.select(Notice).where(
        Notice.case_id == attempt.case_id,
        Notice.id != attempt.id,
        Notice.channel == attempt.channel,
        Notice.address == attempt.address,
        Notice.carrier == attempt.carrier,
        Notice.state.in_((NoticeState.SENDING.value, NoticeState.UNKNOWN.value)),
        Notice.tried_at > (attempt.tried_at or sender.now) - SLOWEST,
    )
    others = [(other, _as_sent(session, other, sender)) for other in session.scalars(query)]
    return [other for other, sent in others if sent and sent.text == message.text]


def _settle(
    session: Session, attempt: Attempt, outcome: SendOutcome | None, now: dt.datetime
) -> None:
    """Record that the outcome was unknown, then what it turned out to be, if anybody knows."""
    detail = None
    if attempt.claimed_by:
        why = N_("the worker fell silent while sending")
        detail = {"why": why, "worker": attempt.claimed_by}
    elif outcome is None:
        why = N_("the carrier gave no clear answer, and asking it later did not tell")
        detail = {"why": why, "carrier": attempt.carrier}
    if detail is not None:
        attempts.write(session, [Step(attempt, Event.UNKNOWN, detail)], now)
    if outcome is not None:
        settle(session, {attempt.reference: outcome}, now)
        return
    for notice in attempts.lock_notices(session, [attempt.id]):
        pass_on(session, notice, now)
