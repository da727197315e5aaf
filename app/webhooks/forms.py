"""Pure: the form of an endpoint, for the page and the API."""

from dataclasses import dataclass

from app.core.errors import N_
from app.core.forms import ChoiceField, Form, ListField, TextField, posted
from app.events.rules import EventType

LONGEST_URL = 500


@dataclass(frozen=True, kw_only=True)
class WebhookIn(Form):
    """An endpoint: where events are posted, and which."""

    url: str = posted(
        TextField(
            LONGEST_URL,
            blank=False,
            required=True,
            absent=N_("Enter the address that events are posted to."),
            metadata={"example": "https://files.example/tingqi"},
        )
    )
    description: str = posted(TextField(200, load_default="", metadata={"example": "Case files"}))
    types: list[str] = posted(
        ListField(
            ChoiceField(tuple(EventType)),
            least=0,
            most=len(EventType),
            load_default=list,
            metadata={"description": "Types of events; none: all of them"},
        )
    )
