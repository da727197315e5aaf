"""Detect the type of a file by its content, and sanitize file names."""

import re
import unicodedata
import zipfile
from pathlib import Path

from app.core.errors import N_, Invalid, Message

TEXT, WORKBOOK = "text", "workbook"
_SAVE_AS_TABLE = N_("This is %(kind)s: save the table as XLSX or CSV UTF-8.")
_SIGNATURES = {
    b"%PDF": N_("a PDF"),
    b"{\\rtf": N_("a text document (RTF)"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
    b"GIF8": N_("a picture"),
    b"II*\0": N_("a picture"),
    b"MM\0*": N_("a picture"),
    b"BM": N_("a picture"),
    b"\x1f\x8b": N_("a packed archive"),
    b"Rar!": N_("a packed archive"),
    b"7z\xbc\xaf": N_("a packed archive"),
    b"SQLite format 3": N_("a database"),
}
# Members that identify ZIP-based formats other than XLSX.
_ZIP_FORMATS = {
    "xl/workbook.bin": N_("a binary Excel workbook (XLSB)"),
    "word/document.xml": N_("a Word file"),
    "ppt/presentation.xml": N_("a PowerPoint file"),
    "Index/Document.iwa": N_("a Numbers document"),
}
_OLE_STREAMS = {
    "EncryptedPackage": N_(
        "This workbook is protected by a password: take the password off and save it."
    ),
    "WordDocument": N_("This is an old Word file: save the table as XLSX or CSV UTF-8."),
}
_PAGE = re.compile(rb"<(!doctype html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(name: str, max_length: int = 200) -> str:
    """Sanitize a file name for display and storage: no path or control characters, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    if len(visible) > max_length:
        stem, dot, ending = visible.rpartition(".")
        suffix = f"{dot}{ending}" if dot and len(ending) < 10 else ""
        visible = (stem if suffix else visible)[: max_length - len(suffix) - 1] + "…" + suffix
    if not visible.strip(". ") or _RESERVED.fullmatch(visible):
        return "file"
    return visible


def kind_of(file: Path) -> str:
    """Return TEXT or WORKBOOK. Raises Invalid for any other type, with the remedy."""
    with file.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"PK"):
        return _zip_type(file)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _invalid(_ole_error(file))
    for magic, kind in _SIGNATURES.items():
        if start.startswith(magic) and (magic != b"BM" or b"\0" in start[:64]):
            raise _invalid(Message(_SAVE_AS_TABLE, kind=Message(kind)))
    if start[4:8] == b"ftyp" or (start.startswith(b"RIFF") and start[8:12] == b"WEBP"):
        raise _invalid(Message(_SAVE_AS_TABLE, kind=Message(N_("a picture"))))
    content = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if content.startswith(b"<"):
        raise _invalid(_markup_error(content))
    if content.lower().startswith(b"mime-version:"):
        raise _invalid(Message(_WEB_PAGE))
    return TEXT


_WEB_PAGE = N_(
    "This is a web page under the name of a table: open it in Excel or WPS, and save it as XLSX."
)


def _markup_error(start: bytes) -> Message:
    if _PAGE.search(start):
        return Message(_WEB_PAGE)
    if b"Excel.Sheet" in start or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return Message(_SAVE_AS_TABLE, kind=Message(N_("an Excel workbook as XML (2003)")))
    return Message(_SAVE_AS_TABLE, kind=Message(N_("an XML file")))


def _zip_type(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = {member.replace("\\", "/") for member in archive.namelist()}
            mimetype = archive.open("mimetype").read(200) if "mimetype" in names else b""
            workbook_xml = (
                archive.open("xl/workbook.xml").read(4096) if "xl/workbook.xml" in names else b""
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise _invalid(
            Message(N_("The file is damaged, or was not sent whole: save and give it anew."))
        ) from None
    if b"opendocument" in mimetype:
        kind = (
            N_("an OpenDocument table (ODS)")
            if b"spreadsheet" in mimetype
            else N_("an OpenDocument file")
        )
        raise _invalid(Message(_SAVE_AS_TABLE, kind=Message(kind)))
    if b"purl.oclc.org/ooxml" in workbook_xml:
        kind = N_("a workbook in Excel's strict format")
        raise _invalid(Message(_SAVE_AS_TABLE, kind=Message(kind)))
    for part, kind in _ZIP_FORMATS.items():
        if part in names:
            raise _invalid(Message(_SAVE_AS_TABLE, kind=Message(kind)))
    if not any(name.endswith(("workbook.xml", "workbook2.xml")) for name in names):
        if "[Content_Types].xml" in names or not names:
            raise _invalid(
                Message(N_("The file cannot be read as XLSX: it has no workbook. Save it anew."))
            )
        raise _invalid(
            Message(N_("This is a packed archive (ZIP): unpack it, and give the table in it."))
        )
    return WORKBOOK


def _ole_error(file: Path) -> Message:
    """Return the error for a file in an OLE container (Office before 2007)."""
    with file.open("rb") as ole_file:
        body = ole_file.read(64 * 1024 * 1024)
    for stream_name, text in _OLE_STREAMS.items():
        if stream_name.encode("utf-16-le") in body:
            return Message(text)
    return Message(N_("This is an old Excel file (XLS): save it as XLSX or CSV UTF-8."))


def _invalid(message: Message) -> Invalid:
    return Invalid({"file": message})
