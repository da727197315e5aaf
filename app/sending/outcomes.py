"""Write what carriers said: the usual many in a few statements, the rest one by one."""

import datetime as dt
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import TWILIOS, OutgoingMessage, SendOutcome, SendStatus
from app.cases.models import Counsel
from app.core.db import bulk
from app.core.errors import N_
from app.notices import entries as notices_entries
from app.notices.escalation import pass_on
from app.notices.models import Notice
from app.notices.rules import FIRST_LOOK, GIVE_UP_AFTER, next_try
from app.notices.service import note
from app.record import chain, ledger
from app.record.rules import Event, NoticeState, after
from app.sending.sender import LEASE, Sender

# How long a carrier may be silent about a text that it took, before it is asked (see sweep).
ASK_AFTER = dt.timedelta(minutes=4)
OPTED_OUT = "21610"  # Twilio: the person told the carrier to stop texts from this sender
STOPPED = N_("the worker was stopped before it began with it")

_NOTICE = bulk.table(Notice)
_SEEN = [
    _NOTICE.c[name]
    for name in (
        "id",
        "court_id",
        "case_id",
        "about",
        "counsel_id",
        "side",
        "channel",
        "kind",
        "name",
        "address",
        "state",
        "tries",
        "carrier_id",
        "server_id",
        "handed_at",
        "ask_at",
    )
]


def settle(session: Session, outcomes: Mapping[str, SendOutcome], now: dt.datetime) -> None:
    """Write the outcomes of tries, by our reference, within the caller's transaction."""
    by_id = {id_of(reference): reference for reference in outcomes}
    rows = _held_rows(session, list(by_id))
    links = chain.lock_heads(session, {row.case_id for row in rows})
    taken: list[Any] = []
    rest: list[Any] = []
    for row in rows:
        said, now_on = outcomes[by_id[row.id]].said, by_id[row.id] == f"n{row.id}.{row.tries}"
        (taken if said is SendStatus.ACCEPTED and now_on else rest).append(row)
    _write_accepted(session, taken, links, outcomes, now)
    for notice in held(session, [row.id for row in rest]) if rest else ():
        reference = by_id[notice.id]
        if reference == notice.attempt:
            write_outcome(session, notice, outcomes[reference], now)
        else:
            _write_late(session, notice, reference, outcomes[reference], now)


def _held_rows(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    wanted = sa.select(*_SEEN).where(_NOTICE.c.id.in_(ids))
    wanted = wanted.order_by(_NOTICE.c.case_id, _NOTICE.c.id).with_for_update()
    return session.connection().execute(wanted).all()


def _write_accepted(
    session: Session,
    rows: Sequence[Any],
    links: Mapping[int, chain.ChainPosition],
    outcomes: Mapping[str, SendOutcome],
    now: dt.datetime,
) -> None:
    entries = []
    changed = []
    for row in rows:
        attempt = f"n{row.id}.{row.tries}"
        outcome, state = outcomes[attempt], after(NoticeState(row.state), Event.ACCEPTED)
        asked = (
            state is NoticeState.SENT and outcome.carrier in TWILIOS and bool(outcome.carrier_id)
        )
        entries.append(_accepted(row, attempt, outcome))
        changed.append(
            {
                "id": row.id,
                "state": state.value,
                "carrier_id": outcome.carrier_id or row.carrier_id,
                "server_id": outcome.server_id or row.server_id,
                "handed_at": row.handed_at or now,
                "ask_at": now + ASK_AFTER if asked else row.ask_at,
                "lease_until": None,
                "claimed_by": "",
            }
        )
    ledger.append(session, entries, now, heads=links)
    bulk.update(session, _NOTICE, changed)


def _accepted(row: Any, attempt: str, outcome: SendOutcome) -> ledger.NewEntry:
    return ledger.NewEntry(
        Event.ACCEPTED,
        court_id=row.court_id,
        case_id=row.case_id,
        about=row.about,
        attempt=attempt,
        notice_id=row.id,
        counsel_id=row.counsel_id,
        side=row.side,
        channel=row.channel,
        kind=row.kind,
        detail={name: value for name, value in _facts(outcome).items() if value},
        personal={"name": row.name, "address": row.address, **_words(outcome)},
    )


def _facts(outcome: SendOutcome) -> dict[str, str]:
    return {
        "carrier": outcome.carrier,
        "carrier_id": outcome.carrier_id,
        "status": outcome.status,
        "code": outcome.code,
        "advice": outcome.advice,
    }


def _words(outcome: SendOutcome) -> dict[str, str]:
    """A carrier's own words quote addresses: they are personal, and can be blanked."""
    return {"said": outcome.detail} if outcome.detail else {}


def _write_late(
    session: Session, notice: Notice, reference: str, outcome: SendOutcome, now: dt.datetime
) -> None:
    """Write what a carrier said to a try that was overtaken by the next: it moves nothing."""
    entry = notices_entries.entry_of(
        notice,
        Event.STATUS,
        carrier=outcome.carrier,
        carrier_id=outcome.carrier_id,
        status=outcome.status or outcome.said.value,
        code=outcome.code,
        personal=_words(outcome),
    )
    ledger.append(session, [replace(entry, attempt=reference)], now)


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


def write_outcome(
    session: Session, notice: Notice, outcome: SendOutcome, now: dt.datetime
) -> NoticeState:
    """Write what the carrier said to one attempt, and decide what follows from it.

    Temporary refusals go back into the queue with a growing pause until they are stale or were
    tried for four hours; permanent ones pass the duty on to the person's next channel. Where no
    clear answer came, a carrier that can be asked is asked soon after (see lost).
    """
    facts: dict[str, Any] = {**_facts(outcome), "personal": _words(outcome)}
    if outcome.carrier_id:
        notice.carrier_id = outcome.carrier_id
        notice.server_id = outcome.server_id or notice.server_id
    if outcome.said is SendStatus.ACCEPTED:
        state = note(session, notice, Event.ACCEPTED, now, **facts)
        notice.handed_at = notice.handed_at or now
        if state is NoticeState.SENT and outcome.carrier in TWILIOS and notice.carrier_id:
            notice.ask_at = now + ASK_AFTER
        return state
    if outcome.said is SendStatus.UNKNOWN and outcome.carrier in TWILIOS:
        _look_up_later(session, notice, facts, now)
        return NoticeState(notice.state)
    if outcome.said is SendStatus.UNKNOWN:
        state = note(session, notice, Event.UNKNOWN, now, **facts)
        pass_on(session, notice, now)
        return state
    again_at = now + next_try(notice.tries, random.random(), outcome.retry_after)
    too_late = again_at >= min(notice.stale_at, notice.first_due_at + GIVE_UP_AFTER)
    enough = outcome.at_most is not None and notice.tries >= outcome.at_most
    if outcome.said is SendStatus.TEMPORARY and not (too_late or enough):
        state = note(
            session, notice, Event.REFUSED, now, again_at=ledger.instant(again_at), **facts
        )
        if state is NoticeState.QUEUED:
            notice.due_at = again_at
        return state
    if outcome.said is SendStatus.TEMPORARY:
        facts["why"] = N_("it was refused so often or so long that no other try is made")
    state = note(session, notice, Event.FAILED, now, **facts)
    if outcome.code == OPTED_OUT and notice.counsel_id is not None:
        session.get_one(Counsel, notice.counsel_id).opted_out_at = now
    if state is NoticeState.FAILED:
        pass_on(session, notice, now)
    return state


def _look_up_later(
    session: Session, notice: Notice, facts: dict[str, Any], now: dt.datetime
) -> None:
    """Have a carrier that gave no clear answer asked after a message: it may have taken it.

    The message stays under way, so that nothing overtakes it and nobody sends it again; see lost.
    """
    entry = notices_entries.entry_of(notice, Event.STATUS, **facts)
    ledger.append(session, [entry], now)
    if notice.state == NoticeState.SENDING:
        notice.lease_until, notice.claimed_by = now + FIRST_LOOK, ""


def give_back(session: Session, messages: Sequence[OutgoingMessage], now: dt.datetime) -> None:
    """Put messages back into the queue that no carrier was called for: the worker is to end."""
    references = {id_of(message.reference): message.reference for message in messages}
    for notice in held(session, list(references)):
        if notice.attempt == references[notice.id] and notice.state == NoticeState.SENDING:
            note(session, notice, Event.REFUSED, now, why=STOPPED, again_at=ledger.instant(now))
            notice.due_at = now


def renew(
    session: Session, sender: Sender, references: Collection[str], now: dt.datetime
) -> set[str]:
    """Say of messages that wait behind a slow one that their worker is alive.

    Returns those that are still the worker's: another takes over what stood still too long.
    """
    mine = sa.and_(
        _NOTICE.c.id.in_([id_of(each) for each in references]),
        _NOTICE.c.claimed_by == sender.name,
        _NOTICE.c.state == NoticeState.SENDING.value,
    )
    renewed = sa.update(_NOTICE).where(mine).values(lease_until=now + LEASE)
    found = session.connection().execute(renewed.returning(_NOTICE.c.id, _NOTICE.c.tries))
    return {f"n{row.id}.{row.tries}" for row in found} & set(references)


def id_of(reference: str) -> int:
    """Return the notice that a reference ("n123.1") is about."""
    return int(reference[1:].partition(".")[0])
