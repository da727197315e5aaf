"""ID tokens: which signature and claims are accepted. Pure: keys and time are arguments."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

# The libraries are imported by the functions that use them: they take a quarter of a second, and
# most processes never see a token.
if TYPE_CHECKING:
    from joserfc import jws, jwt
    from joserfc.jwk import Key

# Signatures by a private key that only the provider has. "none" is none, and HS256 would let
# whoever knows a shared secret, or takes a public key for one, sign.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
LEEWAY = 30  # seconds by which the clocks of court and provider may differ
LEAST_RSA_BITS = 2048
LONGEST_TOKEN = 64 * 1024  # characters
LONGEST_SUBJECT = 255  # characters, by OpenID Connect Core, section 2

Claims = dict[str, Any]


class TokenRejected(Exception):  # noqa: N818
    """An ID token is not accepted; the text is for the log, in English."""


def verified_claims(
    id_token: str,
    key_set: Mapping[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    now: dt.datetime,
) -> Claims:
    """Return the claims of an ID token. Raises TokenRejected unless signature and claims are right.

    ``key_set`` is the provider's JWK set as it is published now, so that a token which was signed
    with a key that was withdrawn is refused.
    """
    from authlib.oidc.core import CodeIDToken
    from joserfc import jws
    from joserfc.errors import JoseError

    if len(id_token) > LONGEST_TOKEN:
        raise TokenRejected("the token is too long")
    try:
        header = jws.extract_compact(id_token.encode("ascii"), None, _registry()).headers()
    except (JoseError, ValueError) as fault:
        raise TokenRejected(f"the token cannot be read: {type(fault).__name__}") from fault
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenRejected(f"its algorithm is {str(algorithm)[:20]!r}")
    token = _decoded(id_token, algorithm, _keys(key_set, header.get("kid"), algorithm))
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
        },
        params={"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except JoseError as fault:
        raise TokenRejected(f"a claim is not accepted: {fault}") from fault
    except (TypeError, ValueError) as fault:
        raise TokenRejected("a claim has no value of its type") from fault
    subject = claims["sub"]
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise TokenRejected("the subject is too long or cannot be stored")
    return dict(claims)


def _keys(key_set: Mapping[str, Any], kid: Any, algorithm: str) -> Iterator["Key"]:
    """Yield the public keys that may have signed; keys of unknown kinds are passed over."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

    rows = key_set.get("keys")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("use", "sig") != "sig":
            continue
        if row.get("alg", algorithm) != algorithm or (kid is not None and row.get("kid") != kid):
            continue
        if row.get("kty") == "RSA" and len(str(row.get("n", ""))) * 6 < LEAST_RSA_BITS:
            continue
        try:
            key = import_key(row)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            yield key


def _decoded(id_token: str, algorithm: str, keys: Iterable["Key"]) -> "jwt.Token":
    from joserfc import jwt
    from joserfc.errors import JoseError

    for key in keys:
        try:
            return jwt.decode(id_token, key, registry=_registry([algorithm]))
        except (JoseError, ValueError, TypeError):
            continue
    raise TokenRejected("no key of the provider has signed it")


def _registry(algorithms: Sequence[str] = ALGORITHMS) -> "jws.JWSRegistry":
    from joserfc import jws

    registry = jws.JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = LONGEST_TOKEN  # some providers put their certificate into it
    return registry
