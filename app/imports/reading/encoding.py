"""Detect the encoding of a text file: the one in which its text is plausible.

Almost any bytes decode in several encodings, so successful decoding proves little. Every non-ASCII
character is scored in the context of its neighbours, and an encoding is accepted if nearly all of
them are plausible. Encodings of the court's country are tried first; others are accepted only if
all of them decode the file to the same text. The usual library, charset-normalizer, was tried: it
does not use the country, and confuses European code pages on a page of names.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import N_, Invalid, Message

# Encodings that can be requested, with their display names.
ENCODINGS = {
    "utf-8": N_("UTF-8"),
    "utf-16": N_("UTF-16"),
    "gb18030": N_("Simplified Chinese (GB18030)"),
    "big5hkscs": N_("Traditional Chinese (Big5)"),
    "cp932": N_("Japanese (Shift_JIS)"),
    "euc_jp": N_("Japanese (EUC-JP)"),
    "cp949": N_("Korean (EUC-KR)"),
    "cp1252": N_("Western Europe (Windows-1252)"),
    "cp1250": N_("Central Europe (Windows-1250)"),
    "cp1251": N_("Cyrillic (Windows-1251)"),
    "cp1253": N_("Greek (Windows-1253)"),
    "cp1254": N_("Turkish (Windows-1254)"),
    "cp1257": N_("Baltic (Windows-1257)"),
}
# Supersets to decode with, as in the WHATWG Encoding Standard.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-2": "cp1250",
    "iso8859-5": "cp1251",
    "utf-8-sig": "utf-8",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
_LEGACY = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jp",
    "cp949",
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
)
_OF_COUNTRY = {
    "big5hkscs": "TW HK MO",
    "cp932": "JP",
    "euc_jp": "JP",
    "cp949": "KR KP",
    "gb18030": "CN SG",
    "cp1250": "PL CZ SK HU SI HR RO BA AL ME",
    "cp1251": "RU BY UA BG MK RS KZ KG MN TJ",
    "cp1253": "GR CY",
    "cp1254": "TR AZ",
    "cp1257": "LT LV EE",
}
_CJK_COUNTRIES = frozenset(("TW", "HK", "MO", "JP", "KR", "KP", "CN", "MN"))
PLAUSIBLE, DOUBTFUL = 0.8, 0.4  # scores
_SAMPLE = 128 * 1024  # bytes of non-ASCII lines
_PREVIEW_LENGTH = 600  # characters of the preview in each encoding


@dataclass(frozen=True)
class EncodingChoice:
    """One way to read a file: value to submit, display name, and a preview."""

    value: str
    name: Message
    sample: str = ""


class NeedsChoice(Invalid):
    """A file can be read in several ways, and the user has to choose."""

    def __init__(self, field: str, message: Message, choices: Sequence[EncodingChoice]) -> None:
        super().__init__({"file": message})
        self.field, self.choices = field, choices


def codec_name(label: str) -> str:
    """Return the Python codec of an encoding named by a user. Raises Invalid."""
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError, UnicodeError):
        name = ""
    codec = _SUPERSETS.get(name, name)
    if (
        codec not in ENCODINGS
        and codec not in _SUPERSETS.values()
        and not name.startswith(("cp12", "cp8", "cp4", "iso8859", "koi8", "mac-", "euc", "utf-32"))
    ):
        text = N_("There is no encoding %(name)s; there are: %(known)s.")
        raise Invalid({"--encoding": Message(text, name=label[:40], known=list(ENCODINGS))})
    return codec


def encoding_of(file: Path, *, requested: str = "", country: str = "", language: str = "") -> str:
    """Return the Python codec of a text file.

    ``requested`` overrides detection; ``country`` (ISO 3166) and ``language`` are the court's.
    Raises Invalid, naming the line, for undecodable bytes and mixed encodings; NeedsChoice if the
    text is plausible in several encodings or in none.
    """
    with file.open("rb") as stream:
        start = stream.read(64 * 1024)
    if requested:
        return _verified(file, codec_name(requested))
    if bom_encoding := _encoding_by_bom(start):
        return _verified(file, bom_encoding)
    if b"\0" in start:
        return _verified(file, _utf16_byte_order(start))
    sample, first_foreign = _sample_lines(file, has_utf8_bom=start.startswith(codecs.BOM_UTF8))
    if not first_foreign:
        return "utf-8-sig"
    return _verified(file, _detect_legacy(start, b"".join(sample), country, language))


def _encoding_by_bom(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _utf16_byte_order(start: bytes) -> str:
    """Return the byte order of UTF-16 without a BOM. Raises Invalid for other NUL bytes."""
    even_part = start[: len(start) // 2 * 2]
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(name)().decode(even_part)
        except UnicodeDecodeError:
            continue
        printable_count = sum(c.isprintable() or c in "\r\n\t" for c in text)
        ascii_count = sum(c.isascii() for c in text)
        if printable_count == len(text) and 10 * ascii_count >= len(text) and "\0" not in text:
            return name
    line = start[: start.index(b"\0")].count(b"\n") + 1
    message = N_("Line %(line)s holds a NUL byte: save the file as CSV UTF-8.")
    raise _invalid_file(message, line=line)


def _sample_lines(file: Path, *, has_utf8_bom: bool) -> tuple[list[bytes], int]:
    """Return a sample of non-ASCII lines, and the number of the first line that is not UTF-8, or 0.

    Raises Invalid for NUL bytes, and if some lines are certainly UTF-8 and others are not.
    """
    sample: list[bytes] = []
    size = first_foreign = first_utf8 = 0
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if b"\0" in line:
                message = N_("Line %(line)s holds a NUL byte: save the file as CSV UTF-8.")
                raise _invalid_file(message, line=number)
            if line.isascii():
                continue
            if size < _SAMPLE:
                sample.append(line)
                size += len(line)
            if (text := _utf8(line)) is None:
                first_foreign = first_foreign or number
            elif _surely_utf8(text):
                first_utf8 = first_utf8 or number
            if first_foreign and (has_utf8_bom or first_utf8):
                message = N_(
                    "Line %(line)s is not UTF-8, but line %(other)s is: the file mixes two "
                    "encodings. Save it as CSV UTF-8."
                )
                raise _invalid_file(message, line=first_foreign, other=first_utf8 or 1)
    return sample, first_foreign


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _surely_utf8(text: str) -> bool:
    """Tell UTF-8 from GB18030 that happens to be valid UTF-8, such as the famous 联通."""
    return any("\u2e80" <= c <= "\uffef" for c in text)


def _verified(file: Path, name: str) -> str:
    """Check that the whole file decodes; return the codec. Raises Invalid, naming the line."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
    line = 1
    with file.open("rb") as stream:
        while True:
            block = stream.read(1 << 20)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                decoded = fault.object[: fault.start].decode(name, "ignore")
                message = N_("Line %(line)s is not in the encoding %(name)s: name another.")
                raise _invalid_file(message, line=line + decoded.count("\n"), name=name) from None
            line += text.count("\n")
            if not block:
                return "utf-8-sig" if name == "utf-8" else name


def _detect_legacy(start: bytes, sample: bytes, country: str, language: str) -> str:
    """Return the only encoding in which a sample is plausible. Raises NeedsChoice."""
    expected = list(_expected_encodings(country, language))
    names = [name for name in _LEGACY if name != "cp1257" or name in expected]
    decoded = {name: text for name in names if (text := _decoded(sample, name)) is not None}
    scores = {name: plausibility(text, name) for name, text in decoded.items()}
    expected_plausible = [name for name in expected if scores.get(name, 0) >= PLAUSIBLE]
    if expected_plausible:
        return expected_plausible[0]
    expected_doubtful = any(scores.get(name, 0) >= DOUBTFUL for name in expected)
    plausible = sorted((n for n in scores if scores[n] >= PLAUSIBLE), key=lambda n: -scores[n])
    if plausible and not expected_doubtful and len({decoded[name] for name in plausible}) == 1:
        return plausible[0]
    others = sorted((n for n in decoded if n not in plausible), key=lambda n: -scores[n])
    likely = [*plausible, *others[: 0 if plausible and not expected_doubtful else 4]]
    choices = list({decoded[name]: name for name in reversed(likely)}.values())[::-1]
    options = [
        EncodingChoice(n, Message(ENCODINGS[n]), _preview(start, sample, n)) for n in choices[:6]
    ]
    if not options:
        raise _invalid_file(
            N_("The text is in no encoding that is known here: save it as CSV UTF-8.")
        )
    message = N_(
        "It cannot be told in which encoding the text is (%(names)s): name it with "
        "--encoding, or save the file as CSV UTF-8."
    )
    raise NeedsChoice("encoding", Message(message, names=choices[:6]), options)


def _decoded(sample: bytes, name: str) -> str | None:
    try:
        return sample.decode(name)
    except UnicodeDecodeError:
        return None


def _expected_encodings(country: str, language: str) -> Iterator[str]:
    """Yield the encodings expected for a court's country and language, most likely first."""
    region = country[:2].upper()
    yield from (name for name, countries in _OF_COUNTRY.items() if region in countries.split())
    if language == "zh":
        yield "gb18030"
    elif region not in _CJK_COUNTRIES:
        yield "cp1252"


def _preview(start: bytes, sample: bytes, name: str) -> str:
    """Return a preview: the header and the first non-ASCII lines."""
    header = start.splitlines()[:1]
    lines = [*header, *(each for each in sample.splitlines() if each not in header)][:4]
    return "\n".join(line.decode(name, "replace")[:200] for line in lines)[:_PREVIEW_LENGTH]


def plausibility(text: str, name: str) -> float:
    """Return the plausibility of a text's non-ASCII characters, from 0 to 1."""
    scores = [_character_score(text, at, name) for at, c in enumerate(text) if c > "\x7f"]
    if not scores:
        return 0.0
    score = sum(scores) / len(scores)
    if name == "gb18030" and _is_korean(text):
        return score / 2
    if (
        name in ("cp932", "euc_jp")
        and len({c for c in text if _is_cjk(c)}) >= 12
        and not _KANA.search(text)
    ):
        return score * 0.7  # Japanese text contains kana
    return score


def _is_korean(text: str) -> bool:
    """Detect EUC-KR decoded as GB18030.

    Hangul has the lead bytes B0 to C8, while two in five Chinese characters lie above.
    """
    hanzi = {c for c in text if "\u4e00" <= c <= "\u9fff"}
    leads = [code[0] for c in hanzi if (code := _code(c, "gb2312"))]
    return len(leads) >= 12 and max(leads) <= 0xC8


def _code(c: str, name: str) -> bytes:
    try:
        return c.encode(name)
    except UnicodeEncodeError:
        return b""


def _character_score(text: str, at: int, name: str) -> float:
    """Return the plausibility of one character between its neighbours, from 0 to 1."""
    c = text[at]
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    category = unicodedata.category(c)
    if category in ("Cc", "Co", "Cn", "Cs"):
        return 0.0
    if _is_cjk(c):
        return _cjk_score(c, before, after, name)
    if category[0] != "L":
        if c in _IN_WORDS or (name in _CJK_ENCODINGS and c in _WIDE_MARKS):
            return 0.9
        return 0.9 if c in _MARKS and not after.isalpha() else 0.1
    if c in "ÞþÐðÝý" and name == "cp1252":
        return 0.3  # almost always Ş ş Ğ ğ İ ı of Windows-1254
    if name in _CJK_ENCODINGS and not _is_latin(c):
        return 0.2
    return _letter_score(
        c, before, after, text[at + 2 : at + 3], text[max(0, at - 2) : max(0, at - 1)]
    )


# Older standards, which contain the common characters.
_BASIC = {
    "gb18030": "gb2312",
    "big5hkscs": "big5",
    "cp932": "shift_jis",
    "euc_jp": "shift_jis",
    "cp949": "euc_kr",
}
_CJK_ENCODINGS = frozenset(_BASIC)
_IN_WORDS = frozenset("‘’“”„‚–—·«¡¿\u00a0")
_MARKS = frozenset("…•€£§°»´º²³½©®™№")
_KANA = re.compile("[\u3040-\u30ff]")
# Characters common in names only, beyond level 1 of GB 2312.
_OF_NAMES = frozenset(
    "喆镕旻昇珺堃瑀玥琤瑄翀昉晞祎婧赟犇淼垚煊晟昊钰睿鑫琪琳婷璐璇瑾瑜玮琦珂茜蕾薇萱荟莹菁芸倩娟姝妍嫣娜婕嬅"
    "骏骐骁麒麟焱炜烨炀煜熠燊锴铭锦钧鋆锐彧恺恒忻怡悦懿诚谦詹濮阎佟闫韬韪霖霏雯旭昱昕晖曦暄暐杞楠桢梓榕樾柯"
    "栩沣沁泓浩涵淳渝湛滢潇澜瀚岑岚峥崴嵘璟琨瑞璨皓皙磊砚祺祯禧稷竑筠箐聪芃芮苒茗莘蔚蕊虓裕谌贇逸郝郗郜邵邱"
)
_WIDE_MARKS = frozenset(
    "　、。，．；：？！（）【】《》〈〉「」『』〔〕［］｛｝“”‘’—…～·／＠％＋－＝＆＃＊￥〇"
    "０１２３４５６７８９"
)


def _is_cjk(c: str) -> bool:
    return (
        "\u3040" <= c <= "\u30ff"
        or "\u3400" <= c <= "\u9fff"
        or "\uac00" <= c <= "\ud7af"
        or "\uff66" <= c <= "\uff9f"
        or "\U00020000" <= c <= "\U0003ffff"
    )


def _is_latin(c: str) -> bool:
    return unicodedata.name(c, "").startswith("LATIN")


def _cjk_score(c: str, before: str, after: str, name: str) -> float:
    """Score a CJK character; a single one within a Latin word is implausible."""
    company = _is_cjk(before) or _is_cjk(after)
    if (
        not company
        and before.isascii()
        and after.isascii()
        and (before.islower() or after.islower())
    ):
        return 0.0
    code = _code(c, _BASIC[name])
    # Python encodes Hangul outside KS X 1001 in eight bytes.
    lead = code[0] if len(code) == 2 else 0
    if name == "gb18030":
        common = 0xB0 <= lead <= 0xD7
    elif name == "big5hkscs":
        common = 0xA4 <= lead <= 0xC6
    elif name == "cp949":
        common = "\uac00" <= c <= "\ud7af" and bool(lead)
    else:
        common = "\u3040" <= c <= "\u30ff" or 0x88 <= lead <= 0x97
    if name in ("gb18030", "big5hkscs") and not "\u3400" <= c <= "\u9fff":
        return 0.2  # kana, among Chinese
    if common or (name == "gb18030" and c in _OF_NAMES and company):
        return 1.0
    if not lead or "\uff66" <= c <= "\uff9f":
        return 0.4 if company and not "\uff66" <= c <= "\uff9f" else 0.0
    return 0.5 if company else 0.2


def _letter_score(c: str, before: str, after: str, second: str, behind: str) -> float:
    """Score a non-ASCII letter by script, case and number of its neighbours."""
    beside = [each for each in (before, after) if each.isalpha()]
    if not _is_latin(c):  # Greek and Cyrillic words contain no Latin letters
        if any(_is_latin(each) for each in beside):
            return 0.0
        if not beside or (before.islower() and c.isupper()):
            return 0.2
        return 1.0
    if not all(_is_latin(each) for each in beside):
        return 0.0
    if (before.islower() and c.isupper()) or (c.islower() and before.isupper() and after.isupper()):
        return 0.2
    if c.isupper() and not before.isascii() and before.isalpha():
        return 0.1
    crowd = sum(each > "\x7f" and each.isalpha() for each in (behind, before, after, second))
    if crowd >= 2:
        return 0.6 if c.islower() or not before.isalpha() else 0.0
    return 1.0 if any(each.isascii() for each in beside) else 0.6


def _invalid_file(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})
