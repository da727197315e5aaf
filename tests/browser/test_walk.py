"""Both roles through the whole main job in the demo's court, by mouse and by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo.story import ASSISTANT, STORY
from tests.browser.conftest import PATIENCE, Site
from tests.browser.hands import Hand, Keys, Mouse

pytestmark = pytest.mark.browser
CASE, COUNSEL = "509", ("zhouhang@", "emma.carter@")  # a round of theirs lapsed
Window = tuple[Page, Page]


@pytest.fixture
def windows(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Window]:
    """The assistant's window and counsel's, of one width; nothing of theirs may go wrong unseen."""
    width, language = request.param
    tongue = "zh-Hans" if language == "zh" else language
    wrong: list[str] = []
    pages = []
    for height in (900, 740):
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda fault: wrong.append(str(fault)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("load", lambda page: wrong.extend(_amiss(page, tongue)))
        context.add_cookies([{"name": "lang", "value": language, "url": "http://127.0.0.1"}])
        pages.append(page)
    yield pages[0], pages[1]
    for page in pages:
        page.context.close()
    assert not wrong


def _amiss(page: Page, tongue: str) -> list[str]:
    wide, said = page.evaluate(
        "[document.documentElement.scrollWidth > innerWidth, document.documentElement.lang]"
    )
    found = [f"{page.url} scrolls sideways"] if wide else []
    return found if said == tongue else [*found, f"{page.url} is in {said}"]


@pytest.mark.parametrize(
    ("windows", "hand"),
    [
        pytest.param((360, "en"), Mouse(), id="phone-en-mouse"),
        pytest.param((360, "zh"), Keys(), id="phone-zh-keys", marks=pytest.mark.extended),
        pytest.param((1280, "en"), Keys(), id="laptop-en-keys", marks=pytest.mark.extended),
        pytest.param((1280, "zh"), Mouse(), id="laptop-zh-mouse", marks=pytest.mark.extended),
        pytest.param((1920, "en"), Mouse(), id="wide-en-mouse", marks=pytest.mark.extended),
        pytest.param((1920, "zh"), Keys(), id="wide-zh-keys"),
    ],
    indirect=["windows"],
)
def test_a_date_is_asked_for_answered_fixed_known_and_given_up(
    demo: Site, windows: Window, hand: Hand
) -> None:
    desk, theirs = windows
    sign_in(demo, desk, hand)
    propose(desk, hand)
    demo.scenario.beat()
    for whom in COUNSEL:
        answer(demo, theirs, hand, whom)
    desk.reload()
    expect(desk.locator(".head > .tag.ok")).to_be_visible()  # fixed
    demo.scenario.beat()
    theirs.goto(demo.url + demo.scenario.link(COUNSEL[0]))
    hand.choose(theirs.locator("input[name=seen]"))
    hand.press(theirs.locator("form .btn.go"))
    expect(theirs.locator("form .btn.go")).to_have_count(0)  # they said that they know the date
    hand.press(desk.locator("#cancel > summary"))
    hand.write(desk.locator("#cancel-reason"), "Settled out of court")
    hand.press(desk.locator("#cancel .btn.grave"))
    hand.press(desk.locator("#send"))
    expect(desk.locator(".head > .tag.off")).to_be_visible()  # cancelled
    demo.scenario.beat()
    for whom in COUNSEL:
        assert demo.scenario.letters(to=whom, containing="Settled out of court")


def sign_in(demo: Site, desk: Page, hand: Hand) -> None:
    """Sign in as the demo's assistant, by the page that anybody is sent to."""
    desk.goto(demo.url)
    hand.write(desk.locator("#email"), ASSISTANT)
    hand.write(desk.locator("#password"), STORY["password"])
    hand.press(desk.locator("main form button"))
    expect(desk.locator("#waits")).to_be_visible()


def propose(desk: Page, hand: Hand) -> None:
    """Go on from home: find the case, add a slot of one's own choice, read, send."""
    hand.press(desk.locator(".bar [data-key=n]"))
    hand.write(desk.locator("#find"), CASE)
    hand.press(desk.locator("form.filter button"))  # one case has that running number
    expect(desk.locator(".slot")).to_have_count(3)
    hand.press(desk.locator("[name=do][value^='take.']").first)
    expect(desk.locator(".slot")).to_have_count(4)
    hand.press(desk.locator("#see"))
    expect(desk.locator("#preview")).to_be_visible()
    hand.press(desk.locator("#send"))
    expect(desk).to_have_url(re.compile(r"/hearings/\d+$"))
    expect(desk.get_by_role("status")).to_be_visible()


def answer(demo: Site, page: Page, hand: Hand, whom: str) -> None:
    """Answer as counsel: the second slot suits, the others do not."""
    page.goto(demo.url + demo.scenario.link(whom))
    for n, slot in enumerate(page.locator("fieldset.slot").all()):
        hand.choose(slot.locator(f"input[value={'yes' if n == 1 else 'no'}]"))
    hand.press(page.locator("form.answer button"))
    expect(page.locator(".entries, .when")).not_to_have_count(0)
