"""Pure: the form of an outcome; page, API and import share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from app.cases.forms import SIDES
from app.core.errors import N_, Message
from app.core.forms import (
    ChoiceField,
    Form,
    ListField,
    RowIdField,
    TextField,
    WholeNumberField,
    posted,
)
from app.outcomes.rules import MAX_REASON, Outcome, OutcomeCause

MOST_ABSENT = 200
CHOOSE_OUTCOME = N_("Choose the outcome.")


class AbsentField(fields.Raw):
    """Who was absent: counsel by their id, or all counsel of a side by its name."""

    def __init__(self, **kwargs: Any) -> None:
        about = {
            "oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "enum": list(SIDES)}]
        }
        super().__init__(metadata=about, **kwargs)
        self.by_id = RowIdField()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int | str:
        if isinstance(value, str) and value in SIDES:
            return value
        try:
            return int(self.by_id.deserialize(value))
        except ValidationError as fault:
            words = N_("Give the id of a counsel, or a side: claimant, respondent or other.")
            raise ValidationError([Message(words)]) from fault


@dataclass(frozen=True, kw_only=True)
class OutcomeIn(Form):
    """The outcome of a hearing, who was absent, and why it was adjourned or not held.

    ``replaces``: the number of the outcome that this one corrects, where there is one already.
    """

    outcome: str = posted(ChoiceField(tuple(Outcome), required=True, absent=CHOOSE_OUTCOME))
    absent: Sequence[int | str] = posted(
        ListField(AbsentField(), least=0, most=MOST_ABSENT, load_default=list)
    )
    cause: str = posted(ChoiceField(("", *OutcomeCause), load_default=""))
    reason: str = posted(TextField(MAX_REASON, lines=True, load_default=""))
    replaces: int | None = posted(WholeNumberField(load_default=None, allow_none=True))
