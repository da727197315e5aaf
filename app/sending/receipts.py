"""Receipts: what carriers report later about messages that they took.

Each is kept raw and becomes an entry about its attempt. Receipts come in any order and more than
once; none moves a notice backwards.
"""

import datetime as dt
import random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import registry
from app.carriers.base import DeliveryReceipt, DeliveryState
from app.cases.models import Counsel
from app.core.attempt_reference import AttemptReference
from app.core.db import bulk
from app.core.errors import N_
from app.notices.escalation import pass_on
from app.notices.inbound import Inbound
from app.notices.models import HAS_CARRIER_ID, Notice
from app.notices.rules import next_try
from app.record import chain, counters, ledger
from app.record.models import Receipt
from app.record.rules import FINAL, Event, NoticeState
from app.sending import attempts
from app.sending.attempts import Attempt, Step
from app.sending.outcomes import ASK_AFTER

# The events of the states of a receipt; anything else is a STATUS.
EVENTS = {
    DeliveryState.ACCEPTED: Event.ACCEPTED,
    DeliveryState.DELIVERED: Event.DELIVERED,
    DeliveryState.READ: Event.DELIVERED,
    DeliveryState.FAILED: Event.FAILED,
}

_NOTICE, _RECEIPT = bulk.table(Notice), bulk.table(Receipt)

# How long what belongs to nothing here keeps its numbers, addresses and words.
KEPT_UNMATCHED = dt.timedelta(days=30)
BLANKED_AT_ONCE = 500


def take(session: Session, receipt: DeliveryReceipt, now: dt.datetime) -> None:
    """Keep a receipt, and let it move the attempt that it is about, where that is known.

    The same status of the same message a second time adds no entry; a late one adds an entry and
    moves nothing backwards. Receipts come in any order and more than once. At a nation's hour there
    are a thousand a second: six statements, of which two read.
    """
    session.flush()
    attempt = _lock_attempt(session, receipt)
    head, repeated = _lock_head(session, receipt, attempt)
    session.connection().execute(
        sa.insert(_RECEIPT),
        {
            "at": now,
            "carrier": receipt.carrier,
            "carrier_id": receipt.carrier_id,
            "status": receipt.status[:40],
            "notice_id": attempt.id if attempt else None,
            "raw": _kept(attempt, receipt),
        },
    )
    if repeated:
        counters.count(session, counters.REPEATED, now)
    elif attempt and head:
        step = _step(attempt, receipt, now)
        [result] = attempts.write(session, [step], now, heads={attempt.case_id: head})
        if result.state == NoticeState.FAILED != attempt.state:
            _follow_failure(session, result, receipt, now)


def unmatched() -> sa.ColumnElement[bool]:
    """Return the condition that a receipt belongs to no message here and is not blanked yet."""
    return sa.and_(Receipt.notice_id.is_(None), sa.cast(Receipt.raw, sa.Text) != "{}")


def may_be_of(court_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that an unmatched receipt names a number of a court's counsel."""
    theirs = sa.exists().where(
        Counsel.court_id == court_id,
        Counsel.phone != "",
        Counsel.phone == Receipt.raw["To"].as_string(),
    )
    return sa.and_(unmatched(), theirs)


def forget(session: Session, now: dt.datetime) -> int:
    """Blank what came in a month ago and belongs to nothing; return how many rows that were.

    Of a receipt its time, state and the carrier's number of the message stay. Messages that people
    sent are blanked where no court's inbox holds them, or where they belong to no case and were
    dealt with a month ago: no erasing of a case would ever reach them.
    """
    before = now - KEPT_UNMATCHED
    old = sa.select(Receipt.id).where(unmatched(), Receipt.at < before).order_by(Receipt.id)
    loose = {"synchronize_session": False}
    receipts = session.execute(
        sa.update(Receipt)
        .where(Receipt.id.in_(old.limit(BLANKED_AT_ONCE)))
        .values(raw={})
        .execution_options(**loose)
    )
    nobodys = sa.and_(Inbound.court_id.is_(None), Inbound.at < before)
    over = sa.and_(Inbound.case_id.is_(None), Inbound.done_at < before)
    says = sa.or_(
        *(each != "" for each in (Inbound.sender, Inbound.name, Inbound.subject, Inbound.words)),
        sa.cast(Inbound.detail, sa.Text) != "{}",
    )
    mine = sa.select(Inbound.id).where(sa.or_(nobodys, over), says).order_by(Inbound.id)
    messages = session.execute(
        sa.update(Inbound)
        .where(Inbound.id.in_(mine.limit(BLANKED_AT_ONCE)))
        .values(
            sender="",
            name="",
            subject="",
            words="",
            detail={},
            done_at=sa.func.coalesce(Inbound.done_at, now),
        )
        .execution_options(**loose)
    )
    return sum(int(getattr(each, "rowcount", 0)) for each in (receipts, messages))


def _lock_attempt(session: Session, receipt: DeliveryReceipt) -> Attempt | None:
    """Lock the notice that a receipt is about, until the commit; None where it is not known.

    It is found by our reference, which the callback's address carries, else by the carrier's id.
    The lock makes of two deliveries of one receipt at the same time one receipt and one repeat.
    """
    query = sa.select(*attempts.COLUMNS).with_for_update()
    if reference := _parsed(receipt.reference):
        if reference.notice_id >= 10**18 or reference.tries >= 10**6:
            return None  # no database has such ids
        query = query.where(_NOTICE.c.id == reference.notice_id)
        row = session.connection().execute(query).one_or_none()
        attempt = Attempt(*row) if row else None
        return attempt if attempt and reference.tries <= attempt.tries else None
    query = query.where(HAS_CARRIER_ID, _NOTICE.c.carrier_id == receipt.carrier_id).limit(1)
    row = session.connection().execute(query).one_or_none()
    return Attempt(*row) if row else None


def _parsed(reference: str) -> AttemptReference | None:
    try:
        return AttemptReference.parse(reference)
    except ValueError:
        return None


def _lock_head(
    session: Session, receipt: DeliveryReceipt, attempt: Attempt | None
) -> tuple[chain.ChainPosition | None, bool]:
    """Lock the head of the attempt's case; return it, and whether the receipt came before."""
    same = sa.exists().where(
        _RECEIPT.c.carrier_id == receipt.carrier_id, _RECEIPT.c.status == receipt.status
    )
    if attempt is None:
        return None, bool(session.connection().scalar(sa.select(same)))
    head, repeated = chain.lock_head_with(session, attempt.case_id, same)
    return head, bool(repeated)


def _kept(attempt: Attempt | None, receipt: DeliveryReceipt) -> dict[str, str]:
    """Return what is kept of a receipt: all of it, but no address once ours was blanked.

    `may_be_of` finds the recipient's number as ``To``, whatever the carrier calls it.
    """
    if attempt is None or attempt.address:
        return {**receipt.raw, **({"To": receipt.to} if receipt.to else {})}
    return dict(receipt.impersonal)


def _step(attempt: Attempt, receipt: DeliveryReceipt, now: dt.datetime) -> Step:
    """Return the step that a receipt is, with what it changes if it is about this attempt."""
    event = EVENTS.get(receipt.state, Event.STATUS)
    # A carrier reports nothing more about an attempt that is over.
    ask_at = None if event.traits.leads_to in FINAL else attempt.ask_at
    # The answer to our call was lost, or comes later: what follows may be lost as well.
    sent = attempt.after(event) is NoticeState.SENT
    if registry.capabilities(receipt.carrier).lookup and sent and ask_at is None:
        ask_at = now + ASK_AFTER
    return Step(
        attempt,
        event,
        {
            "carrier": receipt.carrier,
            "carrier_id": receipt.carrier_id,
            "status": receipt.status,
            "code": receipt.code,
            "advice": receipt.advice,
        },
        changes={
            "carrier_id": attempt.carrier_id or receipt.carrier_id,
            "ask_at": ask_at,
            "handed_at": attempt.handed_at or (now if event.traits.handed_over else None),
        },
        direction="in",
        reference=receipt.reference,
    )


def _follow_failure(
    session: Session, attempt: Attempt, receipt: DeliveryReceipt, now: dt.datetime
) -> None:
    """Try once more where the carrier advises it, else pass the duty on.

    A mail system reports a failure only after it has tried for days itself.
    """
    if receipt.retry is not None:
        again_at = now + next_try(attempt.tries, random.random(), receipt.retry.after)
        if attempt.tries < receipt.retry.at_most and again_at < attempt.stale_at:
            detail = {
                "due_at": ledger.instant(again_at),
                "code": receipt.code,
                "why": N_("the carrier could not deliver it; once more"),
            }
            again = Step(attempt, Event.QUEUED, detail, changes={"due_at": again_at})
            attempts.write(session, [again], now)
            return
    for notice in attempts.lock_notices(session, [attempt.id]):
        pass_on(session, notice, now)
