"""Every list of the API is read in parts in one way, and every answer has an ETag: by the document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api import filled
from tests.api.filled import call
from tests.api.test_contract import calls
from tests.api.test_tokens import kind
from tests.conftest import Scenario

PAGING = {"limit", "after", "lang", "If-None-Match"}
# Values of `limit` and `after` that are none; a great `after` is only behind every row.
NO_NUMBERS = ("0", "-1", "201", "1e2", "1.5", "x", "\0", "9" * 30, "0x10", " ")


@pytest.fixture
def document(scenario: Scenario) -> dict[str, Any]:
    """The API's document."""
    found: dict[str, Any] = scenario.client.get("/api/v1/openapi.json").get_json()
    return found


def answer_of(document: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the JSON that a call answers with, {} for another kind of answer."""
    content = described["responses"].get("200", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["schemas"].get(name, {}))


def lists(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each call that answers with a list: its path, the field of the list, what it says."""
    for name, described in calls(document):
        method, _, path = name.partition(" ")
        fields = answer_of(document, described).get("properties", {})
        if method == "GET" and not path.endswith("}"):
            for field, each in fields.items():
                if each.get("type") == "array" and field not in ("withheld", "periods", "channels"):
                    yield path.removeprefix("/api/v1"), field, described


def test_every_list_is_read_in_parts_and_can_be_filtered(document: dict[str, Any]) -> None:
    found = list(lists(document))
    assert len(found) >= 25
    for path, _, described in found:
        names = {each["name"] for each in described["parameters"]}
        assert names >= PAGING, path
        assert names - PAGING - {"case_id", "hearing_id", "webhook_id"} or path in (
            "/filings",
            "/events",
        ), path
        assert "next" in answer_of(document, described)["properties"], path


def test_what_is_there_is_read_in_parts_and_has_an_etag(
    scenario: Scenario, document: dict[str, Any]
) -> None:
    filled.fill(scenario)
    check_parts(scenario, document)
    check_etags(scenario, document)


def check_parts(scenario: Scenario, document: dict[str, Any]) -> None:
    """Read every list as a whole and in parts of one, which must be the same."""
    several = set()
    for path, field, _ in lists(document):
        address = re.sub(r"{\w+}", "1", path)
        more = "case_id=1&" if path == "/suggestions" else ""
        most = 6 if more else 200
        whole = call(scenario, "GET", f"{address}?{more}limit={most}").get_json()
        rows, after, parts = [], "", 0
        while parts < most:
            part = call(scenario, "GET", f"{address}?{more}limit=1{after}").get_json()
            rows += part[field]
            parts += 1
            if part["next"] is None:
                break
            after = f"&after={part['next']}"
        if not more:  # each part of them is spread over days by itself
            assert rows == whole[field], path
        assert len({str(each) for each in rows}) == len(rows), path
        several |= {path} if len(rows) > 1 else set()
    assert len(several) >= 18, sorted(several)


def test_numbers_of_a_part_that_are_none_are_named(
    scenario: Scenario, document: dict[str, Any]
) -> None:
    case = call(scenario, "POST", "/cases", filled.CASE)
    assert case.status_code == 201
    for path, _, _ in lists(document):
        address = re.sub(r"{\w+}", "1", path)
        for name in ("limit", "after"):
            for text in NO_NUMBERS:
                if (name, text) in {("after", "0"), ("after", "201")}:
                    continue
                query = {name: text, **({"case_id": "1"} if path == "/suggestions" else {})}
                response = scenario.client.get(
                    f"/api/v1{address}",
                    query_string=query,
                    headers={"Authorization": f"Bearer {scenario.token(filled.ADMIN)}"},
                )
                assert kind(response, 422) == "invalid", (path, query, response.text)
                errors = response.get_json(force=True)["errors"]
                assert [each["field"] for each in errors] == [name], (path, query)
        far = call(scenario, "GET", f"{address}?after={2**31 - 1}&case_id=1")
        assert far.status_code in (200, 404, 422), (path, far.text)  # of another list


def check_etags(scenario: Scenario, document: dict[str, Any]) -> None:
    """Read everything, and read it again with its ETag and with what is none."""
    seen = 0
    for name, described in calls(document):
        method, _, path = name.partition(" ")
        if method != "GET" or not answer_of(document, described):
            continue
        assert {"200", "304"} <= described["responses"].keys(), name
        assert "ETag" in described["responses"]["200"]["headers"], name
        address = re.sub(r"{\w+}", "1", path.removeprefix("/api/v1"))
        address += "?case_id=1" if path.endswith("suggestions") else ""
        first = call(scenario, "GET", address)
        if first.status_code == 404:
            continue
        assert first.status_code == 200, (name, first.text)
        seen += 1
        etag = first.headers["ETag"]
        assert etag.startswith('"'), name
        for given in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            again = call(scenario, "GET", address, **{"If-None-Match": given})
            assert (again.status_code, again.data) == (304, b""), (name, given)
            assert again.headers["ETag"] == etag
        for given in ('"x"', "x", "", '"', "W/", '"\t"', "é"):
            assert call(scenario, "GET", address, **{"If-None-Match": given}).status_code == 200
    assert seen >= 40
