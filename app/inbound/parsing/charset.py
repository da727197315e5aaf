"""Pure: decode the bytes of a mail by the charset label of its sender.

Labels follow the WHATWG Encoding Standard, as in mail programs and browsers: what is sent under a
label today is often a superset of the charset that the label originally meant.
"""

import codecs
import re

import webencodings
from webencodings.labels import LABELS

# Superset decoders for encodings whose Python codec is narrower than the standard.
_SUPERSETS = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "",
}
# Labels used by mail programs that are not in the standard.
_EXTRA_LABELS = {
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
    # Labels without information about bytes above 127.
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
# Encodings with characters that another one of the same label lacks.
_ALTERNATIVES = {"big5hkscs": "cp950", "euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_2004"}
# Unreliable labels: used only after UTF-8 has been tried.
_UNRELIABLE = {"cp1252", ""}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_GB2312_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def _plain(label: str) -> str:
    return _PUNCTUATION.sub("", label.lower())


_BY_PLAIN_LABEL = {_plain(label): name for label, name in LABELS.items()}
_EXTRA_LABELS = {_plain(label): name for label, name in _EXTRA_LABELS.items()}


def codec_of(label: str) -> str:
    """Return the Python codec of a charset label, or "" if it is unknown.

    Case, quotation marks, punctuation and a language (RFC 2231, ``utf-8*en``) do not matter.
    """
    plain = _plain(label.partition("*")[0].partition(";")[0][:80])
    if plain in _EXTRA_LABELS:
        return _EXTRA_LABELS[plain]
    if plain in _BY_PLAIN_LABEL:
        encoding = webencodings.lookup(_BY_PLAIN_LABEL[plain])
        name = encoding.codec_info.name if encoding else ""
        if name in ("replacement", "x-user-defined"):
            name = ""
    else:
        name = _python_codec(label)
    return _SUPERSETS.get(name, name)


def _python_codec(label: str) -> str:
    try:
        codec = codecs.lookup(label.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    # "rot13", "base64" and "idna" are codecs to Python, and no charsets.
    is_charset = getattr(codec, "_is_text_encoding", True)
    is_escape = codec.name in ("idna", "punycode", "undefined") or "escape" in codec.name
    return codec.name if is_charset and not is_escape else ""


def decode(raw: bytes, label: str | None, *, is_cut: bool = False) -> str:
    """Decode bytes. Never raises; undecodable bytes become U+FFFD.

    If the label does not fit, UTF-8 and GB18030 are tried. ``is_cut`` permits an incomplete
    character at the end.
    """
    name = codec_of(label or "")
    for bom, bom_codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if (
            raw.startswith(bom)
            and (text := _strict(raw[len(bom) :], bom_codec, is_cut)) is not None
        ):
            return text
    for codec in _candidates(raw, name):
        if (text := _strict(raw, codec, is_cut)) is not None:
            return text
    return _best_lossy(raw, name or "cp1252")


def _candidates(raw: bytes, name: str) -> list[str]:
    """Return the codecs to try, most likely first."""
    if name not in _UNRELIABLE:
        return [name, *([_ALTERNATIVES[name]] if name in _ALTERNATIVES else []), "utf-8", "gb18030"]
    chinese = ["gb18030"] if _is_chinese(raw) else []
    return ["utf-8", "cp1252", *chinese] if name else ["utf-8", *chinese, "cp1252"]


def _strict(raw: bytes, name: str, is_cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(raw, not is_cut)
    except (UnicodeError, LookupError):
        return None


def _is_chinese(raw: bytes) -> bool:
    """Tell whether the high bytes form pairs as in Chinese text.

    Almost any bytes are valid GB18030, ``Müller`` in Windows-1252 as well; but there the second
    byte is a letter, while common Chinese characters have two bytes above 127.
    """
    pairs = _GB_PAIR.findall(raw)
    common = [each for each in pairs if _GB2312_PAIR.fullmatch(each)]
    return bool(common) and len(common) * 2 >= len(pairs)


def _best_lossy(raw: bytes, name: str) -> str:
    """Return the decoding with the fewest U+FFFD; among equals that of the label."""
    candidates = [raw.decode(codec, "replace") for codec in (name, "utf-8", "gb18030")]
    return min(candidates, key=lambda words: words.count("\ufffd"))
