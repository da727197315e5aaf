"""Pure: check e-mail addresses, the same for counsel, parties and the court's users."""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.core.characters import half_width

# Special-use domains (RFC 6761, RFC 6762, RFC 8375) under which courts' inner networks have mail.
# The others of the kind (.invalid, .localhost, .onion) never get any.
INNER = (".local", ".home.arpa")


@lru_cache(maxsize=10_000)  # a file of cases names the same lawyers again and again
def email_address(typed: str) -> str:
    """Return an e-mail address in plain characters, its domain in lower case (RFC 5321, RFC 6531).

    Full-width letters, ``＠`` and the ideographic full stop become ASCII. A domain has a dot: a
    bare host name is a slip more often than a machine. Raises ValueError.
    """
    text = half_width(typed).replace("。", ".")
    # The library refuses these domains; a suffix that it takes for tests shows it the rest.
    suffix = ".test" if text.lower().endswith(INNER) else ""
    try:
        found = validate_email(
            text + suffix,
            check_deliverability=False,
            test_environment=True,
            allow_domain_literal=False,
        )
    except EmailNotValidError as fault:
        raise ValueError(typed) from fault
    return found.normalized.removesuffix(suffix)
