"""Webhooks: endpoints of other systems, and what was delivered to each. For admins."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.integrations.schemas import (
    NewWebhookOut,
    WebhookDeliveriesOut,
    WebhookDeliveryOut,
    WebhookOut,
    WebhooksOut,
)
from app.api.office.authorship import admin_author
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.forms import ChoiceField, Form, posted
from app.core.web import services
from app.court.change_log import ChangeAuthor
from app.events.presented import message_id
from app.hearings.service import CourtContext
from app.people.rules import TokenScope
from app.webhooks import queries, service
from app.webhooks.forms import WebhookIn
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import EndpointState, WebhookState

SHOWN_STATES = tuple(each.value for each in EndpointState if each != EndpointState.DELETED)
bp = Resource("webhooks", __name__, description="Where events are posted, signed")


@dataclass(frozen=True, kw_only=True)
class WebhooksIn(ShortListIn):
    """Filter of the list of endpoints."""

    state: str | None = posted(ChoiceField(SHOWN_STATES, load_default=None, allow_none=True))


@dataclass(frozen=True, kw_only=True)
class WebhookStateIn(Form):
    """Whether an endpoint is called: on, with the events from now on, or off."""

    state: str = posted(ChoiceField((EndpointState.ON, EndpointState.OFF), required=True))


@bp.route("")
class WebhookCollection(MethodView):
    """The court's endpoints."""

    @requires(TokenScope.ADMIN)
    @bp.arguments(WebhooksIn.schema(), location="query")
    @bp.response(200, WebhooksOut)
    def get(self, query: WebhooksIn) -> Any:
        """List the endpoints to which events are posted"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = [
                each
                for each in queries.endpoints(session, admin_author(context).court_id)
                if query.state in (None, each.state)
            ]
            shown, following = part_of(found, query, lambda each: each.id, newest_first=False)
            return {"webhooks": [_endpoint(each, context) for each in shown], "next": following}

        return run_read(read)

    @requires(TokenScope.ADMIN)
    @bp.arguments(WebhookIn.schema())
    @bp.response(201, NewWebhookOut)
    def post(self, form: WebhookIn) -> Answer:
        """Post events to an address from now on, signed with the secret in the response"""

        def add(session: Session, context: CourtContext) -> CommittedResponse:
            connector = services().external.webhooks
            endpoint = service.add(session, admin_author(context), form, connector)
            location = f"{PREFIX}/webhooks/{endpoint.id}"
            body = _endpoint(endpoint, context)
            return CommittedResponse(body, 201, location, unkept=_secret(endpoint, context))

        return run_write(add, _restored)


def _shown(session: Session, context: CourtContext, webhook_id: int) -> dict[str, Any]:
    return _endpoint(queries.find(session, admin_author(context).court_id, webhook_id), context)


def _check(
    session: Session, context: CourtContext, webhook_id: int, *, needed: bool = False
) -> ChangeAuthor:
    """Lock an endpoint, compare If-Match with what is read of it, and return who changes it."""
    author = admin_author(context)
    queries.find(session, author.court_id, webhook_id, lock=True)
    shown = partial(_shown, session, context, webhook_id)
    preconditions.check(WebhookOut, shown, needed=needed)
    return author


@bp.route("/<row:webhook_id>")
class WebhookResource(MethodView):
    """One endpoint."""

    @requires(TokenScope.ADMIN)
    @bp.response(200, WebhookOut)
    def get(self, webhook_id: int) -> Any:
        """Show an endpoint, without its secret"""
        return run_read(lambda session, context: _shown(session, context, webhook_id))

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match(needed=True)
    @bp.arguments(WebhookStateIn.schema())
    @bp.response(200, WebhookOut)
    def patch(self, form: WebhookStateIn, webhook_id: int) -> Answer:
        """Turn an endpoint off, or on again: what happened meanwhile is in `GET /events`"""

        def change(session: Session, context: CourtContext) -> CommittedResponse:
            author = _check(session, context, webhook_id, needed=True)
            turn = service.turn_on if form.state == EndpointState.ON else service.turn_off
            return CommittedResponse(_endpoint(turn(session, author, webhook_id), context))

        return run_write(change)

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, webhook_id: int) -> Any:
        """Delete an endpoint: it is called no more"""

        def end(session: Session, context: CourtContext) -> CommittedResponse:
            service.delete(session, _check(session, context, webhook_id), webhook_id)
            return CommittedResponse({}, 204)

        run_write(end)
        return None


@bp.route("/<row:webhook_id>/secret", methods=["POST"])
@requires(TokenScope.ADMIN)
@preconditions.takes_if_match()
@bp.response(200, NewWebhookOut)
def renew_secret(webhook_id: int) -> Answer:
    """Make a new secret; for a day calls are signed by the one before as well"""

    def renew(session: Session, context: CourtContext) -> CommittedResponse:
        endpoint = service.renew_secret(session, _check(session, context, webhook_id), webhook_id)
        return CommittedResponse(_endpoint(endpoint, context), unkept=_secret(endpoint, context))

    return run_write(renew, _restored)


@bp.route("/<row:webhook_id>/test", methods=["POST"])
@requires(TokenScope.ADMIN)
@preconditions.takes_if_match()
@bp.response(202, WebhookDeliveryOut)
def test(webhook_id: int) -> Answer:
    """Queue a test call, which is about no event"""

    def queue(session: Session, context: CourtContext) -> CommittedResponse:
        delivery = service.queue_test(session, _check(session, context, webhook_id), webhook_id)
        return CommittedResponse(_delivery(delivery, context), 202)

    return run_write(queue)


@dataclass(frozen=True, kw_only=True)
class DeliveriesIn(PageIn):
    """Which deliveries."""

    state: str | None = posted(ChoiceField(tuple(WebhookState)), default=None)


@bp.route("/<row:webhook_id>/deliveries")
class DeliveryCollection(MethodView):
    """The deliveries of one endpoint."""

    @requires(TokenScope.ADMIN)
    @bp.arguments(DeliveriesIn.schema(), location="query")
    @bp.response(200, WebhookDeliveriesOut)
    def get(self, query: DeliveriesIn, webhook_id: int) -> Any:
        """List what was delivered to an endpoint or waits for it, the newest first"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            endpoint = queries.find(session, admin_author(context).court_id, webhook_id)
            found = queries.deliveries(
                session, endpoint.id, before=query.after, state=query.state, limit=query.limit + 1
            )
            shown, following = part_of(found, query, lambda each: each.id)
            return {"deliveries": [_delivery(each, context) for each in shown], "next": following}

        return run_read(read)


def _shown_delivery(
    session: Session, context: CourtContext, webhook_id: int, number: int
) -> dict[str, Any]:
    endpoint = queries.find(session, admin_author(context).court_id, webhook_id)
    return _delivery(queries.find_delivery(session, endpoint.id, number), context)


@bp.route("/<row:webhook_id>/deliveries/<row:number>", methods=["GET"])
@requires(TokenScope.ADMIN)
@bp.response(200, WebhookDeliveryOut)
def delivery(webhook_id: int, number: int) -> Any:
    """Show one delivery of an endpoint, with its calls"""
    return run_read(lambda session, context: _shown_delivery(session, context, webhook_id, number))


@bp.route("/<row:webhook_id>/deliveries/<row:number>/again", methods=["POST"])
@requires(TokenScope.ADMIN)
@preconditions.takes_if_match()
@bp.response(202, WebhookDeliveryOut)
def again(webhook_id: int, number: int) -> Answer:
    """Queue a delivery once more, with the same webhook-id"""

    def queue(session: Session, context: CourtContext) -> CommittedResponse:
        author = admin_author(context)
        queries.find(session, author.court_id, webhook_id, lock=True)
        shown = partial(_shown_delivery, session, context, webhook_id, number)
        preconditions.check(WebhookDeliveryOut, shown)
        delivery = service.send_again(session, author, webhook_id, number)
        return CommittedResponse(_delivery(delivery, context), 202)

    return run_write(queue)


def _endpoint(endpoint: WebhookEndpoint, context: CourtContext) -> dict[str, Any]:
    zone = context.court.zone
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "state": endpoint.state,
        "created_at": serializers.moment(endpoint.created_at, zone),
        "failing_since": serializers.moment(endpoint.failing_since, zone),
        "old_secret_until": serializers.moment(endpoint.old_secret_until, zone),
    }


def _secret(endpoint: WebhookEndpoint, context: CourtContext) -> dict[str, Any]:
    return {"secret": service.secret_of(endpoint, context.secret)}


def _restored(session: Session, context: CourtContext, kept: dict[str, Any]) -> dict[str, Any]:
    endpoint = queries.find(session, admin_author(context).court_id, kept["id"])
    return _secret(endpoint, context)


def _delivery(delivery: WebhookDelivery, context: CourtContext) -> dict[str, Any]:
    zone = context.court.zone
    event = delivery.event
    is_waiting = delivery.state == WebhookState.WAITING
    return {
        "number": delivery.id,
        "id": message_id(event.id) if event else f"test_{delivery.id}",
        "event": event.number if event else None,
        "type": event.type if event else "test",
        "case_id": delivery.case_id,
        "state": delivery.state,
        "due_at": serializers.moment(delivery.due_at, zone) if is_waiting else None,
        "created_at": serializers.moment(delivery.created_at, zone),
        "calls": delivery.calls,
    }
