"""Pure: text in a terminal's columns, of which a Chinese character takes two."""

import re
import unicodedata

_CLOSING = "，。、；：！？）」』】》”’…"
_OPENING = "（「『【《“‘"
_WIDE = "\u2e80-\u9fff\uff00-\uffef"
# Where a line may be broken: after a blank, and between wide characters, whose punctuation stays
# with them.
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*\s*"
)


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) + sum(unicodedata.east_asian_width(each) in "WF" for each in text)


def padded(text: str, width: int) -> str:
    """Return a text followed by blanks up to a number of columns."""
    return text + " " * max(0, width - columns(text))


def pieces(paragraph: str) -> list[str]:
    """Return the parts of a paragraph between which a line may be broken."""
    return _PIECE.findall(" ".join(paragraph.split()))


def wrapped(paragraph: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most ``width`` columns."""
    lines, line = [], ""
    for piece in pieces(paragraph):
        if line and columns((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines
