"""JSON API: the same services as the pages, with OpenAPI and problem details."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from app.api import contacts as contacts
from app.api import models as models
from app.api import problems
from app.api.blueprint import RowConverter
from app.api.cases import bp as cases
from app.api.conversation import counsel_messages as counsel_messages
from app.api.conversation import needs as needs
from app.api.conversation import noted_filings as noted_filings
from app.api.conversation.delegates import bp as delegates
from app.api.conversation.exchanges import bp as exchanges
from app.api.conversation.filings import bp as filings
from app.api.conversation.members import bp as members
from app.api.conversation.papers import bp as papers
from app.api.conversation.questions import bp as questions
from app.api.conversation.questions import standard_answers
from app.api.courtrooms import bp as courtrooms
from app.api.document.completion import LARGEST_ID, complete
from app.api.feeds import bp as feeds
from app.api.hearings import bp as hearings
from app.api.integrations.events import bp as events
from app.api.integrations.webhooks import bp as webhooks
from app.api.office.closed_days import bp as closed_days
from app.api.office.counsel import bp as counsel
from app.api.office.imports import bp as imports
from app.api.office.listings import bp as listings
from app.api.office.messages import bp as messages
from app.api.office.tasks import bp as tasks
from app.api.office.tasks import inbox
from app.api.problems import MEDIA_TYPE, ProblemSchema
from app.api.suggestions import bp as suggestions
from app.api.tokens import bp as tokens
from app.core.forms import InstantField, ListField, RowIdField, TextField
from app.hearings.forms import LONGEST, SHORTEST, MinutesField

# Texts have no control characters, several lines no others than line breaks and tabs.
ONE_LINE = r"^[^\u0000-\u001F\u007F-\u009F]*$"
ANY_LINES = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"

ABOUT = """Settle a court hearing's date with every lawyer in the case, on the record.

Times are ISO 8601 with an offset; without one they are refused. Errors are problem details
(RFC 9457). Each caller sees the cases of their own court and no others."""


class ApiDocument(Api):
    """The OpenAPI document; errors are rendered by ``problems``, as pages have their own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"


def register(app: Flask) -> None:
    """Register the API's resources, its document and its error handling."""
    app.url_map.converters["row"] = RowConverter
    problems.install(app)
    app.register_blueprint(problems.bp)
    face = ApiDocument(
        app, spec_kwargs={"info": {"description": ABOUT}, "security": [{"token": []}]}
    )
    face.register_converter(RowConverter, lambda _: {"type": "integer", "minimum": 1})
    face.register_field(InstantField, "string", "date-time")
    face.ma_plugin.converter.add_attribute_function(_limits)
    face.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    face.spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": "Idempotency-Key",
            "schema": {"type": "string", "maxLength": 255},
            "description": "The same key again is answered as at first, and nothing is done twice",
        },
    )
    rooms = (
        cases,
        courtrooms,
        closed_days,
        hearings,
        suggestions,
        feeds,
        questions,
        papers,
        exchanges,
        filings,
        standard_answers,
        delegates,
        members,
        tokens,
        events,
        webhooks,
        counsel,
        tasks,
        inbox,
        listings,
        imports,
        messages,
    )
    for room in rooms:
        face.register_blueprint(room)
    complete(face.spec)


def _limits(_: Any, field: fields.Field, **kwargs: Any) -> dict[str, Any]:
    """Return the limits of a field for the document."""
    if isinstance(field, TextField):
        limits = {"maxLength": field.most, "pattern": ANY_LINES if field.lines else ONE_LINE}
        return {**limits, **({} if field.blank else {"minLength": 1})}
    if isinstance(field, RowIdField):
        return {"minimum": 1, "maximum": LARGEST_ID}
    if isinstance(field, ListField):
        return {"minItems": field.least, "maxItems": field.most}
    if isinstance(field, MinutesField):
        return {"minimum": SHORTEST, "maximum": LONGEST}
    return {}
