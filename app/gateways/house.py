"""Which carrier stands at which door: from settings to gateways."""

from dataclasses import dataclass, field
from pathlib import Path

from app.gateways import Carrier, Gateways
from app.gateways.clock import Clock, SystemClock
from app.gateways.mailbox import ImapMailbox
from app.gateways.outbox import Outbox
from app.gateways.smtp import SmtpCarrier
from app.gateways.twilio import Account, TwilioCarrier

DEFAULT_FROM = "tingqi@localhost"


@dataclass(frozen=True)
class Lines:
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
    imap_url: str | None = field(default=None, repr=False)


def build(lines: Lines, clock: Clock | None = None) -> Gateways:
    """Return the gateways for these settings; nothing is connected yet.

    Raises ValueError, in one sentence, when an address is no address.
    """
    clock = clock or SystemClock()
    mailbox = ImapMailbox(lines.imap_url) if lines.imap_url else None
    return Gateways(
        clock=clock, email=_email(lines, clock), sms=_sms(lines, clock), mailbox=mailbox
    )


def _email(lines: Lines, clock: Clock) -> Carrier:
    sender = lines.mail_from or DEFAULT_FROM
    if lines.smtp_url:
        return SmtpCarrier(lines.smtp_url, sender, clock)
    return Outbox(lines.outbox, "email", clock, sender)


def _sms(lines: Lines, clock: Clock) -> Carrier:
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
    return TwilioCarrier(account)
