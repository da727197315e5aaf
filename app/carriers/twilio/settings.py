"""The settings of an account at Twilio."""

import re
from dataclasses import dataclass

from app.core.characters import half_width
from app.core.errors import N_, Misconfigured
from app.core.settings import setting, web_address


def sender(name: str, text: str) -> str:
    """Return the sender of texts: an E.164 number, a short code, or a sender's name.

    A name is Twilio's "Alphanumeric sender ID": up to 11 letters, digits and spaces, with a letter.
    """
    text = half_width(text)
    number = re.sub(r"[ ()./-]", "", text)
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        return number
    if not re.fullmatch(r"[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}", text):
        raise Misconfigured(
            N_(
                "%(name)s must be a number with + and its country code, such as %(example)s, a "
                "short code, or a sender's name of at most 11 letters and digits."
            ),
            name=name,
            example="+15005550006",
        )
    return text


@dataclass(frozen=True)
class TwilioSettings:
    """An account; an empty ``api_url`` is Twilio's own address.

    What is sent in HTTP headers or compared with what Twilio posts must be ASCII.
    """

    account_sid: str = setting(required=True, ascii_only=True)
    auth_token: str = setting(required=True, ascii_only=True, secret=True)
    from_: str = setting(sender, one_of="sender", ascii_only=True)
    messaging_service_sid: str = setting(one_of="sender", ascii_only=True)
    api_url: str = setting(web_address)
