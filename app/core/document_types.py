"""Pure: detect the type of an uploaded document by its content, and sanitize its name."""

import io
import zipfile
from collections.abc import Set
from pathlib import PurePosixPath
from typing import BinaryIO

from app.core import wording
from app.core.errors import N_, Message

LARGEST = 10 * 1024 * 1024  # bytes
# A form a little too large is still read, so that what was typed beside it is kept.
LARGEST_FORM = 25 * 1024 * 1024
LONGEST_NAME = 120
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
HEIC, WEBP, TIFF = "image/heic", "image/webp", "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
M4A, MP3, MP4 = "audio/mp4", "audio/mpeg", "video/mp4"
ENDINGS = {
    PDF: ".pdf",
    JPEG: ".jpg",
    PNG: ".png",
    HEIC: ".heic",
    WEBP: ".webp",
    TIFF: ".tiff",
    DOCX: ".docx",
    XLSX: ".xlsx",
    M4A: ".m4a",
    MP3: ".mp3",
    MP4: ".mp4",
}
PICTURES = frozenset({JPEG, PNG, HEIC, WEBP, TIFF})
# What proves a reason, and what is given in as a paper.
DOCUMENTS = frozenset({PDF, JPEG, PNG, HEIC, WEBP, DOCX})
PAPERS = frozenset(ENDINGS)
# First bytes; MP3 begins with a tag or with the sync word of its first frame.
MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xfa", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
)
# Major brands of files in boxes (ISO 14496-12): the first box is "ftyp".
BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), M4A),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42"), MP4),
    **dict.fromkeys((b"avc1", b"M4V ", b"3gp4", b"3gp5", b"MSNV"), MP4),
}
# The part of an Office file that says which it is.
MEMBERS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
# A ZIP file's table of contents: a table of 50 MB would take half a gigabyte of memory.
LARGEST_TABLE, MOST_MEMBERS = 1024 * 1024, 10_000
END_OF_TABLE = b"PK\x05\x06"


def kind_of(file: BinaryIO, accepted: Set[str] = DOCUMENTS) -> str:
    """Return the media type by the content; "" if the type is not accepted.

    What the browser says of a file is believed of nobody. PDF readers take a header within the
    first 1,024 bytes (ISO 32000-1, annex H.3.4.1).
    """
    file.seek(0)
    kind = _kind(file, file.read(1024))
    return kind if kind in accepted else ""


def _kind(file: BinaryIO, head: bytes) -> str:
    for beginning, kind in MAGIC:
        if head.startswith(beginning):
            return kind
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    return PDF if b"%PDF-" in head else ""


def _office_kind(file: BinaryIO) -> str:
    """Return which Office file a ZIP file is, "" for others and for those with macros."""
    if not _has_small_table(file):
        return ""
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return ""
    if "[Content_Types].xml" not in names or any(n.endswith("vbaProject.bin") for n in names):
        return ""
    kinds = {kind for member, kind in MEMBERS.items() if member in names}
    return kinds.pop() if len(kinds) == 1 else ""


def _has_small_table(file: BinaryIO) -> bool:
    """Tell whether a ZIP file's table of contents is small enough to be read into memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))  # a comment has at most 65,535 bytes
    tail = file.read()
    at = tail.rfind(END_OF_TABLE)
    if at < 0 or len(tail) - at < 22:
        return False
    members = int.from_bytes(tail[at + 10 : at + 12], "little")
    table = int.from_bytes(tail[at + 12 : at + 16], "little")
    return members <= MOST_MEMBERS and table <= LARGEST_TABLE


def fault_of(file: BinaryIO, size: int) -> Message | None:
    """Return why a document of ``size`` bytes is rejected, or None."""
    if not size:
        return Message(N_("Choose a document that is not empty; this one is."))
    if size > LARGEST:
        return Message(N_("This document is larger than 10 MB. Send a smaller copy of it."))
    if not kind_of(file):
        return Message(N_("Send a PDF, a picture (JPEG, PNG, HEIC, WebP) or a Word file (.docx)."))
    return None


def name_of(sent_name: str, kind: str) -> str:
    """Return a file's base name on one line, with the extension of its detected type."""
    last = wording.one_line(sent_name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = PurePosixPath(last).stem.strip(". ") or "document"
    return stem[:LONGEST_NAME] + ENDINGS[kind]
