"""Pure: what a mail says, read from bytes that anybody may have written.

Nothing here follows a link, unpacks an archive or trusts a header of the sender's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from app.core import addresses
from app.core.errors import N_
from app.core.wording import one_line
from app.inbound.parsing import mime, reports
from app.inbound.parsing.authentication import authenticated
from app.inbound.parsing.charset import decode
from app.inbound.parsing.mime import UnreadableMail
from app.inbound.parsing.reports import Report

__all__ = ["IncomingMail", "UnreadableMail", "read"]

MOST_BOUNDARIES = 20  # each costs every line of the mail a comparison
MOST_CALENDAR = 256 * 1024  # bytes
_AUTO_SUBJECT = re.compile(
    r"^\s*(auto(matic)?[ -]?(reply|response)|out of (the )?office|自[动動][回答][复復覆])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class IncomingMail:
    """One mail: who wrote it by its own word, what it answers to, what is in it.

    ``automatic`` tells that no person wrote it, ``from_system`` that a mail system did; ``proven``
    tells whether the court's own server vouches for the address in From; ``report`` is
    what it says of a mail that was sent, where a mail system or program wrote it.
    """

    sender: str
    name: str
    subject: str
    message_id: str
    answers_to: tuple[str, ...]
    automatic: bool
    from_system: bool
    proven: bool
    text: str
    files: tuple[str, ...]
    calendars: tuple[bytes, ...]
    report: Report


def read(raw: bytes, trusted: str) -> IncomingMail:
    """Return what a mail says; ``trusted`` is the name of the server whose word on senders counts.

    Raises Unreadable where it is built to exhaust its reader, or is no mail at all.
    """
    if raw.lower().count(b"boundary=") > MOST_BOUNDARIES:
        raise UnreadableMail(N_("it has too many parts within parts"))
    try:
        message = message_from_bytes(raw)
        every, own = mime.parts_of(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise UnreadableMail(N_("it cannot be taken apart")) from fault
    if not message.keys():
        raise UnreadableMail(N_("it has no header"))
    name, sender, alone = _author(message)
    subject = mime.header(message, "Subject", 300)
    results = [str(each) for each in _adjacent(message)]
    automatic = _automatic(message, subject)
    return IncomingMail(
        sender=sender,
        name=name,
        subject=subject,
        message_id="".join(mime.ids(message, "Message-ID")[:1]),
        answers_to=tuple(mime.ids(message, "In-Reply-To") + mime.ids(message, "References")),
        automatic=automatic,
        from_system=reports.is_system(message),
        proven=alone and authenticated(results, trusted, sender),
        text=mime.text_of(own) or mime.text_of(every),
        files=tuple(_files(every)),
        calendars=tuple(_calendars(every)),
        report=reports.read(message, every, own, automatic=automatic),
    )


def _author(message: Message) -> tuple[str, str, bool]:
    """Return name and address of who wrote it by its own word, and whether that is one person.

    Encoded words are names (RFC 2047, 5): they are decoded after the address was found. Where the
    address itself is encoded it is read all the same, and proves nothing.
    """
    given = [each[:1000] for each in mime.values(message, "From")]
    people = [each for each in getaddresses(given) if "@" in each[1]]
    is_plain = bool(people)
    if not people:
        people = [each for each in getaddresses(map(mime.decoded, given)) if "@" in each[1]]
    if not people:
        return "", "", False
    name, address = people[0]
    alone = is_plain and len(given) == 1 and len(people) == 1
    name = one_line(mime.decoded(name))[:200]
    return name, addresses.canonical(one_line(address)[:254]), alone


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


def _automatic(message: Message, subject: str) -> bool:
    """Tell whether no person wrote it (RFC 3834, 5), by header or by the words of old programs."""
    said = (mime.value(message, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    old = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-IncomingMail-Autoreply")
    precedence = mime.value(message, "Precedence").strip().lower()
    return (
        said != "no"
        or any(name in message for name in old)
        or precedence in ("auto_reply", "bulk", "junk")
        or mime.value(message, "Return-Path").strip() == "<>"
        or bool(_AUTO_SUBJECT.match(subject))
    )


def _files(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        if name := mime.filename(part):
            yield name


def _calendars(parts: Iterable[Message]) -> Iterator[bytes]:
    """Yield calendars in UTF-8, the alternative and the attached; Apple sends only the latter."""
    for part in parts:
        kind = part.get_content_type()
        named = mime.filename(part).lower().endswith((".ics", ".ical"))
        if kind in ("text/calendar", "application/ics") or (
            named and kind in ("application/octet-stream", "text/plain")
        ):
            body = mime.body(part)
            if body and len(body) <= MOST_CALENDAR:
                text = decode(body, mime.charset_of(part))
                yield _with_method(text, part).encode("utf-8", "replace")


def _with_method(text: str, part: Message) -> str:
    """Return a calendar with the METHOD that its part names where the calendar itself has none."""
    method = mime.parameter(part, "Content-Type", "method").upper()
    if not re.fullmatch(r"[A-Z]{1,20}", method) or re.search(r"(?im)^METHOD\s*:", text):
        return text
    return re.sub(r"(?i)BEGIN:VCALENDAR", f"BEGIN:VCALENDAR\r\nMETHOD:{method}", text, count=1)
