"""Signed receipts for members outside the court, for delegates, and for users of the court."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.db import db, transaction
from app.people import service as people
from app.record import ledger
from tests.conftest import CASE, PASSWORD, Scenario, proposal
from tests.counsel.test_answers import ZHAO
from tests.delegates.test_delegates import LIN_MAIL, named
from tests.evidence.test_signed_receipts import checked, numbers, receipt_of, rewrite
from tests.flows.test_pages import words
from tests.members.test_by_link import (
    BENCH,
    MAILS,
    WITNESS,
    add_address,
    link,
    nonce,
    phone,
    say,
)

pytestmark = pytest.mark.database
HOLDS = "The record says what this receipt says."


@pytest.fixture
def assessor(scenario: Scenario) -> str:
    """The page of an assessor who has answered; a witness of the case was asked too."""
    bench = [*BENCH[1:], WITNESS]
    assert scenario.api("POST", "/cases", {**CASE, "bench": bench})[0] == 201
    for name, address in MAILS.items():
        assert add_address(scenario, name, address).status_code == 303
    assert scenario.api("POST", "/hearings", proposal(1))[0] == 201
    scenario.beat()
    assert say(scenario, "吴陪审", "yes", "yes").status_code == 303
    return link(scenario, MAILS["吴陪审"])


def by_mail(browser: FlaskClient, link: str, number: int, **form: str) -> Any:
    """Ask for a receipt by mail, on its page."""
    page = browser.get(f"{link}/receipt?number={number}&lang=en").text
    data = {"nonce": nonce(page), "number": str(number), "sure": "1", **form}
    return browser.post(f"{link}/receipt?lang=en", data=data)


def of_letter(scenario: Scenario, to: str, subject: str) -> str:
    """Return what the page that checks receipts says of the one in the newest mail to somebody."""
    letter = scenario.letters(to=to, containing=subject)[-1]
    [code] = re.findall(r"/verify\?receipt=([\w-]+)", letter.body)[:1]
    return checked(scenario, f"https://court.example/verify?receipt={code}")


def test_a_member_outside_the_court_has_a_receipt_of_what_they_said(
    scenario: Scenario, assessor: str, database: str
) -> None:
    browser = phone(scenario)
    assert "Signed receipts" in words(browser.get(assessor))
    assert numbers(browser, assessor)
    receipt = receipt_of(browser, assessor)
    assert receipt["what"] == "answered"
    assert HOLDS in checked(scenario, json.dumps(receipt))
    page = browser.get(f"{assessor}/receipt?number={receipt['number']}").text
    assert "<svg" in page
    assert receipt["hash"] in page
    for party in ("Haitong", "李敏", "Zhao Lei"):
        assert party not in page
    rewrite(scenario, database)
    assert "its record was changed since" in checked(scenario, json.dumps(receipt))


def test_a_member_has_a_receipt_sent_by_mail_once(scenario: Scenario, assessor: str) -> None:
    browser = phone(scenario)
    [number] = numbers(browser, assessor)
    assert "Tick the box" in words(by_mail(browser, assessor, number, sure=""))
    assert "press the button once more" in words(by_mail(browser, assessor, number, nonce="x"))
    sent = by_mail(browser, assessor, number)
    assert sent.status_code == 303
    assert "Sent to your mail address" in words(browser.get(sent.location))
    assert "sent to you by mail already" in words(by_mail(browser, assessor, number))
    scenario.beat()
    assert HOLDS in of_letter(scenario, MAILS["吴陪审"], "Signed receipt")
    letter = scenario.letters(to=MAILS["吴陪审"], containing="Signed receipt")[-1]
    assert f"{assessor}/receipts" in letter.body
    for party in ("Haitong", "李敏", "Zhao Lei"):
        assert party not in letter.subject + letter.body


def test_a_member_gets_no_receipt_of_anybody_else(scenario: Scenario, assessor: str) -> None:
    browser = phone(scenario)
    own = numbers(browser, assessor)
    with scenario.app.app_context():
        every = [entry.seq for entry in ledger.entries_of(db.session(), case_id=1)]
    for number in [*sorted(set(every) - set(own)), 0, 10**6, 10**30]:
        assert browser.get(f"{assessor}/receipt?number={number}").status_code == 404
        assert browser.get(f"{assessor}/receipt.json?number={number}").status_code == 404
    witness = link(scenario, MAILS["Wu Li"])
    assert browser.get(f"{witness}/receipt?number={own[0]}").status_code == 404
    page = browser.get(f"{assessor}/receipt?number={own[0]}").text
    stolen = {"nonce": nonce(page), "number": str(own[0]), "sure": "1"}
    answer = browser.post(f"{witness}/receipt", data=stolen)
    assert answer.status_code == 404
    scenario.beat()
    assert not scenario.letters(containing="Signed receipt")


def test_a_delegate_has_a_receipt_sent_to_their_own_address(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(1))
    assert status == 201, made
    scenario.beat()
    for may in ("read", "answer"):
        email = LIN_MAIL if may == "answer" else "reader@jinmao.example"
        page = named(scenario, name=f"Lin {may}", may=may, email=email)
        browser = scenario.client
        if may == "answer":
            shown = browser.get(page).text
            answers = {f"slot-{slot['id']}": "yes" for slot in made["slots"]}
            done = browser.post(page, data={"nonce": nonce(shown), **answers})
            assert done.status_code == 303
        number = numbers(browser, page)[0]
        assert f"To {email}" in words(browser.get(f"{page}/receipt?number={number}&lang=en"))
        assert by_mail(browser, page, number).status_code == 303
        scenario.beat()
        assert HOLDS in of_letter(scenario, email, "Signed receipt")
    assert not scenario.letters(to=ZHAO, channel="email", containing="Signed receipt")
    assert not scenario.letters(to="zhao@jinmao.example", containing="Signed receipt")


def test_users_of_the_court_have_a_receipt_of_each_entry(
    scenario: Scenario,
    assessor: str,
    database: str,
) -> None:
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    record = desk.get("/cases/1/record?view=entries").text
    offered = [int(each) for each in re.findall(r"/cases/1/receipt\?number=(\d+)", record)]
    assert offered == sorted(offered, reverse=True)
    assert offered[-1] == 1
    on_hearing = desk.get("/hearings/1").text
    assert "/cases/1/receipt?number=" in on_hearing
    for number in (offered[0], 1):
        page = desk.get(f"/cases/1/receipt?number={number}").text
        assert "<svg" in page
        file = desk.get(f"/cases/1/receipt.json?number={number}")
        assert file.headers["Content-Disposition"].startswith("attachment; ")
        assert HOLDS in checked(scenario, file.text)
    rewrite(scenario, database)
    assert "its record was changed since" in checked(scenario, file.text)


def test_no_stranger_and_no_user_of_another_court_gets_the_courts_receipts(
    scenario: Scenario, assessor: str
) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(session, "Another Court")
        now = scenario.clock.now()
        email = "eve@other.example"
        people.add_user(session, court, email, role="admin", now=now, password=PASSWORD)
    for path in ("/cases/1/receipt?number=1", "/cases/1/receipt.json?number=1"):
        assert scenario.client.get(path).status_code == 302
        assert scenario.sign_in("eve@other.example").get(path).status_code == 404
    for number in ("0", "9999", "10" * 20, "x", ""):
        assert scenario.sign_in().get(f"/cases/1/receipt?number={number}").status_code == 404
