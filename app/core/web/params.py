"""Numbers in forms and query strings, and the errors of forms."""

from flask import request

from app.core import web
from app.core.errors import Invalid


def translated_errors(fault: Invalid) -> dict[str, str]:
    """Return the errors of a form by field, in the language of the page."""
    return {field: web.translated(words) for field, words in fault.errors.items()}


def page_number() -> int:
    """Return the page of a list that the query string names, 1 if it names none."""
    page = request.args.get("page", "1")
    return min(int(page), 10_000) if page.isdigit() and len(page) < 6 and int(page) else 1


def row_number(text: str) -> int | None:
    """Return the primary key that a text holds, None if it is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
