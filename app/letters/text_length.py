"""Counting what a text message costs, and choosing the wording that costs least."""

from collections.abc import Iterable

from app.core.gsm7 import EXTENDED, SEPTETS, plain_marks


def segments(body: str) -> int:
    """Return how many segments a text message takes.

    GSM-7: 160 septets in one, 153 in each of several. Any other character makes it UCS-2: 70 and
    67 UTF-16 units (3GPP TS 23.040, 9.2.3.24).
    """
    used = set(body)
    if used <= SEPTETS:
        wide, length, single, part = used & EXTENDED, len(body), 160, 153
    else:
        wide, length, single, part = {c for c in used if c > "\uffff"}, len(body), 70, 67
    if not wide:
        return 1 if length <= single else -(-length // part)
    weights = [2 if c in wide else 1 for c in body]
    return 1 if sum(weights) <= single else _parts(weights, part)


def _parts(weights: list[int], room: int) -> int:
    """Count parts of ``room`` units; a character of two units is never cut in two."""
    count, used = 1, 0
    for weight in weights:
        if used + weight > room:
            count, used = count + 1, 0
        used += weight
    return count


def cheapest(forms: Iterable[str]) -> str:
    """Return the first form that needs the fewest segments: a shorter one only if it saves one.

    Typographic marks become plain ones where that keeps a form in GSM-7.
    """
    best, fewest = "", 0
    for form in map(plain_marks, forms):
        need = segments(form)
        if not fewest or need < fewest:
            best, fewest = form, need
        if need == 1:  # none can need fewer: the others need not be written at all
            break
    return best
