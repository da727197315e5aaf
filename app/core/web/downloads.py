"""Files that users gave in, as downloads that no browser runs."""

from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request

CHUNK = 256 * 1024  # bytes
# Of a download: nothing in it runs, loads or is guessed to be of another type.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def disposition(name: str, kind: str = "attachment") -> str:
    """Return the header that names a download (RFC 6266), for readers of RFC 8187 and for others.

    ``name`` is on one line. The plain form, which old programs read, has a place-holder for each
    character that is not of ASCII, or that would end the quotes or be a path or a percent escape.
    """
    plain = "".join(c if " " <= c <= "~" and c not in '"\\/%' else "_" for c in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def attachment(
    open_at: Callable[[int], BinaryIO],
    size: int,
    media_type: str,
    name: str,
    digest: str,
    inline: bool = False,
) -> Response:
    """Return a file as an attachment under its own name, its type never guessed.

    ``inline`` shows it in the browser: for pictures that we made.

    ``open_at`` opens its bytes from an offset on. They are sent in parts, as a range where one is
    asked for (RFC 9110, 14), and closed at the end; ``digest`` tells one content from another.
    """
    response = Response(mimetype=media_type, headers=HEADERS)
    response.headers["Content-Disposition"] = disposition(
        name, "inline" if inline else "attachment"
    )
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(digest)
    start, stop = _range(size, response)
    if start is None:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    if stop - start < size:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.content_length = stop - start
    if request.method != "HEAD":
        stream = open_at(start)
        response.response = _parts(stream, stop - start)
        response.call_on_close(stream.close)  # where the reader hangs up
    return response


def _range(size: int, response: Response) -> tuple[int | None, int]:
    """Return the first byte that is asked for and the one after the last; None for no such range.

    Several ranges at once, other units and nonsense are answered by the whole file, as is a range
    of what changed meanwhile.
    """
    ranges, condition = request.range, request.if_range
    if ranges is None or ranges.units != "bytes" or len(ranges.ranges) != 1:
        return 0, size
    if condition.date or (condition.etag and condition.etag != response.get_etag()[0]):
        return 0, size
    found = ranges.range_for_length(size)
    return found if found is not None else (None, 0)


def _parts(stream: BinaryIO, size: int) -> Iterator[bytes]:
    with stream:
        while size > 0 and (part := stream.read(min(CHUNK, size))):
            size -= len(part)
            yield part
