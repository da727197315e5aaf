"""HTTP to addresses that others named: only to the open internet, and only for so long.

A name is resolved once, each of its addresses must be allowed, and the connection goes to the one
that was checked, so that a name which changes its mind cannot lead inward. One deadline bounds the
whole exchange, however slowly bytes come. No proxy of the environment is used.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from app.core import addresses
from app.core.errors import N_

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
# Returns the IP addresses of a host name. Raises OSError.
Resolver = Callable[[str, int], Sequence[str]]

PORTS = {"http": 80, "https": 443}
_VISIBLE = re.compile(r"[!-~]+")  # no spaces, no control characters
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: another address within
_EMBEDDING = (  # deprecated or local ways to write an IPv4 address as IPv6
    ipaddress.ip_network("::/96"),
    ipaddress.ip_network("::ffff:0:0:0/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("fec0::/10"),
)
_SLOW = N_("The address did not answer in time.")


class FetchFailed(Exception):  # noqa: N818
    """An address cannot be called, or gave no answer, in one sentence."""


def unwrapped(address: str) -> IpAddress | None:
    """Return the address that one leads to, whatever it is wrapped in; None where nobody knows."""
    found: IpAddress = ipaddress.ip_address(address)
    while isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.teredo is not None:
            return None
        if inner is None:
            return found
        found = inner
    return found


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet, whatever it is wrapped in."""
    found = unwrapped(address)
    if found is None or any(found in network for network in _EMBEDDING):
        return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True)
class WebAddress:
    """A parsed http(s) address; ``path`` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, address: str, schemes: Sequence[str] = ("https",)) -> "WebAddress":
        """Parse an address of one of some schemes. Raises FetchFailed."""
        try:
            parts = urlsplit(addresses.ascii_url(address.strip()))
            host = (parts.hostname or "").rstrip(".")
            port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        except ValueError:
            raise FetchFailed(N_("This is not an address.")) from None
        if parts.scheme not in schemes or not host or not _VISIBLE.fullmatch(parts.geturl()):
            raise FetchFailed(N_("Give an address that begins with https://."))
        if parts.username or parts.password:
            raise FetchFailed(N_("Give an address without a user's name or password."))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, host, port, path)


class Deadline:
    """A moment of the monotonic clock by which an exchange must be over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left. Raises FetchFailed where there are none."""
        seconds = self._at - time.monotonic()
        if seconds <= 0:
            raise FetchFailed(_SLOW)
        return seconds


class TimedSocket:
    """A connected socket of which each operation ends by the deadline of the exchange.

    ``http.client`` is given it in place of a socket. Another exchange over the same connection
    sets another ``deadline``.
    """

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._socket, self.deadline = plain, deadline

    def sendall(self, data: bytes) -> None:
        """Send all bytes."""
        self._socket.settimeout(self.deadline.left)
        self._socket.sendall(data)

    def read_into(self, buffer: memoryview) -> int:
        """Read what has arrived."""
        self._socket.settimeout(self.deadline.left)
        return self._socket.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a reader of the answer."""
        return io.BufferedReader(_AnswerReader(self))

    def close(self) -> None:
        """Do nothing: an answer may still be read. The connection's owner calls ``end``."""

    def end(self) -> None:
        """Close the connection."""
        self._socket.close()


class _AnswerReader(io.RawIOBase):
    def __init__(self, timed: TimedSocket) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._timed.read_into(buffer)


class GuardedConnection:
    """A connection to an address that was checked, for one exchange after the other."""

    def __init__(self, to: WebAddress, timed: TimedSocket) -> None:
        self._timed = timed
        self._http = http.client.HTTPConnection(to.host, to.port)
        self._http.default_port = PORTS[to.scheme]
        self._http.sock = timed

    def exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> http.client.HTTPResponse:
        """Send a request and return the answer, whose body is still to be read."""
        self._timed.deadline = deadline
        self._http.sock = self._timed
        self._http.request(method, path, body=body, headers=headers)
        return self._http.getresponse()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
        self._timed.end()


class GuardedConnector:
    """Connects to the open internet, and to networks inside that are allowed by name.

    ``context`` is whom it believes. ``also`` are addresses, (host, port), that may be called
    wherever they lead: for tests, never a setting.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        *,
        inside: Iterable[IpNetwork] = (),
        also: Iterable[tuple[str, int]] = (),
        resolve: Resolver | None = None,
    ) -> None:
        self._given = context
        self.inside, self._also = tuple(inside), frozenset(also)
        self._resolver = resolve or resolved

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Read the machine's certificates where they are first needed: most processes never do."""
        return self._given or ssl.create_default_context()

    def allows_any(self, to: WebAddress) -> bool:
        """Tell whether an address is one of ``also``."""
        return (to.host, to.port) in self._also

    def check_literal(self, to: WebAddress) -> None:
        """Check an address whose host is a number, in any notation. Raises FetchFailed."""
        try:
            found = socket.getaddrinfo(to.host, to.port, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return  # a name: it is resolved when it is called
        self._check(to, [str(each[4][0]) for each in found])

    def connect(self, to: WebAddress, deadline: Deadline) -> GuardedConnection:
        """Connect to an address that is allowed. Raises FetchFailed."""
        numbers = self._resolve(to)
        for n, number in enumerate(numbers, 1):
            try:
                return GuardedConnection(to, self._connected(to, number, deadline))
            except ssl.SSLError:
                words = N_("The address has no certificate that can be trusted.")
                raise FetchFailed(words) from None
            except TimeoutError:
                raise FetchFailed(_SLOW) from None
            except OSError:
                if n == len(numbers):
                    raise FetchFailed(N_("The address cannot be reached.")) from None
        raise FetchFailed(N_("There is no such address."))

    def _resolve(self, to: WebAddress) -> Sequence[str]:
        try:
            numbers = [each.partition("%")[0] for each in self._resolver(to.host, to.port)]
        except (OSError, UnicodeError):
            raise FetchFailed(N_("There is no such address.")) from None
        self._check(to, numbers)
        return numbers

    def _check(self, to: WebAddress, numbers: Collection[str]) -> None:
        if self.allows_any(to):
            return
        inside = [self._is_inside(number.partition("%")[0]) for number in numbers]
        public = [is_public(number.partition("%")[0]) for number in numbers]
        if not all(any(each) for each in zip(inside, public, strict=True)):
            raise FetchFailed(N_("The address is not on the open internet."))
        if to.scheme != "https" and not all(inside):
            raise FetchFailed(N_("Give an address that begins with https://."))

    def _is_inside(self, number: str) -> bool:
        found = unwrapped(number)
        return found is not None and any(found in network for network in self.inside)

    def _connected(self, to: WebAddress, number: str, deadline: Deadline) -> TimedSocket:
        plain = socket.create_connection((number, to.port), timeout=deadline.left)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if to.scheme == "https":
                plain.settimeout(deadline.left)
                plain = self._context.wrap_socket(plain, server_hostname=to.host)
        except BaseException:
            plain.close()
            raise
        return TimedSocket(plain, deadline)


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host name, as the system resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
