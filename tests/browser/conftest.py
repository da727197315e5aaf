"""Fixtures of the browser tests: pages that are really served, and a Chromium that opens them."""

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
    """A request handler that logs nothing."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Drop the message."""


@dataclass
class Site:
    """An installation whose pages are served at ``url``, which has no slash at its end."""

    scenario: Scenario
    url: str

    def sign_in(
        self, page: Page, email: str = "wang@court.example", password: str = PASSWORD
    ) -> None:
        """Sign a user of the court in by the page."""
        page.goto(f"{self.url}/sign-in?lang=en")
        page.locator("#email").fill(email)
        page.locator("#password").fill(password)
        page.locator("main form:has(#password) button").click()
        expect(page.locator("nav[aria-label=Main]")).to_be_visible()
        page.wait_for_load_state()  # shortcuts work once the scripts are loaded


def chromium() -> str:
    """Return the path of a Chromium; without one, skip the test, or fail it where CI is set."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    reason = f"no Chromium on PATH (looked for {', '.join(NAMES)})"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def scenario(empty_sqlite: Path, tmp_path: Path) -> Iterator[Scenario]:
    """A court on a fresh SQLite database; PostgreSQL is for the flows."""
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    scenario = make_scenario(tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}")
    make_court(scenario)
    yield scenario
    scenario.close()


@contextmanager
def served(scenario: Scenario, port: int = 0) -> Iterator[Site]:
    """Serve an installation's pages on a port of this machine, by default a free one."""
    server = make_server("127.0.0.1", port, scenario.app, threaded=True, request_handler=Quiet)
    # With daemon threads, closing the server would not wait for requests that are being answered.
    server.daemon_threads = False
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="site")
    serving.start()
    yield Site(scenario, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def site(scenario: Scenario) -> Iterator[Site]:
    """The usual court, served."""
    with served(scenario) as site:
        yield site


@pytest.fixture(scope="session")
def demo_folder(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of the demo's court after its story was played, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(empty_sqlite, folder / "tingqi.db")
    scenario = make_scenario(folder, f"sqlite:///{folder / 'tingqi.db'}")
    with scenario.app.app_context():
        StoryPlayer(scenario.app, scenario.clock, SECRET).play()
        open_proposal.find_or_create()
        retrying(open_proposal.calendars)
        scenario.beat()
        db.session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    scenario.close()
    return folder


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The demo's court, served."""
    shutil.copytree(demo_folder, tmp_path, dirs_exist_ok=True)
    scenario = make_scenario(tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}")
    with served(scenario) as site:
        yield site
    scenario.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; not for more, as Playwright runs an event loop."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without cookies in a desktop's viewport, in English and in the court's time zone.

    An error in its scripts, or a violation of its security policy, fails the test.
    """
    context = browser.new_context(
        locale="en-GB", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Security" in line.text else None)
    yield page
    context.close()
    assert not errors, errors
