"""Read the catalogues as they are written (.po), so that no compiled copy can grow old."""

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask

FOLDER = Path(__file__).parent / "translations"


def read_po_files(app: Flask) -> None:
    """Fill Flask-Babel's cache for every language that has a catalogue."""
    with app.app_context():
        cache = app.extensions["babel"].instance.domain_instance.cache
    for file in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        tongue = file.parent.parent.name
        compiled = BytesIO()
        with file.open("rb") as words:
            write_mo(compiled, read_po(words, locale=tongue))
        compiled.seek(0)
        cache[tongue, "messages"] = Translations(compiled, domain="messages")
