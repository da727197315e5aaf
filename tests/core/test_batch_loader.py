"""Loading many inputs of one form gives what loading each of them gives."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.cases.forms import CaseIn
from app.core.errors import Invalid
from app.core.forms import BatchLoader, load

COUNSEL = {"name": "李敏", "email": "li@huacheng.example", "phone": "13800138001"}
PARTY = {"name": "甲公司", "side": "claimant", "counsel": [COUNSEL]}
CASE = {"number": "（2026）沪0115民初１号", "judge": "陈法官", "parties": [PARTY]}
INPUTS: list[Mapping[str, Any]] = [
    CASE,
    CASE,
    {**CASE, "number": "2", "title": "  买卖  合同 "},
    {**CASE, "parties": [PARTY, {**PARTY, "name": "乙", "side": "respondent", "counsel": []}]},
    {**CASE, "parties": []},
    {**CASE, "parties": "甲"},
    {**CASE, "parties": [PARTY, 7]},
    {**CASE, "number": ""},
    {**CASE, "number": 7},
    {**CASE, "procedure": None},
    {**CASE, "procedure": "none"},
    {**CASE, "color": "red"},
    {**CASE, "parties": [{**PARTY, "counsel": [{**COUNSEL, "channels": ["sms", "email"]}]}]},
    {**CASE, "parties": [{**PARTY, "counsel": [{**COUNSEL, "email": "none", "phone": ""}]}]},
    {
        **CASE,
        "parties": [{**PARTY, "counsel": [{**COUNSEL, "address_confirmed_on": "2026-12-01"}]}],
    },
    {**CASE, "parties": [{**PARTY, "counsel": [{**COUNSEL, "address_confirmed_on": "soon"}]}]},
    {**CASE, "title": "x" * 501},
    {"number": "3"},
    {},
    CASE,
]


def loaded(load_one: Any, data: Mapping[str, Any]) -> Any:
    """What an input becomes: the form, or its errors by field."""
    try:
        return load_one(data)
    except Invalid as fault:
        return {name: (why.words, str(why.facts)) for name, why in fault.errors.items()}


def test_many_inputs_are_loaded_as_each_would_be() -> None:
    loader = BatchLoader(CaseIn)
    for data in INPUTS:
        assert loaded(loader.load, data) == loaded(lambda each: load(CaseIn, each), data), data
    loader.MOST = 1  # what was checked is forgotten and checked anew
    assert loader.load(CASE) == load(CaseIn, CASE)


def test_two_inputs_share_no_list() -> None:
    loader = BatchLoader(CaseIn)
    first, second = (loader.load(CASE).parties[0].counsel[0].channels for _ in range(2))
    assert first == second
    assert first is not second


@pytest.mark.parametrize("unknown", ["colour", "number "])
def test_an_unknown_field_is_named(unknown: str) -> None:
    with pytest.raises(Invalid) as fault:
        BatchLoader(CaseIn).load({**CASE, unknown: "red"})
    assert list(fault.value.errors) == [unknown]
