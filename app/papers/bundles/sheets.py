"""Pure: sheets of A4 with lines of text, as content streams of a PDF.

Latin text is in Helvetica, all else in a font of the reader's own for simplified Chinese (Adobe's
GB1, which every reader of PDFs on a machine that shows Chinese has): no font is in the file.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

WIDTH, HEIGHT, MARGIN = 595.276, 841.89, 56.0  # points
# Widths of Helvetica, in thousandths of the size, from the space to the tilde (Adobe's AFM).
WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278),
    *(500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667),
    *(611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222),
    *(222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500),
    *(500, 334, 260, 334, 584),
)


class LineStyle(StrEnum):
    """Style of a line, with its size and the space above it, both in points."""

    size: float
    above: float

    def __new__(cls, value: str, size: float = 0.0, above: float = 0.0) -> "LineStyle":
        """Create a style; looking one up by its value needs no more."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.size, member.above = size, above
        return member

    TITLE = "title", 20.0, 0.0
    HEADING = "heading", 13.0, 14.0
    TEXT = "text", 10.0, 5.0
    SMALL = "small", 8.0, 1.0


@dataclass(frozen=True)
class Line:
    """A line of text, which may need several on the sheet."""

    style: LineStyle
    text: str


def width_of(character: str, size: float) -> float:
    """Return the width of a character in points."""
    if " " <= character <= "~":
        return WIDTHS[ord(character) - 32] * size / 1000
    return size if not _is_latin(character) else 0.6 * size


def _is_latin(character: str) -> bool:
    """Tell whether the encoding of the Latin font has a character."""
    return character >= " " and bool(character.encode("cp1252", "ignore"))


def wrapped(text: str, size: float, room: float) -> Iterator[str]:
    """Yield a text in lines of at most ``room`` points, broken at blanks or between ideographs."""
    line, width, blank = "", 0.0, -1
    for character in text:
        line, width = line + character, width + width_of(character, size)
        if character == " ":
            blank = len(line)
        elif unicodedata.east_asian_width(character) in "WF":
            blank = len(line) - 1
        if width > room and len(line) > 1:
            at = blank if 0 < blank < len(line) else len(line) - 1
            yield line[:at].rstrip()
            line = line[at:]
            width, blank = sum(width_of(each, size) for each in line), -1
    yield line


def sheets(lines: Sequence[Line]) -> Iterator[bytes]:
    """Yield the content of each sheet that lines need."""
    content: list[str] = []
    y = HEIGHT - MARGIN
    for line in lines:
        y -= line.style.above
        for text in wrapped(line.text, line.style.size, WIDTH - 2 * MARGIN):
            if y - line.style.size < MARGIN:
                yield "\n".join(content).encode("ascii")
                content, y = [], HEIGHT - MARGIN
            y -= line.style.size * 1.35
            content.append(_shown(text, line.style.size, y))
    if content:
        yield "\n".join(content).encode("ascii")


def _shown(text: str, size: float, y: float) -> str:
    """Return the operators that show one line, each run of characters in its font."""
    operators = [f"BT 1 0 0 1 {MARGIN} {y:.2f} Tm"]
    runs: list[tuple[bool, str]] = []
    for character in text:
        latin = _is_latin(character)
        if runs and runs[-1][0] == latin:
            runs[-1] = (latin, runs[-1][1] + character)
        else:
            runs.append((latin, character))
    for latin, run in runs:
        font, encoded = ("F1", run.encode("cp1252")) if latin else ("F2", run.encode("utf-16-be"))
        operators.append(f"/{font} {size} Tf <{encoded.hex()}> Tj")
    return " ".join([*operators, "ET"])
