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


@dataclass(frozen=True)
class AbsentMember:
    """Somebody outside the court who did not come, by their id as in ``GET /members``."""

    member_id: int


class AbsentField(fields.Raw):
    """Who was absent: counsel by their id, all counsel of a side by its name, or a member."""

    def __init__(self, **kwargs: Any) -> None:
        identifier = {"type": "integer", "minimum": 1}
        about = {
            "oneOf": [
                identifier,
                {"type": "string", "enum": list(SIDES)},
                {
                    "type": "object",
                    "properties": {"member_id": identifier},
                    "required": ["member_id"],
                    "additionalProperties": False,
                },
            ]
        }
        super().__init__(metadata=about, **kwargs)
        self.by_id = RowIdField()

    def _deserialize(
        self, value: Any, attr: Any, data: Any, **kwargs: Any
    ) -> int | str | AbsentMember:
        if isinstance(value, str) and value in SIDES:
            return value
        try:
            if isinstance(value, dict) and value.keys() == {"member_id"}:
                return AbsentMember(self._id(value["member_id"]))
            return self._id(value)
        except ValidationError as fault:
            words = N_(
                "Give the id of a counsel, a side (claimant, respondent or other), or "
                '{"member_id": …} of somebody else who was needed.'
            )
            raise ValidationError([Message(words)]) from fault

    def _id(self, value: Any) -> int:
        return int(self.by_id.deserialize(value) or 0)


@dataclass(frozen=True, kw_only=True)
class OutcomeIn(Form):
    """The outcome of a hearing, who was absent, and why it was adjourned or not held.

    ``replaces``: the number of the outcome that this one corrects, where there is one already.
    """

    outcome: str = posted(ChoiceField(tuple(Outcome), required=True, absent=CHOOSE_OUTCOME))
    absent: Sequence[int | str | AbsentMember] = posted(
        ListField(AbsentField(), least=0, most=MOST_ABSENT, load_default=list)
    )
    cause: str = posted(ChoiceField(("", *OutcomeCause), load_default=""))
    reason: str = posted(TextField(MAX_REASON, lines=True, load_default=""))
    replaces: int | None = posted(WholeNumberField(load_default=None, allow_none=True))
