"""Pure: how members who are outside the court decide with counsel on a slot.

- Whoever says that they cannot come to a slot is not available then: no date is fixed there by
  itself, whatever counsel say. The assistant may still fix it, with a reason, as a slot to which
  counsel says no.
- A round waits for those who sit (assessors), since the court cannot sit without them, until the
  date to answer by. Whoever is silent until then is no obstacle: they are told the date, and may
  still say that they cannot come.
- It does not wait for interpreters, experts and witnesses, nor for anybody without an address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.hearings.rules import agreed_slot

Slots = Sequence[tuple[int, datetime]]


class Attendance(StrEnum):
    """What a member says to one slot; there is no "if needed" about coming when one is needed."""

    CAN = "yes"
    CANNOT = "no"


@dataclass(frozen=True)
class MemberAvailability:
    """A member outside the court: whether they sit and can be asked, and their answers by slot.

    ``says`` is None before they have answered.
    """

    name: str
    sits: bool
    can_be_asked: bool
    says: Mapping[int, str] | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether a date waits for their answer."""
        return self.sits and self.can_be_asked and self.says is None

    def cannot_come(self, slot_id: int) -> bool:
        """Tell whether they said that they cannot come to a slot."""
        return self.says is not None and self.says.get(slot_id) == Attendance.CANNOT


@dataclass(frozen=True)
class Agreement:
    """What follows from all answers so far.

    ``slot_id`` suits counsel, and no member said that they cannot come then. ``counsel_slot_id`` is
    what counsel alone would agree on, and ``absent`` who cannot come to that.
    """

    slot_id: int | None
    counsel_slot_id: int | None
    absent: tuple[str, ...]
    waits_for: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the date can be fixed by itself: there is a slot, and nobody is waited for."""
        return self.slot_id is not None and not self.waits_for


def agreement(
    slots: Slots,
    answers: Sequence[Mapping[int, str] | None],
    members: Sequence[MemberAvailability],
    *,
    over: bool = False,
) -> Agreement:
    """Return what counsel's answers and the members' come to.

    ``answers`` are as for ``agreed_slot``; ``over``: the time to answer has ended, and nobody is
    waited for any longer.
    """
    attended = [each for each in slots if not any(m.cannot_come(each[0]) for m in members)]
    by_counsel = agreed_slot(slots, answers)
    absent = (
        ()
        if by_counsel is None
        else tuple(each.name for each in members if each.cannot_come(by_counsel))
    )
    slot_id = agreed_slot(attended, answers)
    waits = slot_id is not None and not over
    waits_for = tuple(each.name for each in members if waits and each.is_waited_for)
    return Agreement(slot_id, by_counsel, absent, waits_for)
