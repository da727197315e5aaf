"""Proposing in a real browser: by keyboard alone, on a telephone's width, twice and back again."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from app.core.db import transaction
from app.people import service as people
from tests.browser.conftest import Site
from tests.conftest import ORDINARY

pytestmark = [pytest.mark.browser, pytest.mark.extended]


@pytest.fixture
def desk(site: Site, page: Page) -> Page:
    """The form of a new hearing, open before an assistant who reads English."""
    with site.scenario.app.app_context(), transaction() as session:
        people.find_user(session, "wang@court.example").language = "en"
    assert site.scenario.api("POST", "/cases", ORDINARY)[0] == 201
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/new?case_id=1")
    return page


def focused(page: Page) -> str:
    """What has the focus: the name of a field, or the words on a button or link."""
    return str(
        page.evaluate(
            "() => { const at = document.activeElement;"
            " return at.tagName === 'BUTTON' || at.tagName === 'A'"
            " ? at.innerText.trim() : at.name || ''; }"
        )
    )


def box(locator: Locator) -> FloatRect:
    """The rectangle of something on the page."""
    rectangle = locator.bounding_box()
    assert rectangle
    return rectangle


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {name}")


def test_a_hearing_is_proposed_without_a_mouse(desk: Page) -> None:
    tab_to(desk, "kind")
    desk.keyboard.type("Med")
    tab_to(desk, "minutes")
    desk.keyboard.press("Control+A")
    desk.keyboard.type("45")
    tab_to(desk, "fix")
    desk.keyboard.press("ArrowDown")
    tab_to(desk, "Preview the messages")
    desk.keyboard.press("Enter")
    expect(desk.locator("#preview")).to_have_text("Check before sending")
    expect(desk.locator("main dl.facts")).to_contain_text("Mediation, 45 min")
    expect(desk.locator("main dl.facts")).to_contain_text("The assistant fixes a slot")
    tab_to(desk, "Send to all")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("All sides are asked.")


def test_three_presses_propose_what_is_suggested(desk: Page) -> None:
    """From the case on: once for the messages, once to send; where the eyes are, Tab goes on."""
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#preview")).to_be_focused()
    tab_to(desk, "Send to all")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status")).to_contain_text("All sides are asked.")


def test_what_is_changed_after_reading_is_shown_again_before_it_goes(desk: Page) -> None:
    desk.keyboard.press("Control+Enter")
    desk.get_by_label("Minutes").fill("45")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("main dl.facts")).to_contain_text("Trial, 45 min")
    desk.get_by_label("Minutes").fill("50")
    desk.get_by_role("button", name="Send to all").click()
    expect(desk.locator("main dl.facts")).to_contain_text("Trial, 50 min")
    expect(desk.get_by_role("button", name="Send to all")).to_be_visible()


def test_what_was_typed_is_kept_as_a_draft_without_a_press(desk: Page, site: Site) -> None:
    desk.get_by_label("Minutes").fill("45")
    expect(desk.locator(".draft")).to_contain_text("Draft kept")
    desk.goto(f"{site.url}/")
    desk.get_by_role("link", name="沪0115民初12345号").first.click()
    expect(desk.get_by_label("Minutes")).to_have_value("45")
    expect(desk.locator("main")).to_contain_text("nothing of it was sent")


def test_a_further_slot_is_taken_from_the_strip(desk: Page) -> None:
    desk.locator(".strip label").first.click()
    expect(desk.locator(".slot")).to_have_count(4)
    expect(desk.locator(".strip td.mine")).to_have_count(4)


def test_enter_in_a_field_shows_the_preview_and_drops_nothing(desk: Page) -> None:
    for field in ("#minutes", "[name='slots.1.starts_at']", "#answer_by"):
        desk.locator(field).focus()
        desk.keyboard.press("Enter")
        expect(desk.locator("#preview")).to_have_text("Check before sending")
        expect(desk.locator("main dl.facts")).to_contain_text("Thu 10 Dec 2026, 09:00–10:30")
        desk.get_by_role("link", name="Change something").click()
        expect(desk.locator(".slot")).to_have_count(3)


def test_what_is_wrong_is_said_and_leads_to_its_field(desk: Page) -> None:
    desk.locator("#minutes").fill("3")
    desk.get_by_role("button", name="Preview the messages").click()
    wrong = desk.get_by_role("alert")
    expect(wrong).to_contain_text("Enter 5 to 600 minutes.")
    wrong.get_by_role("link", name="Minutes").press("Enter")
    minutes = desk.get_by_label("Minutes")
    expect(minutes).to_have_attribute("aria-invalid", "true")
    expect(minutes).to_have_accessible_description("Enter 5 to 600 minutes.")
    expect(minutes).to_have_value("3")


def test_the_row_of_a_wrong_slot_stays_in_its_place(desk: Page) -> None:
    desk.locator("[name='slots.1.starts_at']").fill("2020-01-01T09:00")
    desk.locator("#see").click()
    begins = desk.locator("[name='slots.1.starts_at']")
    expect(begins).to_have_attribute("aria-invalid", "true")
    wrong, room = box(begins), box(desk.locator("[name='slots.1.courtroom']"))
    right = box(desk.locator("[name='slots.0.starts_at']"))
    assert (wrong["x"], wrong["width"]) == (right["x"], right["width"])
    assert abs(wrong["y"] - room["y"]) < 2
    error = box(desk.locator("[id='slots.1.starts_at-error']"))
    assert error["y"] >= wrong["y"] + wrong["height"]


def test_a_half_typed_time_is_not_lost_in_silence(desk: Page) -> None:
    first = desk.locator("[name='slots.0.starts_at']")
    first.fill("")
    first.focus()
    desk.keyboard.type("30")
    desk.locator(".buttons").get_by_role("button", name="Preview the messages").click()
    expect(desk.locator("#preview")).to_have_count(0)
    assert desk.evaluate("document.getElementById('slots.0.starts_at').validity.badInput")


def test_back_and_send_again_leads_to_the_one_hearing(desk: Page, site: Site) -> None:
    desk.get_by_role("button", name="Preview the messages").click()
    expect(desk.locator("#preview")).to_have_text("Check before sending")
    kept = desk.locator("form[method=post]:has([name=once])").evaluate(
        "form => [...new FormData(form)].map(pair => pair.map(String))"
    )
    desk.get_by_role("button", name="Send to all").click()
    expect(desk.get_by_role("status")).to_contain_text("Messages on their way: 4")
    first = desk.url
    again = desk.context.request.post(
        f"{site.url}/hearings/new?case_id=1", form={**dict(kept), "do": "send"}
    )
    assert again.url == first
    assert "This was sent before; nothing was sent a second time." in again.text()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_screen_and_all_is_big_enough_for_a_thumb(
    desk: Page, width: int
) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    for press in ("Preview the messages", "Send to all", ""):
        wide = desk.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        small = desk.locator("main").evaluate(
            "main => [...main.querySelectorAll('button:not([tabindex=\"-1\"]), .control, .check')]"
            ".filter(each => each.getBoundingClientRect().height < 43.5"
            " && each.getClientRects().length).map(each => each.outerHTML.slice(0, 80))"
        )
        assert small == []
        if press:
            with desk.expect_navigation():  # the line is looked at first
                desk.get_by_role("button", name=press).click()
