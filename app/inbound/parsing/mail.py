"""Pure: parse an incoming mail from untrusted bytes.

Does not follow links, unpack archives or trust headers written by the sender.
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

MOST_BOUNDARIES = 20  # each one is compared with every line of the mail
MOST_CALENDAR = 256 * 1024  # bytes
_AUTO_SUBJECT = re.compile(
    r"^\s*(auto(matic)?[ -]?(reply|response)|out of (the )?office|自[动動][回答][复復覆])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class IncomingMail:
    """A parsed mail.

    ``automatic``: not written by a person; ``from_system``: written by a mail system; ``proven``:
    the address in From is authenticated by the court's own server; ``report``: its content as a
    delivery report or receipt, if it is one.
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
    """Parse a mail; ``trusted`` is the authentication server whose results count.

    Raises UnreadableMail if it would exhaust the parser, or is not a mail.
    """
    if raw.lower().count(b"boundary=") > MOST_BOUNDARIES:
        raise UnreadableMail(N_("it has too many parts within parts"))
    try:
        message = message_from_bytes(raw)
        all_parts, own_parts = mime.parts_of(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise UnreadableMail(N_("it cannot be taken apart")) from fault
    if not message.keys():
        raise UnreadableMail(N_("it has no header"))
    name, sender, is_single_address = _author(message)
    subject = mime.header(message, "Subject", 300)
    results = [str(each) for each in _topmost_results(message)]
    automatic = _is_automatic(message, subject)
    return IncomingMail(
        sender=sender,
        name=name,
        subject=subject,
        message_id="".join(mime.ids(message, "Message-ID")[:1]),
        answers_to=tuple(mime.ids(message, "In-Reply-To") + mime.ids(message, "References")),
        automatic=automatic,
        from_system=reports.is_system(message),
        proven=is_single_address and authenticated(results, trusted, sender),
        text=mime.text_of(own_parts) or mime.text_of(all_parts),
        files=tuple(_files(all_parts)),
        calendars=tuple(_calendars(all_parts)),
        report=reports.read(message, all_parts, own_parts, automatic=automatic),
    )


def _author(message: Message) -> tuple[str, str, bool]:
    """Return name and address in From, and whether it is a single unencoded address.

    Encoded words are allowed in names only (RFC 2047, 5), so they are decoded after parsing. An
    encoded address is decoded as well, but is never authenticated.
    """
    values = [entry[:1000] for entry in mime.values(message, "From")]
    parsed = [entry for entry in getaddresses(values) if "@" in entry[1]]
    unencoded = bool(parsed)
    if not parsed:
        parsed = [entry for entry in getaddresses(map(mime.decoded, values)) if "@" in entry[1]]
    if not parsed:
        return "", "", False
    name, address = parsed[0]
    is_single = unencoded and len(values) == 1 and len(parsed) == 1
    name = one_line(mime.decoded(name))[:200]
    return name, addresses.canonical(one_line(address)[:254]), is_single


def _topmost_results(message: Message) -> Iterator[object]:
    """Yield the topmost contiguous Authentication-Results headers.

    A server puts its own above all headers that came with the mail (RFC 8601, 4).
    """
    started = False
    for name, value in message.raw_items():
        if name.lower() == "authentication-results":
            started = True
            yield value
        elif started:
            return


def _is_automatic(message: Message, subject: str) -> bool:
    """Tell whether a mail is automatic (RFC 3834, 5), by headers or by subject."""
    auto_submitted = (mime.value(message, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    legacy_headers = (
        "X-Autoreply",
        "X-Autorespond",
        "X-AutoReply-From",
        "X-Mail-Autoreply",
    )
    precedence = mime.value(message, "Precedence").strip().lower()
    return (
        auto_submitted != "no"
        or any(name in message for name in legacy_headers)
        or precedence in ("auto_reply", "bulk", "junk")
        or mime.value(message, "Return-Path").strip() == "<>"
        or bool(_AUTO_SUBJECT.match(subject))
    )


def _files(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        if name := mime.filename(part):
            yield name


def _calendars(parts: Iterable[Message]) -> Iterator[bytes]:
    """Yield calendars in UTF-8, inline and attached ones; Apple sends only attachments."""
    for part in parts:
        kind = part.get_content_type()
        has_calendar_name = mime.filename(part).lower().endswith((".ics", ".ical"))
        if kind in ("text/calendar", "application/ics") or (
            has_calendar_name and kind in ("application/octet-stream", "text/plain")
        ):
            body = mime.body(part)
            if body and len(body) <= MOST_CALENDAR:
                text = decode(body, mime.charset_of(part))
                yield _with_method(text, part).encode("utf-8", "replace")


def _with_method(text: str, part: Message) -> str:
    """Add the METHOD of the MIME part to a calendar that has none."""
    method = mime.parameter(part, "Content-Type", "method").upper()
    if not re.fullmatch(r"[A-Z]{1,20}", method) or re.search(r"(?im)^METHOD\s*:", text):
        return text
    return re.sub(r"(?i)BEGIN:VCALENDAR", f"BEGIN:VCALENDAR\r\nMETHOD:{method}", text, count=1)
