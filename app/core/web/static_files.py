"""Static files under names that carry a digest of their contents, so that browsers keep them.

Why not a library: WhiteNoise serves what a build step has named and compressed on the disk, and has
no such step for Flask; its names with digests are made by Django. Flask's own static route can be
given a version in the query, but it runs the hooks of every request and compresses nothing.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import rcssmin
from flask import Flask
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

IMMUTABLE = "public, max-age=31536000, immutable"  # a year, in seconds
COMPRESSED = (".css", ".js", ".svg", ".json")
_DIGESTED = re.compile(r"(?P<stem>.+)\.[0-9a-f]{12}(?P<ending>\.\w+)")


@dataclass(frozen=True)
class StaticFile:
    """A static file in memory; ``gzipped`` is empty if its kind is not compressed."""

    digest: str
    contents: bytes
    gzipped: bytes


def install(app: Flask) -> None:
    """Serve the static files of an app and of its blueprints under names that change with them.

    They are served before the pages: what is the same for everybody needs no session, and must
    not vary by cookie, or a browser would fetch it anew after every sign-in.
    """
    scaffolds = [app, *app.blueprints.values()]
    folders = {
        ("" if each is app else f"{each.name}.") + "static": Path(each.static_folder)
        for each in scaffolds
        if each.static_folder
    }
    paths = {
        rule.rule.removesuffix("<path:filename>"): folders[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.endpoint in folders
    }

    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in folders and "filename" in values:
            values["filename"] = digested_name(folders[endpoint], values["filename"])

    app.url_defaults(add_digest)
    pages = app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        requested = environ.get("PATH_INFO", "")
        prefix = next((path for path in paths if requested.startswith(path)), "")
        response = None
        if prefix and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            response = _response(environ, paths[prefix], requested.removeprefix(prefix))
        return (response or pages)(environ, start_response)

    app.wsgi_app = serve  # type: ignore[method-assign]


def digested_name(folder: Path, name: str) -> str:
    """Return a file's name with its digest before the ending; unchanged if there is no file."""
    if not (folder / name).is_file():
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{_read(folder / name).digest}{dot}{ending}"


def _response(environ: dict[str, Any], folder: Path, requested: str) -> Response | None:
    """Return a file: immutable under its present digest, else to be validated each time."""
    digested = _DIGESTED.fullmatch(requested)
    name = digested["stem"] + digested["ending"] if digested else requested
    path = safe_join(str(folder), name)
    if path is None or not Path(path).is_file():
        return None
    file = _read(Path(path))
    compress = file.gzipped and Request(environ).accept_encodings["gzip"] > 0
    body = file.gzipped if compress else file.contents
    response = Response(body, mimetype=mimetypes.guess_type(name)[0])
    response.set_etag(f"{file.digest}-gzip" if compress else file.digest)
    current = digested is not None and requested == digested_name(folder, name)
    response.headers["Cache-Control"] = IMMUTABLE if current else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if file.gzipped:
        response.vary.add("Accept-Encoding")
    if compress:
        response.content_encoding = "gzip"
    return response.make_conditional(environ)


def _read(path: Path) -> StaticFile:
    return _cached(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _cached(path: Path, _changed_at: int) -> StaticFile:
    contents = path.read_bytes()
    if path.suffix == ".css":  # written to be read by people, sent without what is for them alone
        contents = rcssmin.cssmin(contents.decode()).encode()
    gzipped = gzip.compress(contents, mtime=0) if path.name.endswith(COMPRESSED) else b""
    return StaticFile(hashlib.sha256(contents).hexdigest()[:12], contents, gzipped)
