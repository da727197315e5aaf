"""Find out how a text file is written: UTF-8, with or without its mark, or GB18030."""

import codecs
from pathlib import Path
from typing import Any

from app.errors import N_, Invalid, Message


def encoding_of(file: Path) -> str:
    """Return the Python name of a text file's encoding.

    Every byte is looked at, line by line. Raises Invalid, naming the line, for NUL bytes, UTF-16,
    what is neither UTF-8 nor GB18030, and lines of both in one file.
    """
    with file.open("rb") as opened:
        start = opened.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _fault(file, N_("The file is UTF-16: save it as CSV UTF-8."))
    marked = start.startswith(codecs.BOM_UTF8)
    foreign = first_utf8 = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if b"\0" in line:
                said = N_("Line %(line)s holds a NUL byte: save the file as CSV UTF-8.")
                raise _fault(file, said, line=number)
            if line.isascii():
                continue
            if (text := _utf8(line)) is None:
                foreign = foreign or number
            elif _surely_utf8(text):
                first_utf8 = first_utf8 or number
            if foreign and (marked or first_utf8):
                raise _mixed(file, foreign, first_utf8 or 1)
    if not foreign:
        return "utf-8-sig"
    return _gb18030(file)


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _surely_utf8(text: str) -> bool:
    """Tell UTF-8 from GB18030 that happens to be valid UTF-8, as the famous 联通 is."""
    return any("\u2e80" <= c <= "\uffef" for c in text)


def _mixed(file: Path, foreign: int, own: int) -> Invalid:
    said = N_(
        "Line %(line)s is not UTF-8, but line %(other)s is: the file mixes two encodings. "
        "Save it as CSV UTF-8."
    )
    return _fault(file, said, line=foreign, other=own)


def _gb18030(file: Path) -> str:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("gb18030")
            except UnicodeDecodeError:
                said = N_("Line %(line)s is neither UTF-8 nor GB18030: save the file as CSV UTF-8.")
                raise _fault(file, said, line=number) from None
    return "gb18030"


def _fault(file: Path, words: str, **facts: Any) -> Invalid:
    return Invalid({file.name: Message(words, **facts)})
