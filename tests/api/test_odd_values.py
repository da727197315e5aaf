"""A form reads any JSON: whatever stands in a field is loaded, or is an error of that field."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import ValidationError

from app.core.forms import Form
from tests.conftest import Scenario

ODD: list[Any] = [None, True, 0.5, -1, 10**30, "", "x", [], [None], [0.5], [[]], {}, {"x": 1}]
ODD += [[{}], [{"x": []}], {"x": {}}]


def forms(form: type[Form] = Form) -> Iterator[type[Form]]:
    """Yield all forms."""
    for each in form.__subclasses__():
        yield each
        yield from forms(each)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a JSON document, but not of the document."""
    items: Any = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a JSON document with another value at a path."""
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def read(form: type[Form], document: Any) -> None:
    """Load a form and all that follows from its fields."""
    try:
        loaded = form.schema()().load(document)
    except ValidationError:
        return
    for name in dir(form):
        if isinstance(getattr(form, name), property):
            getattr(loaded, name)


def test_no_value_of_any_field_is_more_than_an_error_of_input(scenario: Scenario) -> None:
    document = scenario.client.get("/api/v1/openapi.json").get_json()
    described = document["components"]["schemas"]
    tried = 0
    for form in forms():
        example = described.get(form.__name__, {}).get("example")
        for path in places(example):
            for odd in ODD:
                changed = replaced(example, path, odd)
                try:
                    read(form, changed)
                except Exception as fault:
                    pytest.fail(f"{form.__name__} {path} {odd!r}: {fault!r}")
                tried += 1
    assert tried > 1000
