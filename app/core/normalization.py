"""Pure: the keys by which two spellings of a name are the same."""

import hashlib

from app.core.characters import comparison_key

LONGEST_KEY = 200  # characters


def name_key(name: str) -> str:
    """Return the key of a name of a person, a firm or a courtroom: no full stop at the end."""
    return bounded_key(comparison_key(name).rstrip("."))


def bounded_key(key: str) -> str:
    """Truncate a key to its column's length: folding can turn one character into eighteen."""
    if len(key) <= LONGEST_KEY:
        return key
    return key[: LONGEST_KEY - 40] + hashlib.sha256(key.encode()).hexdigest()[:40]
