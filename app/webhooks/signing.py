"""Secrets and signatures of webhooks, by Standard Webhooks 1.0.

A secret is derived from the installation's own, the endpoint and the version, as links are: nothing
is stored that would have to be kept secret.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

from standardwebhooks import Webhook

PREFIX = "whsec_"


def secret_of(endpoint_id: int, version: int, installation_secret: bytes) -> str:
    """Return a version of an endpoint's secret, as receivers enter it."""
    purpose = f"tingqi webhook {endpoint_id} {version}".encode()
    key = hmac.new(installation_secret, purpose, hashlib.sha256).digest()
    return PREFIX + base64.b64encode(key).decode()


def headers(message_id: str, body: str, secrets: Sequence[str], now: dt.datetime) -> dict[str, str]:
    """Return the headers of a call: id, time, and a signature by each of the secrets."""
    signatures = [Webhook(secret).sign(message_id, now, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
