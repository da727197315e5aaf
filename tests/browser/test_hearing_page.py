"""A hearing's page in a real browser: on a phone and a desk, by pointer, without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.conftest import PASSWORD, at, case_with, proposal

pytestmark = [pytest.mark.browser, pytest.mark.extended]
PHONE = {"width": 360, "height": 740}


def propose(site: Site, counsel: int = 2, slots: int = 3, **more: Any) -> int:
    """A hearing that so many counsel are asked about; return its number."""
    people = [
        {
            "name": f"代理人{n}",
            "email": f"c{n}@x.example",
            "phone": f"1370000{n:04}",
            "channels": ["sms", "email"],
        }
        for n in range(counsel)
    ]
    status, case = site.scenario.api("POST", "/cases", case_with("（2026）沪0115民初7号", *people))
    assert status == 201, case
    asked = [(at(14 + n), "第三法庭") for n in range(slots)]
    status, made = site.scenario.api("POST", "/hearings", proposal(case["id"], *asked, **more))
    assert status == 201, made
    site.scenario.beat()
    return int(made["id"])


def answer(site: Site, page: Page, counsel: int, *says: str) -> None:
    """Let a counsel answer on their own page."""
    page.goto(site.url + site.scenario.link(f"c{counsel}@x.example"))
    for n, word in enumerate(says):
        page.locator(f"input[name^=slot-][value={word}]").nth(n).check(force=True)
    page.locator("form button[type=submit]").last.click()
    expect(page.locator("main")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether the page is no wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_ten_slots_and_six_counsel_fit_a_phone(site: Site, page: Page) -> None:
    hearing = propose(site, counsel=6, slots=10)
    for n in range(3):
        answer(site, page, n, *(["if_needed"] * 10))
    site.sign_in(page)
    page.set_viewport_size(PHONE)
    page.goto(f"{site.url}/hearings/{hearing}")
    expect(page.get_by_text("3 of 6 have answered.")).to_be_visible()
    assert fits(page)
    for fold in page.locator("details > summary").all():
        fold.click()
    assert fits(page)
    narrow = page.eval_on_selector_all(
        "main .btn, main summary, main .check",
        "all => all.filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.textContent)",
    )
    assert narrow == []


def test_the_slot_that_suits_is_fixed_by_the_one_primary_button(site: Site, page: Page) -> None:
    hearing = propose(site, fix="assistant")
    for n in range(2):
        answer(site, page, n, "no", "yes", "if_needed")
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/{hearing}")
    expect(page.locator("main .btn.go")).to_have_count(1)
    page.get_by_role("button", name="Fix the slot that suits").click()
    page.get_by_role("button", name="Fix this date and tell everybody").click()
    expect(page.get_by_role("status")).to_have_text("The date is fixed. All are told now.")
    expect(page.locator(".next .when")).to_have_text("Tue 8 Dec 2026, 09:30–11:00")
    expect(page.locator("main .btn.go")).to_have_count(0)


def test_cancelling_works_by_keyboard_and_without_scripts(site: Site, browser: Browser) -> None:
    hearing = propose(site)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/sign-in?lang=en")
    page.locator("#email").fill("wang@court.example")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").click()
    page.goto(f"{site.url}/hearings/{hearing}")
    summary = page.locator("#cancel > summary")
    summary.focus()
    summary.press("Enter")
    expect(page.get_by_text("Told at once: 代理人0, 代理人1.")).to_be_visible()
    page.get_by_label("Why it will not take place").fill("原告撤诉")
    page.get_by_role("button", name="Cancel it and tell everybody").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before sending")
    page.get_by_role("button", name="Cancel it and tell everybody").press("Enter")
    expect(page.get_by_text("Reason: 原告撤诉")).to_be_visible()
    expect(page.locator("#cancel")).to_have_count(0)
    context.close()
