"""The identity and the means of a worker that sends."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.registry import ExternalServices
from app.storage.stores import FileStore

# A worker's exclusive right to a claimed message. It is longer than any carrier takes for one call
# and renewed while messages wait behind slow ones; once it is over, other workers recover the
# attempt.
LEASE = dt.timedelta(minutes=3)


@dataclass(frozen=True)
class Sender:
    """A worker's name, its services, the secret that links derive from, and its addresses."""

    name: str
    external: ExternalServices
    secret: bytes
    public_url: str
    court_address: str
    files: FileStore
    # Set when the process is told to end: calls under way are finished, no others are begun.
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def now(self) -> dt.datetime:
        """The current time, from the clock among the services."""
        return self.external.clock.now()

    def carriers(self, channel: str) -> Sequence[Carrier]:
        """Return the carriers of a channel: one, or two for texts."""
        if channel == "email":
            return [self.external.email]
        second = self.external.second_sms
        return [self.external.sms, second] if second else [self.external.sms]

    def carrier(self, channel: str, name: str) -> Carrier | None:
        """Return a channel's carrier by its name; None where it is no longer set up."""
        return next((each for each in self.carriers(channel) if each.name == name), None)

    def limit(self, carrier: Carrier) -> CarrierLimit:
        """Return how many messages a carrier takes at once, and its rate."""
        return self.external.limits.get(carrier.name, CarrierLimit())
