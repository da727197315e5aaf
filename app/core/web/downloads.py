"""Files that users gave in, as downloads that no browser runs."""

from urllib.parse import quote

from flask import Response


def attachment(body: bytes, media_type: str, name: str) -> Response:
    """Return a file as an attachment under its own name (RFC 6266), its type never guessed."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(body, mimetype=media_type, headers=headers)
