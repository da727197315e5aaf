"""Contacts in a real browser: copy a message, call, order with a preview, import to propose."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo import outbox_views
from app.worker import beat
from tests.browser.conftest import PATIENCE, Site, served
from tests.browser.test_axe import AXE, GRAVE, LOOK
from tests.conftest import CASE, PASSWORD, make_scenario, proposal
from tests.flows.test_import_to_propose import FILLED, filled

pytestmark = [pytest.mark.browser, pytest.mark.extended]
WIDTHS = {"en": 1366, "zh": 390}
DEEPEST = 16_384 // 2  # CSS pixels of a page that a browser draws in one texture at two per pixel


@pytest.fixture(params=WIDTHS)
def language(request: pytest.FixtureRequest) -> str:
    """The language of the pages; Chinese ones are looked at on a phone."""
    return str(request.param)


@pytest.fixture
def desk(site: Site, browser: Browser, language: str) -> Iterator[Page]:
    """An assistant's page, in which scripts may read and write the clipboard."""
    context = browser.new_context(
        timezone_id="Asia/Shanghai",
        viewport={"width": WIDTHS[language], "height": 768},
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=AXE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    site.sign_in(page, password=PASSWORD)
    page.goto(f"{site.url}/?lang={language}")
    yield page
    context.close()
    assert not errors


@pytest.fixture
def asked(site: Site) -> Site:
    """A case whose counsel, of two languages, were asked about two slots."""
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    assert site.scenario.api("POST", "/hearings", proposal(1))[0] == 201
    site.scenario.beat()
    return site


def flawless(page: Page) -> None:
    """Expect nothing that axe finds, and no page wider than its window."""
    assert page.evaluate(LOOK, GRAVE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_message_is_copied_and_handed_on(asked: Site, desk: Page, language: str) -> None:
    desk.goto(f"{asked.url}/cases/1/message?hearing_id=1")
    flawless(desk)
    desk.get_by_role("link", name="Zhao Lei").click()
    flawless(desk)
    desk.locator("button.copy").click()
    expect(desk.locator("main [role=status]")).to_have_text(
        {"en": "Copied", "zh": "已复制"}[language]
    )
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == desk.locator("#words").input_value()
    assert asked.scenario.link("zhao@") in copied
    desk.locator("#note").fill("By WeChat, at her wish.")
    desk.locator("form[action*=message] button.btn").last.click()
    expect(desk).to_have_url(f"{asked.url}/hearings/1")
    expect(desk.get_by_role("status")).to_contain_text("Zhao Lei")


def test_a_message_is_copied_without_scripts(asked: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{asked.url}/sign-in")
    page.locator("#email").fill("wang@court.example")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").click()
    page.goto(f"{asked.url}/cases/1/message?hearing_id=1&counsel_id=2&lang=en")
    expect(page.locator("button.copy")).to_be_hidden()
    expect(page.locator("#words")).to_have_value(re.compile("/r/"))
    page.get_by_role("button", name="I handed it on").click()
    expect(page).to_have_url(f"{asked.url}/hearings/1")
    context.close()


def test_a_call_says_what_to_read_out_above_the_outcomes(
    asked: Site, desk: Page, language: str
) -> None:
    desk.goto(f"{asked.url}/cases/1/call?hearing_id=1&counsel_id=2")
    expect(desk.locator(".script[lang=en] .ask")).to_contain_text("Which of these suit you?")
    expect(desk.locator(".script[lang=zh-Hans] .ask")).to_contain_text("以上哪些时段您可以出庭？")
    flawless(desk)
    answered = desk.locator("button[value=spoke]")
    if language == "en":  # at a desk all of it is seen at once
        expect(answered).to_be_in_viewport()
        expect(desk.locator(".script[lang=en] .ask")).to_be_in_viewport()
    box = answered.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    desk.locator("#note").fill("Tuesday suits her.")
    answered.click()
    expect(desk.get_by_role("status")).to_contain_text("Zhao Lei")


def test_an_order_is_sent_after_its_messages_were_seen(asked: Site, desk: Page) -> None:
    desk.goto(f"{asked.url}/hearings/1")
    desk.locator("#fix > summary").click()
    desk.locator("#fix label.check").first.click()
    desk.locator("#fix-reason").fill("No answer.\nSecond line.")
    desk.locator("#fix form .btn").last.click()
    expect(desk.locator("main")).to_contain_text("The court has fixed the date in the case below")
    expect(desk.locator("main")).to_contain_text("您好。下列案件的庭期已由法院依职权排定。")
    expect(desk.locator("#send")).to_be_in_viewport()
    flawless(desk)
    before = len(asked.scenario.letters())
    asked.scenario.beat()
    assert len(asked.scenario.letters()) == before
    desk.locator("#send").click()
    expect(desk).to_have_url(f"{asked.url}/hearings/1")
    asked.scenario.beat()
    assert len(asked.scenario.letters()) > before


def test_a_template_is_filled_in_imported_and_proposed_for(
    site: Site, desk: Page, language: str, tmp_path: Path
) -> None:
    desk.goto(f"{site.url}/import")
    flawless(desk)
    with desk.expect_download() as taken:
        desk.locator("a[href$='template.xlsx']").click()
    body = Path(taken.value.path()).read_bytes()
    row = FILLED[language]
    other = [
        *row[:4],
        "Birch Ltd",
        "respondent",
        "Ben",
        "",
        "ben@b.example",
        "",
        "",
        "",
        "",
        "",
        "",
    ]
    file = tmp_path / "filled.xlsx"
    file.write_bytes(filled(body, "xlsx", row, other))
    desk.locator("#file").set_input_files(file)
    desk.locator("main .btn.go").click()
    expect(desk.locator("h1")).to_have_text("filled.xlsx")
    flawless(desk)
    desk.locator("button[value=check]").click()
    expect(desk.get_by_role("progressbar")).to_be_visible()
    beat.process_file(site.scenario.app)
    expect(desk.locator("button[value=enter]")).to_be_visible()  # the page looks by itself
    flawless(desk)
    desk.locator("button[value=enter]").click()
    expect(desk.get_by_role("progressbar")).to_be_visible()
    beat.process_file(site.scenario.app)
    propose = desk.locator("main .btn.go")
    expect(propose).to_have_attribute("href", re.compile(r"/hearings/new\?case_id=\d+"))
    flawless(desk)
    propose.click()
    expect(desk.locator("h1")).to_be_visible()
    assert "/hearings/new" in desk.url


def test_a_page_of_the_outbox_is_drawn_whole_on_a_phone(
    demo_folder: Path, tmp_path: Path, browser: Browser
) -> None:
    shutil.copytree(demo_folder, tmp_path, dirs_exist_ok=True)
    scenario = make_scenario(tmp_path, f"sqlite:///{tmp_path / 'tingqi.db'}", own_app=True)
    scenario.app.register_blueprint(outbox_views.bp)
    with served(scenario) as site:
        context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        page = context.new_page()
        for number in (1, 2):
            page.goto(f"{site.url}/outbox?page={number}")
            expect(page.locator("article")).to_have_count(outbox_views.PER_PAGE)
            assert page.evaluate("document.documentElement.scrollHeight") < DEEPEST
            assert page.screenshot(full_page=True, timeout=PATIENCE)
        context.close()
    scenario.close()
