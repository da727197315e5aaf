"""Pure: form of an official message that somebody of the court handed on."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.channels import UNPLANNED, Channel
from app.core.forms import ChoiceField, Form, TextField, posted


class MessageForm(StrEnum):
    """The two lengths of an official message, each as one of the channels writes it."""

    channel: Channel

    def __new__(cls, value: str, channel: Channel = Channel.SMS) -> "MessageForm":
        """Create a form with the channel whose templates it takes."""
        member = str.__new__(cls, value)
        member._value_, member.channel = value, channel
        return member

    SHORT = "short", Channel.SMS
    FULL = "full", Channel.EMAIL


@dataclass(frozen=True, kw_only=True)
class HandOnIn(Form):
    """An official message that was handed on: by which way, in which form, and a remark.

    ``page`` names the page on which it was written: pressing twice is one contact.
    """

    channel: str = posted(ChoiceField(tuple(each.value for each in UNPLANNED), required=True))
    form: str = posted(ChoiceField(tuple(MessageForm), load_default=MessageForm.SHORT.value))
    note: str = posted(TextField(2000, lines=True, load_default=""))
    page: str = posted(TextField(64, load_default=""))
