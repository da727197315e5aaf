"""How much of the traffic each of two carriers gets: kept where all workers see it."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers import weights
from app.carriers.models import CarrierWeight
from app.core.db import bulk

log = logging.getLogger("tingqi.carriers")


def shares(session: Session, names: Sequence[str]) -> dict[str, int]:
    """Return the weights of carriers, a hundred together; the same for all until one was moved."""
    known = {each.name: each.weight for each in _rows(session, names)}
    return known if set(known) == set(names) else weights.middle(list(names))


def told(session: Session) -> Sequence[CarrierWeight]:
    """Return all that is known of weights, for those who watch."""
    return session.scalars(sa.select(CarrierWeight).order_by(CarrierWeight.name)).all()


def move_away(
    session: Session,
    names: Sequence[str],
    tries: Mapping[str, weights.RecentTries],
    now: dt.datetime,
) -> bool:
    """Move a step of weight away from a carrier in trouble; tell whether any was moved.

    Workers that see the same trouble at the same time move one step together.
    """
    name = weights.worst(tries)
    if not name:
        return False
    rows = _held(session, names)
    if not weights.may_shift(
        max(filter(None, (row.shifted_at for row in rows)), default=None), now
    ):
        return False
    seen = tries[name]
    why = f"{seen.failed} of {seen.calls} calls failed, {seen.slow} were slow"
    return _write(rows, weights.away_from({row.name: row.weight for row in rows}, name), why, now)


def drift(session: Session, names: Sequence[str], now: dt.datetime) -> bool:
    """Move a step of weight back towards the middle after an hour without trouble."""
    if len(names) < 2:
        return False
    rows = _rows(session, names)
    if not weights.is_calm(max(filter(None, (row.shifted_at for row in rows)), default=None), now):
        return False
    rows = _held(session, names)
    return _write(rows, weights.drifted({row.name: row.weight for row in rows}), "calm", now)


def _write(
    rows: Sequence[CarrierWeight], moved: Mapping[str, int], why: str, now: dt.datetime
) -> bool:
    if all(row.weight == moved[row.name] for row in rows):
        return False
    for row in rows:
        log.warning("carrier %s: weight %s -> %s (%s)", row.name, row.weight, moved[row.name], why)
        row.weight, row.shifted_at, row.why = moved[row.name], now, why
    return True


def _rows(session: Session, names: Sequence[str]) -> Sequence[CarrierWeight]:
    wanted = sa.select(CarrierWeight).where(CarrierWeight.name.in_(names))
    return session.scalars(wanted.order_by(CarrierWeight.name)).all()


def _held(session: Session, names: Sequence[str]) -> Sequence[CarrierWeight]:
    """Return the rows of carriers, locked and as they stand now; made where there are none."""
    rest = weights.middle(list(names))
    rows = [{"name": name, "weight": rest[name], "why": ""} for name in sorted(names)]
    bulk.insert(session, bulk.table(CarrierWeight), rows, unless="name")
    wanted = sa.select(CarrierWeight).where(CarrierWeight.name.in_(names))
    wanted = wanted.order_by(CarrierWeight.name).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).all()
