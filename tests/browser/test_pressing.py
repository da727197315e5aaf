"""A program in a real browser, scripts on, opens every page of counsel's and presses every button."""

import re

import pytest
from playwright.sync_api import Page

from tests.acts import table
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.extended]

MOST_PAGES = 30
# What a scanner's script does: it opens what is folded, and presses, without choosing anything.
PRESS = """n => {
    document.querySelectorAll("details").forEach(each => each.open = true);
    const buttons = [...document.querySelectorAll("main form[method=post] button")];
    if (n < buttons.length) { buttons[n].click(); }
    return buttons.length;
}"""


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
        page.goto(site.url + path)
        page.mouse.wheel(0, 2000)
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        found = [each.split("#")[0].replace(site.url, "") for each in links]
        waiting += [each for each in found if re.match(r"/r/[\w-]{22}", each)]
        n = 0
        while n < page.evaluate(PRESS, n):
            page.wait_for_load_state("networkidle")
            pressed += 1
            n += 1
            page.goto(site.url + path)
    after = stage.snapshot()
    changed = {name for name in before if before[name] != after[name]}
    # A calendar of one's own, and a code that leads to one's own draft: neither decides anything.
    assert changed <= {"tally", "feed", "device_link"}, changed
    assert pressed > 20
    stage.verify()
