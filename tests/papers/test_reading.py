"""Reading copies: pictures as grey A4 pages, PDFs without what acts, limits, and what is said."""

import io
import re
import struct
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
from app.papers.models import PaperFile, PaperPage
from app.papers.reading import runner
from app.papers.reading.results import ConversionRequest, ConversionResult
from app.storage.models import StoredFile
from app.worker import beat
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, words
from tests.papers.giving import draft
from tests.questions.test_questions import key

A4 = (595.276, 841.89)  # points
SECRETS = (b"Camera", b"Lawyer", b"xmpmeta", b"Exif")  # of the metadata of photographs


def convert(tmp_path: Path, media_type: str, body: bytes, **more: int) -> ConversionResult:
    source = tmp_path / "source"
    source.write_bytes(body)
    return runner.convert(ConversionRequest(media_type, str(source), str(tmp_path), **more))


def sizes(result: ConversionResult) -> list[tuple[int, int]]:
    return [(each.width, each.height) for each in result.images]


def photograph(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **more: Any) -> bytes:
    """A picture whose left half is black, with a place and a camera among its metadata."""
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1]))
    exif = picture.getexif()
    exif[0x010F] = "Camera of a lawyer"
    if kind in ("JPEG", "WEBP"):
        more["xmp"] = b"<x:xmpmeta>Lawyer's phone</x:xmpmeta>"
    if kind == "JPEG":
        more["comment"] = b"Lawyer's remark"
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
    assert (result.pages, result.notes, sizes(result)) == (1, (), [(400, 300)])
    assert result.has_copy
    assert result.has_thumbnail
    for name in ("copy.pdf", "page-1.jpg", "thumbnail.jpg"):
        assert not [each for each in SECRETS if each in (tmp_path / name).read_bytes()]
    copy = (tmp_path / "copy.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(copy)) as document:
        [page] = document.pages
        sides = sorted(float(each) for each in page.mediabox[2:])
        assert sides == pytest.approx(A4, abs=0.1)
    with Image.open(tmp_path / "page-1.jpg") as image:
        assert (image.mode, dict(image.getexif())) == ("L", {})


def test_a_picture_is_turned_as_the_camera_says(tmp_path: Path) -> None:
    convert(tmp_path, document_types.JPEG, photograph(turned=6))  # a quarter to the right
    with Image.open(tmp_path / "page-1.jpg") as image:
        assert image.height > image.width
        assert image.getpixel((image.width // 2, 5)) < 60
        assert image.getpixel((image.width // 2, image.height - 5)) > 200


@pytest.mark.parametrize(
    ("turned", "black"), [(0, "left"), (90, "top"), (180, "right"), (270, "bottom")]
)
def test_a_picture_is_turned_as_its_author_says(tmp_path: Path, turned: int, black: str) -> None:
    result = convert(tmp_path, document_types.JPEG, photograph(), turned=turned)
    with Image.open(tmp_path / "page-1.jpg") as image:
        width, height = image.size
        edges = {
            "left": image.getpixel((5, height // 2)),
            "top": image.getpixel((width // 2, 5)),
            "right": image.getpixel((width - 5, height // 2)),
            "bottom": image.getpixel((width // 2, height - 5)),
        }
    assert sizes(result) == [(300, 400) if turned % 180 else (400, 300)]
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[black]
    assert edges[black] < 60
    assert edges[opposite] > 200


def two_shades(kind: str) -> tuple[str, bytes]:
    """A picture, half black and half paper, in one of the modes that files have."""
    written = io.BytesIO()
    grey = Image.new("L", (800, 600), 255)
    grey.paste(0, (0, 0, 400, 600))
    if kind == "16 bits":
        deep = Image.frombytes("I;16", (2, 1), b"\0\0\xff\xff").resize((800, 600), 0)
        deep.save(written, "PNG")
    elif kind == "32 bits":
        deep = Image.frombytes("I", (2, 1), bytes(4) + b"\xff\xff\xff\x7f").resize((800, 600), 0)
        deep.save(written, "TIFF")
    elif kind == "fractions":
        grey.convert("F").point(lambda value: value * (1 / 255)).save(written, "TIFF")
    elif kind == "printing colours":
        grey.convert("RGB").convert("CMYK").save(written, "JPEG")
    elif kind == "transparent":
        picture = Image.new("RGBA", (800, 600), (0, 0, 0, 0))
        picture.paste((0, 0, 0, 255), (0, 0, 400, 600))
        picture.save(written, "PNG")
    elif kind == "palette":
        picture = Image.new("P", (800, 600), 0)
        picture.putpalette([9, 9, 9, 0, 0, 0])
        picture.paste(1, (0, 0, 400, 600))
        picture.save(written, "PNG", transparency=0)
    else:
        grey.convert("1").save(written, "TIFF", compression="group4")
    media_types = {"32 bits": document_types.TIFF, "fractions": document_types.TIFF}
    media_types |= {"fax": document_types.TIFF, "printing colours": document_types.JPEG}
    return media_types.get(kind, document_types.PNG), written.getvalue()


@pytest.mark.parametrize(
    "kind",
    ["16 bits", "32 bits", "fractions", "printing colours", "transparent", "palette", "fax"],
)
def test_black_stays_black_and_paper_white(tmp_path: Path, kind: str) -> None:
    result = convert(tmp_path, *two_shades(kind))
    assert (result.pages, result.notes) == (1, ())
    with Image.open(tmp_path / "page-1.jpg") as image:
        edges = [image.getpixel((x, 300)) for x in (10, 790)]
    assert edges[0] < 20
    assert edges[1] > 235


def test_each_page_of_a_tiff_is_one(tmp_path: Path) -> None:
    pages = [Image.new("L", (100, 150), shade) for shade in (0, 128, 255)]
    written = io.BytesIO()
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:])
    assert convert(tmp_path, document_types.TIFF, written.getvalue()).pages == 3


D, N, A = pikepdf.Dictionary, pikepdf.Name, pikepdf.Array


def script() -> Any:
    return D(S=N.JavaScript, JS="app.alert(1) evil")


def annotate(document: Any, page: Any, **more: Any) -> None:
    annotation = D(Type=N.Annot, **{"Subtype": N.Link, "Rect": [0, 0, 9, 9], **more})
    page["/Annots"] = A([document.make_indirect(annotation)])


def outline(document: Any, _page: Any) -> None:
    item = document.make_indirect(D(Title="Chapter", A=script()))
    document.Root.Outlines = document.make_indirect(D(First=item, Last=item, Count=1))


def form(document: Any, page: Any) -> None:
    events = D(K=script())
    annotate(document, page, Subtype=N.Widget, FT=N.Tx, T="amount", V="42", AA=events)
    document.Root.AcroForm = D(Fields=page["/Annots"], XFA="<evil/>")


def attach(document: Any, _page: Any) -> None:
    document.attachments["evil.exe"] = b"MZ evil"


def attach_to_page(document: Any, page: Any) -> None:
    stream = document.make_stream(b"MZ evil")
    file = document.make_indirect(D(Type=N.Filespec, F="evil.exe", EF=D(F=stream)))
    annotate(document, page, Subtype=N.FileAttachment, FS=file)
    page.AF = A([file])


def several(document: Any, _page: Any) -> None:
    actions = A([D(S=N.Named, N=N.NextPage), script()])
    document.Root.OpenAction = D(S=N.GoTo, D="here", Next=actions)


PARTS: dict[str, Any] = {
    "script": lambda document, _: setattr(document.Root, "OpenAction", script()),
    "script of a page": lambda _, page: setattr(page, "AA", D(O=script())),
    "script after others": several,
    "script of a bookmark": outline,
    "named scripts": lambda document, _: setattr(
        document.Root, "Names", D(JavaScript=D(Names=["a", script()]))
    ),
    "form": form,
    "launch": lambda document, page: annotate(document, page, A=D(S=N.Launch, F="evil.exe")),
    "send": lambda document, page: annotate(document, page, A=D(S=N.SubmitForm, F="evil")),
    "file": attach,
    "file on a page": attach_to_page,
    "portfolio": lambda document, _: setattr(document.Root, "Collection", D(View=N.T, D="evil")),
    "link": lambda document, page: annotate(document, page, A=D(S=N.URI, URI="http://evil")),
}


def pdf(*parts: str, count: int = 2, passwords: dict[str, str] | None = None) -> bytes:
    """A PDF, by default of two pages, with the parts that are asked for."""
    document = pikepdf.new()
    for _ in range(count):
        document.add_blank_page()
    for part in parts:
        PARTS[part](document, document.pages[0].obj)
    written = io.BytesIO()
    document.save(written, encryption=pikepdf.Encryption(**passwords) if passwords else False)
    return written.getvalue()


def test_a_plain_pdf_is_its_own_reading_copy(tmp_path: Path) -> None:
    result = convert(tmp_path, document_types.PDF, pdf())
    assert (result.pages, result.notes, result.has_copy) == (2, (), False)
    assert sizes(result) == [(1356, 1754)] * 2
    with Image.open(tmp_path / "page-2.jpg") as image:
        assert image.format == "JPEG"


@pytest.mark.parametrize("what", PARTS)
def test_what_acts_in_a_pdf_is_left_out_and_said(tmp_path: Path, what: str) -> None:
    result = convert(tmp_path, document_types.PDF, pdf(what))
    note = "links" if what == "link" else "active"
    assert (result.pages, result.notes, result.has_copy) == (2, (note,), True)
    with pikepdf.open(tmp_path / "copy.pdf") as document:
        assert list(document.attachments) == []
        whole = b"".join(
            each.read_bytes() if isinstance(each, pikepdf.Stream) else each.unparse(resolved=True)
            for each in document.objects
        )
    assert b"evil" not in whole
    assert b"JavaScript" not in whole


def test_what_only_has_such_a_name_stays(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    font = D(Type=N.Font, Subtype=N.Type1, BaseFont=N.Courier)
    document.pages[0].Resources = D(Font=D({f"/{name}": font for name in ("A", "AA", "EF", "AF")}))
    document.pages[0].A = D(O=N.Layout)
    written = io.BytesIO()
    document.save(written)
    result = convert(tmp_path, document_types.PDF, written.getvalue())
    assert (result.notes, result.has_copy) == ((), False)


def test_what_is_filled_in_is_shown(tmp_path: Path) -> None:
    font = D(Type=N.Font, Subtype=N.Type1, BaseFont=N.Helvetica)
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 100))
    field = {"Subtype": N.Widget, "FT": N.Tx, "T": "amount", "V": "4242", "F": 4}
    place = {"Rect": [10, 10, 190, 90], "DA": "/Helv 40 Tf 0 g"}
    annotate(document, document.pages[0].obj, **field, **place)
    fonts = D(Font=D(Helv=font))
    document.Root.AcroForm = D(
        Fields=document.pages[0].Annots, NeedAppearances=True, DR=fonts, DA="/Helv 40 Tf 0 g"
    )
    written = io.BytesIO()
    document.save(written)
    convert(tmp_path, document_types.PDF, written.getvalue())
    with Image.open(tmp_path / "page-1.jpg") as image:
        assert image.convert("L").getextrema()[0] < 100


def test_a_pdf_with_passwords(tmp_path: Path) -> None:
    locked = pdf(passwords={"owner": "a", "user": "b"})
    assert convert(tmp_path, document_types.PDF, locked).notes == ("password",)
    protected = convert(tmp_path, document_types.PDF, pdf(passwords={"owner": "a", "user": ""}))
    assert (protected.pages, protected.notes) == (2, ("protected",))
    both = pdf("script", passwords={"owner": "a", "user": ""})
    assert convert(tmp_path, document_types.PDF, both).notes == ("active", "protected")


def test_of_a_cut_pdf_it_is_said_that_parts_may_be_missing(tmp_path: Path) -> None:
    result = convert(tmp_path, document_types.PDF, pdf(count=20)[:-600])
    assert (result.notes, result.has_copy) == (("repaired",), True)


@pytest.mark.extended
def test_a_page_that_nobody_can_draw_takes_only_the_images(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    shapes = document.make_stream(b"/F Do /F Do\n", Type=N.XObject, Subtype=N.Form)
    shapes.BBox, shapes.Resources = [0, 0, 9, 9], D(XObject=D(F=shapes))
    document.pages[0].Resources = D(XObject=D(F=shapes))
    packer, blank = zlib.compressobj(), bytes(1024**2)
    blanks = b"".join(packer.compress(blank) for _ in range(2500)) + packer.flush()
    document.pages[0].Contents = pikepdf.Stream(document, blanks, Filter=N.FlateDecode)
    written = io.BytesIO()
    document.save(written)
    result = convert(tmp_path, document_types.PDF, written.getvalue())
    assert (result.pages, result.images) == (1, ())


def test_of_a_long_pdf_the_first_pages_come_first(tmp_path: Path) -> None:
    long = pdf(count=5000)
    result = convert(tmp_path, document_types.PDF, long)
    assert (result.pages, len(result.images)) == (5000, 4)
    more = convert(tmp_path, document_types.PDF, long, first=5, last=20)
    assert [each.number for each in more.images] == list(range(5, 21))
    longer = convert(tmp_path, document_types.PDF, pdf(count=5001))
    assert (longer.pages, longer.notes) == (5001, ("large",))


def bomb() -> bytes:
    """A PNG that says that it has 100,000 x 100,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    side = (100_000).to_bytes(4, "big")
    head = side + side + bytes([8, 0, 0, 0, 0])
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


def tiff_bomb() -> bytes:
    """A TIFF that says that it has 100,000 x 100,000 pixels."""
    fields = [(256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    fields += [(273, 4, 8), (277, 3, 1), (278, 4, 100_000), (279, 4, 8)]
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(fields)) + rows + bytes(4)


def looping_pages() -> bytes:
    """A PDF whose pages are among their own parents."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]
    body = b"%PDF-1.7\n"
    for number, each in enumerate(objects, 1):
        body += b"%d 0 obj%bendobj\n" % (number, each)
    return body + b"trailer<</Root 1 0 R/Size 3>>\n%%EOF"


@pytest.mark.parametrize(
    ("media_type", "body", "note"),
    [
        (document_types.PNG, bomb(), "large"),
        (document_types.JPEG, b"\xff\xd8\xff\xe0 cut", "broken"),
        (document_types.JPEG, photograph()[:900], "broken"),
        (document_types.PDF, b"%PDF-1.7\nnothing", "broken"),
        (document_types.HEIC, b"\0\0\0\x18ftypheic", "broken"),
        (document_types.PDF, b"", "broken"),
        (document_types.PDF, looping_pages(), "broken"),
        (document_types.TIFF, tiff_bomb(), "large"),
    ],
    ids=["bomb", "cut", "truncated", "no pdf", "no heic", "empty", "loop", "tiff bomb"],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, media_type: str, body: bytes, note: str
) -> None:
    result = convert(tmp_path, media_type, body)
    assert (result.pages, result.notes, result.has_copy) == (None, (note,), False)


@pytest.mark.database
def test_the_worker_reads_what_was_given_and_erasing_takes_the_copies_along(
    scenario: Scenario,
) -> None:
    scenario.api("POST", "/cases", CASE)
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    files = [
        ("photo", "IMG_1.jpg", photograph()),
        ("photo", "IMG_2.heic", photograph((300, 500), "HEIC")),
        ("file", "contract.pdf", pdf("script")),
        ("file", "broken.pdf", b"%PDF-1.7\n"),
        ("file", "call.mp3", b"ID3\x04sound"),
    ]
    draft(client, link, files)
    assert beat.read_papers(scenario.app) == 5
    assert beat.read_papers(scenario.app) == 0
    page = client.get(f"{link}/papers")
    # Of the photographs the paper's own and both pages, of the PDF the paper's own.
    assert page.text.count('src="/download/') == 4
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
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 14
    for number, count in ((1, 2), (2, 2), (3, 0)):
        item = client.get(f"{link}/papers/item?id={number}")
        images = re.findall(r'<img src="(/download/[^"]+)" width="\d+" height="\d+"', item.text)
        assert len(images) == count
        for address in images:
            image = scenario.client.get(address)
            assert image.headers["Content-Disposition"].startswith("inline; ")
            assert image.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert Image.open(io.BytesIO(image.data)).format == "JPEG"
    assert "Files of this type are not shown as pages" in words(
        client.get(f"{link}/papers/item?id=4")
    )
    court = scenario.sign_in()
    court.set_cookie("lang", "en")
    shown = court.get("/filings/papers/1")
    assert shown.text.count('<img src="/download/') == 2
    assert court.get("/filings/papers/999").status_code == 404
    draft(client, link, [("photo", "IMG_9.jpg", photograph((500, 400)))])
    assert beat.read_papers(scenario.app) == 1
    draft(client, link, do="drop-5")
    scenario.beat()
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 14


@pytest.mark.database
def test_the_images_of_a_long_pdf_are_made_in_batches(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    draft(client, link, [("file", "long.pdf", pdf(count=120)), ("file", "b.pdf", pdf())])
    seen = []
    with scenario.app.app_context():
        for _ in range(3):
            beat.run_step(beat.read_paper, beat.sender_of(scenario.app))
            query = sa.select(sa.func.count(PaperPage.id)).group_by(PaperPage.file_id)
            seen.append(sorted(db.session.scalars(query)))
            db.session.remove()
    assert seen == [[4], [2, 4], [2, 20]]  # the first pages of all files come first
    filed = draft(client, link, do="file")
    said = words(client.get(f"{link}/papers/item?id=1"))
    assert "Pages 1–20 of 120 are ready; the next ones follow." in said
    assert beat.read_papers(scenario.app) == 5
    said = words(client.get(f"{link}/papers/item?id=1"))
    assert "Pages 1–100 of 120 are shown here. Download the file for the rest." in said
    assert filed.status_code == 303


@pytest.mark.database
def test_one_file_that_cannot_be_fetched_stops_no_other(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    draft(client, link, [("file", "a.pdf", pdf()), ("file", "b.pdf", pdf(count=3))])
    with scenario.app.app_context():
        first = scenario.folder / "papers" / db.session.get_one(PaperFile, 1).digest[:2]
        db.session.remove()
    hidden = first.rename(first.with_name("hidden"))
    first.write_bytes(b"")  # what was a folder cannot be read: not the fault of the file
    beat.read_papers(scenario.app)
    beat.read_papers(scenario.app)
    states = sa.select(PaperFile.reading_state).order_by(PaperFile.id)
    with scenario.app.app_context():
        assert list(db.session.scalars(states)) == ["", "read"]
        db.session.remove()
    first.unlink()
    hidden.rename(first)
    scenario.wait(minutes=6)
    assert beat.read_papers(scenario.app) == 1
    with scenario.app.app_context():
        assert list(db.session.scalars(states)) == ["read", "read"]
