"""What a text message costs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.gsm7 import SEPTETS, plain_marks
from app.letters.text_length import segments


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


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Judge O’Brien – “Court 5”…", 'Judge O\'Brien - "Court 5"...'),
        (
            "non‑breaking\u00a0space\u202fand\u2009thin, −5 °".replace(" °", ""),
            "non-breaking space and thin, -5",
        ),
        ("Court\u200b\u00ad\ufeff\u2060\u200e 5", "Court 5"),
        ("« Bonjour » ‹x› ‚y‘ „z“ 5′ 3″ • a · b", '" Bonjour " <x> \'y\' "z" 5\' 3" * a - b'),
        ("ﬁnal oﬃce", "final office"),
        ("Room 3，9：30（x）", "Room 3,9:30(x)"),
        ("cafe\u0301 – Mu\u0308ller", "café - Müller"),
        # Names and numbers are never changed: one letter that GSM-7 lacks keeps everything.
        ("Mária’s – case", None),
        ("col·legi – x", None),
        ("Łukasz’s", None),
        ("œuvre…", None),
        ("王律师“请答复”…", None),
        ("５ o’clock", None),
        ("🙂’", None),
        ("№ 5 – ʻOhana", None),
        ("plain", None),
        ("", None),
    ],
)
def test_typographic_marks_become_plain_where_that_saves_segments(
    typed: str, sent: str | None
) -> None:
    assert plain_marks(typed) == (typed if sent is None else sent)


@given(st.text(max_size=200))
def test_marks_are_changed_into_gsm7_or_not_at_all(typed: str) -> None:
    sent = plain_marks(typed)
    assert sent == typed or set(sent) <= SEPTETS
    assert plain_marks(sent) == sent
    # Letters and digits are the same, put together with their accents; ligatures are taken apart.
    letters = [
        "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
        for text in (typed.replace("×", "x"), sent)
    ]
    assert sent == typed or letters[0] == letters[1]
