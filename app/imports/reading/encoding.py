"""Find out in which encoding a text file is written: one in which its text makes sense.

Almost any bytes decode in several encodings, so that they decode says little. Each character that
is not ASCII is looked at together with its neighbours, and an encoding is taken where nearly all
of them are at home. The encodings of the court's country go first; others are taken only where no
two of them read the file differently. charset-normalizer, the usual library, was tried: it knows
no country, and on a page of names it takes one code page of Europe for another.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import N_, Invalid, Message

# What can be asked for by name, and what people call it.
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
# Labels that name a part of what the files hold, as the WHATWG's Encoding Standard reads them.
_WIDER = {
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
_EAST = frozenset(("TW", "HK", "MO", "JP", "KR", "KP", "CN", "MN"))
SENSIBLE, DOUBTFUL = 0.8, 0.4
_SAMPLE = 128 * 1024  # bytes of lines that are not ASCII
_SHOWN = 600  # characters of a file that an assistant is shown in each encoding


@dataclass(frozen=True)
class EncodingChoice:
    """One way to read a file: what to ask for, what it is called, how the file begins then."""

    value: str
    name: Message
    sample: str = ""


class NeedsChoice(Invalid):
    """A file can be read in several ways, and somebody must say in which."""

    def __init__(self, field: str, said: Message, choices: Sequence[EncodingChoice]) -> None:
        super().__init__({"file": said})
        self.field, self.choices = field, choices


def known_name(wish: str) -> str:
    """Return the Python name of an encoding that a person names. Raises Invalid."""
    try:
        name = codecs.lookup(wish.strip()).name
    except (LookupError, ValueError, UnicodeError):
        name = ""
    found = _WIDER.get(name, name)
    if (
        found not in ENCODINGS
        and found not in _WIDER.values()
        and not name.startswith(("cp12", "cp8", "cp4", "iso8859", "koi8", "mac-", "euc", "utf-32"))
    ):
        words = N_("There is no encoding %(name)s; there are: %(known)s.")
        raise Invalid({"--encoding": Message(words, name=wish[:40], known=list(ENCODINGS))})
    return found


def encoding_of(file: Path, *, wish: str = "", country: str = "", language: str = "") -> str:
    """Return the Python name of a text file's encoding.

    ``wish`` names it, ``country`` (ISO 3166) and ``language`` are the court's. Raises Invalid,
    naming the line, for bytes that no encoding allows and for lines of two encodings; NeedsChoice
    where the text makes sense in several, or in none.
    """
    with file.open("rb") as opened:
        start = opened.read(64 * 1024)
    if wish:
        return _checked(file, known_name(wish))
    if marked := _by_mark(start):
        return _checked(file, marked)
    if b"\0" in start:
        return _checked(file, _unmarked_utf16(start))
    lines, foreign = _lines(file, marked_utf8=start.startswith(codecs.BOM_UTF8))
    if not foreign:
        return "utf-8-sig"
    return _checked(file, _legacy(start, b"".join(lines), country, language))


def _by_mark(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _unmarked_utf16(start: bytes) -> str:
    """Return in which order the halves of UTF-16 stand in a file without a mark. Raises Invalid."""
    whole = start[: len(start) // 2 * 2]
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(name)().decode(whole)
        except UnicodeDecodeError:
            continue
        plain = sum(c.isprintable() or c in "\r\n\t" for c in text)
        ascii_ = sum(c.isascii() for c in text)
        if plain == len(text) and 10 * ascii_ >= len(text) and "\0" not in text:
            return name
    line = start[: start.index(b"\0")].count(b"\n") + 1
    words = N_("Line %(line)s holds a NUL byte: save the file as CSV UTF-8.")
    raise _fault(words, line=line)


def _lines(file: Path, *, marked_utf8: bool) -> tuple[list[bytes], int]:
    """Return lines that are not ASCII, as many as are looked at, and the first that is not UTF-8.

    Raises Invalid for NUL bytes, and where some lines are UTF-8 for sure and others are not.
    """
    kept: list[bytes] = []
    size = foreign = first_utf8 = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if b"\0" in line:
                said = N_("Line %(line)s holds a NUL byte: save the file as CSV UTF-8.")
                raise _fault(said, line=number)
            if line.isascii():
                continue
            if size < _SAMPLE:
                kept.append(line)
                size += len(line)
            if (text := _utf8(line)) is None:
                foreign = foreign or number
            elif _surely_utf8(text):
                first_utf8 = first_utf8 or number
            if foreign and (marked_utf8 or first_utf8):
                said = N_(
                    "Line %(line)s is not UTF-8, but line %(other)s is: the file mixes two "
                    "encodings. Save it as CSV UTF-8."
                )
                raise _fault(said, line=foreign, other=first_utf8 or 1)
    return kept, foreign


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _surely_utf8(text: str) -> bool:
    """Tell UTF-8 from GB18030 that happens to be valid UTF-8, as the famous 联通 is."""
    return any("\u2e80" <= c <= "\uffef" for c in text)


def _checked(file: Path, name: str) -> str:
    """Return an encoding in which the whole file can be read. Raises Invalid, naming the line."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
    line = 1
    with file.open("rb") as opened:
        while True:
            block = opened.read(1 << 20)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                done = fault.object[: fault.start].decode(name, "ignore")
                words = N_("Line %(line)s is not in the encoding %(name)s: name another.")
                raise _fault(words, line=line + done.count("\n"), name=name) from None
            line += text.count("\n")
            if not block:
                return "utf-8-sig" if name == "utf-8" else name


def _legacy(start: bytes, sample: bytes, country: str, language: str) -> str:
    """Return the one encoding in which a sample makes sense. Raises NeedsChoice."""
    expected = list(_own(country, language))
    names = [name for name in _LEGACY if name != "cp1257" or name in expected]
    read = {name: text for name in names if (text := _decoded(sample, name)) is not None}
    sense = {name: sense_of(text, name) for name, text in read.items()}
    own = [name for name in expected if sense.get(name, 0) >= SENSIBLE]
    if own:
        return own[0]
    doubt = any(sense.get(name, 0) >= DOUBTFUL for name in expected)
    good = sorted((n for n in sense if sense[n] >= SENSIBLE), key=lambda n: -sense[n])
    if good and not doubt and len({read[name] for name in good}) == 1:
        return good[0]
    rest = sorted((n for n in read if n not in good), key=lambda n: -sense[n])
    likely = [*good, *rest[: 0 if good and not doubt else 4]]
    choices = list({read[name]: name for name in reversed(likely)}.values())[::-1]
    shown = [
        EncodingChoice(n, Message(ENCODINGS[n]), _beginning(start, sample, n)) for n in choices[:6]
    ]
    if not shown:
        raise _fault(N_("The text is in no encoding that is known here: save it as CSV UTF-8."))
    words = N_(
        "It cannot be told in which encoding the text is (%(names)s): name it with "
        "--encoding, or save the file as CSV UTF-8."
    )
    raise NeedsChoice("encoding", Message(words, names=choices[:6]), shown)


def _decoded(sample: bytes, name: str) -> str | None:
    try:
        return sample.decode(name)
    except UnicodeDecodeError:
        return None


def _own(country: str, language: str) -> Iterator[str]:
    """Yield the encodings that files of a court are in, the likeliest first."""
    region = country[:2].upper()
    yield from (name for name, some in _OF_COUNTRY.items() if region in some.split())
    if language == "zh":
        yield "gb18030"
    elif region not in _EAST:
        yield "cp1252"


def _beginning(start: bytes, sample: bytes, name: str) -> str:
    """Return the header of a file and the first of its lines that are not ASCII."""
    first = start.splitlines()[:1]
    lines = [*first, *(each for each in sample.splitlines() if each not in first)][:4]
    return "\n".join(line.decode(name, "replace")[:200] for line in lines)[:_SHOWN]


def sense_of(text: str, name: str) -> float:
    """Return how far the characters of a text beyond ASCII are at home in it, from 0 to 1."""
    values = [_value(text, at, name) for at, c in enumerate(text) if c > "\x7f"]
    if not values:
        return 0.0
    sense = sum(values) / len(values)
    if name == "gb18030" and _is_korean(text):
        return sense / 2
    if (
        name in ("cp932", "euc_jp")
        and len({c for c in text if _is_eastern(c)}) >= 12
        and not _KANA.search(text)
    ):
        return sense * 0.7  # Japanese has kana among its characters
    return sense


def _is_korean(text: str) -> bool:
    """Tell EUC-KR read as GB18030: Hangul becomes Chinese of the first half of the alphabet only.

    Hangul has the lead bytes B0 to C8; of Chinese text two characters in five lie beyond.
    """
    hanzi = {c for c in text if "\u4e00" <= c <= "\u9fff"}
    leads = [code[0] for c in hanzi if (code := _code(c, "gb2312"))]
    return len(leads) >= 12 and max(leads) <= 0xC8


def _code(c: str, name: str) -> bytes:
    try:
        return c.encode(name)
    except UnicodeEncodeError:
        return b""


def _value(text: str, at: int, name: str) -> float:
    """Return how much one character is at home between its neighbours."""
    c = text[at]
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    category = unicodedata.category(c)
    if category in ("Cc", "Co", "Cn", "Cs"):
        return 0.0
    if _is_eastern(c):
        return _eastern(c, before, after, name)
    if category[0] != "L":
        if c in _IN_WORDS or (name in _EASTERN and c in _WIDE_MARKS):
            return 0.9
        return 0.9 if c in _MARKS and not after.isalpha() else 0.1
    if c in "ÞþÐðÝý" and name == "cp1252":
        return 0.3  # as good as always they are Ş ş Ğ ğ İ ı of Windows-1254
    if name in _EASTERN and not _is_latin(c):
        return 0.2
    return _letter(c, before, after, text[at + 2 : at + 3], text[max(0, at - 2) : max(0, at - 1)])


# The older standards, which hold what is written every day.
_BASIC = {
    "gb18030": "gb2312",
    "big5hkscs": "big5",
    "cp932": "shift_jis",
    "euc_jp": "shift_jis",
    "cp949": "euc_kr",
}
_EASTERN = frozenset(_BASIC)
_IN_WORDS = frozenset("‘’“”„‚–—·«¡¿\u00a0")
_MARKS = frozenset("…•€£§°»´º²³½©®™№")
_KANA = re.compile("[\u3040-\u30ff]")
# Characters that stand in names and hardly elsewhere, beyond the first level of GB 2312.
_OF_NAMES = frozenset(
    "喆镕旻昇珺堃瑀玥琤瑄翀昉晞祎婧赟犇淼垚煊晟昊钰睿鑫琪琳婷璐璇瑾瑜玮琦珂茜蕾薇萱荟莹菁芸倩娟姝妍嫣娜婕嬅"
    "骏骐骁麒麟焱炜烨炀煜熠燊锴铭锦钧鋆锐彧恺恒忻怡悦懿诚谦詹濮阎佟闫韬韪霖霏雯旭昱昕晖曦暄暐杞楠桢梓榕樾柯"
    "栩沣沁泓浩涵淳渝湛滢潇澜瀚岑岚峥崴嵘璟琨瑞璨皓皙磊砚祺祯禧稷竑筠箐聪芃芮苒茗莘蔚蕊虓裕谌贇逸郝郗郜邵邱"
)
_WIDE_MARKS = frozenset(
    "　、。，．；：？！（）【】《》〈〉「」『』〔〕［］｛｝“”‘’—…～·／＠％＋－＝＆＃＊￥〇"
    "０１２３４５６７８９"
)


def _is_eastern(c: str) -> bool:
    return (
        "\u3040" <= c <= "\u30ff"
        or "\u3400" <= c <= "\u9fff"
        or "\uac00" <= c <= "\ud7af"
        or "\uff66" <= c <= "\uff9f"
        or "\U00020000" <= c <= "\U0003ffff"
    )


def _is_latin(c: str) -> bool:
    return unicodedata.name(c, "").startswith("LATIN")


def _eastern(c: str, before: str, after: str, name: str) -> float:
    """Value a character of China, Japan or Korea; one alone amid a word of Latin has no place."""
    company = _is_eastern(before) or _is_eastern(after)
    if (
        not company
        and before.isascii()
        and after.isascii()
        and (before.islower() or after.islower())
    ):
        return 0.0
    code = _code(c, _BASIC[name])
    lead = code[0] if len(code) == 2 else 0  # Python writes Hangul beyond KS X 1001 in eight bytes
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


def _letter(c: str, before: str, after: str, second: str, behind: str) -> float:
    """Value a letter beyond ASCII by those beside it: their script, their case, their number."""
    beside = [each for each in (before, after) if each.isalpha()]
    if not _is_latin(c):  # words of Greek and Cyrillic are of these letters alone
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


def _fault(words: str, **facts: Any) -> Invalid:
    return Invalid({"file": Message(words, **facts)})
