"""Pure: the parts, headers and words of a mail, read from bytes that anybody may have written.

Read by the old, lenient rules of Python's ``email`` (compat32), whose cost grows with the size
alone; nothing here follows a link or unpacks an archive.
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
MOST_TEXT = 20_000  # characters that are kept
MOST_HTML = 96_000  # bytes of a page
_WORD = r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?="
_ENCODED = re.compile(rf"{_WORD}(?:\s*{_WORD})*")
_ID = re.compile(r"<[^<>\s]{1,250}>")
_NO_TAG = re.compile(r"<(?![A-Za-z/!?])")
_META = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
# What a program leaves of a page that it cannot write as plain text, and of a signature.
_LEFT = re.compile(
    r"\[(?:cid|image):[^\]\n]{0,200}\]|&(?:nbsp|zwnj|#160|#8203);|^[ \t]*[-_=]+[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


class UnreadableMail(Exception):  # noqa: N818
    """This is no mail that can be read, in one sentence."""


def parts_of(message: Message) -> tuple[list[Message], list[Message]]:
    """Return all parts of a mail, and those outside of the mails that it carries within.

    Raises Unreadable where there are more than anybody sends.
    """
    every, own = [], []
    for part, is_own in _walk(message, True):
        every.append(part)
        if is_own:
            own.append(part)
        if len(every) > MOST_PARTS:
            raise UnreadableMail(N_("it has too many parts"))
    return every, own


def _walk(part: Message, is_own: bool) -> Iterator[tuple[Message, bool]]:
    yield part, is_own
    if part.is_multipart():
        inside = is_own and part.get_content_maintype() != "message"
        for each in part.get_payload():
            if isinstance(each, Message):
                yield from _walk(each, inside)


def values(message: Message, name: str) -> list[str]:
    """Return a header's values as written; bytes beyond ASCII are UTF-8 (RFC 6532), or Chinese."""
    found = [str(v) for key, v in message.raw_items() if key.lower() == name.lower()]
    return [_unescaped(each) for each in found]


def value(message: Message, name: str) -> str:
    """Return a header's first value as written, "" where there is none."""
    return "".join(values(message, name)[:1])


def header(message: Message, name: str, most: int) -> str:
    """Return a header as words in one line, at most so many characters."""
    return one_line(decoded(value(message, name)[: most * 8]))[:most]


def _unescaped(text: str) -> str:
    if text.isascii():
        return text
    return decode(text.encode("utf-8", "surrogateescape"), None)


def decoded(text: str) -> str:
    """Decode encoded words (RFC 2047); what cannot be decoded stays as it was sent."""
    words = _ENCODED.sub(lambda found: _decoded_words(found.group()), text)
    return words.encode("utf-8", "replace").decode().replace("\0", "")


def _decoded_words(words: str) -> str:
    try:
        return "".join(
            decode(part, charset) if isinstance(part, bytes) else part
            for part, charset in decode_header(words)
        )
    except (ValueError, LookupError):
        return words


def ids(message: Message, name: str) -> list[str]:
    """Return the Message-IDs in a header."""
    return _ID.findall(value(message, name)[:8000])[:50]


def parameter(part: Message, name: str, key: str) -> str:
    """Return a parameter of a header, by RFC 2231, RFC 2047 or as raw bytes; "" where none is."""
    holder = Message()
    holder[name] = value(part, name)[:4000]
    try:
        found = holder.get_param(key, header=name)
    except (ValueError, LookupError, TypeError):
        return ""
    if isinstance(found, tuple):
        charset, _, text = found
        raw = (text or "").encode("latin-1", "replace")
        return decode(raw, charset).replace("\0", "")
    return decoded(str(found or ""))


def filename(part: Message) -> str:
    """Return the name of an attached file, "" where the part has none."""
    named = parameter(part, "Content-Disposition", "filename")
    named = named or parameter(part, "Content-Type", "name")
    return one_line(named[:1000])[:200]


def body(part: Message) -> bytes:
    """Return the bytes of a part without its transfer encoding."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def charset_of(part: Message) -> str:
    """Return the label of a part's encoding as its sender wrote it, "" where there is none."""
    return parameter(part, "Content-Type", "charset")[:80]


def carried(part: Message) -> Message:
    """Return the mail, or the block of fields, that a ``message/*`` part carries.

    Some systems encode such parts in base64, though they may not (RFC 2046, 5.2.1).
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
    """Return the blocks of fields of a report (RFC 3464, RFC 6533, RFC 8098)."""
    if not part.is_multipart():
        raw = body(part)[:64_000]
    else:
        inner = [each for each in part.get_payload() if isinstance(each, Message)]
        raw = "\n\n".join(each.as_string() for each in inner)[:64_000].encode("utf-8", "replace")
    if b":" not in raw:
        try:
            raw = b64decode(b"".join(raw.split()))
        except ValueError:
            return []
    cut = re.split(rb"\r?\n[ \t]*\r?\n", raw.strip())
    return [message_from_bytes(each.strip() + b"\n\n") for each in cut[: MOST_PARTS * 2] if each]


def words(part: Message) -> str:
    """Return the words of a text part; of HTML without tags, scripts and styles."""
    whole = body(part)
    raw, charset = whole[: MOST_TEXT * 8], charset_of(part)
    is_html = part.get_content_type() == "text/html"
    raw = raw[:MOST_HTML] if is_html else raw
    if is_html and not charset and (meta := _META.search(raw[:4096])):
        charset = meta[1].decode("ascii", "replace")
    text = decode(raw, charset, is_cut=len(whole) > len(raw))
    return html_words(text) if is_html else text


class _Tags(HTMLParser):
    """Keeps the words of a page and drops its tags, scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style", "head", "template")
        if tag == "body":
            self._hidden = 0  # a head that nobody closed
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head", "template") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _closed(page: str) -> str:
    """Return a page without comments, and without tags that nobody closes.

    Each of these makes Python's parser look through the whole rest of the page again.
    """
    kept, at = [], 0
    while (begin := page.find("<!--", at)) >= 0:
        kept.append(page[at:begin])
        end = page.find("-->", begin + 4)
        at = end + 3 if end >= 0 else len(page)
    page = _NO_TAG.sub("&lt;", "".join([*kept, page[at:]]))
    last = page.rfind(">") + 1
    return page[:last] + page[last:].replace("<", "&lt;")


@lru_cache(8)  # it is asked for several times while one mail is read
def html_words(page: str) -> str:
    """Return the words of a page as lines."""
    reader = _Tags()
    try:
        reader.feed(_closed(page))
        reader.close()
    except (AssertionError, ValueError):
        return re.sub(r"<[^<>]*>", " ", page)  # what Python's parser stumbles over
    return "".join(reader.words)


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: spaces of all widths, controls, zero widths, fillers."""
    return all(unicodedata.category(each)[0] in "ZC" for each in clean(text))


def text_of(parts: Sequence[Message]) -> str:
    """Return the words of the first part that says something, plain text before HTML."""
    texts = [each for each in parts if each.get_content_maintype() == "text" and not filename(each)]
    first = ""
    for kind in ("text/plain", "text/html"):
        for part in texts:
            if part.get_content_type() == kind and not is_blank(found := words(part)):
                if not is_blank(_LEFT.sub("", found)):
                    return _tidy(found)
                first = first or found
    return _tidy(first)


def _tidy(text: str) -> str:
    lines = [one_line(line) for line in text[: MOST_TEXT * 2].splitlines()]
    lines = ["" if is_blank(line) else line for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]
