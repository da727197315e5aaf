"""Service of the court's papers: by delivery with consent, else by opening or confirming."""

import io
from typing import Any

import pytest

from app.carriers.twilio.standin import TwilioStandIn
from tests.addresses.test_addresses import press
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, nonce, words
from tests.flows.test_receipts import notices, tell, twilio, wired
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import key

__all__ = ["twilio", "wired"]

pytestmark = pytest.mark.database

NEEDS_OPENING = "they have to open the paper or confirm receipt, or get it another way"


def give(scenario: Scenario, name: str) -> None:
    """The court gives a paper to all sides; the messages about it go out."""
    form = {"file": (io.BytesIO(PDF + name.encode()), "order.pdf"), "name": name, "kind": "record"}
    desk = scenario.sign_in()
    assert desk.post("/cases/1/papers", data=form).status_code == 303
    scenario.beat()


def shown(scenario: Scenario, page: str = "papers") -> str:
    """The court's page of papers, or the certificate, in words."""
    return words(scenario.sign_in().get(f"/cases/1/{page}?lang=en"))


def deliver(scenario: Scenario, twilio: TwilioStandIn) -> None:
    """Report every text to Zhao Lei as delivered."""
    for text in notices(scenario, channel="sms", state="sent", name="Zhao Lei"):
        assert tell(scenario, twilio, text, "delivered") == 204


def do(scenario: Scenario, link: str, path: str, **fields: Any) -> Any:
    """Press a button of counsel's page of papers."""
    client = browser(scenario)
    fields["nonce"] = nonce(client.get(f"{link}/papers"))
    return client.post(f"{link}/papers{path}", data=fields)


def test_a_delivered_message_serves_who_agreed_and_opening_serves_anybody(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    assert wired.api("POST", "/cases", CASE)[0] == 201
    zhao, li = key(wired, "Zhao Lei"), key(wired, "李敏")
    give(wired, "Order before the consent")
    page = shown(wired)
    assert page.count("Not served yet") == 2
    assert page.count(NEEDS_OPENING) == 2
    deliver(wired, twilio)
    page = shown(wired)
    assert page.count("Not served yet") == 2
    assert "the message was delivered" in page
    # What was sent before counts as before; what is sent from now on needs less.
    wired.wait(minutes=1)
    press(wired, zhao, right="1", agree="1")
    wired.wait(minutes=1)
    assert shown(wired).count("Not served yet") == 2
    give(wired, "Order after the consent")
    page = shown(wired)
    assert page.count("Not served yet") == 4
    assert "delivery to their confirmed address is enough, as they agreed" in page
    deliver(wired, twilio)
    page = shown(wired)
    assert page.count("Not served yet") == 3
    assert "confirmed address, electronic service agreed (text), entry" in page
    assert "CPL art. 90; Online Litigation Rules art. 29–32, cn-civil 2026-11" in page
    # That counsel came to their page shows nothing about a paper; opening it does.
    browser(wired).get(f"{li}/papers")
    assert shown(wired).count("Not served yet") == 3
    assert do(wired, li, "/item", paper="1").status_code == 303
    page = shown(wired)
    assert page.count("Not served yet") == 2
    assert "opened by them" in page
    assert do(wired, zhao, "/received", paper="1", sure="1").status_code == 303
    assert "confirmed by them" in shown(wired)
    # Withdrawn: what was delivered before stays served; the next paper has to be opened.
    wired.wait(minutes=1)
    press(wired, zhao, "/withdraw", withdraw="1")
    wired.wait(minutes=1)
    give(wired, "Order after the withdrawal")
    deliver(wired, twilio)
    page = shown(wired)
    assert page.count("Not served yet") == 3
    [*_, last] = wired.api("GET", "/cases/1/papers")[1]["filings"]
    assert [each["by"] for each in last["papers"][0]["served"]] == ["", ""]
    first = wired.api("GET", "/cases/1/papers")[1]["filings"][0]
    assert {each["by"] for each in first["papers"][0]["served"]} == {"opened", "confirmed"}
    certificate = shown(wired, "certificate")
    assert "Papers of the court" in certificate
    assert certificate.count("Not served yet") == 3
    assert "1. Order before the consent" in certificate


def test_papers_of_counsel_are_not_served_by_the_court(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    zhao = key(scenario, "Zhao Lei")
    draft(browser(scenario), zhao, [("file", "contract.pdf", PDF)])
    draft(browser(scenario), zhao, do="file")
    page = shown(scenario)
    assert "Opened and confirmed" in page
    assert "erved" not in page
    assert "Papers of the court" not in shown(scenario, "certificate")
