"""Stand-ins: local doubles of carriers' services, for rehearsals and tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class ReceivedMessage:
    """A message as a stand-in took it off the wire; ``reference`` is ours, of the attempt.

    ``calendar`` is an iCalendar object where the message carried one.
    """

    channel: str
    to: str
    text: str
    reference: str
    calendar: bytes | None = None


class StandIn(Protocol):
    """A local server that speaks a carrier's own protocol; entered before it is used."""

    @property
    def settings(self) -> Any:
        """The settings of the carrier by which messages come here."""

    def received(self) -> Sequence[ReceivedMessage]:
        """Return all messages so far, in the order in which they came."""

    def confirm(self, reference: str) -> int | None:
        """Report a message as delivered, as the service does; return the answer's HTTP status.

        Returns None where the service sends no receipts.
        """

    def forge(self, reference: str) -> list[int]:
        """Report a message as failed by requests that the service did not make.

        Returns the HTTP statuses of the answers, one for each way of forging.
        """

    def incoming(self, sender: str, words: str, public_url: str) -> int | None:
        """Pass on a message from a person, as the service does; return the answer's HTTP status.

        Returns None where the service passes on no messages.
        """
