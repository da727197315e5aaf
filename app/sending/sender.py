"""Who sends: a worker's name, its gateways, and what letters are made with."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.registry import ExternalServices

# How long a worker may be silent about a message before others own up to its loss: longer than
# any carrier takes for one message; it is renewed while messages wait behind slow ones.
LEASE = dt.timedelta(minutes=3)


@dataclass(frozen=True)
class Sender:
    """Who sends: the gateways, the secret that links are made of, and the house's addresses."""

    name: str
    gateways: ExternalServices
    secret: bytes
    public_url: str
    court_address: str
    # Set when the process is told to end: what is under way is finished, nothing more is begun.
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def now(self) -> dt.datetime:
        """The time, from the gateway that knows it."""
        return self.gateways.clock.now()

    def carriers(self, channel: str) -> Sequence[Carrier]:
        """Return what takes messages of a channel out of the house: one, or two for texts."""
        if channel == "email":
            return [self.gateways.email]
        second = self.gateways.second_sms
        return [self.gateways.sms, second] if second else [self.gateways.sms]

    def carrier(self, channel: str, name: str) -> Carrier | None:
        """Return a carrier by its name; None where it is no longer set up."""
        return next((each for each in self.carriers(channel) if each.name == name), None)

    def limit(self, carrier: Carrier) -> CarrierLimit:
        """Return how many messages a carrier takes at once, and how fast."""
        return self.gateways.limits.get(carrier.name, CarrierLimit())
