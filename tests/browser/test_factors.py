"""Second factors in Chromium: a passkey of its virtual authenticator, an app, recovery codes."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, served
from tests.conftest import PASSWORD, make_court, make_scenario
from tests.people.authenticators import require

pytestmark = [pytest.mark.browser, pytest.mark.extended]
WANG = "wang@court.example"


@pytest.fixture
def local(empty_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    """A court at http://localhost, where browsers make passkeys without https."""
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    scenario = make_scenario(
        tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}", public_url=address, own_app=True
    )
    make_court(scenario)
    with served(scenario, port) as site:
        yield Site(site.scenario, address)
    scenario.close()


def add_authenticator(page: Page, *, verifies: bool = True) -> None:
    """Give a page's browser an authenticator, whose user shows a finger, or the wrong one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def show_password(page: Page, site: Site, path: str = "/") -> None:
    """Enter the right password."""
    page.goto(f"{site.url}{path}")
    page.locator("#email").fill(WANG)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_set_up_because_the_court_requires_it_and_used(
    local: Site, page: Page
) -> None:
    require(local.scenario, WANG, "assistant")
    add_authenticator(page)
    show_password(page, local, "/cases")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_label("Name of the passkey").fill("office computer")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("ol.codes li")).to_have_count(10)
    page.get_by_role("button", name="I have kept them: continue").click()
    expect(page).to_have_url(f"{local.url}/cases")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{local.url}/sign-in")
    show_password(page, local, "/cases")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{local.url}/cases")
    local.scenario.wait(minutes=11)
    page.goto(f"{local.url}/me")
    page.get_by_label("What the token is for").fill("a program that reads")
    page.get_by_label("Read").check()
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("a program that reads")).to_be_visible()
    page.get_by_role("button", name="Do it now").click()
    expect(page.locator("#token")).to_be_visible()


def test_a_browser_that_refuses_a_passkey_says_so_and_the_app_still_works(
    local: Site, page: Page
) -> None:
    local.sign_in(page)
    page.goto(f"{local.url}/me/factors/app")
    app = pyotp.TOTP(page.locator("p.key").inner_text().replace(" ", ""))
    page.get_by_label("Code of your authenticator app").fill(app.at(local.scenario.clock.now()))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("button", name="I have kept them: continue").click()
    add_authenticator(page, verifies=False)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey was not added. Try again.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{local.url}/sign-in")
    local.scenario.wait(seconds=30)
    show_password(page, local)
    page.get_by_label("Code of your authenticator app").fill(app.at(local.scenario.clock.now()))
    page.get_by_role("button", name="Confirm").first.click()
    expect(page.locator("nav[aria-label=Main]")).to_be_visible()
