"""Pure: parts, headers and text of a mail, from untrusted bytes.

Uses the lenient compat32 policy of Python's ``email``, whose cost is linear in the size. Does not
follow links or unpack archives.
"""

import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from functools import lru_cache
from html.parser import HTMLParser

from app.core.characters import clean
from app.core.errors import N_
from app.core.wording import one_line
from app.inbound.parsing.charset import decode

MOST_PARTS = 60
MOST_TEXT = 20_000  # characters that are stored
MOST_HTML = 96_000  # bytes
_WORD = r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?="
_ENCODED = re.compile(rf"{_WORD}(?:\s*{_WORD})*")
_ID = re.compile(r"<[^<>\s]{1,250}>")
_NO_TAG = re.compile(r"<(?![A-Za-z/!?])")
_META = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
# Remains of HTML in plain text, such as image placeholders, and signature separators.
_REMAINS = re.compile(
    r"\[(?:cid|image):[^\]\n]{0,200}\]|&(?:nbsp|zwnj|#160|#8203);|^[ \t]*[-_=]+[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


class UnreadableMail(Exception):  # noqa: N818
    """A mail that cannot be parsed; the message says why."""


def parts_of(message: Message) -> tuple[list[Message], list[Message]]:
    """Return all parts of a mail, and those that are not within attached mails.

    Raises UnreadableMail beyond MOST_PARTS.
    """
    all_parts, own_parts = [], []
    for part, is_own in _walk(message, True):
        all_parts.append(part)
        if is_own:
            own_parts.append(part)
        if len(all_parts) > MOST_PARTS:
            raise UnreadableMail(N_("it has too many parts"))
    return all_parts, own_parts


def _walk(part: Message, is_own: bool) -> Iterator[tuple[Message, bool]]:
    yield part, is_own
    if part.is_multipart():
        inside = is_own and part.get_content_maintype() != "message"
        for each in part.get_payload():
            if isinstance(each, Message):
                yield from _walk(each, inside)


def values(message: Message, name: str) -> list[str]:
    """Return a header's raw values; non-ASCII bytes are decoded as UTF-8 (RFC 6532) or Chinese."""
    raw_values = [
        str(raw_value) for key, raw_value in message.raw_items() if key.lower() == name.lower()
    ]
    return [_unescaped(raw) for raw in raw_values]


def value(message: Message, name: str) -> str:
    """Return a header's first raw value, or ""."""
    return "".join(values(message, name)[:1])


def header(message: Message, name: str, most: int) -> str:
    """Return a decoded header on one line, truncated to ``most`` characters."""
    return one_line(decoded(value(message, name)[: most * 8]))[:most]


def _unescaped(text: str) -> str:
    if text.isascii():
        return text
    return decode(text.encode("utf-8", "surrogateescape"), None)


def decoded(text: str) -> str:
    """Decode encoded words (RFC 2047); undecodable ones are left unchanged."""
    result = _ENCODED.sub(lambda found: _decoded_words(found.group()), text)
    return result.encode("utf-8", "replace").decode().replace("\0", "")


def _decoded_words(encoded: str) -> str:
    try:
        return "".join(
            decode(part, charset) if isinstance(part, bytes) else part
            for part, charset in decode_header(encoded)
        )
    except (ValueError, LookupError):
        return encoded


def ids(message: Message, name: str) -> list[str]:
    """Return the Message-IDs in a header."""
    return _ID.findall(value(message, name)[:8000])[:50]


def parameter(part: Message, name: str, key: str) -> str:
    """Return a header parameter, encoded by RFC 2231, RFC 2047 or as raw bytes; "" if missing."""
    holder = Message()
    holder[name] = value(part, name)[:4000]
    try:
        raw_value = holder.get_param(key, header=name)
    except (ValueError, LookupError, TypeError):
        return ""
    if isinstance(raw_value, tuple):
        charset, _, text = raw_value
        raw_bytes = (text or "").encode("latin-1", "replace")
        return decode(raw_bytes, charset).replace("\0", "")
    return decoded(str(raw_value or ""))


def filename(part: Message) -> str:
    """Return the name of an attached file, or ""."""
    name = parameter(part, "Content-Disposition", "filename")
    name = name or parameter(part, "Content-Type", "name")
    return one_line(name[:1000])[:200]


def body(part: Message) -> bytes:
    """Return the bytes of a part, with the transfer encoding removed."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def charset_of(part: Message) -> str:
    """Return the charset label of a part, or ""."""
    return parameter(part, "Content-Type", "charset")[:80]


def carried(part: Message) -> Message:
    """Return the mail or field block within a ``message/*`` part.

    Some systems encode such parts in base64, against RFC 2046, 5.2.1.
    """
    inner = part.get_payload(0) if part.is_multipart() else message_from_bytes(body(part)[:64_000])
    assert isinstance(inner, Message)
    if inner.keys():
        return inner
    text = inner.as_string()
    try:
        return message_from_bytes(b64decode("".join(text.split())))
    except ValueError:
        return inner


def blocks(part: Message) -> list[Message]:
    """Return the field blocks of a report (RFC 3464, RFC 6533, RFC 8098)."""
    if not part.is_multipart():
        raw = body(part)[:64_000]
    else:
        messages = [each for each in part.get_payload() if isinstance(each, Message)]
        raw = "\n\n".join(each.as_string() for each in messages)[:64_000].encode("utf-8", "replace")
    if b":" not in raw:
        try:
            raw = b64decode(b"".join(raw.split()))
        except ValueError:
            return []
    block_texts = re.split(rb"\r?\n[ \t]*\r?\n", raw.strip())
    return [
        message_from_bytes(each.strip() + b"\n\n") for each in block_texts[: MOST_PARTS * 2] if each
    ]


def part_text(part: Message) -> str:
    """Return the text of a part; of HTML without tags, scripts and styles."""
    content = body(part)
    truncated, charset = content[: MOST_TEXT * 8], charset_of(part)
    is_html = part.get_content_type() == "text/html"
    truncated = truncated[:MOST_HTML] if is_html else truncated
    if is_html and not charset and (meta := _META.search(truncated[:4096])):
        charset = meta[1].decode("ascii", "replace")
    text = decode(truncated, charset, is_cut=len(content) > len(truncated))
    return html_text(text) if is_html else text


class _TextExtractor(HTMLParser):
    """Extracts the text of HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style", "head", "template")
        if tag == "body":
            self._hidden = 0  # an unclosed head
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"):
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head", "template") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def _without_unclosed(page: str) -> str:
    """Remove comments and unclosed tags from HTML.

    Each of them would make Python's parser scan the rest of the page again.
    """
    chunks, at = [], 0
    while (begin := page.find("<!--", at)) >= 0:
        chunks.append(page[at:begin])
        end = page.find("-->", begin + 4)
        at = end + 3 if end >= 0 else len(page)
    page = _NO_TAG.sub("&lt;", "".join([*chunks, page[at:]]))
    last = page.rfind(">") + 1
    return page[:last] + page[last:].replace("<", "&lt;")


@lru_cache(8)  # called several times while a mail is parsed
def html_text(page: str) -> str:
    """Return the text of HTML, in lines."""
    reader = _TextExtractor()
    try:
        reader.feed(_without_unclosed(page))
        reader.close()
    except (AssertionError, ValueError):
        return re.sub(r"<[^<>]*>", " ", page)  # Python's parser fails on some input
    return "".join(reader.texts)


def is_blank(text: str) -> bool:
    """Tell whether a text has no visible characters."""
    return all(unicodedata.category(each)[0] in "ZC" for each in clean(text))


def text_of(parts: Sequence[Message]) -> str:
    """Return the text of the first part that is not blank, plain text before HTML."""
    texts = [each for each in parts if each.get_content_maintype() == "text" and not filename(each)]
    fallback = ""
    for kind in ("text/plain", "text/html"):
        for part in texts:
            if part.get_content_type() == kind and not is_blank(text := part_text(part)):
                if not is_blank(_REMAINS.sub("", text)):
                    return _tidied(text)
                fallback = fallback or text
    return _tidied(fallback)


def _tidied(text: str) -> str:
    lines = [one_line(line) for line in text[: MOST_TEXT * 2].splitlines()]
    lines = ["" if is_blank(line) else line for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]
