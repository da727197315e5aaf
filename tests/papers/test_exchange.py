"""An exchange of evidence from the court's press to its close, sealed and not."""

import datetime as dt
import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.papers.exchange.models import Exchange
from app.papers.models import Filing
from tests.conftest import CASE, Scenario, confirmed
from tests.counsel.test_answers import ZHAO, browser, words
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
