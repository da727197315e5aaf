"""Mails to users of a court that are no notices: they are about no case, and on no record."""

from collections.abc import Sequence

from app.carriers.base import OutgoingMessage
from app.core import wording
from app.core.errors import Message
from app.core.translation import translate
from app.people.models import User
from app.sending.sender import Sender

GOOD_FOR = 3 * 24 * 3600  # seconds


def compose(
    user: User, reference: str, subject: Message, paragraphs: Sequence[Message]
) -> OutgoingMessage:
    """Return a mail to a user, in their language or that of their court."""
    language = wording.language_of(user.language or user.court.language)
    return OutgoingMessage(
        reference=reference,
        channel="email",
        to=user.email,
        from_name=user.court.name,
        language=language,
        subject=translate(subject, language),
        text="\n\n".join(translate(each, language) for each in paragraphs) + "\n",
        good_for=GOOD_FOR,
    )


def hand_over(sender: Sender, messages: Sequence[OutgoingMessage]) -> int:
    """Hand mails to the carrier, once each whatever it answers; return how many there were."""
    for message in messages:
        for _ in sender.external.email.send([message]):
            pass
    return len(messages)
