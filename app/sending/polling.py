"""Ask a carrier after messages that stay unfinished: a callback may have been lost on its way."""

import datetime as dt
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.twilio.codes import receipt
from app.core.db import retrying, transaction
from app.notices.models import Notice
from app.record.models import Receipt
from app.record.rules import NoticeState
from app.sending import receipts
from app.sending.sender import Sender

BATCH = 32
LONGEST = dt.timedelta(seconds=5)
# After how much silence the carrier is asked again, by the age of the hand-over: first minutes,
# where a callback is merely late, then hours; a carrier gives a text up after three days at most.
PAUSES = (
    (dt.timedelta(minutes=15), dt.timedelta(minutes=5)),
    (dt.timedelta(hours=1), dt.timedelta(minutes=15)),
    (dt.timedelta(hours=6), dt.timedelta(hours=1)),
    (dt.timedelta(hours=72), dt.timedelta(hours=6)),
)


def next_ask(handed_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return when a carrier is asked once more, or None where nothing more will come."""
    age = now - handed_at
    return next((now + pause for until, pause in PAUSES if age < until), None)


def poll_unfinished(sender: Sender) -> int:
    """Ask the carrier after what it took and never spoke of again; return how many were asked.

    What it says is taken as a receipt, raw, like one that it sent of itself. Whatever else waits
    in this beat does not wait long for it: a carrier that does not answer is left for the next.
    """
    begun = sender.now
    with transaction() as session:
        asked = _claim(session, sender.now)
    for carrier, channel, carrier_id, attempt in asked:
        line = sender.carrier(channel, carrier)
        outcome = line.ask(carrier_id) if line else None
        if outcome is not None and receipt(outcome.status, outcome.code)[0]:
            told = receipts.Callback(
                carrier_id=carrier_id,
                reference=attempt,
                status=outcome.status,
                code=outcome.code,
                carrier=carrier,
                raw={
                    "asked": "1",
                    "MessageSid": carrier_id,
                    "MessageStatus": outcome.status,
                    "ErrorCode": outcome.code,
                },
            )
            retrying(partial(_take, told, sender.now))
        if (outcome is None and line) or sender.now - begun > LONGEST:
            break
    return len(asked)


def _claim(session: Session, now: dt.datetime) -> list[tuple[str, str, str, str]]:
    """Take what is due to be asked: it is put off first, so that no other worker asks as well."""
    wanted = (
        sa.select(Notice)
        .where(Notice.ask_at <= now)
        .order_by(Notice.ask_at, Notice.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    due = []
    for notice in session.scalars(wanted):
        if notice.state not in (NoticeState.SENT, NoticeState.UNKNOWN) or not notice.carrier_id:
            notice.ask_at = None
            continue
        notice.ask_at = next_ask(notice.handed_at or notice.created_at, now)
        due.append((notice.carrier, notice.channel, notice.carrier_id, notice.attempt))
    return due


def _take(told: receipts.Callback, now: dt.datetime, session: Session) -> None:
    known = sa.select(Receipt.id).where(
        Receipt.carrier_id == told.carrier_id, Receipt.status == told.status
    )
    if session.scalar(known.limit(1)) is None:
        receipts.take(session, told, now)
