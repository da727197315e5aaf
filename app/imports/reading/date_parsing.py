"""Pure: parse days and times of day as courts write them in files."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from app.core.characters import half_width
from app.core.errors import N_, Message
from app.imports.reading.both_sides import simplified

# Countries in which 12/5/2026 is 5 December, and those in which it is 12 May. In all others
# (China, Japan, Korea, Canada …) the year comes first or both orders are in use.
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
_AMBIGUOUS = re.compile(r"(?<!\d)(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
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
    """The day, the time of day, or both, of one cell."""

    day: dt.date | None = None
    clock: dt.time | None = None


@lru_cache(maxsize=20_000)
def read_moment(
    text: str,
    date_formats: tuple[str, ...] = (),
    time_formats: tuple[str, ...] = (),
    country: str = "",
) -> Moment | Message:
    """Parse the day and time of day in a cell, or return the error.

    The column map's ``strptime`` formats are tried first, then unambiguous Chinese and English
    notations. ``country`` (ISO 3166) decides whether 5/12/2026 begins with the day.
    Times are rounded to the minute.
    """
    plain = _normalized(text)
    if moment := _by_formats(plain, date_formats, time_formats):
        return moment
    plain, weekday = _without_weekday(_arabic(plain.casefold()))
    day, rest = _day(plain, country, _month_first(date_formats))
    if isinstance(day, Message):
        return day
    if day is not None and weekday is not None and day.weekday() != weekday:
        message = N_("%(text)s: that day is another day of the week.")
        return Message(message, text=text[:100])
    rest = re.sub(r"^[\s,t;]+|^(?:at|um)\s+|[\s,;]+$|\s+(?:at|on)$", "", rest).strip()
    clock = read_clock(rest, time_formats) if rest else None
    if rest and clock is None and day is None:
        if _SHORT_YEAR.search(plain):
            message = N_("%(text)s: write the year with four digits.")
            return Message(message, text=text[:100])
        if _NO_YEAR.match(plain):
            return Message(N_("%(text)s has no year: write it too."), text=text[:100])
    if (rest and clock is None) or (day is None and clock is None):
        return _unreadable(text)
    return _rounded(day, clock)


def _unreadable(text: str) -> Message:
    return Message(NO_DATE, text=text[:100])


def read_day(text: str, formats: tuple[str, ...], country: str = "") -> dt.date | Message:
    """Parse the day in a cell, ignoring a time of day, or return the error."""
    moment = read_moment(text, formats, (), country)
    if isinstance(moment, Message):
        return moment
    return moment.day or _unreadable(text)


def read_clock(text: str, formats: tuple[str, ...] = ()) -> dt.datetime | None:
    """Parse a time of day, as a datetime on 0001-01-01 with seconds; None if it is none."""
    plain = _arabic(_normalized(text).casefold()).strip()
    for pattern in formats:
        if at := _strptime(plain, pattern):
            return at.replace(year=1, month=1, day=1)
    if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", plain):
        plain = f"{plain[:2]}:{plain[2:]}"
    match = _CLOCK.fullmatch(plain)
    if match is None or not any(match[each] for each in ("whole", "half", "m", "before", "after")):
        return None
    half_words = [w.replace(".", "") for w in (match["before"], match["after"]) if w]
    hour = _hour(int(match["h"]), half_words[0] if half_words else "")
    if hour is None or len(half_words) > 1:
        return None
    minute = 30 if match["half"] else int(match["m"] or 0)
    second = int(match["s"] or 0)
    if minute > 59 or second > 59:
        return None
    return dt.datetime(1, 1, 1, hour, minute, second)  # noqa: DTZ001  (a wall-clock time)


def _hour(hour: int, half: str) -> int | None:
    """Return the hour from 0 to 23, or None if it contradicts the half of the day."""
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


def _rounded(day: dt.date | None, clock: dt.datetime | None) -> Moment:
    """Round to the nearest minute; 23:59:40 becomes the next day."""
    if clock is None:
        return Moment(day)
    rounded = clock + dt.timedelta(seconds=30)
    if day is not None and day < dt.date.max:
        day += dt.timedelta(days=(rounded.date() - clock.date()).days)
    return Moment(day, rounded.time().replace(second=0, microsecond=0))


def _normalized(text: str) -> str:
    """Normalize width, whitespace and characters (simplified), dropping invisible ones."""
    return " ".join(simplified(half_width(text)).split())


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
            return _rounded(at.date(), clock) if clock else None
    return None


def _is_short(text: str, pattern: str) -> bool:
    """Tell whether digits without separators are ambiguous: 2026115 may be two days."""
    return bool(re.fullmatch(r"(%[a-zA-Z])+", pattern)) and text.isdigit() and len(text) < 8


def _strptime(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)  # noqa: DTZ007  (a wall-clock time, no instant)
    except ValueError:
        return None


def _arabic(text: str) -> str:
    """Convert Chinese numerals before 年, 月, 日, 时, 分 to digits."""

    def convert(found: re.Match[str]) -> str:
        numeral = found[0]
        if "十" not in numeral:
            return "".join(_DIGITS[c] for c in numeral)
        tens, _, ones = numeral.partition("十")
        return (_DIGITS.get(tens, "1") if tens else "1") + (_DIGITS.get(ones, "0") if ones else "0")

    return _HAN_NUMBER.sub(convert, text)


def _without_weekday(text: str) -> tuple[str, int | None]:
    match = _WEEKDAY.search(text)
    if match is None:
        return text, None
    word = match[1] or match[2]
    return f"{text[: match.start()]} {text[match.end() :]}".strip(), _WEEKDAY_OF[word]


def _month_first(formats: tuple[str, ...]) -> bool | None:
    """Tell whether a map's formats put the month before the day; None if undecided."""
    orders = {
        p.index("%m") < p.index("%d")
        for p in formats
        if {"%m", "%d"} <= set(re.findall("%[md]", p)) and not p.startswith("%Y")
    }
    return orders.pop() if len(orders) == 1 else None


def _day(text: str, country: str, month_first: bool | None) -> tuple[dt.date | Message | None, str]:
    """Return the day within a text, and the rest of the text."""
    for pattern in _DAYS:
        if match := pattern.search(text):
            parts = match.groupdict()
            month = _MONTHS[parts["word"]] if parts.get("word") else int(parts["m"])
            return _date(text, int(parts["y"]), month, int(parts["d"])), _cut(text, match)
    if match := _AMBIGUOUS.search(text):
        left, right, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == ".":
            month_first = False  # with full stops the day always comes first
        elif month_first is None and country in MONTH_FIRST | DAY_FIRST:
            month_first = country in MONTH_FIRST
        if left > 12 or right > 12 or left == right:
            month_first = right > 12
        if month_first is None:
            message_text = N_("%(text)s may be two days: write it as %(one)s or %(other)s.")
            one, other = (
                f"{year:04}-{m:02}-{d:02}" for m, d in sorted(((left, right), (right, left)))
            )
            return Message(message_text, text=match[0], one=one, other=other), ""
        month, day = (left, right) if month_first else (right, left)
        return _date(text, year, month, day), _cut(text, match)
    return None, text


def _date(text: str, year: int, month: int, day: int) -> dt.date | Message:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return _unreadable(text)


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()


_LENGTH = re.compile(
    r"(?:(?P<h>\d{1,2}(?:\.\d+)?)\s*(?:个?小时|hours?|hrs?|h)(?P<half>半)?)?\s*"
    r"(?:(?P<m>\d{1,5})(?:\.0+)?\s*(?:分钟|分|minutes?|mins?|min\.|m|')?)?"
)


def read_minutes(text: str) -> int | str:
    """Parse a duration in minutes (``90``, ``90分钟``, ``1.5 h``); else return the text."""
    match = _LENGTH.fullmatch(_normalized(text).casefold())
    if match is None or not (match["h"] or match["m"]):
        return text
    minutes = float(match["h"] or 0) * 60 + 30 * bool(match["half"]) + int(match["m"] or 0)
    return int(minutes) if minutes.is_integer() else text
