"""Read the catalogues as they are written (.po), so that no compiled copy can grow old."""

import tomllib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask

FOLDER = Path(__file__).parents[2] / "translations"


def read_po_files(app: Flask) -> None:
    """Fill Flask-Babel's cache for every language that has a catalogue."""
    with app.app_context():
        known = app.extensions["babel"].instance.domain_instance.cache
    for file in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        known[file.parent.parent.name, "messages"] = _translations(file)


@cache  # a process may make several apps, and reading takes a while
def _translations(file: Path) -> Translations:
    compiled = BytesIO()
    with file.open("rb") as words:
        write_mo(compiled, read_po(words, locale=file.parent.parent.name))
    compiled.seek(0)
    return Translations(compiled, domain="messages")


def words_of_toml(file: BinaryIO, *_: Any, **__: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield what a TOML table says in ``words``, as Babel's extractors do (see babel.cfg)."""
    for group in tomllib.load(file).values():
        for row in group.values():
            if "words" in row:
                yield 1, None, row["words"], []
