"""The local outbox as a carrier of mail and of texts."""

from app.carriers.base import Carrier
from app.carriers.outbox.carrier import Outbox
from app.carriers.plugin import CarrierContext, CarrierPlugin, NoSettings
from app.core.channels import Channel
from app.core.errors import N_


def build(settings: NoSettings, context: CarrierContext) -> Carrier:
    """Return the outbox of the installation for one channel."""
    return Outbox(context.outbox, context.channel, context.clock, context.mail_from)


OUTBOX = CarrierPlugin(
    name="outbox",
    label=N_("local outbox"),
    channels=(Channel.EMAIL, Channel.SMS),
    build=build,
    limit=None,
)
