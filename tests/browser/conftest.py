"""A real server and a real browser: what a person meets who comes by a phone or a screen."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.core.db import db, retrying
from app.demo import open_proposal
from app.demo.story import StoryPlayer
from tests.conftest import PASSWORD, SECRET, Scenario, make_court, make_scenario

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 10_000  # milliseconds


class Quiet(WSGIRequestHandler):
    """Serves without telling each request to the screen."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Site:
    """A house whose pages are served: ``url`` has no slash at its end."""

    scenario: Scenario
    url: str

    def sign_in(
        self, page: Page, email: str = "wang@court.example", password: str = PASSWORD
    ) -> None:
        """Let a user of the court sign in by the page."""
        page.goto(f"{self.url}/sign-in?lang=en")
        page.locator("#email").fill(email)
        page.locator("#password").fill(password)
        page.locator("main form button").click()
        expect(page.locator("nav[aria-label=Main]")).to_be_visible()
        page.wait_for_load_state()  # keys mean something once the scripts are there


def chromium() -> str:
    """The path of a Chromium; without one tests are skipped, and fail where CI is set."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    words = f"no Chromium on PATH (looked for {', '.join(NAMES)})"
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@pytest.fixture
def scenario(empty_sqlite: Path, tmp_path: Path) -> Iterator[Scenario]:
    """A court on a fresh SQLite database; the flows try PostgreSQL."""
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    made = make_scenario(tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}")
    make_court(made)
    yield made
    made.close()


@contextmanager
def served(scenario: Scenario) -> Iterator[Site]:
    """A house's pages on a free port of this machine."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True, request_handler=Quiet)
    # The server waits at its end for the answers that are under way, so that nothing is left open.
    server.daemon_threads = False
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="site")
    serving.start()
    yield Site(scenario, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def site(scenario: Scenario) -> Iterator[Site]:
    """The court of the tests, served."""
    with served(scenario) as made:
        yield made


@pytest.fixture(scope="session")
def told(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's court, its story told up to now, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(empty_sqlite, folder / "tingqi.db")
    scenario = make_scenario(folder, f"sqlite:///{folder / 'tingqi.db'}")
    with scenario.app.app_context():
        StoryPlayer(scenario.app, scenario.clock, SECRET).tell()
        open_proposal.find_or_create()
        retrying(open_proposal.calendars)
        scenario.beat()
        db.session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    scenario.close()
    return folder


@pytest.fixture
def demo(told: Path, tmp_path: Path) -> Iterator[Site]:
    """The demo's court, served."""
    shutil.copytree(told, tmp_path, dirs_exist_ok=True)
    scenario = make_scenario(tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}")
    with served(scenario) as made:
        yield made
    scenario.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; it holds an event loop, so not for longer."""
    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new window of a desk's size, in English, in the court's zone, with no cookies.

    A fault in a script of the page, or a thing that its security policy forbids, fails the test.
    """
    context = browser.new_context(
        locale="en-GB", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda said: faults.append(said.text) if "Security" in said.text else None)
    yield opened
    context.close()
    assert not faults, faults
