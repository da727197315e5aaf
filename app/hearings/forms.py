"""Pure: what a proposal, an answer, a move or a cancellation must look like."""

import datetime as dt
from typing import Any

from marshmallow import ValidationError, fields

from app.cases.forms import REQUIRED, Choice, Input, Many, Words
from app.errors import N_, Message
from app.hearings.rules import MOST_SLOTS

SHORTEST, LONGEST = 5, 600  # minutes


class Instant(fields.Field):
    """An instant as ISO 8601 with its offset: 2026-12-15T09:30:00+08:00. Never without."""

    def __init__(self, **more: Any) -> None:
        said = {"required": REQUIRED, "null": REQUIRED}
        about = {"type": "string", "format": "date-time", "example": "2026-12-15T09:30:00+08:00"}
        super().__init__(error_messages=said, metadata=about, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> dt.datetime:
        if isinstance(value, dt.datetime) and value.tzinfo:
            return value
        try:
            at = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None or (isinstance(value, str) and len(value) < 16):
            raise ValidationError([Message(N_("Give the time as 2026-12-15T09:30:00+08:00."))])
        if at.tzinfo is None:
            raise ValidationError(
                [Message(N_("Give the time with its offset, as 2026-12-15T09:30:00+08:00."))]
            )
        if not 2000 <= at.year <= 2200:
            raise ValidationError([Message(N_("The year cannot be right."))])
        return at.replace(second=0, microsecond=0)

    def _serialize(self, value: Any, attr: Any, obj: Any, **more: Any) -> Any:
        return value.isoformat() if value else None


class Minutes(fields.Integer):
    """A length in whole minutes, 5 to 600."""

    def __init__(self, **more: Any) -> None:
        said = {"required": REQUIRED, "null": REQUIRED, "invalid": N_("Give whole minutes.")}
        super().__init__(strict=True, error_messages=said, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        minutes = super()._deserialize(value, attr, data, **more)
        if minutes is None or not SHORTEST <= minutes <= LONGEST:
            raise ValidationError(
                [Message(N_("Give %(least)s to %(most)s minutes."), least=SHORTEST, most=LONGEST)]
            )
        return minutes


class RoomName(fields.Raw):
    """A courtroom by its name, or by its number as the API gave it."""

    def __init__(self, **more: Any) -> None:
        said = {"required": REQUIRED, "null": REQUIRED}
        super().__init__(error_messages=said, metadata={"type": "string"}, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str | int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62:
            return value
        if not isinstance(value, str) or not value.strip() or len(value) > 200 or "\0" in value:
            raise ValidationError([Message(N_("Name the courtroom."))])
        return value.strip()


class SlotIn(Input):
    """One slot: when it begins, and where."""

    starts_at = Instant(required=True)
    courtroom = RoomName(required=True)


class RoundIn(Input):
    """A round of slots with its date to answer by."""

    slots = Many(fields.Nested(SlotIn), least=1, most=MOST_SLOTS, required=True)
    answer_by = Instant(required=True)
    fix = Choice(("auto", "assistant"), load_default="auto")
    # Why a rule's warning does not hold here; stays in the file.
    override_reason = Words(2000, lines=True, load_default="")


class HearingIn(RoundIn):
    """A hearing to be arranged, with its first round of slots."""

    case_id = fields.Integer(
        required=True, strict=True,
        error_messages={"required": REQUIRED, "null": REQUIRED, "invalid": N_("Give a number.")},
    )  # fmt: skip
    kind = Words(100, blank=False, load_default="trial")
    minutes = Minutes(required=True)


class FixIn(Input):
    """An order that fixes one slot."""

    slot_id = fields.Integer(
        required=True, strict=True,
        error_messages={"required": REQUIRED, "null": REQUIRED, "invalid": N_("Give a number.")},
    )  # fmt: skip
    reason = Words(2000, lines=True, blank=False, required=True)


class MoveIn(Input):
    """New slots, or one, and why."""

    slots = Many(fields.Nested(SlotIn), least=1, most=MOST_SLOTS, load_default=list)
    starts_at = Instant(load_default=None)
    courtroom = RoomName(load_default=None)
    minutes = Minutes(load_default=None)
    answer_by = Instant(load_default=None)
    fix = Choice(("auto", "assistant"), load_default="auto")
    reason = Words(2000, lines=True, blank=False, required=True)
    override_reason = Words(2000, lines=True, load_default="")


class CancelIn(Input):
    """Why a hearing will not take place."""

    reason = Words(2000, lines=True, blank=False, required=True)
