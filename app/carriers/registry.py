"""Which carrier stands at which door: from settings to gateways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.imap.mailbox import ImapMailbox
from app.carriers.outbox.carrier import Outbox
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.twilio.carrier import Account, TwilioCarrier
from app.core.calendar_fetching import CalendarFetcher
from app.core.runtime.clock import Clock, SystemClock

DEFAULT_FROM = "tingqi@localhost"
# A mail server wants few connections that carry many mails; Twilio answers many calls at once.
USUAL = {"smtp": CarrierLimit(4, each=8), "twilio": CarrierLimit(32), "twilio2": CarrierLimit(32)}


@dataclass(frozen=True)
class CarrierSettings:
    """The settings of the lines out of the house; what is not set goes to the local outbox."""

    outbox: Path
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = field(default=None, repr=False)
    twilio_from: str | None = None
    twilio_messaging_service_sid: str | None = None
    twilio_api_url: str | None = None
    second: Account | None = None
    limits: Mapping[str, CarrierLimit] = field(default_factory=dict)
    imap_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ExternalServices:
    """All that the house knows of the world outside; see `house.build`."""

    clock: Clock
    email: Carrier
    sms: Carrier
    mailbox: ImapMailbox | None = None
    calendars: CalendarFetcher = field(default_factory=CalendarFetcher)
    second_sms: Carrier | None = None
    # How much each carrier takes, by its name; one message at a time where nothing is said.
    # No part of its hash, by which houses are remembered: a mapping has none.
    limits: Mapping[str, CarrierLimit] = field(default_factory=dict, hash=False)

    def close(self) -> None:
        """Close the carriers and the mailbox."""
        self.email.close()
        self.sms.close()
        if self.second_sms is not None:
            self.second_sms.close()
        if self.mailbox is not None:
            self.mailbox.close()


def build(lines: CarrierSettings, clock: Clock | None = None) -> ExternalServices:
    """Return the gateways for these settings; nothing is connected yet.

    Raises ValueError, in one sentence, when an address is no address.
    """
    clock = clock or SystemClock()
    mailbox = ImapMailbox(lines.imap_url) if lines.imap_url else None
    second = lines.second
    return ExternalServices(
        clock=clock,
        email=_email(lines, clock),
        sms=_sms(lines, clock),
        mailbox=mailbox,
        second_sms=TwilioCarrier(second, concurrency=_limit(lines, second.name).at_once)
        if second
        else None,
        limits={name: _limit(lines, name) for name in USUAL},
    )


def _limit(lines: CarrierSettings, name: str) -> CarrierLimit:
    return lines.limits.get(name, USUAL[name])


def _email(lines: CarrierSettings, clock: Clock) -> Carrier:
    sender = lines.mail_from or DEFAULT_FROM
    if lines.smtp_url:
        connections = _limit(lines, "smtp").at_once
        return SmtpCarrier(lines.smtp_url, sender, clock, connections=connections)
    return Outbox(lines.outbox, "email", clock, sender)


def _sms(lines: CarrierSettings, clock: Clock) -> Carrier:
    if not lines.twilio_account_sid:
        return Outbox(lines.outbox, "sms", clock)
    account = Account(
        account_sid=lines.twilio_account_sid,
        auth_token=lines.twilio_auth_token or "",
        public_url=lines.public_url,
        from_=lines.twilio_from or "",
        messaging_service_sid=lines.twilio_messaging_service_sid or "",
        api_url=lines.twilio_api_url or "",
    )
    return TwilioCarrier(account, concurrency=_limit(lines, account.name).at_once)
