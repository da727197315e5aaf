"""Pure: internationalized domain names in mail addresses and URLs (IDNA 2008, RFC 5891).

The only place that encodes a domain: by the ``idna`` package, after the mapping of UTS 46 without
its transitional part, as browsers do. Python's own codec follows IDNA 2003 and makes fass.example,
another owner's domain, of faß.example. ``socket``, ``ssl``, ``http.client`` and ``urllib`` use that
codec on their own, so they are given ASCII host names only.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import SplitResult, quote, urlsplit

import idna

from app.core.errors import N_, Message

# Characters of a path or query that are sent as they are (RFC 3986, 3.3 and 3.4), and "%".
_SENT_AS_IS = "/?:@!$&'()*+,;=-._~%"


def ascii_host(host: str) -> str:
    """Return a host name in lower-case ASCII, each internationalized label as its A-label.

    A host that is ASCII already is not looked at: an IP address, ``localhost``, a machine inside a
    court whose name has an underscore. Raises ValueError for a name that IDNA 2008 does not allow.
    """
    if host.isascii():
        return host.lower()
    try:
        found = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        found = ""
    if not found or _is_number(
        found
    ):  # １０.0.0.1 would be looked up as another address than it is
        raise ValueError(f"not a domain: {host[:100]!r}")
    return found


def unicode_host(host: str) -> str:
    """Return a host name as people read it; raises ValueError like ``ascii_host``."""
    encoded = ascii_host(host)
    with suppress(idna.IDNAError):
        return idna.decode(encoded)
    return encoded


def ascii_address(address: str) -> str:
    """Return a mail address with its domain in ASCII, as SMTP and iCalendar carry it.

    The local part belongs to the receiving server and is kept as it is (RFC 5321, 2.3.11). Raises
    ValueError where the domain is none.
    """
    local, at, host = address.strip().rpartition("@")
    return f"{local}{at}{ascii_host(host)}"


def canonical(address: str) -> str:
    """Return the form of a mail address that is stored and compared: domain in Unicode, all in
    lower case. ``Anna@XN--FA-HIA.example`` and ``anna@faß.example`` are one.

    What is no address is only put into lower case: it equals nothing that is stored.
    """
    local, at, host = address.strip().rpartition("@")
    with suppress(ValueError):
        host = unicode_host(host)
    return f"{local}{at}{host}".lower()


def spellings(address: str) -> list[str]:
    """Return the forms under which an address may be stored, the canonical one first."""
    known = canonical(address)
    with suppress(ValueError):
        return list(dict.fromkeys([known, ascii_address(known)]))
    return [known]


def ascii_url(url: str) -> str:
    """Return a URL with its host in ASCII and other letters percent-encoded (RFC 3987, 3.1).

    User and password are kept as they are. Raises ValueError where the host is none.
    """
    parts = urlsplit(url)
    if url.isascii() or not parts.hostname:
        return url
    host = ascii_host(parts.hostname)
    user, at, _ = parts.netloc.rpartition("@")
    port = "" if parts.port is None else f":{parts.port}"
    place = f"[{host}]" if ":" in host else host
    return SplitResult(
        parts.scheme,
        f"{user}{at}{place}{port}",
        quote(parts.path, safe=_SENT_AS_IS),
        quote(parts.query, safe=_SENT_AS_IS),
        quote(parts.fragment, safe=_SENT_AS_IS),
    ).geturl()


def refuse_unreadable(setting: str, parts: Mapping[str, str]) -> None:
    """Raise ValueError where a decoded part of a setting's URL is no text that can be meant.

    ``parts`` maps the name of each part to its text.
    """
    for part, text in parts.items():
        if "\ufffd" in text:
            raise ValueError(
                Message(
                    N_(
                        "In %(setting)s the %(part)s is not percent-encoded as UTF-8: write it "
                        "again."
                    ),
                    setting=setting,
                    part=Message(part),
                )
            )
        if any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
            raise ValueError(
                Message(
                    N_("In %(setting)s the %(part)s contains a control character."),
                    setting=setting,
                    part=Message(part),
                )
            )


def is_host(host: str) -> bool:
    """Tell whether an ASCII host can be looked up: an address, or labels of at most 63 characters.

    An underscore may stand in the name of a machine inside a court.
    """
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host.partition("%")[0]))
    labels = host.removesuffix(".").split(".")
    return len(host) <= 254 and all(re.fullmatch(r"[A-Za-z0-9_-]{1,63}", each) for each in labels)


def _is_number(host: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False
