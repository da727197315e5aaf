"""A document is what its bytes say, whatever its name or the browser claims."""

import io
import zipfile

import pytest

from app.core import document_types


def packed(*names: str) -> bytes:
    """A ZIP file with some members, the same whenever it is made: tests are named by it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), "x")
    return made.getvalue()


WORD = ("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\0" * 100 + b"%PDF-1.4", "application/pdf"),
        (b"\0" * 1024 + b"%PDF-1.4", ""),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (packed(*WORD), document_types.DOCX),
        (packed(*WORD, "word/vbaProject.bin"), ""),
        (packed("evil.exe"), ""),
        (packed(*WORD)[:60], ""),
        (b"MZ\x90\0", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"<svg onload=alert(1)>", ""),
        (b"", ""),
    ],
)
def test_what_a_document_is(body: bytes, kind: str) -> None:
    file = io.BytesIO(body)
    assert document_types.kind_of(file) == kind
    assert (document_types.fault_of(file, len(body)) is None) == bool(kind)


def test_a_document_that_is_too_large_is_refused() -> None:
    file = io.BytesIO(b"%PDF-")
    assert document_types.fault_of(file, document_types.LARGEST) is None
    assert "10 MB" in str(document_types.fault_of(file, document_types.LARGEST + 1))


PAPERS = {
    b"II*\0": document_types.TIFF,
    b"MM\0*": document_types.TIFF,
    b"ID3\x04\0": document_types.MP3,
    b"\xff\xfb\x90\0": document_types.MP3,
    b"\0\0\0\x1cftypM4A \0": document_types.M4A,
    b"\0\0\0\x20ftypisom\0": document_types.MP4,
    packed("[Content_Types].xml", "xl/workbook.xml"): document_types.XLSX,
}


@pytest.mark.parametrize(("body", "kind"), PAPERS.items(), ids=PAPERS.values())
def test_papers_are_of_more_types_than_documents(body: bytes, kind: str) -> None:
    file = io.BytesIO(body)
    assert document_types.kind_of(file, document_types.PAPERS) == kind
    assert document_types.kind_of(file) == ""


@pytest.mark.parametrize(
    "body",
    [
        b"\0\0\0\x14ftypqt  ",
        b"GIF89a",
        packed("[Content_Types].xml", "xl/workbook.xml", "word/document.xml"),
        packed(*WORD, *(str(n) for n in range(document_types.MOST_MEMBERS))),
        b"PK\x03\x04" + b"\0" * 99,
    ],
    ids=["film", "gif", "both", "many", "cut"],
)
def test_what_is_no_paper_is_none(body: bytes) -> None:
    assert document_types.kind_of(io.BytesIO(body), document_types.PAPERS) == ""


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("summons.PDF", "summons.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\li\\传票.exe", "传票.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("...", "document.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("𠮷" * 200 + ".pdf", "𠮷" * 120 + ".pdf"),
    ],
)
def test_a_name_has_no_folder_and_the_ending_of_what_the_document_is(given: str, name: str) -> None:
    assert document_types.name_of(given, "application/pdf") == name
