"""What axe-core, which checks pages for readers of every kind, says of every page: nothing grave."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import every_page
from tests.browser.conftest import PATIENCE, Site

pytestmark = [pytest.mark.browser, pytest.mark.extended]
AXE = Path(__file__).parents[1] / "node/node_modules/axe-core/axe.min.js"
GRAVE = ["moderate", "serious", "critical"]
LOOK = """async (grave) => (await axe.run({resultTypes: ["violations"]})).violations
  .filter((each) => grave.includes(each.impact))
  .map((each) => [each.impact, each.id, ...each.nodes.map((node) => node.html.slice(0, 200))])"""


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1280), ("zh", "dark", 360)]
)
def test_nothing_grave_is_found_on_any_page(
    demo: Site, browser: Browser, language: str, theme: Any, width: int
) -> None:
    every_page.furnish(demo.scenario)
    context = browser.new_context(
        locale="en-GB", color_scheme=theme, viewport={"width": width, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=AXE)  # the pages' own policy lets no script of others in
    page = context.new_page()
    demo.sign_in(page, every_page.ADMIN, every_page.PASSWORD)
    page.goto(f"{demo.url}/?lang={language}")
    found = {}
    for path in every_page.paths(demo.scenario):
        page.goto(demo.url + path)
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
        found[path] = page.evaluate(LOOK, GRAVE)
    context.close()
    assert {path: said for path, said in found.items() if said} == {}
