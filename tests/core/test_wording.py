"""Dates as people say them."""

from datetime import UTC, datetime

import pytest

from app.core import wording

AT = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
TO = datetime(2026, 12, 15, 3, 0, tzinfo=UTC)
HERE = "Asia/Shanghai"


def test_a_span_names_weekday_date_and_times() -> None:
    assert wording.span(AT, TO, HERE, "en") == "Tue 15 Dec 2026, 09:30–11:00"
    assert wording.span(AT, TO, HERE, "zh") == "2026年12月15日 周二 09:30–11:00"


def test_a_span_over_midnight_names_both_days() -> None:
    said = wording.span(AT, TO, "America/Sao_Paulo", "en")
    assert said == "Mon 14 Dec 2026, 22:30–Tue 15 Dec 2026, 00:00"


def test_a_moment_a_day_and_a_clock() -> None:
    assert wording.moment(AT, HERE, "en") == "Tue 15 Dec 2026, 09:30"
    assert wording.day(AT, HERE, "zh") == "2026年12月15日 周二"
    assert wording.clock(AT, HERE) == "09:30"


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        (HERE, "en", "Shanghai time (Asia/Shanghai, UTC+8)"),
        (HERE, "zh", "上海时间（Asia/Shanghai，UTC+8）"),
        ("America/St_Johns", "en", "St. John’s time (America/St_Johns, UTC−3:30)"),
        ("UTC", "en", "UTC time (UTC)"),
    ],
)
def test_a_zone_is_named_with_its_offset_then(zone: str, language: str, name: str) -> None:
    assert wording.zone_name(zone, AT, language) == name


def test_what_the_house_does_not_know_is_said_as_it_is() -> None:
    assert wording.kind_name("trial", "zh") == "开庭审理"
    assert wording.kind_name("Motion Hearing", "en") == "Motion Hearing"
    assert wording.side_name("respondent", "zh") == "被告"
    assert wording.answer_name("if_needed", "en") == "if needed"


def test_names_and_facts_are_parted_as_each_language_parts_them() -> None:
    assert wording.listed(["Li Min", "Zhao Lei"], "en") == "Li Min, Zhao Lei"
    assert wording.listed(["李敏", "赵磊"], "zh-Hans") == "李敏、赵磊"
    assert (wording.comma("en"), wording.comma("zh")) == (", ", "，")
    assert (wording.colon("en"), wording.colon("zh")) == (": ", "：")
    assert (wording.aside(3, "en"), wording.aside("您", "zh")) == (" (3)", "（您）")


def test_any_text_becomes_one_clean_line() -> None:
    assert wording.one_line("a\r\n b\x00c\u2028d\u202e\ud800") == "a bc d\ufffd"
    assert wording.one_line(None) == ""


@pytest.mark.parametrize(
    ("now", "en", "zh"),
    [
        (datetime(2026, 12, 14, 17, 0, tzinfo=UTC), "today, 09:30", "今天09:30"),
        (datetime(2026, 12, 14, 15, 59, tzinfo=UTC), "tomorrow, 09:30", "明天09:30"),
        (datetime(2026, 12, 1, tzinfo=UTC), "Tue 15 Dec, 09:30", "12月15日 周二 09:30"),
        (datetime(2026, 12, 15, 20, 0, tzinfo=UTC), "Tue 15 Dec, 09:30", "12月15日 周二 09:30"),
        (
            datetime(2027, 1, 4, tzinfo=UTC),
            "Tue 15 Dec 2026, 09:30",
            "2026年12月15日 周二 09:30",
        ),
    ],
)
def test_a_near_moment_is_said_as_people_say_it(now: datetime, en: str, zh: str) -> None:
    assert wording.moment_from(AT, now, HERE, "en") == en
    assert wording.moment_from(AT, now, HERE, "zh") == zh
