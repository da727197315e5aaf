"""Pure: half-days, by a court's wall clock, and how they are written and said."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.errors import N_, DayName, Message


class DayHalf(StrEnum):
    """Half of a court's day: before or after the beginning of its lunch break."""

    AM = "am"
    PM = "pm"


WORDS = {DayHalf.AM: N_("%(day)s, morning"), DayHalf.PM: N_("%(day)s, afternoon")}


@dataclass(frozen=True, order=True)
class HalfDay:
    """One half of one day."""

    on: dt.date
    half: DayHalf

    def __str__(self) -> str:
        return f"{self.on.isoformat()}-{self.half}"

    @property
    def words(self) -> Message:
        """The day with its weekday, and which half of it."""
        return Message(WORDS[self.half], day=DayName(self.on))


def parse(text: str) -> HalfDay | None:
    """Return the half-day that ``str`` writes as ``2026-12-17-am``, or None."""
    day, _, half = text.rpartition("-")
    try:
        return HalfDay(dt.date.fromisoformat(day), DayHalf(half))
    except ValueError:
        return None


def of_entry(content: Mapping[str, Any]) -> tuple[HalfDay, ...]:
    """Return the half-days in the content of an answer's entry on the record, in order."""
    half_days = (parse(str(text)) for text in content.get("half_days", ()))
    return tuple(sorted(each for each in half_days if each is not None))


def described(half_days: Iterable[HalfDay]) -> list[Message]:
    """Return some half-days in words, in order; both halves of a day are one."""
    days: dict[dt.date, list[HalfDay]] = {}
    for each in sorted(half_days):
        days.setdefault(each.on, []).append(each)
    return [
        Message(N_("%(day)s, all day"), day=DayName(day)) if len(halves) > 1 else halves[0].words
        for day, halves in days.items()
    ]
