"""Examples of the API's document: values by the name of a field, put together by its schema."""

from typing import Any

Part = dict[str, Any]
# The value that a field of this name has in examples; others get one by their type.
BY_NAME: dict[str, Any] = {
    "number": 1,
    "title": "买卖合同纠纷",
    "name": "李敏",
    "firm": "华诚律师事务所",
    "email": "li@huacheng.example",
    "phone": "+8613800138001",
    "judge": "陈法官",
    "role": "原告",
    "courtroom": "第三法庭",
    "location": "主楼三层",
    "counsel": "李敏",
    "party": "远洋设备有限公司",
    "zone": "Asia/Shanghai",
    "kind": "trial",
    "minutes": 90,
    "url": "https://court.example/feeds/Xk3bq0cT9pQd1mWvZr8yLA.ics",
    "hint": "tq_Xk3bq",
    "court": "Dongwan District Court",
    "user": "wang@court.example",
    "token": "tq_" + "A" * 43,
    "reason": "代理人庭期冲突",
    "language": "zh",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
# Where a field's name means something else in one schema.
BY_SCHEMA: dict[tuple[str, str], Any] = {
    ("CaseIn", "number"): "（2026）沪0115民初12345号",
    ("CaseOut", "number"): "（2026）沪0115民初12345号",
    ("CaseNamed", "number"): "（2026）沪0115民初12345号",
    ("HearingOut", "number"): "（2026）沪0115民初12345号",
    ("PartyIn", "name"): "远洋设备有限公司",
    ("PartyOut", "name"): "远洋设备有限公司",
    ("CourtroomIn", "name"): "第三法庭",
    ("CourtroomOut", "name"): "第三法庭",
    ("FeedIn", "name"): "陈法官",
    ("TokenIn", "name"): "cause list",
    ("TokenOut", "name"): "cause list",
    ("NewTokenOut", "name"): "cause list",
}
TEXT_BY_FORMAT = {
    "date-time": "2026-12-15T09:30:00+08:00",
    "date": "2026-12-15",
    "uri": "https://court.example/api/v1/problems/clash",
}
BY_TYPE: dict[str, Any] = {"number": 1.5, "boolean": False, "object": {}, "null": None}


def example_of(name: str, schema: Part, schemas: Part) -> Any:
    """Return an example of a schema by this name."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example_of(name, schemas[name], schemas)
    for several in ("allOf", "anyOf", "oneOf"):
        if several in schema:
            return example_of(name, schema[several][0], schemas)
    if "properties" in schema:
        return {
            field: _field(name, field, inner, schemas)
            for field, inner in schema["properties"].items()
        }
    kind = _kind(schema)
    if kind == "array":
        return [example_of(name, schema.get("items", {}), schemas)]
    if kind == "string" or "enum" in schema:
        return _text(schema)
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    return BY_TYPE.get(kind, "")


def _field(name: str, field: str, schema: Part, schemas: Part) -> Any:
    known = BY_SCHEMA.get((name, field), BY_NAME.get(field))
    if known is None or "enum" in schema or not _suits(known, schema):
        return example_of(name, schema, schemas)
    return known


def _suits(value: Any, schema: Part) -> bool:
    kinds = {str: "string", int: "integer"}
    return kinds.get(type(value)) == _kind(schema)


def _kind(schema: Part) -> str:
    """Return the type of a schema that is not null."""
    kinds = schema.get("type", "")
    if isinstance(kinds, list):
        return str(next((each for each in kinds if each != "null"), "null"))
    return str(kinds)


def _text(schema: Part) -> str:
    if "enum" in schema:
        return str(next((each for each in schema["enum"] if each), ""))
    return TEXT_BY_FORMAT.get(schema.get("format", ""), "按约定时间")
