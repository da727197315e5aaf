"""From a message to the very bytes of an e-mail (RFC 5322, MIME, RFC 6047 for the calendar)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr

from app.gateways import Message

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
# RFC 5321 allows 998 octets a line; past that a plain 7bit part must be encoded.
_LONGEST = 900
# An id stays in one piece: as an unknown header's words a long one would become encoded words.
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]  # typeshed's gap


class Unsendable(ValueError):  # noqa: N818  (it says what is, like Refusal)
    """The address is none, in one sentence."""


@dataclass(frozen=True)
class Mail:
    """A mail ready for the wire: the envelope, the bytes (CRLF) and whether it needs SMTPUTF8."""

    sender: str
    recipient: str
    data: bytes
    message_id: str
    utf8: bool


def build(message: Message, mail_from: str, at: datetime) -> Mail:
    """Return the mail for a message, dated `at`.

    `mail_from` is an address, with or without a name; the message's `from_name` goes before that
    name. Raises Unsendable when an address is none.
    """
    own_name, own_address = parseaddr(mail_from)
    sender, recipient = _address(own_address), _address(message.to)
    utf8 = not (sender + recipient).isascii()
    mail = EmailMessage(policy=(SMTPUTF8 if utf8 else SMTP).clone(header_factory=_HEADERS))
    mail["From"] = _named(message.from_name or own_name, sender)
    mail["To"] = _named(message.to_name, recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = identity = message_id(message, sender)
    # A carrier that writes a Message-ID of its own leaves this one: answers and bounces quote it.
    mail["References"] = identity
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Tingqi-Reference"] = message.reference
    _fill(mail, message)
    # Last: a mail that becomes multipart hands its Content- headers down to its first part.
    mail["Content-Language"] = one_line(message.language)
    return Mail(sender, recipient, mail.as_bytes(), identity, utf8)


def message_id(message: Message, sender: str) -> str:
    """Return our Message-ID: the same for the same attempt, different in another house."""
    told = "\0".join((message.to, message.subject, message.text))
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]
    host = sender.rpartition("@")[2].strip("[]")
    return f"<{message.reference}.{digest}@{host}>"


def one_line(words: str) -> str:
    """Return words fit for a header: line breaks, NUL and other controls become one space."""
    return _clean(_CONTROLS.sub(" ", words)).strip()


def _fill(mail: EmailMessage, message: Message) -> None:
    text = _clean(message.text)
    mail.set_content(text, charset="utf-8", cte=_encoding(text))
    if message.html:
        html = _clean(message.html)
        mail.add_alternative(html, subtype="html", charset="utf-8", cte=_encoding(html))
    if message.calendar is None:
        return
    params = {"method": one_line(message.method or "PUBLISH"), "charset": "utf-8"}
    # As bytes, so that the part carries the calendar's own CRLF whatever the policy says.
    mail.add_alternative(message.calendar, "text", "calendar", cte="base64", params=params)
    mail.add_attachment(message.calendar, "application", "ics", cte="base64", filename="invite.ics")


def _encoding(text: str) -> str:
    if not text.isascii():
        return "base64"
    short = all(len(line) <= _LONGEST for line in text.splitlines())
    return "7bit" if short else "quoted-printable"


def _clean(words: str) -> str:
    """Return words that any encoding can carry: no NUL, no half of a surrogate pair."""
    return words.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _address(address: str) -> str:
    """Return an address with its domain as ASCII (IDNA), or raise Unsendable."""
    local, at, host = address.strip().rpartition("@")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not at or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host) or _clean(local) != local:
        raise Unsendable(f"This is not a mail address: {one_line(address)[:100]!r}.")
    return f"{local}@{host}"


def _named(name: str, address: str) -> Address:
    local, _, host = address.rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=host)
