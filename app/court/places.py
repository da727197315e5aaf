"""Pure: countries and their subdivisions (ISO 3166), and on which days people work there.

Holidays are those of the ``holidays`` package, of its category *public*: school, bank and half
holidays close no court. Working days that a country moves to a weekend count as working days.
"""

import datetime as dt
from difflib import get_close_matches
from functools import cache, lru_cache

import holidays

from app.core.errors import N_, Message

MOST_NAMED = 20  # subdivisions that a refusal names
LONGEST_CODE = 3  # letters of a subdivision's code in ISO 3166-2


@cache
def countries() -> frozenset[str]:
    """Return the countries whose holidays are known, in two letters (ISO 3166-1)."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def subdivisions(country: str) -> dict[str, str]:
    """Return a country's subdivisions whose holidays are known: their names by their codes.

    A code is what follows the country in ISO 3166-2 (``ENG`` of ``GB-ENG``); a few towns and
    regions with holidays of their own, such as Augsburg, go by the package's names.
    """
    if country not in countries():
        return {}
    known = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for name, code in known.subdivisions_aliases.items():
        if len(names.get(code, "")) <= LONGEST_CODE:  # other codes stand among the names
            names[code] = name
    found = {code: names.get(code, code) for code in known.subdivisions}
    return dict(sorted(found.items(), key=lambda each: each[1]))


@cache
def _spellings(country: str) -> dict[str, str]:
    """Return the subdivision's code by all that it is called, in small letters."""
    known = holidays.country_holidays(country)
    aliases = {name.casefold(): code for name, code in known.subdivisions_aliases.items()}
    return aliases | {code.casefold(): code for code in known.subdivisions}


def split(text: str) -> tuple[str, str]:
    """Return country and subdivision of a code of ISO 3166, as ``GB-ENG`` or ``gb``, unchecked."""
    country, _, subdivision = text.strip().partition("-")
    return country.strip().upper(), subdivision.strip()


def read(text: str) -> tuple[str, str] | Message:
    """Return country and subdivision, "" for none, of a code of ISO 3166; or what is wrong."""
    country, subdivision = split(text)
    fault = country_fault(country)
    if fault is not None:
        return fault
    found = subdivision_of(country, subdivision)
    return found if isinstance(found, Message) else (country, found)


def country_fault(country: str) -> Message | None:
    """Return what is wrong with a country's code, or None."""
    if country in countries():
        return None
    words = N_(
        "No holidays are known of the country %(country)s. Give it in two letters "
        "(ISO 3166), as CN, or with its part, as GB-ENG."
    )
    return Message(words, country=country[:40] or "–")


def subdivision_of(country: str, text: str) -> str | Message:
    """Return the code of a country's subdivision, "" for none, or what is wrong with it.

    Codes and names are taken in small and capital letters, with or without the country.
    """
    wanted = text.strip().casefold().removeprefix(f"{country.casefold()}-")
    if not wanted:
        return ""
    known = subdivisions(country)
    if not known:
        words = N_("The holidays of %(country)s are known as a whole only: leave %(part)s out.")
        return Message(words, country=country, part=text.strip()[:40])
    spellings = _spellings(country)
    if wanted in spellings:
        return spellings[wanted]
    near = [spellings[each] for each in get_close_matches(wanted, spellings, MOST_NAMED)]
    named = list(dict.fromkeys([*near, *known]))[:MOST_NAMED]
    more = f" … ({len(known)})" if len(known) > len(named) else ""
    words = N_("%(country)s has no part %(part)s whose holidays are known. Known: %(known)s.")
    said = ", ".join(f"{code} {known[code]}" if known[code] != code else code for code in named)
    return Message(words, country=country, part=text.strip()[:40], known=said + more)


def code_of(country: str, subdivision: str) -> str:
    """Return the code of a place as it is written: ``CN``, ``GB-ENG``."""
    return f"{country}-{subdivision}" if subdivision else country


@lru_cache(512)
def _calendar(country: str, subdivision: str, year: int) -> holidays.HolidayBase:
    """Return the public holidays of a place in one year: whole at once, for threads share it."""
    part = subdivision if subdivision in subdivisions(country) else None
    return holidays.country_holidays(country, subdiv=part, years=year, expand=False)


@lru_cache(16384)
def is_working_day(country: str, day: dt.date, subdivision: str = "") -> bool:
    """Tell whether courts of a place work on a day, by its holidays and moved working days.

    Of a subdivision that is not known those of the whole country hold; where no holidays are known
    of the country either, people work from Monday to Friday.
    """
    if country not in countries():
        return day.weekday() < 5
    return _calendar(country, subdivision, day.year).is_working_day(day)


def missing(country: str, subdivision: str, year: int) -> Message | None:
    """Return what a court's place lacks so that all its holidays are known in a year, or None."""
    known = subdivisions(country)
    if subdivision in known or not differs_by_subdivision(country, year):
        return None
    named = [f"{country}-{code}" for code in known][:MOST_NAMED]
    words = N_(
        "Holidays differ by part of %(country)s, and no part is set of which they are known "
        "(such as %(known)s): its own holidays count as working days."
    )
    return Message(words, country=country, known=", ".join(named))


@lru_cache(256)
def differs_by_subdivision(country: str, year: int) -> bool:
    """Tell whether some subdivision of a country has other public holidays, this year or next."""
    return any(
        _calendar(country, part, each).keys() != _calendar(country, "", each).keys()
        for part in subdivisions(country)
        for each in (year, year + 1)
    )
