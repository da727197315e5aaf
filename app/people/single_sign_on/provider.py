"""The provider over HTTP: its metadata, the code for a token, the keys, and the addresses of pages.

Each step of a sign-in has one deadline for all its requests, and few requests of this process wait
for the provider at once, so that a slow one leaves threads for all other pages. Keys are read anew
for each token: sign-ins are rare, and a key that the provider withdrew counts no more.
"""

import datetime as dt
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from app.core.errors import N_, Message
from app.core.web_client.guarded_http import Deadline, FetchFailed
from app.core.web_client.json_client import JsonClient
from app.people.single_sign_on.id_tokens import Claims, TokenRejected, verified_claims
from app.people.single_sign_on.settings import OidcSettings, is_loopback

CALLBACK = "/sign-in/oidc/callback"
SIGNED_OUT = "/sign-in"  # where the provider sends people after the sign-out
WELL_KNOWN = "/.well-known/openid-configuration"
SECONDS = 8.0  # for all requests of one step of a sign-in
METADATA_LASTS = 300.0  # seconds
FAULT_LASTS = 5.0  # seconds for which a provider that did not answer is not asked again
AT_ONCE = 2  # requests of one process that wait for the provider; it has four threads


class ProviderUnavailable(Exception):  # noqa: N818
    """The provider cannot be reached, or answers with what cannot be read; why, in a sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class CodeRefused(Exception):  # noqa: N818
    """The provider gives no token for a code; ``error`` is its word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class ProviderMetadata:
    """What the provider publishes about itself; "" for an endpoint that it does not have."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    auth_method: str
    # Whether answers name the issuer (RFC 9207).
    names_issuer: bool
    # Whether it says that it knows PKCE with S256; many do without saying so.
    announces_pkce: bool


@dataclass(frozen=True)
class SignInRequest:
    """What a sign-in at the provider is begun and completed with."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class ProviderAnswer:
    """The verified answer to a code."""

    claims: Claims
    id_token: str
    access_token: str


class SignOnProvider:
    """A client of the provider. Safe to share between threads."""

    def __init__(
        self,
        settings: OidcSettings,
        public_url: str,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.settings, self._public_url, self._seconds = settings, public_url, seconds
        self._client = JsonClient(context)
        self._free = threading.BoundedSemaphore(AT_ONCE)
        # The metadata or the fault of the last request, and when it is asked for again.
        self._known: tuple[ProviderMetadata | ProviderUnavailable, float] | None = None

    @property
    def redirect_uri(self) -> str:
        """The address to which the provider sends the answer; it has to be registered there."""
        return self._public_url + CALLBACK

    @property
    def signed_out_uri(self) -> str:
        """The address to which the provider sends people after they signed out."""
        return self._public_url + SIGNED_OUT

    def sign_in_address(
        self, asked: SignInRequest, language: str, *, other_account: bool = False
    ) -> str:
        """Return the address of the provider's sign-in page. Raises ProviderUnavailable.

        ``other_account`` lets it ask who it is even if somebody is signed in there.
        """
        from authlib.oauth2.client import OAuth2Client  # as in id_tokens

        with self._bounded() as deadline:
            metadata = self._metadata(deadline)
        client = OAuth2Client(
            None,
            self.settings.client_id,
            scope=self.settings.scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )
        address, _ = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=asked.state,
            code_verifier=asked.verifier,
            nonce=asked.nonce,
            ui_locales="zh-CN zh" if language == "zh" else "en",
            prompt="login" if other_account else None,
        )
        return str(address)

    def redeem(
        self, code: str, issuer: str | None, asked: SignInRequest, now: dt.datetime
    ) -> ProviderAnswer:
        """Return who signed in, for the code of an answer. ``issuer`` is the answer's own.

        Raises ProviderUnavailable; CodeRefused; TokenRejected, also for an answer of another issuer
        (RFC 9207).
        """
        with self._bounded() as deadline:
            metadata = self._metadata(deadline)
            self._check_issuer(metadata, issuer)
            token = self._token(metadata, code, asked.verifier, deadline)
            keys = self._get(metadata.jwks_uri, {}, deadline)
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str):
            raise TokenRejected("there is no ID token: is the scope openid allowed?")
        claims = verified_claims(
            id_token,
            keys,
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=asked.nonce,
            access_token=access_token if isinstance(access_token, str) else "",
            now=now,
        )
        return ProviderAnswer(claims, id_token, str(access_token or ""))

    def check_answer(self, issuer: str | None) -> None:
        """Check that an answer without a code is the provider's (RFC 9207). Raises as `redeem`."""
        with self._bounded() as deadline:
            metadata = self._metadata(deadline)
        self._check_issuer(metadata, issuer)

    def userinfo(self, answer: ProviderAnswer) -> Claims:
        """Return the claims that the provider gives beside the token; none if it has no such page.

        Raises ProviderUnavailable, TokenRejected where they are about another subject.
        """
        with self._bounded() as deadline:
            metadata = self._metadata(deadline)
            if not metadata.userinfo_endpoint or not answer.access_token.isprintable():
                return {}
            headers = {"Authorization": f"Bearer {answer.access_token}"}
            claims = dict(self._get(metadata.userinfo_endpoint, headers, deadline))
        if claims.get("sub") != answer.claims["sub"]:
            raise TokenRejected("the user info is about another subject")
        return claims

    def sign_out_address(self, id_token: str) -> str:
        """Return the address that ends the session there, "" if there is none.

        Raises ProviderUnavailable. Providers ignore a sign-out without ``id_token_hint``.
        """
        with self._bounded() as deadline:
            endpoint = self._metadata(deadline).end_session_endpoint
        fields = {
            "id_token_hint": id_token,
            "client_id": self.settings.client_id,
            "post_logout_redirect_uri": self.signed_out_uri,
        }
        parting = "&" if urlsplit(endpoint).query else "?"
        return f"{endpoint}{parting}{urlencode(fields)}" if endpoint else ""

    def check(self) -> ProviderMetadata:
        """Return the metadata as the provider publishes it now, with its keys looked at.

        Raises ProviderUnavailable; CodeRefused with ``invalid_client`` where the provider does not
        accept the id and the secret.
        """
        self._known = None
        with self._bounded() as deadline:
            metadata = self._metadata(deadline)
            keys = self._get(metadata.jwks_uri, {}, deadline).get("keys")
            if not isinstance(keys, list) or not keys:
                raise ProviderUnavailable(Message(N_("It publishes no keys.")))
            try:
                # A code that nobody was given: who accepts the secret refuses the code.
                self._token(metadata, "tingqi-doctor", "x" * 43, deadline)
            except CodeRefused as fault:
                if fault.error == "invalid_client":
                    raise
        return metadata

    @contextmanager
    def _bounded(self) -> Iterator[Deadline]:
        """Wait for one of the few places, and give what is left of the time."""
        deadline = Deadline(self._seconds)
        if not self._free.acquire(timeout=self._seconds / 4):
            raise ProviderUnavailable(Message(N_("Others are waiting for it already.")))
        try:
            yield deadline
        finally:
            self._free.release()

    def _metadata(self, deadline: Deadline) -> ProviderMetadata:
        """Return the metadata, of the last minutes. Raises ProviderUnavailable."""
        known = self._known
        if known is None or time.monotonic() >= known[1]:
            try:
                metadata = self._read_metadata(deadline)
                known = metadata, time.monotonic() + METADATA_LASTS
            except ProviderUnavailable as fault:
                known = fault, time.monotonic() + FAULT_LASTS
            self._known = known
        if isinstance(known[0], ProviderUnavailable):
            raise ProviderUnavailable(known[0].message)
        return known[0]

    def _read_metadata(self, deadline: Deadline) -> ProviderMetadata:
        issuer = self.settings.issuer
        found = self._get(issuer.rstrip("/") + WELL_KNOWN, {}, deadline)
        if found.get("issuer") != issuer:
            words = N_("It calls itself %(name)s, not %(issuer)s: correct TINGQI_OIDC_ISSUER.")
            name = str(found.get("issuer"))[:300]
            raise ProviderUnavailable(Message(words, name=name, issuer=issuer))
        required = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        optional = ("userinfo_endpoint", "end_session_endpoint")
        addresses = {name: self._endpoint(found, name) for name in (*required, *optional)}
        for name in required:
            if not addresses[name]:
                words = N_("What it publishes names no %(field)s.")
                raise ProviderUnavailable(Message(words, field=name))
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        by_post = isinstance(methods, list) and "client_secret_basic" not in methods
        challenges = found.get("code_challenge_methods_supported", [])
        return ProviderMetadata(
            **addresses,
            auth_method="client_secret_post" if by_post else "client_secret_basic",
            names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
            announces_pkce=isinstance(challenges, list) and "S256" in challenges,
        )

    def _endpoint(self, found: Mapping[str, Any], name: str) -> str:
        """Return the address of an endpoint, "" where there is none. Raises ProviderUnavailable."""
        address = found.get(name, "")
        try:
            parts = urlsplit(address) if isinstance(address, str) else None
            host = (parts.hostname or "") if parts else ""
        except ValueError:
            parts, host = None, ""
        is_tls = parts is not None and parts.scheme == "https" and bool(host)
        # Without TLS on this machine alone, and only if the issuer is without it too.
        plain = self.settings.issuer.startswith("http:") and parts is not None
        if address and not is_tls and not (plain and parts and is_loopback(host)):
            words = N_("What it publishes names an address that is not https: %(field)s.")
            raise ProviderUnavailable(Message(words, field=name))
        return str(address)

    def _check_issuer(self, metadata: ProviderMetadata, issuer: str | None) -> None:
        if issuer is None and not metadata.names_issuer:
            return
        if issuer != self.settings.issuer:
            raise TokenRejected("the answer is of another issuer, or names none")

    def _token(
        self, metadata: ProviderMetadata, code: str, verifier: str, deadline: Deadline
    ) -> Mapping[str, Any]:
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        body = prepare_token_request(
            "authorization_code", redirect_uri=self.redirect_uri, code=code, code_verifier=verifier
        )
        client_id, secret = self.settings.client_id, self.settings.client_secret
        if metadata.auth_method == "client_secret_basic":  # RFC 6749, section 2.3.1
            client_id, secret = quote_plus(client_id), quote_plus(secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        auth = ClientAuth(client_id, secret, metadata.auth_method)
        address, headers, body = auth.prepare("POST", metadata.token_endpoint, headers, body)
        status, answer = self._ask("POST", address, headers, body.encode(), deadline)
        if status == 200 and isinstance(answer, dict):
            return answer
        error = answer.get("error") if isinstance(answer, dict) else None
        if status in (400, 401, 403) and isinstance(error, str):
            raise CodeRefused(error_code(error))
        raise ProviderUnavailable(_status_message(status))

    def _get(
        self, address: str, headers: Mapping[str, str], deadline: Deadline
    ) -> Mapping[str, Any]:
        """Return the JSON object at an address. Raises ProviderUnavailable."""
        status, answer = self._ask("GET", address, headers, None, deadline)
        if status != 200:
            raise ProviderUnavailable(_status_message(status))
        if not isinstance(answer, dict):
            raise ProviderUnavailable(Message(N_("The address gave no answer that can be read.")))
        return answer

    def _ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> tuple[int, Any]:
        """Return status and JSON of an answer, None for no JSON. Raises ProviderUnavailable."""
        try:
            return self._client.exchange(method, address, headers, body, deadline)
        except FetchFailed as fault:
            raise ProviderUnavailable(Message(str(fault))) from fault


def _status_message(status: int) -> Message:
    if status == 200:
        return Message(N_("The address gave no answer that can be read."))
    return Message(N_("It answers with an error (HTTP %(status)s)."), status=status)


def error_code(error: str) -> str:
    """Return a provider's word for an error as far as it is one: it goes into logs and pages."""
    kept = "".join(c for c in error[:60] if c.isascii() and (c.isalnum() or c in "_-."))
    return kept or "error"
