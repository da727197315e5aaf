"""The calendar in a real browser: drawn over, dragged, by keyboard, within its strict policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.conftest import CASE, at, proposal

pytestmark = [pytest.mark.browser, pytest.mark.extended]


def furnish(site: Site) -> None:
    """A case with a hearing that is fixed for a Monday, 09:30, in two weeks."""
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    made = site.scenario.api("POST", "/hearings", proposal(1, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    assert site.scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move, let go, as a hand does."""
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_a_free_span_is_drawn_and_a_fixed_date_dragged(site: Site, page: Page) -> None:
    furnish(site)
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    site.sign_in(page)
    page.goto(f"{site.url}/calendar?view=day&on=2026-12-07")
    sitting = page.locator(".ec-event.is-fixed")
    expect(sitting).to_contain_text("Fixed")
    box = sitting.bounding_box()
    assert box
    middle, hour = box["x"] + box["width"] / 2, box["height"] / 1.5  # it lasts ninety minutes
    drag(page, (middle, box["y"] + 20), (middle, box["y"] + 20 + 2 * hour))
    asks = page.get_by_role("dialog", name="Prepare a move?")
    expect(asks).to_contain_text("2026-12-07 09:30 第三法庭 → 2026-12-07 11:30 第三法庭")
    expect(asks.get_by_role("listitem")).to_have_text(["李敏, Claimant", "Zhao Lei, Respondent"])
    asks.get_by_role("button", name="Leave it where it is").click()
    expect(sitting).to_contain_text("09:30")
    drag(page, (middle, box["y"] + 20), (middle, box["y"] + 20 + 2 * hour))
    asks.get_by_role("link", name="Go on to the messages").click()
    expect(page.locator("#how-order")).to_be_checked()
    expect(page.locator("[name$=starts_at]")).to_have_value("2026-12-07T11:30")

    page.goto(f"{site.url}/calendar?view=day&on=2026-12-07")
    expect(sitting).to_be_visible()
    top = box["y"] + 4 * hour
    page.mouse.move(middle, top + 3)
    page.mouse.down()
    page.mouse.move(middle, top + hour - 3, steps=4)
    expect(page.locator(".ec-preview")).to_have_text("13:30–14:30")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/hearings/new\?starts_at=2026-12-07T13%3A30&minutes=60"))
    assert broken == []


def test_the_same_is_reached_by_keyboard_alone_and_without_scripts(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page)
    page.keyboard.press("3")
    expect(page).to_have_url(f"{site.url}/calendar")
    page.goto(f"{site.url}/calendar?on=2026-12-07")
    page.locator("#as-list summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Propose on this day").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/hearings/1")


def test_paper_shows_the_list_that_is_closed_on_the_screen(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page)
    page.goto(f"{site.url}/calendar?on=2026-12-07")
    expect(page.locator("#drawn .ec-event")).to_be_visible()
    row = page.locator("#as-list").get_by_role("row", name="09:30–11:00")
    expect(row).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#drawn")).to_be_hidden()
    expect(page.get_by_role("cell", name="第三法庭")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(row).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(row).to_be_hidden()


def test_the_list_of_keys_is_opened_by_one_and_single_keys_can_be_turned_off(
    site: Site, page: Page
) -> None:
    site.sign_in(page)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Propose a hearing")
    keys.get_by_label("Use single keys to open pages").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(r"/$"))
