"""What entries, notices and tasks are about, and the references of tries: typed, stored as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.attempt_reference import AttemptReference
from app.core.matters import Matter

IDS = st.integers(min_value=0, max_value=2**63 - 1)


@given(IDS)
def test_a_matter_is_read_as_it_was_written(number: int) -> None:
    for matter in (Matter.hearing(number), Matter.case(number)):
        assert Matter.parse(str(matter)) == matter
    assert Matter.hearing_id(f"hearing/{number}") == number
    assert Matter.hearing_id(f"case/{number}") is None


def test_an_entry_about_nothing_is_about_no_hearing() -> None:
    assert Matter.hearing_id("") is None


@pytest.mark.parametrize("about", ["", "hearing", "hearing/", "hearing/x", "hearing/-1", "user/3"])
def test_what_names_no_matter_is_refused(about: str) -> None:
    with pytest.raises(ValueError, match="no matter"):
        Matter.parse(about)


@given(IDS, st.integers(min_value=0, max_value=999))
def test_a_reference_is_read_as_it_was_written(notice_id: int, tries: int) -> None:
    assert AttemptReference.parse(str(AttemptReference(notice_id, tries))) == AttemptReference(
        notice_id, tries
    )


@pytest.mark.parametrize("reference", ["", "n", "n1", "n1.", "i1.2", "n1.2.3", "t5"])
def test_what_names_no_try_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="no attempt"):
        AttemptReference.parse(reference)
