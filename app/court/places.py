"""Pure: countries and subdivisions (ISO 3166), and their working days.

Public holidays come from the ``holidays`` package, category *public*: school, bank and half
holidays do not close a court. Weekend days that a country declares working days count as such.
"""

import datetime as dt
from difflib import get_close_matches
from functools import cache, lru_cache

import holidays

from app.core.errors import N_, Message

MOST_NAMED = 20  # subdivisions that an error message lists
LONGEST_CODE = 3  # letters of a subdivision's code in ISO 3166-2


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes of the countries whose holidays are known."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def subdivisions(country: str) -> dict[str, str]:
    """Return the names of a country's subdivisions whose holidays are known, keyed by code.

    The code is the part after the country in ISO 3166-2 (``ENG`` of ``GB-ENG``). A few towns and
    regions with holidays of their own, such as Augsburg, have the package's name as their code.
    """
    if country not in countries():
        return {}
    calendar = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for name, code in calendar.subdivisions_aliases.items():
        if len(names.get(code, "")) <= LONGEST_CODE:  # the aliases include other codes
            names[code] = name
    named = {code: names.get(code, code) for code in calendar.subdivisions}
    return dict(sorted(named.items(), key=lambda each: each[1]))


@cache
def _spellings(country: str) -> dict[str, str]:
    """Return the codes of subdivisions, keyed by every accepted spelling, casefolded."""
    calendar = holidays.country_holidays(country)
    aliases = {name.casefold(): code for name, code in calendar.subdivisions_aliases.items()}
    return aliases | {code.casefold(): code for code in calendar.subdivisions}


def split(text: str) -> tuple[str, str]:
    """Split an ISO 3166 code (``GB-ENG``, ``gb``) into country and subdivision, unchecked."""
    country, _, subdivision = text.strip().partition("-")
    return country.strip().upper(), subdivision.strip()


def parse(text: str) -> tuple[str, str] | Message:
    """Parse an ISO 3166 code into country and subdivision ("" for none), or return the error."""
    country, subdivision = split(text)
    fault = country_fault(country)
    if fault is not None:
        return fault
    code = subdivision_of(country, subdivision)
    return code if isinstance(code, Message) else (country, code)


def country_fault(country: str) -> Message | None:
    """Return the error in a country's code, or None."""
    if country in countries():
        return None
    text = N_(
        "No holidays are known for the country %(country)s. Give it in two letters "
        "(ISO 3166), such as CN, or with its region, such as GB-ENG."
    )
    return Message(text, country=country[:40] or "–")


def subdivision_of(country: str, text: str) -> str | Message:
    """Return the code of a subdivision, "" for an empty text, or the error.

    Codes and names are accepted in either case, with or without the country as prefix.
    """
    spelling = text.strip().casefold().removeprefix(f"{country.casefold()}-")
    if not spelling:
        return ""
    known = subdivisions(country)
    if not known:
        error_text = N_(
            "The holidays of %(country)s are not divided by region: leave %(part)s out."
        )
        return Message(error_text, country=country, part=text.strip()[:40])
    spellings = _spellings(country)
    if spelling in spellings:
        return spellings[spelling]
    similar = [spellings[each] for each in get_close_matches(spelling, spellings, MOST_NAMED)]
    suggested = list(dict.fromkeys([*similar, *known]))[:MOST_NAMED]
    rest = f" … ({len(known)})" if len(known) > len(suggested) else ""
    error_text = N_("%(country)s has no region %(part)s with known holidays. Known: %(known)s.")
    listing = ", ".join(
        f"{code} {known[code]}" if known[code] != code else code for code in suggested
    )
    return Message(error_text, country=country, part=text.strip()[:40], known=listing + rest)


def code_of(country: str, subdivision: str) -> str:
    """Return the ISO 3166 code of a place: ``CN``, ``GB-ENG``."""
    return f"{country}-{subdivision}" if subdivision else country


@lru_cache(512)
def _calendar(country: str, subdivision: str, year: int) -> holidays.HolidayBase:
    """Return the public holidays of a place in one year, precomputed because threads share it."""
    part = subdivision if subdivision in subdivisions(country) else None
    return holidays.country_holidays(country, subdiv=part, years=year, expand=False)


@lru_cache(16384)
def is_working_day(country: str, day: dt.date, subdivision: str = "") -> bool:
    """Tell whether a day is a working day, by public holidays and substituted working days.

    An unknown subdivision falls back to the national holidays, and a country without known
    holidays to Monday to Friday.
    """
    if country not in countries():
        return day.weekday() < 5
    return _calendar(country, subdivision, day.year).is_working_day(day)


def missing(country: str, subdivision: str, year: int) -> Message | None:
    """Return a warning if the subdivision is needed to know all holidays of a year, else None."""
    subdivisions_ = subdivisions(country)
    if subdivision in subdivisions_ or not differs_by_subdivision(country, year):
        return None
    examples = [f"{country}-{code}" for code in subdivisions_][:MOST_NAMED]
    text = N_(
        "Holidays differ by part of %(country)s, and no part is set of which they are known "
        "(such as %(known)s): its own holidays count as working days."
    )
    return Message(text, country=country, known=", ".join(examples))


@lru_cache(256)
def differs_by_subdivision(country: str, year: int) -> bool:
    """Tell whether public holidays differ between subdivisions in this year or the next."""
    return any(
        _calendar(country, part, each).keys() != _calendar(country, "", each).keys()
        for part in subdivisions(country)
        for each in (year, year + 1)
    )
