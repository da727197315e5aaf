"""The registry of carriers: the one table that names them; their settings; their clients."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.imap.mailbox import ImapMailbox
from app.carriers.imap.settings import MailboxSettings
from app.carriers.outbox.plugin import OUTBOX
from app.carriers.plugin import Capabilities, CarrierContext, CarrierPlugin, NoSettings
from app.carriers.smtp.plugin import SMTP
from app.carriers.twilio.plugin import SECOND_TWILIO, TWILIO
from app.core import settings as declared
from app.core.channels import Channel
from app.core.errors import N_, Misconfigured
from app.core.runtime.clock import Clock, SystemClock
from app.core.settings import PREFIX, Setting
from app.core.web_client.calendar_fetching import CalendarFetcher
from app.core.web_client.guarded_http import GuardedConnector, IpNetwork

ENTRY_POINTS = "tingqi.carriers"
BUILT_IN = (SMTP, TWILIO, SECOND_TWILIO, OUTBOX)
# The carrier of each channel unless another is chosen. Where it has no settings, the local outbox.
DEFAULTS = {Channel.EMAIL: SMTP.name, Channel.SMS: TWILIO.name}
TEXT_CARRIER = f"{PREFIX}SMS"
LIMITS = {
    "AT_ONCE": declared.number(1, 200),
    "PER_SECOND": declared.number(0, 10_000),
    "BURST": declared.number(0, 10_000),
}


@dataclass(frozen=True)
class CarrierSettings:
    """The settings of all carriers.

    ``by_name`` has the settings of each carrier that is set up; ``text_carrier`` is the value of
    TINGQI_SMS, "" where it is unset; ``limits`` are the rate limits that differ from the defaults;
    ``mailbox`` is where replies by mail are read.
    """

    by_name: Mapping[str, Any] = field(default_factory=dict)
    text_carrier: str = ""
    limits: Mapping[str, CarrierLimit] = field(default_factory=dict)
    mailbox: MailboxSettings = field(default_factory=MailboxSettings)

    @property
    def mail_from(self) -> str:
        """The address that mail comes from, "" where mail goes to the local outbox."""
        return getattr(self.by_name.get(DEFAULTS[Channel.EMAIL]), "mail_from", "")


@dataclass(frozen=True)
class ExternalServices:
    """The clients of all services outside the process; see `build`."""

    clock: Clock
    email: Carrier
    sms: Carrier
    mailbox: ImapMailbox | None = None
    calendars: CalendarFetcher = field(default_factory=CalendarFetcher)
    webhooks: GuardedConnector = field(default_factory=GuardedConnector)
    second_sms: Carrier | None = None
    # By the carrier's name; one message at a time where there is none. Excluded from the hash, by
    # which the worker remembers these services: a mapping has none.
    limits: Mapping[str, CarrierLimit] = field(default_factory=dict, hash=False)

    @property
    def carriers(self) -> list[Carrier]:
        """All carriers, that of mail first."""
        return [self.email, self.sms, *([self.second_sms] if self.second_sms else [])]

    @property
    def leave_the_machine(self) -> bool:
        """Whether any message goes elsewhere than to the local outbox."""
        return any(carrier.name != OUTBOX.name for carrier in self.carriers)

    def close(self) -> None:
        """Close the carriers and the mailbox."""
        for carrier in self.carriers:
            carrier.close()
        if self.mailbox is not None:
            self.mailbox.close()


@cache
def plugins() -> Mapping[str, CarrierPlugin]:
    """Return all carriers by name: those of Tingqi, and those of other installed packages.

    Raises Misconfigured where a package's carrier cannot be loaded or takes a name that is taken.
    """
    by_name = {plugin.name: plugin for plugin in BUILT_IN}
    for entry in entry_points(group=ENTRY_POINTS):
        plugin = _load(entry)
        if plugin.name in by_name:
            raise Misconfigured(
                N_(
                    "The carrier %(carrier)s of the package %(package)s has the name of another "
                    "carrier: uninstall one of them."
                ),
                carrier=plugin.name,
                package=_package(entry),
            )
        by_name[plugin.name] = plugin
    return by_name


def _load(entry: EntryPoint) -> CarrierPlugin:
    try:
        plugin = entry.load()
    except Exception as fault:  # a package of others may fail in any way
        why = " ".join(str(fault).split()) or type(fault).__name__
        raise Misconfigured(
            N_(
                "The carrier %(carrier)s of the package %(package)s cannot be loaded (%(error)s): "
                "repair or uninstall it."
            ),
            carrier=entry.name,
            package=_package(entry),
            error=why,
        ) from fault
    if not isinstance(plugin, CarrierPlugin):
        raise Misconfigured(
            N_(
                "The carrier %(carrier)s of the package %(package)s is not a CarrierPlugin: "
                "repair or uninstall it."
            ),
            carrier=entry.name,
            package=_package(entry),
        )
    return plugin


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def capabilities(name: str) -> Capabilities:
    """Return the features of a carrier; none for one that is not installed any more."""
    plugin = plugins().get(name)
    return plugin.capabilities if plugin else Capabilities()


def with_receipts() -> list[str]:
    """Return the names of the carriers that report whether a message was delivered."""
    return [name for name, plugin in plugins().items() if plugin.capabilities.receipts]


def label(name: str) -> str:
    """Return a carrier's name for people, in English; the name itself of one not installed."""
    plugin = plugins().get(name)
    return plugin.label if plugin else name


def known_settings() -> dict[str, Setting | None]:
    """Return the names of all settings of carriers; None for those of no group."""
    names: dict[str, Setting | None] = {TEXT_CARRIER: None}
    for plugin in plugins().values():
        names |= {each.name: each for each in declared.settings_of(plugin.settings, plugin.prefix)}
        if plugin.limit:
            names |= dict.fromkeys((f"{plugin.prefix}{part}" for part in LIMITS), None)
    return names | {each.name: each for each in declared.settings_of(MailboxSettings, PREFIX)}


def read_settings(values: Mapping[str, str]) -> CarrierSettings:
    """Return the carriers' settings of an environment; ``values`` are the non-empty ones by name.

    Raises Misconfigured where a carrier's settings are half made or wrong, or where TINGQI_SMS
    chooses a carrier that is unknown or not set up.
    """
    by_name: dict[str, Any] = {}
    for plugin in plugins().values():
        group = declared.read_group(
            plugin.settings, plugin.prefix, values, plugin.purpose or plugin.label
        )
        if group is not None and plugin.settings is not NoSettings:
            by_name[plugin.name] = group
    _refuse_lone_companions(by_name)
    return CarrierSettings(
        by_name,
        _text_carrier(values, by_name),
        {plugin.name: limit for plugin in plugins().values() if (limit := _limit(plugin, values))},
        declared.read_group(MailboxSettings, PREFIX, values, N_("replies by mail"))
        or MailboxSettings(),
    )


def _refuse_lone_companions(by_name: Mapping[str, Any]) -> None:
    for plugin in plugins().values():
        first = plugins().get(plugin.companion_of)
        if first and plugin.name in by_name and first.name not in by_name:
            name = declared.first_required(plugin.settings, plugin.prefix)
            raise Misconfigured(
                N_(
                    "%(name)s sets up a second carrier, but there is no first one: set the same "
                    "settings that begin with %(prefix)s."
                ),
                name=name,
                prefix=first.prefix,
            )


def _text_carrier(values: Mapping[str, str], by_name: Mapping[str, Any]) -> str:
    name = values.get(TEXT_CARRIER, "")
    choices = [
        plugin.name
        for plugin in plugins().values()
        if Channel.SMS in plugin.channels and not plugin.companion_of
    ]
    if name and name not in choices:
        raise Misconfigured(
            N_("%(name)s must be one of %(choices)s."), name=TEXT_CARRIER, choices=sorted(choices)
        )
    if name and not _is_set_up(plugins()[name], by_name):
        plugin = plugins()[name]
        missing = declared.first_required(plugin.settings, plugin.prefix)
        raise Misconfigured(
            N_("%(name)s is %(value)s, and %(missing)s is missing: set it."),
            name=TEXT_CARRIER,
            value=name,
            missing=missing,
        )
    return name


def _is_set_up(plugin: CarrierPlugin, by_name: Mapping[str, Any]) -> bool:
    return plugin.settings is NoSettings or plugin.name in by_name


def _limit(plugin: CarrierPlugin, values: Mapping[str, str]) -> CarrierLimit | None:
    """Return the limit that the environment sets for a carrier, None where it sets none."""
    names = {part: f"{plugin.prefix}{part}" for part in LIMITS}
    if plugin.limit is None or not any(name in values for name in names.values()):
        return None
    numbers = {
        part: LIMITS[part](name, values[name]) for part, name in names.items() if name in values
    }
    return replace(
        plugin.limit,
        at_once=int(numbers.get("AT_ONCE", plugin.limit.at_once)),
        per_second=numbers.get("PER_SECOND", plugin.limit.per_second),
        burst=numbers.get("BURST", plugin.limit.burst),
    )


def webhook_paths() -> tuple[str, ...]:
    """Return the beginnings of the addresses that carriers call."""
    return tuple(f"/{plugin.name}/" for plugin in plugins().values() if plugin.webhooks)


@dataclass(frozen=True)
class Installation:
    """What carriers know of the installation that they are built for; see `CarrierContext`."""

    outbox: Path
    public_url: str = "http://127.0.0.1:8000"
    mail_from: str = "tingqi@localhost"
    # Networks inside that webhooks may call.
    hooks_inside: tuple[IpNetwork, ...] = ()


def build(
    settings: CarrierSettings, installation: Installation, clock: Clock | None = None
) -> ExternalServices:
    """Return the clients of all services; nothing is connected yet.

    Raises ValueError, in one sentence, when an address is no address.
    """
    clock = clock or SystemClock()
    limits: dict[str, CarrierLimit] = {}
    carriers: dict[Channel, list[Carrier]] = {channel: [] for channel in DEFAULTS}
    for channel, built in carriers.items():
        for plugin in _chosen(settings, channel):
            limit = settings.limits.get(plugin.name) or plugin.limit or CarrierLimit()
            context = CarrierContext(
                name=plugin.name,
                channel=channel,
                clock=clock,
                limit=limit,
                public_url=installation.public_url,
                outbox=installation.outbox,
                mail_from=installation.mail_from,
            )
            limits[plugin.name] = limit
            built.append(plugin.build(settings.by_name.get(plugin.name, NoSettings()), context))
    url = settings.mailbox.url
    return ExternalServices(
        clock=clock,
        email=carriers[Channel.EMAIL][0],
        sms=carriers[Channel.SMS][0],
        second_sms=next(iter(carriers[Channel.SMS][1:]), None),
        mailbox=ImapMailbox(url) if url else None,
        limits=limits,
        webhooks=GuardedConnector(inside=installation.hooks_inside),
    )


def _chosen(settings: CarrierSettings, channel: Channel) -> Iterator[CarrierPlugin]:
    """Yield the carrier of a channel and its companion, if any; else the local outbox."""
    name = (settings.text_carrier if channel is Channel.SMS else "") or DEFAULTS[channel]
    if not _is_set_up(plugins()[name], settings.by_name):
        yield OUTBOX
        return
    yield plugins()[name]
    for plugin in plugins().values():
        if plugin.companion_of == name and plugin.name in settings.by_name:
            yield plugin
