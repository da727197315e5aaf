"""The world outside, as plain values: what goes out, what a carrier said, and what a carrier is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.core.runtime.clock import Clock

__all__ = [
    "SERVER_ID",
    "TWILIOS",
    "Carrier",
    "CarrierLimit",
    "Clock",
    "OutgoingMessage",
    "SendOutcome",
    "SendStatus",
]

# The carriers of texts that can be asked what became of a message, and whose codes are Twilio's.
TWILIOS = ("twilio", "twilio2")

# An id that a mail server gives to a mail, long enough that nobody who has not seen it says it.
SERVER_ID = re.compile(r"(?=[^\d]{0,98}\d)[A-Za-z0-9][\w.=+/-]{15,99}")

_REFERENCE = re.compile(r"[A-Za-z0-9.-]{1,100}")


@dataclass(frozen=True)
class OutgoingMessage:
    """What a carrier takes out of the house; raises ValueError on a reference it could not carry.

    `reference` is our own id of the attempt ("n123.1": notice 123, try 1), `channel` is "email" or
    "sms", `to` an address or an E.164 number. `calendar` is an iCalendar object with CRLF lines and
    `method` its METHOD (REQUEST, CANCEL). `good_for` is in seconds: later than that it is stale.
    """

    reference: str
    channel: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    to_name: str = ""
    from_name: str = ""
    language: str = "en"
    calendar: bytes | None = None
    method: str | None = None
    good_for: int = 36_000

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference):
            raise ValueError(f"not a reference: {self.reference!r}")
        if self.channel not in ("email", "sms"):
            raise ValueError(f"not a channel: {self.channel!r}")


class SendStatus(StrEnum):
    """What came of handing a message to a carrier."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    # The message may or may not be on its way: nobody knows, so nobody pretends.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SendOutcome:
    """A carrier's word about one message.

    `carrier_id` is what the carrier is asked and tells by, `server_id` what a mail server says that
    it calls the mail. `status` is the carrier's first status, `code` its error code. `advice` is
    "", "next_channel" (this address will not do), "alarm" (our own settings or wording) or
    "back_off" (too fast).
    `retry_after` is in seconds; `at_most` is the number of tries, the first included, that this
    code deserves before the message is given up on this channel.
    """

    said: SendStatus
    carrier: str
    carrier_id: str = ""
    status: str = ""
    code: str = ""
    detail: str = ""
    advice: str = ""
    retry_after: int | None = None
    at_most: int | None = None
    server_id: str = ""


@dataclass(frozen=True)
class LookupResult:
    """What a carrier has that may be a message of ours, ACCEPTED each, in the order of coming.

    ``sure`` where it goes by our reference; otherwise by address and words, which another message
    may have had as well.
    """

    outcomes: Sequence[SendOutcome] = ()
    sure: bool = False


@dataclass(frozen=True)
class CarrierLimit:
    """How much a carrier takes: calls ``at_once``, messages ``per_second`` and in one ``burst``.

    Another call begins at the same time only when ``each`` more messages wait: where a connection
    is dear, few messages go over one. A rate of 0 is none; the rate is that of the whole house.
    """

    at_once: int = 1
    each: int = 1
    per_second: float = 0.0
    burst: float = 0.0


class Carrier(Protocol):
    """What takes messages of one channel out of the house: "smtp", "twilio" or "outbox"."""

    @property
    def name(self) -> str: ...

    @property
    def channel(self) -> str: ...

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Yield each message's outcome as soon as it is known; one message's fault never raises.

        A fault of the line itself gives TEMPORARY for every message not yet sent.
        """

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult | None:
        """Ask after a message whose outcome was lost in a crash; `since` is when it was tried.

        Nothing is found where the carrier never took it; None when the carrier cannot be asked
        (now, or ever: e-mail).
        """

    def ask(self, carrier_id: str) -> SendOutcome | None:
        """Return the present status of an accepted message, or None if it cannot be asked."""

    def check(self) -> str:
        """Return "" when well, else one sentence: what is wrong and what to do."""

    def close(self) -> None:
        """Let go of connections; the carrier may be used again afterwards."""
