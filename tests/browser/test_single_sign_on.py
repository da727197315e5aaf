"""Single sign-on in a browser: there and back under the pages' own policy, and nothing grave."""

import datetime as dt
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import attach
from app.people.single_sign_on.settings import OidcSettings
from tests.browser.conftest import PATIENCE, Quiet, Site
from tests.browser.test_axe import AXE, GRAVE, LOOK
from tests.conftest import make_court, make_scenario
from tests.single_sign_on.provider import CLIENT_ID, CLIENT_SECRET, TestProvider, running

pytestmark = [pytest.mark.browser, pytest.mark.extended]


@pytest.fixture
def sites(empty_sqlite: Path, tmp_path: Path) -> Iterator[tuple[Site, TestProvider]]:
    """A served court whose provider knows its address."""
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    url = f"sqlite:///{tmp_path / 'tingqi.db'}"
    scenario = make_scenario(tmp_path, url, own_app=True)
    make_court(scenario)
    scenario.clock.advance(dt.datetime.now(dt.UTC) - scenario.clock.now())
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True, request_handler=Quiet)
    server.daemon_threads = False
    court = f"http://127.0.0.1:{server.server_port}"
    with running([court]) as provider:
        services = scenario.app.extensions["tingqi"]
        oidc = OidcSettings(provider.issuer, CLIENT_ID, CLIENT_SECRET)
        settings = replace(services.settings, public_url=court, oidc=oidc)
        attach(scenario.app, settings, services.external)
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="site")
        serving.start()
        yield Site(scenario, court), provider
        server.shutdown()
        serving.join()
    server.server_close()
    scenario.close()


def sign_in_there(page: Page, provider: TestProvider, name: str) -> None:
    """Sign in at the provider's own page."""
    page.wait_for_url(f"{provider.issuer}/**")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_there_and_back_with_and_without_scripts(
    sites: tuple[Site, TestProvider], browser: Browser, scripts: bool
) -> None:
    site, provider = sites
    context = browser.new_context(java_script_enabled=scripts, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.locator("#email").fill("admin@court.example")
    page.locator("#password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{site.url}/me")
    page.get_by_role("link", name="Link account").click()
    page.get_by_role("button", name="Link account").click()
    sign_in_there(page, provider, "admin")
    expect(page.get_by_text("Linked: from now on")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{provider.issuer}/session/end**")
    page.locator("button").first.click()
    page.wait_for_url(f"{site.url}/sign-in**")
    page.goto(f"{site.url}/cases")  # asks to sign in
    page.get_by_role("button", name="Single sign-on").click()
    sign_in_there(page, provider, "admin")
    page.wait_for_url(f"{site.url}/cases")
    context.close()


def test_nothing_grave_is_found_on_the_pages_of_single_sign_on(
    sites: tuple[Site, TestProvider], browser: Browser
) -> None:
    site, provider = sites
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 800})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=AXE)
    page = context.new_page()
    found = {}

    def look(name: str) -> None:
        found[name] = page.evaluate(LOOK, GRAVE)

    page.goto(f"{site.url}/sign-in")
    look("sign-in")
    page.get_by_role("button", name="Single sign-on").click()
    sign_in_there(page, provider, "admin")
    expect(page.get_by_text("Your account is not linked yet").first).to_be_visible()
    look("not linked")
    site.sign_in(page, "admin@court.example")
    for path in ("/me", "/me/single-sign-on", "/settings/single-sign-on"):
        page.goto(f"{site.url}{path}")
        look(path)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_be_visible()
    look("checked")
    page.locator("#only").check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator("#error-summary")).to_be_visible()
    look("refused")
    context.close()
    assert {name: grave for name, grave in found.items() if grave} == {}
