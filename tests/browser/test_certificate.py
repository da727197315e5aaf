"""The certificate as it is printed, and both sides' lanes on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site
from tests.browser.test_hearing_page import PHONE, fits, propose

pytestmark = [pytest.mark.browser, pytest.mark.extended]


def test_a_certificate_is_printed_and_its_seal_confirmed_by_a_stranger(
    site: Site, browser: Browser
) -> None:
    propose(site)
    page = browser.new_page()
    site.sign_in(page)
    page.goto(f"{site.url}/cases/1/certificate")
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator(".not-printed")).to_be_hidden()
    expect(page.locator(".seal svg")).to_be_visible()
    seal = page.locator(".hash code").first.inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", seal)
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
    stranger = browser.new_page(viewport=PHONE)
    stranger.goto(f"{site.url}/record/{seal}?lang=en")
    expect(stranger.get_by_text("This seal belongs to this court's record.")).to_be_visible()
    assert fits(stranger)
    stranger.close()


def test_lanes_fit_a_phone_and_are_a_table_for_who_cannot_see_them(
    site: Site, browser: Browser
) -> None:
    hearing = propose(site)
    page = browser.new_page(viewport=PHONE)
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/{hearing}")
    page.locator("#sides > summary").click()
    picture = page.get_by_role("img", name=re.compile("Timeline of"))
    expect(picture).to_have_count(1)
    assert fits(page)
    page.get_by_text(re.compile("As a table")).click()
    assert page.locator("#sides table tbody tr").count() == picture.locator(".mark").count()
    page.close()
