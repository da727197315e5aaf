"""A chain that is too long for a page is checked whole, in the background, and the result is kept."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.record import ledger
from app.record.ledger import NewEntry
from app.record.models import ChainHead, Entry
from app.record.rules import Event
from app.record.verification import CHECKED_AT_ONCE
from tests.conftest import Scenario
from tests.evidence.test_signed_receipts import link as link
from tests.evidence.test_signed_receipts import receipt_of
from tests.faults.test_tampering import unlock
from tests.flows.test_pages import words

pytestmark = pytest.mark.database


def lengthen(scenario: Scenario, count: int) -> None:
    """Append entries to the record of the first case."""
    with scenario.app.app_context(), transaction() as session:
        now = scenario.clock.now()
        entries = [NewEntry(Event.STATUS, court_id=1, case_id=1) for _ in range(count)]
        ledger.append(session, entries, now)


def asked(scenario: Scenario, receipt: dict[str, Any]) -> str:
    """Have a receipt checked; return the address of the check of the whole chain."""
    answer = scenario.client.post("/verify?lang=en", data={"text": json.dumps(receipt)})
    assert "not all others" in words(answer)
    found = re.search(r'href="(/verify/checks/[\w-]{22})"', answer.text)
    assert found
    return found[1]


def test_a_long_chain_is_checked_whole_in_the_background(scenario: Scenario, link: str) -> None:
    receipt = receipt_of(scenario.client, link)
    lengthen(scenario, CHECKED_AT_ONCE + 4000)
    page = asked(scenario, receipt)
    waiting = scenario.client.get(f"{page}?lang=en")
    assert 'http-equiv="refresh"' in waiting.text
    with scenario.app.app_context():
        [count] = db.session().scalars(sa.select(ChainHead.seq))
    assert f"0 of {count} entries checked" in words(waiting)
    scenario.beat()
    done = scenario.client.get(f"{page}?lang=en")
    assert 'http-equiv="refresh"' not in done.text
    [ended] = re.findall(r"(\d+) entries, unbroken", words(done))
    assert int(ended) >= count  # the beat itself added some
    code = words(scenario.client.post("/verify?lang=en", data={"text": json.dumps(receipt)}))
    assert f"{ended} entries, unbroken" in code
    seal = words(scenario.client.get(f"/record/{receipt['hash']}?lang=en"))
    assert f"{ended} entries, unbroken" in seal


def test_a_change_far_from_the_receipt_is_found(
    scenario: Scenario, link: str, database: str
) -> None:
    receipt = receipt_of(scenario.client, link)
    lengthen(scenario, CHECKED_AT_ONCE + 4000)
    unlock(scenario, database)
    with scenario.app.app_context(), db.engine.begin() as connection:
        connection.execute(
            sa.update(Entry.__table__).where(Entry.__table__.c.seq == 4321).values(kind="other")
        )
    seen = scenario.client.post("/verify/checks", data={"seal": receipt["hash"]})
    assert seen.status_code == 303
    scenario.beat()
    page = words(scenario.client.get(f"{seen.location}?lang=en"))
    assert "Chain broken at entry 4321" in page
    assert "it is not what was written" in page


def test_what_names_no_check_is_answered_in_words(scenario: Scenario) -> None:
    for seal in ("", "0" * 64, "x"):
        assert scenario.client.post("/verify/checks", data={"seal": seal}).status_code == 404
    assert scenario.client.get("/verify/checks/nothing").status_code == 404
    nothing = scenario.client.post("/verify?lang=en", data={"text": " "})
    assert nothing.status_code == 422
    assert "Choose the receipt's file" in words(nothing)
