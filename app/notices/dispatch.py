"""Tell: claim what is due, write the intent, call the carrier with nothing open, write the outcome.

The stated exception to "services never commit": sending has a transaction before and one after.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.db import persist, transaction
from app.errors import N_
from app.gateways import Carrier, Gateways, Message, Outcome, Said
from app.notices import holds, post, record, wordings
from app.notices.duty import pass_on
from app.notices.models import Notice
from app.notices.own_words import Own
from app.notices.rules import GIVE_UP_AFTER, State, What, after, next_try
from app.notices.service import note

# How long a worker may be silent about a message before others own up to its loss: longer than
# any carrier takes for one message; it is renewed while a batch waits behind slow ones.
LEASE = dt.timedelta(minutes=3)
BATCH = 32
# How long a carrier may be silent about a text that it took, before it is asked (see sweep).
ASK_AFTER = dt.timedelta(minutes=4)
OPTED_OUT = "21610"  # Twilio: the person told the carrier to stop texts from this sender


@dataclass(frozen=True)
class Sender:
    """Who sends: the gateways, the secret that links are made of, and the house's addresses."""

    name: str
    gateways: Gateways
    secret: bytes
    public_url: str
    court_address: str

    @property
    def now(self) -> dt.datetime:
        """The time, from the gateway that knows it."""
        return self.gateways.clock.now()

    def carrier(self, channel: str) -> Carrier:
        """Return what takes messages of a channel out of the house."""
        return self.gateways.email if channel == "email" else self.gateways.sms


def send_due(sender: Sender) -> int:
    """Send one batch of what is due over each channel; return how many were tried."""
    return sum(_send_batch(sender, channel) for channel in ("email", "sms"))


def _send_batch(sender: Sender, channel: str) -> int:
    with transaction() as session:
        messages = claim(session, sender, channel, sender.now)
    if not messages:
        return 0
    waiting = {message.reference for message in messages}
    known: dict[str, Outcome] = {}
    renewed_at = sender.now
    for message, outcome in sender.carrier(channel).send(messages):
        known[message.reference] = outcome
        waiting.discard(message.reference)
        late = sender.now - renewed_at > LEASE / 6
        if late or len(known) >= BATCH // 4:
            persist(partial(_settle, sender, known))
            known = {}
        if late:
            persist(partial(_renew, sender, set(waiting)))
            renewed_at = sender.now
    persist(partial(_settle, sender, known))
    return len(messages)


def _renew(sender: Sender, references: set[str]) -> None:
    """Say of messages that wait behind a slow one that their worker is alive."""
    with transaction() as session:
        for notice in held(session, [_id_of(reference) for reference in references]):
            if notice.attempt in references and notice.claimed_by == sender.name:
                notice.lease_until = sender.now + LEASE


def _id_of(reference: str) -> int:
    return int(reference[1:].partition(".")[0])


def claim(session: Session, sender: Sender, channel: str, now: dt.datetime) -> list[Message]:
    """Take up to a batch of due notices of a channel and write that their sending has started.

    The lines are committed before any carrier is called: a crash from here on leaves an attempt
    that is known to be of unknown outcome. What is stale is written down as missed instead, what
    holds no longer as withdrawn.
    """
    wanted = (
        sa.select(Notice)
        .where(Notice.state == State.QUEUED.value, Notice.due_at <= now, Notice.channel == channel)
        .order_by(Notice.due_at, Notice.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    due = sorted(session.scalars(wanted), key=lambda n: (n.case_id, n.id))
    untrue, silenced = holds.untrue(session, due), _opted_out(session, due)
    words = wordings.current(session, {n.court_id for n in due}) if due else {}
    messages = []
    for (court_id, case_id), group in groupby(due, lambda n: (n.court_id, n.case_id)):
        entries = []
        for notice in group:
            if why := untrue.get(notice.id):
                notice.state = after(State(notice.state), What.WITHDRAWN).value
                entry, message = record.of(notice, What.WITHDRAWN, why=why), None
            elif notice.channel == "sms" and notice.counsel_id in silenced:
                notice.state = after(State(notice.state), What.FAILED).value
                why = N_("the person asked for no more texts")
                entry, message = record.of(notice, What.FAILED, why=why), None
            else:
                entry, message = _begin(notice, sender, now, wordings.of(notice, words))
            entries.append(entry)
            if message:
                messages.append(message)
        record.add(session, court_id, case_id, entries, now)
    session.flush()
    for notice in due:
        if notice.state == State.FAILED or (notice.state == State.MISSED and not notice.optional):
            pass_on(session, notice, now)
    return messages


def _opted_out(session: Session, due: Sequence[Notice]) -> set[int | None]:
    """Return who of them told a carrier to stop texts, which holds for what waits already too."""
    people = {notice.counsel_id for notice in due if notice.channel == "sms"}
    wanted = sa.select(Counsel.id).where(Counsel.id.in_(people), Counsel.opted_out_at.is_not(None))
    return set(session.scalars(wanted)) if people else set()


def _begin(
    notice: Notice, sender: Sender, now: dt.datetime, own: Own | None
) -> tuple[record.Entry, Message | None]:
    if notice.stale_at <= now:
        notice.state = State.MISSED.value
        why = N_("it would have arrived too late")
        return record.of(
            notice, What.MISSED, why=why, stale_at=record.instant(notice.stale_at)
        ), None
    notice.tries += 1
    try:
        message, shown = post.message(
            notice, secret=sender.secret, public_url=sender.public_url,
            court_address=sender.court_address, now=now, own=own,
        )  # fmt: skip
    except post.Unwritable as fault:
        notice.state = State.FAILED.value
        return record.of(notice, What.FAILED, why=str(fault)), None
    carrier = sender.carrier(notice.channel).name
    notice.state = after(State(notice.state), What.STARTED).value
    notice.tried_at = now
    notice.lease_until, notice.claimed_by, notice.carrier = now + LEASE, sender.name, carrier
    version = shown.pop("wording", None)
    line = record.of(notice, What.STARTED, carrier=carrier, wording=version, personal=shown)
    return line, message


def _settle(sender: Sender, outcomes: dict[str, Outcome]) -> None:
    if not outcomes:
        return
    with transaction() as session:
        by_id = {_id_of(reference): reference for reference in outcomes}
        for notice in held(session, list(by_id)):
            reference = by_id[notice.id]
            if reference == notice.attempt:
                write_outcome(session, notice, outcomes[reference], sender.now)
            else:
                _write_late(session, notice, reference, outcomes[reference], sender.now)


def _write_late(
    session: Session, notice: Notice, reference: str, outcome: Outcome, now: dt.datetime
) -> None:
    """Write what a carrier said to a try that was overtaken by the next: it moves nothing."""
    entry = record.of(
        notice, What.STATUS, carrier=outcome.carrier, carrier_id=outcome.carrier_id,
        status=outcome.status or outcome.said.value, code=outcome.code,
        personal={"said": outcome.detail} if outcome.detail else None,
    )  # fmt: skip
    record.add(session, notice.court_id, notice.case_id, [replace(entry, attempt=reference)], now)


def held(session: Session, ids: Sequence[int]) -> list[Notice]:
    """Return notices, locked and as they stand now, in the order in which cases are locked."""
    wanted = (
        sa.select(Notice)
        .where(Notice.id.in_(ids))
        .order_by(Notice.case_id, Notice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(wanted))


def write_outcome(session: Session, notice: Notice, outcome: Outcome, now: dt.datetime) -> State:
    """Write what the carrier said to one attempt, and decide what follows from it.

    Temporary refusals go back into the queue with a growing pause until they are stale or were
    tried for four hours; permanent ones pass the duty on to the person's next channel.
    """
    facts: dict[str, Any] = {
        "carrier": outcome.carrier, "carrier_id": outcome.carrier_id, "status": outcome.status,
        "code": outcome.code, "advice": outcome.advice,
        # A carrier's own words quote addresses: they are personal, and can be blanked.
        "personal": {"said": outcome.detail} if outcome.detail else None,
    }  # fmt: skip
    if outcome.carrier_id:
        notice.carrier_id = outcome.carrier_id
    if outcome.said is Said.ACCEPTED:
        state = note(session, notice, What.ACCEPTED, now, **facts)
        notice.handed_at = notice.handed_at or now
        if state is State.SENT and outcome.carrier == "twilio" and notice.carrier_id:
            notice.ask_at = now + ASK_AFTER
        return state
    if outcome.said is Said.UNKNOWN:
        state = note(session, notice, What.UNKNOWN, now, **facts)
        pass_on(session, notice, now)
        return state
    again_at = now + next_try(notice.tries, random.random(), outcome.retry_after)
    too_late = again_at >= min(notice.stale_at, notice.first_due_at + GIVE_UP_AFTER)
    enough = outcome.at_most is not None and notice.tries >= outcome.at_most
    if outcome.said is Said.TEMPORARY and not (too_late or enough):
        state = note(session, notice, What.REFUSED, now, again_at=record.instant(again_at), **facts)
        if state is State.QUEUED:
            notice.due_at = again_at
        return state
    if outcome.said is Said.TEMPORARY:
        facts["why"] = N_("it was refused so often or so long that no other try is made")
    state = note(session, notice, What.FAILED, now, **facts)
    if outcome.code == OPTED_OUT and notice.counsel_id is not None:
        session.get_one(Counsel, notice.counsel_id).opted_out_at = now
    if state is State.FAILED:
        pass_on(session, notice, now)
    return state
