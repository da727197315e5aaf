"""Pure: parse answers by digit: "1", "1 3", "0"; "B2" if several proposals are open.

Accepts digits as people and telephones write them: any width, in brackets, with a full stop,
circled, as keycap emoji, "No. 1", 选1 or 第一个, with invisible characters. A text with anything
else, even "1 please", is not a choice and goes to the assistant.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 60  # characters of a normalized choice
# Joiners and fillers that Unicode does not classify as format characters, and enclosing marks. Not
# those that strike out: U+0336, U+20E0.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\u20dd-\u20df\u20e2\u20e3"
    "\U000e0100-\U000e01ef]"
)
_KEYCAP = re.compile("(\\d)\ufe0f?\u20e3")
# Signs that NFKC would change: "№1" would become "No1", which may be a refusal.
_SIGNS = str.maketrans({"№": "#", "º": "°", "🔟": "(10)", "〇": "0", "零": "0"})
_HAN = "一二三四五六七八九十"

# Token kinds, by their letter in _SHAPE; the first match wins.
_TOKENS = {
    "n": rf"\d{{1,2}}|[{_HAN}]",
    "w": r"\s+",
    "a": r"(?:AND|OR)(?![A-Z])|[和及与跟或/|&+]",
    "p": r"NOS?\.|N°|NR\.?|NUM(?:BER)?S?|SLOTS?|OPTIONS?|CHOICES?|选项|时段|方案|选择|选|#",
    "h": r"第",
    "f": r"个时段|时段|个|项",
    "L": r"[A-Z](?![A-Z])",
    "o": r"[(\[{<“‘「『【《〈«]",
    "c": r"[)\]}>”’」』】》〉»]",
    "q": r"[\"'*`]",
    "s": r"[,;.、。]",
    "e": r"[!:]",
    "d": r"-",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _TOKENS.items()))
_PICK = r"[oq]*(?:pw?)*(?:hw?nf?|[oq]*n)"  # 个 only after 第: "选1个" means "choose one"
_SHAPE = re.compile(rf"[oq]*(?:Lw?[dsec]?w?)?{_PICK}(?:(?:[cqsw]+a?[sw]*|a[sw]*){_PICK})*[cqswe]*")


@dataclass(frozen=True)
class SlotChoice:
    """Numbers of the chosen slots, empty for "none of these", and the letter of the proposal."""

    picks: tuple[int, ...]
    letter: str = ""


def plain(text: str) -> str:
    """Normalize a text: NFKC, upper case, no invisible characters, circled digits as (1)."""
    # Not half_width: NFKC would join ①② to 12, and joiners and enclosing marks go here everywhere.
    text = _KEYCAP.sub(r"(\1)", text).translate(_SIGNS)
    text = "".join(_uncircled(character) for character in text)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return "".join(character for character in text if _is_visible(character)).strip().upper()


def _uncircled(character: str) -> str:
    """Return ① or ㈠ as "(1)", so that adjacent ones stay separate numbers."""
    number = unicodedata.numeric(character, -1.0)
    is_circled = (
        unicodedata.category(character) == "No" and 0 <= number < 100 and number.is_integer()
    )
    return f"({int(number)})" if is_circled else character


def _is_visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cf", "Cc")


def read(text: str) -> SlotChoice | None:
    """Parse a text as a choice of slots; None if it is anything else."""
    normalized = plain(text[: 10 * LONGEST])
    if len(normalized) > LONGEST or len(text) > 10 * LONGEST:
        return None
    tokens, at = [], 0
    while at < len(normalized):
        match = _TOKEN.match(normalized, at)
        if match is None or match.lastgroup is None:
            return None
        tokens.append((match.lastgroup, match.group()))
        at = match.end()
    if not _SHAPE.fullmatch("".join(kind for kind, _ in tokens)):
        return None
    numbers = [_number(token) for kind, token in tokens if kind == "n"]
    if 0 in numbers and len(numbers) > 1:
        return None
    letter = next((token for kind, token in tokens if kind == "L"), "")
    return SlotChoice(tuple(sorted({each for each in numbers if each})), letter)


def _number(token: str) -> int:
    return _HAN.index(token) + 1 if token in _HAN else int(token)


def answers(choice: SlotChoice, slots: Sequence[int]) -> dict[int, str] | None:
    """Return the answer to each slot id: yes if its number, from 1, is chosen, else no.

    None if a number is greater than the number of slots.
    """
    if any(pick > len(slots) for pick in choice.picks):
        return None
    return {slot: "yes" if n in choice.picks else "no" for n, slot in enumerate(slots, start=1)}
