"""The desk in a real browser: signing in by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_a_user_signs_in_and_out(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
