"""The API's document holds: it is valid, complete, and every answer is within it."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api import contract
from tests.conftest import Scenario

# Cases of each call, half of them invalid; all calls come to more than 10,000.
EACH = 160
REFUSED = {"400", "404", "409", "410", "412", "413", "422", "428"}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(scenario: Scenario) -> dict[str, Any]:
    """The API's document."""
    found: dict[str, Any] = scenario.client.get("/api/v1/openapi.json").get_json()
    return found


def calls(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the description of every call."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_an_independent_validator_finds_the_document_valid(document: dict[str, Any]) -> None:
    assert [str(each) for each in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_call_has_a_name_a_scope_errors_and_examples(document: dict[str, Any]) -> None:
    names = [call["operationId"] for _, call in calls(document)]
    assert len(set(names)) == len(names)
    for name, call in calls(document):
        assert call["summary"], name
        (security,) = call["security"]
        assert len(security["token"]) == 1, name
        assert {"400", "401", "403", "503", "default"} <= call["responses"].keys(), name
        for status, answer in call["responses"].items():
            if status.startswith("2") and "content" in answer:
                for media, described in answer["content"].items():
                    assert media != "application/json" or described["example"], name
        body = call.get("requestBody", {}).get("content", {})
        assert all("example" in each for media, each in body.items() if "json" in media), name
        if "{" in name:
            assert "404" in call["responses"], name


def test_every_parameter_and_every_field_has_a_type(document: dict[str, Any]) -> None:
    for name, call in calls(document):
        for parameter in call.get("parameters", []):
            if "$ref" not in parameter:
                assert "type" in parameter["schema"], (name, parameter)
                assert "null" not in parameter["schema"]["type"], (name, parameter)
    for name, schema in document["components"]["schemas"].items():
        for field, each in schema.get("properties", {}).items():
            assert {"type", "$ref", "allOf", "anyOf", "oneOf"} & each.keys(), (name, field)
            assert "nullable" not in each, (name, field)  # a word of OpenAPI 3.0


def test_examples_are_what_the_schemas_describe(document: dict[str, Any]) -> None:
    components = {"components": document["components"]}
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator({**schema, **components}).validate(schema["example"])
        assert json.dumps(schema["example"]), name


def test_few_cases_of_every_call_are_answered_within_the_document(scenario: Scenario) -> None:
    contract.fill(scenario)
    run = contract.run(scenario, 2, seed=1)
    assert run.findings == {}
    assert run.cases >= 70


PARTS = 4  # for as many processes


@pytest.mark.extended
@pytest.mark.database
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_cases_on_each_database_are_answered_within_the_document(
    scenario: Scenario, part: int
) -> None:
    contract.fill(scenario)
    run = contract.run(scenario, EACH, seed=2, part=part, parts=PARTS)
    print(f"{run.cases} cases: {dict(sorted(run.statuses.items()))}")
    assert run.findings == {}
    assert run.cases >= 10_000 / PARTS
    assert run.statuses.keys() <= {"200", "201", "202", "204", "304", *REFUSED}
