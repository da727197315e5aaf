"""Canonical JSON: the quick writer says what RFC 8785 says, byte for byte."""

from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.record.hashing import canonical

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | WORDS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(VALUES)
def test_it_is_the_canonical_form(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_beyond_the_first_plane_are_ordered_by_utf_16() -> None:
    value = {"\U0001f600": 1, "\uff01": 2, "a": 3, "\x7f": "\x7f\u2028é"}
    assert canonical(value) == rfc8785.dumps(value)
    assert list(canonical(value).decode()).index("\U0001f600") < canonical(value).decode().index(
        "\uff01"
    )
