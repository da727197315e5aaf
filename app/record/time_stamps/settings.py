"""Settings of the authority that stamps sealed days."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from app.core.errors import N_, Misconfigured
from app.core.settings import PREFIX, read_group, setting, url_of

PURPOSE = N_("time stamps")


def _certificates(name: str, text: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file. Raises Misconfigured."""
    try:
        return tuple(x509.load_pem_x509_certificates(Path(text).resolve().read_bytes()))
    except (OSError, ValueError):
        raise Misconfigured(
            N_("%(name)s must be a file of certificates (PEM) that can be read: %(file)s."),
            name=name,
            file=text,
        ) from None


def _policy(name: str, text: str) -> str:
    """Return an object identifier, such as 1.2.3.4.1. Raises Misconfigured."""
    try:
        return x509.ObjectIdentifier(text).dotted_string
    except ValueError:
        words = N_("%(name)s must be an object identifier, such as %(example)s.")
        raise Misconfigured(words, name=name, example="1.2.3.4.1") from None


@dataclass(frozen=True)
class StampAuthority:
    """The authority that stamps sealed days, and which certificates are believed.

    ``roots`` are the certificates of the authorities that it may lead back to, never the machine's
    own: a web server's issuer is none that is asked for the time. With ``policy`` it must stamp
    under that policy.
    """

    url: str = setting(url_of("https", "http"), required=True, name="TINGQI_TSA_URL")
    roots: tuple[x509.Certificate, ...] = setting(
        _certificates, default=(), required=True, name="TINGQI_TSA_CERTIFICATES"
    )
    # An object identifier, such as 1.2.3.4.1; "" for any policy.
    policy: str = setting(_policy, name="TINGQI_TSA_POLICY")


NAMES = frozenset({"TINGQI_TSA_URL", "TINGQI_TSA_CERTIFICATES", "TINGQI_TSA_POLICY"})


def read(values: Mapping[str, str]) -> StampAuthority | None:
    """Return the settings of the authority, None where there is none. Raises Misconfigured."""
    return read_group(StampAuthority, f"{PREFIX}TSA_", values, PURPOSE)
