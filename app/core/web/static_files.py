"""Static files under names that carry a mark of their contents, so that browsers keep them."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

FOR_GOOD = "public, max-age=31536000, immutable"  # seconds of a year; a change has a new name
WORDS = (".css", ".js", ".svg", ".json")
_MARKED = re.compile(r"(?P<stem>.+)\.[0-9a-f]{12}(?P<ending>\.\w+)")


@dataclass(frozen=True)
class StaticFile:
    """A static file as it is kept at hand: its mark, its contents, the same made small."""

    mark: str
    plain: bytes
    small: bytes


def install(app: Flask) -> None:
    """Give the static files of an app and of its blueprints names that change with them.

    They are served before the pages: what is the same for everybody needs no session, and must
    not vary by cookie, or a browser would fetch it anew after every sign-in.
    """
    rooms = [app, *app.blueprints.values()]
    folders = {
        ("" if room is app else f"{room.name}.") + "static": Path(room.static_folder)
        for room in rooms
        if room.static_folder
    }
    paths = {
        rule.rule.removesuffix("<path:filename>"): folders[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.endpoint in folders
    }

    def marked(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in folders and "filename" in values:
            values["filename"] = marked_name(folders[endpoint], values["filename"])

    app.url_defaults(marked)
    pages = app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        path = next((path for path in paths if asked.startswith(path)), "")
        reads = path and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        answer = _answer(environ, paths[path], asked.removeprefix(path)) if reads else None
        return (answer or pages)(environ, start_response)

    app.wsgi_app = serve  # type: ignore[method-assign]


def marked_name(folder: Path, name: str) -> str:
    """Return a file's name with the mark before its ending; as it is where there is no file."""
    if not (folder / name).is_file():
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{_read(folder / name).mark}{dot}{ending}"


def _answer(environ: dict[str, Any], folder: Path, asked: str) -> Response | None:
    """Return a file: for good under the mark that it has now, else to be asked for each time."""
    marked = _MARKED.fullmatch(asked)
    name = marked["stem"] + marked["ending"] if marked else asked
    path = safe_join(str(folder), name)
    if path is None or not Path(path).is_file():
        return None
    file = _read(Path(path))
    small = file.small and Request(environ).accept_encodings["gzip"] > 0
    answer = Response(file.small if small else file.plain, mimetype=mimetypes.guess_type(name)[0])
    answer.set_etag(f"{file.mark}-small" if small else file.mark)
    current = marked is not None and asked == marked_name(folder, name)
    answer.headers["Cache-Control"] = FOR_GOOD if current else "no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if file.small:
        answer.vary.add("Accept-Encoding")
    if small:
        answer.content_encoding = "gzip"
    return answer.make_conditional(environ)


def _read(path: Path) -> StaticFile:
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _kept(path: Path, changed: int) -> StaticFile:
    contents = path.read_bytes()
    small = gzip.compress(contents, mtime=0) if path.name.endswith(WORDS) else b""
    return StaticFile(hashlib.sha256(contents).hexdigest()[:12], contents, small)
