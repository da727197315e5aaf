"""Pure: whether the court's own mail server vouches for who wrote a mail (RFC 8601)."""

import re
from collections.abc import Iterable

from app.core import addresses

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^;"]+|;|"')
_RESULT = re.compile(r"\s*(?P<method>[A-Za-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*(?P<result>[A-Za-z]+)")
_VALUE = re.compile(
    r'(?P<type>[a-z]+)\.(?P<name>[A-Za-z0-9-]+)\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s;]+)'
)


def authenticated(headers: Iterable[str], trusted: str, sender: str) -> bool:
    """Tell whether a header of the trusted server says that the sender's domain sent the mail.

    That is ``dmarc=pass`` for the domain in From, or ``dkim=pass`` with a signature of that domain
    or of one above it. SPF alone vouches for the envelope only. Without a trusted name nothing
    counts: whoever sends a mail can write such a header into it.
    """
    domain = _domain(sender)
    if not trusted or not domain:
        return False
    return any(_vouches(each[:4000], trusted.lower(), domain) for each in headers)


def _vouches(header: str, trusted: str, domain: str) -> bool:
    parts = _split(_without_comments(header))
    named = parts[0].split() if parts else []
    if not named or named[0].strip('"').lower() != trusted:
        return False
    return any(_passes(part, domain) for part in parts[1:])


def _passes(part: str, domain: str) -> bool:
    found = _RESULT.match(part)
    if not found or found["result"].lower() != "pass":
        return False
    values = {
        f"{each['type']}.{each['name']}".lower(): each["value"].strip('"').lower().rstrip(".")
        for each in _VALUE.finditer(part[found.end() :])
    }
    if found["method"].lower() == "dmarc":
        return _domain(values.get("header.from", "")) == domain
    if found["method"].lower() == "dkim":
        signer = _domain(values.get("header.d") or values.get("header.i", ""))
        return "." in signer and (signer == domain or domain.endswith(f".{signer}"))
    return False


def _domain(address: str) -> str:
    """Return the domain of an address, or a bare domain, in ASCII; "" where it is none."""
    try:
        return addresses.ascii_host(address.rpartition("@")[2].rstrip("."))
    except ValueError:
        return ""


def _split(header: str) -> list[str]:
    """Cut at semicolons, but not within quotation marks: there the sender may have his say."""
    parts = [""]
    for piece in _PART.findall(header):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _without_comments(header: str) -> str:
    """Leave out comments, which may be nested (RFC 5322, 3.2.2)."""
    kept, depth, quoted, skip = [], 0, False, False
    for letter in header:
        if skip:
            skip = False
        elif letter == "\\":
            skip = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            kept.append(letter)
    return " ".join("".join(kept).split())
