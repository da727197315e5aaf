"""Papers for delegates: what they may read and file, and what it proves of counsel."""

import re
from typing import Any

import pytest

from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import ZHAO, browser, nonce
from tests.counsel.test_case_keys import propose
from tests.delegates.test_delegates import LIN, case, entries, name, named, words
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import LI, key

__all__ = ["case"]  # a fixture
pytestmark = pytest.mark.database


def filed(scenario: Scenario, link: str, file_name: str) -> Any:
    """File one paper by a link, and return the page of its receipt."""
    client = browser(scenario)
    done = draft(client, link, [("file", file_name, PDF + file_name.encode())], do="file")
    assert done.status_code == 303, words(done)
    return client.get(done.location)


def press(scenario: Scenario, link: str, path: str, **form: str) -> Any:
    """Send a form from the page of papers."""
    client = browser(scenario)
    page = client.get(f"{link}/papers")
    return client.post(f"{link}{path}", data={"nonce": nonce(page), **form})


def test_a_delegate_drafts_and_files_for_counsel(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    lin = named_for(scenario, zhao)
    mine, other = browser(scenario), browser(scenario)
    assert draft(mine, lin, [("file", "lease.pdf", PDF)]).status_code == 303
    # The draft is counsel's: both see it, and each page says so.
    assert "Only you and Lin Jing see them until one of you presses" in words(
        other.get(f"{zhao}/papers")
    )
    assert "Only you and Zhao Lei see them" in words(mine.get(f"{lin}/papers"))
    assert "lease" not in words(other.get(f"{li}/papers"))
    done = draft(mine, lin, do="file", by_mail="1")
    receipt = mine.get(done.location)
    assert "Lin Jing for Zhao Lei" in words(receipt)
    as_json = mine.get(done.location.replace("/receipt?", "/receipt.json?")).json
    assert (as_json["filed_by"], as_json["delegate"]) == ("Zhao Lei", LIN)
    [entry] = entries(scenario, case, what="filed")
    assert entry.detail["delegate"]
    assert entry.counsel_id is not None
    scenario.beat()
    assert "Lin Jing代Zhao Lei" in scenario.letters(to=LI, channel="email")[-1].body
    assert "lease" in scenario.letters(to=ZHAO, channel="email")[-1].body  # counsel's receipt
    assert "Lin Jing for Zhao Lei" in words(other.get(f"{li}/papers"))


def named_for(scenario: Scenario, link: str, **typed: str) -> str:
    """Let counsel name a delegate on a page, and return the delegate's link."""
    assert name(scenario, link, **typed).status_code == 303
    scenario.beat()
    return scenario.link(typed.get("email") or "lin@jinmao.example")


def test_what_a_delegate_opens_proves_nothing_of_counsel_and_what_they_confirm_binds(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    lin = named_for(scenario, zhao)
    filed(scenario, li, "contract.pdf")
    for _ in range(2):
        opened = press(scenario, lin, "/papers/item", paper="1")
        assert opened.status_code == 303
    page = browser(scenario).get(opened.location)
    assert re.search(r'href="/download/', page.text)
    [entry] = entries(scenario, case, what="opened", kind="papers")
    assert (entry.counsel_id, entry.side) == (None, "delegate")
    assert entry.detail["delegate"]
    # Counsel has not opened it: their own page asks them to, and gives no file.
    own = browser(scenario).get(f"{zhao}/papers/item?id=1")
    assert "/download/" not in own.text
    assert "Opened Lin Jing for Zhao Lei" in words(browser(scenario).get(f"{li}/papers"))
    received = press(scenario, lin, "/papers/received", paper="1", sure="1")
    assert received.status_code == 303
    [entry] = entries(scenario, case, what="confirmed", kind="papers")
    assert entry.counsel_id is not None
    assert entry.detail["delegate"]
    assert "Confirmed Lin Jing for Zhao Lei" in words(browser(scenario).get(f"{li}/papers"))
    [paper] = scenario.api("GET", f"/cases/{case['id']}/papers")[1]["filings"][0]["papers"]
    assert [each["delegate"] for each in paper["delegate_openings"]] == [LIN]
    assert [(each["opened_at"], each["confirmed_by"]) for each in paper["readings"]] == [
        (None, LIN)
    ]


def test_a_delegate_who_reads_files_nothing(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    lin = named_for(scenario, zhao, may="read")
    draft(browser(scenario), zhao, [("file", "secret.pdf", PDF)])
    filed(scenario, li, "contract.pdf")
    page = browser(scenario).get(f"{lin}/papers")
    assert "Only Zhao Lei can file, or let you." in words(page)
    assert "secret" not in page.text
    assert 'type="file"' not in page.text
    assert press(scenario, lin, "/papers/item", paper="2").status_code == 303
    refused = browser(scenario).post(f"{lin}/papers/received", data={"paper": "2", "sure": "1"})
    assert refused.status_code == 403
    assert entries(scenario, case, what="confirmed") == []


def test_a_delegate_for_one_hearing_reads_no_papers(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 20)
    with_hearing = named(scenario, **{"for": str(hearing["id"])})
    page = browser(scenario).get(with_hearing + "/papers")
    assert page.status_code == 403
    assert CASE["number"] not in words(page)
