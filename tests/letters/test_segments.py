"""What a text message costs."""

import pytest

from app.notices.text import segments


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("庭" * 70, 1),
        ("庭" * 71, 2),
        ("庭" * 134, 2),
        ("庭" * 135, 3),
        ("a" * 70 + "–", 2),
        ("𠀀" * 35, 1),
        ("𠀀" * 36, 2),
        ("庭" * 66 + "𠀀" + "庭" * 66, 3),
    ],
)
def test_segments_are_counted_as_carriers_count(body: str, count: int) -> None:
    assert segments(body) == count
