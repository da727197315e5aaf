"""Pure: what a text of digits answers: "1", "1 3", "0"; "B2" where several questions are open."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_CHOICE = re.compile(r"(?:([A-Z])\s*[-:.]?\s*)?(\d{1,2}(?:[\s,;./、和及&+]+\d{1,2})*)\s*[.!。、]*")


@dataclass(frozen=True)
class Choice:
    """The numbers of slots that are picked, none for "none of these"; the question's letter."""

    picks: tuple[int, ...]
    letter: str = ""


def read(words: str) -> Choice | None:
    """Return what a text picks, in digits of any width; None where it says anything else."""
    plain = unicodedata.normalize("NFKC", words).strip().upper()
    found = _CHOICE.fullmatch(plain) if len(plain) <= 60 else None
    if not found:
        return None
    numbers = [int(each) for each in re.findall(r"\d+", found[2])]
    if 0 in numbers and len(numbers) > 1:
        return None
    return Choice(tuple(sorted({each for each in numbers if each})), found[1] or "")


def says(choice: Choice, slots: Sequence[int]) -> dict[int, str] | None:
    """Return a word to each slot: yes to those picked by their number from 1 on, no to the others.

    None where a number is beyond the last slot.
    """
    if any(pick > len(slots) for pick in choice.picks):
        return None
    return {slot: "yes" if n in choice.picks else "no" for n, slot in enumerate(slots, start=1)}
