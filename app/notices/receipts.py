"""What carriers tell us later: kept raw, written as lines, and never moving anything backwards."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import N_
from app.gateways import TWILIOS, Said
from app.gateways.twilio_codes import receipt, verdict
from app.notices import record, tally
from app.notices.check import erased_upto
from app.notices.duty import pass_on
from app.notices.models import Notice, Receipt
from app.notices.outcomes import ASK_AFTER
from app.notices.rules import State, What, after, next_try

WHATS = {
    "accepted": What.ACCEPTED,
    "delivered": What.DELIVERED,
    "read": What.DELIVERED,
    "failed": What.FAILED,
}


@dataclass(frozen=True)
class Told:
    """One callback: the carrier's id of the message, our reference, its status and code."""

    carrier_id: str
    reference: str
    status: str
    code: str
    raw: Mapping[str, str]
    carrier: str = "twilio"
    # What it means, where the carrier's own table does not say it: "delivered", "failed" or "".
    means: str | None = None


def take(session: Session, told: Told, now: dt.datetime) -> Notice | None:
    """Write down a receipt and let the attempt move; return its notice, if known.

    Every callback is kept raw. The same status of the same message a second time adds no line;
    a late one adds a line and moves nothing backwards. Callbacks come in any order and more than
    once (Twilio, "Outbound message status in status callbacks").
    """
    notice = _notice(session, told)
    seen = session.scalar(
        sa.select(Receipt.id)
        .where(Receipt.carrier_id == told.carrier_id, Receipt.status == told.status)
        .limit(1)
    )
    session.add(
        Receipt(
            at=now, carrier=told.carrier, carrier_id=told.carrier_id, status=told.status[:40],
            notice_id=notice.id if notice else None, raw=_kept(session, notice, told),
        )
    )  # fmt: skip
    if seen is not None:
        tally.count(session, tally.REPEATED, now)
        return notice
    if notice is None:
        return notice
    _write(session, notice, told, now)
    return notice


def _kept(session: Session, notice: Notice | None, told: Told) -> dict[str, str]:
    """Return what is kept of a receipt: all of it, but no address of a case that was blanked."""
    if notice is None or not erased_upto(session, notice.case_id):
        return dict(told.raw)
    return {"MessageSid": told.carrier_id, "MessageStatus": told.status, "ErrorCode": told.code}


def _notice(session: Session, told: Told) -> Notice | None:
    """Find by our reference, which the callback's address carries, else by the carrier's id."""
    wanted = sa.select(Notice).with_for_update()
    number, _, tried = told.reference.removeprefix("n").partition(".")
    if told.reference.startswith("n") and number.isdecimal() and tried.isdecimal():
        if len(number) > 18 or len(tried) > 6:
            return None
        notice = session.scalar(wanted.where(Notice.id == int(number)))
        return notice if notice and int(tried) <= notice.tries else None
    return session.scalar(wanted.where(Notice.carrier_id == told.carrier_id).limit(1))


def _write(session: Session, notice: Notice, told: Told, now: dt.datetime) -> None:
    named, advice = receipt(told.status, told.code) if told.means is None else (told.means, "")
    what = WHATS.get(named, What.STATUS)
    attempt = told.reference or notice.attempt
    entry = record.of(notice, what, carrier=told.carrier, carrier_id=told.carrier_id,
                      status=told.status, code=told.code, advice=advice)  # fmt: skip
    entry = replace(entry, attempt=attempt, direction="in")
    record.add(session, notice.court_id, notice.case_id, [entry], now)
    # Of an earlier try only good news concerns the present one: it spares it.
    if attempt != notice.attempt and what is not What.DELIVERED:
        return
    notice.carrier_id = notice.carrier_id or told.carrier_id
    if what in (What.ACCEPTED, What.DELIVERED):
        notice.handed_at = notice.handed_at or now
    if what in (What.DELIVERED, What.FAILED):
        notice.ask_at = None  # nothing more will come of this try
    before, notice.state = notice.state, after(State(notice.state), what).value
    # Its answer to us was lost, or comes later: what follows may be lost as well.
    if told.carrier in TWILIOS and notice.state == State.SENT and notice.ask_at is None:
        notice.ask_at = now + ASK_AFTER
    if notice.state != State.SENDING:
        notice.lease_until, notice.claimed_by = None, ""
    if notice.state == State.FAILED and before != State.FAILED:
        if told.carrier in TWILIOS:
            _after_failure(session, notice, told.code, now)
        else:
            pass_on(session, notice, now)  # a mail system gives up only after it has tried for days


def _after_failure(session: Session, notice: Notice, code: str, now: dt.datetime) -> None:
    """Try once more where the code says that it may help, else pass the duty on."""
    meant = verdict(code)
    again_at = now + next_try(notice.tries, random.random(), meant.again_after)
    may = meant.said is Said.TEMPORARY and notice.tries < (meant.at_most or 2)
    if not may or again_at >= notice.stale_at:
        pass_on(session, notice, now)
        return
    entry = record.of(notice, What.QUEUED, due_at=record.instant(again_at), code=code,
                      why=N_("the carrier could not deliver it; once more"))  # fmt: skip
    record.add(session, notice.court_id, notice.case_id, [entry], now)
    notice.state, notice.due_at = State.QUEUED.value, again_at
