"""Case numbers."""

import pytest

from app.cases.rules import number_in_court, running_number, short_number


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("（2026）沪0115民初12345号", "12345号"),
        ("（2026）沪0115民初12345号之一", "12345号之一"),
        ("CV-2026-000123", "000123"),
        ("In re Estate of Somebody", "In re Estate"),
        ("2026 of the court's own list", "2026 of the "),
    ],
)
def test_a_tab_shows_of_a_number_what_differs_from_the_next(number: str, seen: str) -> None:
    assert short_number(number) == seen


@pytest.mark.parametrize(
    ("number", "digits", "in_court"),
    [
        ("（2026）沪0115民初620号", "620", "民初620号"),
        ("(2026)京73民终1号", "1", "民终1号"),
        ("〔2025〕东0901执异77号之一", "77", "（2025）执异77号之一"),
        ("（2026）最高法民终9号", "9", "（2026）最高法民终9号"),
        ("CV-2026-000123", "000123", "CV-2026-000123"),
        ("In re Estate of Somebody", "", "In re Estate of Somebody"),
    ],
)
def test_lists_of_one_court_leave_out_what_all_numbers_share(
    number: str, digits: str, in_court: str
) -> None:
    assert running_number(number) == digits
    assert number_in_court(number, 2026) == in_court
