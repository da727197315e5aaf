"""Files that users gave in, as downloads that no browser runs."""

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request

CHUNK = 256 * 1024  # bytes


def attachment(stream: BinaryIO, size: int, media_type: str, name: str) -> Response:
    """Return a file as an attachment under its own name (RFC 6266), its type never guessed.

    The stream is sent in parts and closed at the end.
    """
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if request.method == "HEAD":
        stream.close()
    response = Response(_parts(stream), mimetype=media_type, headers=headers)
    response.call_on_close(stream.close)  # where the reader hangs up
    return response


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while part := stream.read(CHUNK):
            yield part
