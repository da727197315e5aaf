"""Papers together for the court: the zip as filed, one PDF with a cover sheet and bookmarks."""

import csv
import hashlib
import io
import shutil
import subprocess
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import document_types
from app.papers.access import Withheld
from app.papers.bundles import sheets, zipped
from app.papers.bundles.contents import (
    LONGEST_NAME,
    Bundle,
    BundledFile,
    BundledPaper,
    paths_of,
    safe_name,
)
from app.papers.bundles.sheets import Line, LineStyle
from app.papers.models import Paper, PaperFile
from app.worker import beat
from tests.conftest import CASE, NOW, Scenario
from tests.counsel.test_answers import browser
from tests.papers.giving import draft, send
from tests.papers.test_reading import pdf, photograph
from tests.questions.test_questions import key

NAMES = ["../../etc/passwd", "CON", "a" * 300, "合同\u202e正本", "=1+1", "x/y\\z:*?", "", ".."]


@pytest.fixture
def court(scenario: Scenario) -> Any:
    """A browser of the court in whose case both sides filed papers."""
    scenario.api("POST", "/cases", CASE)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    photographs = [("photo", f"IMG_{n}.jpg", photograph((40 + n, 30))) for n in (1, 2)]
    draft(browser(scenario), zhao, [("file", "合同.pdf", pdf(count=3)), *photographs], do="file")
    office = [("file", "call.mp3", b"ID3\x04sound"), ("file", "cut.pdf", b"%PDF-1.7\n")]
    draft(browser(scenario), li, office, do="file")
    client = scenario.sign_in()
    client.set_cookie("lang", "en")
    order = [("file", "o.pdf", pdf("form"))]
    send(client, "/cases/1/papers", {"form": "x", "name": "Order"}, order)
    beat.read_papers(scenario.app)
    return client


@pytest.mark.database
def test_the_zip_holds_the_files_as_filed_and_a_list(
    scenario: Scenario, court: Any, tmp_path: Path
) -> None:
    got = court.get("/cases/1/papers.zip")
    assert got.headers["Content-Type"] == "application/zip"
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [
            "Claimant/001 call.mp3",
            "Claimant/002 cut.pdf",
            "Respondent/001 合同.pdf",
            "Respondent/002 Paper 2/001 IMG_1.jpg",
            "Respondent/002 Paper 2/002 IMG_2.jpg",
            "Pudong New Area People's Court/001 Order.pdf",
            "list.csv",
        ]
        packed.extractall(tmp_path)
        rows = list(csv.DictReader(io.StringIO(packed.read("list.csv").decode("utf-8-sig"))))
    assert len(rows) == 6
    for row in rows:
        body = (tmp_path / row["file"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == row["sha256"]
        assert str(len(body)) == row["bytes"]
        assert row["missing"] == ""
    for query, count in (("?side=claimant", 3), ("?filing=1", 4), ("?side=court&filing=3", 2)):
        some = court.get(f"/cases/1/papers.zip{query}")
        with zipfile.ZipFile(io.BytesIO(some.data)) as packed:
            assert len(packed.namelist()) == count
    assert court.get("/cases/1/papers.zip?filing=99").status_code == 404
    assert court.get("/cases/99/papers.zip").status_code == 404
    assert scenario.client.get("/cases/1/papers.zip").status_code in (302, 303)
    header = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    api = scenario.client.get("/api/v1/cases/1/papers.zip", headers=header)
    assert zipfile.ZipFile(io.BytesIO(api.data)).testzip() is None


@pytest.mark.database
def test_what_is_lost_is_named_in_the_list(scenario: Scenario, court: Any) -> None:
    first = hashlib.sha256(b"ID3\x04sound").hexdigest()
    (scenario.folder / "papers" / first[:2] / first).unlink()
    got = court.get("/cases/1/papers.zip?side=claimant")
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("list.csv").decode("utf-8-sig"))))
        assert packed.namelist() == ["Claimant/002 cut.pdf", "list.csv"]
    assert [each["missing"] for each in rows] == ["lost", ""]
    assert rows[0]["sha256"] == first


@pytest.mark.database
def test_one_pdf_has_a_cover_and_a_bookmark_for_each_paper(
    scenario: Scenario, court: Any, tmp_path: Path
) -> None:
    got = court.get("/cases/1/papers.pdf")
    assert (got.status_code, got.headers["Content-Type"]) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(got.data)) as document:
        with document.open_outline() as outline:
            marks = [(each.title, [e.title for e in each.children]) for each in outline.root]
        # The cover, two sheets in place of papers, 3 pages, 2 photographs, 2 pages of the court.
        assert len(document.pages) == 1 + 2 + 3 + 2 + 2
    assert marks == [
        ("Claimant", ["1. call", "2. cut"]),
        ("Respondent", ["1. 合同", "2. Paper 2"]),
        ("Pudong New Area People's Court", ["1. Order"]),
    ]
    if shutil.which("pdftotext"):
        (tmp_path / "merged.pdf").write_bytes(got.data)
        words = ["pdftotext", "-layout", str(tmp_path / "merged.pdf"), "-"]
        text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert "Zhao Lei" in text
        assert "This file has no pages that could be shown here." in text
    one = court.get("/cases/1/papers.pdf?filing=1")
    with pikepdf.open(io.BytesIO(one.data)) as document:
        assert len(document.pages) == 1 + 5


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_in_a_zip(name: str) -> None:
    safe = safe_name(name)
    assert len(safe.encode()) <= LONGEST_NAME
    assert not set(safe) & set('<>:"/\\|?*\u202e')
    assert safe not in (".", "..")


@given(st.lists(st.text(), min_size=1, max_size=5), st.text())
def test_paths_in_a_zip_are_unique_and_stay_in_their_folder(names: list[str], title: str) -> None:
    paper = Paper(number=1, name=title)
    paper.files = [PaperFile(name=each, media_type=document_types.JPEG) for each in names]
    paths = paths_of(paper, "side")
    assert len({each.casefold() for each in paths}) == len(paths)
    for path in paths:
        assert path.startswith("side/001")
        assert path.endswith(".jpg")
        assert ".." not in path.split("/")
        assert all(part == part.strip() for part in path.split("/"))


def test_memory_stays_flat_while_a_zip_is_sent() -> None:
    size, count = 8 * 1024 * 1024, 12
    files = [
        BundledFile(f"{n}.mp4", document_types.MP4, size, f"{n:064x}", f"side/{n}.mp4")
        for n in range(count)
    ]
    paper = BundledPaper("claimant", 1, "=cmd()", "other", 1, "A", NOW, files)
    tracemalloc.start()
    total = 0
    for part in zipped.stream(Bundle([paper]), lambda _: io.BytesIO(bytes(size)), "UTC", NOW):
        total += len(part)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > size * count
    assert most < 3 * size


def test_what_people_wrote_is_no_formula() -> None:
    file = BundledFile("a.pdf", document_types.PDF, 1, "0" * 64, "a.pdf", Withheld.SET_ASIDE)
    paper = BundledPaper("claimant", 1, "=1+1", "other", 1, "@A", NOW, [file])
    [row] = csv.DictReader(io.StringIO(zipped.as_csv([paper], {"0" * 64: "set_aside"}, "UTC")))
    assert (row["paper"], row["filed_by"], row["missing"]) == ("'=1+1", "'@A", "set_aside")


@given(st.text(max_size=300))
def test_lines_of_a_sheet_fit_and_lose_nothing(text: str) -> None:
    lines = list(sheets.wrapped(text, 10, 200))
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert len(line) <= 1 or sum(sheets.width_of(c, 10) for c in line.rstrip()) <= 200


def test_long_covers_need_more_sheets() -> None:
    lines = [Line(LineStyle.TEXT, f"{n}. 材料") for n in range(200)]
    assert len(list(sheets.sheets(lines))) > 3
