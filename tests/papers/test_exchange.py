"""An exchange of evidence from the court's press to its close, sealed and not."""

import datetime as dt
import hashlib
import itertools
import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Party, Representation
from app.cli import cli
from app.core.db import db
from app.papers.exchange.models import Exchange
from app.papers.models import Filing, Paper
from app.record import ledger
from app.record.standalone_verifier import SEALED, check, sha
from tests.conftest import CASE, Scenario, confirmed
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.flows.test_erasing import erase
from tests.papers.exchanging import clock, court, evidence, opened
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import LI, entries, key

pytestmark = pytest.mark.database
SECRET_NAME = "Warehouse contract"


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def one(scenario: Scenario, statement: Any) -> Any:
    with scenario.app.app_context():
        return db.session.scalar(statement)


def number(scenario: Scenario, column: Any) -> str:
    """The newest id: a preview that was rolled back may have taken one."""
    return str(one(scenario, sa.select(sa.func.max(column))))


def test_the_court_opens_an_exchange_and_tells_all(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    path = f"/cases/{case['id']}/exchange"
    shown = words(court(scenario).get(path))
    assert "The court's rules set no evidence period for this procedure" in shown
    closes = opened(scenario, case)
    scenario.beat()
    for to in (LI, ZHAO):
        [mail] = scenario.letters(to=to, channel="email")
        assert "/papers" in mail.body
        [text] = scenario.letters(to="+8613800138001" if to == LI else "+8613800138002")
        assert text
    [entry] = [e for e in entries(scenario, case) if e["what"] == "registered"]
    assert entry["detail"]["closes_at"] == closes.isoformat()
    assert entry["detail"]["mode"] == "sealed"
    # One at a time, by the page and by the database.
    again = confirmed(
        court(scenario), path, {"mode": "sealed", "closes_at": clock(closes + dt.timedelta(1))}
    )
    assert again.status_code == 422
    assert "An exchange of evidence is open already" in words(again)
    with scenario.app.app_context():
        first = db.session.scalars(sa.select(Exchange)).one()
        copy = {c.key: getattr(first, c.key) for c in Exchange.__table__.columns}
        second = sa.insert(Exchange).values({**copy, "id": 999, "number": 2})
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(second)
        db.session.remove()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"closes_at": ""}, "Enter the day and the time."),
        ({"closes_at": "soon"}, "Enter the day and the time."),
        ({"closes_at": "2020-01-01T10:00"}, "Enter a time that is still to come."),
        ({"closes_respondent": "2020-01-01T10:00"}, "Enter a time that is still to come."),
    ],
)
def test_a_wrong_close_is_named_beside_its_field(
    scenario: Scenario, case: dict[str, Any], form: dict[str, str], said: str
) -> None:
    right = clock(scenario.clock.now() + dt.timedelta(days=3))
    typed = {"mode": "sealed", "closes_at": right, **form}
    refused = confirmed(court(scenario), f"/cases/{case['id']}/exchange", typed)
    assert refused.status_code == 422
    assert said in words(refused)
    assert 'name="closes_at"' in refused.text
    assert one(scenario, sa.select(sa.func.count(Exchange.id))) == 0


def test_what_is_filed_into_a_sealed_exchange_is_a_number_and_a_digest_to_others(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    filed = evidence(client, zhao, SECRET_NAME, **{"proves-1": "the hall was dry"})
    assert filed.status_code == 303
    # Its author has the whole receipt, and reads it.
    digest = hashlib.sha256(PDF).hexdigest()
    receipt = words(client.get(filed.location))
    assert SECRET_NAME in receipt
    assert digest in receipt.replace(" ", "")
    assert SECRET_NAME in words(client.get(f"{zhao}/papers"))
    # Everybody else reads that it is there.
    desk = court(scenario)
    for page in (
        other.get(f"{li}/papers?lang=en"),
        desk.get(f"/cases/{case['id']}/papers"),
        desk.get(f"/cases/{case['id']}/exchange"),
    ):
        said = words(page)
        assert "Sealed" in said
        assert SECRET_NAME not in said
        assert "the hall was dry" not in said
    assert digest in words(other.get(f"{li}/papers?lang=en")).replace(" ", "")
    [entry] = [e for e in entries(scenario, case) if e["what"] == "filed"]
    assert [f["sha256"] for p in entry["detail"]["papers"] for f in p["files"]] == [digest]
    assert SECRET_NAME not in str(entry)
    scenario.beat()
    for letter in scenario.letters():
        assert SECRET_NAME not in letter.subject + letter.body


def test_other_papers_are_seen_at_once_while_an_exchange_is_open(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    draft(client, zhao, [("file", "Power of attorney.pdf", PDF)])
    opened(scenario, case)
    # A page from before the exchange asks first.
    unasked = draft(client, zhao, do="file", exchange="")
    assert unasked.status_code == 422
    assert "the court has opened an exchange of evidence" in words(unasked)
    assert "Power of attorney" not in other.get(f"{li}/papers").text
    assert draft(client, zhao, do="file", exchange="0").status_code == 303
    assert one(scenario, sa.select(Filing.exchange_id)) is None
    assert "Power of attorney" in words(other.get(f"{li}/papers?lang=en"))


def complete(client: Any, link: str, state: str = "1") -> Any:
    page = client.get(f"{link}/papers")
    form = {"nonce": nonce(page), "complete": state, "sure": "1"}
    return client.post(f"{link}/papers/complete", data=form)


def test_all_is_opened_to_all_at_the_close(scenario: Scenario, case: dict[str, Any]) -> None:
    closes = opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    evidence(client, zhao, SECRET_NAME)
    evidence(other, li, "Invoice of May", PDF + b"2")
    scenario.beat()
    # One millisecond before, nothing; at the moment, everything, once.
    scenario.clock.set(closes - dt.timedelta(milliseconds=1))
    scenario.beat()
    assert SECRET_NAME not in other.get(f"{li}/papers").text
    scenario.clock.set(closes)
    assert SECRET_NAME not in other.get(f"{li}/papers").text  # the worker is away
    scenario.wait(hours=3)
    for _ in range(2):
        scenario.beat()
    assert SECRET_NAME in words(other.get(f"{li}/papers?lang=en"))
    assert "Invoice of May" in words(client.get(f"{zhao}/papers"))
    desk = court(scenario)
    page = words(desk.get(f"/cases/{case['id']}/exchange"))
    assert "Open to all" in page
    assert SECRET_NAME in page
    assert "All was opened in the same second." in page
    for to in (LI, ZHAO):
        assert (
            len(scenario.letters(to=to, channel="email", containing="same second"))
            + len(scenario.letters(to=to, channel="email", containing="同一时刻"))
            == 1
        )
    assert entries(scenario, case)  # the chain is whole
    with scenario.app.app_context():
        found = ledger.entries_of(db.session(), case_id=case["id"])
        made = [ledger.exported(each) for each in found]
    assert len([e for e in made if e["detail"].get("by") == "time"]) == 1
    opening = [e for e in made if e["what"] == "disclosed"]
    assert [e["detail"]["filing"] for e in opening] == [1, 2]
    # What was sealed is what was opened: anybody can compute the digest anew.
    filed = {e["detail"]["filing"]: e for e in made if e["what"] == "filed"}
    for entry in opening:
        content = json.dumps(
            entry["body"]["list"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        assert digest == entry["detail"]["list_sha256"]
        assert digest == filed[entry["detail"]["filing"]]["detail"]["list_sha256"]
        assert "list" not in filed[entry["detail"]["filing"]]["body"]


def test_the_last_side_that_is_complete_opens_all(scenario: Scenario, case: dict[str, Any]) -> None:
    opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    evidence(client, zhao, SECRET_NAME)
    unsure = client.post(
        f"{zhao}/papers/complete",
        data={"nonce": nonce(client.get(f"{zhao}/papers")), "complete": "1"},
    )
    assert unsure.status_code == 422
    assert complete(client, zhao).status_code == 303
    assert "Complete" in words(other.get(f"{li}/papers?lang=en"))
    # It is taken back, and said again: only then another filing is late.
    assert complete(client, zhao, "0").status_code == 303
    assert evidence(client, zhao, "More", PDF + b"2").status_code == 303
    assert complete(client, zhao).status_code == 303
    late = evidence(client, zhao, "Even more", PDF + b"3")
    assert late.status_code == 422
    assert "you said that your side is complete" in words(late)
    assert SECRET_NAME not in other.get(f"{li}/papers").text
    assert complete(other, li).status_code == 303
    assert SECRET_NAME in other.get(f"{li}/papers").text
    assert complete(client, zhao, "0").status_code == 422
    states = [e["kind"] for e in entries(scenario, case) if e["what"] == "declared"]
    assert states == [
        "exchange_complete",
        "exchange_incomplete",
        "exchange_complete",
        "exchange_complete",
    ]


def test_a_late_paper_is_listed_and_waits_for_the_court(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other, desk = browser(scenario), browser(scenario), court(scenario)
    evidence(client, zhao, SECRET_NAME)
    scenario.clock.set(closes)
    reason = "Found on the surveyor's phone."
    asked = evidence(client, zhao, "Hall A", PDF + b"2")
    assert asked.status_code == 422
    assert "Say why they come late." in words(asked)
    assert (
        draft(
            client, zhao, do="file", exchange=number(scenario, Exchange.id), late_reason=reason
        ).status_code
        == 303
    )
    # It is filed while all else is sealed still, and so no more is said of it.
    assert "Hall A" not in other.get(f"{li}/papers").text
    scenario.beat()
    listed = words(other.get(f"{li}/papers?lang=en"))
    assert "Hall A" in listed
    assert reason in listed.replace("&#39;", "'")
    assert other.get(f"{li}/papers/item?id=2").status_code == 404
    assert desk.get("/filings/files/2").status_code == 404
    path = f"/cases/{case['id']}/exchange"
    shown = words(desk.get(path))
    assert "Decide on late papers" in shown
    desk = court(scenario)  # to decide needs a fresh proof of who one is
    unexplained = desk.post("/filings/2/late", data={"decision": "refused"})
    assert unexplained.status_code == 422
    assert "Say why they are not admitted." in words(unexplained)
    done = confirmed(desk, "/filings/2/late", {"decision": "refused", "words_2": "No cause."})
    assert done.status_code == 303
    assert desk.get("/filings/files/2").status_code == 404
    assert "Late, not admitted" in words(other.get(f"{li}/papers?lang=en"))
    done = confirmed(desk, "/filings/2/late", {"decision": "admitted"})
    assert done.status_code == 303
    assert other.get(f"{li}/papers/item?id=2").status_code == 200
    assert (
        confirmed(desk, "/filings/2/late", {"decision": "refused", "words_2": "x"}).status_code
        == 422
    )
    scenario.beat()
    assert scenario.letters(to=ZHAO, channel="email", containing="has admitted the late papers")
    assert scenario.letters(to=ZHAO, channel="email", containing="No cause.")


def test_the_court_extends_and_cancels(scenario: Scenario, case: dict[str, Any]) -> None:
    closes = opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other, desk = browser(scenario), browser(scenario), court(scenario)
    evidence(client, zhao, SECRET_NAME)
    later = clock(closes + dt.timedelta(days=2))
    alone = desk.post(
        f"/exchanges/{number(scenario, Exchange.id)}/close",
        data={"closes_at": later, "closes_claimant": later},
    )
    assert alone.status_code == 422
    assert (
        confirmed(
            desk, f"/exchanges/{number(scenario, Exchange.id)}/close", {"closes_at": later}
        ).status_code
        == 303
    )
    scenario.clock.set(closes)
    scenario.beat()
    assert SECRET_NAME not in other.get(f"{li}/papers").text
    nothing = desk.post(f"/exchanges/{number(scenario, Exchange.id)}/cancelled", data={})
    assert "Say why the exchange is cancelled." in words(nothing)
    done = confirmed(
        desk,
        f"/exchanges/{number(scenario, Exchange.id)}/cancelled",
        {"words_cancel": "The case is settled."},
    )
    assert done.status_code == 303
    scenario.beat()
    scenario.wait(days=5)
    scenario.beat()
    for page in (other.get(f"{li}/papers"), desk.get(f"/cases/{case['id']}/exchange")):
        assert SECRET_NAME not in page.text
    assert SECRET_NAME in client.get(f"{zhao}/papers").text
    assert scenario.letters(to=ZHAO, channel="email", containing="The case is settled.")
    assert (
        confirmed(
            desk, f"/exchanges/{number(scenario, Exchange.id)}/cancelled", {"words_cancel": "x"}
        ).status_code
        == 422
    )
    opened(scenario, case)  # the next one
    kinds = [e["kind"] for e in entries(scenario, case) if e["what"] == "registered"]
    assert kinds == [
        "exchange_started",
        "exchange_changed",
        "exchange_cancelled",
        "exchange_started",
    ]


def test_who_has_filed_nothing_is_reminded(scenario: Scenario, case: dict[str, Any]) -> None:
    opened(scenario, case)
    zhao = key(scenario, "Zhao Lei")
    evidence(browser(scenario), zhao, SECRET_NAME)
    for _ in range(10):
        scenario.beat()
        scenario.wait(days=1)
    assert len(scenario.letters(to=LI, channel="email", containing="您方尚未提交证据")) == 3
    assert not scenario.letters(to=ZHAO, channel="email", containing="filed nothing")


def test_a_verifier_finds_a_list_that_is_not_the_sealed_one(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case)
    evidence(browser(scenario), key(scenario, "Zhao Lei"), SECRET_NAME)
    scenario.clock.set(closes)
    scenario.beat()
    command = ["record", "export", "--case", CASE["number"], "--format", "json"]
    record = json.loads(scenario.app.test_cli_runner().invoke(cli, command).output)
    assert check(record)[0] == 0
    [opening] = [line for line in record["lines"] if line["what"] == "disclosed"]
    opening["body"]["list"]["papers"][0]["name"] = "Another contract"
    content = {**opening["body"]}
    opening["content"] = sha(content)
    opening["hash"] = sha({name: opening[name] for name in SEALED})
    for before, line in itertools.pairwise(record["lines"]):
        if line["seq"] > opening["seq"]:
            line["prev"] = before["hash"]
            line["hash"] = sha({name: line[name] for name in SEALED})
    record["head"] = record["lines"][-1]["hash"]
    status, said = check(record)
    assert status == 1
    assert "are not those that were sealed" in said


def test_counsel_who_follows_reads_what_the_party_filed_and_a_party_without_counsel_waits(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other, desk = browser(scenario), browser(scenario), court(scenario)
    evidence(client, zhao, SECRET_NAME)
    complete(client, zhao)
    [number_of_li] = numbers_of(scenario, "李敏")
    leaves = {"name": "李敏", "email": LI, "do": "leave"}
    path = f"/cases/{case['id']}/counsel/{number_of_li}"
    assert desk.post(path, data=leaves).status_code == 303
    assert other.get(f"{li}/papers").status_code == 410
    assert "Nobody acts for it" in words(desk.get(f"/cases/{case['id']}/exchange"))
    # All who act are complete; whoever comes for the other party must not find it open.
    complete(client, zhao, "0")
    complete(client, zhao)
    assert one(scenario, sa.select(Exchange.state)) == "open"
    # Another counsel follows Zhao Lei, and one comes for the other party.
    [party_of_zhao, party_of_li] = parties(scenario)
    add = f"/cases/{case['id']}/counsel"
    for name, party in (("Emma Carter", party_of_zhao), ("Sun Yue", party_of_li)):
        form = {"party": str(party), "name": name, "email": f"{name[:3]}@x.example"}
        form |= {"language": "en", "channels": "email"}
        done = desk.post(add, data=form)
        assert done.status_code == 303, words(done)
    carter, sun = key(scenario, "Emma Carter"), key(scenario, "Sun Yue")
    assert SECRET_NAME in browser(scenario).get(f"{carter}/papers").text
    assert SECRET_NAME not in browser(scenario).get(f"{sun}/papers").text
    scenario.clock.set(closes)
    scenario.beat()
    assert SECRET_NAME in browser(scenario).get(f"{sun}/papers").text


def numbers_of(scenario: Scenario, name: str) -> list[int]:
    with scenario.app.app_context():
        query = sa.select(Representation.id).where(Representation.counsel.has(name=name))
        return list(db.session.scalars(query))


def parties(scenario: Scenario) -> list[int]:
    """The respondent and the claimant."""
    with scenario.app.app_context():
        return list(db.session.scalars(sa.select(Party.id).order_by(Party.side.desc())))


def test_a_case_is_not_erased_while_an_exchange_is_open(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    opened(scenario, case)
    zhao, desk = key(scenario, "Zhao Lei"), court(scenario)
    evidence(browser(scenario), zhao, SECRET_NAME)
    scenario.beat()
    scenario.wait(days=1)
    status, output = erase(scenario)
    assert status != 0
    assert "An exchange of evidence" in output
    path = f"/exchanges/{number(scenario, Exchange.id)}/cancelled"
    assert confirmed(desk, path, {"words_cancel": "Settled."}).status_code == 303
    scenario.beat()
    scenario.wait(days=1)
    scenario.beat()
    status, output = erase(scenario)
    assert status == 0, output
    assert one(scenario, sa.select(Filing.list_salt)) == ""
    assert one(scenario, sa.select(Paper.name)) == ""


def test_the_api_opens_and_lists_exchanges(scenario: Scenario, case: dict[str, Any]) -> None:
    path, at = f"/cases/{case['id']}/exchanges", "2026-12-08T17:00:00+08:00"
    status, made = scenario.api("POST", path, {"closes_at": at})
    assert (status, made["mode"], made["closes_at"]) == (201, "sealed", at)
    assert scenario.api("POST", path, {"closes_at": at})[0] == 422
    assert scenario.api("POST", path, {"closes_at": "x", "mode": "y"})[0] == 422
    evidence(browser(scenario), key(scenario, "Zhao Lei"), SECRET_NAME)
    _, listed = scenario.api("GET", path)
    [exchange] = listed["exchanges"]
    sides = [(s["side"], s["papers"], s["filings"]) for s in exchange["sides"]]
    assert sides == [("claimant", 0, []), ("respondent", 1, [1])]
    _, filed = scenario.api("GET", f"/cases/{case['id']}/papers")
    assert filed["filings"] == []
    [withheld] = filed["withheld"]
    [paper] = withheld["papers"]
    assert (paper["name"], paper["sha256"]) == ("", [hashlib.sha256(PDF).hexdigest()])
