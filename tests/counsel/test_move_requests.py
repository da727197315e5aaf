"""Counsel ask to move a date, with a document: it waits on the desk, and is answered."""

import hashlib
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.core import document_types
from app.core.db import db
from app.hearings.models import MoveDocument
from app.retention import erasing
from tests.conftest import Scenario, at, confirmed
from tests.counsel.test_answers import ZHAO, answer, browser, do, nonce, propose, words

PDF = b"%PDF-1.7\nSummons of another court"
WHY = "Trial in Beijing that day <b>"


@pytest.fixture
def link(scenario: Scenario) -> str:
    """The respondent's link to a hearing that is fixed; the assistant reads English."""
    propose(scenario)
    for to in ("+8613800138001", ZHAO):
        answer(browser(scenario), scenario.link(to), "yes", "no")
    scenario.beat()
    return scenario.link(ZHAO)


def ask(
    client: FlaskClient, link: str, why: str = WHY, body: bytes = PDF, kind: str = "other"
) -> Any:
    """Open the form, give a reason and a document, press the button."""
    form = {"nonce": nonce(client.get(f"{link}/move")), "kind": kind, "reason": why}
    return post(client, f"{link}/move", form, body)


def post(client: FlaskClient, path: str, form: dict[str, str], body: bytes) -> Any:
    """Post a form with a document, as a browser does; the test client's own leaves files open."""
    parts = [f'name="{name}"\r\n\r\n{words}'.encode() for name, words in form.items()]
    head = 'name="paper"; filename="传票.exe"\r\nContent-Type: text/html\r\n\r\n'
    parts += [head.encode() + body] if body else []
    whole = b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return client.post(
        path, data=whole + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def desk(scenario: Scenario) -> FlaskClient:
    """An assistant who reads English."""
    client = scenario.sign_in()
    client.set_cookie("lang", "en")
    return client


def paper(scenario: Scenario) -> MoveDocument | None:
    """The one document."""
    with scenario.app.app_context():
        found = db.session.query(MoveDocument).one_or_none()
        if found:
            db.session.expunge(found)
        return found


def stored(scenario: Scenario) -> list[str]:
    """The digests of the files that are stored."""
    folder = scenario.folder / "papers"
    return sorted(each.name for each in folder.glob("??/*"))


def test_a_request_waits_on_the_desk_with_its_document_until_it_is_answered(
    scenario: Scenario, link: str
) -> None:
    client = browser(scenario)
    assert "Another date" in words(client.get(link))
    assert ask(client, link).status_code == 303
    said = words(client.get(f"{link}/move"))
    digest = hashlib.sha256(PDF).hexdigest()
    assert "Until the court decides, the date stays" in said
    assert digest in said
    court = desk(scenario)
    home = words(court.get("/"))
    assert "Zhao Lei asks for another date" in home
    shown = court.get("/hearings/1")
    assert f"{WHY.split('<')[0]}&lt;b&gt;" in shown.get_data(as_text=True)
    assert "传票.pdf" in words(shown)
    got = court.get("/papers/1")
    assert got.data == PDF
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    line = next(each for each in scenario.record(1) if each["what"] == "asked")
    assert (line["what"], line["kind"], line["detail"]["sha256"]) == ("asked", "move", digest)
    # All sides read that it was asked, and why.
    assert "Trial in Beijing that day" in words(
        browser(scenario).get(f"{scenario.link('+86')}/record")
    )
    [answer_] = re.findall(r'action="(/requests/\d+)"', shown.get_data(as_text=True))
    why = {"why": "No date is free before April."}
    assert court.post(answer_, data={"why": ""}).status_code == 422
    assert confirmed(court, answer_, why).status_code == 303
    assert "asks for another date" not in words(court.get("/hearings/1"))
    assert "the date stays. No date is free before April." in words(client.get(f"{link}/move"))
    before = len(scenario.letters(to="zhao@"))
    scenario.beat()
    told = scenario.letters(to="zhao@")
    assert len(told) == before + 1
    assert told[-1].subject.startswith("The date stays: ")
    assert (
        "The court leaves its date as it is. Reason: No date is free before April." in told[-1].body
    )
    kept = words(client.get(f"{link}/record"))
    assert "The date stays" in kept
    assert "Skipped" not in kept
    assert court.post(answer_, data=why).status_code == 422


def test_a_second_press_changes_nothing_and_a_move_answers(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    ask(client, link)
    page = client.get(link)
    again = client.post(
        f"{link}/move", data={"nonce": nonce(page), "kind": "other", "reason": "Once more"}
    )
    assert again.status_code == 303
    assert "Once more" not in words(client.get(f"{link}/move"))
    status, _ = scenario.api(
        "POST",
        "/hearings/1/move",
        {"starts_at": at(30), "courtroom": "第三法庭", "reason": "As asked."},
    )
    assert status == 200
    assert "asks for another date" not in words(desk(scenario).get("/"))
    assert "Ask for another date" in words(client.get(f"{link}/move"))  # and may be asked anew


@pytest.mark.parametrize(
    ("why", "body", "said"),
    [
        ("", b"", "Say why the date should be moved."),
        ("x" * 2001, b"", "At most 2000 characters."),
        (WHY, b"MZ\x90\0", "Send a PDF, a picture"),
        (WHY, b"%PDF-" + b"x" * document_types.LARGEST, "larger than 10 MB"),
    ],
)
def test_what_is_not_taken_is_said_and_the_words_are_kept(
    scenario: Scenario, link: str, why: str, body: bytes, said: str
) -> None:
    got = ask(browser(scenario), link, why, body)
    assert got.status_code == 422
    assert list((scenario.folder / "papers").rglob("*.*")) == []  # nothing is left on its way
    assert said in words(got)
    if why == WHY:
        assert "Trial in Beijing that day" in words(got)
    assert paper(scenario) is None
    assert scenario.record(1)[-1]["what"] != "asked"


def test_much_too_much_is_refused_and_other_forms_take_no_more_than_before(
    scenario: Scenario, link: str
) -> None:
    client = browser(scenario)
    assert ask(client, link, body=b"%PDF-" + b"x" * document_types.LARGEST_FORM).status_code == 413
    assert post(client, f"{link}/call-me", {}, b"x" * 3_000_000).status_code == 413


def test_nobody_else_sees_the_document(scenario: Scenario, link: str) -> None:
    ask(browser(scenario), link)
    assert scenario.client.get("/papers/1").status_code == 302
    assert scenario.sign_in().get("/papers/2").status_code == 404
    assert scenario.client.post("/requests/1", data={"why": "x"}).status_code == 302


def test_erasing_a_case_erases_the_document_and_keeps_its_digest(
    scenario: Scenario, link: str
) -> None:
    ask(browser(scenario), link)
    scenario.api("POST", "/hearings/1/cancel", {"reason": "Settled."})
    scenario.beat()
    do(
        scenario,
        lambda s, desk: erasing.erase(s, s.get_one(Case, 1), by="x", why="y", now=desk.now),
    )
    left = paper(scenario)
    assert left is not None
    assert (left.file_id, left.name) == (None, "")
    assert left.digest == hashlib.sha256(PDF).hexdigest()
    assert stored(scenario) == [left.digest]
    scenario.beat()
    assert stored(scenario) == []
    assert scenario.sign_in().get("/papers/1").status_code == 404
