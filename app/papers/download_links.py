"""Links by which a file of a paper is downloaded, from a path that needs no cookie.

A link is signed, is good for one file, one reader and an hour, and is made only on a page whose
reader may have the file; when it is used, ``access`` checks that again.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

from app.papers.access import Reader

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
    THUMBNAIL = "image"
    PAGE = "page"


@dataclass(frozen=True)
class DownloadLink:
    """What a link returns, and to whom."""

    file_id: int
    reader: Reader
    part: FilePart = FilePart.ORIGINAL
    # Of an image of a page, from 1.
    page: int = 0


def issue(secret: bytes, link: DownloadLink, now: dt.datetime) -> str:
    """Return the token of a link that is good for an hour."""
    until = int((now + GOOD_FOR).timestamp())
    fields = [link.file_id, link.part.value, until, link.reader.ids(), link.page]
    return str(_serializer(secret).dumps(fields))


def parse(
    secret: bytes, token: str, now: dt.datetime, *, scanned_only: bool
) -> DownloadLink | None:
    """Return the link of a token; None if it is not ours or its hour is over."""
    try:
        file_id, part, until, ids, page = _serializer(secret).loads(token)
        if now.timestamp() > until:
            return None
        reader = Reader(*ids, scanned_only=scanned_only)
        return DownloadLink(int(file_id), reader, FilePart(part), int(page))
    except (BadData, ValueError, TypeError):
        return None
