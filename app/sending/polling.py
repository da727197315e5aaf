"""Poll carriers about messages that stay unfinished: a callback may have been lost."""

import datetime as dt
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import DeliveryReceipt, DeliveryState
from app.core.db import retrying, transaction
from app.notices.models import Notice
from app.record.models import Receipt
from app.record.rules import NoticeState
from app.sending import receipts
from app.sending.sender import Sender

BATCH = 32
LONGEST = dt.timedelta(seconds=5)
# Pause before the carrier is asked again, by the time since it took the message: minutes while a
# callback is merely late, then hours. Carriers give a text up after three days at most.
PAUSES = (
    (dt.timedelta(minutes=15), dt.timedelta(minutes=5)),
    (dt.timedelta(hours=1), dt.timedelta(minutes=15)),
    (dt.timedelta(hours=6), dt.timedelta(hours=1)),
    (dt.timedelta(hours=72), dt.timedelta(hours=6)),
)


def next_ask(handed_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return when to ask a carrier again, or None where it has nothing more to report."""
    age = now - handed_at
    return next((now + pause for until, pause in PAUSES if age < until), None)


def poll_unfinished(sender: Sender) -> int:
    """Ask carriers about messages that they took and never reported on; return how many.

    An answer is taken as a receipt, raw, like one that the carrier sent of itself. A carrier that
    does not answer, or slowly, is left for the next beat, so that nothing else in this one waits.
    """
    begun = sender.now
    with transaction() as session:
        unfinished = _claim_unfinished(session, sender.now)
    for carrier_name, channel, carrier_id, reference in unfinished:
        carrier = sender.carrier(channel, carrier_name)
        receipt = carrier.ask(carrier_id) if carrier else None
        if receipt is not None and receipt.state is not DeliveryState.PENDING:
            retrying(partial(_take, replace(receipt, reference=reference), sender.now))
        if (receipt is None and carrier) or sender.now - begun > LONGEST:
            break
    return len(unfinished)


def _claim_unfinished(session: Session, now: dt.datetime) -> list[tuple[str, str, str, str]]:
    """Return carrier, channel, carrier's id and our reference of messages that are due to be asked.

    The next time to ask is set first, so that no other worker asks as well.
    """
    query = (
        sa.select(Notice)
        .where(Notice.ask_at <= now)
        .order_by(Notice.ask_at, Notice.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    due = []
    for notice in session.scalars(query):
        if notice.state not in (NoticeState.SENT, NoticeState.UNKNOWN) or not notice.carrier_id:
            notice.ask_at = None
            continue
        notice.ask_at = next_ask(notice.handed_at or notice.created_at, now)
        due.append((notice.carrier, notice.channel, notice.carrier_id, notice.attempt))
    return due


def _take(receipt: DeliveryReceipt, now: dt.datetime, session: Session) -> None:
    known = sa.select(Receipt.id).where(
        Receipt.carrier_id == receipt.carrier_id, Receipt.status == receipt.status
    )
    if session.scalar(known.limit(1)) is None:
        receipts.take(session, receipt, now)
