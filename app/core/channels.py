"""Pure: the channels by which Tingqi sends, and all that differs between them."""

from enum import StrEnum


class Channel(StrEnum):
    """A channel by which a message is sent to a person."""

    EMAIL = "email"
    SMS = "sms"
