"""Pure: forms of a proposal, an order, a move and a cancellation; page and API share them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from app.core.characters import clean, has_control
from app.core.errors import N_, Message
from app.core.forms import (
    ChoiceField,
    ErrorMessages,
    Form,
    InstantField,
    ListField,
    RowIdField,
    TextField,
    WholeNumberField,
    absent_messages,
    nested,
    posted,
)
from app.court.bench import BenchMember
from app.court.forms import BenchField
from app.hearings.rules import MOST_SLOTS, MoveCause
from app.hearings.sittings.rules import MOST_SITTINGS, Sitting

SHORTEST, LONGEST = 5, 600  # minutes
ENTER_TIME = N_("Enter the day and the time.")
ENTER_MINUTES = N_("Enter the length of the hearing in minutes.")
CHOOSE_COURTROOM = N_("Choose a courtroom.")
NO_SLOT = N_("Add at least one slot: day, time and courtroom.")


class MinutesField(WholeNumberField):
    """A length in whole minutes, 5 to 600."""

    def __init__(self, **kwargs: Any) -> None:
        messages: ErrorMessages = {
            **absent_messages(ENTER_MINUTES),
            "invalid": N_("Enter whole minutes, such as 90."),
        }
        super().__init__(error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        minutes = super()._deserialize(value, attr, data, **kwargs)
        if minutes is not None and minutes > LONGEST:
            words = N_(
                "Enter at most %(most)s minutes. Propose a longer hearing by itself, as several "
                "days of one slot."
            )
            raise ValidationError([Message(words, most=LONGEST)])
        if minutes is None or not SHORTEST <= minutes <= LONGEST:
            raise ValidationError(
                [Message(N_("Enter %(least)s to %(most)s minutes."), least=SHORTEST, most=LONGEST)]
            )
        return minutes


class CourtroomField(fields.Raw):
    """A courtroom by its name, or by its number as the API gave it."""

    def __init__(self, **kwargs: Any) -> None:
        messages = absent_messages(CHOOSE_COURTROOM)
        super().__init__(error_messages=messages, metadata={"type": "string"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str | int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62:
            return value
        name = clean(value).strip() if isinstance(value, str) else ""
        if not name or len(name) > 200 or has_control(name):
            raise ValidationError([Message(CHOOSE_COURTROOM)])
        return name


@dataclass(frozen=True, kw_only=True)
class SittingIn(Form):
    """One sitting of a slot; without ``minutes`` as long as the hearing says."""

    starts_at: dt.datetime = posted(InstantField(required=True, absent=ENTER_TIME))
    minutes: int | None = posted(MinutesField(load_default=None))
    courtroom: str | int = posted(CourtroomField(required=True))


class SittingsField(ListField):
    """One to twenty sittings."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            nested(SittingIn),
            least=1,
            most=MOST_SITTINGS,
            too_few=N_("Add at least one sitting: day, time, minutes and courtroom."),
            too_many=N_("Remove sittings until there are %(most)s or fewer; there are %(count)s."),
            **kwargs,
        )


@dataclass(frozen=True, kw_only=True)
class SlotIn(Form):
    """One slot: when it begins, and where; or a set of sittings, which one hearing is to have.

    Of a set, time and courtroom are those of its first sitting.
    """

    starts_at: dt.datetime = posted(InstantField(absent=ENTER_TIME), default=None)
    courtroom: str | int = posted(CourtroomField(), default=None)
    sittings: Sequence[SittingIn] = posted(SittingsField(load_default=tuple))

    @classmethod
    def errors_together(cls, raw: Mapping[str, Any]) -> dict[str, Message]:
        """Return what lacks: time and courtroom, of the slot or of its sittings."""
        own = {"starts_at": ENTER_TIME, "courtroom": CHOOSE_COURTROOM}
        if "sittings" not in raw:
            return {name: Message(words) for name, words in own.items() if name not in raw}
        words = N_("Leave this out: the sittings have their own.")
        return {name: Message(words) for name in own if name in raw}

    def __post_init__(self) -> None:
        """Take time and courtroom of a set from its first sitting."""
        if self.sittings:
            first = min(self.sittings, key=lambda each: each.starts_at)
            object.__setattr__(self, "starts_at", first.starts_at)
            object.__setattr__(self, "courtroom", first.courtroom)

    @classmethod
    def of(cls, sittings: Sequence[Sitting]) -> "SlotIn":
        """Return the slot of planned sittings, one or several."""
        if len(sittings) == 1:
            return cls(starts_at=sittings[0].starts_at, courtroom=sittings[0].courtroom_id)
        return cls(
            sittings=[
                SittingIn(
                    starts_at=each.starts_at,
                    minutes=(each.ends_at - each.starts_at) // dt.timedelta(minutes=1),
                    courtroom=each.courtroom_id,
                )
                for each in sittings
            ]
        )

    @property
    def parts(self) -> Sequence[SittingIn]:
        """The sittings, as given; one where there is no set of them."""
        return self.sittings or [SittingIn(starts_at=self.starts_at, courtroom=self.courtroom)]

    def parts_by_field(self, number: int) -> dict[str, SittingIn]:
        """Return the sittings by the path of their fields, in slot ``number`` of a form."""
        if not self.sittings:
            return {f"slots.{number}": self.parts[0]}
        return {f"slots.{number}.sittings.{n}": each for n, each in enumerate(self.sittings)}


class SlotsField(ListField):
    """One to ten slots."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            nested(SlotIn),
            least=1,
            most=MOST_SLOTS,
            too_few=NO_SLOT,
            absent=NO_SLOT,
            too_many=N_("Remove slots until there are %(most)s or fewer; there are %(count)s."),
            **kwargs,
        )


@dataclass(frozen=True, kw_only=True)
class ProposalIn(Form):
    """Slots with their date to answer by.

    ``fix``: None means auto, or assistant where nobody acts for a party of the case (see
    unrepresented). ``override_reason``: why a warning of the rules does not hold; kept on file.
    """

    slots: Sequence[SlotIn] = posted(SlotsField(required=True))
    answer_by: dt.datetime = posted(
        InstantField(required=True, absent=N_("Enter the date to answer by."))
    )
    fix: str | None = posted(ChoiceField(("auto", "assistant"), load_default=None))
    override_reason: str = posted(TextField(2000, lines=True, load_default=""))


@dataclass(frozen=True, kw_only=True)
class HearingIn(ProposalIn):
    """A hearing to be arranged, with its first proposal."""

    case_id: int = posted(RowIdField(required=True))
    kind: str = posted(
        TextField(
            100, blank=False, load_default="trial", absent=N_("Choose the kind of the hearing.")
        )
    )
    minutes: int | None = posted(MinutesField(load_default=None))
    # All people of the hearing, who presides included; None: those of the case.
    bench: Sequence[BenchMember] | None = posted(BenchField(load_default=None))

    @classmethod
    def errors_together(cls, raw: Mapping[str, Any]) -> dict[str, Message]:
        """Return whether the length lacks: it may be left out where every sitting has its own."""
        slots = raw.get("slots")
        listed = slots if isinstance(slots, list) else []  # what is none has its own error
        sets = [each.get("sittings") for each in listed if isinstance(each, Mapping)]
        if raw.get("minutes") is None and not (sets and all(map(_have_minutes, sets))):
            return {"minutes": Message(ENTER_MINUTES)}
        return {}

    @property
    def length(self) -> int:
        """Minutes of a sitting that has no length of its own."""
        return self.minutes or self.slots[0].parts[0].minutes or SHORTEST


def _have_minutes(sittings: object) -> bool:
    listed = sittings if isinstance(sittings, list) else []
    return bool(listed) and all(isinstance(each, Mapping) and "minutes" in each for each in listed)


@dataclass(frozen=True, kw_only=True)
class AgreedSlotIn(Form):
    """The slot that all agreed on."""

    slot_id: int = posted(RowIdField(required=True, absent=N_("Choose a slot.")))


@dataclass(frozen=True, kw_only=True)
class FixIn(AgreedSlotIn):
    """An order that fixes one slot."""

    reason: str = posted(
        TextField(
            2000,
            lines=True,
            blank=False,
            required=True,
            absent=N_("Enter the reason for the order."),
        )
    )


@dataclass(frozen=True, kw_only=True)
class MoveIn(Form):
    """New slots, or one, and why. ``fix`` and ``override_reason`` as in ``ProposalIn``."""

    slots: Sequence[SlotIn] = posted(SlotsField(load_default=list))
    starts_at: dt.datetime | None = posted(InstantField(load_default=None))
    courtroom: str | int | None = posted(CourtroomField(load_default=None))
    minutes: int | None = posted(MinutesField(load_default=None))
    answer_by: dt.datetime | None = posted(InstantField(load_default=None))
    fix: str | None = posted(ChoiceField(("auto", "assistant"), load_default=None))
    reason: str = posted(
        TextField(
            2000,
            lines=True,
            blank=False,
            required=True,
            absent=N_("Enter the reason for the new slots or the new date."),
        )
    )
    # What the move is counted as; nobody but the court reads it.
    cause: str = posted(ChoiceField(("", *MoveCause), load_default=""))
    override_reason: str = posted(TextField(2000, lines=True, load_default=""))


@dataclass(frozen=True, kw_only=True)
class MoveDecisionIn(Form):
    """Decision on a request to move: to one of its slots, or to leave the date, and why.

    A slot on which all sides agree needs no reason.
    """

    decision: str = posted(ChoiceField(("move", "refuse"), required=True))
    slot: int | None = posted(RowIdField(load_default=None, allow_none=True))
    reason: str = posted(TextField(2000, lines=True, load_default=""))
    override_reason: str = posted(TextField(2000, lines=True, load_default=""))


@dataclass(frozen=True, kw_only=True)
class CancelIn(Form):
    """Why a hearing will not take place."""

    reason: str = posted(
        TextField(
            2000,
            lines=True,
            blank=False,
            required=True,
            absent=N_("Enter why the hearing will not take place."),
        )
    )


@dataclass(frozen=True, kw_only=True)
class BenchChangeIn(Form):
    """All people of a hearing from now on, who presides included, and why.

    ``tell``: counsel are told even where they need not know. ``whole_case``: the same change is
    made in the case, and in its other hearings to come. ``override_reason`` as in ``ProposalIn``.
    """

    bench: Sequence[BenchMember] = posted(
        BenchField(required=True, absent=N_("Name the judge who presides."))
    )
    reason: str = posted(TextField(2000, lines=True, load_default=""))
    override_reason: str = posted(TextField(2000, lines=True, load_default=""))
    tell: bool = posted(
        fields.Boolean(load_default=False, error_messages={"invalid": N_("Enter true or false.")})
    )
    whole_case: bool = posted(
        fields.Boolean(load_default=False, error_messages={"invalid": N_("Enter true or false.")})
    )
