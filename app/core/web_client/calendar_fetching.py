"""Fetch a calendar from an address that a stranger named: under limits, and never from inside."""

import http.client
import ssl
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from app.core.errors import N_
from app.core.web_client.guarded_http import Deadline, FetchFailed, GuardedConnector, WebAddress

LARGEST = 2 * 1024 * 1024  # bytes, unpacked
LONGEST = 10.0  # seconds, from the first byte to the last
REDIRECTS = 3


@dataclass(frozen=True)
class FetchedCalendar:
    """Response to a fetch; ``body`` is None if it is unchanged (304)."""

    body: bytes | None
    etag: str


class CalendarFetcher:
    """Fetches calendars over https; see `GuardedConnector` for ``context`` and ``also``."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        also: Iterable[tuple[str, int]] = (),
        seconds: float = LONGEST,
    ) -> None:
        self._connector = GuardedConnector(context, also=also)
        self._seconds = seconds

    def fetch(self, address: str, etag: str = "") -> FetchedCalendar:
        """Fetch the calendar at an address. Raises FetchFailed."""
        for _ in range(REDIRECTS + 1):
            status, head, body = self._ask(self.checked(address), etag)
            if status in (301, 302, 303, 307, 308):
                address = urljoin(address, head.get("location", ""))
                continue
            if status == 304 and etag:
                return FetchedCalendar(None, etag)
            if status != 200:
                raise FetchFailed(N_("The address answers with an error."))
            return FetchedCalendar(body, head.get("etag", "")[:200])
        raise FetchFailed(N_("The address redirects too often."))

    def checked(self, address: str) -> WebAddress:
        """Return an address that may be asked, parsed. Raises FetchFailed."""
        parsed = WebAddress.parse(address)
        if parsed.port != 443 and not self._connector.allows_any(parsed):
            raise FetchFailed(N_("Give an address on the usual port."))
        return parsed

    def _ask(self, at: WebAddress, etag: str) -> tuple[int, dict[str, str], bytes]:
        deadline = Deadline(self._seconds)
        connection = self._connector.connect(at, deadline)
        head = {"Accept": "text/calendar", "Accept-Encoding": "gzip", "User-Agent": "Tingqi"}
        head |= {"If-None-Match": etag} if etag else {}
        try:
            answer = connection.exchange("GET", at.path, head, None, deadline)
            headers = {name.lower(): value for name, value in answer.getheaders()}
            body = _body(answer, headers) if answer.status == 200 else b""
        except TimeoutError:
            raise FetchFailed(N_("The address did not answer in time.")) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise FetchFailed(N_("The address cannot be reached.")) from None
        finally:
            connection.close()
        return answer.status, headers, body


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
