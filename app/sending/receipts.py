"""What carriers tell us later: kept raw, written as lines, and never moving anything backwards."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import TWILIOS, SendStatus
from app.carriers.twilio.codes import receipt, verdict
from app.cases.models import Counsel
from app.core.db import bulk
from app.core.errors import N_
from app.notices import entries
from app.notices.escalation import pass_on
from app.notices.inbound import Inbound
from app.notices.models import HAS_CARRIER_ID, Notice
from app.notices.rules import next_try
from app.record import chain, counters, ledger
from app.record.models import Receipt
from app.record.rules import Event, NoticeState, after
from app.sending.outcomes import ASK_AFTER, held

WHATS = {
    "accepted": Event.ACCEPTED,
    "delivered": Event.DELIVERED,
    "read": Event.DELIVERED,
    "failed": Event.FAILED,
}

_NOTICE, _RECEIPT = bulk.table(Notice), bulk.table(Receipt)
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
        "handed_at",
        "ask_at",
        "lease_until",
        "claimed_by",
    )
]


# How long what came in and belongs to nothing here keeps its numbers, addresses and words.
KEPT_UNMATCHED = dt.timedelta(days=30)
BLANKED_AT_ONCE = 500


@dataclass(frozen=True)
class Callback:
    """One callback: the carrier's id of the message, our reference, its status and code."""

    carrier_id: str
    reference: str
    status: str
    code: str
    raw: Mapping[str, str]
    carrier: str = "twilio"
    # What it means, where the carrier's own table does not say it: "delivered", "failed" or "".
    means: str | None = None


def take(session: Session, told: Callback, now: dt.datetime) -> None:
    """Write down a receipt and let the attempt move, where it is known.

    Every callback is kept raw. The same status of the same message a second time adds no line;
    a late one adds a line and moves nothing backwards. Callbacks come in any order and more than
    once (Twilio, "Outbound message status in status callbacks"). At a nation's hour there are a
    thousand a second: six statements, of which two read.
    """
    session.flush()
    notice = _notice(session, told)
    link, seen = _known(session, told, notice)
    session.connection().execute(
        sa.insert(_RECEIPT),
        {
            "at": now,
            "carrier": told.carrier,
            "carrier_id": told.carrier_id,
            "status": told.status[:40],
            "notice_id": notice.id if notice else None,
            "raw": _kept(notice, told),
        },
    )
    if seen:
        counters.count(session, counters.REPEATED, now)
    elif notice and link:
        _write(session, notice, link, told, now)


def unmatched() -> sa.ColumnElement[bool]:
    """Return when a receipt belongs to no message here and still says what the carrier said."""
    return sa.and_(Receipt.notice_id.is_(None), sa.cast(Receipt.raw, sa.Text) != "{}")


def may_be_of(court_id: int) -> sa.ColumnElement[bool]:
    """Return when an unmatched receipt can be a court's: it names a number of its counsel."""
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


def _notice(session: Session, told: Callback) -> Any:
    """Find by our reference, which the callback's address carries, else by the carrier's id.

    The row is held until the commit, so that the same receipt twice at once is seen to be that.
    """
    wanted = sa.select(*_SEEN).with_for_update()
    number, _, tried = told.reference.removeprefix("n").partition(".")
    if told.reference.startswith("n") and number.isdecimal() and tried.isdecimal():
        if len(number) > 18 or len(tried) > 6:
            return None
        wanted = wanted.where(_NOTICE.c.id == int(number))
        notice = session.connection().execute(wanted).one_or_none()
        return notice if notice and int(tried) <= notice.tries else None
    wanted = wanted.where(HAS_CARRIER_ID, _NOTICE.c.carrier_id == told.carrier_id).limit(1)
    return session.connection().execute(wanted).one_or_none()


def _known(
    session: Session, told: Callback, notice: Any
) -> tuple[chain.ChainPosition | None, bool]:
    """Return the last link of the notice's case, held, and whether the receipt came before."""
    seen = sa.exists().where(
        _RECEIPT.c.carrier_id == told.carrier_id, _RECEIPT.c.status == told.status
    )
    if notice is None:
        return None, bool(session.connection().scalar(sa.select(seen)))
    link, came = chain.lock_head_with(session, notice.case_id, seen)
    return link, bool(came)


def _kept(notice: Any, told: Callback) -> dict[str, str]:
    """Return what is kept of a receipt: all of it, but no address where ours was blanked."""
    if notice is None or notice.address:
        return dict(told.raw)
    return {"MessageSid": told.carrier_id, "MessageStatus": told.status, "ErrorCode": told.code}


def _write(
    session: Session, notice: Any, link: chain.ChainPosition, told: Callback, now: dt.datetime
) -> None:
    named, advice = receipt(told.status, told.code) if told.means is None else (told.means, "")
    what = WHATS.get(named, Event.STATUS)
    current = f"n{notice.id}.{notice.tries}"
    attempt = told.reference or current
    entry = _entry(notice, what, attempt, told, advice)
    ledger.append(session, [entry], now, heads={notice.case_id: link})
    # Of an earlier try only good news concerns the present one: it spares it.
    if attempt != current and what is not Event.DELIVERED:
        return
    moved = _moved(notice, what, told, now)
    changed = {name: value for name, value in moved.items() if value != getattr(notice, name)}
    if changed:
        this = sa.update(_NOTICE).where(_NOTICE.c.id == notice.id).values(changed)
        session.connection().execute(this)
    if changed.get("state") == NoticeState.FAILED:
        _follow(session, notice.id, told, now)


def _entry(notice: Any, what: Event, attempt: str, told: Callback, advice: str) -> ledger.NewEntry:
    detail = {
        "carrier": told.carrier,
        "carrier_id": told.carrier_id,
        "status": told.status,
        "code": told.code,
        "advice": advice,
    }
    return ledger.NewEntry(
        what,
        court_id=notice.court_id,
        case_id=notice.case_id,
        direction="in",
        about=notice.about,
        attempt=attempt,
        notice_id=notice.id,
        counsel_id=notice.counsel_id,
        side=notice.side,
        channel=notice.channel,
        kind=notice.kind,
        detail={name: value for name, value in detail.items() if value},
        personal={"name": notice.name, "address": notice.address},
    )


def _moved(notice: Any, what: Event, told: Callback, now: dt.datetime) -> dict[str, Any]:
    """Return how the notice stands after a receipt about its present try."""
    state = after(NoticeState(notice.state), what)
    heard, over = what in (Event.ACCEPTED, Event.DELIVERED), what in (Event.DELIVERED, Event.FAILED)
    ask_at = None if over else notice.ask_at  # nothing more will come of a try that is over
    # Its answer to us was lost, or comes later: what follows may be lost as well.
    if told.carrier in TWILIOS and state is NoticeState.SENT and ask_at is None:
        ask_at = now + ASK_AFTER
    moved = {
        "state": state.value,
        "carrier_id": notice.carrier_id or told.carrier_id,
        "ask_at": ask_at,
        "handed_at": notice.handed_at or (now if heard else None),
    }
    return (
        moved if state is NoticeState.SENDING else moved | {"lease_until": None, "claimed_by": ""}
    )


def _follow(session: Session, notice_id: int, told: Callback, now: dt.datetime) -> None:
    """Do what follows from a failure; a mail system gives up only after it has tried for days."""
    [notice] = held(session, [notice_id])
    if told.carrier in TWILIOS:
        _after_failure(session, notice, told.code, now)
    else:
        pass_on(session, notice, now)


def _after_failure(session: Session, notice: Notice, code: str, now: dt.datetime) -> None:
    """Try once more where the code says that it may help, else pass the duty on."""
    meant = verdict(code)
    again_at = now + next_try(notice.tries, random.random(), meant.again_after)
    may = meant.said is SendStatus.TEMPORARY and notice.tries < (meant.at_most or 2)
    if not may or again_at >= notice.stale_at:
        pass_on(session, notice, now)
        return
    entry = entries.entry_of(
        notice,
        Event.QUEUED,
        due_at=ledger.instant(again_at),
        code=code,
        why=N_("the carrier could not deliver it; once more"),
    )
    ledger.append(session, [entry], now)
    notice.state, notice.due_at = NoticeState.QUEUED.value, again_at
