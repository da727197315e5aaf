"""The desk in a real browser: by keyboard, without scripts, on a phone, in both languages."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.conftest import CASE, PASSWORD, at, proposal

pytestmark = [pytest.mark.browser, pytest.mark.extended]

PAGES = (
    "/",
    "/hearings",
    "/hearings?q=12345",
    "/cases",
    "/cases/new",
    "/cases/1",
    "/cases/1/record",
    "/cases/1/facts",
    "/cases/1/counsel",
    "/cases/1/counsel/1",
    "/settings",
    "/settings/courtrooms",
    "/settings/rules",
    "/me",
)


def furnish(site: Site) -> None:
    """A case with a proposed hearing, asked for with little time left."""
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    asked = proposal(1, answer_by=at(0, "20:00"))
    assert site.scenario.api("POST", "/hearings", asked)[0] == 201
    site.scenario.beat()


def test_a_user_signs_in_by_keyboard_and_out_again(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/sign-in?lang=en")
    page.locator("#email").focus()
    page.keyboard.type("wang@court.example")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("E-mail or password is wrong.")
    expect(page.locator("#email")).to_have_value("wang@court.example")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, 23 November")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/sign-in**")
    page.goto(f"{site.url}/cases")
    expect(page).to_have_url(f"{site.url}/sign-in?next=/cases")


def test_a_slash_leads_to_the_search_and_a_case_is_found(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("(2026)沪0115民初12345号")
    page.keyboard.press("Enter")
    expect(page.locator("main table").get_by_role("link", name=CASE["number"])).to_be_visible()


def test_a_call_is_logged_on_the_case_and_a_slip_loses_nothing(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page)
    page.goto(f"{site.url}/cases/1")
    page.locator("#log > summary").click()
    page.get_by_label("With whom").select_option(label="Zhao Lei, Haitong Trading Ltd")
    page.get_by_label("When").fill("2026-12-24T08:00")
    page.get_by_label("Note").fill("Asks for an afternoon")
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Enter when the contact took place: this time is still to come."
    )
    expect(page.get_by_label("Note")).to_have_value("Asks for an afternoon")
    page.get_by_role("alert").get_by_role("link", name="When").click()
    expect(page.locator("#at")).to_be_in_viewport()
    page.reload()
    page.get_by_label("When").fill("2026-11-23T08:00")
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_role("status")).to_contain_text(
        "The contact with Zhao Lei is on the record."
    )
    first = page.locator(".rec > li").first
    expect(first).to_contain_text("Contact by the court")
    first.locator("summary").click()
    expect(first).to_contain_text("made Mon 23 Nov 2026, 08:00")
    expect(first.locator(".rec-entries")).to_contain_text("Asks for an afternoon")


def test_a_case_is_entered_without_scripts_row_by_row(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    site.sign_in(page)
    page.goto(f"{site.url}/cases/new")
    page.get_by_label("Case number").fill("（2026）沪0115民初7号")
    page.get_by_role("button", name="Add another party").click()
    expect(page.get_by_label("Case number")).to_have_value("（2026）沪0115民初7号")
    page.locator("[id='parties.0.name']").fill("甲公司")
    page.locator("[id='parties.0.counsel.0.name']").fill("李敏")
    page.get_by_role("button", name="Save case").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing that you typed is lost.")
    expect(page.locator("[id='parties.0.counsel.0.name']")).to_have_value("李敏")
    page.get_by_label("Judge").fill("陈法官")
    page.locator("[id='parties.0.counsel.0.phone']").fill("13800138001")
    page.locator("[id='parties.1.name']").fill("乙公司")
    page.locator("[id='parties.1.counsel.0.name']").fill("Zhao Lei")
    page.locator("[id='parties.1.counsel.0.email']").fill("zhao@jinmao.example")
    page.get_by_role("button", name="Save case").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("（2026）沪0115民初7号")
    expect(page.get_by_role("status")).to_contain_text("The case is saved.")
    context.close()


def test_every_page_fits_a_phone_and_its_controls_fit_a_thumb(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page, "admin@court.example")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in PAGES:
        answer = page.goto(site.url + path)
        assert answer
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        low = page.locator("main .btn, main .control, .bar .btn, .bar nav a").evaluate_all(
            "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)"
            ".map(e => e.outerHTML)"
        )
        assert low == [], path


def test_every_field_has_a_label_and_no_name_stands_twice(site: Site, page: Page) -> None:
    furnish(site)
    site.sign_in(page, "admin@court.example")
    for path in PAGES:
        page.goto(site.url + path)
        bare = page.locator("input:not([type=hidden]), select, textarea").evaluate_all(
            "all => all.filter(e => !e.labels.length && !e.ariaLabel).map(e => e.outerHTML)"
        )
        assert bare == [], path
        ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
        assert len(ids) == len(set(ids)), path


def test_names_of_any_script_and_length_are_shown_whole_and_turn_nothing(
    site: Site, page: Page
) -> None:
    turned, long = "שרה כהן", "W" * 200
    rare = "𠮷𡈽𪚥" + "长" * 190
    case = json.loads(json.dumps(CASE))
    for party, name, whose in zip(
        case["parties"], (long, "<i>乙</i>"), (rare, turned), strict=True
    ):
        party["name"], party["counsel"][0]["name"] = name, whose
    case["title"], case["judge"] = "V" * 200, "J" * 200
    assert site.scenario.api("POST", "/cases", case)[0] == 201
    asked = proposal(1, answer_by=at(0, "20:00"))
    assert site.scenario.api("POST", "/hearings", asked)[0] == 201
    slot = site.scenario.api("POST", "/hearings", proposal(1, (at(20), "第三法庭")))[1]["slots"][0][
        "id"
    ]
    order = {"slot_id": slot, "reason": "R" * 200}
    assert site.scenario.api("POST", "/hearings/2/fix", order)[0] == 200
    site.scenario.beat()
    site.sign_in(page)
    link = site.scenario.link("zhao@jinmao.example")
    paths = (
        "/",
        "/cases",
        "/cases/1",
        "/cases/1/facts",
        "/cases/1/call?counsel_id=1",
        "/hearings",
        "/hearings/1",
        "/hearings/2",
        "/hearings/new",
        "/hearings/1/round",
        "/cases/1/record",
        "/cases/1/certificate",
        f"/calendar?on={at(20)[:10]}",
        "/hearings/2/paper/1",
        f"/calendar/list?on={at(20)[:10]}",
        link,
        f"{link}/record",
    )
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        for path in paths:
            page.goto(site.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            assert page.locator("main i", has_text="乙").count() == 0, path
    page.goto(f"{site.url}/hearings/1")
    for name in (rare, turned, long, "<i>乙</i>"):
        expect(page.locator("main")).to_contain_text(name)
    line = page.locator(".rows.who li", has_text=turned)
    name, side = (line.locator(each).first.bounding_box() for each in ("b", "small"))
    assert name
    assert side
    assert abs(name["x"] - side["x"]) <= 1  # both begin where the column begins


def test_the_language_that_is_chosen_stays(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto(f"{site.url}/hearings")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/hearings\?lang=en$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hearings")


def test_home_shows_what_is_new_and_says_when_the_line_is_lost(site: Site, page: Page) -> None:
    furnish(site)
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.clock.install()
    site.sign_in(page)
    expect(page).to_have_title(re.compile(r"^\(1\) Home"))
    focused = page.locator(".tasks a").first
    focused.focus()
    other = {**CASE, "number": "（2026）沪0115民初777号"}
    assert site.scenario.api("POST", "/cases", other)[0] == 201
    asked = proposal(2, (at(20), "第三法庭"), (at(21), "第五法庭"), answer_by=at(0, "20:00"))
    assert site.scenario.api("POST", "/hearings", asked)[0] == 201
    page.clock.run_for(21_000)
    expect(page.locator("#live")).to_contain_text("777号")
    expect(page).to_have_title(re.compile(r"^\(2\) Home"))
    expect(focused).to_be_focused()
    assert broken == []
    page.route("**/news**", lambda asked: asked.abort())
    page.clock.run_for(21_000)
    expect(page.locator("#line")).to_contain_text("Connection lost. This is how it was at")
    page.unroute("**/news**")
    page.clock.run_for(21_000)
    expect(page.locator("#line")).to_be_hidden()
