"""Names, orders and numbers of papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import document_types
from app.papers import rules
from app.papers.rules import FileFault, PaperFields


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("Warehouse contract.pdf", "Warehouse contract"),
        ("../../etc/合同.docx", "合同"),
        ("C:\\temp\\Invoice 7.xlsx", "Invoice 7"),
        ("IMG_2041.HEIC", ""),
        ("image.jpg", ""),
        ("DSC0001.jpg", ""),
        ("20261130.jpg", ""),
        (".pdf", "pdf"),
        ("a" * 255 + ".pdf", "a" * 200),
    ],
)
def test_a_paper_is_named_after_its_file_if_that_says_anything(sent: str, name: str) -> None:
    assert rules.default_name(sent) == name


@given(
    st.lists(st.integers(1, 50), unique=True, min_size=1), st.integers(1, 50), st.integers(-3, 3)
)
def test_moving_changes_the_order_and_loses_nothing(ids: list[int], moving: int, by: int) -> None:
    order = rules.moved(ids, moving, by)
    assert sorted(order) == sorted(ids)
    if moving in ids:
        assert order.index(moving) == min(max(ids.index(moving) + by, 0), len(ids) - 1)


@given(st.lists(st.integers(1, 30), unique=True))
def test_spans_name_each_number_once(numbers: list[int]) -> None:
    named: list[int] = []
    for part in rules.spans(numbers).split(", "):
        if part:
            first, _, last = part.partition("–")
            named += range(int(first), int(last or first) + 1)
    assert named == sorted(numbers)


def test_faults() -> None:
    assert rules.fault_of(0, "application/pdf", False) is FileFault.EMPTY
    assert rules.fault_of(9, "", True) is FileFault.LARGE
    assert rules.fault_of(9, "", False) is FileFault.TYPE
    assert rules.fault_of(9, document_types.PDF, False) is None
    assert rules.checked(PaperFields("a", "contract")) == {}
    assert set(rules.checked(PaperFields("a" * 201, "x", "b" * 501))) == {"name", "proves", "kind"}


def test_figures() -> None:
    assert rules.megabytes(9_820_000) == "9.82 MB"
    assert rules.megabytes(3) == "0.01 MB"
    assert rules.grouped("ab" * 8) == "abababab abababab"
    assert rules.receipt_number(318, 2026) == "R-2026-000318"
