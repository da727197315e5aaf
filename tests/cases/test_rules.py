"""Case numbers."""

import pytest

from app.cases.rules import short_number


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
