"""Characters that nobody sees, forms that look alike: what is stored, and what is compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules import number_key
from app.core.characters import clean, half_width, has_control, whole_number
from app.core.normalization import name_key

INVISIBLE = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Cf"] + list(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2800\u3164\ufe00\ufe0f\uffa0\U000e0101"
)
# What changes how its neighbours look: signs over digits, and the form of a Han character.
SEEN = "\U000e0101\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
NAMES = ["李敏", "Zhao Lei", "(2026)沪0115民初7号", "第三法庭", "Øystein"]


@pytest.mark.parametrize("name", NAMES)
def test_no_invisible_character_makes_another_name_or_number(name: str) -> None:
    for c in INVISIBLE:
        for typed in (c + name, name[:1] + c + name[1:], name + c):
            assert name_key(typed) == name_key(name), hex(ord(c))
            assert number_key(typed) == number_key(name), hex(ord(c))
            assert clean(typed) == name or c in SEEN, hex(ord(c))


@given(st.text())
def test_what_is_clean_stays_so_and_has_the_same_key(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert name_key(clean(text)) == name_key(text)
    assert len(name_key(text * 20)) <= 200
    assert not any(unicodedata.category(c) == "Cf" for c in name_key(text))


@pytest.mark.parametrize(
    "typed",
    [
        "می\u200cخواهم",  # Persian: two parts of one word
        "ക്\u200d",  # Malayalam, as chillu letters were written
        "क्\u200dष",  # a half form
        "👩\u200d⚖️",
        "🏳️\u200d🌈",
        "1️⃣",
        "葛\U000e0100城",
    ],
)
def test_joiners_stay_where_they_change_what_is_read(typed: str) -> None:
    assert clean(typed) == typed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("⻢⼀⻰", "马一龙"),
        ("王　芳", "王芳"),
        ("王\u00a0 芳", "王芳"),
        ("Ｚｈａｏ Ｌｅｉ", "zhao lei"),
        ("Rene\u0301", "René"),
        ("O’Brien", "O'Brien"),
        ("Jean‑Luc", "Jean-Luc"),
        ("神", "神"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("第３法庭", "第3法庭"),
        ("Straße", "STRASSE"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "number",
    [
        "（2026）沪0115民初7号",
        "(2026) 沪0115民初7号",
        "〔2026〕沪0115民初7号",
        "【2026】沪0115民初7号",
        "（２０２６）沪０１１５民初７号",
        "\ufeff（2026）沪0115民初7号\u200b",
        "[2026]沪0115民初 7 号",
    ],
)
def test_a_case_number_is_one_however_it_is_typed(number: str) -> None:
    assert number_key(number) == "(2026)沪0115民初7号"


def test_different_names_stay_different() -> None:
    names = ["李敏", "李 敏敏", "Li Min", "Limin", "第三法庭", "第3法庭", "王芳", "王方"]
    assert len({name_key(each) for each in names}) == len(names)


def test_what_a_machine_reads_is_half_width() -> None:
    assert half_width("ｗａｎｇ＠ｃｏｕｒｔ．ｅｘａｍｐｌｅ") == "wang@court.example"
    assert (
        half_width("２０２６－１２－１５Ｔ０９：３０：００＋０８：００")
        == "2026-12-15T09:30:00+08:00"
    )
    assert [whole_number(each) for each in ("６０", "٦٠", "60\u200b", "6O", "")] == [
        60,
        60,
        60,
        "6O",
        "",
    ]
    assert [
        has_control(each) for each in ("a\x00", "a\x85", "\ud800", "\ufffe", "a\nb", "a b")
    ] == [
        True,
        True,
        True,
        True,
        True,
        False,
    ]
