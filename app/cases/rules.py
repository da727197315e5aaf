"""Pure: equality of case numbers, and the addresses at which a person is reached."""

import re
from collections.abc import Sequence
from typing import Protocol

from app.cases.phones import is_land_line, takes_texts
from app.core.channels import BY_RANK, Channel
from app.core.characters import comparison_key
from app.core.normalization import bounded_key

PROCEDURES = ("ordinary", "summary", "small_claims", "second_instance", "other")
# （2026）东0901民初620号: a year in brackets, a court's code, then kind and running number.
_CHINESE_NUMBER = re.compile(
    r"[（(〔\[【](?P<year>\d{4})[)）〕\]】]\s*\D{1,2}\d{2,4}(?P<rest>\D.*)"
)
_BRACKETS = str.maketrans("〔〕【】[]{}〖〗", "()()()()()")


def short_number(number: str) -> str:
    """Return the last number in a case number, for the title of a browser tab.

    A tab shows about ten characters, and the numbers of one court and year all begin alike.
    """
    match = re.search(r"\d+\D{0,4}$", number.strip())
    return match.group() if match else number.strip()[:12]


def running_number(number: str) -> str:
    """Return the digits of the last number in a case number: 620 of （2026）东0901民初620号."""
    match = re.match(r"\d+", short_number(number))
    return match.group() if match else ""


def number_in_court(number: str, year: int) -> str:
    """Return a case number without its year and court, for lists of one court: 民初620号.

    The year stays where it is not ``year``, and a number of another form is returned whole.
    """
    match = _CHINESE_NUMBER.fullmatch(number.strip())
    if match is None:
        return number
    return match["rest"] if match["year"] == str(year) else f"（{match['year']}）{match['rest']}"


def number_key(number: str) -> str:
    """Return the key of a case number: without spaces, its brackets of one kind.

    ``（2026）沪0115民初12345号``, ``〔2026〕 沪0115民初12345号`` and
    ``(2026) 沪0115民初12345号`` are one case.
    """
    return bounded_key("".join(comparison_key(number).split()).translate(_BRACKETS))


class Reachable(Protocol):
    """The attributes of a counsel that determine how to reach them."""

    @property
    def email(self) -> str:
        """Their mail address, or ""."""

    @property
    def phone(self) -> str:
        """Their number, or ""."""

    @property
    def channels(self) -> Sequence[str]:
        """The channels by which they want to be reached, best first."""

    @property
    def opted_out_at(self) -> object:
        """The time at which they opted out of texts, or None."""


def addresses_by_channel(counsel: Reachable, *, every: bool = False) -> Sequence[tuple[str, str]]:
    """Return the ways to reach a counsel, best first: ``[("sms", "+86…"), ("email", "…")]``.

    Texts are left out after an opt-out and for a land line. With ``every``, the ways that they did
    not list but for which an address is known come last: for when the listed ones fail. So they do
    where the only one listed is texts to a land line.
    """
    wanted = list(counsel.channels)
    if every or (wanted == [Channel.SMS] and is_land_line(counsel.phone)):
        wanted += [channel.value for channel in BY_RANK if channel not in wanted]
    known = addresses_of(counsel)
    return [(channel, known[channel]) for channel in wanted if known.get(channel)]


def addresses_of(counsel: Reachable) -> dict[str, str]:
    """Return the address of a counsel for each channel; "" where none takes messages."""
    return {Channel.EMAIL.value: counsel.email, Channel.SMS.value: text_number(counsel)}


def text_number(counsel: Reachable) -> str:
    """Return the number for texts; "" after an opt-out and for a land line."""
    return counsel.phone if not counsel.opted_out_at and takes_texts(counsel.phone) else ""


def masked_address(address: str) -> str:
    """Shorten an address to tell it from others: ``l•••@huacheng.example``, ``•••01``."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"•••{address[-2:]}" if address else ""
