"""Settle attempts by what their carriers answered: one transaction for many."""

import datetime as dt
import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.carriers.base import OutgoingMessage, SendOutcome, SendStatus
from app.cases.models import Counsel
from app.core.attempt_reference import AttemptReference
from app.core.db import bulk
from app.core.errors import N_
from app.notices.escalation import pass_on
from app.notices.models import Notice
from app.notices.rules import FIRST_LOOK, GIVE_UP_AFTER, next_try
from app.record import ledger
from app.record.rules import Event, NoticeState
from app.sending import attempts
from app.sending.attempts import Attempt, Step
from app.sending.sender import LEASE, Sender

# How long a carrier may be silent about a text that it took, before it is asked (see polling).
ASK_AFTER = dt.timedelta(minutes=4)
STOPPED = N_("the worker was stopped before it began with it")

_NOTICE = bulk.table(Notice)


def settle(session: Session, outcomes: Mapping[str, SendOutcome], now: dt.datetime) -> None:
    """Write the outcomes of attempts, by our reference, within the caller's transaction.

    Temporary refusals go back into the queue with a growing pause, until they are stale or were
    tried for four hours; permanent ones pass the duty on to the person's next channel. Where the
    carrier gave no clear answer it may have taken the message: a carrier that can be asked is
    asked soon after (see recovery), else the outcome is unknown. Nothing is sent again by guess.
    """
    references = {AttemptReference.parse(reference).notice_id: reference for reference in outcomes}
    steps = [
        _step(attempt, references[attempt.id], outcomes[references[attempt.id]], now)
        for attempt in attempts.lock(session, references)
    ]
    attempts.write(session, steps, now)
    _follow_up(session, steps, outcomes, now)


def _step(attempt: Attempt, reference: str, outcome: SendOutcome, now: dt.datetime) -> Step:
    """Decide what an outcome means for its attempt."""
    detail = {
        "carrier": outcome.carrier,
        "carrier_id": outcome.carrier_id,
        "status": outcome.status,
        "code": outcome.code,
    }
    # The carrier's own words quote addresses: they are personal, and can be blanked.
    personal = {"said": outcome.detail} if outcome.detail else {}
    if reference != attempt.reference:  # overtaken by the next attempt: it moves nothing
        detail["status"] = outcome.status or outcome.result.value
        return Step(attempt, Event.STATUS, detail, personal, reference=reference)
    detail["advice"] = outcome.advice
    again_at = now + next_try(attempt.tries, random.random(), outcome.retry_after)
    event = _event(attempt, outcome, again_at)
    changes: dict[str, Any] = {
        "carrier_id": outcome.carrier_id or attempt.carrier_id,
        "server_id": outcome.server_id or attempt.server_id,
    }
    if event is Event.ACCEPTED:
        changes["handed_at"] = attempt.handed_at or now
        may_ask = registry.capabilities(outcome.carrier).lookup and changes["carrier_id"]
        if may_ask and attempt.after(event) is NoticeState.SENT:
            changes["ask_at"] = now + ASK_AFTER
    elif event is Event.STATUS and attempt.state == NoticeState.SENDING:
        # It stays under way, so that nothing overtakes it and nobody sends it again.
        changes |= {"lease_until": now + FIRST_LOOK, "claimed_by": ""}
    elif event is Event.REFUSED:
        detail["again_at"] = ledger.instant(again_at)
        if attempt.after(event) is NoticeState.QUEUED:
            changes["due_at"] = again_at
    elif event is Event.FAILED and outcome.result is SendStatus.TEMPORARY:
        detail["why"] = N_("it was refused so often or so long that no other try is made")
    return Step(attempt, event, detail, personal, changes)


def _event(attempt: Attempt, outcome: SendOutcome, again_at: dt.datetime) -> Event:
    if outcome.result is SendStatus.ACCEPTED:
        return Event.ACCEPTED
    if outcome.result is SendStatus.UNKNOWN:
        can_ask = registry.capabilities(outcome.carrier).lookup
        return Event.STATUS if can_ask else Event.UNKNOWN
    too_late = again_at >= min(attempt.stale_at, attempt.first_due_at + GIVE_UP_AFTER)
    too_often = outcome.at_most is not None and attempt.tries >= outcome.at_most
    if outcome.result is SendStatus.TEMPORARY and not (too_late or too_often):
        return Event.REFUSED
    return Event.FAILED


def _follow_up(
    session: Session,
    steps: Sequence[Step],
    outcomes: Mapping[str, SendOutcome],
    now: dt.datetime,
) -> None:
    """Stop texts to those who opted out; pass on the duty of what failed or is unknown."""
    unreached = []
    for step in steps:
        attempt, failed = step.attempt, step.event is Event.FAILED
        if failed and attempt.counsel_id and outcomes[attempt.reference].opted_out:
            session.get_one(Counsel, attempt.counsel_id).opted_out_at = now
        if step.event is Event.UNKNOWN or (failed and step.result.state == NoticeState.FAILED):
            unreached.append(attempt.id)
    for notice in attempts.lock_notices(session, unreached) if unreached else ():
        pass_on(session, notice, now)


def give_back(session: Session, messages: Sequence[OutgoingMessage], now: dt.datetime) -> None:
    """Put messages back into the queue that no carrier was called for: the worker is to end."""
    references = {message.reference for message in messages}
    notice_ids = {AttemptReference.parse(reference).notice_id for reference in references}
    steps = [
        Step(
            attempt,
            Event.REFUSED,
            {"why": STOPPED, "again_at": ledger.instant(now)},
            changes={"due_at": now},
        )
        for attempt in attempts.lock(session, notice_ids)
        if attempt.reference in references and attempt.state == NoticeState.SENDING
    ]
    attempts.write(session, steps, now)


def renew(
    session: Session, sender: Sender, references: Collection[str], now: dt.datetime
) -> set[str]:
    """Extend the leases of messages that wait behind slow ones.

    Returns those that are still this worker's: of what stood still too long another took over.
    """
    owned = sa.and_(
        _NOTICE.c.id.in_([AttemptReference.parse(each).notice_id for each in references]),
        _NOTICE.c.claimed_by == sender.name,
        _NOTICE.c.state == NoticeState.SENDING.value,
    )
    extension = sa.update(_NOTICE).where(owned).values(lease_until=now + LEASE)
    extended = session.connection().execute(extension.returning(_NOTICE.c.id, _NOTICE.c.tries))
    return {str(AttemptReference(row.id, row.tries)) for row in extended} & set(references)
