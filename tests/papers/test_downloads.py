"""Downloads of papers: to whom, from which path, in parts, under which names."""

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from app.cases.models import Representation
from app.core.db import transaction
from app.core.web.downloads import disposition
from app.papers.models import Filing
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, nonce
from tests.papers.giving import draft
from tests.questions.test_questions import key

BODY = b"%PDF-1.7\n" + bytes(range(256)) * 3000
SIZE = len(BODY)


@pytest.fixture
def opened(scenario: Scenario) -> str:
    """The address of a paper that the other side has opened."""
    scenario.api("POST", "/cases", CASE)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    draft(browser(scenario), zhao, [("file", "合同 (1).pdf", BODY)], do="file")
    other = browser(scenario)
    page = other.get(f"{li}/papers")
    data = {"nonce": nonce(page), "paper": "1"}
    item = other.get(other.post(f"{li}/papers/item", data=data).location)
    [address] = re.findall(r'href="(/download/[^"]+)"', item.text)
    return address


def test_the_digest_is_that_of_sha256sum(scenario: Scenario, opened: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(scenario.client.get(opened).data)
    words = ["sha256sum", str(tmp_path / "file")]
    counted = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[0]
    zhao = key(scenario, "Zhao Lei")
    receipt = browser(scenario).get(f"{zhao}/papers/receipt.json?id=1").json
    assert receipt["papers"][0]["files"][0]["sha256"] == counted == hashlib.sha256(BODY).hexdigest()


def test_a_download_is_an_attachment_that_needs_and_sets_no_cookie(
    scenario: Scenario, opened: str
) -> None:
    client = browser(scenario)
    client.set_cookie("session", "nonsense")
    for method in ("GET", "HEAD"):
        got = client.open(opened, method=method)
        assert got.status_code == 200
        assert "Set-Cookie" not in got.headers
        assert got.headers["Content-Disposition"].startswith("attachment; ")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["Content-Length"] == str(SIZE)
        assert got.data == (BODY if method == "GET" else b"")
    assert client.post(opened).status_code == 405


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-99", 206, (0, 100)),
        ("bytes=100-", 206, (100, SIZE)),
        ("bytes=-100", 206, (SIZE - 100, SIZE)),
        (f"bytes={SIZE - 1}-{SIZE + 50}", 206, (SIZE - 1, SIZE)),
        (f"bytes={SIZE}-", 416, (0, 0)),
        ("bytes=0-1,5-6", 200, (0, SIZE)),
        ("lines=0-1", 200, (0, SIZE)),
        ("bytes=9-1", 200, (0, SIZE)),
        ("nonsense", 200, (0, SIZE)),
    ],
)
def test_parts_of_a_download(
    scenario: Scenario, opened: str, asked: str, status: int, part: tuple[int, int]
) -> None:
    got = scenario.client.get(opened, headers={"Range": asked})
    assert got.status_code == status
    if status == 416:
        assert got.headers["Content-Range"] == f"bytes */{SIZE}"
        return
    first, stop = part
    assert got.data == BODY[first:stop]
    assert got.headers["Content-Length"] == str(stop - first)
    if status == 206:
        assert got.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{SIZE}"
    etag = got.headers["ETag"]
    same = scenario.client.get(opened, headers={"Range": asked, "If-Range": etag})
    other = scenario.client.get(opened, headers={"Range": asked, "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (status, 200)


@pytest.mark.parametrize(
    "name",
    ["合同（正本）.pdf", 'a"b\\c;d.pdf', "%41.pdf", "a/b.pdf", "naïve.pdf", "x" * 255, "😀.jpg"],
)
def test_names_of_downloads(name: str) -> None:
    header = disposition(name)
    match = re.fullmatch(r"attachment; filename=\"([ -~]*)\"; filename\*=UTF-8''(\S+)", header)
    assert match
    assert unquote(match[2]) == name
    assert not set(match[1]) & set('"\\/%')


@pytest.mark.database
def test_a_link_is_of_one_reader_and_over_once_they_may_not_read_any_more(
    scenario: Scenario, opened: str
) -> None:
    def status(address: str = opened) -> int:
        return scenario.client.get(address).status_code

    assert status() == 200
    forged = opened[:-9] + ("a" if opened[-9] != "a" else "b") + opened[-8:]
    assert status(forged) == 410
    _set(scenario, sa.update(Filing).values(state="draft"))
    assert status() == 404
    _set(scenario, sa.update(Filing).values(state="filed"))
    left = sa.update(Representation).values(left_at=scenario.clock.now())
    _set(scenario, left.where(Representation.counsel_id == 1))
    _set(scenario, left.where(Representation.counsel_id == 2))
    assert status() == 404


def test_what_is_shown_when_a_link_is_over(scenario: Scenario, opened: str) -> None:
    scenario.wait(minutes=59)
    assert scenario.client.get(opened).status_code == 200
    scenario.wait(minutes=2)
    client = browser(scenario)
    for language, words in (("en", "This link has expired"), ("zh", "链接已过期")):
        client.set_cookie("lang", language)
        over = client.get(opened)
        assert over.status_code == 410
        assert words in over.text
        assert over.headers["Content-Type"].startswith("text/html")


def _set(scenario: Scenario, statement: Any) -> None:
    with scenario.app.app_context(), transaction() as session:
        session.execute(statement)
