"""Two ways to use a page: with a mouse, and with the keyboard alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

MAX_TABS = 250  # presses of Tab; no page has more controls


class Hand(Protocol):
    """A way to operate the controls of a page."""

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, or open a folded section."""

    def choose(self, control: Locator) -> None:
        """Choose a radio button, or tick a checkbox."""

    def write(self, field: Locator, words: str) -> None:
        """Replace the text of a field."""


class Mouse:
    """Clicks; fails where something covers the control."""

    def press(self, control: Locator) -> None:
        """Click it."""
        control.click()

    def choose(self, control: Locator) -> None:
        """Click its label, as the control itself may be too small to hit."""
        control.locator("xpath=ancestor::label").click()

    def write(self, field: Locator, words: str) -> None:
        """Select the field's text by a triple click, and type."""
        field.click(click_count=3)
        field.page.keyboard.type(words)


class Keys:
    """Moves by Tab; fails where Tab does not reach a control."""

    def press(self, control: Locator) -> None:
        """Move to it and press Enter."""
        tab_to(control)
        control.page.keyboard.press("Enter")

    def choose(self, control: Locator) -> None:
        """Move to its group, and within it by arrow keys; tick a single one by Space."""
        page, group = control.page, control.get_attribute("name")
        tab_to(page.locator(f"[name='{group}']"))
        page.keyboard.press("Space")
        for _ in range(page.locator(f"[name='{group}']").count()):
            if control.is_checked():
                return
            page.keyboard.press("ArrowDown")
        expect(control).to_be_checked()

    def write(self, field: Locator, words: str) -> None:
        """Move to the field, select all of its text, and type."""
        tab_to(field)
        field.page.keyboard.press("Control+A")
        field.page.keyboard.type(words)


def tab_to(control: Locator) -> None:
    """Press Tab until one of the controls has the focus; it must then be in the viewport."""
    expect(control.first).to_be_visible()
    page: Page = control.page
    for _ in range(MAX_TABS):
        if control.evaluate_all("all => all.includes(document.activeElement)"):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {control}")
