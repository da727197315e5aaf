"""A hearing's page in a real browser: on a phone and a desk, by pointer, without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.conftest import PASSWORD, at, case_with, proposal
from tests.counsel.test_answers import ZHAO
from tests.counsel.test_answers import answer as answer_by_post
from tests.counsel.test_answers import browser as counsel_browser
from tests.counsel.test_answers import propose as enter_and_propose
from tests.counsel.test_move_requests import ask

pytestmark = [pytest.mark.browser, pytest.mark.extended]
PHONE = {"width": 360, "height": 740}
SCREEN = 844  # pixels of a phone's height


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
    expect(page.get_by_text("3 of 6 have answered")).to_be_visible()
    assert fits(page)
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    for row in page.locator(".rec > li > details > summary").all():
        if row.is_visible():
            row.click()
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
    page.locator("#send").click()  # the messages were shown
    expect(page.get_by_role("status").first).to_have_text(
        "The date is fixed. The messages go out now."
    )
    expect(page.locator(".next .big").first).to_have_text("Tue 8 Dec 2026")
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
    expect(page.get_by_text("A message goes at once to: 代理人0, 代理人1.")).to_be_visible()
    page.get_by_label("Reason of the cancellation").fill("原告撤诉")
    page.get_by_role("button", name="Cancel the hearing and tell all").press("Enter")
    page.locator("#send").press("Enter")  # the messages were shown
    expect(page.get_by_text("Reason: 原告撤诉")).to_be_visible()
    expect(page.locator("#cancel")).to_have_count(0)
    context.close()


def fixed_by_order(site: Site) -> int:
    """A hearing whose date is fixed and whose messages are going out; return its number."""
    hearing = propose(site)
    order = {"slot_id": 1, "reason": "期限紧迫"}
    assert site.scenario.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
    return hearing


def test_the_first_screen_says_what_is_next_and_a_phone_needs_four_screens(
    site: Site, page: Page
) -> None:
    hearing = fixed_by_order(site)
    site.scenario.beat()
    site.sign_in(page)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{site.url}/hearings/{hearing}")
    for part in (".head .acts", ".card.next .todo .btn.go", ".rows.who", "table.answers"):
        bottom = page.locator(part).evaluate("part => part.getBoundingClientRect().bottom")
        assert bottom <= 768, part
    page.set_viewport_size({"width": 390, "height": SCREEN})
    assert page.evaluate("document.documentElement.scrollHeight") <= 4 * SCREEN
    assert (
        page.locator(".card.next .todo .btn.go").evaluate(
            "button => button.getBoundingClientRect().bottom"
        )
        <= SCREEN
    )


@pytest.mark.parametrize(
    "opener", ["#record > summary", "#evidence > summary", "#cancel > summary"]
)
def test_what_is_new_comes_soon_and_moves_nothing_from_under_the_hands(
    site: Site, page: Page, opener: str
) -> None:
    hearing = fixed_by_order(site)
    page.clock.install()
    page.emulate_media(reduced_motion="reduce")  # else the page is still scrolling when measured
    site.sign_in(page)
    page.set_viewport_size({"width": 1366, "height": 500})
    page.goto(f"{site.url}/hearings/{hearing}")
    expect(page.locator(".next")).to_contain_text("Going out now")
    summary = page.locator(opener)
    summary.focus()
    summary.press("Enter")
    top = summary.evaluate("summary => summary.getBoundingClientRect().top")
    site.scenario.beat()
    page.clock.run_for(4_500)
    expect(page.locator(".next")).to_contain_text("Call 代理人0")
    expect(page.locator(".next")).not_to_contain_text("Going out now")
    expect(page.locator(opener.split(" ")[0])).to_have_attribute("open", "")
    expect(page.locator("details.fold[open]")).to_have_count(1)
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert abs(summary.evaluate("summary => summary.getBoundingClientRect().top") - top) < 2


def look_again(page: Page) -> None:
    """Have an open page ask what is new, as it does every ten seconds."""
    with page.expect_response(lambda response: response.url.endswith("/live")):
        page.evaluate("document.getElementById('live').dispatchEvent(new Event('look'))")


def test_nothing_is_changed_while_somebody_writes(site: Site, page: Page) -> None:
    enter_and_propose(site.scenario)
    for to in ("+8613800138001", ZHAO):
        answer_by_post(counsel_browser(site.scenario), site.scenario.link(to), "yes", "no")
    site.scenario.beat()
    link = site.scenario.link(ZHAO)
    assert ask(counsel_browser(site.scenario), link).status_code == 303
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/1")
    expect(page.locator(".next")).to_contain_text("Decide on the request of Zhao Lei")
    page.get_by_text("Keep the date …").click()
    reason = page.get_by_label("Why the date stays")
    reason.fill("No date is")
    page.evaluate("document.getElementById('live').dispatchEvent(new Event('look'))")
    expect(reason).to_have_value("No date is")
    expect(reason).to_be_focused()
    reason.fill("")
    reason.blur()
    look_again(page)
    expect(page.locator("details", has=reason)).to_have_attribute("open", "")


def test_a_link_to_a_folded_form_opens_it_and_closes_the_menu(site: Site, page: Page) -> None:
    hearing = propose(site)
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/{hearing}")
    page.locator("#more > summary").click()
    page.get_by_role("link", name="Cancel the hearing…").click()
    expect(page.locator("#cancel-reason")).to_be_in_viewport()
    expect(page.locator("#more")).not_to_have_attribute("open", "")
    page.locator("#more > summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("#more")).not_to_have_attribute("open", "")
    expect(page.locator("#more > summary")).to_be_focused()


def test_a_lost_connection_is_said_until_it_is_back(site: Site, page: Page) -> None:
    hearing = propose(site)
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/{hearing}")
    line = page.locator("#line")
    expect(line).to_be_hidden()
    page.context.set_offline(True)
    page.evaluate("document.getElementById('live').dispatchEvent(new Event('look'))")
    expect(line).to_contain_text("The connection is lost")
    page.context.set_offline(False)  # the page hears of it
    expect(line).to_be_hidden()


def test_a_row_of_the_record_opens_into_its_messages_and_their_texts(
    site: Site, page: Page
) -> None:
    hearing = fixed_by_order(site)
    site.scenario.beat()
    site.sign_in(page)
    page.goto(f"{site.url}/hearings/{hearing}")
    page.locator("#record > summary").click()
    release = page.locator("#record .rec").first.locator("> li").filter(has_text="Date fixed")
    expect(release).to_have_count(1)
    release.locator("> details > summary").click()
    messages = release.locator(".rec-inside .rec > li")
    expect(messages).to_have_count(4)
    messages.first.locator("summary").click()
    # Of a long link so much is left of a text in one segment.
    expect(messages.first.locator(".letter")).to_contain_text("7号12月7日周一09:30开庭")
    expect(messages.first.locator(".rec-entries li")).to_have_count(3)
