"""HTTP to addresses that the operator named, in a setting or in a command.

They may lead anywhere, inside too. Time and size are bounded all the same, no redirect is followed,
and no proxy of the environment is used.
"""

import http.client
import ipaddress
import ssl
from dataclasses import dataclass

from app.core.errors import N_
from app.core.web_client.guarded_http import Deadline, FetchFailed, GuardedConnector, WebAddress

LONGEST = 15.0  # seconds, from resolving the name to the last byte of the answer
SCHEMES = ("https", "http")
AGENT = "Tingqi"
_EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@dataclass(frozen=True)
class DirectClient:
    """Calls addresses that the operator named; ``context`` is whom it believes over https."""

    seconds: float = LONGEST
    context: ssl.SSLContext | None = None

    def get(self, address: str, largest: int) -> bytes:
        """Return the body at an address, of at most ``largest`` bytes. Raises FetchFailed."""
        return self._exchange("GET", address, None, {}, largest)

    def post(self, address: str, body: bytes, media_type: str, largest: int) -> bytes:
        """Post a body; return that of the answer, at most ``largest`` bytes. Raises FetchFailed."""
        return self._exchange("POST", address, body, {"Content-Type": media_type}, largest)

    def _exchange(
        self, method: str, address: str, body: bytes | None, headers: dict[str, str], largest: int
    ) -> bytes:
        deadline = Deadline(self.seconds)
        to = WebAddress.parse(address, SCHEMES)
        connection = GuardedConnector(self.context, inside=_EVERYWHERE).connect(to, deadline)
        try:
            sent = {"User-Agent": AGENT, **headers}
            answer = connection.exchange(method, to.path, sent, body, deadline)
            content = answer.read(largest + 1)
        except TimeoutError:
            raise FetchFailed(N_("The address did not answer in time.")) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise FetchFailed(N_("The address gave no answer that can be read.")) from None
        finally:
            connection.close()
        if answer.status != 200:
            raise FetchFailed(N_("The address answers with an error."))
        if len(content) > largest:
            raise FetchFailed(N_("The answer is too large."))
        return content
