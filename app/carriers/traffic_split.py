"""The split of traffic between two carriers, stored so that all workers share it."""

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
    """Return the weights of carriers, a hundred together; equal ones until one was moved."""
    stored = {row.name: row.weight for row in _rows(session, names)}
    return stored if set(stored) == set(names) else weights.middle(list(names))


def all_weights(session: Session) -> Sequence[CarrierWeight]:
    """Return all stored weights, for pages and metrics."""
    return session.scalars(sa.select(CarrierWeight).order_by(CarrierWeight.name)).all()


def move_away(
    session: Session,
    names: Sequence[str],
    tries: Mapping[str, weights.RecentTries],
    now: dt.datetime,
) -> bool:
    """Move one step of weight away from a carrier in trouble; return whether any was moved.

    Workers that see the same trouble at the same time move one step in all.
    """
    name = weights.worst(tries)
    if not name:
        return False
    rows = _locked(session, names)
    if not weights.may_shift(_last_shift(rows), now):
        return False
    calls = tries[name]
    why = f"{calls.failed} of {calls.calls} calls failed, {calls.slow} were slow"
    return _write(rows, weights.away_from({row.name: row.weight for row in rows}, name), why, now)


def drift(session: Session, names: Sequence[str], now: dt.datetime) -> bool:
    """Move one step of weight back towards equal shares after an hour without trouble."""
    if len(names) < 2 or not weights.is_calm(_last_shift(_rows(session, names)), now):
        return False
    rows = _locked(session, names)
    return _write(rows, weights.drifted({row.name: row.weight for row in rows}), "calm", now)


def _last_shift(rows: Sequence[CarrierWeight]) -> dt.datetime | None:
    return max(filter(None, (row.shifted_at for row in rows)), default=None)


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
    query = sa.select(CarrierWeight).where(CarrierWeight.name.in_(names))
    return session.scalars(query.order_by(CarrierWeight.name)).all()


def _locked(session: Session, names: Sequence[str]) -> Sequence[CarrierWeight]:
    """Return the rows of carriers, locked and reread; inserted where there are none."""
    equal = weights.middle(list(names))
    rows = [{"name": name, "weight": equal[name], "why": ""} for name in sorted(names)]
    bulk.insert(session, bulk.table(CarrierWeight), rows, unless="name")
    query = sa.select(CarrierWeight).where(CarrierWeight.name.in_(names))
    query = query.order_by(CarrierWeight.name).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()
