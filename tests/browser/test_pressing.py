"""A program in a real browser, scripts on, opens every page of counsel's and presses every button."""

import re

import pytest
from playwright.sync_api import Frame, Page

from tests.acts import table
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.extended]

MOST_PAGES = 30
BUTTONS = "main form[method=post] button"
# What a scanner's script does: it opens what is folded, and presses, without choosing anything.
# Returns whether the press submits a form, after which the browser goes to another page.
PRESS = """([buttons, n]) => {
    document.querySelectorAll("details").forEach(each => each.open = true);
    let submits = false;
    window.addEventListener("submit", event => { submits = !event.defaultPrevented; });
    document.querySelectorAll(buttons)[n].click();
    return submits;
}"""


def press(page: Page, n: int) -> None:
    """Press the button of this number, and wait for the page that follows, if one does."""
    pages: list[Frame] = []

    def remember(frame: Frame) -> None:
        pages.append(frame)

    page.on("framenavigated", remember)
    if page.evaluate(PRESS, [BUTTONS, n]) and not pages:
        page.wait_for_event("framenavigated")
    page.wait_for_load_state("networkidle")
    page.remove_listener("framenavigated", remember)


def test_nothing_is_decided_by_a_browser_that_presses_everything(site: Site, page: Page) -> None:
    scenario = site.scenario
    stage = table.stage(scenario)
    table.ask_with_times(stage, "respondent")
    acts = {each.name: each for each in table.COUNSEL}
    for name in ("days_away", "needs", "address"):
        acts[name].do(stage, "claimant")
    acts["questions"].do(stage, "claimant")
    stage.api("POST", f"/questions/{stage.questions()[0]['id']}/answer", {"words": "Yes."})
    before = stage.snapshot()
    waiting, seen, pressed = [stage.links["claimant"]], set[str](), 0
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        if path in seen or "lang=" in path or ".ics" in path:
            continue
        seen.add(path)
        answer = page.request.get(site.url + path)
        if "attachment" in answer.headers.get("content-disposition", ""):
            continue
        page.goto(site.url + path)
        page.mouse.wheel(0, 2000)
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        found = [each.split("#")[0].replace(site.url, "") for each in links]
        waiting += [each for each in found if re.match(r"/r/[\w-]{22}", each)]
        n = 0
        while n < page.locator(BUTTONS).count():
            press(page, n)
            pressed += 1
            n += 1
            page.goto(site.url + path)
    after = stage.snapshot()
    changed = {name for name in before if before[name] != after[name]}
    # A calendar of one's own, a code that leads to one's own draft, and the key with which the first
    # receipt is signed: none decides anything.
    assert changed <= {"tally", "feed", "device_link", "signing_key"}, changed
    assert pressed > 20
    stage.verify()
