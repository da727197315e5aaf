"""Links by which a file of a paper is downloaded, from a path that needs no cookie.

A link is signed, is good for one file and an hour, and is made only on a page whose reader may have
the file.
"""

import datetime as dt
import hashlib
from enum import StrEnum
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

GOOD_FOR = dt.timedelta(hours=1)


@lru_cache(8)
def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt="download", signer_kwargs={"digest_method": hashlib.sha256}
    )


class FilePart(StrEnum):
    """What of a file of a paper is downloaded."""

    ORIGINAL = "original"
    COPY = "copy"
    IMAGE = "image"


def issue(secret: bytes, file_id: int, now: dt.datetime, part: FilePart = FilePart.ORIGINAL) -> str:
    """Return the token of a link to a file, or to its reading copy or page image."""
    until = int((now + GOOD_FOR).timestamp())
    return str(_serializer(secret).dumps([file_id, part.value, until]))


def parse(secret: bytes, token: str, now: dt.datetime) -> tuple[int, FilePart] | None:
    """Return file and part of a token; None if it is not ours or its hour is over."""
    try:
        file_id, part, until = _serializer(secret).loads(token)
        if now.timestamp() > until:
            return None
        return int(file_id), FilePart(part)
    except (BadData, ValueError, TypeError):
        return None
