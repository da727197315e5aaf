"""The settings of single sign-on: which provider is trusted, and as whom this court calls it."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.core.errors import N_, Misconfigured
from app.core.settings import PREFIX, setting, settings_of, url_of

GROUP = f"{PREFIX}OIDC_"
SCOPE = "openid profile email"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or number is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def issuer_address(name: str, text: str) -> str:
    """Return the address of an issuer as it is written: tokens must repeat it to the letter.

    OpenID Connect requires https; http is accepted on this machine alone, to try things out.
    """
    url_of("http", "https")(name, text)
    parts = urlsplit(text)
    if parts.query or parts.fragment or parts.username or not text.isascii():
        raise Misconfigured(
            N_("%(name)s must be an address without a user name, ? or #."), name=name
        )
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise Misconfigured(
            N_("%(name)s must begin with https://: whoever is between could sign in as anybody."),
            name=name,
        )
    return text


def visible_text(name: str, text: str) -> str:
    """Return a text of visible ASCII characters, as client ids and secrets are."""
    if not re.fullmatch(r"[ -~]+", text):
        raise Misconfigured(
            N_("%(name)s contains a character that is not ASCII: copy it again."), name=name
        )
    return text


def scope_names(name: str, text: str) -> str:
    """Return names of scopes parted by spaces, ``openid`` among them."""
    names = text.split()
    if "openid" not in names or not all(re.fullmatch(r"[!#-\[\]-~]+", each) for each in names):
        raise Misconfigured(
            N_("%(name)s must be names separated by spaces, with openid among them: %(example)s"),
            name=name,
            example=SCOPE,
        )
    return " ".join(names)


@dataclass(frozen=True)
class OidcSettings:
    """The provider and the client that was registered there for this installation."""

    issuer: str = setting(issuer_address, required=True)
    client_id: str = setting(visible_text, required=True)
    client_secret: str = setting(visible_text, required=True, secret=True)
    # What users call the provider, on the button; its host name unless set.
    name: str = setting()
    scope: str = setting(scope_names, default=SCOPE)

    @property
    def label(self) -> str:
        """The name of the provider for users."""
        return self.name or urlsplit(self.issuer).netloc


NAMES = frozenset(each.name for each in settings_of(OidcSettings, GROUP))
