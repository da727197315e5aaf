"""Read endpoints, their deliveries, and the last calls."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.core.errors import N_, NotFound
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import STOPPED, EndpointState, WebhookState

CALLS = 200  # shown of an endpoint


def endpoints(session: Session, court_id: int) -> Sequence[WebhookEndpoint]:
    """Return a court's endpoints, the oldest first."""
    query = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.court_id == court_id,
        WebhookEndpoint.state != EndpointState.DELETED.value,
    )
    return session.scalars(query.order_by(WebhookEndpoint.id)).all()


def stopped(session: Session, court_id: int) -> Sequence[WebhookEndpoint]:
    """Return a court's endpoints that Tingqi stopped calling."""
    query = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.court_id == court_id,
        WebhookEndpoint.state.in_([each.value for each in STOPPED]),
    )
    return session.scalars(query.order_by(WebhookEndpoint.id)).all()


def find(
    session: Session, court_id: int, endpoint_id: int, *, lock: bool = False
) -> WebhookEndpoint:
    """Return one of a court's endpoints. Raises NotFound."""
    query = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id,
        WebhookEndpoint.court_id == court_id,
        WebhookEndpoint.state != EndpointState.DELETED.value,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    endpoint = session.scalar(query)
    if endpoint is None:
        raise NotFound(N_("There is no webhook %(number)s in this court."), number=endpoint_id)
    return endpoint


def find_delivery(session: Session, endpoint_id: int, delivery_id: int) -> WebhookDelivery:
    """Return one delivery of an endpoint. Raises NotFound."""
    query = sa.select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id
    )
    delivery = session.scalar(query)
    if delivery is None:
        words = N_("There is no delivery %(number)s of this webhook.")
        raise NotFound(words, number=delivery_id)
    return delivery


def deliveries(
    session: Session,
    endpoint_id: int,
    *,
    before: int | None = None,
    state: str | None = None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return deliveries of an endpoint with their events, the newest first."""
    query = (
        sa.select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .options(joinedload(WebhookDelivery.event))
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return session.scalars(query).all()


@dataclass(frozen=True)
class LoggedCall:
    """One call of an endpoint, with its delivery, as the page lists it."""

    delivery: WebhookDelivery
    at: dt.datetime
    milliseconds: int
    status: int
    answer: str
    fault: str


def last_calls(session: Session, endpoint_id: int) -> list[LoggedCall]:
    """Return the last 200 calls of an endpoint, the newest first."""
    query = (
        sa.select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.called_at.is_not(None))
        .options(joinedload(WebhookDelivery.event))
        .order_by(WebhookDelivery.called_at.desc())
        .limit(CALLS)
    )
    # The last 200 calls are among all calls of the 200 deliveries that were called last.
    calls = [
        LoggedCall(
            delivery,
            dt.datetime.fromisoformat(call["at"]),
            call["ms"],
            call["status"],
            call["answer"],
            call["fault"],
        )
        for delivery in session.scalars(query)
        for call in delivery.calls
    ]
    return sorted(calls, key=lambda call: (call.at, call.delivery.id), reverse=True)[:CALLS]


def count_waiting(session: Session, endpoint_id: int) -> int:
    """Return how many deliveries wait for an endpoint."""
    query = sa.select(sa.func.count()).where(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.state == WebhookState.WAITING.value,
    )
    return session.scalar(query) or 0
