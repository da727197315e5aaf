"""Pure: sender authentication by the court's own mail server (RFC 8601)."""

import re
from collections.abc import Iterable

from app.core import addresses

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^;"]+|;|"')
_RESULT = re.compile(r"\s*(?P<method>[A-Za-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*(?P<result>[A-Za-z]+)")
_VALUE = re.compile(
    r'(?P<type>[a-z]+)\.(?P<name>[A-Za-z0-9-]+)\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s;]+)'
)


def authenticated(headers: Iterable[str], trusted: str, sender: str) -> bool:
    """Tell whether the trusted server's header authenticates the sender's domain.

    Accepts ``dmarc=pass`` for the domain in From, and ``dkim=pass`` with a signature of that domain
    or a parent domain. SPF alone authenticates the envelope only. Without a trusted server name
    nothing counts, since anybody can put such a header into a mail.
    """
    domain = _domain(sender)
    if not trusted or not domain:
        return False
    return any(_authenticates(each[:4000], trusted.lower(), domain) for each in headers)


def _authenticates(header: str, trusted: str, domain: str) -> bool:
    parts = _split(_without_comments(header))
    server = parts[0].split() if parts else []
    if not server or server[0].strip('"').lower() != trusted:
        return False
    return any(_passes(part, domain) for part in parts[1:])


def _passes(part: str, domain: str) -> bool:
    match = _RESULT.match(part)
    if not match or match["result"].lower() != "pass":
        return False
    values = {
        f"{prop['type']}.{prop['name']}".lower(): prop["value"].strip('"').lower().rstrip(".")
        for prop in _VALUE.finditer(part[match.end() :])
    }
    if match["method"].lower() == "dmarc":
        return _domain(values.get("header.from", "")) == domain
    if match["method"].lower() == "dkim":
        signer = _domain(values.get("header.d") or values.get("header.i", ""))
        return "." in signer and (signer == domain or domain.endswith(f".{signer}"))
    return False


def _domain(address: str) -> str:
    """Return the domain of an address, or a bare domain, in ASCII; "" if invalid."""
    try:
        return addresses.ascii_host(address.rpartition("@")[2].rstrip("."))
    except ValueError:
        return ""


def _split(header: str) -> list[str]:
    """Split at semicolons outside of quoted strings, which the sender may control."""
    parts = [""]
    for piece in _PART.findall(header):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _without_comments(header: str) -> str:
    """Remove comments, which may be nested (RFC 5322, 3.2.2)."""
    result, depth, quoted, skip = [], 0, False, False
    for character in header:
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            result.append(character)
    return " ".join("".join(result).split())
