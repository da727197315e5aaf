"""Pure: what a proposal, an answer, a move or a cancellation must look like."""

from typing import Any

from marshmallow import ValidationError, fields

from app.core.characters import clean, has_control
from app.core.errors import N_, Message
from app.core.forms import (
    ABSENT,
    REQUIRED,
    ChoiceField,
    Input,
    InstantField,
    ListField,
    RowIdField,
    TextField,
    WholeNumberField,
)
from app.hearings.rules import MOST_SLOTS

SHORTEST, LONGEST = 5, 600  # minutes


class MinutesField(WholeNumberField):
    """A length in whole minutes, 5 to 600."""

    def __init__(self, **more: Any) -> None:
        said: dict[str, Any] = {**ABSENT, "invalid": N_("Give whole minutes.")}
        super().__init__(error_messages=said, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        minutes = super()._deserialize(value, attr, data, **more)
        if minutes is None or not SHORTEST <= minutes <= LONGEST:
            raise ValidationError(
                [Message(N_("Give %(least)s to %(most)s minutes."), least=SHORTEST, most=LONGEST)]
            )
        return minutes


class CourtroomField(fields.Raw):
    """A courtroom by its name, or by its number as the API gave it."""

    def __init__(self, **more: Any) -> None:
        said: dict[str, Any] = {"required": REQUIRED, "null": REQUIRED}
        super().__init__(error_messages=said, metadata={"type": "string"}, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str | int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62:
            return value
        name = clean(value).strip() if isinstance(value, str) else ""
        if not name or len(name) > 200 or has_control(name):
            raise ValidationError([Message(N_("Name the courtroom."))])
        return name


class SlotIn(Input):
    """One slot: when it begins, and where."""

    starts_at = InstantField(required=True)
    courtroom = CourtroomField(required=True)


class ProposalIn(Input):
    """A round of slots with its date to answer by."""

    slots = ListField(fields.Nested(SlotIn), least=1, most=MOST_SLOTS, required=True)
    answer_by = InstantField(required=True)
    # Unsaid: auto, or assistant where nobody acts for a party of the case (see unasked).
    fix = ChoiceField(("auto", "assistant"), load_default=None)
    # Why a rule's warning does not hold here; stays in the file.
    override_reason = TextField(2000, lines=True, load_default="")


class HearingIn(ProposalIn):
    """A hearing to be arranged, with its first round of slots."""

    case_id = RowIdField(required=True)
    kind = TextField(100, blank=False, load_default="trial")
    minutes = MinutesField(required=True)


class FixIn(Input):
    """An order that fixes one slot."""

    slot_id = RowIdField(required=True)
    reason = TextField(2000, lines=True, blank=False, required=True)


class MoveIn(Input):
    """New slots, or one, and why."""

    slots = ListField(fields.Nested(SlotIn), least=1, most=MOST_SLOTS, load_default=list)
    starts_at = InstantField(load_default=None)
    courtroom = CourtroomField(load_default=None)
    minutes = MinutesField(load_default=None)
    answer_by = InstantField(load_default=None)
    # Unsaid: auto, or assistant where nobody acts for a party of the case (see unasked).
    fix = ChoiceField(("auto", "assistant"), load_default=None)
    reason = TextField(2000, lines=True, blank=False, required=True)
    override_reason = TextField(2000, lines=True, load_default="")


class CancelIn(Input):
    """Why a hearing will not take place."""

    reason = TextField(2000, lines=True, blank=False, required=True)
