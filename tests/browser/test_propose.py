"""Proposing in a real browser: by keyboard alone, on a telephone's width, twice and back again."""

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from app.core.db import transaction
from app.people import service as people
from tests.browser.conftest import Site
from tests.conftest import CASE, ORDINARY, case_with

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


class Strokes:
    """A keyboard that counts its strokes; Ctrl+Enter is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def two_of(number: str) -> dict[str, Any]:
    """A case with two counsel who can be asked."""
    names = ("李敏", "Zhao Lei")
    return case_with(
        number, *({"name": name, "email": f"{n}@firm.example"} for n, name in enumerate(names))
    )


@pytest.mark.parametrize(
    ("language", "sent"), [("en", "All sides are asked."), ("zh", "已向各方征询")]
)
def test_seven_strokes_propose_a_hearing_from_home(
    site: Site, page: Page, language: str, sent: str
) -> None:
    for number in ("（2026）沪0115民初620号", "（2026）沪0115民初1620号"):
        case = two_of(number)
        case["parties"][0]["counsel"][0]["name"] += number
        assert site.scenario.api("POST", "/cases", case)[0] == 201
    site.sign_in(page)
    page.goto(f"{site.url}/?lang={language}")
    hand = Strokes(page)
    hand.press("n", "6", "2", "0", "Enter")
    expect(page).to_have_url(f"{site.url}/hearings/new?case_id=1")
    page.wait_for_load_state()
    hand.press("Control+Enter")
    expect(page.locator("#preview")).to_be_visible()
    page.wait_for_load_state()
    hand.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text(sent)
    assert hand.count == 7


def test_three_clicks_draft_a_proposal_of_known_counsel(site: Site, page: Page) -> None:
    assert site.scenario.api("POST", "/cases", two_of("（2026）沪0115民初620号"))[0] == 201
    site.sign_in(page)
    page.locator(".bar").get_by_role("link", name="Propose").click()
    page.get_by_role("link", name="民初620号").click()
    page.get_by_role("button", name="Preview the messages").click()
    expect(page.locator("#preview")).to_be_visible()
    page.goto(f"{site.url}/")
    expect(page.locator("#drafts")).to_contain_text("民初620号")


def test_several_matches_are_gone_through_by_j_k_and_opened_by_enter(
    site: Site, page: Page
) -> None:
    for n in (1, 2, 3):
        case = two_of(f"（2026）沪0115民初{n}号")
        assert site.scenario.api("POST", "/cases", {**case, "title": "买卖合同"})[0] == 201
    site.sign_in(page)
    page.keyboard.press("n")
    box = page.get_by_role("searchbox", name="In which case?")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    rows = page.locator("main [data-row]")
    expect(rows.nth(0)).to_be_focused()
    box.focus()
    page.keyboard.type("买卖")
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/hearings/new?case_id=2")
    for path, leads in (("/cases", "/cases/3"), ("/hearings", "")):
        page.goto(f"{site.url}{path}")
        page.keyboard.press("j")
        if leads:
            page.keyboard.press("Enter")
            expect(page).to_have_url(site.url + leads)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("Next and previous row of a list")
    expect(keys).to_contain_text("Propose a hearing")


def test_nine_fields_and_three_clicks_enter_a_case_and_propose(site: Site, page: Page) -> None:
    site.sign_in(page)
    clicks = [
        page.get_by_role("link", name="Cases"),
        page.locator(".list-top").get_by_role("link", name="Add a case"),
    ]
    for click in clicks:
        click.click()
    fields = {
        "number": "（2026）沪0115民初9号",
        "title": "买卖合同纠纷",
        "judge": "陈法官",
        "parties.0.name": "甲公司",
        "parties.0.counsel.0.name": "李敏",
        "parties.0.counsel.0.email": "li@huacheng.example",
        "parties.1.name": "乙公司",
        "parties.1.counsel.0.name": "Zhao Lei",
        "parties.1.counsel.0.email": "zhao@jinmao.example",
    }
    for name, words in fields.items():
        page.locator(f"[id='{name}']").fill(words)
    page.get_by_role("button", name="Save and propose").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Propose a hearing")
    expect(page.get_by_role("status")).to_contain_text("The case is saved.")
    expect(page.locator(".slot")).to_have_count(3)
    assert (len(fields), len(clicks) + 1) == (9, 3)


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_a_known_counsel_fills_in_firm_mail_telephone_and_language(
    site: Site, page: Page, by: str
) -> None:
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    site.sign_in(page)
    page.goto(f"{site.url}/cases/new")
    name = page.get_by_role("combobox", name="Name", exact=True).first
    name.press_sequentially("zhao")
    option = page.get_by_role("option", name="Zhao Lei")
    expect(option).to_be_visible()
    if by == "mouse":
        option.click()
    else:
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
    expect(name).to_have_value("Zhao Lei")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-expanded", "false")
    for field, value in (
        ("firm", "Jinmao Partners"),
        ("phone", "+8613800138002"),
        ("email", "zhao@jinmao.example"),
        ("language", "en"),
    ):
        expect(page.locator(f"[id='parties.0.counsel.0.{field}']")).to_have_value(value)
    expect(page.locator("[id='parties.1.counsel.0.firm']")).to_have_value("")
    firm = page.locator("[id='parties.1.counsel.0.firm']")
    firm.press_sequentially("华诚")
    page.get_by_role("option", name="华诚律师事务所").click()
    expect(firm).to_have_value("华诚律师事务所")
    firm.fill("nobody")
    expect(page.locator(".known li")).to_have_count(0)


def test_what_is_wrong_is_in_the_title_has_the_focus_and_leads_to_its_field(
    site: Site, page: Page
) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/cases/new")
    page.locator("#number").fill("9")
    page.get_by_role("button", name="Save and propose").click()
    summary = page.get_by_role("alert")
    expect(page).to_have_title(re.compile("^Error: Add a case"))
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    summary.get_by_role("link", name="Enter the judge's name.").click()
    expect(page.get_by_label("Judge")).to_be_focused()
    expect(page.get_by_label("Judge")).to_have_accessible_description("Enter the judge's name.")
    summary.get_by_role("link", name="Add at least one party.").click()
    expect(page.locator("#parties")).to_be_in_viewport()


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
    desk.locator("#drafts").get_by_role("link", name="沪0115民初12345号").click()
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
        desk.locator(".last").get_by_role("link", name="Change").click()
        expect(desk.locator(".slot")).to_have_count(3)


def test_what_is_wrong_is_said_and_leads_to_its_field(desk: Page) -> None:
    desk.locator("#minutes").fill("3")
    desk.get_by_role("button", name="Preview the messages").click()
    wrong = desk.get_by_role("alert")
    expect(wrong).to_contain_text("Enter 5 to 600 minutes.")
    wrong.get_by_role("link", name="Enter 5 to 600 minutes.").press("Enter")
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
    least = 43.5 if width == 360 else 35.5  # of a thumb, of a pointer
    for press in ("Preview the messages", "Send to all", ""):
        wide = desk.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        small = desk.locator("main").evaluate(
            '(main, least) => [...main.querySelectorAll(\'button:not([tabindex="-1"]), .control,'
            " .check')].filter(each => each.getBoundingClientRect().height < least"
            " && each.getClientRects().length).map(each => each.outerHTML.slice(0, 80))",
            least,
        )
        assert small == []
        if press:
            with desk.expect_navigation():  # the line is looked at first
                desk.get_by_role("button", name=press).click()
