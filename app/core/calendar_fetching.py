"""Fetch a calendar from an address that a stranger named: under limits, and never from inside.

The name is resolved once, every address that it has must be public, and the connection goes to the
one that was looked at, so that a name which changes its mind cannot lead inward.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from app.core import addresses
from app.core.errors import N_

LARGEST = 2 * 1024 * 1024  # bytes, unpacked
LONGEST = 10.0  # seconds, from the first byte to the last
REDIRECTS = 3
_VISIBLE = re.compile(r"[!-~]+")  # no spaces, no control characters
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: another address within


class FetchFailed(Exception):  # noqa: N818
    """The calendar cannot be had, in one sentence."""


@dataclass(frozen=True)
class FetchedCalendar:
    """Response to a fetch; ``body`` is None if it is unchanged (304)."""

    body: bytes | None
    etag: str


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet, whatever it is wrapped in."""
    found: ipaddress.IPv4Address | ipaddress.IPv6Address | None = ipaddress.ip_address(address)
    while isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.teredo is not None:
            return False
        if inner is None:
            return found.is_global and not found.is_multicast
        found = inner
    return found is not None and found.is_global and not found.is_multicast


class CalendarFetcher:
    """Fetches calendars over https.

    ``context`` is whom it believes, ``also`` are addresses inside, (host, port), that may be asked
    all the same: for tests, never a setting.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        also: Iterable[tuple[str, int]] = (),
        seconds: float = LONGEST,
    ) -> None:
        self._given = context
        self._also, self._seconds = frozenset(also), seconds

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Read the machine's certificates where they are first needed: most processes never do."""
        return self._given or ssl.create_default_context()

    def fetch(self, address: str, etag: str = "") -> FetchedCalendar:
        """Fetch the calendar at an address. Raises FetchFailed."""
        for _ in range(REDIRECTS + 1):
            host, port, path = self.checked(address)
            status, head, body = self._ask(host, port, path, etag)
            if status in (301, 302, 303, 307, 308):
                address = urljoin(address, head.get("location", ""))
                continue
            if status == 304 and etag:
                return FetchedCalendar(None, etag)
            if status != 200:
                raise FetchFailed(N_("The address answers with an error."))
            return FetchedCalendar(body, head.get("etag", "")[:200])
        raise FetchFailed(N_("The address redirects too often."))

    def checked(self, address: str) -> tuple[str, int, str]:
        """Return host, port and path of an address that may be asked. Raises Unfetchable."""
        try:
            parts = urlsplit(addresses.ascii_url(address.strip()))
            host, port = (parts.hostname or "").rstrip("."), parts.port or 443
        except ValueError:
            raise FetchFailed(N_("This is not an address.")) from None
        if parts.scheme != "https" or not host or not _VISIBLE.fullmatch(parts.geturl()):
            raise FetchFailed(N_("Give an address that begins with https://."))
        if parts.username or parts.password:
            raise FetchFailed(N_("Give an address without a user's name or password."))
        if port != 443 and (host, port) not in self._also:
            raise FetchFailed(N_("Give an address on the usual port."))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return host, port, path

    def _resolve(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise FetchFailed(N_("There is no such address.")) from None
        numbers = [str(each[4][0]).partition("%")[0] for each in found]
        if (host, port) not in self._also and not all(is_public(each) for each in numbers):
            raise FetchFailed(N_("The address is not on the open internet."))
        return numbers[0]

    def _ask(self, host: str, port: int, path: str, etag: str) -> tuple[int, dict[str, str], bytes]:
        number = self._resolve(host, port)
        line = http.client.HTTPSConnection(host, port, timeout=self._seconds)
        over, wires = threading.Event(), list[socket.socket]()
        end = threading.Timer(self._seconds, _cut, (wires, over))
        end.daemon = True
        end.start()
        try:
            plain = socket.create_connection((number, port), timeout=self._seconds)
            wires.append(plain)
            line.sock = self._context.wrap_socket(plain, server_hostname=host)
            wires.append(line.sock)
            head = {"Accept": "text/calendar", "Accept-Encoding": "gzip", "User-Agent": "Tingqi"}
            line.request("GET", path, headers=head | ({"If-None-Match": etag} if etag else {}))
            answer = line.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            body = _body(answer, headers) if answer.status == 200 else b""
        except ssl.SSLError:
            raise FetchFailed(N_("The address has no certificate that can be trusted.")) from None
        except (OSError, http.client.HTTPException, AttributeError, ValueError):
            slow = N_("The address did not answer in time.")
            words = slow if over.is_set() else N_("The address cannot be reached.")
            raise FetchFailed(words) from None
        finally:
            end.cancel()
            line.close()
        if over.is_set():
            raise FetchFailed(N_("The address did not answer in time."))
        return answer.status, headers, body


def _cut(wires: list[socket.socket], over: threading.Event) -> None:
    """Close the sockets of a connection that exceeded its time, also while it blocks."""
    over.set()
    for wire in wires:
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)


def _body(answer: http.client.HTTPResponse, headers: dict[str, str]) -> bytes:
    """Read and decompress a body in pieces; stop reading one that grows too large."""
    packing = headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise FetchFailed(N_("The calendar is compressed in an unknown way."))
    unpack = zlib.decompressobj(31) if "gzip" in packing else None
    found = bytearray()
    while piece := answer.read(65536):
        while piece:
            if unpack is None:
                found += piece
                piece = b""
            else:
                try:
                    found += unpack.decompress(piece, LARGEST + 1 - len(found))
                except zlib.error:
                    raise FetchFailed(N_("The calendar cannot be decompressed.")) from None
                piece = unpack.unconsumed_tail
            if len(found) > LARGEST:
                raise FetchFailed(N_("The calendar is larger than 2 MB."))
    return bytes(found)
