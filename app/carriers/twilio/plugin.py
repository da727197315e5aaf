"""Twilio as a carrier of texts: one account, and a second one that shares the traffic."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.carriers.base import Carrier, CarrierLimit
from app.carriers.plugin import Capabilities, CarrierContext, CarrierPlugin, WebhookContext
from app.carriers.twilio.settings import TwilioSettings
from app.core.channels import Channel
from app.core.errors import N_

if TYPE_CHECKING:
    from flask import Blueprint

    from app.carriers.twilio.standin import TwilioStandIn


def build(settings: TwilioSettings, context: CarrierContext) -> Carrier:
    """Return the client of an account. Raises ValueError where the API's address is none."""
    from app.carriers.twilio.carrier import TwilioCarrier

    return TwilioCarrier(
        settings, context.public_url, name=context.name, concurrency=context.limit.at_once
    )


def webhooks(context: WebhookContext) -> "Blueprint":
    """Return the pages that Twilio calls, for both accounts."""
    from app.carriers.twilio.webhooks import blueprint

    return blueprint(context)


def standin() -> "TwilioStandIn":
    """Return Twilio's API for this machine."""
    from app.carriers.twilio.standin import TwilioStandIn

    return TwilioStandIn()


TWILIO = CarrierPlugin(
    name="twilio",
    label=N_("Twilio"),
    channels=(Channel.SMS,),
    build=build,
    settings=TwilioSettings,
    purpose=N_("text messages"),
    # Twilio answers many calls at once.
    limit=CarrierLimit(32),
    capabilities=Capabilities(receipts=True, lookup=True),
    webhooks=webhooks,
    standin=standin,
)

SECOND_TWILIO = replace(
    TWILIO,
    name="twilio2",
    label=N_("second Twilio account"),
    purpose=N_("the second carrier of text messages"),
    webhooks=None,  # the first account's serve both
    standin=None,
    companion_of=TWILIO.name,
)
