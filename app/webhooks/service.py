"""Endpoints: add, test, turn off and on, change the secret, delete; send a delivery again."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, Refusal
from app.core.web_client.guarded_http import FetchFailed, GuardedConnector, WebAddress
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.events import service as events
from app.webhooks import queries, settling, signing
from app.webhooks.client import SCHEMES
from app.webhooks.forms import WebhookIn
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import BOTH_SECRETS, EndpointState, WebhookState

AREA = "webhooks"
MOST = 200  # endpoints of a court


def add(
    session: Session, by: ChangeAuthor, form: WebhookIn, connector: GuardedConnector
) -> WebhookEndpoint:
    """Add an endpoint; it is sent the events from now on. Raises Invalid and Refusal."""
    _check_address(form.url, connector)
    if len(queries.endpoints(session, by.court_id)) >= MOST:
        raise Refusal(N_("A court has at most %(most)s webhooks: delete one first."), most=MOST)
    events.number(session, by.court_id)
    endpoint = WebhookEndpoint(
        court_id=by.court_id,
        url=form.url,
        description=form.description,
        types=sorted(set(form.types)),
        state=EndpointState.ON.value,
        changed_at=by.now,
        secret_version=1,
        created_at=by.now,
        user_id=by.user.id if by.user else None,
        cursor=events.last_number(session, by.court_id),
    )
    session.add(endpoint)
    session.flush()
    change_log.note(session, by, AREA, f"added/{endpoint.id}", "", endpoint.url)
    return endpoint


def _check_address(url: str, connector: GuardedConnector) -> None:
    """Check what can be checked of an address before it is called. Raises Invalid."""
    try:
        address = WebAddress.parse(url, SCHEMES)
        if address.scheme != "https" and not connector.inside:
            raise FetchFailed(N_("Give an address that begins with https://."))
        if not 0 < address.port < 65536:
            raise FetchFailed(N_("This is not an address."))
        connector.check_literal(address)
    except FetchFailed as fault:
        raise Invalid({"url": Message(str(fault))}) from fault


def delete(session: Session, by: ChangeAuthor, endpoint_id: int) -> None:
    """Delete an endpoint: it is called no more, and what waits for it is not sent."""
    endpoint = queries.find(session, by.court_id, endpoint_id, lock=True)
    change_log.note(session, by, AREA, f"deleted/{endpoint.id}", endpoint.url, "")
    settling.turn_off(session, endpoint, EndpointState.DELETED, by.now)


def turn_off(session: Session, by: ChangeAuthor, endpoint_id: int) -> WebhookEndpoint:
    """Call an endpoint no more, until it is turned on again."""
    endpoint = queries.find(session, by.court_id, endpoint_id, lock=True)
    if endpoint.state == EndpointState.ON:
        _note_state(session, by, endpoint, EndpointState.OFF)
        settling.turn_off(session, endpoint, EndpointState.OFF, by.now)
    return endpoint


def turn_on(session: Session, by: ChangeAuthor, endpoint_id: int) -> WebhookEndpoint:
    """Call an endpoint again, with the events from now on; those between are in GET /events."""
    endpoint = queries.find(session, by.court_id, endpoint_id, lock=True)
    if endpoint.state != EndpointState.ON:
        events.number(session, by.court_id)
        _note_state(session, by, endpoint, EndpointState.ON)
        endpoint.state, endpoint.changed_at = EndpointState.ON.value, by.now
        endpoint.cursor = events.last_number(session, by.court_id)
    return endpoint


def _note_state(
    session: Session, by: ChangeAuthor, endpoint: WebhookEndpoint, state: EndpointState
) -> None:
    change_log.note(session, by, AREA, f"state/{endpoint.url}", endpoint.state, state.value)


def renew_secret(session: Session, by: ChangeAuthor, endpoint_id: int) -> WebhookEndpoint:
    """Make a new secret; for a day calls are signed by the one before as well."""
    endpoint = queries.find(session, by.court_id, endpoint_id, lock=True)
    old = endpoint.secret_version
    endpoint.secret_version, endpoint.old_secret_until = old + 1, by.now + BOTH_SECRETS
    change_log.note(session, by, AREA, f"secret/{endpoint.url}", old, old + 1)
    return endpoint


def secret_of(endpoint: WebhookEndpoint, installation_secret: bytes) -> str:
    """Return the present secret of an endpoint."""
    return signing.secret_of(endpoint.id, endpoint.secret_version, installation_secret)


def queue_test(session: Session, by: ChangeAuthor, endpoint_id: int) -> WebhookDelivery:
    """Queue a test call, which is about no event. Raises Refusal where the endpoint is off."""
    endpoint = _callable(session, by.court_id, endpoint_id)
    endpoint.paused_until = None
    change_log.note(session, by, AREA, f"test/{endpoint.id}", "", endpoint.url)
    return _queue(session, endpoint, None, None, by.now)


def send_again(
    session: Session, by: ChangeAuthor, endpoint_id: int, delivery_id: int
) -> WebhookDelivery:
    """Queue a delivery once more, whatever became of it, with the same id for the receiver.

    One that still waits is called at once instead.
    """
    endpoint = _callable(session, by.court_id, endpoint_id)
    delivery = queries.find_delivery(session, endpoint.id, delivery_id)
    if delivery.state == WebhookState.WAITING:
        delivery.due_at = min(delivery.due_at, by.now)
        return delivery
    return _queue(session, endpoint, delivery.event_id, delivery.case_id, by.now)


def _callable(session: Session, court_id: int, endpoint_id: int) -> WebhookEndpoint:
    endpoint = queries.find(session, court_id, endpoint_id, lock=True)
    if endpoint.state != EndpointState.ON:
        raise Refusal(N_("This webhook is turned off: turn it on first."))
    return endpoint


def _queue(
    session: Session,
    endpoint: WebhookEndpoint,
    event_id: int | None,
    case_id: int | None,
    now: dt.datetime,
) -> WebhookDelivery:
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        event_id=event_id,
        case_id=case_id,
        state=WebhookState.WAITING.value,
        due_at=now,
        calls=[],
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


KEPT_FOR = dt.timedelta(days=30)
DELETED_AT_ONCE = 1000


def delete_old(session: Session, now: dt.datetime) -> int:
    """Delete deliveries that ended a month ago, at most a thousand; return how many."""
    ended = (
        sa.select(WebhookDelivery.id)
        .where(
            WebhookDelivery.state != WebhookState.WAITING.value,
            WebhookDelivery.called_at < now - KEPT_FOR,
        )
        .limit(DELETED_AT_ONCE)
    )
    ids: Sequence[int] = session.scalars(ended).all()
    if ids:
        session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids)
