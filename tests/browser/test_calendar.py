"""The calendar in a real browser: drawn over, dragged, by keyboard, within its strict policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_axe import AXE, GRAVE, LOOK
from tests.conftest import CASE, at, proposal

pytestmark = [pytest.mark.browser, pytest.mark.extended]
LANES = 2  # courtrooms of the tests' court


def furnish(site: Site) -> None:
    """A case with a hearing that is fixed for a Monday, 09:30, in two weeks."""
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    made = site.scenario.api("POST", "/hearings", proposal(1, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    assert site.scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200


def point(page: Page, day: int, lane: int, clock: str) -> tuple[float, float]:
    """Where a time of day is in a lane of a day, both counted from 0; the grid is 08:00–18:00."""
    column = page.locator(".ec-body .ec-day").nth(day * LANES + lane).bounding_box()
    assert column
    hour, minute = map(int, clock.split(":"))
    down = (hour - 8 + minute / 60) / 10 * column["height"]
    return column["x"] + column["width"] / 2, column["y"] + down


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move, let go, as a hand does."""
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def draw(page: Page, day: int, lane: int, begin: str, end: str) -> None:
    """Draw over a span, from within its first quarter of an hour to within its last."""
    (x, top), (_, bottom) = point(page, day, lane, begin), point(page, day, lane, end)
    drag(page, (x, top + 3), (x, bottom - 3))


@pytest.fixture
def desk(site: Site, page: Page) -> Page:
    """The week of a fixed hearing, Monday 7 December, 09:30 in the first courtroom."""
    furnish(site)
    site.sign_in(page)
    page.goto(f"{site.url}/calendar?on=2026-12-07&lang=en")
    expect(page.locator(".ec-event.is-fixed")).to_be_visible()
    return page


def test_a_span_is_drawn_gets_its_case_in_the_panel_and_leads_to_the_proposal(
    site: Site, desk: Page
) -> None:
    draw(desk, 2, 1, "14:00", "15:30")
    panel = desk.get_by_role("dialog", name="Wed 9 December")
    expect(panel.get_by_label("Courtroom")).to_have_value("第五法庭")
    expect(panel.get_by_label("From")).to_have_value("14:00")
    expect(panel.get_by_label("To", exact=True)).to_have_value("15:30")
    expect(desk.locator(".is-draft")).to_have_text("14:0015:30")
    case = panel.get_by_role("combobox", name="Case")
    expect(case).to_be_focused()
    desk.keyboard.type("12345")
    option = panel.get_by_role("listbox").get_by_role("option")
    expect(option).to_contain_text("Judge 陈法官 and all counsel are free")
    panel.get_by_label("From").fill("11:00")
    panel.get_by_label("To", exact=True).fill("12:30")
    expect(panel).to_contain_text("It goes over lunch")
    expect(desk.locator(".is-draft")).to_have_text("11:0012:30")
    case.focus()
    desk.keyboard.press("Enter")
    expect(case).to_have_value("（2026）沪0115民初12345号")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/hearings/new\?.*case_id=1"))
    expect(desk.locator("[name='slots.0.starts_at']")).to_have_value("2026-12-09T11:00")
    expect(desk.locator("[name='slots.0.courtroom']")).to_have_value("第五法庭")
    expect(desk.get_by_label("Minutes")).to_have_value("90")


def test_the_panel_is_opened_and_closed_without_a_mouse_and_searches_without_a_choice(
    desk: Page,
) -> None:
    opener = desk.get_by_role("link", name="New hearing at…")
    opener.focus()
    desk.keyboard.press("Enter")
    panel = desk.get_by_role("dialog")
    expect(panel.get_by_label("Day")).to_have_value("2026-12-07")
    expect(panel.get_by_label("From")).to_have_value("09:00")
    desk.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(desk.locator(".is-draft")).to_have_count(0)
    expect(opener).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.type("nobody")
    expect(panel).to_contain_text("No case was found.")
    panel.get_by_label("To", exact=True).fill("08:00")
    panel.get_by_role("button", name="Propose").click()
    expect(panel).to_be_visible()
    panel.get_by_label("To", exact=True).fill("10:00")
    panel.get_by_role("button", name="Propose").click()
    expect(desk).to_have_url(re.compile(r"/hearings/new\?.*find=nobody"))
    expect(desk.locator("main")).to_contain_text("No case was found.")


def test_a_press_on_a_free_time_opens_the_panel_for_the_usual_length(desk: Page) -> None:
    x, y = point(desk, 3, 0, "10:10")
    desk.mouse.click(x, y)
    panel = desk.get_by_role("dialog", name="Thu 10 December")
    expect(panel.get_by_label("From")).to_have_value("10:00")
    expect(panel.get_by_label("To", exact=True)).to_have_value("11:30")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_what_is_past_cannot_be_drawn_on_or_moved_to(site: Site, desk: Page) -> None:
    desk.goto(f"{site.url}/calendar?on=2026-11-16&lang=en")  # the week before the tests' today
    expect(desk.locator(".ec-bg-event.is-past").first).to_be_visible()
    draw(desk, 1, 0, "10:00", "11:00")
    x, y = point(desk, 1, 0, "10:10")
    desk.mouse.click(x, y)
    expect(desk.locator("#new-hearing")).to_be_hidden()
    desk.goto(f"{site.url}/hearings/new?case_id=1&starts_at=2026-11-17T10:00&lang=en")
    expect(desk.get_by_role("alert")).to_contain_text("Choose a time that is not past.")


def test_a_dragged_hearing_is_put_back_or_moved_with_its_messages(site: Site, desk: Page) -> None:
    block = desk.locator(".ec-event.is-fixed")
    expect(block).to_have_accessible_name(re.compile("^09:30 .*Fixed 09:30–11:00, （2026）沪"))

    def drop(day: int, lane: int, clock: str) -> None:
        (x, y), end = point(desk, 0, 0, "09:30"), point(desk, day, lane, clock)
        drag(desk, (x, y + 4), (end[0], end[1] + 4))

    drop(1, 1, "16:30")
    panel = desk.get_by_role("dialog", name="Move this hearing?")
    expect(panel).to_contain_text("From Mon 7 Dec 2026, 09:30–11:00, 第三法庭")
    expect(panel).to_contain_text("Tue 8 Dec 2026, 16:30–18:00, 第五法庭")
    expect(panel).to_contain_text("it ends after closing time, 17:00")
    expect(panel).to_contain_text("to 李敏, Zhao Lei")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel).to_be_hidden()
    expect(block).to_contain_text("09:30")
    drop(1, 1, "14:00")
    reason = panel.get_by_label("Reason")
    expect(reason).to_be_focused()
    panel.get_by_role("button", name="Move and send").click()
    expect(reason).to_have_attribute("aria-invalid", "true")
    reason.fill("The judge is ill")
    panel.locator(".messages > details > summary").click()
    letters = panel.locator(".letter", has_text="The judge is ill")
    expect(letters.first).to_be_visible()
    panel.get_by_role("button", name="Move and send").click()
    expect(desk.get_by_role("status").first).to_contain_text("The date is set.")
    expect(block).to_have_accessible_name(re.compile("14:00–15:30"))
    assert site.scenario.api("GET", "/hearings/1")[1]["starts_at"] == at(15, "14:00")


def test_a_refused_move_says_why_and_puts_the_hearing_back(site: Site, desk: Page) -> None:
    second = {**CASE, "number": "（2026）沪0115民初2号"}
    assert site.scenario.api("POST", "/cases", second)[0] == 201
    made = site.scenario.api("POST", "/hearings", proposal(2, (at(15), "第五法庭")))[1]
    desk.reload()
    expect(desk.locator(".ec-event.is-asked")).to_be_visible()
    (x, y), end = point(desk, 0, 0, "09:30"), point(desk, 1, 1, "10:00")
    drag(desk, (x, y + 4), (end[0], end[1] + 4))
    panel = desk.get_by_role("dialog", name="Move this hearing?")
    expect(panel.get_by_role("alert")).to_contain_text("沪0115民初2号 then")
    expect(panel).to_contain_text("The hearing stays where it was.")
    expect(desk.locator(".ec-event.is-fixed")).to_contain_text("09:30")
    desk.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert made["id"] == 2


@pytest.mark.parametrize("width", [390, 1366, 1920])
def test_a_week_fits_its_screen_and_a_phone_shows_a_day(site: Site, desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(f"{site.url}/calendar?on=2026-12-07")
    expect(desk.locator(".ec-event.is-fixed")).to_be_visible()
    expect(desk).to_have_url(re.compile("view=day") if width == 390 else re.compile("on=2026"))
    wide = desk.evaluate(
        "[document.documentElement.scrollWidth,"
        " document.querySelector('.ec-main').scrollWidth"
        " - document.querySelector('.ec-main').clientWidth]"
    )
    assert wide == [width, 0]
    assert desk.locator(".ec-body .ec-day").count() == LANES * (1 if width == 390 else 5)


def test_axe_finds_nothing_in_the_open_panels(site: Site, desk: Page) -> None:
    desk.context.add_init_script(path=AXE)
    desk.reload()
    expect(desk.locator(".ec-event.is-fixed")).to_be_visible()
    draw(desk, 2, 1, "14:00", "15:30")
    desk.keyboard.type("12345")
    expect(desk.get_by_role("listbox").get_by_role("option")).to_be_visible()
    assert desk.evaluate(LOOK, GRAVE) == []
    desk.keyboard.press("Escape")
    (x, y), end = point(desk, 0, 0, "09:30"), point(desk, 1, 1, "16:30")
    drag(desk, (x, y + 4), (end[0], end[1] + 4))
    expect(desk.get_by_label("Reason")).to_be_visible()
    assert desk.evaluate(LOOK, GRAVE) == []


def test_the_same_is_reached_by_keyboard_alone_and_without_scripts(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page)
    page.keyboard.press("3")
    expect(page).to_have_url(f"{site.url}/calendar")
    page.goto(f"{site.url}/calendar?on=2026-12-07")
    page.locator("#as-list > summary").focus()
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
    expect(page.locator("#grid .is-fixed")).to_be_visible()
    row = page.locator("#as-list").get_by_role("row", name="09:30–11:00")
    expect(row).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#grid")).to_be_hidden()
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
    keys = page.get_by_role("dialog", name="Shortcuts")
    expect(keys).to_contain_text("Propose a hearing")
    keys.get_by_label("Use single keys to open pages").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(r"/$"))
