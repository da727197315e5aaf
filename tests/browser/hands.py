"""Two ways to do the same on a page: with a mouse, and by keyboard alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

MANY = 250  # presses of Tab; no page is longer


class Hand(Protocol):
    """What a person does with what they see."""

    def press(self, what: Locator) -> None:
        """Press a button, follow a link, open what is folded."""

    def choose(self, what: Locator) -> None:
        """Choose one of several, or tick."""

    def write(self, where: Locator, words: str) -> None:
        """Put words into a field in place of what is there."""


class Mouse:
    """Points and clicks, where the thing is and nothing lies over it."""

    def press(self, what: Locator) -> None:
        """Click."""
        what.click()

    def choose(self, what: Locator) -> None:
        """Click on the label: the box itself may be too small for an eye."""
        what.locator("xpath=ancestor::label").click()

    def write(self, where: Locator, words: str) -> None:
        """Click into the field, mark what is in it, type."""
        where.click(click_count=3)
        where.page.keyboard.type(words)


class Keys:
    """Walks by Tab and never touches a mouse; what Tab does not reach cannot be used."""

    def press(self, what: Locator) -> None:
        """Walk there and press Enter."""
        walk_to(what)
        what.page.keyboard.press("Enter")

    def choose(self, what: Locator) -> None:
        """Walk to the group and move within it by arrows; Space ticks what stands alone."""
        page, group = what.page, what.get_attribute("name")
        walk_to(page.locator(f"[name='{group}']"))
        page.keyboard.press("Space")
        for _ in range(page.locator(f"[name='{group}']").count()):
            if what.is_checked():
                return
            page.keyboard.press("ArrowDown")
        expect(what).to_be_checked()

    def write(self, where: Locator, words: str) -> None:
        """Walk there, mark all, type."""
        walk_to(where)
        where.page.keyboard.press("Control+A")
        where.page.keyboard.type(words)


def walk_to(what: Locator) -> None:
    """Press Tab until one of what was meant has the focus; it must be seen then."""
    expect(what.first).to_be_visible()
    page: Page = what.page
    for _ in range(MANY):
        if what.evaluate_all("all => all.includes(document.activeElement)"):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {what}")
