"""Pure: clean typed text, fold what looks alike, and build the keys by which texts are compared.

Text copied from spreadsheets, PDFs, chats and web pages carries invisible characters. Stored as
they come, they turn one case or one counsel into two. All input passes ``clean``;
``comparison_key`` decides whether two texts name the same thing.
"""

import re
import unicodedata
from functools import lru_cache

# Blank characters that Unicode does not class as formats (category Cf) or spaces (Zs): combining
# grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian variation selectors, the empty
# Braille pattern, variation selectors; and the unassigned rest of Default_Ignorable_Code_Point
# (Unicode Character Database, DerivedCoreProperties.txt).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
# Formats that are seen: signs that span the digits behind them (Prepended_Concatenation_Mark).
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
# Scripts in which the joiners change what is read: Arabic to Arabic Extended, Indic to Sinhala,
# Myanmar, Khmer and Mongolian.
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af]")
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ONE_HAN = re.compile(f"[{_HAN}]")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_EMOJI = ("So", "Sk", "Sm")

# Radicals that PDFs give in the place of characters. NFKC knows the Kangxi Radicals (U+2F00 to
# U+2FD5) and two of the CJK Radicals Supplement; these are the others of the supplement that look
# like a whole character (Unicode Character Database, EquivalentUnifiedIdeograph.txt).
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_SUPPLEMENT = dict(
    zip(
        "⺁⺊⺎⺐⺒⺓⺛⺝⺠⺩⺬⺻⺼⺽⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻲",
        "厂卜兀尢巳幺旡月民王示聿月臼虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙亀",
        strict=True,
    )
)

_DIGIT = re.compile(r"(?![0-9])\d")  # of another script
_ALIKE = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4", "'")
    | dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb\u0387\u16eb\u2e31\uff65", "\u00b7")
    | dict.fromkeys("\u201c\u201d\u201e\u2033", '"')
    | dict.fromkeys("\u25cb\u25ef", "\u3007")  # circles typed for the Han zero
)
_FULL_WIDTH = str.maketrans(
    {chr(c + 0xFEE0): chr(c) for c in range(0x30, 0x7B) if chr(c).isalnum()}
)


def clean(text: str, line_break: str = " ") -> str:
    """Return text as it is stored: without invisible characters, in NFC.

    Invisible and blank characters are dropped, all spaces become plain ones, radicals become the
    characters that they look like, and the rest is in Unicode's form NFC. Joiners stay between
    letters that need them (Persian, Indic scripts) and inside emoji. Unicode's line and paragraph
    separators become ``line_break``. Control characters stay, for the caller to refuse.
    """
    if text.isascii():
        return text
    if not text.isprintable() or _BLANK.search(text):
        text = _visible(text, line_break)
    if _RADICAL.search(text):
        text = _RADICAL.sub(_character, text)
    return unicodedata.normalize("NFC", text)


def _visible(text: str, line_break: str) -> str:
    kept: list[str] = []
    for n, c in enumerate(text):
        category = unicodedata.category(c)
        if category == "Zs":
            kept.append(" ")
        elif category in ("Zl", "Zp"):
            kept.append(line_break)
        elif category == "Cf" or _BLANK.match(c):
            before, after = kept[-1] if kept else "", text[n + 1 : n + 2]
            if _SEEN.match(c) or _is_needed(c, before, after):
                kept.append(c)
        else:
            kept.append(c)
    return "".join(kept)


def _is_needed(c: str, before: str, after: str) -> bool:
    """Tell whether a character without a shape of its own changes its neighbours' shape."""
    if not before:
        return False
    last = unicodedata.category(before)
    if c in (_ZWNJ, _ZWJ):
        if after and _JOINING.match(before) and _JOINING.match(after):
            return True
        if c == _ZWJ and unicodedata.combining(before) == 9:  # a virama: half or chillu forms
            return bool(_JOINING.match(before))
        return (
            c == _ZWJ
            and bool(after)
            and unicodedata.category(after) in _EMOJI
            and (last in _EMOJI or before == "\ufe0f")
        )
    if c in "\ufe0e\ufe0f":
        return last in _EMOJI or after == "\u20e3"
    if "\u180b" <= c <= "\u180f":
        return bool(_MONGOLIAN.match(before))
    # How one bearer writes a Han character of their name (Ideographic Variation Database).
    return "\U000e0100" <= c <= "\U000e01ef" and bool(_ONE_HAN.match(before))


def _character(radical: re.Match[str]) -> str:
    return _SUPPLEMENT.get(radical[0]) or unicodedata.normalize("NFKC", radical[0])


def half_width(text: str) -> str:
    """Return text that a machine reads (an address, a number, a time) in its plain characters.

    Full-width letters, signs and digits, and the decimal digits of all scripts, become ASCII.
    """
    if text.isascii():
        return text.strip(" \t\r\n")
    plain = unicodedata.normalize("NFKC", clean(text))
    return _DIGIT.sub(_digit, plain).strip(" \t\r\n")


def _digit(digit: re.Match[str]) -> str:
    return str(unicodedata.decimal(digit[0]))


def whole_number(text: str, most: int = 5) -> int | str:
    """Parse a whole number of at most ``most`` digits; return any other text unchanged."""
    plain = half_width(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= most else text


def half_width_number(text: str) -> str:
    """Return a case number with plain digits and Latin letters; its brackets stay as typed."""
    return text.translate(_FULL_WIDTH)


@lru_cache(maxsize=20_000)  # a row of a file asks for the same few again and again
def comparison_key(text: str) -> str:
    """Return the key by which two texts are the same to a reader.

    It has one width, one case, single spaces (none between Han characters, as in 王　芳), one form
    of dashes, apostrophes and middle dots, and nothing invisible, joiners included.
    """
    key = text
    if not key.isascii():
        key = clean(key)
        if not key.isprintable() or _BLANK.search(key):  # joiners that are stored
            key = "".join(c for c in key if unicodedata.category(c) != "Cf" and not _BLANK.match(c))
        key = unicodedata.normalize("NFKC", key)
        # Folding can take a text out of its form (Unicode Standard, 3.13, NFKC_Casefold).
        key = unicodedata.normalize("NFKC", key.casefold()).translate(_ALIKE)
        key = _DIGIT.sub(_digit, key)
    key = " ".join(key.casefold().replace("`", "'").split())
    return key if key.isascii() else _BETWEEN_HAN.sub("", key)


def has_control(text: str, allowed: str = "") -> bool:
    """Tell whether text has control characters beside ``allowed``, noncharacters or surrogates."""
    if text.isprintable():
        return False
    return any(
        (unicodedata.category(c) in ("Cc", "Cs") and c not in allowed)
        or (ord(c) & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= ord(c) <= 0xFDEF
        for c in text
    )
