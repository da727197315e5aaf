"""A listing by page: watched, stopped, sent once, and what clashes meanwhile stays in the draft."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.db import db, transaction
from app.listing import running, service
from app.listing.models import Listing
from app.listing.solver.problem import SearchLimits
from app.people import service as people
from app.worker import beat
from tests.conftest import Scenario, at, case_with, confirmed, proposal
from tests.flows.test_listing import cases, counsel, file_of, number, rows
from tests.flows.test_propose_page import HtmlPage


def upload(desk: FlaskClient, content: str, **more: Any) -> Any:
    """Send the form of a new listing."""
    given = {"file": (io.BytesIO(content.encode()), "十二月.csv"), "seconds": "5", **more}
    return desk.post("/listings", data=given, content_type="multipart/form-data")


def drafted(scenario: Scenario, many: int = 3, **more: Any) -> tuple[FlaskClient, str]:
    """An assistant's browser, and the address of a listing that was searched."""
    cases(scenario, many)
    desk = scenario.sign_in()
    answer = upload(desk, file_of(*rows(many)), **more)
    assert answer.status_code == 303, answer.text
    assert beat.search_listing(scenario.app)
    return desk, answer.location


def test_a_file_becomes_a_draft_that_is_sent_to_both_sides_once(scenario: Scenario) -> None:
    desk, address = drafted(scenario)
    page = desk.get(f"{address}?lang=en").text
    assert "to be checked" in page
    assert "3 of 3 have a slot" in page
    assert "the best possible" in page
    assert "Send all: 3" in page
    shown = desk.post(f"{address}?lang=en", data={"do": "send"})
    words = HtmlPage(shown.text).words
    assert "Check before sending" in words
    assert "Hearings 3" in words
    assert "Counsel 4" in words
    assert "E-mail 6" in words
    assert all(number(n) in words for n in range(3))
    assert "As an example, the messages of" in words
    assert "律师0 Claimant · 中文" in words
    one = re.search(rf"{address}/hearings/\d+/messages", shown.text)
    assert one
    assert "请选定庭期" in HtmlPage(desk.get(one[0]).text).words
    scenario.beat()
    assert scenario.letters() == []
    for _ in range(2):
        assert confirmed(desk, address, {"do": "send"}).status_code == 303
    scenario.beat()
    sent = scenario.letters(channel="email")
    assert {letter.to for letter in sent} == {f"律师{n} <c{n}@firm.example>" for n in range(4)}
    assert len(sent) == 6
    assert desk.post(address, data={"do": "send"}).status_code == 422
    scenario.beat()
    assert len(scenario.letters()) == 6
    hearings = scenario.api("GET", "/hearings?limit=200")[1]["hearings"]
    assert [each["state"] for each in hearings] == ["proposed"] * 3
    page = desk.get(address).text
    assert page.count("/hearings/") >= 3
    assert "已发出" in desk.get(f"{address}?lang=zh").text


def test_what_clashes_meanwhile_is_said_and_stays_in_the_draft(scenario: Scenario) -> None:
    desk, address = drafted(scenario, slots="1")
    found = re.search(r'datetime="([^"]+)"', desk.get(address).text.split("<table")[1])
    assert found
    taken = scenario.api(
        "POST", "/cases", case_with(number(70), counsel(0), counsel(80), judge="周法官")
    )[1]["id"]
    body = proposal(taken, answer_by=at(3, "17:00"), override_reason="急")
    body["slots"] = [{"starts_at": found[1], "courtroom": "第五法庭"}]
    assert scenario.api("POST", "/hearings", body)[0] == 201
    confirmed(desk, address, {"do": "send"})
    scenario.beat()
    page = desk.get(f"{address}?lang=en").text
    assert "These could not be sent, and stay in the draft:" in page
    assert "has （2026）沪0115民初970号 then" in page
    assert "Send all: 1" in page
    assert len(scenario.api("GET", "/hearings?limit=200")[1]["hearings"]) == 3
    assert desk.post(address, data={"do": "again"}).status_code == 303
    assert beat.search_listing(scenario.app)
    confirmed(desk, address, {"do": "send"})
    scenario.beat()
    assert len(scenario.api("GET", "/hearings?limit=200")[1]["hearings"]) == 4


def test_a_slot_that_would_not_be_suggested_any_more_is_not_sent(scenario: Scenario) -> None:
    desk, address = drafted(scenario, 1, slots="1")
    day = re.search(r'datetime="(\d{4}-\d\d-\d\d)', desk.get(address).text.split("<table")[1])
    assert day
    closed = {"from": day[1], "why": "全院会议"}
    assert (
        scenario.sign_in("admin@court.example")
        .post("/settings/closed-days", data=closed)
        .status_code
        == 303
    )
    confirmed(desk, address, {"do": "send"})
    scenario.beat()
    assert "is no longer free" in desk.get(f"{address}?lang=en").text
    assert scenario.letters() == []


def test_a_search_that_died_is_said_so_and_can_be_started_again(scenario: Scenario) -> None:
    cases(scenario, 2)
    desk = scenario.sign_in()
    address = upload(desk, file_of(*rows(2))).location
    with scenario.app.app_context(), transaction() as session:
        assert service.claim(session, "somebody who dies", scenario.clock.now())
    assert "searching" in desk.get(f"{address}?lang=en").text
    assert beat.search_listing(scenario.app) == 0
    assert desk.post(address, data={"do": "again"}).status_code == 422
    scenario.wait(minutes=2)
    assert "interrupted" in desk.get(f"{address}?lang=en").text
    assert desk.post(address, data={"do": "again"}).status_code == 303
    assert beat.search_listing(scenario.app)
    assert "2 of 2 have a slot" in desk.get(f"{address}?lang=en").text


def test_a_worker_that_ends_leaves_the_search_to_another(scenario: Scenario) -> None:
    cases(scenario, 2)
    desk = scenario.sign_in()
    address = upload(desk, file_of(*rows(2))).location
    beat.search_listing(scenario.app, lambda: True)
    assert "waiting to start" in desk.get(f"{address}?lang=en").text
    assert "The sending service is not running" in desk.get(f"{address}?lang=en").text


def test_a_search_is_stopped_by_its_button_with_the_best_so_far(scenario: Scenario) -> None:
    cases(scenario, 2)
    desk = scenario.sign_in()
    address = upload(desk, file_of(*rows(2))).location
    with scenario.app.app_context(), transaction() as session:
        session.execute(sa.update(Listing).values(stop=True))
        assert service.claim(session, "w", scenario.clock.now())
    desk.post(address, data={"do": "stop"})
    with scenario.app.app_context():
        found = db.session.scalar(sa.select(Listing.id)) or 0
        db.session.remove()
        outcome = running.run(found, "w", SearchLimits(60), scenario.clock.now)
    assert outcome
    assert outcome.progress.placed == 2
    assert outcome.progress.bound is None, "it was stopped before anything was proved"
    assert "2 of 2 have a slot" in desk.get(f"{address}?lang=en").text


def test_a_draft_is_changed_and_deleted_and_other_courts_know_nothing_of_it(
    scenario: Scenario,
) -> None:
    desk, address = drafted(scenario, 2)
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Elsewhere", short="E", zone="Asia/Shanghai", country="CN", language="en"
        )
        user = people.add_user(
            session, court, "zhou@e.example", name="Z", role="assistant", now=scenario.clock.now()
        )
        user.password_hash = people.find_user(session, "wang@court.example").password_hash
        user.version = people.find_user(session, "wang@court.example").version
    stranger = scenario.sign_in("zhou@e.example")
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data={"do": "send"}).status_code == 404
    assert "十二月.csv" not in stranger.get("/listings").text
    assert scenario.client.get(address).status_code == 302
    out = re.search(r'value="(remove-\d+)"', desk.get(address).text)
    assert out
    desk.post(address, data={"do": out[1]})
    assert "Send all: 1" in desk.get(f"{address}?lang=en").text
    assert desk.post(address, data={"do": out[1]}).status_code == 404
    assert desk.post(address, data={"do": "delete"}).status_code == 303
    assert desk.get(address).status_code == 404
    assert "十二月.csv" not in desk.get("/listings").text


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (file_of({"案号": "（2020）沪1号"}), {}, "Line 2, 案号: There is no case （2020）沪1号"),
        ("", {}, "The file is empty."),
        ("who\nx\n", {}, "The file has no column number"),
        (file_of(*rows(1)), {"slots": "99"}, "Enter a number from 1 to 10."),
        (file_of(*rows(1)), {"from": "soon"}, "Enter a day such as 2026-10-01."),
        (file_of(*rows(1)), {"file": ""}, "Choose a file."),
        (
            file_of(*rows(1)),
            {"rooms": "第九法庭"},
            "Choose a courtroom of this court; there is none called 第九法庭.",
        ),
    ],
)
def test_what_cannot_be_listed_is_said_on_the_form(
    scenario: Scenario, content: str, more: dict[str, str], words: str
) -> None:
    cases(scenario, 1)
    desk = scenario.sign_in()
    desk.get("/me?lang=en")
    answer = upload(desk, content, **more)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert "No drafts yet." in answer.text
