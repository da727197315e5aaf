"""What is dropped, printed, worded and asked for with a document, in a real browser."""

import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from app.worker import beat
from tests.browser.conftest import Site
from tests.conftest import CASE, at, proposal
from tests.flows.test_import_page import BAD
from tests.flows.test_paper import silent

pytestmark = [pytest.mark.browser, pytest.mark.extended]
PDF = b"%PDF-1.4 the ticket of a train"
DROP = """(text) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "cases.csv", { type: "text/csv" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def test_a_file_is_dropped_corrected_checked_entered_and_undone(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/import")
    page.evaluate(DROP, BAD)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("cases.csv")
    expect(page.get_by_label("Mail of lawyer")).to_have_value("")  # a header that nobody knows
    page.get_by_label("Mail of lawyer").select_option(label="Counsel's e-mail")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    beat.process_file(site.scenario.app)
    faults = page.get_by_role("region", name="Errors by row")  # the page looks by itself
    expect(faults.locator("tbody tr")).to_contain_text(["is no date", "Enter an e-mail address"])
    expect(faults.locator(".wrong-cell")).to_have_text(["2026-13-01", "not an address"])
    page.get_by_role("button", name=re.compile("^Import \\d+ case")).click()
    expect(page.get_by_role("alert")).to_contain_text("The file has errors")
    page.get_by_label("Leave out cases with errors").check()
    page.get_by_role("button", name=re.compile("^Import \\d+ case")).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    beat.process_file(site.scenario.app)
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("status").first).to_contain_text("2 cases of this import are gone.")


def test_words_are_looked_at_before_they_are_kept(site: Site, page: Page) -> None:
    site.sign_in(page, "admin@court.example")
    page.goto(f"{site.url}/settings/wording/proposal/sms/zh")
    words = page.locator("#text")
    kept = words.input_value()
    words.fill("请定庭期。")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("{case} is required")
    expect(words).to_have_value("请定庭期。")
    words.fill(f"请定庭期：{kept.split('---')[0].strip()}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".letter")).to_contain_text("请定庭期：")
    expect(page.locator("main")).to_contain_text("not saved yet")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d segments? · \d+ characters"))
    page.get_by_role("button", name="Save as new version").click()
    expect(page.locator("main")).to_contain_text("Court's wording, version 1")


def test_a_batch_is_printed_a_sheet_each_and_marked_as_posted(site: Site, page: Page) -> None:
    count = len(silent(site.scenario))
    site.sign_in(page)
    page.goto(f"{site.url}/paper")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(count)
    page.get_by_role("button", name="Show them for printing").click()
    expect(page.locator("article.sheet")).to_have_count(count)
    page.evaluate("window.print = () => document.body.classList.add('printed')")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(page.locator("body")).to_have_class(re.compile("printed"))
    page.emulate_media(media="print")
    expect(page.locator(".not-printed")).to_be_hidden()
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert pages == count
    page.emulate_media(media="screen")
    page.get_by_role("button", name="All are posted").click()
    expect(page.get_by_role("status")).to_contain_text("on the record as posted")
    expect(page.locator("main")).to_contain_text("Nothing to post now.")


def test_counsel_asks_to_move_with_a_document_that_the_desk_can_open(
    site: Site, page: Page
) -> None:
    assert site.scenario.api("POST", "/cases", CASE)[0] == 201
    made = site.scenario.api("POST", "/hearings", proposal(1, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    assert site.scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    site.scenario.beat()
    page.goto(site.url + site.scenario.link("zhao@jinmao.example"))
    page.get_by_role("link", name="Another date").click()
    page.get_by_label("a party or witness cannot come".capitalize()).check()
    page.get_by_label("In your own words").fill("In court in 苏州 <b>that day</b>")
    document = {"name": "传票.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("A document that proves it").set_input_files([document])
    page.get_by_role("button", name="Ask all sides and the court").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Another date is asked for")
    expect(page.locator("code")).to_have_text(hashlib.sha256(PDF).hexdigest())
    site.sign_in(page)
    row = page.locator("li.task", has_text="asks for another date")
    expect(row).to_contain_text("In court in 苏州 <b>that day</b>")
    with page.expect_download() as taken:
        row.get_by_role("link", name="传票.pdf").click()
    assert taken.value.path().read_bytes() == PDF
