"""Local stand-ins for the world outside: what rehearsals and tests send to."""

from app.gateways.standin_smtp import Received, SmtpStandIn
from app.gateways.standin_twilio import TwilioStandIn

__all__ = ["Received", "SmtpStandIn", "TwilioStandIn"]
