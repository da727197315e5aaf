"""Links by which a file of a paper is downloaded, from a path that needs no cookie.

A link is signed, is good for one file and an hour, and is made only on a page whose reader may have
the file.
"""

import datetime as dt
import hashlib
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

GOOD_FOR = dt.timedelta(hours=1)


@lru_cache(8)
def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt="download", signer_kwargs={"digest_method": hashlib.sha256}
    )


def issue(secret: bytes, file_id: int, now: dt.datetime) -> str:
    """Return the token of a link to a file."""
    until = int((now + GOOD_FOR).timestamp())
    return str(_serializer(secret).dumps([file_id, until]))


def parse(secret: bytes, token: str, now: dt.datetime) -> int | None:
    """Return the id of the file of a token; None if it is not ours or its hour is over."""
    try:
        file_id, until = _serializer(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return file_id if isinstance(file_id, int) and now.timestamp() <= until else None
