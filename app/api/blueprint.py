"""Base of the API's resources: blueprint and parsing of input."""

from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Request, g
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter

from app.api.authentication import authenticate
from app.api.json_body import parse_json
from app.cases.forms import LANGUAGES
from app.core.errors import N_, Invalid
from app.core.forms import (
    ChoiceField,
    Form,
    InstantField,
    RowIdField,
    WholeNumberField,
    flat,
    posted,
)

PREFIX = "/api/v1"


class RowConverter(BaseConverter):
    """The id of a row in a path; other texts match no rule and give a 404."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


class Parser(FlaskParser):
    """Reads bodies and queries for the schemas; errors are raised as Invalid."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body. Raises UnsupportedMediaType, UnreadableJson, Invalid."""
        if not req.is_json:
            raise UnsupportedMediaType
        g.body = parse_json(req.get_data(cache=True))
        return g.body

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise Invalid with every error by its field."""
        raise Invalid(dict(flat(error.messages))) from error


@dataclass(frozen=True, kw_only=True)
class Query(Form):
    """The query of every address: the language of messages."""

    lang: str | None = posted(ChoiceField(LANGUAGES), default=None)


@dataclass(frozen=True, kw_only=True)
class PageIn(Query):
    """Pagination of a list."""

    limit: int = posted(
        WholeNumberField(
            load_default=50,
            validate=lambda n: _within(n, 1, 200),
            error_messages={"invalid": N_("Enter a number.")},
            metadata={"minimum": 1, "maximum": 200},
        )
    )
    after: int | None = posted(
        RowIdField(
            load_default=None,
            allow_none=True,
            metadata={"description": "`next` of the page before: the list goes on behind it"},
        )
    )


def _within(number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise ValidationError(N_("Give a number from 1 to 200."))


class QueryInstantField(InstantField):
    """An instant in a query, in which an unescaped + has become a space."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = value.replace(" ", "+") if "T" in value else value
        return super()._deserialize(value, attr, data, **kwargs)


def query_instant(**kwargs: Any) -> QueryInstantField:
    """Return a field for one end of a span of time."""
    return QueryInstantField(load_default=None, allow_none=True, **kwargs)


class Resource(Blueprint):
    """Blueprint of one resource; every request needs a token."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, *, description: str) -> None:
        super().__init__(
            f"api-{name}", import_name, url_prefix=f"{PREFIX}/{name}", description=description
        )
        self._prepare_doc_cbks.append(_tell_of_keys)
        self.before_request(authenticate)


def _tell_of_keys(doc: dict[str, Any], _: Any, *, method: str, **kwargs: Any) -> dict[str, Any]:
    """Document the Idempotency-Key of every POST."""
    if method == "post":
        doc["parameters"] = [*doc.get("parameters", []), "IdempotencyKey"]
    return doc
