"""Pure: from the bytes of a mail to its words, by the label that its sender gave them.

Labels are read by the table of the WHATWG Encoding Standard, as mail programs and browsers do: a
label names what was meant when it was coined, and what is sent under it today is the wider set.
"""

import codecs
import re

import webencodings
from webencodings.labels import LABELS

# The decoder of each encoding of the standard whose Python codec of the same name is narrower.
_WIDER = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "",
}
# Labels that the standard lacks and mail programs write.
_MORE = {
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows936": "gb18030",
    "936": "gb18030",
    "euccn": "gb18030",
    "gb180302000": "gb18030",
    "gb180302005": "gb18030",
    "windows950": "big5hkscs",
    "cp950": "big5hkscs",
    "ms950": "big5hkscs",
    "windows932": "cp932",
    "sjis": "cp932",
    "hzgb2312": "hz",
    "hz": "hz",
    "iso2022kr": "iso2022_kr",
    "utf7": "utf_7",
    "unicode11utf7": "utf_7",
    "utf8mb4": "utf-8",
    "cp65001": "utf-8",
    "utf8sig": "utf-8",
    "unicode": "utf-8",
    # No byte beyond 127 is ASCII: where there is one, the label says nothing of it.
    "us-ascii": "",
    "ascii": "",
    "ansi_x3.4-1968": "",
    "iso646us": "",
    "646": "",
    "8bit": "",
    "unknown": "",
    "unknown8bit": "",
    "x-unknown": "",
    "default": "",
    "defaultcharset": "",
    "binary": "",
    "none": "",
    "ansi": "cp1252",
}
# Encodings that hold what another of the same label lacks.
_NEXT = {"big5hkscs": "cp950", "euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_2004"}
# Labels under which anything is sent: what they say is believed after UTF-8 was tried.
_LOOSE = {"cp1252", ""}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_GB2312_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def _plain(label: str) -> str:
    return _PUNCTUATION.sub("", label.lower())


_BY_PLAIN_LABEL = {_plain(label): name for label, name in LABELS.items()}
_MORE = {_plain(label): name for label, name in _MORE.items()}


def codec_of(label: str) -> str:
    """Return the Python codec for a charset label, "" where the label says nothing that is known.

    Case, quotation marks, punctuation and a language (RFC 2231, ``utf-8*en``) do not matter.
    """
    plain = _plain(label.partition("*")[0].partition(";")[0][:80])
    if plain in _MORE:
        return _MORE[plain]
    if plain in _BY_PLAIN_LABEL:
        encoding = webencodings.lookup(_BY_PLAIN_LABEL[plain])
        name = encoding.codec_info.name if encoding else ""
        if name in ("replacement", "x-user-defined"):
            name = ""
    else:
        name = _python_codec(label)
    return _WIDER.get(name, name)


def _python_codec(label: str) -> str:
    try:
        found = codecs.lookup(label.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    # "rot13", "base64" and "idna" are codecs to Python, and no charsets.
    is_charset = getattr(found, "_is_text_encoding", True)
    is_escape = found.name in ("idna", "punycode", "undefined") or "escape" in found.name
    return found.name if is_charset and not is_escape else ""


def decode(raw: bytes, label: str | None, *, is_cut: bool = False) -> str:
    """Return the words that bytes stand for. Never raises; what nothing can read becomes U+FFFD.

    Where the label does not fit its bytes they are tried as UTF-8, then as GB18030. ``is_cut``
    forgives half a character at the end.
    """
    name = codec_of(label or "")
    for bom, marked in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(bom) and (found := _strict(raw[len(bom) :], marked, is_cut)) is not None:
            return found
    for each in _order(raw, name):
        if (found := _strict(raw, each, is_cut)) is not None:
            return found
    return _least_lost(raw, name or "cp1252")


def _order(raw: bytes, name: str) -> list[str]:
    """Return which codecs are tried, the likeliest first."""
    if name not in _LOOSE:
        return [name, *([_NEXT[name]] if name in _NEXT else []), "utf-8", "gb18030"]
    chinese = ["gb18030"] if _is_chinese(raw) else []
    return ["utf-8", "cp1252", *chinese] if name else ["utf-8", *chinese, "cp1252"]


def _strict(raw: bytes, name: str, is_cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(raw, not is_cut)
    except (UnicodeError, LookupError):
        return None


def _is_chinese(raw: bytes) -> bool:
    """Tell whether the high bytes are pairs as of Chinese words.

    Nearly all bytes are GB18030: ``Müller`` in Windows-1252 is, too, but its second byte is a
    letter; most characters in use have both bytes beyond ASCII.
    """
    pairs = _GB_PAIR.findall(raw)
    common = [each for each in pairs if _GB2312_PAIR.fullmatch(each)]
    return bool(common) and len(common) * 2 >= len(pairs)


def _least_lost(raw: bytes, name: str) -> str:
    """Return the reading in which the fewest characters are lost; of like ones the labelled."""
    read = [raw.decode(each, "replace") for each in (name, "utf-8", "gb18030")]
    return min(read, key=lambda words: words.count("\ufffd"))
