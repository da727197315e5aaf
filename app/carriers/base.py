"""Messages, outcomes and receipts as plain values, and the protocol of a carrier."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.core.channels import Channel
from app.core.errors import Message
from app.core.runtime.clock import Clock

__all__ = [
    "SERVER_ID",
    "Carrier",
    "CarrierLimit",
    "Clock",
    "DeliveryReceipt",
    "DeliveryState",
    "IncomingText",
    "LookupResult",
    "OutgoingMessage",
    "RetryAdvice",
    "SendOutcome",
    "SendStatus",
]

# An id that a mail server gives to a mail; long enough that it cannot be guessed.
SERVER_ID = re.compile(r"(?=[^\d]{0,98}\d)[A-Za-z0-9][\w.=+/-]{15,99}")

_REFERENCE = re.compile(r"[A-Za-z0-9.-]{1,100}")


@dataclass(frozen=True)
class OutgoingMessage:
    """A message for a carrier. Raises ValueError on a reference that could not be carried.

    `reference` is our id of the attempt ("n123.1": notice 123, try 1), `channel` is a `Channel`,
    `to` an address or an E.164 number. `calendar` is an iCalendar object with CRLF lines and
    `method` its METHOD (REQUEST, CANCEL). `good_for` is in seconds: after that it is stale, and
    should not be delivered any more.
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
        if self.channel not in set(Channel):
            raise ValueError(f"not a channel: {self.channel!r}")


class SendStatus(StrEnum):
    """The result of handing a message to a carrier."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    # No clear answer: the message may or may not be on its way.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SendOutcome:
    """A carrier's answer about one message.

    `carrier_id` is the carrier's id of the message, `server_id` the one that a mail server gives
    it. `status` is the carrier's first status, `code` its error code. `advice` is "",
    "next_channel" (this address will never do), "alarm" (our settings or wording: a person must
    look) or "back_off" (too fast). `retry_after` is in seconds; `at_most` is the number of tries,
    the first included, after which the message is given up on this channel. `opted_out`: the
    recipient told the carrier to stop messages from this sender.
    """

    result: SendStatus
    carrier: str
    carrier_id: str = ""
    status: str = ""
    code: str = ""
    detail: str = ""
    advice: str = ""
    retry_after: int | None = None
    at_most: int | None = None
    server_id: str = ""
    opted_out: bool = False


class DeliveryState(StrEnum):
    """The meaning of a carrier's receipt; PENDING changes nothing."""

    PENDING = ""
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True)
class RetryAdvice:
    """When a message that failed may be sent again over the same channel.

    `after` is in seconds, None where the code asks for no pause of its own; `at_most` is the number
    of tries, the first included.
    """

    after: int | None = None
    at_most: int = 2


@dataclass(frozen=True)
class DeliveryReceipt:
    """A carrier's later report about one message, already read by the carrier's table of codes.

    `carrier` is the carrier's name, `carrier_id` its id of the message, `reference` ours where the
    report repeats it. `status` and `code` are in the carrier's words. `retry` is None where a
    failure is final for this channel. `raw` is the report as it came and is kept; `impersonal` is
    what may be kept of it after the person's address was erased. `to` is the recipient's number:
    it tells whose a receipt may be that matches no message.
    """

    carrier: str
    carrier_id: str
    status: str
    state: DeliveryState
    reference: str = ""
    code: str = ""
    advice: str = ""
    retry: RetryAdvice | None = None
    to: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)
    impersonal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IncomingText:
    """A text that a person sent: the E.164 number, the words, and the carrier's id of it.

    `opt_out` is STOP, START or HELP where the carrier took it for that; `files` is the number of
    files that came with it (MMS).
    """

    sender: str
    words: str
    opt_out: str
    carrier_id: str
    files: int = 0

    @property
    def attempt(self) -> str:
        """The name of this contact on the record."""
        return f"t{self.carrier_id}"[:40]


@dataclass(frozen=True)
class LookupResult:
    """The messages of a carrier that may be the one looked for, ACCEPTED each, oldest first.

    ``sure`` where they were found by our reference; otherwise by address and words, which another
    message may have had as well.
    """

    outcomes: Sequence[SendOutcome] = ()
    sure: bool = False


@dataclass(frozen=True)
class CarrierLimit:
    """The rate limit of a carrier: calls ``at_once``, messages ``per_second``, ``burst`` of them.

    One more call is begun at the same time only for each ``each`` messages that wait: where a
    connection is expensive, few messages share one. A rate of 0 is unlimited; the rate is shared by
    all workers.
    """

    at_once: int = 1
    each: int = 1
    per_second: float = 0.0
    burst: float = 0.0


class Carrier(Protocol):
    """A client of a service that takes messages of one channel. Safe to share between threads."""

    @property
    def name(self) -> str:
        """The name under which the carrier is registered."""

    @property
    def channel(self) -> str:
        """The channel of all its messages, a `Channel`."""

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Yield each message with its outcome as soon as it is known; never raises.

        A fault of the connection itself gives TEMPORARY for every message not yet sent.
        """

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult | None:
        """Look up a message whose outcome was lost; `since` is when it was tried.

        Returns an empty result where the carrier never took it, None where the carrier cannot be
        asked (now, or ever: e-mail).
        """

    def ask(self, carrier_id: str) -> DeliveryReceipt | None:
        """Return the present status of an accepted message, or None if it cannot be asked."""

    def check(self) -> Message | str:
        """Return "" where the service can be used, else one sentence: the fault and the remedy.

        A Message is shown in the reader's language.
        """

    def close(self) -> None:
        """Close the connections; the carrier may be used again afterwards."""
