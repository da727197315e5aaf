"""Pure: detect the type of an uploaded document by its content, and sanitize its name."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.core import wording
from app.core.errors import N_, Message

LARGEST = 10 * 1024 * 1024  # bytes
# A form a little too large is still read, so that what was typed beside it is kept.
LARGEST_FORM = 25 * 1024 * 1024
LONGEST_NAME = 120
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/webp": ".webp",
    DOCX: ".docx",
}


@dataclass(frozen=True)
class UploadedDocument:
    """An uploaded document: its name, media type and content."""

    name: str
    kind: str
    body: bytes


def kind_of(body: bytes) -> str:
    """Return the media type by the content; "" if the type is not accepted.

    What the browser says of a file is believed of nobody. PDF readers take a header within the
    first 1,024 bytes (ISO 32000-1, annex H.3.4.1).
    """
    if b"%PDF-" in body[:1024]:
        return "application/pdf"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return DOCX if _is_docx(body) else ""


def _is_docx(body: bytes) -> bool:
    if not body.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return False
    plain = {"[Content_Types].xml", "word/document.xml"} <= names
    return plain and not any(name.endswith("vbaProject.bin") for name in names)


def fault_of(body: bytes) -> Message | None:
    """Return why a document is rejected, or None."""
    if not body:
        return Message(N_("Choose a document that is not empty; this one is."))
    if len(body) > LARGEST:
        return Message(N_("This document is larger than 10 MB. Send a smaller copy of it."))
    if not kind_of(body):
        return Message(N_("Send a PDF, a picture (JPEG, PNG, HEIC, WebP) or a Word file (.docx)."))
    return None


def name_of(sent_name: str, kind: str) -> str:
    """Return a file's base name on one line, with the extension of its detected type."""
    last = wording.one_line(sent_name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = PurePosixPath(last).stem.strip(". ") or "document"
    return stem[:LONGEST_NAME] + ENDINGS[kind]
