"""Pure: the channels by which people are reached, and one table of all that differs between them.

A new channel by which Tingqi sends is a member and a row of ``CHANNELS``, a carrier, and for each
kind of message a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import N_


class Channel(StrEnum):
    """A channel by which Tingqi sends messages."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def traits(self) -> "ChannelTraits":
        """The row of this channel."""
        return CHANNELS[self]


class OtherChannel(StrEnum):
    """A channel of contact other than messages, between the court and counsel."""

    LINK = "link"
    PHONE = "phone"
    LETTER = "letter"
    IN_PERSON = "in_person"
    CHAT = "chat"
    OTHER = "other"


@dataclass(frozen=True)
class ChannelLook:
    """Presentation of a channel: label to be translated, icon, words in letters (en, zh)."""

    label: str
    icon: str
    # The mark in the picture of contacts: square, circle, triangle, wedge or diamond.
    mark: str
    in_letters: tuple[str, str]


@dataclass(frozen=True)
class ChannelTraits(ChannelLook):
    """All that differs between channels by which Tingqi sends."""

    # The label at the head of a column.
    title: str
    # Where nobody said which is wanted, the channel of the lowest rank is tried first.
    rank: int
    # What a message is said to be that did not arrive, by its state.
    undelivered: Mapping[str, str]
    # The column of counsel that holds the address.
    address: str
    # A message has a subject and HTML, and can carry an invite.
    rich: bool
    # Each segment costs: templates offer several wordings, and one that needs the fewest is sent.
    by_segment: bool
    # The longest text that a court may word itself, in characters.
    longest: int
    # A message may carry no link where the court's carrier forbids it: a code stands in.
    links_can_be_off: bool
    # The person can tell the carrier to stop, by words that no message may invite them to send.
    can_be_stopped: bool


CHANNELS = {
    Channel.SMS: ChannelTraits(
        N_("text"),
        "phone",
        "square",
        ("text message", "短信"),
        title=N_("Text"),
        rank=1,
        undelivered={
            "failed": N_("text failed"),
            "unknown": N_("outcome of the text unknown"),
            "missed": N_("text not sent in time"),
        },
        address="phone",
        rich=False,
        by_segment=True,
        longest=1500,
        links_can_be_off=True,
        can_be_stopped=True,
    ),
    Channel.EMAIL: ChannelTraits(
        N_("e-mail"),
        "envelope",
        "circle",
        ("e-mail", "电子邮件"),
        title=N_("E-mail"),
        rank=2,
        undelivered={
            "failed": N_("e-mail failed"),
            "unknown": N_("outcome of the e-mail unknown"),
            "missed": N_("e-mail not sent in time"),
        },
        address="email",
        rich=True,
        by_segment=False,
        longest=6000,
        links_can_be_off=False,
        can_be_stopped=False,
    ),
}
OTHER_CHANNELS = {
    OtherChannel.LINK: ChannelLook(N_("reply page"), "link-45deg", "wedge", ("", "")),
    OtherChannel.PHONE: ChannelLook(
        N_("telephone"), "telephone", "triangle", ("by telephone", "电话")
    ),
    OtherChannel.LETTER: ChannelLook(N_("letter"), "file-text", "diamond", ("by letter", "信函")),
    OtherChannel.IN_PERSON: ChannelLook(
        N_("in person"), "people", "diamond", ("in person", "当面")
    ),
    OtherChannel.CHAT: ChannelLook(N_("chat"), "chat", "diamond", ("by private chat", "私人聊天")),
    OtherChannel.OTHER: ChannelLook(N_("other way"), "dot", "diamond", ("another way", "其他方式")),
}
BY_RANK = tuple(sorted(CHANNELS, key=lambda each: CHANNELS[each].rank))
# Ways beside the court's own, which leave no file; calls and letters are the court's own.
UNPLANNED = (OtherChannel.CHAT, OtherChannel.IN_PERSON, OtherChannel.OTHER)
# A contact by hand that a person of the court logs.
BY_HAND = tuple(each for each in OtherChannel if each is not OtherChannel.LINK)

_LOOKS: dict[str, ChannelLook] = {
    **{channel.value: row for channel, row in CHANNELS.items()},
    **{channel.value: row for channel, row in OTHER_CHANNELS.items()},
}


def look(channel: str) -> ChannelLook:
    """Return how a channel is shown; an unknown one as "other"."""
    return _LOOKS.get(channel, OTHER_CHANNELS[OtherChannel.OTHER])
