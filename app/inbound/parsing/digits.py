"""Pure: what a text of digits answers: "1", "1 3", "0"; "B2" where several questions are open.

Digits are read as hands and telephones write them: of any width, in brackets or with a full stop
behind, circled, as keycap emoji, as "No. 1", 选1 or 第一个, with invisible characters around. What
says anything beside the numbers, even "1 please", is no choice: a person reads it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 60  # characters of a choice, once it is plain
# Joiners and fillers that Unicode counts among letters, symbols and marks instead of formats, and
# enclosing marks. Not those that strike out: U+0336, U+20E0.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\u20dd-\u20df\u20e2\u20e3"
    "\U000e0100-\U000e01ef]"
)
_KEYCAP = re.compile("(\\d)\ufe0f?\u20e3")
# What NFKC would make into something else: "№1" into "No1", which may be a refusal.
_SIGNS = str.maketrans({"№": "#", "º": "°", "🔟": "(10)", "〇": "0", "零": "0"})
_HAN = "一二三四五六七八九十"

# Kinds of tokens, by the letter that stands for one in _SHAPE; the first that fits is taken.
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
_PICK = r"[oq]*(?:pw?)*(?:hw?nf?|[oq]*n)"  # 个 only behind 第: "选1个" is "choose one"
_SHAPE = re.compile(rf"[oq]*(?:Lw?[dsec]?w?)?{_PICK}(?:(?:[cqsw]+a?[sw]*|a[sw]*){_PICK})*[cqswe]*")


@dataclass(frozen=True)
class SlotChoice:
    """The numbers of slots that are picked, none for "none of these"; the question's letter."""

    picks: tuple[int, ...]
    letter: str = ""


def plain(words: str) -> str:
    """Return a text in capitals, of one width, without what nobody sees; circled digits as (1)."""
    words = _KEYCAP.sub(r"(\1)", words).translate(_SIGNS)
    words = "".join(_uncircled(each) for each in words)
    words = unicodedata.normalize("NFKC", _UNSEEN.sub("", words))
    return "".join(each for each in words if _is_seen(each)).strip().upper()


def _uncircled(character: str) -> str:
    """Return ① or ㈠ as "(1)", so that two beside each other are two numbers."""
    number = unicodedata.numeric(character, -1.0)
    known = unicodedata.category(character) == "No" and 0 <= number < 100 and number.is_integer()
    return f"({int(number)})" if known else character


def _is_seen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cf", "Cc")


def read(words: str) -> SlotChoice | None:
    """Return what a text picks, in digits of any width; None where it says anything else."""
    said = plain(words[: 10 * LONGEST])
    if len(said) > LONGEST or len(words) > 10 * LONGEST:
        return None
    tokens, at = [], 0
    while at < len(said):
        found = _TOKEN.match(said, at)
        if found is None or found.lastgroup is None:
            return None
        tokens.append((found.lastgroup, found.group()))
        at = found.end()
    if not _SHAPE.fullmatch("".join(kind for kind, _ in tokens)):
        return None
    numbers = [_number(word) for kind, word in tokens if kind == "n"]
    if 0 in numbers and len(numbers) > 1:
        return None
    letter = next((word for kind, word in tokens if kind == "L"), "")
    return SlotChoice(tuple(sorted({each for each in numbers if each})), letter)


def _number(word: str) -> int:
    return _HAN.index(word) + 1 if word in _HAN else int(word)


def says(choice: SlotChoice, slots: Sequence[int]) -> dict[int, str] | None:
    """Return a word to each slot: yes to those picked by their number from 1 on, no to the others.

    None where a number is beyond the last slot.
    """
    if any(pick > len(slots) for pick in choice.picks):
        return None
    return {slot: "yes" if n in choice.picks else "no" for n, slot in enumerate(slots, start=1)}
