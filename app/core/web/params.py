"""Numbers and errors of a form or a query string."""

from flask import request

from app.core import web
from app.core.errors import Invalid


def translated_errors(fault: Invalid) -> dict[str, str]:
    """Return what is wrong, by field, in the language of the page."""
    return {field: web.translated(words) for field, words in fault.errors.items()}


def page_number() -> int:
    """Return which page of a list is asked for."""
    asked = request.args.get("page", "1")
    return min(int(asked), 10_000) if asked.isdigit() and len(asked) < 6 and int(asked) else 1


def row_number(text: str) -> int | None:
    """Return the number of a row that an address names; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
