"""SMTP as a carrier of mail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.plugin import CarrierContext, CarrierPlugin
from app.core.channels import Channel
from app.core.errors import N_
from app.core.settings import mail_address, setting, url_of

if TYPE_CHECKING:
    from app.carriers.smtp.standin import SmtpStandIn


@dataclass(frozen=True)
class SmtpSettings:
    """A mail server and the address that mail comes from; ``url`` is as `read_url` takes it."""

    url: str = setting(url_of("smtp", "smtps"), required=True, secret=True)
    mail_from: str = setting(mail_address, name="TINGQI_MAIL_FROM", required=True)


def build(settings: SmtpSettings, context: CarrierContext) -> Carrier:
    """Return the client of a mail server. Raises ValueError where its URL is none."""
    from app.carriers.smtp.carrier import SmtpCarrier

    return SmtpCarrier(
        settings.url, settings.mail_from, context.clock, connections=context.limit.at_once
    )


def standin() -> "SmtpStandIn":
    """Return a mail server for this machine."""
    from app.carriers.smtp.standin import SmtpStandIn

    return SmtpStandIn()


SMTP = CarrierPlugin(
    name="smtp",
    label=N_("SMTP"),
    channels=(Channel.EMAIL,),
    build=build,
    settings=SmtpSettings,
    purpose=N_("mail"),
    # A mail server accepts few connections, each of which carries many mails.
    limit=CarrierLimit(4, each=8),
    standin=standin,
)
