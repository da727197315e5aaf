"""A day of outcomes by keyboard, and the figures of a court, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.outcomes.test_outcomes import counsel_id, fixed, over

pytestmark = [pytest.mark.browser, pytest.mark.extended]


def test_a_day_is_entered_by_digits(site: Site, page: Page) -> None:
    hearings = [
        fixed(site.scenario, f"（2026）沪0115民初93{n:02}号", f"{9 + n:02}:00") for n in range(5)
    ]
    over(site.scenario)
    site.sign_in(page)
    page.goto(f"{site.url}/outcomes?lang=en")
    ids = [each["id"] for each in hearings]
    expect(page.locator(f"#outcome-{ids[0]}-held")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("4")
    # It was not held: who did not come is asked next.
    claimant, respondent = (counsel_id(hearings[2], name) for name in ("李敏", "Zhao Lei"))
    expect(page.locator(f"#absent-{ids[2]}-{claimant}")).to_be_focused()
    page.locator(f"#absent-{ids[2]}-{respondent}").focus()
    page.keyboard.press("Space")
    # A digit that is typed among the fields of a reason is a letter, elsewhere it goes on.
    page.locator(f"#reason-{ids[2]}").focus()
    page.keyboard.type("1 person waited")
    page.locator(f"#outcome-{ids[3]}-held").focus()
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(page.locator("#save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 outcomes are saved.")).to_be_visible()
    found = [site.scenario.api("GET", f"/hearings/{each}")[1]["outcome"] for each in ids]
    entered = [each["outcome"] for each in found]
    assert entered == ["held", "held_in_part", "not_held", "held", "held"]
    assert found[2]["reason"] == "1 person waited"
    assert [each["counsel_id"] for each in found[2]["absent"]] == [respondent]
    # What goes on leads to the form of its next date.
    page.get_by_role("link", name="Propose the next date").first.click()
    expect(page.locator("#minutes")).to_have_value("30")


def test_figures_have_a_chart_with_its_table_behind_it(demo: Site, page: Page) -> None:
    demo.sign_in(page, "admin@dongwan.example", "one calm court")
    page.goto(f"{demo.url}/figures?lang=en")
    chart = page.get_by_role("img", name="Agreed in the first round")
    expect(chart).to_be_visible()
    card = page.locator(".card", has=chart)
    expect(card.locator("table")).to_be_hidden()
    card.get_by_text("Numbers").click()
    expect(card.locator("table")).to_be_visible()
    for width in (390, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    for table in page.locator(".figure-numbers table").all():
        expect(table).to_be_visible()
