"""Local stand-ins for the world outside: what rehearsals and tests send to."""

from app.rehearsal.standins.smtp import ReceivedMail, SmtpStandIn
from app.rehearsal.standins.twilio import TwilioStandIn

__all__ = ["ReceivedMail", "SmtpStandIn", "TwilioStandIn"]
