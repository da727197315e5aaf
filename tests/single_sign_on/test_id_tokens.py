"""ID tokens that are accepted and refused: keys, algorithms and claims, without a server."""

import base64
import datetime as dt
import hmac
import json
from functools import cache
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from app.people.single_sign_on.id_tokens import TokenRejected, verified_claims

ISSUER, CLIENT, NONCE = "https://sso.court.example/realms/court", "tingqi", "n-0S6_WzA2Mj"
NOW = dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)
AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "f:1:wang",
    "nonce": NONCE,
    "iat": AT,
    "exp": AT + 300,
}


@cache
def rsa(kid: str = "one") -> RSAKey:
    """Return a key of the provider; one of each name."""
    return RSAKey.generate_key(2048, {"kid": kid})


def published(*keys: Key, **more: Any) -> dict[str, Any]:
    """Return the JWK set that publishes these keys."""
    return {"keys": [{**key.as_dict(private=False), **more} for key in keys]}


def signed(
    key: Key | None = None, algorithm: str = "RS256", kid: str | None = "one", **claims: Any
) -> str:
    """Return a token with these claims in place of the right ones; None leaves a claim out."""
    header = {"alg": algorithm} | ({"kid": kid} if kid else {})
    whole = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(header, whole, key or rsa(), algorithms=[algorithm])


def checked(token: str, keys: dict[str, Any] | None = None, access_token: str = "") -> Any:
    """Return the claims of a token, checked as the court does."""
    return verified_claims(
        token,
        keys or published(rsa()),
        issuer=ISSUER,
        client_id=CLIENT,
        nonce=NONCE,
        access_token=access_token,
        now=NOW,
    )


def test_a_right_token_is_accepted() -> None:
    assert checked(signed())["sub"] == "f:1:wang"
    assert checked(signed(aud=[CLIENT])) == {**CLAIMS, "aud": [CLIENT]}
    assert checked(signed(aud=[CLIENT, "other"], azp=CLIENT))
    assert checked(signed(exp=AT - 20))  # clocks differ a little


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("PS256", rsa()),
        ("ES256", ECKey.generate_key("P-256", {"kid": "one"})),
        ("ES512", ECKey.generate_key("P-521", {"kid": "one"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "one"})),
    ],
    ids=("PS256", "ES256", "ES512", "Ed25519"),
)
def test_signatures_by_private_keys_are_accepted(algorithm: str, key: Key) -> None:
    assert checked(signed(key, algorithm), published(rsa("two"), key))


def test_keys_may_be_many_unknown_or_without_a_name() -> None:
    strange = [{"kty": "PQC", "kid": "one"}, {"kty": "RSA"}, "key", None, {"kty": "EC", "crv": "X"}]
    keys = {"keys": [*strange, *published(rsa("two"), rsa())["keys"]]}
    assert checked(signed(), keys)
    assert checked(signed(kid=None), keys)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": [NONCE]},
        {"aud": "another"},
        {"aud": []},
        {"aud": None},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://sso.evil.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"exp": AT - 31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": AT + 31},
        {"iat": None},
        {"nbf": AT + 31},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "wang\x00"},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRejected):
        checked(signed(**claims))


def test_the_token_must_belong_to_the_access_token() -> None:
    assert checked(signed(at_hash="x"))  # none came
    with pytest.raises(TokenRejected):
        checked(signed(at_hash="x"), access_token="secret")


def test_a_signature_by_another_key_is_refused() -> None:
    other = rsa("one of another")
    for keys in (published(rsa()), {"keys": []}, {}, {"keys": "none"}):
        with pytest.raises(TokenRejected):
            checked(signed(other), keys)
    with pytest.raises(TokenRejected):  # withdrawn: the provider publishes another one now
        checked(signed(), published(rsa("two")))
    with pytest.raises(TokenRejected):  # a key for encryption signs nothing
        checked(signed(), published(rsa(), use="enc"))
    with pytest.raises(TokenRejected):  # nor does one of another algorithm
        checked(signed(), published(rsa(), alg="RS512"))


def unsigned(header: dict[str, Any], signature: str = "") -> str:
    """Return a token with any header and signature."""
    parts = [json.dumps(each).encode() for each in (header, CLAIMS)]
    words = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts]
    return ".".join([*words, signature])


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 1, ["RS256"], {}])
def test_a_token_that_nobody_signed_is_refused(algorithm: Any) -> None:
    for signature in ("", "AAAA"):
        with pytest.raises(TokenRejected):
            checked(unsigned({"alg": algorithm, "kid": "one"}, signature))


def test_a_public_key_is_no_shared_secret() -> None:
    for key in (rsa().as_pem(private=False), b"the secret of the client"):
        begin = unsigned({"alg": "HS256", "kid": "one"})[:-1]
        mac = hmac.digest(key, begin.encode(), "sha256")
        token = f"{begin}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        secret = {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(key).decode()}
        for keys in (published(rsa()), {"keys": [secret]}):
            with pytest.raises(TokenRejected):
                checked(token, keys)


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "...", "a.b.c", "…", "x" * 70_000, "e30.e30.e30"),
        signed() + "x",
        signed()[:-4] + "AAAA",
        unsigned({"alg": "RS256", "crit": ["exp"], "kid": "one"}, "AAAA"),
    ],
    ids=lambda token: token[:12],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRejected):
        checked(token)
