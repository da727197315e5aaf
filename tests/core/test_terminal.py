"""Text in a terminal's columns: nothing is lost, no line is longer than it may be."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.terminal import layout

TEXT = st.text(st.sampled_from("开庭时间排定，。（）、“”： abc-1/[]…"), max_size=120)


@given(TEXT, st.integers(10, 60))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = layout.wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        # What cannot be broken may be longer: a word, or a character with its punctuation.
        pieces = [each for each in layout.pieces(line) if each]
        assert layout.columns(line) <= width or len(pieces) == 1


@given(TEXT, st.integers(10, 60))
def test_no_line_begins_with_closing_punctuation(text: str, width: int) -> None:
    for line in layout.wrapped("开" + text, width)[1:]:
        assert line[0] not in "，。、：）”…" or " " in text


def test_a_chinese_character_takes_two_columns() -> None:
    assert layout.columns("开庭ok，") == 8
    assert layout.padded("开庭", 6) == "开庭  "
    assert layout.wrapped("庭期让代理人用手机答复", 10) == ["庭期让代理", "人用手机答", "复"]
