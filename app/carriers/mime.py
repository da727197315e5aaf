"""Building of e-mails (RFC 5322, MIME, RFC 6047 for the calendar)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import Charset
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from app.carriers.base import OutgoingMessage
from app.core import addresses

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
# RFC 5321 allows 998 octets a line; past that a plain 7bit part must be encoded.
_LONGEST = 900
# RFC 5322, 2.1.1 and RFC 2047, 2: a header's line, a line with encoded words, an encoded word.
_LINE, _ENCODED_LINE, _ENCODED_WORD = 78, 76, 75
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")  # and the spaces between (RFC 5322, 3.2.3)
_DOT_ATOM = re.compile(r"[^.]+(\.[^.]+)*")
_UTF8 = Charset("utf-8")


class Unsendable(ValueError):  # noqa: N818  (it says what is, like Refusal)
    """An address is invalid; the message says so in one sentence."""


class _Folded(str):
    """The value of a header as it is transmitted: encoded, and folded where it is long."""

    __slots__ = ()


class _Policy(EmailPolicy):
    """The policy of the ``email`` package, which writes a folded value as it is.

    Its own folding drops the quotation marks of a long name and spaces beside encoded words.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Store a folded value without parsing it."""
        return (
            (name, value) if isinstance(value, _Folded) else super().header_store_parse(name, value)
        )

    def fold(self, name: str, value: Any) -> str:
        """Return a header's lines."""
        return (
            f"{name}: {value}{self.linesep}"
            if isinstance(value, _Folded)
            else super().fold(name, value)
        )

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header's lines as bytes."""
        if isinstance(value, _Folded):
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


_SMTP = _Policy(linesep="\r\n")
_SMTPUTF8 = _Policy(linesep="\r\n", utf8=True)


@dataclass(frozen=True)
class OutgoingMail:
    """A mail ready to send: the envelope, the bytes (CRLF), and whether it needs SMTPUTF8."""

    sender: str
    recipient: str
    data: bytes
    message_id: str
    utf8: bool


def build(message: OutgoingMessage, mail_from: str, at: datetime) -> OutgoingMail:
    """Return the mail for a message, dated `at`.

    `mail_from` is an address, with or without a name; the message's `from_name` goes before that
    name. Raises Unsendable when an address is invalid.
    """
    own_name, own_address = parseaddr(mail_from)
    sender, recipient = _address(own_address), _address(message.to)
    utf8 = not (sender + recipient).isascii()
    mail = EmailMessage(policy=_SMTPUTF8 if utf8 else _SMTP)
    mail["From"] = _named("From", message.from_name or own_name, sender)
    mail["To"] = _named("To", message.to_name, recipient)
    mail["Subject"] = _Folded(_folded("Subject", message.subject, phrase=False))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = identity = message_id(message, sender)
    # A carrier that replaces the Message-ID leaves this one, which replies and bounces quote. It
    # stays in one piece: the package would turn a long id into encoded words.
    mail["References"] = _Folded(identity)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Tingqi-Reference"] = message.reference
    _fill(mail, message)
    # Last: a mail that becomes multipart moves its Content- headers to its first part.
    mail["Content-Language"] = one_line(message.language)
    return OutgoingMail(sender, recipient, mail.as_bytes(), identity, utf8)


def message_id(message: OutgoingMessage, sender: str) -> str:
    """Return our Message-ID: the same for the same attempt, another in another installation."""
    content = "\0".join((message.to, message.subject, message.text))
    digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:12]
    host = sender.rpartition("@")[2].strip("[]")
    return f"<{message.reference}.{digest}@{host}>"


def one_line(words: str) -> str:
    """Return a text as one line: line breaks, NUL and other controls become one space."""
    return _clean(_CONTROLS.sub(" ", words)).strip()


def _fill(mail: EmailMessage, message: OutgoingMessage) -> None:
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
    """Return a text that every encoding can carry: no NUL, no lone surrogate."""
    return words.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _address(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA). Raises Unsendable."""
    try:
        encoded = addresses.ascii_address(address)
    except ValueError:
        encoded = ""
    local, at, host = encoded.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host) or _clean(local) != local:
        raise Unsendable(f"This is not a mail address: {one_line(address)[:100]!r}.")
    return encoded


def _named(header: str, name: str, address: str) -> _Folded:
    """Return the value of an address header: a name, which may be empty, and one address."""
    local, _, host = address.rpartition("@")
    spec = f"{local}@{host}" if _DOT_ATOM.fullmatch(local) else f'"{local}"@{host}'
    display_name = _folded(header, name, phrase=True)
    if not display_name:
        return _Folded(spec)
    first_line = f"{header}: {display_name}"
    last_line = display_name.rpartition("\r\n")[2] if "\r\n" in display_name else first_line
    fits = len(last_line) + len(spec) + 3 <= _ENCODED_LINE
    return _Folded(f"{display_name}{' ' if fits else _FOLD}<{spec}>")


_FOLD = "\r\n "


def _folded(header: str, words: str, *, phrase: bool) -> str:
    """Return a header's text, folded: as it is, quoted (in a phrase), or encoded (RFC 2047).

    ASCII stays readable, unless it looks like an encoded word.
    """
    words = re.sub(" +", " ", one_line(words))
    if not words.isascii() or "=?" in words or max(map(len, words.split(" "))) > _LONGEST // 2:
        return _encoded(words, first=_ENCODED_LINE - len(header) - 2)
    if phrase and not _ATOMS.fullmatch(words) and words:
        words = '"' + re.sub(r'(["\\])', r"\\\1", words) + '"'
    lines, width = [""], _LINE - len(header) - 2
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
            width = _LINE - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return _FOLD.join(lines)


def _encoded(words: str, first: int) -> str:
    """Return a text as encoded words, the first of at most ``first`` characters.

    It is split after a space where there is one: mail programs differ on whether two encoded words
    of a name are joined, but all of them show a space there.
    """
    encoded_words, width = [], first
    while words:
        most = 1
        while most < len(words) and len(_UTF8.header_encode(words[: most + 1])) <= width:
            most += 1
        space = words.rfind(" ", 0, most) + 1
        end = most if most == len(words) or not space else space
        encoded_words.append(_UTF8.header_encode(words[:end]))
        words, width = words[end:], _ENCODED_WORD
    return _FOLD.join(encoded_words)
