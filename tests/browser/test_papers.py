"""Papers given in by a phone-sized browser: in the background, over a bad line, with few taps."""

import hashlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from app.core.db import db
from app.papers.models import Filing, PaperFile
from tests.browser.conftest import PATIENCE, Site
from tests.conftest import CASE
from tests.counsel.test_answers import browser as client_of
from tests.papers import tus
from tests.papers.giving import PDF
from tests.questions.test_questions import key

pytestmark = [pytest.mark.browser, pytest.mark.extended]
MOST_SCRIPT, MOST_TAPS = 60_000, 6
PATCHES = re.compile("/papers/uploads/")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page of a phone's size; an error in its scripts fails the test."""
    context = browser.new_context(
        locale="en-GB", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()


@pytest.fixture
def link(site: Site) -> str:
    """The link of one side's counsel."""
    status, _ = site.scenario.api("POST", "/cases", CASE)
    assert status == 201
    return key(site.scenario, "Zhao Lei")


@pytest.fixture
def photographs(tmp_path: Path) -> list[Path]:
    """Five pictures."""
    paths = [tmp_path / f"IMG_{n}.jpg" for n in range(5)]
    for n, path in enumerate(paths):
        Image.new("RGB", (600, 800), (250, 40 * n, 200)).save(path)
    return paths


class Held:
    """Parts of uploads that wait until they are let go, or lose their line."""

    def __init__(self, page: Page) -> None:
        self.waiting: list[Route] = []
        self.is_open, self.is_lost = False, False
        page.route(PATCHES, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method != "PATCH" or self.is_open:
            route.continue_()
        elif self.is_lost:
            route.abort("internetdisconnected")
        else:
            self.waiting.append(route)

    def let_go(self) -> None:
        """Let all parts through."""
        self.is_open, waiting, self.waiting = True, self.waiting, []
        for route in waiting:
            route.continue_()


def test_photographs_upload_while_one_types_and_are_filed_by_themselves(
    site: Site, phone: Page, link: str, photographs: list[Path]
) -> None:
    taps = 0
    held = Held(phone)
    phone.goto(f"{site.url}{link}/papers")
    phone.locator("input[name=photo]").set_input_files(photographs)
    taps += 1
    rows = phone.locator("#draft-uploads li")
    expect(rows).to_have_count(5)
    expect(phone.locator("#draft-uploads canvas")).to_have_count(5)  # at once, from the files
    expect(phone.get_by_text("5 files are still uploading")).to_be_visible()
    held.waiting.pop(0).continue_()
    name = phone.get_by_label("Name of the paper")
    name.fill("Warehouse con")
    # Another one ends while somebody types: text and focus stay.
    held.waiting.pop(0).continue_()
    expect(phone.locator(".thumbs label")).to_have_count(2)
    expect(name).to_be_focused()
    phone.keyboard.type("tract")
    expect(name).to_have_value("Warehouse contract")
    file = phone.get_by_role("button", name="File papers")
    for _ in range(2):
        file.click()
    taps += 1
    expect(phone.locator("#draft-messages")).to_contain_text("filed as soon as the last byte")
    # One more choice meanwhile.
    phone.locator(".shoot input[name=file]").set_input_files(
        {"name": "Letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(rows).to_have_count(4)
    held.let_go()
    phone.wait_for_url(re.compile("/papers/receipt"))
    expect(phone.locator(".receipt")).to_contain_text("Warehouse contract")
    expect(phone.locator(".receipt")).to_contain_text("Letter")
    shown = re.sub(r"\s", "", phone.locator(".receipt").inner_text())
    for path in photographs:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in shown
    assert taps <= MOST_TAPS
    with site.scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Filing.id))) == 1
        names = list(db.session.scalars(sa.select(PaperFile.name).order_by(PaperFile.position)))
        assert names[-5:] != []


def test_uploads_go_on_by_themselves_when_the_line_is_back(
    site: Site, phone: Page, link: str, photographs: list[Path]
) -> None:
    held = Held(phone)
    held.is_lost = True
    phone.goto(f"{site.url}{link}/papers")
    phone.locator("input[name=photo]").set_input_files(photographs[:2])
    expect(phone.locator("#draft-uploads")).to_contain_text("The connection is lost.")
    held.is_open = True
    expect(phone.locator("#draft-uploads li")).to_have_count(0)
    expect(phone.locator(".thumbs label")).to_have_count(2)


def test_a_file_chosen_again_after_the_tab_was_closed_goes_on_where_it_stopped(
    site: Site, phone: Page, link: str, tmp_path: Path
) -> None:
    path = tmp_path / "Temperature log.pdf"
    path.write_bytes(PDF * 1000)
    size, half = len(PDF) * 1000, len(PDF) * 500
    modified = str(path.stat().st_mtime_ns // 1_000_000)
    client = client_of(site.scenario)
    address = tus.begin(client, link, size, path.name, modified=modified)
    assert tus.patch(client, address, 0, PDF * 500).status_code == 204
    sent: list[str] = []

    def note(request: object) -> None:
        if "/papers/uploads" in request.url:  # type: ignore[attr-defined]
            headers = request.headers  # type: ignore[attr-defined]
            method = request.method  # type: ignore[attr-defined]
            sent.append(f"{method} {headers.get('upload-offset', '')}")

    phone.on("request", note)
    phone.goto(f"{site.url}{link}/papers")
    expect(phone.locator("#draft-uploads")).to_contain_text("50% of")
    phone.locator(".shoot input[name=file]").set_input_files(path)
    expect(phone.locator("#draft-items")).to_contain_text("Temperature log")
    expect(phone.locator("#draft-uploads li")).to_have_count(0)
    assert sent == ["HEAD ", f"PATCH {half}"]
    with site.scenario.app.app_context():
        digest = db.session.scalar(sa.select(PaperFile.digest))
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_pages_are_turned_ordered_and_removed_in_place(
    site: Site, phone: Page, link: str, photographs: list[Path]
) -> None:
    phone.goto(f"{site.url}{link}/papers")
    phone.locator("input[name=photo]").set_input_files(photographs[:3])
    pages = phone.locator(".thumbs label")
    expect(pages).to_have_count(3)
    phone.get_by_label("What it is to prove (optional)").fill("the hall was wet")
    pages.nth(1).click()
    phone.get_by_role("button", name="Turn").click()
    expect(pages.nth(1).locator(".turned-90")).to_have_count(1)
    phone.get_by_role("button", name="One later").click()
    expect(pages.nth(2)).to_have_attribute("title", "IMG_1.jpg")
    expect(pages.nth(2).locator("input")).to_be_checked()
    phone.get_by_role("button", name="Remove", exact=True).first.click()
    expect(pages).to_have_count(2)
    expect(phone.get_by_label("What it is to prove (optional)")).to_have_value("the hall was wet")


def test_what_is_not_taken_is_said_beside_the_file(site: Site, phone: Page, link: str) -> None:
    phone.goto(f"{site.url}{link}/papers")
    chosen = [
        {"name": "empty.pdf", "mimeType": "application/pdf", "buffer": b""},
        {"name": "a.exe", "mimeType": "application/pdf", "buffer": b"MZ12"},
        {"name": "good.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    phone.locator("input[name=file]").set_input_files(chosen)
    expect(phone.locator("#draft-items")).to_contain_text("good")
    rows = phone.locator("#draft-uploads li.failed")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("“empty.pdf” is empty.")
    expect(rows.nth(1)).to_contain_text("“a.exe” is of a type that is not taken.")


def test_the_scripts_of_the_page_are_small(site: Site, phone: Page, link: str) -> None:
    scripts: dict[str, int] = {}
    seen = threading.Event()

    def note(response: object) -> None:
        if response.request.resource_type == "script":  # type: ignore[attr-defined]
            scripts[response.url] = len(response.body())  # type: ignore[attr-defined]
            seen.set()

    phone.on("response", note)
    phone.goto(f"{site.url}{link}/papers")
    phone.wait_for_load_state("networkidle")
    assert any("tus" in url for url in scripts)
    assert sum(scripts.values()) <= MOST_SCRIPT, scripts
