"""Pure: what a mail says, read from bytes that anybody may have written.

Read by the old, lenient rules of Python's ``email`` (compat32), whose cost grows with the size
alone; nothing here follows a link, unpacks an archive or trusts a header of the sender's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

from app.errors import N_
from app.replies.authentication import authenticated
from app.wording import one_line

MOST_PARTS = 60
MOST_BOUNDARIES = 20  # each costs every line of the mail a comparison
MOST_TEXT = 20_000  # characters that are kept
MOST_CALENDAR = 256 * 1024  # bytes
_AUTO_SUBJECT = re.compile(
    r"^\s*(auto(matic)?[ -]?(reply|response)|out of (the )?office|自动回复|自动答复)",
    re.IGNORECASE,
)
_ID = re.compile(r"<[^<>\s]{1,250}>")


class Unreadable(Exception):  # noqa: N818
    """This is no mail that can be read, in one sentence."""


@dataclass(frozen=True)
class Bounce:
    """What a mail system says of one mail to one recipient (RFC 3464, 2.3)."""

    recipient: str
    action: str  # failed | delayed | delivered | relayed | expanded
    status: str  # "5.1.1"
    said: str


@dataclass(frozen=True)
class Mail:
    """One mail: who wrote it by its own word, what it answers to, what is in it.

    ``proven`` tells whether the court's own server vouches for the address in From;
    ``returned`` is the Message-ID of the mail that a bounce is about.
    """

    sender: str
    name: str
    subject: str
    message_id: str
    answers_to: tuple[str, ...]
    automatic: bool
    proven: bool
    text: str
    files: tuple[str, ...]
    calendars: tuple[bytes, ...]
    bounces: tuple[Bounce, ...]
    returned: str


def read(raw: bytes, trusted: str) -> Mail:
    """Return what a mail says; ``trusted`` is the name of the server whose word on senders counts.

    Raises Unreadable where it is built to exhaust its reader, or is no mail at all.
    """
    if raw.lower().count(b"boundary=") > MOST_BOUNDARIES:
        raise Unreadable(N_("it has too many parts within parts"))
    try:
        message = message_from_bytes(raw)
        parts = _parts(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise Unreadable(N_("it cannot be taken apart")) from fault
    if not message.keys():
        raise Unreadable(N_("it has no header"))
    name, sender, alone = _author(message)
    subject = _header(message, "Subject", 300)
    bounces, returned = _report(message, parts)
    results = [str(each) for each in _adjacent(message)]
    return Mail(
        sender=sender, name=name, subject=subject,
        message_id="".join(_ids(message, "Message-ID")[:1]),
        answers_to=tuple(_ids(message, "In-Reply-To") + _ids(message, "References")),
        automatic=_automatic(message, subject),
        proven=alone and authenticated(results, trusted, sender),
        text=_text(parts), files=tuple(_files(parts)), calendars=tuple(_calendars(parts)),
        bounces=bounces, returned=returned,
    )  # fmt: skip


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) > MOST_PARTS:
            raise Unreadable(N_("it has too many parts"))
    return found


def _author(message: Message) -> tuple[str, str, bool]:
    """Return name and address of who wrote it by its own word, and whether that is one person."""
    given = _values(message, "From")
    read = [_decoded(each[:1000]) for each in given]
    people = [(name, address) for name, address in getaddresses(read) if "@" in address]
    if not people:
        return "", "", False
    name, address = people[0]
    alone = len(given) == 1 and len(people) == 1
    return one_line(name)[:200], one_line(address)[:254].strip().lower(), alone


def _adjacent(message: Message) -> Iterator[object]:
    """Yield the topmost Authentication-Results and those that stand with it.

    A server writes its own above all that came with the mail (RFC 8601, 4).
    """
    begun = False
    for name, value in message.raw_items():
        if name.lower() == "authentication-results":
            begun = True
            yield value
        elif begun:
            return


def _values(message: Message, name: str) -> list[str]:
    """Return a header's values as written; bytes beyond ASCII are UTF-8 (RFC 6532), or Chinese."""
    found = [str(v) for key, v in message.raw_items() if key.lower() == name.lower()]
    return [_unescaped(each) for each in found]


def _unescaped(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _value(message: Message, name: str) -> str:
    return "".join(_values(message, name)[:1])


def _header(message: Message, name: str, most: int) -> str:
    return one_line(_decoded(_value(message, name)[: most * 8]))[:most]


def _decoded(text: str) -> str:
    """Decode encoded words (RFC 2047); what cannot be decoded stays as it was sent."""
    try:
        parts = [
            part.decode(charset or "ascii", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(text)
        ]
    except (ValueError, LookupError):
        return text
    return "".join(parts).encode("utf-8", "replace").decode().replace("\0", "")


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(_value(message, name)[:8000])[:50]


def _automatic(message: Message, subject: str) -> bool:
    """Tell whether no person wrote it (RFC 3834, 5), by header or by the words of old programs."""
    said = (_value(message, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    old = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply")
    precedence = _value(message, "Precedence").strip().lower()
    return (
        said != "no"
        or any(name in message for name in old)
        or precedence in ("auto_reply", "bulk", "junk")
        or _value(message, "Return-Path").strip() == "<>"
        or bool(_AUTO_SUBJECT.match(subject))
    )


def _body(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _words(part: Message) -> str:
    charset = str(part.get_content_charset() or "utf-8")
    raw = _body(part)[: MOST_TEXT * 8]
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


class _Tags(HTMLParser):
    """Keeps the words of a page and drops its tags, scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style", "head")
        if tag in ("br", "p", "div", "tr", "li"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _text(parts: Sequence[Message]) -> str:
    bodies = [part for part in parts if part.get_content_maintype() == "text"
              and not part.get_filename()]  # fmt: skip
    plain = next((p for p in bodies if p.get_content_type() == "text/plain"), None)
    html = next((p for p in bodies if p.get_content_type() == "text/html"), None)
    if plain is not None:
        words = _words(plain)
    elif html is not None:
        reader = _Tags()
        reader.feed(_words(html))
        words = "".join(reader.words)
    else:
        words = ""
    lines = [one_line(line) for line in words[: MOST_TEXT * 2].splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


def _files(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        try:
            name = part.get_filename()
        except (ValueError, LookupError, TypeError):
            name = None
        if name:
            yield one_line(_decoded(str(name)[:1000]))[:200]


def _calendars(parts: Iterable[Message]) -> Iterator[bytes]:
    """Yield calendar parts, the alternative and the attached; Apple sends only the latter."""
    for part in parts:
        kind = part.get_content_type()
        named = str(part.get_filename() or "").lower().endswith(".ics")
        if kind in ("text/calendar", "application/ics") or (
            named and kind in ("application/octet-stream", "text/plain")
        ):
            body = _body(part)
            if body and len(body) <= MOST_CALENDAR:
                yield body


def _report(message: Message, parts: Sequence[Message]) -> tuple[tuple[Bounce, ...], str]:
    """Return the word on each recipient, and which mail it is about (RFC 3462, RFC 3464)."""
    if message.get_content_type() != "multipart/report":
        return (), ""
    bounces: list[Bounce] = []
    returned = ""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status" and part.is_multipart():
            blocks = [each for each in part.get_payload() if isinstance(each, Message)]
            bounces += [_bounce(each) for each in blocks[:MOST_PARTS] if "Action" in each]
        elif kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            returned = returned or "".join(_ids(inner, "Message-ID")[:1])  # type: ignore[arg-type]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            found = message_from_bytes(_body(part)[:64_000])
            returned = returned or "".join(_ids(found, "Message-ID")[:1])
    return tuple(bounces), returned


def _bounce(block: Message) -> Bounce:
    who = _value(block, "Final-Recipient") or _value(block, "Original-Recipient")
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", _value(block, "Status"))
    return Bounce(
        recipient=one_line(who.rpartition(";")[2]).strip().lower()[:254],
        action=_value(block, "Action").split("(")[0].strip().lower()[:20],
        status=status.group() if status else "",
        said=one_line(_decoded(_value(block, "Diagnostic-Code")[:2000]))[:500],
    )
