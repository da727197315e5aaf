"""Reading copies: pictures as grey A4 pages, PDFs without what acts, limits, and what is said."""

import io
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pillow_heif
import pytest
import sqlalchemy as sa
from PIL import Image

from app.core import document_types
from app.core.db import db
from app.papers.models import PaperFile
from app.papers.reading import runner
from app.papers.reading.results import ConversionResult
from app.storage.models import StoredFile
from app.worker import beat
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, words
from tests.papers.giving import draft
from tests.questions.test_questions import key

A4 = (595.276, 841.89)  # points


def convert(tmp_path: Path, media_type: str, body: bytes) -> ConversionResult:
    source = tmp_path / "source"
    source.write_bytes(body)
    return runner.convert(media_type, source, tmp_path)


def photograph(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **more: Any) -> bytes:
    """A picture whose left half is black, with a place and a camera among its metadata."""
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1]))
    exif = picture.getexif()
    exif[0x010F] = "Camera of a lawyer"
    exif[0x0112] = more.pop("turned", 1)
    exif.get_ifd(0x8825)[1] = "N"
    written = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(picture).save(written, exif=exif.tobytes())
    else:
        picture.save(written, kind, exif=exif, **more)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", document_types.JPEG),
        ("PNG", document_types.PNG),
        ("HEIC", document_types.HEIC),
        ("WEBP", document_types.WEBP),
        ("TIFF", document_types.TIFF),
    ],
)
def test_a_picture_becomes_a_grey_page_without_its_metadata(
    tmp_path: Path, kind: str, media_type: str
) -> None:
    result = convert(tmp_path, media_type, photograph(kind=kind))
    assert result == ConversionResult(pages=1, has_copy=True, has_image=True)
    copy = (tmp_path / "copy.pdf").read_bytes()
    assert b"Camera" not in copy
    with pikepdf.open(io.BytesIO(copy)) as document:
        [page] = document.pages
        sides = sorted(float(each) for each in page.mediabox[2:])
        assert sides == pytest.approx(A4, abs=0.1)
    with Image.open(tmp_path / "image.jpg") as image:
        assert (image.mode, dict(image.getexif())) == ("L", {})


def test_a_picture_is_turned_as_the_camera_says(tmp_path: Path) -> None:
    convert(tmp_path, document_types.JPEG, photograph(turned=6))  # a quarter to the right
    with Image.open(tmp_path / "image.jpg") as image:
        assert image.height > image.width
        assert image.getpixel((image.width // 2, 5)) < 60
        assert image.getpixel((image.width // 2, image.height - 5)) > 200


def test_each_page_of_a_tiff_is_one(tmp_path: Path) -> None:
    pages = [Image.new("L", (100, 150), shade) for shade in (0, 128, 255)]
    written = io.BytesIO()
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:])
    assert convert(tmp_path, document_types.TIFF, written.getvalue()).pages == 3


def pdf(**more: Any) -> bytes:
    """A PDF of two pages, with what is asked for."""
    document = pikepdf.new()
    for _ in range(2):
        document.add_blank_page()
    if more.get("script"):
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.Root.OpenAction = document.make_indirect(action)
    if more.get("launch"):
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=launch)
        document.pages[0]["/Annots"] = pikepdf.Array([document.make_indirect(link)])
    if more.get("file"):
        document.attachments["evil.exe"] = b"MZ"
    written = io.BytesIO()
    passwords = more.get("passwords")
    document.save(written, encryption=pikepdf.Encryption(**passwords) if passwords else False)
    return written.getvalue()


def test_a_plain_pdf_is_its_own_reading_copy(tmp_path: Path) -> None:
    assert convert(tmp_path, document_types.PDF, pdf()) == ConversionResult(pages=2)


@pytest.mark.parametrize("what", ["script", "launch", "file"])
def test_what_acts_in_a_pdf_is_left_out_and_said(tmp_path: Path, what: str) -> None:
    result = convert(tmp_path, document_types.PDF, pdf(**{what: True}))
    assert result == ConversionResult(pages=2, note="active", has_copy=True)
    copy = (tmp_path / "copy.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert "/OpenAction" not in document.Root
        assert list(document.attachments) == []
        assert b"cmd.exe" not in b"".join(repr(each).encode() for each in document.objects)


def test_a_pdf_with_passwords(tmp_path: Path) -> None:
    locked = pdf(passwords={"owner": "a", "user": "b"})
    assert convert(tmp_path, document_types.PDF, locked).note == "password"
    protected = convert(tmp_path, document_types.PDF, pdf(passwords={"owner": "a", "user": ""}))
    assert protected == ConversionResult(pages=2, note="protected", has_copy=True)


def bomb() -> bytes:
    """A PNG that says that it has 100,000 x 100,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    side = (100_000).to_bytes(4, "big")
    head = side + side + bytes([8, 0, 0, 0, 0])
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("media_type", "body", "note"),
    [
        (document_types.PNG, bomb(), "large"),
        (document_types.JPEG, b"\xff\xd8\xff\xe0 cut", "broken"),
        (document_types.JPEG, photograph()[:900], "broken"),
        (document_types.PDF, b"%PDF-1.7\nnothing", "broken"),
        (document_types.HEIC, b"\0\0\0\x18ftypheic", "broken"),
        (document_types.PDF, b"", "broken"),
    ],
    ids=["bomb", "cut", "truncated", "no pdf", "no heic", "empty"],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, media_type: str, body: bytes, note: str
) -> None:
    result = convert(tmp_path, media_type, body)
    assert (result.pages, result.note, result.has_copy) == (None, note, False)


@pytest.mark.database
def test_the_worker_reads_what_was_given_and_erasing_takes_the_copies_along(
    scenario: Scenario,
) -> None:
    scenario.api("POST", "/cases", CASE)
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    files = [
        ("photo", "IMG_1.jpg", photograph()),
        ("photo", "IMG_2.heic", photograph((300, 500), "HEIC")),
        ("file", "contract.pdf", pdf(script=True)),
        ("file", "broken.pdf", b"%PDF-1.7\n"),
        ("file", "call.mp3", b"ID3\x04sound"),
    ]
    draft(client, link, files)
    assert beat.read_papers(scenario.app) == 5
    assert beat.read_papers(scenario.app) == 0
    page = client.get(f"{link}/papers")
    assert page.text.count('src="/download/') == 3  # the paper's own, and both its pages
    filed = draft(client, link, do="file")
    said = words(client.get(filed.location))
    assert "2 photographs, copy 2" in said
    assert "PDF, copy 2" in said
    receipt = client.get(filed.location.replace("receipt?", "receipt.json?")).json
    assert [each["pages"] for each in receipt["papers"]] == [2, 2, None, None]
    item = words(client.get(f"{link}/papers/item?id=2"))
    assert "the reading copy leaves them out" in item
    broken = words(client.get(f"{link}/papers/item?id=3"))
    assert "damaged and could not be read. It is filed as it is." in broken
    with scenario.app.app_context():
        states = list(db.session.scalars(sa.select(PaperFile.reading_state).order_by(PaperFile.id)))
        assert states == ["read", "read", "read", "unreadable", "none"]
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 10
    draft(client, link, [("photo", "IMG_9.jpg", photograph((500, 400)))])
    assert beat.read_papers(scenario.app) == 1
    draft(client, link, do="drop-5")
    scenario.beat()
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 10
