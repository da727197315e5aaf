"""Telephone numbers as people write them: read, or refused in words, never turned into others."""

import re

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.cases.phones import (
    PhoneError,
    display_phone,
    is_land_line,
    is_valid,
    parse_phone,
    takes_texts,
    tel_uri,
)


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("138 0013-8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("0086 138 0013 8000", "CN", "+8613800138000"),
        ("8613800138000", "CN", "+8613800138000"),
        ("\u202d13800138000\u202c", "CN", "+8613800138000"),
        ("013800138000", "CN", "+8613800138000"),
        ("tel:+86-138-0013-8000", "CN", "+8613800138000"),
        ("+44 7400 123456", "CN", "+447400123456"),
        ("0044 7400 123456", "US", "+447400123456"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("021－58880002", "CN", "+862158880002"),
        ("021——58880002", "CN", "+862158880002"),
        ("0221/9876543", "DE", "+492219876543"),
        ("400-820-8820", "CN", "+864008208820"),
        ("021－58880002转801", "CN", "+862158880002;ext=801"),
        ("208-555-5555", "US", "+12085555555"),
        ("+44 20 7946 0018", "CN", "+442079460018"),
        ("021-58880002轉801", "CN", "+862158880002;ext=801"),
        ("（021）58880002 分机：801", "CN", "+862158880002;ext=801"),
        ("021-58880002-801", "CN", "+862158880002;ext=801"),
        ("021-58880002#801", "CN", "+862158880002;ext=801"),
        ("+86 21 5888 0002 ext. 801", "CN", "+862158880002;ext=801"),
        ("+862158880002;ext=801", "US", "+862158880002;ext=801"),
        ("202-555-0123 x12", "US", "+12025550123;ext=12"),
    ],
)
def test_a_number_is_read_as_it_is_written(typed: str, region: str, number: str) -> None:
    assert parse_phone(typed, region) == number
    assert is_valid(number)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("138OO138OOO", "has letters"),
        ("l3800138000", "has letters"),
        ("张三13800138000", "has letters"),
        ("1-800-FLOWERS", "has letters"),
        ("1.3800138E+10", "has letters"),
        ("138****8000", "is masked"),
        ("138xxxx8000", "is masked"),
        ("138XXXX8000", "is masked"),
        ("138…8000", "is masked"),
        ("138●●●●8000", "is masked"),
        ("138----8000", "is masked"),
        ("138××××8000", "is masked"),
        ("138＊＊＊＊8000", "is masked"),
        ("138____8000", "is masked"),
        ("1380013800", "nobody has"),
        ("138001380", "nobody has"),
        ("138001380001", "nobody has"),
        ("+13800138000", "nobody has"),
        ("2158880002", "lacks a digit, or the 0"),
        ("95588", "area code"),
        ("13800138000/13900139000", "more than one"),
        ("13800138000、13900139000", "more than one"),
        ("13800138000 13900139000", "more than one"),
        ("13800138000;13900139000", "more than one"),
        ("021-58880002/3", "more than one"),
        ("13800138000转1234", "with an extension"),
        ("手机", "has letters"),
        ("", "too few digits"),
        ("+86", "too few digits"),
        ("12", "too few digits"),
        ("\x00", "too few digits"),
        ("12345", "area code"),
        ("call me", "has letters"),
        ("—", "too few digits"),
        ("138001380001234567", "too many digits"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed: str, words: str) -> None:
    with pytest.raises(PhoneError, match=re.escape(words)):
        parse_phone(typed, "CN")


@example("138OO138OOO", "CN")
@given(
    st.text("0123456789+-() *xXO转#/.、", min_size=5, max_size=24),
    st.sampled_from(["CN", "US", "DE"]),
)
def test_no_digit_is_ever_lost_or_added(typed: str, region: str) -> None:
    try:
        number = parse_phone(typed, region)
    except PhoneError:
        return
    main, _, extension = number.partition(";ext=")
    digits = "".join(c for c in typed if c.isdigit())
    # Before the digits as typed stand the country's only; what was before them is how one dials.
    national = main[1:].removeprefix(str(phonenumbers.parse(main).country_code))
    assert digits.endswith(national + extension)
    assert len(digits) - len(national + extension) <= 7
    assert phonenumbers.is_valid_number(phonenumbers.parse(main))


def test_a_land_line_gets_no_texts() -> None:
    assert [
        takes_texts(each)
        for each in (
            "+8613800138000",
            "+12025550123",
            "+862158880002",
            "+862158880002;ext=801",
            "+864008208820",
            "+447400123456",
            "",
        )
    ] == [True, True, False, False, False, True, False]
    assert is_land_line("+862158880002")
    assert not is_land_line("")
    assert not is_valid("+861388000")


def test_an_extension_is_shown_and_can_be_rung() -> None:
    assert display_phone("+862158880002;ext=801", "zh") == "+862158880002 转 801"
    assert display_phone("+862158880002;ext=801", "en") == "+862158880002 ext. 801"
    assert tel_uri("021－58880002 转 801") == "tel:02158880002;ext=801"
    assert tel_uri("+86 21 5888 0000") == "tel:+862158880000"
