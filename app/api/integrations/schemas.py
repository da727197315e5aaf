"""Schemas of events and webhooks, as the API's document shows them."""

from marshmallow import Schema, fields

from app.api.schemas import Listed
from app.events.rules import EventType
from app.webhooks.rules import EndpointState, WebhookState

_MOMENT = {"format": "date-time", "example": "2026-12-15T09:30:00+08:00"}


class ChainHeadOut(Schema):
    """The end of the case's chain of hashes when the event was written.

    Who keeps it can show later whether the record is still the one of that day.
    """

    number = fields.Integer()
    hash = fields.String()


class EventDataOut(Schema):
    """What an event is about: ids only, and each only where it applies."""

    event = fields.Integer(metadata={"description": "The number of the event"})
    case_id = fields.Integer()
    hearing_id = fields.Integer()
    counsel_id = fields.Integer()
    delegate_id = fields.Integer()
    question_id = fields.Integer()
    filing_id = fields.Integer()
    paper_id = fields.Integer()
    move_request = fields.Integer(metadata={"description": "Its number within the hearing"})
    chain = fields.Nested(ChainHeadOut)


class EventOut(Schema):
    """One event, as a webhook has it too."""

    id = fields.String(metadata={"description": "The webhook-id of its deliveries"})
    type = fields.String(metadata={"enum": list(EventType)})
    timestamp = fields.String(metadata=_MOMENT)
    data = fields.Nested(EventDataOut)


class EventsOut(Schema):
    """Events of the court in order."""

    events = fields.List(fields.Nested(EventOut))
    next = fields.Integer(
        allow_none=True, metadata={"description": "There are more: ask with ?after="}
    )
    last = fields.Integer(
        metadata={"description": "The number up to which was read: go on later with ?after="}
    )


class WebhookOut(Schema):
    """An endpoint to which events are posted."""

    id = fields.Integer()
    url = fields.String()
    description = fields.String()
    types = fields.List(
        fields.String(metadata={"enum": list(EventType)}),
        metadata={"description": "Types of events; none: all of them"},
    )
    state = fields.String(
        metadata={"enum": [state for state in EndpointState if state != EndpointState.DELETED]}
    )
    created_at = fields.String(metadata=_MOMENT)
    failing_since = fields.String(
        allow_none=True, metadata={**_MOMENT, "description": "Every call since has failed"}
    )
    old_secret_until = fields.String(
        allow_none=True,
        metadata={
            **_MOMENT,
            "description": "Until then calls are signed by the secret before as well",
        },
    )


class NewWebhookOut(WebhookOut):
    """An endpoint with its secret, which the list of endpoints does not show."""

    secret = fields.String(metadata={"example": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})


class WebhooksOut(Listed):
    """Endpoints of the court, the oldest first."""

    webhooks = fields.List(fields.Nested(WebhookOut))


class WebhookCallOut(Schema):
    """One call of an endpoint."""

    at = fields.String(metadata=_MOMENT)
    ms = fields.Integer(metadata={"description": "How long it took"})
    status = fields.Integer(metadata={"description": "Of the answer; 0: there was none"})
    answer = fields.String(metadata={"description": "The first 500 characters of the answer"})
    fault = fields.String(metadata={"description": "Why there was no answer"})


class WebhookDeliveryOut(Schema):
    """One event for one endpoint, or a test, with its calls."""

    number = fields.Integer(metadata={"description": "For `again`"})
    id = fields.String(metadata={"description": "The webhook-id that the receiver sees"})
    event = fields.Integer(allow_none=True, metadata={"description": "None: a test"})
    type = fields.String()
    case_id = fields.Integer(allow_none=True)
    state = fields.String(metadata={"enum": list(WebhookState)})
    due_at = fields.String(
        allow_none=True, metadata={**_MOMENT, "description": "Of the next call, if it waits"}
    )
    created_at = fields.String(metadata=_MOMENT)
    calls = fields.List(fields.Nested(WebhookCallOut))


class WebhookDeliveriesOut(Listed):
    """Deliveries of an endpoint, the newest first."""

    deliveries = fields.List(fields.Nested(WebhookDeliveryOut))
