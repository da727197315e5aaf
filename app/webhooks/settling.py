"""Settle what endpoints answered: many calls in one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.webhooks import rules
from app.webhooks.claiming import DueDelivery
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import Call, CallMeaning, EndpointState, WebhookState

_ENDPOINT, _DELIVERY = bulk.table(WebhookEndpoint), bulk.table(WebhookDelivery)
_WAITING = _DELIVERY.c.state == WebhookState.WAITING.value


@dataclass(frozen=True)
class CalledDelivery:
    """A delivery, and the call that was made for it."""

    delivery: DueDelivery
    call: Call


def settle(session: Session, results: Sequence[CalledDelivery], now: dt.datetime) -> None:
    """Store the results of calls, and what they mean for their endpoints."""
    bulk.update(session, _DELIVERY, [_row(each) for each in results])
    by_endpoint: dict[int, list[Call]] = {}
    for each in results:
        by_endpoint.setdefault(each.delivery.endpoint_id, []).append(each.call)
    for endpoint_id, calls in sorted(by_endpoint.items()):
        _settle_endpoint(session, endpoint_id, calls, now)


def _row(result: CalledDelivery) -> dict[str, Any]:
    delivery, call = result.delivery, result.call
    state, due_at = WebhookState.DELIVERED, call.at
    if call.meaning is CallMeaning.GONE:
        state = WebhookState.STOPPED
    elif call.meaning is CallMeaning.AGAIN:
        again = rules.next_due(_times(delivery.calls), call)
        state = WebhookState.WAITING if again else WebhookState.GIVEN_UP
        due_at = again or call.at
    return {
        "id": delivery.id,
        "state": state.value,
        "due_at": due_at,
        "calls": [*delivery.calls, call.stored],
        "called_at": call.at,
    }


def _settle_endpoint(
    session: Session, endpoint_id: int, calls: Sequence[Call], now: dt.datetime
) -> None:
    """Note whether an endpoint works, wants to be left alone, or is to be called no more."""
    meanings = {call.meaning for call in calls}
    endpoint = session.get_one(
        WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True
    )
    if endpoint.state != EndpointState.ON:
        stop_waiting(session, endpoint_id)
        return
    if CallMeaning.GONE in meanings:
        turn_off(session, endpoint, EndpointState.GONE, now)
        return
    pauses = [until for call in calls if (until := rules.asked_until(call)) is not None]
    if pauses:
        endpoint.paused_until = max(pauses)
    if CallMeaning.DELIVERED in meanings:
        if endpoint.failing_since is not None and not pauses:
            call_waiting(session, endpoint_id, now)
        endpoint.failing_since = None
        return
    endpoint.failing_since = endpoint.failing_since or min(call.at for call in calls)
    if rules.is_over(endpoint.failing_since, now):
        turn_off(session, endpoint, EndpointState.FAILED, now)


def turn_off(
    session: Session, endpoint: WebhookEndpoint, state: EndpointState, now: dt.datetime
) -> None:
    """Call an endpoint no more; what waits for it is stopped."""
    endpoint.state, endpoint.changed_at, endpoint.notified_at = state.value, now, None
    endpoint.lease_until = endpoint.paused_until = endpoint.failing_since = None
    stop_waiting(session, endpoint.id)


def stop_waiting(session: Session, endpoint_id: int) -> None:
    """Stop the deliveries that wait for an endpoint that is not called any more."""
    waiting = sa.update(_DELIVERY).where(_DELIVERY.c.endpoint_id == endpoint_id, _WAITING)
    session.connection().execute(waiting.values(state=WebhookState.STOPPED.value))


def call_waiting(session: Session, endpoint_id: int, now: dt.datetime) -> None:
    """Make what waits for an endpoint due now: it works again."""
    later = sa.select(_DELIVERY.c.id, _DELIVERY.c.calls).where(
        _DELIVERY.c.endpoint_id == endpoint_id, _WAITING, _DELIVERY.c.due_at > now
    )
    rows = session.connection().execute(later).all()
    early = [row.id for row in rows if rules.may_be_early(_times(row.calls), now)]
    bulk.update(session, _DELIVERY, [{"id": each, "due_at": now} for each in early])


def _times(calls: Sequence[Mapping[str, Any]]) -> list[dt.datetime]:
    return [dt.datetime.fromisoformat(each["at"]) for each in calls]
