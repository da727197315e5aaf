"""Pure: the hash of an entry, over canonical JSON (RFC 8785), and what it covers."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
import rfc8785

# ``prev`` of the first entry of a chain, and of the first daily seal.
START = "0" * 64
_LARGEST = 2**53 - 1  # the largest integer that RFC 8785 (3.2.2.3) can represent


def canonical(value: Any) -> bytes:
    """Return a value as canonical JSON (RFC 8785).

    orjson writes the same bytes, and faster, unless there are fractions, integers beyond 2**53 or
    keys with characters beyond U+FFFF, which RFC 8785 orders by UTF-16 code units.
    """
    return (
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if _plain(value) else rfc8785.dumps(value)
    )


def _plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_LARGEST <= value <= _LARGEST
    if kind is dict:
        for key, each in value.items():
            if type(each) is not str and not _plain(each):
                return False
            if type(key) is not str or not (key.isascii() or max(key) < "\ud800"):
                return False
        return True
    return kind is list and all(_plain(each) for each in value)


def sha(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


@lru_cache(1024)  # many entries share one moment
def instant(at: dt.datetime) -> str:
    """Return an aware instant as the chain writes it: UTC, microseconds, Z."""
    if at.tzinfo is not dt.UTC:
        at = at.astimezone(dt.UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def covered(row: Mapping[str, Any], at: str | None) -> dict[str, Any]:
    """Return the object that an entry's hash is computed over.

    ``row`` holds the entry's columns, ``at`` its instant as ``instant`` writes it. Personal
    contents are covered by their own salted hash, so that they can be blanked; the message's row
    number (``notice_id``) is covered by the attempt that names it.
    """
    return {
        "v": 1,
        "case": row["case_id"],
        "seq": row["seq"],
        "at": at,
        "what": row["what"],
        "direction": row["direction"],
        "about": row["about"],
        "attempt": row["attempt"],
        "counsel": row["counsel_id"],
        "side": row["side"],
        "channel": row["channel"],
        "kind": row["kind"],
        "detail": row["detail"],
        "content": row["content_hash"],
        "prev": row["prev"],
    }
