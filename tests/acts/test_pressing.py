"""Programs that open every page and press every button: nothing is decided."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from app.rehearsal.browser import HtmlForm, HtmlPage
from tests.acts import table
from tests.acts.table import SIDES, Stage
from tests.conftest import Scenario

pytestmark = pytest.mark.extended

BASE = "http://127.0.0.1:8000"
# A count of how often an answer on the page was enough, an address for one's own calendar, a code
# for one's own phone, the key with which the first receipt is signed: nothing follows from them.
HARMLESS = ("tally", "feed", "device_link", "signing_key")
# Opening a paper is a visit to it, as opening a page is, and on the record as one.
PAPER_OPENED = re.compile(r"'opened', 'papers?'")
MOST_PAGES = 200


class Crawled(HTMLParser):
    """A page as a program sees it: links, and forms with the values of their buttons."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.buttons: list[list[dict[str, str]]] = []
        self.feed(text)
        self.forms: list[HtmlForm] = HtmlPage(text).forms

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an address, or a button of the form that is open."""
        values = {name: value or "" for name, value in attrs}
        if tag in ("a", "link") and values.get("href"):
            self.links.append(values["href"])
        elif tag == "form":
            self.buttons.append([])
        elif tag == "button" and self.buttons:
            self.buttons[-1].append(values)

    def presses(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Every form as it is found, sent without a button, then by each of its buttons.

        Yields the method, the address and the fields.
        """
        for form, buttons in zip(self.forms, self.buttons, strict=True):
            yield form.method, form.action, form.fields
            for button in buttons:
                action = button.get("formaction", form.action)
                named = {button["name"]: button.get("value", "")} if button.get("name") else {}
                yield form.method, action, {**form.fields, **named}


@pytest.fixture
def stage(scenario: Scenario) -> Stage:
    """A case in which each side has something to answer, to agree to, to take back or to stop."""
    made = table.stage(scenario)
    acts = {each.name: each for each in table.COUNSEL}
    for side in ("claimant", "respondent"):
        acts["questions"].do(made, side, words=f"Asked by {side}?")
        number = made.questions()[0]["id"]
        made.api("POST", f"/questions/{number}/answer", {"words": "Yes."})
        scenario.wait(minutes=11)
        acts["questions"].do(made, side, words=f"And asked on by {side}?", follows=str(number))
    table.ask_with_times(made, "respondent")
    for name in ("days_away", "needs", "address", "delegates"):
        acts[name].do(made, "claimant")
    acts["papers"].prepare(made, "respondent")
    acts["papers"].do(made, "respondent")
    acts["feeds.begin"].do(made, "claimant")
    for _ in range(2):
        scenario.beat()
        scenario.wait(hours=12)
    scenario.beat()
    acts["address_changes"].do(made, "claimant")  # its code is good for minutes
    return made


def starts(stage: Stage) -> list[str]:
    """The addresses of all letters and of all links of the case."""
    bodies = "\n".join(each.body for each in stage.scenario.letters())
    found = re.findall(rf"{re.escape(BASE)}(/r/\S+|/r\b)", bodies)
    return sorted({*found, *stage.links.values()})


def inside(page: str, href: str) -> str | None:
    """The path to which a link leads, or None if that is another site or a file."""
    there = urlsplit(urljoin(BASE + page, href))
    if f"{there.scheme}://{there.netloc}" != BASE or there.path.startswith("/static"):
        return None
    return there.path + (f"?{there.query}" if there.query else "")


def crawl(stage: Stage, *, as_scanners: bool = False) -> dict[str, str]:
    """Open all pages that can be reached; return what they say.

    ``as_scanners``: also by HEAD, and as a browser that loads a page before it is asked for.
    """
    waiting, seen = starts(stage), dict[str, str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        if path in seen:
            continue
        client = stage.browser()
        if as_scanners:
            client.head(path)
            client.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
        page = client.get(path)
        assert page.status_code in (200, 302, 404), (path, page.status_code)
        seen[path] = page.text if page.mimetype == "text/html" else ""
        links = [inside(path, href) for href in Crawled(seen[path]).links]
        waiting += [
            each for each in links if each and each.startswith("/r") and "lang=" not in each
        ]
    return seen


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The tables that differ, but for harmless ones."""
    found = {
        name: (sorted({*after[name]} - {*rows}), sorted({*rows} - {*after[name]}))
        for name, rows in before.items()
        if after[name] != rows and name not in (*HARMLESS, "paper_reading", "delegate_opening")
    }
    new, gone = found.get("record_line", ([], []))
    if not gone and all(PAPER_OPENED.search(row) for row in new):
        found.pop("record_line", None)
    return found


def test_opening_every_page_decides_nothing(stage: Stage) -> None:
    before = stage.snapshot()
    pages = crawl(stage, as_scanners=True)
    assert len(pages) > 20
    assert stage.snapshot() == before
    stage.verify()


def test_pressing_everything_without_a_choice_decides_nothing(stage: Stage) -> None:
    before, pressed = stage.snapshot(), set()
    for path, text in crawl(stage).items():
        page = Crawled(text)
        for method, target, values in page.presses():
            action = inside(path, target) if target else path
            key = (action, *sorted((k, v) for k, v in values.items() if k != "nonce"))
            if action is None or key in pressed:
                continue
            pressed.add(key)
            client = stage.browser()
            if method == "post":
                response = client.post(action, data=values)
            else:
                response = client.get(action, query_string=values)
            assert response.status_code < 500, action
            assert differences(before, stage.snapshot()) == {}, (action, values)
    posted = {action.split("?")[0].rsplit("/r/", 1)[-1][22:] for action, *_ in pressed}
    wanted = {each.path for each in table.COUNSEL if each.name != "opened"}
    assert posted >= wanted, wanted - posted
    assert {side for side in SIDES if any(stage.links[side] in key[0] for key in pressed)} == {
        *SIDES
    }
    stage.verify()
