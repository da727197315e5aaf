"""Which sealed days lack a time stamp, what is kept of one, and what pages and commands say of it.

The imprint of a stamp is the hash of the day itself, which is the SHA-256 of its canonical JSON.
"""

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Message
from app.core.wording.presented import PresentedState
from app.record import daily_seals
from app.record.hashing import instant
from app.record.models import DailySeal
from app.record.time_stamps import verifying
from app.record.time_stamps.models import TimeStamp
from app.record.time_stamps.settings import StampAuthority
from app.record.time_stamps.verifying import StampRefused

AT_ONCE = 10  # days for which the authority is asked in one run
# Of days sealed longer ago none is asked for: the chain puts them before every later day's stamp.
ASKED_FOR = dt.timedelta(days=31)
_NONE_ASKED = dt.timedelta(days=2)  # after the sealing: a stamp of later was not asked for in time


class StampState(PresentedState):
    """What is known of a day's time stamp."""

    HOLDS = "holds", N_("Time stamp from outside the court"), "patch-check", "ok"
    LATE = "late", N_("Stamped from outside the court, days after it was sealed"), "clock", "due"
    UNCHECKED = (
        "unchecked",
        N_("Time stamp of these contents; no authority is set up here to check its signature"),
        "clock",
        "due",
    )
    WRONG = "wrong", N_("The time stamp does not match"), "shield-exclamation", "bad"
    WAITING = "waiting", N_("The time stamp is waited for"), "clock", "due"
    NOT_SET_UP = (
        "not_set_up",
        N_("No time stamp from outside the court: none is set up here"),
        "circle",
        "off",
    )


@dataclass(frozen=True)
class StampView:
    """What is shown of a day's stamp: its state, the time that was signed, what is wrong."""

    state: StampState
    at: dt.datetime | None = None
    why: Message | None = None


def unstamped(session: Session, now: dt.datetime) -> Sequence[DailySeal]:
    """Return the oldest sealed days of the last month that have no time stamp."""
    stamped = sa.exists().where(
        TimeStamp.court_id == DailySeal.court_id, TimeStamp.seq == DailySeal.seq
    )
    query = (
        sa.select(DailySeal)
        .where(DailySeal.at > now - ASKED_FOR, ~stamped)
        .order_by(DailySeal.at, DailySeal.court_id)
        .limit(AT_ONCE)
    )
    return session.scalars(query).all()


def keep(session: Session, day: DailySeal, at: dt.datetime, response: bytes) -> int:
    """Keep the stamp of a day; return 0 where another worker was first."""
    if session.get(TimeStamp, (day.court_id, day.seq)) is not None:
        return 0
    session.add(TimeStamp(court_id=day.court_id, seq=day.seq, at=at, response=response))
    session.flush()
    return 1


def stamps_of(session: Session, days: Sequence[DailySeal]) -> dict[tuple[int, int], TimeStamp]:
    """Return the stamps of some days, by court and number of the day."""
    if not days:
        return {}
    court_ids, numbers = {day.court_id for day in days}, [day.seq for day in days]
    query = sa.select(TimeStamp).where(
        TimeStamp.court_id.in_(court_ids), TimeStamp.seq.between(min(numbers), max(numbers))
    )
    return {(stamp.court_id, stamp.seq): stamp for stamp in session.scalars(query)}


def published(day: DailySeal, stamps: Mapping[tuple[int, int], TimeStamp]) -> dict[str, Any]:
    """Return a day for anybody, as an object of JSON: all that its hash covers, and its stamp."""
    stamp = stamps.get((day.court_id, day.seq))
    return {
        "number": day.seq,
        "court": day.court_id,
        "on": day.on.isoformat(),
        "at": instant(day.at),
        "heads": day.heads,
        "prev": day.prev,
        "hash": day.hash,
        "stamp": stamp
        and {"at": instant(stamp.at), "response": base64.b64encode(stamp.response).decode()},
    }


def view_of(session: Session, day: DailySeal, authority: StampAuthority | None) -> StampView:
    """Verify the stamp of a day anew, and return what is to be shown of it."""
    return judged(day, session.get(TimeStamp, (day.court_id, day.seq)), authority)


def judged(day: DailySeal, stamp: TimeStamp | None, authority: StampAuthority | None) -> StampView:
    """Return what a stamp proves of a day, by the hash that the day has now."""
    if stamp is None:
        return StampView(StampState.WAITING if authority else StampState.NOT_SET_UP)
    digest = daily_seals.seal(day)
    try:
        if authority is None:
            at = verifying.stamped_at(stamp.response, digest)
            return StampView(StampState.UNCHECKED, at)
        at = verifying.verified(stamp.response, digest, authority)
    except StampRefused as refused:
        return StampView(StampState.WRONG, None, refused.message)
    return StampView(StampState.LATE if at - day.at > _NONE_ASKED else StampState.HOLDS, at)


@dataclass(frozen=True)
class StampCount:
    """The stamps of a court's days: how many days have one, and the first that does not match."""

    stamped: int
    wrong: DailySeal | None = None
    why: Message | None = None


def verify_all(session: Session, court_id: int, authority: StampAuthority | None) -> StampCount:
    """Verify the stamps of all days of a court."""
    query = (
        sa.select(DailySeal, TimeStamp)
        .join(
            TimeStamp,
            sa.and_(TimeStamp.court_id == DailySeal.court_id, TimeStamp.seq == DailySeal.seq),
        )
        .where(DailySeal.court_id == court_id)
        .order_by(DailySeal.seq)
        .execution_options(yield_per=50)
    )
    count = 0
    for day, stamp in session.execute(query):
        count += 1
        found = judged(day, stamp, authority)
        if found.state is StampState.WRONG:
            return StampCount(count, day, found.why)
    return StampCount(count)
