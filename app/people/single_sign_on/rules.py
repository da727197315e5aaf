"""Pure: the role that claims give, and the name of an account for people who read a page."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.characters import clean, has_control


def role_of(claims: Mapping[str, Any], claim: str, values: Mapping[str, str]) -> str:
    """Return the role that claims give, or "" for none; the first in ``values`` counts.

    ``values`` has the value of the claim by role, "" for a role that the claim never gives.
    """
    present = set(_texts(_claim(claims, claim)))
    return next((role for role, value in values.items() if value and value in present), "")


def has_claim(claims: Mapping[str, Any], claim: str) -> bool:
    """Tell whether a claim is there, with whatever value."""
    return _claim(claims, claim) is not None


def has_several_factors(claims: Mapping[str, Any]) -> bool:
    """Tell whether the provider says that it asked for several factors (RFC 8176: ``mfa``)."""
    return "mfa" in _texts(claims.get("amr"))


def _claim(claims: Mapping[str, Any], claim: str) -> Any:
    """Return the value of a claim: of that very name, else with dots into objects."""
    if claim in claims:
        return claims[claim]
    value: Any = claims
    for part in claim.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _texts(value: Any) -> Iterator[str]:
    """Yield a text, or the texts of a list; AD FS writes a list of one as the text alone."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield each


def account_names(claims: Mapping[str, Any]) -> str:
    """Return name and address of an account at the provider, "" where the claims have neither."""
    names = [claims.get("name"), claims.get("email") or claims.get("preferred_username")]
    texts = [clean(each).strip()[:120] for each in names if isinstance(each, str)]
    texts = ["".join(c for c in each if not has_control(c)) for each in texts]
    return " · ".join(dict.fromkeys(filter(None, texts)))


def account_label(claims: Mapping[str, Any]) -> str:
    """Return what an account is called at the provider; its subject where nothing else is known."""
    return account_names(claims) or str(claims["sub"])[:254]
