"""Dates, time zones and the court's terms in words, for letters, calendars and pages alike."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location

from app.core.characters import clean

LANGUAGES = ("en", "zh")
MOST_TYPED = 20_000  # characters of a field that are read

_DAY = {"en": "EEE d MMM y", "zh": "y年M月d日 EEE"}
_DAY_OF_YEAR = {"en": "EEE d MMM", "zh": "M月d日 EEE"}
_NEAR = {"en": ("today", "tomorrow"), "zh": ("今天", "明天")}
_BETWEEN = {"en": ", ", "zh": " "}
# Comma, comma of a list, colon, semicolon.
_MARKS = {"en": (", ", ", ", ": ", "; "), "zh": ("，", "、", "：", "；")}

_KINDS = {
    "trial": ("Trial", "开庭审理"),
    "pretrial": ("Pretrial meeting", "庭前会议"),
    "evidence": ("Exchange of evidence", "证据交换"),
    "mediation": ("Mediation", "调解"),
    "conference": ("Conference", "案件会议"),
    "judgment": ("Pronouncement of judgment", "宣判"),
    "other": ("Hearing", "开庭"),
}
_SIDES = {
    "claimant": ("Claimant", "原告"),
    "respondent": ("Respondent", "被告"),
    "other": ("Other party", "其他当事人"),
    "delegate": ("Delegate of counsel", "代理人委托的代办人"),
    "member": ("Needed at the hearing", "需到庭人员"),
}
_ROLES = {
    "presiding": ("presiding", "审判长"),
    "judge": ("judge", "审判员"),
    "assessor": ("assessor", "人民陪审员"),
    "interpreter": ("interpreter", "翻译人员"),
    "expert": ("expert", "鉴定人"),
    "witness": ("witness", "证人"),
}
_MOVE_REASONS = {
    "clash": ("a hearing of another court at that time", "与其他法院的开庭时间冲突"),
    "illness": ("illness or an emergency", "患病或者突发事由"),
    "absent": ("a party or witness cannot come", "当事人或者证人不能到庭"),
    "evidence": ("evidence is still missing", "证据尚未齐备"),
    "settlement": ("the parties are talking about a settlement", "双方正在协商和解"),
    "other": ("another reason", "其他理由"),
}
_OUTCOME_CAUSES = {
    "excused": (
        "somebody who must take part has a good reason not to come",
        "必须到庭的人有正当理由没有到庭",
    ),
    "recusal": ("a judge is asked to withdraw", "当事人申请回避"),
    "evidence": ("new evidence, a witness or an expert", "需要新的证据、证人或者鉴定"),
    "settlement": ("the parties want to settle", "当事人要求调解"),
    "absence": ("somebody did not come", "有人未到庭"),
    "court": ("a reason of the court's own", "法院自身原因"),
    "other": ("another reason", "其他原因"),
}
_FILINGS = {
    "evidence": ("evidence", "证据"),
    "pleading": ("a statement of claim or defence", "起诉状、答辩状"),
    "application": ("an application", "申请书"),
    "authority": ("authority to act", "授权委托手续"),
    "other": ("other papers", "其他材料"),
}
_OBJECTIONS = {
    "authentic": ("not authentic", "真实性"),
    "lawful": ("not lawful", "合法性"),
    "relevant": ("not relevant", "关联性"),
}
_ANSWERS = {
    "yes": ("yes", "可以"),
    "if_needed": ("if needed", "必要时可以"),
    "no": ("no", "不可以"),
}


@lru_cache(64)
def language_of(language: str) -> str:
    """Return the supported language for a tag: "zh" for any Chinese, else "en"."""
    return "zh" if language.lower().replace("_", "-").split("-")[0] == "zh" else "en"


def comma(language: str) -> str:
    """Return the comma between two facts about one thing: "Li Min, Acme", "李敏，甲公司"."""
    return _MARKS[language_of(language)][0]


def listed(names: Iterable[object], language: str) -> str:
    """Say several names one after the other: "Li Min, Zhao Lei", "李敏、赵磊"."""
    return _MARKS[language_of(language)][1].join(map(str, names))


def colon(language: str) -> str:
    """Return the colon between a label and its value: ": ", "："."""
    return _MARKS[language_of(language)][2]


def semicolon(language: str) -> str:
    """Return the semicolon between two sentences: "; ", "；"."""
    return _MARKS[language_of(language)][3]


def aside(words: object, language: str) -> str:
    """Put words into brackets behind others: " (you)", "（您）"."""
    return f"（{words}）" if language_of(language) == "zh" else f" ({words})"


def typed_lines(text: str) -> str:
    """Return what was typed into several lines, each as ``one_line`` returns it.

    Only the first MOST_TYPED characters are looked at, and shown again if the form is refused.
    """
    lines = clean(text[:MOST_TYPED].replace("\r\n", "\n")).split("\n")
    return "\n".join(one_line(line) for line in lines).strip()


def shortened(text: str, most: int) -> str:
    """Return text on one line of at most ``most`` characters, with "…" in place of the rest."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def one_line(text: object) -> str:
    """Return text on one line, without control, broken and invisible characters.

    Among the last are those that turn the direction of writing, which could make one case number
    read as another.
    """
    line = str("" if text is None else text)
    # Most facts are clean already: printable means no control, no half character, no other space.
    if line.isprintable() and "  " not in line and line == line.strip():
        return line
    line = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = " ".join(clean(line).split())
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cc").split())


def instant(value: str | datetime) -> datetime:
    """Return an aware time from ISO 8601 or a datetime; ValueError where the offset is missing."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is None:
        raise ValueError(f"a time without its offset: {value}")
    return at


def local(at: datetime, zone: str) -> datetime:
    """Return the wall-clock time of an aware time in an IANA zone."""
    return at.astimezone(ZoneInfo(zone))


def date_with_weekday(on: date, language: str) -> str:
    """Say a date with its weekday: "Tue 15 Dec 2026", "2026年12月15日 周二"."""
    chosen = language_of(language)
    return _formatted(on, _DAY[chosen], chosen)


def day(at: datetime, zone: str, language: str) -> str:
    """Say the date of an aware time in a zone, with its weekday."""
    return date_with_weekday(local(at, zone).date(), language)


def day_name(on: date, language: str) -> str:
    """Say a calendar day of these weeks, without its year: "Tue 15 Dec", "12月15日 周二"."""
    chosen = language_of(language)
    return _formatted(on, {"en": "EEE d MMM", "zh": "M月d日 EEE"}[chosen], chosen)


def short_day(
    at: datetime, zone: str, language: str, *, weekday: bool = True, year: bool = True
) -> str:
    """Say a day for a text message, where Chinese leaves out the year: "12月15日周二"."""
    chosen = language_of(language)
    pattern = _DAY["en"] if chosen == "en" else "M月d日EEE"
    if not weekday:
        pattern = pattern.replace("EEE", "").strip()
    if not year:
        pattern = pattern.replace(" y", "")
    return _formatted(local(at, zone).date(), pattern, chosen)


@lru_cache(1024)
def _formatted(on: date, pattern: str, language: str) -> str:
    """Write a day by a pattern of CLDR; thousands of letters a minute name the same few days."""
    return format_date(on, pattern, locale=language)


def clock(at: datetime, zone: str) -> str:
    """Say the time of day on the wall: "09:30"."""
    wall = local(at, zone)
    return f"{wall.hour:02}:{wall.minute:02}"


def exact_clock(at: datetime, zone: str) -> str:
    """Say the time of day to the second: "09:30:04"."""
    return f"{clock(at, zone)}:{local(at, zone).second:02}"


def moment(at: datetime, zone: str, language: str) -> str:
    """Say a day and a time: "Fri 4 Dec 2026, 17:00", "2026年12月4日 周五 17:00"."""
    return day(at, zone, language) + _BETWEEN[language_of(language)] + clock(at, zone)


def moment_from(at: datetime, now: datetime, zone: str, language: str) -> str:
    """Say a day and a time as seen from ``now``: "today, 17:00", "Fri 4 Dec, 17:00", "今天17:00".

    The year is said only where it is another one.
    """
    chosen = language_of(language)
    on, today = local(at, zone).date(), local(now, zone).date()
    ahead = (on - today).days
    if ahead in (0, 1):
        return _NEAR[chosen][ahead] + ("" if chosen == "zh" else ", ") + clock(at, zone)
    return day_from(on, today, language) + _BETWEEN[chosen] + clock(at, zone)


def day_from(on: date, today: date, language: str) -> str:
    """Say a calendar day with its weekday, and its year only where it is not that of ``today``."""
    chosen = language_of(language)
    pattern = _DAY[chosen] if on.year != today.year else _DAY_OF_YEAR[chosen]
    return _formatted(on, pattern, chosen)


def near_moment(at: datetime, now: datetime, zone: str, language: str) -> str:
    """Say a day and a time, with the year only if it is not the present one.

    "Fri 4 Dec, 17:00", "12月4日周五 17:00".
    """
    if local(at, zone).year != local(now, zone).year:
        return moment(at, zone, language)
    on = short_day(at, zone, language, year=False)
    return on + _BETWEEN[language_of(language)] + clock(at, zone)


def span(starts_at: datetime, ends_at: datetime | None, zone: str, language: str) -> str:
    """Say from when to when: "Tue 15 Dec 2026, 09:30–11:00"; the second day only if another."""
    begun = moment(starts_at, zone, language)
    if ends_at is None:
        return begun
    same = local(starts_at, zone).date() == local(ends_at, zone).date()
    return f"{begun}–{clock(ends_at, zone) if same else moment(ends_at, zone, language)}"


def sitting_count(days: int, sittings: int, language: str) -> str:
    """Say how many days a hearing has, or sittings where a day has several: "3 days", "3天"."""
    zh = language_of(language) == "zh"
    if days == sittings:
        return f"{days}天" if zh else f"{days} day{'' if days == 1 else 's'}"
    return f"{sittings}次开庭" if zh else f"{sittings} sittings"


def count_of(dated: Any, zone: str, language: str) -> str:
    """Say how many days a hearing or a slot with several sittings has; "" of one sitting."""
    sittings = getattr(dated, "sittings", ())
    if len(sittings) < 2:
        return ""
    days = {local(each.starts_at, zone).date() for each in sittings}
    return sitting_count(len(days), len(sittings), language)


def date_of(dated: Any, zone: str, language: str) -> str:
    """Say when a hearing or a slot is: "Mon 7 Dec 2026, 09:00–17:00 (3 days)".

    Of several sittings the first, and how many days there are.
    """
    count = count_of(dated, zone, language)
    first = dated.sittings[0] if count else dated
    words = span(first.starts_at, first.ends_at, zone, language)
    return words + (aside(count, language) if count else "")


def day_of_days(number: int, days: int, language: str) -> str:
    """Say which day of a hearing one is: "day 2 of 3", "第2天，共3天"."""
    zh = language_of(language) == "zh"
    return f"第{number}天，共{days}天" if zh else f"day {number} of {days}"


def utc_offset(at: datetime, zone: str) -> str:
    """Say how far a zone is from UTC at a time: "UTC+8", "UTC−3:30", "UTC"."""
    offset = local(at, zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def zone_name(zone: str, at: datetime | None, language: str) -> str:
    """Name a zone for people: "Shanghai time (Asia/Shanghai, UTC+8)".

    The offset is the one at ``at``; it is left out where ``at`` is None, because several times on
    both sides of a switch are meant.
    """
    chosen = language_of(language)
    place = _city(zone, chosen)
    facts = list(dict.fromkeys([zone, *([utc_offset(at, zone)] if at else [])]))
    if chosen == "zh":
        return f"{place}时间（{'，'.join(facts)}）"
    return f"{place} time ({', '.join(facts)})"


def zone_place(zone: str, language: str) -> str:
    """Name a zone by its city: "Shanghai time", "上海时间"."""
    chosen = language_of(language)
    place = _city(zone, chosen)
    return f"{place}时间" if chosen == "zh" else f"{place} time"


def country_name(country: str, language: str) -> str:
    """Name a country (ISO 3166-1); a code without a name is returned as it is."""
    return str(Locale.parse(language_of(language)).territories.get(country, country))


@lru_cache(256)
def _city(zone: str, language: str) -> str:
    # By a name Babel would ask pytz, which may not know a zone that the rules in use have.
    return get_timezone_location(ZoneInfo(zone), locale=language, return_city=True).split("/")[-1]


def kind_name(kind: str, language: str) -> str:
    """Name a kind of hearing; an unknown kind is returned as it is."""
    return _name(_KINDS, kind, language)


def side_name(side: str, language: str) -> str:
    """Name the side that a party is on; an unknown one is returned as it is."""
    return _name(_SIDES, side, language)


def role_name(role: str, language: str) -> str:
    """Name what somebody does in a hearing; an unknown role is returned as it is."""
    return _name(_ROLES, role, language)


def role_names(role: str) -> dict[str, str]:
    """Return the names of a role by language, as a fact of a message."""
    return {language: role_name(role, language) for language in LANGUAGES}


def bench_line(members: Iterable[Mapping[str, str]], language: str) -> str:
    """Return people in one line, each a ``name`` and, unless a judge like others, their ``role``.

    ``court.bench.parse`` reads it again.
    """
    chinese = language_of(language) == "zh"
    opening, closing, separator = ("（", "）", "、") if chinese else (" (", ")", ", ")
    return separator.join(
        each["name"]
        if each["role"] == "judge"
        else f"{each['name']}{opening}{role_name(each['role'], language)}{closing}"
        for each in members
    )


def bench_of(hearing: Mapping[str, Any], language: str) -> str:
    """Return who sits by the facts of a hearing: its bench where it has one, else its judge."""
    bench = hearing.get("bench")
    return bench_line(bench, language) if bench else hearing.get("judge") or ""


def move_reason_name(reason: str, language: str) -> str:
    """Name why counsel asks for another date; an unknown reason is returned as it is."""
    return _name(_MOVE_REASONS, reason, language)


def outcome_cause_name(cause: str, language: str) -> str:
    """Name why a hearing was adjourned or not held; an unknown cause is returned as it is."""
    return _name(_OUTCOME_CAUSES, cause, language)


def filing_kind_name(kind: str, language: str) -> str:
    """Name the kind of papers that came in; an unknown kind is returned as it is."""
    return _name(_FILINGS, kind, language)


def objection_name(aspect: str, language: str) -> str:
    """Name what counsel deny of a paper; an unknown aspect is returned as it is."""
    return _name(_OBJECTIONS, aspect, language)


def answer_name(says: str, language: str) -> str:
    """Name counsel's answer to a slot; an unknown answer is returned as it is."""
    return _name(_ANSWERS, says, language)


def _name(names: dict[str, tuple[str, str]], key: str, language: str) -> str:
    return names[key][LANGUAGES.index(language_of(language))] if key in names else key
