"""Base of the API's resources: blueprint and parsing of input."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from flask import Request, g
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter

from app.api.authentication import authenticate
from app.api.document import preconditions
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
MOST_AT_ONCE = 200
T = TypeVar("T")


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


def _limit(at_first: int) -> Any:
    return posted(
        WholeNumberField(
            load_default=at_first,
            validate=_check_limit,
            error_messages={"invalid": N_("Enter a number.")},
            metadata={"minimum": 1, "maximum": MOST_AT_ONCE},
        )
    )


def _check_limit(number: int) -> None:
    if not 1 <= number <= MOST_AT_ONCE:
        raise ValidationError(N_("Give a number from 1 to 200."))


@dataclass(frozen=True, kw_only=True)
class PageIn(Query):
    """Pagination of a list."""

    limit: int = _limit(50)
    after: int | None = posted(
        RowIdField(
            load_default=None,
            allow_none=True,
            metadata={"description": "`next` of the page before: the list goes on behind it"},
        )
    )


@dataclass(frozen=True, kw_only=True)
class ShortListIn(PageIn):
    """Pagination of a list that is usually short: as much at once as any call returns."""

    limit: int = _limit(MOST_AT_ONCE)


def part_of(
    rows: Iterable[T], query: PageIn, number: Callable[[T], int], *, newest_first: bool = True
) -> tuple[Sequence[T], int | None]:
    """Return the rows that a page asks for, in the order of their numbers, and its ``next``.

    ``rows`` are a whole list, or those behind ``query.after`` and one more than ``query.limit``.
    The number of a row that is gone, or of another list, is a place in the order all the same.
    """
    ordered = sorted(rows, key=number, reverse=newest_first)
    if (after := query.after) is not None:
        ordered = [
            each
            for each in ordered
            if (number(each) < after if newest_first else number(each) > after)
        ]
    shown = ordered[: query.limit]
    return shown, number(shown[-1]) if len(ordered) > len(shown) else None


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
        self.after_request(preconditions.tag)


def _tell_of_keys(doc: dict[str, Any], _: Any, *, method: str, **kwargs: Any) -> dict[str, Any]:
    """Document the Idempotency-Key of every POST."""
    if method == "post":
        doc["parameters"] = [*doc.get("parameters", []), "IdempotencyKey"]
    return doc
