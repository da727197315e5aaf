"""From desk to phone: a code that opens the draft on another device, once, for ten minutes."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.papers import device_links
from app.papers.models import DeviceLink
from tests.conftest import CASE, SECRET, Scenario
from tests.counsel.test_answers import browser, nonce, words
from tests.delegates.test_papers import named_for
from tests.papers.giving import JPEG, PDF, draft
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def code(scenario: Scenario, link: str) -> str:
    """Press *Continue on a phone* on a computer, and return where the code leads."""
    client = browser(scenario)
    page = client.get(f"{link}/papers")
    made = client.post(f"{link}/papers/phone", data={"nonce": nonce(page)})
    assert made.status_code == 303
    shown = client.get(made.location)
    assert "Scan this with your phone" in words(shown)
    assert "<svg" in shown.text.split('class="qr-code"')[1].split("</div>")[0]
    number = int(re.findall(r"phone=(\d+)", made.location)[0])
    return f"/phone/{device_links.token(SECRET, number)}"


def press(scenario: Scenario, path: str, client: Any = None) -> Any:
    """Open a code on a phone and press the button."""
    client = client or browser(scenario)
    page = client.get(path)
    assert page.status_code == 200, words(page)
    return client.post(path, data={"nonce": nonce(page)})


def test_a_code_opens_the_draft_on_one_phone(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    assert draft(browser(scenario), zhao, [("file", "lease.pdf", PDF)]).status_code == 303
    path = code(scenario, zhao)
    for _ in range(3):  # link scanners open what a code leads to: nothing is used up
        browser(scenario).head(path)
        page = browser(scenario).get(path)
    assert "Continue on this phone" in words(page)
    assert CASE["number"] in words(page)
    assert zhao not in page.text
    went_on = press(scenario, path)
    assert went_on.status_code == 303
    assert went_on.location == f"{zhao}/papers"
    assert "1 paper so far" in words(browser(scenario).get(went_on.location))
    again = browser(scenario).get(path)
    assert again.status_code == 410
    assert "This code was used already" in words(again)
    assert "press “Continue on a phone” on the computer" in words(again)
    assert zhao not in again.text
    [entry] = [each for each in entries(scenario, case) if each["what"] == "continued"]
    assert (entry["kind"], entry["direction"]) == ("visit", "in")
    assert "Also open on a phone" in words(browser(scenario).get(f"{zhao}/papers"))
    with scenario.app.app_context():
        link = db.session.scalars(sa.select(DeviceLink)).one()
        assert link.digest is not None
        assert link.digest not in path


def test_two_phones_at_once_get_one_key(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    path = code(scenario, zhao)
    form = {"nonce": nonce(browser(scenario).get(path))}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: browser(scenario).post(path, data=form).status_code, range(4))
        )
    assert sorted(answers) == [303, 410, 410, 410]


def test_a_code_ends(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    first = code(scenario, zhao)
    second = code(scenario, zhao)
    page = browser(scenario).get(first)
    assert page.status_code == 410
    assert "no longer valid" in words(page)
    shown = browser(scenario).get(second)
    scenario.wait(minutes=10)
    late = browser(scenario).post(second, data={"nonce": nonce(shown)})
    assert late.status_code == 410
    assert "has expired" in words(late)
    assert "good for ten minutes" in words(late)
    unknown = browser(scenario).get("/phone/nothing")
    assert unknown.status_code == 404
    third = code(scenario, zhao)
    renewing = browser(scenario)
    form = {"nonce": nonce(renewing.get(f"{zhao}/link")), "sure": "1"}
    assert renewing.post(f"{zhao}/link", data=form).status_code == 303
    assert browser(scenario).get(third).status_code == 410


def test_a_program_and_another_site_use_up_nothing(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    path = code(scenario, key(scenario, "Zhao Lei"))
    other = code(scenario, key(scenario, "李敏"))
    foreign = {"nonce": nonce(browser(scenario).get(other))}
    for form in ({}, {"nonce": "x"}, foreign):
        assert browser(scenario).post(path, data=form).status_code == 422
    form = {"nonce": nonce(browser(scenario).get(path))}
    crossed = browser(scenario).post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert crossed.status_code == 403
    assert press(scenario, path).status_code == 303


def test_a_delegate_goes_on_as_a_delegate(scenario: Scenario, case: dict[str, Any]) -> None:
    scenario.beat()
    zhao = key(scenario, "Zhao Lei")
    lin = named_for(scenario, zhao)
    went_on = press(scenario, code(scenario, lin))
    assert went_on.location == f"{lin}/papers"
    [entry] = [each for each in entries(scenario, case) if each["what"] == "continued"]
    assert entry["detail"]["delegate"]
    # The code of counsel is none of the delegate's, and does not end with theirs.
    own = code(scenario, zhao)
    code(scenario, lin)
    assert press(scenario, own).location == f"{zhao}/papers"


def test_what_the_phone_adds_is_told_to_the_computer(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    path = code(scenario, zhao)
    computer, phone = browser(scenario), browser(scenario)
    state = computer.get(f"{zhao}/papers/draft.json?phone=1").json
    assert state == {"draft": "", "phone": "ready"}
    press(scenario, path, phone)
    assert computer.get(f"{zhao}/papers/draft.json?phone=1").json["phone"] == "used"
    draft(phone, zhao, [("photo", "IMG_1.jpg", JPEG)])
    first = computer.get(f"{zhao}/papers/draft.json").json["draft"]
    draft(phone, zhao, [("pages-1", "IMG_2.jpg", JPEG + b"2")])
    second = computer.get(f"{zhao}/papers/draft.json").json["draft"]
    assert len({"", first, second}) == 3
