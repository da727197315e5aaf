"""Complete the OpenAPI document: errors, names, limits and examples of every call.

Each rule here holds for all calls alike, so that a new call needs nothing but its decorators.
"""

from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from werkzeug.http import HTTP_STATUS_CODES

from app.api.document.examples import example_of
from app.api.document.preconditions import IF_MATCH
from app.api.problems import BY_STATUS, MEDIA_TYPE, TITLES

Part = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
WRITES = ("post", "put", "patch", "delete")
PATH_PARAMETERS = {
    "case_id": "The id of a case",
    "hearing_id": "The id of a hearing",
    "counsel_id": "The id of a counsel",
}
LARGEST_ID = 2**62 - 1
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The ETag that was read; 304 while nothing changed",
    "schema": {"type": "string"},
}
ETAG = {"required": True, "schema": {"type": "string"}, "description": "Of this answer"}


def complete(spec: APISpec) -> None:
    """Complete the document once every call is registered."""
    schemas: Part = spec.components.schemas
    for schema in schemas.values():
        _complete_schema(schema)
    for status, code in BY_STATUS.items():
        spec.components.responses[_component(status)] = _problem(status, code)
    for path, item in spec._paths.items():
        for method in METHODS:
            if method in item:
                _complete_call(item[method], method, path)
                _add_examples(item[method], schemas)
        for parameter in item.get("parameters", []):
            _complete_path_parameter(parameter)
    for name, schema in schemas.items():
        schema["example"] = example_of(name, schema, schemas)


def _complete_schema(schema: Part) -> None:
    """Allow null among the choices of a field that may be null; say what answers always hold."""
    properties: Part = schema.get("properties", {})
    for each in properties.values():
        kinds = each.get("type")
        if "enum" in each and isinstance(kinds, list) and None not in each["enum"]:
            each["enum"] = [*each["enum"], None]
    if "additionalProperties" not in schema:  # an answer; what is sent allows no other field
        optional = [name for name, each in properties.items() if each.pop("x-optional", False)]
        schema["required"] = sorted(set(properties) - set(optional))


def _complete_call(call: Part, method: str, path: str) -> None:
    """Give a call its name and its errors, and its parameters no null: a query cannot say it."""
    words = [each.strip("{}") for each in path.removeprefix("/api/v1/").split("/")]
    call["operationId"] = "_".join([method, *words]).replace("-", "_").replace(".", "_")
    for parameter in call.get("parameters", []):
        if schema := parameter.get("schema"):
            _without_null(schema)
    body, if_match = "requestBody" in call, call.pop(IF_MATCH, "")
    if if_match:
        needed = if_match == "needed"
        call.setdefault("parameters", []).append(_if_match(needed=needed))
        call["responses"]["412"] = {"$ref": "#/components/responses/PRECONDITION_FAILED"}
    if if_match == "needed":
        call["responses"]["428"] = {"$ref": "#/components/responses/PRECONDITION_REQUIRED"}
    if method == "get" and "application/json" in call["responses"]["200"].get("content", {}):
        call.setdefault("parameters", []).append(IF_NONE_MATCH)
        call["responses"]["200"]["headers"] = {"ETag": ETAG}
        call["responses"]["304"] = {
            "description": "As If-None-Match has it",
            "headers": {"ETag": ETAG},
        }
    query = any(each.get("in") == "query" for each in call.get("parameters", []))
    for status in _errors(method, path, body=body, query=query):
        reference = f"#/components/responses/{_component(status)}"
        call["responses"][str(status)] = {"$ref": reference}


def _if_match(*, needed: bool) -> Part:
    return {
        "in": "header",
        "name": "If-Match",
        "required": needed,
        "description": "The ETag that was read, or *; 412 where it was changed since",
        "schema": {"type": "string", "minLength": 1, "maxLength": 1000},
        "example": "*",
    }


def _without_null(schema: Part) -> None:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        (schema["type"],) = [each for each in kinds if each != "null"]
    if schema.get("default", "") is None:
        del schema["default"]
    schema.pop("nullable", None)


def _errors(method: str, path: str, *, body: bool, query: bool) -> Iterator[int]:
    """Yield the statuses of errors that a call may answer with."""
    yield from (400, 401, 403, 503)
    if "{" in path or body:
        yield 404
    if method in WRITES:
        yield from (409, 410, 422)
    elif query:
        yield 422
    if body:
        yield from (413, 415)


def _component(status: int) -> str:
    """Return the name of a component as flask-smorest has it: NOT_FOUND."""
    return HTTP_STATUS_CODES[status].upper().replace(" ", "_")


def _problem(status: int, code: str) -> Part:
    title = TITLES[code]
    example = {
        "type": f"https://court.example/api/v1/problems/{code}",
        "title": title,
        "status": status,
        "detail": title,
    }
    return {
        "description": title,
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }


def _complete_path_parameter(parameter: Part) -> None:
    name = parameter["name"]
    words = PATH_PARAMETERS.get(name, f"The {name.removesuffix('_id').replace('_', ' ')}")
    parameter.setdefault("description", words)
    parameter["schema"].setdefault("maximum", LARGEST_ID) if parameter["schema"].get(
        "type"
    ) == "integer" else None


def _add_examples(call: Part, schemas: Part) -> None:
    """Show an example of the body, and of the answer where it is JSON."""
    answers = [each for each in call["responses"].values() if "content" in each]
    for each in (call.get("requestBody", {}), *answers):
        media: Part = each.get("content", {}).get("application/json", {})
        name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name in schemas:
            media["example"] = example_of(name, schemas[name], schemas)
