"""The description of a carrier: its settings, how it is built, its webhooks and its stand-in.

A carrier is a `CarrierPlugin`. Those of Tingqi are rows of the table in `registry`; a package of
its own offers one by an entry point of the group ``tingqi.carriers`` (see docs/carriers.md).
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from app.carriers.base import Carrier, CarrierLimit, Clock, DeliveryReceipt, IncomingText
from app.carriers.standin import StandIn
from app.core.channels import Channel
from app.core.settings import PREFIX, setting
from app.record import counters

if TYPE_CHECKING:
    from flask import Blueprint

__all__ = [
    "Capabilities",
    "CarrierContext",
    "CarrierPlugin",
    "InvalidCallback",
    "NoSettings",
    "WebhookContext",
    "setting",
]

# At most as many characters as the database's columns have.
_NAME = re.compile(r"[a-z][a-z0-9]{1,19}")


@dataclass(frozen=True)
class NoSettings:
    """The settings of a carrier that needs none."""


@dataclass(frozen=True)
class CarrierContext:
    """The installation that a carrier is built for.

    ``name`` and ``channel`` are those that the carrier is to have, ``outbox`` is the folder of the
    local outbox, ``mail_from`` the address that mail comes from.
    """

    name: str
    channel: Channel
    clock: Clock
    limit: CarrierLimit
    public_url: str
    outbox: Path
    mail_from: str


@dataclass(frozen=True)
class Capabilities:
    """Features of a carrier's service that differ between carriers.

    ``receipts``: it reports later whether a message was delivered. ``lookup``: it can be asked
    later about a message (`Carrier.find`, `Carrier.ask`), so that a lost answer is looked up
    before anybody calls the outcome unknown.
    """

    receipts: bool = False
    lookup: bool = False


class InvalidCallback(StrEnum):
    """The reasons for which a request to a webhook is refused; each is counted by this name."""

    UNSIGNED = counters.UNSIGNED
    FORGED = counters.FORGED
    MALFORMED = counters.MALFORMED


@dataclass(frozen=True)
class WebhookContext:
    """The installation as the webhooks of a carrier see it, and the services that they call.

    ``settings`` has the settings of each carrier that is set up, by the carrier's name. `receive`
    and `receive_text` commit before they return; `refuse` counts the request and aborts it with
    status 400 (MALFORMED) or 403.
    """

    settings: Mapping[str, Any]
    public_url: str
    receive: Callable[[DeliveryReceipt], None]
    receive_text: Callable[[IncomingText], None]
    refuse: Callable[[InvalidCallback], NoReturn]


@dataclass(frozen=True)
class CarrierPlugin:
    """One carrier: everything that differs between carriers, in one place.

    ``name`` is written into the record and begins the names of its settings
    (``TINGQI_<NAME>_…``). ``settings`` is a dataclass of fields made by `setting`; ``purpose`` is
    what these are for, in the sentence that refuses half a set. ``limit`` is the default of
    ``TINGQI_<NAME>_AT_ONCE``, ``_PER_SECOND`` and ``_BURST``; without it there are no such
    settings. ``webhooks`` makes a blueprint that is served below ``/<name>``. ``companion_of``
    names a carrier between which and this one traffic is split where both are set up.
    """

    name: str
    label: str
    channels: tuple[Channel, ...]
    build: Callable[[Any, CarrierContext], Carrier]
    settings: type = NoSettings
    purpose: str = ""
    limit: CarrierLimit | None = field(default_factory=CarrierLimit)
    capabilities: Capabilities = field(default_factory=Capabilities)
    webhooks: "Callable[[WebhookContext], Blueprint] | None" = None
    standin: Callable[[], AbstractContextManager[StandIn]] | None = None
    companion_of: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"the name of a carrier is 2 to 20 lower-case letters and digits, not {self.name!r}"
            )

    @property
    def prefix(self) -> str:
        """The beginning of the names of its settings."""
        return f"{PREFIX}{self.name.upper()}_"
