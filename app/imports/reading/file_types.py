"""What kind of file it is by its bytes, whatever it is called; and a name that does no harm."""

import re
import unicodedata
import zipfile
from pathlib import Path

from app.core.errors import N_, Invalid, Message

TEXT, WORKBOOK = "text", "workbook"
_PLAIN_SAVE = N_("This is %(kind)s: save the table as XLSX or CSV UTF-8.")
_START = {
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
# Parts by which a ZIP archive is known that is no workbook of Excel's present format.
_PACKED = {
    "xl/workbook.bin": N_("a binary Excel workbook (XLSB)"),
    "word/document.xml": N_("a Word file"),
    "ppt/presentation.xml": N_("a PowerPoint file"),
    "Index/Document.iwa": N_("a Numbers document"),
}
_IN_OLE = {
    "EncryptedPackage": N_(
        "This workbook is protected by a password: take the password off and save it."
    ),
    "WordDocument": N_("This is an old Word file: save the table as XLSX or CSV UTF-8."),
}
_PAGE = re.compile(rb"<(!doctype html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(name: str, most: int = 200) -> str:
    """Return a file's name as it can be shown and kept: no path, nothing invisible, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    if len(shown) > most:
        stem, dot, ending = shown.rpartition(".")
        kept = f"{dot}{ending}" if dot and len(ending) < 10 else ""
        shown = (stem if kept else shown)[: most - len(kept) - 1] + "…" + kept
    if not shown.strip(". ") or _RESERVED.fullmatch(shown):
        return "file"
    return shown


def kind_of(file: Path) -> str:
    """Return TEXT or WORKBOOK. Raises Invalid, saying what else the file is and what to do."""
    with file.open("rb") as opened:
        start = opened.read(4096)
    if start.startswith(b"PK"):
        return _packed(file)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _invalid(_in_ole(file))
    for mark, kind in _START.items():
        if start.startswith(mark) and (mark != b"BM" or b"\0" in start[:64]):
            raise _invalid(Message(_PLAIN_SAVE, kind=Message(kind)))
    if start[4:8] == b"ftyp" or (start.startswith(b"RIFF") and start[8:12] == b"WEBP"):
        raise _invalid(Message(_PLAIN_SAVE, kind=Message(N_("a picture"))))
    lean = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if lean.startswith(b"<"):
        raise _invalid(_marked_up(lean))
    if lean.lower().startswith(b"mime-version:"):
        raise _invalid(Message(_AS_A_PAGE))
    return TEXT


_AS_A_PAGE = N_(
    "This is a web page under the name of a table: open it in Excel or WPS, and save it as XLSX."
)


def _marked_up(start: bytes) -> Message:
    if _PAGE.search(start):
        return Message(_AS_A_PAGE)
    if b"Excel.Sheet" in start or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return Message(_PLAIN_SAVE, kind=Message(N_("an Excel workbook as XML (2003)")))
    return Message(_PLAIN_SAVE, kind=Message(N_("an XML file")))


def _packed(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as packed:
            names = {each.replace("\\", "/") for each in packed.namelist()}
            form = packed.open("mimetype").read(200) if "mimetype" in names else b""
            book = packed.open("xl/workbook.xml").read(4096) if "xl/workbook.xml" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise _invalid(
            Message(N_("The file is damaged, or was not sent whole: save and give it anew."))
        ) from None
    if b"opendocument" in form:
        kind = (
            N_("an OpenDocument table (ODS)")
            if b"spreadsheet" in form
            else N_("an OpenDocument file")
        )
        raise _invalid(Message(_PLAIN_SAVE, kind=Message(kind)))
    if b"purl.oclc.org/ooxml" in book:
        kind = N_("a workbook in Excel's strict format")
        raise _invalid(Message(_PLAIN_SAVE, kind=Message(kind)))
    for part, kind in _PACKED.items():
        if part in names:
            raise _invalid(Message(_PLAIN_SAVE, kind=Message(kind)))
    if not any(name.endswith(("workbook.xml", "workbook2.xml")) for name in names):
        if "[Content_Types].xml" in names or not names:
            raise _invalid(
                Message(N_("The file cannot be read as XLSX: it has no workbook. Save it anew."))
            )
        raise _invalid(
            Message(N_("This is a packed archive (ZIP): unpack it, and give the table in it."))
        )
    return WORKBOOK


def _in_ole(file: Path) -> Message:
    """Return what is said of a file in the container of Office before 2007."""
    with file.open("rb") as opened:
        body = opened.read(64 * 1024 * 1024)
    for stream, words in _IN_OLE.items():
        if stream.encode("utf-16-le") in body:
            return Message(words)
    return Message(N_("This is an old Excel file (XLS): save it as XLSX or CSV UTF-8."))


def _invalid(said: Message) -> Invalid:
    return Invalid({"file": said})
