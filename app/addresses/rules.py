"""Pure: fields that counsel can change by link, limits, and the comparison of codes."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.channels import Channel
from app.core.characters import half_width
from app.core.errors import N_

MAX_CHANGES = 3
MAX_CHANGES_WITHIN = dt.timedelta(days=1)
CODE_VALID = dt.timedelta(minutes=15)
MAX_TRIES = 5
# The code is sent so often in all, and again no sooner than so long after the last time.
MAX_SENDINGS = 3
SENT_AGAIN_AFTER = dt.timedelta(minutes=1)
MAX_POSTAL = 300  # characters
MAX_POSTAL_LINES = 5  # to fit an envelope's window


class AddressField(StrEnum):
    """What a change is of: one address that a code is sent to, or the details that need none."""

    label: str
    channel: Channel | None

    def __new__(cls, value: str, label: str = "", channel: Channel | None = None) -> "AddressField":
        """Create a field with its label; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.channel = label, channel
        return member

    EMAIL = "email", N_("E-mail address"), Channel.EMAIL
    PHONE = "phone", N_("Telephone"), Channel.SMS
    DETAILS = "details", N_("Post, language and time zone")


class ChangeState(StrEnum):
    """State of a change."""

    OPEN = "open"  # waits for its code
    DONE = "done"
    CANCELLED = "cancelled"  # by another change begun after it
    EXPIRED = "expired"
    BLOCKED = "blocked"  # too many wrong codes
    REFUSED = "refused"  # the address is another's: shown to the court


@dataclass(frozen=True)
class DeclarationInput:
    """What counsel ticked: the addresses shown are right, electronic service is agreed.

    ``shown`` is the digest of the addresses that the page showed, ``words`` of the words.
    """

    right: bool = False
    agree: bool = False
    shown: str = ""
    words: str = ""


@dataclass(frozen=True)
class DetailsInput:
    """Postal address, language and time zone as typed; an empty zone is the court's."""

    postal: str = ""
    language: str = ""
    zone: str = ""


def digest_of(addresses: Sequence[str]) -> str:
    """Return the digest of the addresses that a page shows, to tell them from later ones."""
    return hashlib.sha256("\n".join(addresses).encode("utf-8", "replace")).hexdigest()


def is_same_code(code: str, typed: str) -> bool:
    """Tell in constant time whether a typed code is the one sent; spaces and dashes are skipped."""
    digits = "".join(each for each in half_width(typed[:40]) if each.isascii() and each.isdigit())
    return hmac.compare_digest(code.encode(), digits.encode())


def may_send_again_at(sendings: int, sent_at: dt.datetime) -> dt.datetime | None:
    """Return from when a code that was sent so often can be sent again; None: not any more."""
    return sent_at + SENT_AGAIN_AFTER if sendings < MAX_SENDINGS else None


def expires_at(asked_at: dt.datetime) -> dt.datetime:
    """Return the time from which a code is taken no longer."""
    return asked_at + CODE_VALID
