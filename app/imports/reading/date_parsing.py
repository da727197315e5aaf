"""Pure: days and times of day as courts write them in files."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.core.errors import N_, Message
from app.imports.reading.both_sides import simplified

# Countries in which 12/5/2026 is the 5th of December, and those in which it is the 12th of May.
# In all others (China, Japan, Korea, Canada …) the year goes first or both are in use.
_MONTH_FIRST = "US PH FM GU AS MP PR VI UM MH PW"
_DAY_FIRST = (
    "AD AE AL AM AR AT AU AZ BA BB BD BE BG BH BO BR BS BY BZ CH CL CO CR CU CY CZ DE DK DO DZ EC "
    "EE EG ES FI FJ FR GB GE GF GH GP GR GT GY HK HN HR ID IE IL IN IQ IS IT JM JO KW KZ LB LI LK "
    "LU LV LY MA MC MD ME MK MO MQ MT MU MX MY NG NI NL NO NZ OM PA PE PG PK PL PS PT PY QA RE RO "
    "RS RU SA SC SG SI SK SM SN SR SV SY TH TN TR TT TZ UA UG UY VA VE VN YE ZM ZW"
)
MONTH_FIRST, DAY_FIRST = (frozenset(each.split()) for each in (_MONTH_FIRST, _DAY_FIRST))
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = (
    "monday mon 星期一 周一 礼拜一",
    "tuesday tues tue 星期二 周二 礼拜二",
    "wednesday weds wed 星期三 周三 礼拜三",
    "thursday thurs thur thu 星期四 周四 礼拜四",
    "friday fri 星期五 周五 礼拜五",
    "saturday sat 星期六 周六 礼拜六",
    "sunday sun 星期日 星期天 周日 周天 礼拜日 礼拜天",
)
_WEEKDAY_OF = {name: n for n, names in enumerate(_WEEKDAYS) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = re.compile(
    r"\(?\s*(?:(?<![a-z])("
    + "|".join(sorted((w for w in _WEEKDAY_OF if w.isascii()), key=len, reverse=True))
    + r")(?![a-z])\.?|("
    + "|".join(sorted((w for w in _WEEKDAY_OF if not w.isascii()), key=len, reverse=True))
    + r"))\s*\)?\s*,?"
)
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})\s*([-/.])\s*(?P<m>\d{1,2})\s*\2\s*(?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*(?:[日号]|(?!\d))"
    ),
    re.compile(r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})\s*(?:st|nd|rd|th)?(?:\s+of)?[\s\-./]*(?P<word>{_MONTH})\b"
        r"[\s\-./,]*(?P<y>\d{4})(?!\d)"
    ),
    re.compile(
        rf"\b(?P<word>{_MONTH})\b[\s\-./]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
        r"[\s\-./,]+(?P<y>\d{4})(?!\d)"
    ),
)
_EITHER = re.compile(r"(?<!\d)(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_SHORT_YEAR = re.compile(
    r"(?<!\d)\d{1,2}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{2}(?!\d)|(?<!\d)\d{2}\s*年\s*\d{1,2}\s*月"
)
_NO_YEAR = re.compile(
    rf"^(\d{{1,2}}\s*月\s*\d{{1,2}}\s*[日号]?|\d{{1,2}}\s*[-/.]\s*\d{{1,2}}\.?"
    rf"|(?:{_MONTH})\.?\s*\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?\.?\s*(?:{_MONTH})\.?)(?!\d)"
)
_HALF = "上午|早上|早晨|凌晨|清晨|中午|下午|午后|晚上|傍晚|a\\.?m\\.?|p\\.?m\\.?"
_CLOCK = re.compile(
    rf"(?P<before>{_HALF})?\s*(?P<h>\d{{1,2}})\s*"
    rf"(?:(?P<whole>[时点]整?|uhr|h|o'clock)|(?P<half>[时点]半)"
    rf"|(?:[:时点h]|\.(?=\d\d(?!\d)))\s*(?P<m>\d{{1,2}})\s*分?(?:\s*[:]?\s*(?P<s>\d{{2}})\s*秒?(?:\.\d+)?)?"
    rf"(?:\s*uhr)?)?\s*(?P<after>{_HALF})?"
)
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_HAN_NUMBER = re.compile("[零〇○一二三四五六七八九十]+(?=[年月日号时点分])")
NO_DATE = N_("%(text)s is no date that can be read.")


@dataclass(frozen=True)
class Moment:
    """A day, a time of day, or both, as one cell says them."""

    day: dt.date | None = None
    clock: dt.time | None = None


@lru_cache(maxsize=20_000)
def read_moment(
    text: str,
    date_formats: tuple[str, ...] = (),
    time_formats: tuple[str, ...] = (),
    country: str = "",
) -> Moment | Message:
    """Return the day and the time of day that a cell says, or what is wrong with it.

    The formats of a column map (``strptime``) go first; then whatever is unambiguous is read, in
    Chinese and English. ``country`` (ISO 3166) decides whether 5/12/2026 begins with the day.
    Times are rounded to the minute.
    """
    plain = _plain(text)
    if found := _by_formats(plain, date_formats, time_formats):
        return found
    plain, weekday = _without_weekday(_arabic(plain.casefold()))
    day, rest = _day(plain, country, _month_first(date_formats))
    if isinstance(day, Message):
        return day
    if day is not None and weekday is not None and day.weekday() != weekday:
        words = N_("%(text)s: that day is another day of the week.")
        return Message(words, text=text[:100])
    rest = re.sub(r"^[\s,t;]+|^(?:at|um)\s+|[\s,;]+$|\s+(?:at|on)$", "", rest).strip()
    clock = read_clock(rest, time_formats) if rest else None
    if rest and clock is None and day is None:
        if _SHORT_YEAR.search(plain):
            words = N_("%(text)s: write the year with four digits.")
            return Message(words, text=text[:100])
        if _NO_YEAR.match(plain):
            return Message(N_("%(text)s has no year: write it too."), text=text[:100])
    if (rest and clock is None) or (day is None and clock is None):
        return _unreadable(text)
    return _carried(day, clock)


def _unreadable(text: str) -> Message:
    return Message(NO_DATE, text=text[:100])


def read_day(text: str, formats: tuple[str, ...], country: str = "") -> dt.date | Message:
    """Return a day, without what time of day the cell may have, or what is wrong with it."""
    found = read_moment(text, formats, (), country)
    if isinstance(found, Message):
        return found
    return found.day or _unreadable(text)


def read_clock(text: str, formats: tuple[str, ...] = ()) -> dt.datetime | None:
    """Return a time of day on the first day there is, to the second; None if it is none."""
    plain = _arabic(_plain(text).casefold()).strip()
    for pattern in formats:
        if at := _strptime(plain, pattern):
            return at.replace(year=1, month=1, day=1)
    if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", plain):
        plain = f"{plain[:2]}:{plain[2:]}"
    found = _CLOCK.fullmatch(plain)
    if found is None or not any(found[each] for each in ("whole", "half", "m", "before", "after")):
        return None
    words = [w.replace(".", "") for w in (found["before"], found["after"]) if w]
    hour = _hour(int(found["h"]), words[0] if words else "")
    if hour is None or len(words) > 1:
        return None
    minute = 30 if found["half"] else int(found["m"] or 0)
    second = int(found["s"] or 0)
    if minute > 59 or second > 59:
        return None
    return dt.datetime(1, 1, 1, hour, minute, second)  # noqa: DTZ001  (a clock on a wall)


def _hour(hour: int, half: str) -> int | None:
    """Return an hour of 0 to 23, or None where the word beside it says otherwise."""
    if half in ("am", "pm"):
        return (hour % 12) + 12 * (half == "pm") if 1 <= hour <= 12 else None
    if half in ("下午", "午后", "晚上", "傍晚"):
        hour = hour + 12 if 1 <= hour < 12 else hour
        return hour if 12 <= hour <= 23 else None
    if half == "中午":
        hour = hour + 12 if 1 <= hour <= 2 else hour
        return hour if 11 <= hour <= 14 else None
    if half:
        return hour if hour < 12 else None
    return hour if hour < 24 else None


def _carried(day: dt.date | None, clock: dt.datetime | None) -> Moment:
    """Return a moment to the nearest minute; 23:59:40 is the next day."""
    if clock is None:
        return Moment(day)
    rounded = clock + dt.timedelta(seconds=30)
    if day is not None and day < dt.date.max:
        day += dt.timedelta(days=(rounded.date() - clock.date()).days)
    return Moment(day, rounded.time().replace(second=0, microsecond=0))


def _plain(text: str) -> str:
    """Return a text in one width, simplified, without invisible characters, with single spaces."""
    wide = simplified(unicodedata.normalize("NFKC", text))
    return " ".join("".join(c for c in wide if unicodedata.category(c) != "Cf").split())


def _by_formats(
    text: str, date_formats: tuple[str, ...], time_formats: tuple[str, ...]
) -> Moment | None:
    for pattern in date_formats:
        if (at := _strptime(text, pattern)) and not _is_short(text, pattern):
            return Moment(at.date())
    day, _, rest = text.replace("T", " ").partition(" ")
    for pattern in date_formats:
        if rest and (at := _strptime(day, pattern)) and not _is_short(day, pattern):
            clock = read_clock(rest, time_formats)
            return _carried(at.date(), clock) if clock else None
    return None


def _is_short(text: str, pattern: str) -> bool:
    """Tell whether digits without separators are too few: 2026115 may be two days."""
    return bool(re.fullmatch(r"(%[a-zA-Z])+", pattern)) and text.isdigit() and len(text) < 8


def _strptime(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)  # noqa: DTZ007  (a clock on a wall, no instant)
    except ValueError:
        return None


def _arabic(text: str) -> str:
    """Return a text with Chinese numerals before 年, 月, 日, 时, 分 turned into digits."""

    def number(found: re.Match[str]) -> str:
        word = found[0]
        if "十" not in word:
            return "".join(_DIGITS[c] for c in word)
        tens, _, ones = word.partition("十")
        return (_DIGITS.get(tens, "1") if tens else "1") + (_DIGITS.get(ones, "0") if ones else "0")

    return _HAN_NUMBER.sub(number, text)


def _without_weekday(text: str) -> tuple[str, int | None]:
    found = _WEEKDAY.search(text)
    if found is None:
        return text, None
    word = found[1] or found[2]
    return f"{text[: found.start()]} {text[found.end() :]}".strip(), _WEEKDAY_OF[word]


def _month_first(formats: tuple[str, ...]) -> bool | None:
    """Return whether a map's formats say that the month goes before the day; None if neither."""
    said = {
        p.index("%m") < p.index("%d")
        for p in formats
        if {"%m", "%d"} <= set(re.findall("%[md]", p)) and not p.startswith("%Y")
    }
    return said.pop() if len(said) == 1 else None


def _day(text: str, country: str, month_first: bool | None) -> tuple[dt.date | Message | None, str]:
    """Return the day that a text has in it, and the text without it."""
    for pattern in _DAYS:
        if found := pattern.search(text):
            parts = found.groupdict()
            month = _MONTHS[parts["word"]] if parts.get("word") else int(parts["m"])
            return _made(text, int(parts["y"]), month, int(parts["d"])), _cut(text, found)
    if found := _EITHER.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == ".":
            month_first = False  # nobody writes the month first before a full stop
        elif month_first is None and country in MONTH_FIRST | DAY_FIRST:
            month_first = country in MONTH_FIRST
        if first > 12 or second > 12 or first == second:
            month_first = second > 12
        if month_first is None:
            words = N_("%(text)s may be two days: write it as %(one)s or %(other)s.")
            one, other = (
                f"{year:04}-{m:02}-{d:02}" for m, d in sorted(((first, second), (second, first)))
            )
            return Message(words, text=found[0], one=one, other=other), ""
        month, day = (first, second) if month_first else (second, first)
        return _made(text, year, month, day), _cut(text, found)
    return None, text


def _made(text: str, year: int, month: int, day: int) -> dt.date | Message:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return _unreadable(text)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip()


_LENGTH = re.compile(
    r"(?:(?P<h>\d{1,2}(?:\.\d+)?)\s*(?:个?小时|hours?|hrs?|h)(?P<half>半)?)?\s*"
    r"(?:(?P<m>\d{1,5})(?:\.0+)?\s*(?:分钟|分|minutes?|mins?|min\.|m|')?)?"
)


def read_minutes(text: str) -> int | str:
    """Return a length in minutes: ``90``, ``90分钟``, ``1.5 h``; else the text as it is."""
    found = _LENGTH.fullmatch(_plain(text).casefold())
    if found is None or not (found["h"] or found["m"]):
        return text
    minutes = float(found["h"] or 0) * 60 + 30 * bool(found["half"]) + int(found["m"] or 0)
    return int(minutes) if minutes.is_integer() else text
