"""Claim endpoints for this worker, and read what is due for each.

A worker has an endpoint for as long as it renews its lease, and nobody else calls it meanwhile:
so nothing is written before a call, and the order of a case's events is kept. After a crash the
lease ends and another worker calls again what was under way: each event arrives at least once.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.core.db import bulk
from app.events.models import CourtEvent, EventCounter
from app.events.presented import message_id, presented
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import EndpointState, WebhookState
from app.webhooks.signing import secret_of

LEASE = dt.timedelta(seconds=20)  # longer than one call
# So many deliveries of one endpoint are read at a time.
BATCH = 64
# So many wait for one endpoint; events behind them are only counted until some have ended.
MOST_WAITING = 1000

_ENDPOINT, _DELIVERY = bulk.table(WebhookEndpoint), bulk.table(WebhookDelivery)
_EVENT, _COUNTER = bulk.table(CourtEvent), bulk.table(EventCounter)
_WAITING = _DELIVERY.c.state == WebhookState.WAITING.value


@dataclass(frozen=True)
class ClaimedEndpoint:
    """An endpoint that this worker calls, with the secrets that sign; see WebhookEndpoint."""

    id: int
    court_id: int
    url: str
    types: Sequence[str]
    cursor: int
    secrets: Sequence[str]


@dataclass(frozen=True)
class DueDelivery:
    """A delivery to be called now; ``calls`` are the calls before."""

    id: int
    endpoint_id: int
    message_id: str
    body: str
    calls: Sequence[Mapping[str, Any]]


def claim(
    session: Session, worker: str, workers: int, secret: bytes, now: dt.datetime
) -> list[ClaimedEndpoint]:
    """Return the endpoints with something to do that this worker has, or takes now.

    Of what nobody has it takes its share among the workers. Rows that another one has locked are
    skipped.
    """
    free = sa.or_(_ENDPOINT.c.lease_until.is_(None), _ENDPOINT.c.lease_until <= now)
    mine = sa.and_(_ENDPOINT.c.claimed_by == worker, _ENDPOINT.c.lease_until > now)
    query = (
        sa.select(_ENDPOINT)
        .where(_ENDPOINT.c.state == EndpointState.ON.value, sa.or_(free, mine))
        .where(sa.or_(_ENDPOINT.c.paused_until.is_(None), _ENDPOINT.c.paused_until <= now))
        .where(sa.or_(_has_new_events(), _has_due(now)))
        .order_by(_ENDPOINT.c.id)
        .with_for_update(of=_ENDPOINT, skip_locked=True)
    )
    rows = session.connection().execute(query).all()
    own = [row for row in rows if row.lease_until is not None and row.lease_until > now]
    unclaimed = [row for row in rows if row.lease_until is None or row.lease_until <= now]
    share = max(0, -(-len(rows) // max(1, workers)) - len(own))
    late = [row for row in own if row.lease_until < now + LEASE / 2]
    renewed = [
        {"id": row.id, "lease_until": now + LEASE, "claimed_by": worker}
        for row in [*late, *unclaimed[:share]]
    ]
    bulk.update(session, _ENDPOINT, renewed)
    return [_claimed(row, secret, now) for row in [*own, *unclaimed[:share]]]


def has_work(session: Session, now: dt.datetime) -> bool:
    """Tell whether any endpoint has something to do, whoever has it. Writes nothing."""
    query = (
        sa.select(_ENDPOINT.c.id)
        .where(_ENDPOINT.c.state == EndpointState.ON.value)
        .where(sa.or_(_ENDPOINT.c.paused_until.is_(None), _ENDPOINT.c.paused_until <= now))
        .where(sa.or_(_has_new_events(), _has_due(now)))
        .limit(1)
    )
    return session.connection().scalar(query) is not None


def _has_new_events() -> sa.Exists:
    return sa.exists().where(
        _COUNTER.c.court_id == _ENDPOINT.c.court_id, _COUNTER.c.last > _ENDPOINT.c.cursor
    )


def _has_due(now: dt.datetime) -> sa.Exists:
    return sa.exists().where(
        _DELIVERY.c.endpoint_id == _ENDPOINT.c.id, _WAITING, _DELIVERY.c.due_at <= now
    )


def _claimed(row: Any, secret: bytes, now: dt.datetime) -> ClaimedEndpoint:
    versions = [row.secret_version]
    if row.old_secret_until is not None and row.old_secret_until > now:
        versions.append(row.secret_version - 1)
    secrets = [secret_of(row.id, version, secret) for version in versions]
    return ClaimedEndpoint(row.id, row.court_id, row.url, row.types, row.cursor, secrets)


def renew(
    session: Session, worker: str, endpoint_ids: Collection[int], now: dt.datetime
) -> set[int]:
    """Renew the leases of endpoints that are being called; return those that are still ours."""
    query = sa.select(_ENDPOINT.c.id).where(
        _ENDPOINT.c.id.in_(endpoint_ids),
        _ENDPOINT.c.claimed_by == worker,
        _ENDPOINT.c.lease_until > now,
    )
    kept = list(session.connection().scalars(query.with_for_update()))
    bulk.update(session, _ENDPOINT, [{"id": each, "lease_until": now + LEASE} for each in kept])
    return set(kept)


def release(session: Session, worker: str) -> None:
    """Give back all endpoints that a worker has."""
    own = sa.update(_ENDPOINT).where(
        _ENDPOINT.c.claimed_by == worker, _ENDPOINT.c.lease_until.is_not(None)
    )
    session.connection().execute(own.values(lease_until=None))


def read_due(
    session: Session,
    endpoint: ClaimedEndpoint,
    under_way: Collection[int],
    now: dt.datetime,
    most: int = BATCH,
) -> list[DueDelivery]:
    """Make deliveries of new events, and return what is due, the longest due first.

    Of each case only the earliest event that waits: the next one waits until that is delivered or
    given up. ``under_way`` are the ids of deliveries that are being called.
    """
    _add_new(session, endpoint, now)
    earlier = aliased(_DELIVERY, name="earlier")
    held_up = sa.exists().where(
        earlier.c.endpoint_id == _DELIVERY.c.endpoint_id,
        earlier.c.case_id == _DELIVERY.c.case_id,
        earlier.c.state == WebhookState.WAITING.value,
        earlier.c.id < _DELIVERY.c.id,
    )
    query = (
        sa.select(_DELIVERY.c.id.label("delivery_id"), _DELIVERY.c.calls, *_EVENT.c)
        .outerjoin(_EVENT, _EVENT.c.id == _DELIVERY.c.event_id)
        .where(_DELIVERY.c.endpoint_id == endpoint.id, _WAITING, _DELIVERY.c.due_at <= now)
        .where(~held_up, _DELIVERY.c.id.not_in(under_way))
        .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
        .limit(most)
    )
    rows = session.connection().execute(query)
    return [_due(row, endpoint.id, now) for row in rows]


def _due(row: Any, endpoint_id: int, now: dt.datetime) -> DueDelivery:
    if row.id is None:
        message = f"test_{row.delivery_id}"
        shown: dict[str, object] = {"type": "test", "timestamp": now.isoformat(), "data": {}}
    else:
        message = message_id(row.id)
        shown = presented(row)
        shown.pop("id")  # it is in a header
    body = json.dumps(shown, separators=(",", ":"))
    return DueDelivery(row.delivery_id, endpoint_id, message, body, row.calls)


def _add_new(session: Session, endpoint: ClaimedEndpoint, now: dt.datetime) -> None:
    """Make deliveries of the events behind the endpoint's cursor, while not too many wait."""
    connection = session.connection()
    waiting = sa.select(_DELIVERY.c.id).where(_DELIVERY.c.endpoint_id == endpoint.id, _WAITING)
    some = waiting.limit(MOST_WAITING).subquery()
    room = MOST_WAITING - (connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0)
    if room <= 0:
        return
    locked = sa.select(_ENDPOINT.c.cursor).where(_ENDPOINT.c.id == endpoint.id)
    cursor = connection.execute(locked).scalar_one()
    query = (
        sa.select(_EVENT.c.id, _EVENT.c.number, _EVENT.c.type, _EVENT.c.case_id)
        .where(_EVENT.c.court_id == endpoint.court_id, _EVENT.c.number > cursor)
        .order_by(_EVENT.c.number)
        .limit(min(room, 4 * BATCH))
    )
    events = connection.execute(query).all()
    if not events:
        return
    rows = [
        {
            "endpoint_id": endpoint.id,
            "event_id": event.id,
            "case_id": event.case_id,
            "state": WebhookState.WAITING.value,
            "due_at": now,
            "calls": [],
            "created_at": now,
        }
        for event in events
        if not endpoint.types or event.type in endpoint.types
    ]
    bulk.insert(session, _DELIVERY, rows)
    bulk.update(session, _ENDPOINT, [{"id": endpoint.id, "cursor": events[-1].number}])
