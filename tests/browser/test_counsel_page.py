"""Counsel's page in a real browser: by thumb, by keyboard, without scripts, on a small screen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Site
from tests.conftest import CASE, at, proposal
from tests.counsel.test_answers import LI, PHONE, ZHAO, answer, hearing, lines, propose
from tests.counsel.test_answers import browser as visitor

pytestmark = [pytest.mark.browser, pytest.mark.extended]

Phone = Callable[..., Page]
SLOTS = tuple((at(14 + n, "09:30"), "第三法庭") for n in range(10))
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    """A maker of phones; a fault of a script, or what the security policy forbids, fails."""
    contexts, faults = [], []

    def make(width: int = 360, **more: Any) -> Page:
        told = {"locale": "en-GB", "timezone_id": "Asia/Shanghai", "user_agent": PHONE, **more}
        context = browser.new_context(viewport={"width": width, "height": 740}, **told)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Security" in said.text else 0)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


def choose(page: Page, slot: int, word: str) -> None:
    """Press one of the three answers of a slot, where a thumb would."""
    page.locator("fieldset.slot").nth(slot - 1).locator(".pick label").filter(has_text=word).click()


def press(page: Page) -> None:
    """Press the one button."""
    page.locator("form.answer button").click()


def comment(page: Page, words: str) -> None:
    """Open the field for a comment if it is closed, and write into it."""
    if not page.locator("#comment").is_visible():
        page.get_by_text("Add a comment that all sides can read").click()
    page.locator("#comment").fill(words)


def bar(page: Page) -> Any:
    """What the bar with the one button says."""
    return expect(page.locator(".submit [role=status]"))


def title(page: Page) -> Any:
    """The first line of the page."""
    return expect(page.get_by_role("heading", level=1))


def test_counsel_answers_in_all_three_ways_without_scripts(site: Site, phone: Phone) -> None:
    made = propose(site.scenario, CASE, *SLOTS[:3])
    page = phone(java_script_enabled=False)
    page.goto(site.url + site.scenario.link(ZHAO))
    for slot, word in ((1, "Yes"), (2, "If needed"), (3, "No")):
        choose(page, slot, word)
    comment(page, "In person 🙂 <b>please</b>")
    press(page)
    title(page).to_have_text("Your answer is recorded")
    expect(page.locator(".card .entries li")).to_contain_text(["yes", "if needed", "no"])
    expect(page.locator(".quote")).to_have_text("In person 🙂 <b>please</b>")
    [(_, detail)] = lines(site.scenario, made, "answered")
    assert [each["says"] for each in detail["says"]] == ["yes", "if_needed", "no"]
    page.get_by_text("Change the answer").click()
    choose(page, 3, "Yes")
    page.get_by_role("button", name="Change answer").click()
    expect(page.locator(".card .entries li").nth(2)).to_contain_text("yes")


def test_without_scripts_what_is_missing_is_said_first(site: Site, phone: Phone) -> None:
    made = propose(site.scenario, CASE, *SLOTS[:3])
    page = phone(java_script_enabled=False)
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "Yes")
    choose(page, 3, "No")
    comment(page, "x" * 5000)
    bar(page).to_have_text("Still to answer Tue 8 Dec, 09:30", use_inner_text=True)
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing is recorded yet.")
    expect(page.get_by_role("alert")).to_contain_text("Tue 8 Dec, 09:30: Choose yes, if needed")
    expect(page.get_by_role("alert")).to_contain_text("Shorten this to 2000 characters or fewer.")
    second = page.locator("fieldset.slot").nth(1)
    expect(second.locator(".error")).to_be_in_viewport(ratio=1)
    expect(second.locator("[value=yes]")).to_be_focused()
    bar(page).to_have_text("Still to answer Tue 8 Dec, 09:30", use_inner_text=True)
    assert page.locator("input:checked").count() == 2
    assert page.locator("#comment").input_value() == "x" * 5000
    page.evaluate("scrollTo(0, document.body.scrollHeight / 3)")
    page.locator(".submit a:visible").click()
    expect(second).to_be_in_viewport()
    choose(page, 2, "If needed")
    page.locator("#comment").fill("")
    press(page)
    title(page).to_have_text("Your answer is recorded")
    assert len(lines(site.scenario, made, "answered")) == 1


def test_the_keyboard_alone_is_enough(site: Site, phone: Phone) -> None:
    propose(site.scenario)
    page = phone(1280)
    page.goto(site.url + site.scenario.link(ZHAO))
    keys = page.keyboard

    def tab_to(words: str) -> None:
        for _ in range(20):
            keys.press("Tab")
            if page.evaluate("e => document.activeElement.matches(e)", words):
                return
        raise AssertionError(f"no way by keyboard to {words}")

    tab_to(".skip")
    tab_to("fieldset:nth-of-type(1) input[value=yes]")
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert page.evaluate(outline) == "solid"
    keys.press("Space")
    tab_to("fieldset:nth-of-type(2) input[value=yes]")
    keys.press("ArrowRight")  # checks the next one
    bar(page).to_contain_text("All 2 dates answered", use_inner_text=True)
    tab_to(".note summary")
    keys.press("Enter")
    tab_to("#comment")
    keys.type("By keyboard")
    tab_to("form.answer button")
    keys.press("Enter")
    title(page).to_have_text("Your answer is recorded")
    expect(page.locator(".card .entries li")).to_contain_text(["yes", "if needed"])


def test_what_is_missing_is_counted_as_one_chooses(site: Site, phone: Phone) -> None:
    made = propose(site.scenario, CASE, *SLOTS[:3])
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    bar(page).to_have_text("Still to answer Mon 7 Dec, 09:30", use_inner_text=True)
    expect(page.locator(".submit")).to_be_in_viewport(ratio=1)
    choose(page, 1, "Yes")
    bar(page).to_have_text("Still to answer Tue 8 Dec, 09:30", use_inner_text=True)
    press(page)
    second = page.locator("fieldset.slot").nth(1)
    expect(second.locator(".error")).to_be_in_viewport(ratio=1)
    expect(second.locator(".error")).to_have_text("Choose yes, if needed or no.")
    expect(second.locator("[value=yes]")).to_be_focused()
    expect(page.locator("fieldset.slot").first.locator(".error")).to_be_hidden()
    page.get_by_text("None of these suits me").click()
    bar(page).to_contain_text("No to all 3 dates", use_inner_text=True)
    expect(page.locator(".error:visible")).to_have_count(0)
    expect(page.locator(".pick:visible")).to_have_count(0)
    expect(page.locator(".slot .tag:visible")).to_have_text(["No", "No", "No"])
    page.get_by_text("None of these suits me").click()  # what was chosen before is back
    bar(page).to_have_text("Still to answer Tue 8 Dec, 09:30", use_inner_text=True)
    choose(page, 2, "If needed")
    choose(page, 3, "No")
    bar(page).to_contain_text("All 3 dates answered", use_inner_text=True)
    assert not lines(site.scenario, made, "answered")


def test_the_other_language_shows_what_was_chosen_and_typed(site: Site, phone: Phone) -> None:
    propose(site.scenario)
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "If needed")
    comment(page, "另有一庭")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#comment")).to_have_value("另有一庭")
    expect(page.locator("fieldset.slot").first.locator("[value=if_needed]")).to_be_checked()
    expect(page.locator("#comment")).to_be_visible()
    bar(page).to_have_text("尚未选择 12月8日 周二 14:00", use_inner_text=True)
    page.reload()
    expect(page.locator("#comment")).to_have_value("")


WORDS = {
    "en": {
        "none": "None of these suits me",
        "missing": "Still to answer",
        "error": "Choose yes, if needed or no.",
        "no": "No to all 2 dates",
        "with": "with the half-days that you tapped",
        "afternoon": "Wed 9 Dec, afternoon",
        "morning": "Thu 17 Dec, morning",
        "recorded": "Your answer is recorded",
        "could": "You could come: Wed 9 Dec, afternoon; Thu 17 Dec, morning",
    },
    "zh": {
        "none": "以上时间均不合适",
        "missing": "尚未选择",
        "error": "请选择可以、必要时可以或者不可以。",
        "no": "2个时段均不可以",
        "with": "并提交所选的半天",
        "afternoon": "12月9日 周三下午",
        "morning": "12月17日 周四上午",
        "recorded": "您的答复已记录",
        "could": "您可以出庭的时间：12月9日 周三下午；12月17日 周四上午",
    },
}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_whom_nothing_suits_taps_half_days_and_the_court_asks_for_one_of_them(
    site: Site, phone: Phone, language: str, scripts: bool
) -> None:
    says, made = WORDS[language], propose(site.scenario)
    page = phone(390, java_script_enabled=scripts)
    page.goto(f"{site.url}{site.scenario.link(ZHAO)}?lang={language}")
    expect(page.locator(".could")).to_be_hidden()
    press(page)  # nothing is chosen yet
    first = page.locator("fieldset.slot").first
    expect(first.locator(".error")).to_have_text(says["error"])
    expect(first.locator(".error")).to_be_in_viewport(ratio=1)
    expect(first.locator("[value=yes]")).to_be_focused()
    bar(page).to_contain_text(says["missing"], use_inner_text=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text(says["none"]).click()
    bar(page).to_contain_text(says["no"], use_inner_text=True)
    expect(page.locator(".week")).to_have_count(3)
    for half_day in (says["afternoon"], says["morning"]):
        page.get_by_role("checkbox", name=half_day).check()
    bar(page).to_contain_text(says["with"], use_inner_text=True)
    press(page)
    title(page).to_have_text(says["recorded"])
    expect(page.locator(".reply .card").first).to_contain_text(says["could"])
    [(_, detail)] = lines(site.scenario, made, "answered")
    assert {each["says"] for each in detail["says"]} == {"no"}
    desk = phone(1366)
    site.sign_in(desk)
    desk.goto(f"{site.url}/hearings/{made}/round?lang={language}")
    suggested = desk.locator("[value^='2026-12-']").evaluate_all("all => all.map((e) => e.value)")
    assert "2026-12-09T13:30" in suggested
    assert "2026-12-17T09:00" in suggested


def test_all_noes_one_by_one_ask_for_half_days_too(site: Site, phone: Phone) -> None:
    propose(site.scenario)
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "No")
    expect(page.locator(".could")).to_be_hidden()
    choose(page, 2, "No")
    expect(page.locator(".could")).to_be_visible()
    expect(page.locator(".pick:visible")).to_have_count(2)  # the choices stay where they are
    choose(page, 2, "Yes")
    expect(page.locator(".could")).to_be_hidden()


def test_a_yes_and_none_of_these_is_asked_back_and_nothing_is_hidden(
    site: Site, phone: Phone
) -> None:
    made = propose(site.scenario)
    page = phone(java_script_enabled=False)
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "Yes")
    page.get_by_text("None of these suits me").click()
    bar(page).to_contain_text("You said that none suits", use_inner_text=True)
    expect(page.locator(".pick:visible")).to_have_count(2)
    press(page)
    expect(page.locator("#none")).to_be_focused()
    expect(page.locator("#none-error")).to_be_in_viewport(ratio=1)
    choose(page, 1, "No")
    press(page)
    title(page).to_have_text("Your answer is recorded")
    assert len(lines(site.scenario, made, "answered")) == 1


def test_a_double_press_counts_once(site: Site, phone: Phone) -> None:
    made = propose(site.scenario)
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    page.get_by_text("None of these suits me").click()
    page.locator("form.answer button").dblclick()
    title(page).to_have_text("Your answer is recorded")
    assert len(lines(site.scenario, made, "answered")) == 1


def test_of_two_tabs_the_later_press_counts_if_it_says_more(site: Site, phone: Phone) -> None:
    made = propose(site.scenario)
    first, second = phone(), phone()  # two windows: a tab that is hidden draws when it likes
    for page in (first, second):
        page.goto(site.url + site.scenario.link(ZHAO))
    for page in (first, second):
        choose(page, 1, "Yes")
        choose(page, 2, "No")
        press(page)
        title(page).to_have_text("Your answer is recorded")
    assert len(lines(site.scenario, made, "answered")) == 1
    first.get_by_text("Change the answer").click()
    choose(first, 2, "Yes")
    press(first)
    expect(first.locator(".card .entries li")).to_contain_text(["yes", "yes"])
    assert [detail["changed"] for _, detail in lines(site.scenario, made, "answered")] == [
        False,
        True,
    ]


def test_a_page_left_open_too_long_says_how_things_stand(site: Site, phone: Phone) -> None:
    made = propose(site.scenario)
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "Yes")
    choose(page, 2, "No")
    site.scenario.wait(days=8)
    press(page)
    title(page).to_have_text("The time to answer is over")
    expect(page.get_by_role("alert")).to_contain_text("ended on Mon 30 Nov 2026, 17:00")
    assert not lines(site.scenario, made, "answered")


def test_a_scanner_that_feigns_presses_decides_nothing(site: Site, phone: Phone) -> None:
    made = propose(site.scenario)
    page = phone()
    page.goto(site.url + site.scenario.link(ZHAO))
    page.evaluate(
        """() => {
          scrollTo(0, 400);
          for (const kind of ["pointerdown", "touchstart", "keydown", "wheel", "click"])
            document.body.dispatchEvent(new Event(kind, {bubbles: true}));
          document.querySelector("form.answer button").click();
        }"""
    )
    expect(page.locator(".slot.is-missing")).to_have_count(2)
    choose(page, 1, "Yes")  # a press that the browser vouches for, yet a program drives it
    page.wait_for_load_state("networkidle")
    assert [what for what, _ in lines(site.scenario, made, "fetched", "opened", "answered")] == [
        "fetched"
    ]
    assert hearing(site.scenario, made)[0] == "proposed"


def test_a_persons_touch_is_written_down_as_opened(site: Site, phone: Phone) -> None:
    made = propose(site.scenario)
    page = phone()
    # The browser of a person: what drives this one says so, and the page believes it.
    page.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => false})")
    page.goto(site.url + site.scenario.link(ZHAO))
    with page.expect_response(lambda said: said.url.endswith("/opened")) as said:
        choose(page, 1, "Yes")
    assert said.value.status == 204
    choose(page, 2, "Yes")
    found = [what for what, _ in lines(site.scenario, made, "fetched", "opened")]
    assert found == ["fetched", "opened"]


def test_a_reader_elsewhere_sees_their_own_clock_with_its_name(site: Site, phone: Phone) -> None:
    propose(site.scenario)
    page = phone(timezone_id="America/New_York")
    page.goto(site.url + site.scenario.link(ZHAO))
    own = page.locator("fieldset.slot .own").first
    expect(own).to_contain_text("On your clock: Sun")
    expect(own).to_contain_text("20:30")
    expect(own).to_contain_text("America/New_York")


def test_a_reader_with_the_courts_clock_is_told_of_no_other(site: Site, phone: Phone) -> None:
    propose(site.scenario)
    page = phone(timezone_id="Asia/Singapore")
    page.goto(site.url + site.scenario.link(ZHAO))
    choose(page, 1, "Yes")
    expect(page.locator(".own:visible")).to_have_count(0)


@pytest.mark.parametrize("slots", [3, 10])
def test_the_first_load_is_less_than_60_kilobytes(site: Site, phone: Phone, slots: int) -> None:
    propose(site.scenario, CASE, *SLOTS[:slots])
    page = phone()
    loaded: dict[str, int] = {}
    page.on("response", lambda said: loaded.update({said.url: len(said.body())}))
    page.goto(site.url + site.scenario.link(ZHAO))
    page.wait_for_load_state("networkidle")
    assert any(url.endswith(".css") for url in loaded)
    assert sum(loaded.values()) < 60_000, loaded


def wide(page: Page) -> list[str]:
    """What sticks out of the window, and what cuts its own words off."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter((each) => each.getClientRects().length && !each.closest(".skip")
                             && !each.closest(".case summary")  // one line; the facts have it all
                             && !each.parentElement.closest(".lanes"))  // it scrolls by itself
          .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5
                            || (each.matches(".btn, .pick span, p, h1, dd")
                                && each.scrollWidth > each.clientWidth + 1
                                && each.clientWidth > 0 && getComputedStyle(each).display !== "inline"))
          .map((each) => each.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize(("width", "text"), [(320, 100), (360, 200)])
def test_no_page_scrolls_sideways(site: Site, phone: Phone, width: int, text: int) -> None:
    parties = [dict(party) for party in CASE["parties"]]
    parties[1] |= {"name": LONG}
    propose(site.scenario, {**CASE, "title": LONG, "parties": parties}, *SLOTS[:2])
    asked = site.scenario.link(ZHAO)
    site.scenario.wait(minutes=1)
    propose(site.scenario, {**CASE, "number": "（2026）沪0115民初2号"}, (at(30), "第五法庭"))
    fixed = site.scenario.link(ZHAO)
    for whom in (LI, ZHAO):
        answer(visitor(site.scenario), site.scenario.link(whom), "yes", comment="w" * 300)
    site.scenario.beat()
    page = phone(width)

    def look() -> None:
        page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
        assert wide(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    for path in (asked, fixed, f"{fixed}/record", f"{fixed}/feed", "/r", "/r/" + "x" * 22):
        for language in ("en", "zh"):
            page.goto(f"{site.url}{path}?lang={language}")
            look()
    page.goto(f"{site.url}{fixed}/feed?lang=en")
    page.get_by_role("button", name="Create my calendar address").click()
    expect(page.locator(".address")).to_be_visible()
    look()
    page.goto(site.url + asked)
    press(page)
    look()
    page.get_by_text("None of these suits me").click()
    press(page)
    title(page).to_have_text("Your answer is recorded")
    page.get_by_text("Change the answer").click()
    look()


def test_another_date_takes_three_presses_two_and_one(site: Site, page: Page) -> None:
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    made = site.scenario.api("POST", "/hearings", proposal(1, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    assert site.scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    site.scenario.beat()
    page.goto(site.url + site.scenario.link("zhao@jinmao.example"))
    page.get_by_role("link", name="Another date").click()
    page.get_by_label("The parties are talking about a settlement").check()
    page.get_by_role("button", name="Ask all sides and the court").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Another date is asked for")
    site.scenario.beat()
    page.goto(site.url + site.scenario.link("li@huacheng.example"))
    times = page.locator(".times-listed li")
    expect(times).to_have_count(5)
    expect(page.locator(".opinion .times")).to_be_hidden()
    page.locator("input[name=stance][value=all]").check()
    page.locator("form.opinion button").click()
    expect(page.locator("form.opinion")).to_be_hidden()
    site.sign_in(page)
    page.get_by_role("button", name="Move and tell all").click()
    page.wait_for_url("**/hearings/*")
    expect(page.locator("main")).to_contain_text("The hearing is moved.")
