"""Evidence of an exchange that was cancelled is filed into the next one without another upload."""

import re
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, confirmed
from tests.counsel.test_answers import browser, nonce, words
from tests.papers.exchanging import court, evidence, opened
from tests.papers.giving import PDF
from tests.papers.test_opinions import exchange_id
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case in which a sealed exchange with two papers of Zhao Lei was cancelled."""
    made: dict[str, Any] = scenario.api("POST", "/cases", CASE)[1]
    opened(scenario, made)
    link = key(scenario, "Zhao Lei")
    for name in ("secret lease", "secret log"):
        assert evidence(browser(scenario), link, name, PDF + name.encode()).status_code == 303
    address = f"/exchanges/{exchange_id(scenario)}/cancelled"
    done = confirmed(court(scenario), address, {"words_cancel": "A party was missing."})
    assert done.status_code == 303
    return made


def again(scenario: Scenario, name: str, **form: Any) -> Any:
    """Press the button that files again what was filed into the exchange that was cancelled."""
    client, link = browser(scenario), f"{key(scenario, name)}/papers"
    sent = {"nonce": nonce(client.get(link)), "exchange": exchange_id(scenario), **form}
    return client.post(f"{link}/again", data=sent)


def papers(scenario: Scenario, name: str) -> str:
    return words(browser(scenario).get(f"{key(scenario, name)}/papers?lang=en"))


def filings(scenario: Scenario, case: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in entries(scenario, case) if each["what"] == "filed"]


def test_one_press_files_it_into_the_next_exchange_still_sealed(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    assert "from the exchange that was cancelled" not in papers(scenario, "Zhao Lei")
    assert again(scenario, "Zhao Lei", sure="1").status_code in (409, 422)  # none is open
    opened(scenario, case)
    assert "2 papers of your side from the exchange that was cancelled" in papers(
        scenario, "Zhao Lei"
    )
    assert "from the exchange that was cancelled" not in papers(scenario, "李敏")
    assert again(scenario, "Zhao Lei").status_code == 422  # without the tick
    assert again(scenario, "李敏", sure="1").status_code in (409, 422)
    assert len(filings(scenario, case)) == 2
    done = again(scenario, "Zhao Lei", sure="1")
    assert done.status_code == 303
    receipt = words(browser(scenario).get(done.location))
    assert "secret lease" in receipt
    assert "secret log" in receipt
    [*_, entry] = filings(scenario, case)
    assert entry["detail"]["repeats"] == [1, 2]
    assert [each["number"] for each in entry["detail"]["papers"]] == [3, 4]
    assert len(entry["detail"]["list_sha256"]) == 64
    scenario.beat()
    for page in (
        papers(scenario, "李敏"),
        words(court(scenario).get(f"/cases/{case['id']}/papers")),
        words(court(scenario).get(f"/cases/{case['id']}/exchange")),
        str(scenario.api("GET", f"/cases/{case['id']}/papers")),
        str(entries(scenario, case)),
        " ".join(each.body for each in scenario.letters()),
    ):
        assert "secret" not in page
    # Once: a second press finds nothing more.
    assert again(scenario, "Zhao Lei", sure="1").status_code in (409, 422)
    assert "from the exchange that was cancelled" not in papers(scenario, "Zhao Lei")
    assert len(filings(scenario, case)) == 3


def test_it_opens_with_the_exchange_and_its_bytes_are_those_that_were_uploaded(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case)
    assert again(scenario, "Zhao Lei", sure="1").status_code == 303
    stored = [each for each in (scenario.folder / "papers").glob("??/*") if each.is_file()]
    assert len({each.name for each in stored}) == len(stored)
    scenario.wait(seconds=(closes - scenario.clock.now()).total_seconds() + 60)
    scenario.beat()
    status, listed = scenario.api("GET", f"/cases/{case['id']}/papers")
    assert status == 200
    [filing] = listed["filings"]  # that of the cancelled exchange stays sealed
    assert [each["name"] for each in filing["papers"]] == ["secret lease", "secret log"]
    file = court(scenario).get(f"/filings/papers/{filing['papers'][0]['id']}")
    [download] = re.findall(r'href="(/download/[^"]+)"[^>]*download', file.text)[:1]
    assert court(scenario).get(download).data == PDF + b"secret lease"
    assert scenario.api("GET", "/papers/1")[0] == 404


def test_a_side_that_is_complete_or_another_exchange_is_refused(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    opened(scenario, case)
    wrong = again(scenario, "Zhao Lei", sure="1", exchange="1")
    assert wrong.status_code in (409, 422)
    client, link = browser(scenario), f"{key(scenario, 'Zhao Lei')}/papers"
    form = {"nonce": nonce(client.get(link)), "complete": "1", "sure": "1"}
    assert client.post(f"{link}/complete", data=form).status_code == 303
    assert again(scenario, "Zhao Lei", sure="1").status_code in (409, 422)
    assert len(filings(scenario, case)) == 2
