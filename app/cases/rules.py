"""Pure: when two numbers or names are the same, and how a person is reached."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

import phonenumbers

PROCEDURES = ("ordinary", "summary", "small_claims", "second_instance", "other")


def number_on_tab(number: str) -> str:
    """Return what tells a case from the others of a year and court: its last number.

    A browser with twenty tabs shows ten letters of each; all of them begin alike.
    """
    found = re.search(r"\d+\D{0,4}$", number.strip())
    return found.group() if found else number.strip()[:12]


def number_key(number: str) -> str:
    """Return a case number without differences of width, case and space.

    ``（2026）沪0115民初12345号`` and ``(2026) 沪0115民初12345号`` are one case.
    """
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())


def name_key(name: str) -> str:
    """Return a name as it is compared: one width, one case, single spaces, no full stop behind."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split()).rstrip(".")


def phone(typed: str, region: str) -> str:
    """Return a telephone number in E.164, read as people of a region (ISO 3166, "CN") write it.

    Raises ValueError where that is no number that could exist there.
    """
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", typed), region)
    except phonenumbers.NumberParseException as fault:
        raise ValueError(typed) from fault
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        raise ValueError(typed)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Reachable(Protocol):
    """What of a counsel says how to reach them."""

    email: str
    phone: str
    channels: list[str]

    @property
    def opted_out_at(self) -> object:
        """When they told a carrier to stop texts, or None."""


def agreed(counsel: Any) -> bool:
    """Tell whether a person agreed to electronic service and confirmed their address.

    Only then is arrival what a system shows as success (Civil Procedure Law of the PRC (2023),
    art. 90; SPC Online Litigation Rules (2021), art. 29-31).
    """
    return bool(counsel.electronic_consent_on and counsel.address_confirmed_on)


def ways_of(counsel: Reachable, *, every: bool = False) -> Sequence[tuple[str, str]]:
    """Return the ways to reach a counsel, best first: ``[("sms", "+86…"), ("email", "…")]``.

    Texts are left out after an opt-out. With ``every``, the ways that they did not list but for
    which an address is known come last: for when the listed ones fail.
    """
    wanted = list(counsel.channels)
    if every:
        wanted += [channel for channel in ("sms", "email") if channel not in wanted]
    addresses = {"email": counsel.email, "sms": "" if counsel.opted_out_at else counsel.phone}
    return [(channel, addresses[channel]) for channel in wanted if addresses.get(channel)]
