"""The certificate of a case, the page that confirms its seal, and both sides in one picture."""

import re

import pytest

from app.core.db import db
from app.notices.models import Notice
from app.record.models import ChainHead, Entry
from tests.conftest import CASE, Scenario, at, proposal
from tests.counsel.test_answers import answer
from tests.flows.test_days import do


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A case whose two sides answered and were told a date; another was called besides."""
    made = scenario.api("POST", "/cases", CASE)[1]
    scenario.api("POST", "/hearings", proposal(made["id"], (at(14), "第三法庭")))
    scenario.beat()
    for who in ("li@", "zhao@"):
        answer(scenario.client, scenario.link(who), "yes", comment="好的")
    scenario.beat()
    scenario.wait(hours=2)
    call = {
        "channel": "phone",
        "direction": "out",
        "at": at(0, "10:00"),
        "outcome": "spoke",
        "counsel_id": made["parties"][0]["counsel"][0]["id"],
        "hearing_id": 1,
        "note": "已说明",
    }
    status, said = scenario.api("POST", f"/cases/{made['id']}/contacts", call)
    assert status == 201, said
    return made["id"]


def test_the_certificate_names_people_tries_evidence_and_the_head(
    scenario: Scenario, case_id: int
) -> None:
    page = scenario.sign_in().get(f"/cases/{case_id}/certificate?lang=en").get_data(as_text=True)
    with scenario.app.app_context():
        head = db.session.get(ChainHead, case_id)
        assert f"<code>{head.hash}</code>" in page
        assert f"{head.seq} entries, unbroken" in page
    for words in (
        "李敏",
        "Zhao Lei",
        "+8613800138001",
        "zhao@jinmao.example",
        "E4 Confirmed",
        "<svg",
        "The newest entry gets its daily seal at the end of the day",
    ):
        assert words in page, words
    scenario.wait(hours=15)
    scenario.beat()
    page = scenario.sign_in().get(f"/cases/{case_id}/certificate?lang=en").get_data(as_text=True)
    assert "Covered by the daily seal" in page


def test_anybody_confirms_a_seal_and_nobody_learns_a_name(scenario: Scenario, case_id: int) -> None:
    page = scenario.sign_in().get(f"/cases/{case_id}/certificate").get_data(as_text=True)
    seal = re.search(r"/record/([0-9a-f]{64})", page)
    assert seal
    shown = scenario.client.get(f"/record/{seal[1]}?lang=en")
    said = shown.get_data(as_text=True)
    assert (shown.status_code, CASE["number"] in said, "No entry was added since" in said) == (
        200,
        True,
        True,
    )
    assert "李敏" not in said
    assert "Zhao" not in said
    scenario.client.get(scenario.link("li@"))  # a visit is one more line
    later = scenario.client.get(f"/record/{seal[1].upper()}?lang=en").get_data(as_text=True)
    assert "1 entry was added since" in later


@pytest.mark.parametrize("seal", ["ab" * 32, "0" * 64, "x", "ab" * 31, "%00", "'; DROP"])
def test_a_seal_of_no_record_is_said_to_be_none(
    scenario: Scenario, case_id: int, seal: str
) -> None:
    shown = scenario.client.get(f"/record/{seal}?lang=en")
    assert shown.status_code == 404
    assert "This seal is not known here" in shown.get_data(as_text=True)


def test_a_changed_record_is_certified_as_not_whole(
    scenario: Scenario, case_id: int, database: str
) -> None:
    from tests.faults.test_tampering import unlock

    unlock(scenario, database)
    do(scenario, "UPDATE record_line SET channel = 'phone' WHERE seq = 2")
    page = scenario.sign_in().get(f"/cases/{case_id}/certificate?lang=en").get_data(as_text=True)
    assert "Chain broken at entry 2" in page


def test_both_sides_see_the_same_picture_with_its_differences(
    scenario: Scenario, case_id: int
) -> None:
    pages = [
        scenario.client.get(scenario.link(who) + "/record?lang=en").get_data(as_text=True)
        for who in ("li@", "zhao@")
    ]
    pictures = [re.search(r'<figure class="lanes">.*?</figure>', page, re.S) for page in pages]
    assert pictures[0]
    assert pictures[1]
    assert pictures[0][0] == pictures[1][0]
    for page in pages:
        assert 'role="img"' in page
        # The call went to one side alone, and the page says so.
        assert re.search(r"telephone.*Respondent", page, re.S)
        assert "All sides were sent the same" not in page
    # What the other side was sent is read in full; where it was sent to is shortened.
    assert "l•••@huacheng.example" in pages[1]
    assert "+8613800138001" not in pages[1]
    assert "开庭" in pages[1]


def test_a_long_record_is_read_by_pages_and_checked_when_asked(
    scenario: Scenario, case_id: int
) -> None:
    from app.record import ledger
    from app.record.rules import Event

    with scenario.app.app_context():
        entry = ledger.NewEntry(
            Event.STATUS, court_id=1, case_id=case_id, kind="text", counsel_id=1
        )
        ledger.append(db.session(), [entry] * 2100, scenario.clock.now())
        db.session.commit()
        last = db.session.query(Entry).count()
    desk = scenario.sign_in()
    page = desk.get(f"/cases/{case_id}/record?view=entries&lang=en").get_data(as_text=True)
    assert f"Check the chain of {last} entries" in page
    assert page.count('<span class="small numbers">') == 200
    older = re.search(r'href="([^"]*before=\d+)"', page)
    assert older
    seen, step = 200, older[1].replace("&amp;", "&")
    while step:
        page = desk.get(step).get_data(as_text=True)
        seen += page.count('<span class="small numbers">')
        found = re.search(r'href="([^"]*before=\d+)"', page)
        step = found[1].replace("&amp;", "&") if found else ""
    assert seen == last
    checked = desk.get(f"/cases/{case_id}/record?check=1").get_data(as_text=True)
    assert f"{last} entries, unbroken" in checked


def test_every_entry_of_a_long_record_is_in_one_row_of_one_page(
    scenario: Scenario, case_id: int
) -> None:
    """Messages whose entries lie far apart are whole, on the page of their first try."""
    from app.record import ledger, queries
    from app.record.rules import Event

    with scenario.app.app_context():
        session = db.session()

        def append(event: Event, notice_id: int | None) -> ledger.NewEntry:
            facts = {"court_id": 1, "case_id": case_id, "kind": "fixed", "counsel_id": 1}
            return ledger.NewEntry(event, notice_id=notice_id, **facts)

        notice_ids = [notice_id for [notice_id] in session.query(Notice.id).order_by(Notice.id)]
        for event in (Event.STATUS, Event.STATUS):
            ledger.append(
                session, [append(event, each) for each in notice_ids], scenario.clock.now()
            )
        ledger.append(session, [append(Event.STATUS, None)] * 30, scenario.clock.now())
        session.commit()
        expected = [seq for [seq] in session.query(Entry.seq).order_by(Entry.seq)]
        shown: list[int] = []
        before, pages = 0, 0
        while pages == 0 or before:
            page = queries.row_page(session, case_id, size=7, before=before)
            assert len(page.rows) <= 7
            shown += [entry.seq for row in page.rows for entry in row.entries]
            before, pages = page.older, pages + 1
    assert sorted(shown) == expected
    assert pages > 3
    words = scenario.sign_in().get(f"/cases/{case_id}/record?lang=en").get_data(as_text=True)
    assert 'class="rec-frame"' in words
