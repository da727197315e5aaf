"""Pure: telephone numbers as people write them, read into E.164 or refused with the reason.

A number is valid, not only possible: its digits belong to a range that its country has given out
(libphonenumber's metadata). Nothing is guessed: a letter, a mask or a missing digit is refused,
for any other reading is a number of somebody else.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from app.core.characters import clean, half_width
from app.core.errors import N_, Message

# Where the number cannot tell (North America), texts are tried, and the carrier says no.
_NO_TEXTS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
_DIRECT = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.PAGER})
MOST_EXTENSION = 8  # digits
FEWEST = 5  # digits of a number without its area code
LAND_LINE = N_(
    "%(phone)s is a land line, which gets no texts: give a mobile number, or choose another way."
)

# Signs that stand for digits left out, as privacy rules have them printed: 138****8000.
_MASK = re.compile(r"[*×✕✖✱●○◯•◦■□█?_…⋯]|[.·]{2}|-{3}|#{2}|(?<=[0-9])[xX]{2}")
_EXTENSION = re.compile(
    r"(?P<main>[^a-z转轉分内內#]*[0-9)])[\s,;(]*"
    r"(?:;?ext(?:ension|n)?\s*[.:=]?|x|#|转|轉|分机号?|分機號?|内线|內線)\s*[.:=]?\s*#?"
    rf"(?P<ext>[0-9]{{1,{MOST_EXTENSION}}})\)?",
    re.IGNORECASE,
)
# 021-58880002-801, as land lines with an extension are often written in China.
_DASHED = re.compile(r"(?P<main>.*[0-9])\s*-\s*(?P<ext>[0-9]{1,6})")
_SEPARATOR = re.compile(r"\s*(?:[/、;,|，；\n]|或|和|及|\bor\b|\band\b)\s*", re.IGNORECASE)
_SIGNS = re.compile(r"[0-9+()\-./~\s]*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─ー", "-"))


class PhoneError(ValueError):
    """Invalid telephone number; ``message`` gives the reason and the remedy."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


@lru_cache(maxsize=20_000)
def parse_phone(typed: str, region: str) -> str:
    """Return a telephone number in E.164, read as people of a region (ISO 3166, "CN") write it.

    The extension of a land line follows as in RFC 3966: ``+862158880002;ext=801``. Raises
    PhoneError where the text is no number, or more than one.
    """
    text = half_width(typed).translate(_DASHES)
    masked = bool(_MASK.search(text))
    if text.lower().startswith("tel:"):
        text = text[4:].strip()
    as_typed = clean(typed).strip()[:60]
    found = None if masked else _read(text, region)
    if found is None:
        raise PhoneError(_why(text, as_typed, region, masked=masked))
    number, kind, extension = found
    if extension and kind in _DIRECT:
        raise PhoneError(
            Message(
                N_("“%(phone)s” is a mobile number with an extension: give a number without one."),
                phone=as_typed,
            )
        )
    if _lacks_trunk_prefix(number, kind, text):
        raise PhoneError(
            Message(
                N_(
                    "“%(phone)s” lacks a digit, or the 0 before its area code: give the "
                    "whole number."
                ),
                phone=as_typed,
            )
        )
    e164: str = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{e164};ext={extension}" if extension else e164


def _read(text: str, region: str) -> tuple[PhoneNumber, int, str] | None:
    """Parse a number, its type and extension ("" for none); None if the text is no number."""
    if found := _valid(text, region):
        return *found, ""
    for pattern in (_EXTENSION, _DASHED):
        parts = pattern.fullmatch(text)
        if parts and (main := _valid(parts["main"], region)):
            return *main, parts["ext"]
    return None


def _valid(text: str, region: str) -> tuple[PhoneNumber, int] | None:
    """Parse a valid number and its type; a number is valid if and only if it has a type."""
    if not _SIGNS.fullmatch(text) or "+" in text.lstrip(" (")[1:]:
        return None
    digits = "".join(c for c in text if c.isdigit())
    # 00 is how most of the world dials abroad, also where the court's country dials 011 or 010.
    for written in (text, f"+{digits[2:]}" if digits.startswith("00") else ""):
        try:
            number = phonenumbers.parse(written, region, keep_raw_input=True)
        except phonenumbers.NumberParseException:
            continue
        kind = phonenumbers.number_type(number)
        if kind != PhoneNumberType.UNKNOWN and not number.extension:
            return number, kind
    return None


def _lacks_trunk_prefix(number: PhoneNumber, kind: int, text: str) -> bool:
    """Tell whether a land line is written without the 0 that its country dials before it.

    A spreadsheet takes that 0 away, and a mobile number that lost a digit looks the same.
    """
    source = phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    if kind != PhoneNumberType.FIXED_LINE or number.country_code_source != source:
        return False
    region = phonenumbers.region_code_for_number(number)
    prefix = phonenumbers.ndd_prefix_for_region(region or "", True)
    return prefix == "0" and not text.lstrip(" (").startswith("0")


def _why(text: str, as_typed: str, region: str, *, masked: bool) -> Message:
    """Return the error message of a text that is no telephone number."""
    facts = {"phone": as_typed, "region": region}
    if masked:
        words = N_("“%(phone)s” is masked: give the whole number, every digit of it.")
        return Message(words, **facts)
    parts = [each for each in _SEPARATOR.split(text) if each]
    if len(parts) < 2:
        parts = text.split()
    if sum(bool(_read(each, region)) for each in parts) > 1 or (
        len(parts) > 1
        and _read(parts[0], region)
        and all(re.fullmatch(r"[0-9\- ]+", each) for each in parts[1:])
    ):
        words = N_("“%(phone)s” is more than one telephone number: give one.")
        return Message(words, **facts)
    if any(c.isalpha() for c in text):
        words = N_(
            "“%(phone)s” has letters or words in it: give the number in digits alone (an O is no "
            "0, an l is no 1); an extension as “ext. 801”."
        )
        return Message(words, **facts)
    try:
        possible = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException as fault:
        possible = ValidationResult.INVALID_LENGTH
        if fault.error_type == phonenumbers.NumberParseException.TOO_LONG:
            possible = ValidationResult.TOO_LONG
    few = sum(c.isdigit() for c in text) < FEWEST
    if possible == ValidationResult.TOO_SHORT or few:
        words = N_(
            "Check “%(phone)s”: it has too few digits for a telephone number (read for %(region)s)."
        )
    elif possible == ValidationResult.TOO_LONG:
        words = N_(
            "Check “%(phone)s”: it has too many digits for a telephone number "
            "(read for %(region)s)."
        )
    elif possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        words = N_("Enter “%(phone)s” with its area code.")
    elif possible == ValidationResult.INVALID_LENGTH:
        words = N_(
            "%(phone)s is no telephone number (read for %(region)s; or write +country number)."
        )
    else:
        words = N_(
            "“%(phone)s” is a number that nobody has (read for %(region)s): look at its digits "
            "and area code, or write +country number."
        )
    return Message(words, **facts)


@lru_cache(maxsize=20_000)
def takes_texts(number: str) -> bool:
    """Tell whether texts can be sent to a stored number: no land line, no extension."""
    if not number or ";" in number:
        return False
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) not in _NO_TEXTS
    except phonenumbers.NumberParseException:
        return True  # kept from before numbers were checked: the carrier says no


def is_land_line(number: str) -> bool:
    """Tell whether a stored number is one that gets no texts."""
    return bool(number) and not takes_texts(number)


@lru_cache(maxsize=20_000)
def is_valid(number: str) -> bool:
    """Tell whether ``parse_phone`` would accept a stored number today."""
    try:
        return parse_phone(number, "") == number
    except PhoneError:
        return False


def tel_uri(text: str) -> str:
    """Return the ``tel:`` URI (RFC 3966) of a number as a court writes its own, in free form."""
    plain = half_width(text).translate(_DASHES)
    parts = _EXTENSION.fullmatch(plain)
    main = re.sub(r"[^0-9+]", "", parts["main"] if parts else plain)
    return f"tel:{main};ext={parts['ext']}" if parts else f"tel:{main}"


def display_phone(number: str, language: str) -> str:
    """Format a stored number for display: ``+862158880002 ext. 801``, ``… 转 801``."""
    main, _, extension = number.partition(";ext=")
    if not extension:
        return number
    return f"{main} 转 {extension}" if language.startswith("zh") else f"{main} ext. {extension}"
