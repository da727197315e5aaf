"""JSON over HTTP from a service that the installation's settings name, under limits.

Whoever runs the installation names the service, so it may be inside the network. One deadline
bounds an exchange, however slowly bytes come; redirects are not followed.
"""

import http.client
import ipaddress
import ssl
from collections.abc import Mapping
from typing import Any

import orjson

from app.core.errors import N_
from app.core.web_client.guarded_http import Deadline, FetchFailed, GuardedConnector, WebAddress

LARGEST = 512 * 1024  # bytes of an answer
_EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class JsonClient:
    """A client for JSON. Safe to share between threads; ``context`` is whom it believes."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._connector = GuardedConnector(context, inside=_EVERYWHERE)

    def exchange(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> tuple[int, Any]:
        """Return the status and the decoded body of an answer, None for a body that is no JSON.

        Raises FetchFailed.
        """
        sent = {"Accept": "application/json", "User-Agent": "Tingqi", "Connection": "close"}
        to = WebAddress.parse(address, ("http", "https"))
        connection = self._connector.connect(to, deadline)
        try:
            answer = connection.exchange(method, to.path, {**sent, **headers}, body, deadline)
            content = answer.read(LARGEST + 1)
        except TimeoutError as fault:
            raise FetchFailed(N_("The address did not answer in time.")) from fault
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise FetchFailed(N_("The address gave no answer that can be read.")) from fault
        finally:
            connection.close()
        if len(content) > LARGEST:
            raise FetchFailed(N_("The answer is too large."))
        try:
            return answer.status, orjson.loads(content)
        except orjson.JSONDecodeError:
            return answer.status, None
