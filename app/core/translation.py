"""Translate messages by the catalogues in app/translations, outside of Flask as well as inside."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_timedelta
from babel.support import NullTranslations, Translations

from app.core import wording
from app.core.errors import DayName, HearingTime, Message

CATALOGUES = Path(__file__).parents[1] / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the catalogue of a language; an empty one for English, which the code contains."""
    return Translations.load(CATALOGUES, [language])


def translate(message: Message | str, language: str) -> str:
    """Return a message in a language, its values formatted as that language writes them."""
    if isinstance(message, str):
        return _lookup(message, language)
    values = {name: _formatted(value, language) for name, value in message.facts.items()}
    text = _lookup(message.words, language)
    return text % values if values else text


def _lookup(text: str, language: str) -> str:
    # The empty text is the key of the catalogue's own header.
    return str(catalogue(language).gettext(text)) if text else ""


def _formatted(value: Any, language: str) -> Any:
    if isinstance(value, Message):
        return translate(value, language)
    if isinstance(value, DayName):
        return wording.day_name(value.on, language)
    if isinstance(value, HearingTime):
        if value.ends_at:
            return wording.span(value.starts_at, value.ends_at, value.zone, language)
        return wording.moment(value.starts_at, value.zone, language)
    if isinstance(value, list):
        return wording.listed((_formatted(each, language) for each in value), language)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return wording.date_with_weekday(value, language)
    if isinstance(value, dt.timedelta):
        return format_timedelta(value, locale=language)
    if isinstance(value, dict):  # a text that comes in each language
        return value.get(language) or value.get("en", "")
    return value
