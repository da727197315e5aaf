"""Two messages of the very same words, their worker dead: which of them the carrier has."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.carriers.base import LookupResult, OutgoingMessage, SendOutcome, SendStatus
from app.carriers.twilio.standin import TwilioStandIn
from app.core.db import db, transaction
from app.notices.models import Notice
from app.record.models import Entry, Receipt
from tests.conftest import Scenario
from tests.faults.test_clock import own_up
from tests.flows.test_receipts import tell, twilio, wired
from tests.flows.test_sending import Spoken, queue, replace_services, states

pytestmark = pytest.mark.database

__all__ = ["twilio", "wired"]  # fixtures

LATER = dt.timedelta(seconds=5)


class Shown(Spoken):
    """A carrier that shows what it has by number and words alone, as Twilio does."""

    has: tuple[str, ...] = ()

    def find(self, message: OutgoingMessage, _since: dt.datetime) -> LookupResult:
        """Show all of it, whoever asks: the words are the same."""
        return LookupResult(
            [SendOutcome(SendStatus.ACCEPTED, self.name, sid, "sent") for sid in self.has]
        )


@pytest.fixture
def texts(scenario: Scenario) -> Shown:
    """The house's texts."""
    shown = Shown()
    replace_services(scenario, sms=shown)
    return shown


def two(scenario: Scenario, first: dict[str, object]) -> list[int]:
    """Queue two of the same words, tried one after the other by a worker that died."""
    ids = queue(scenario, "off_channel", "off_channel", about="")
    now = scenario.clock.now()
    dead = {
        "state": "sending",
        "tries": 1,
        "claimed_by": "a worker that died",
        "carrier": "twilio",
        "tried_at": now,
        "lease_until": now,
    }
    with scenario.app.app_context(), transaction() as session:
        for number, changed in zip(
            ids, ({**dead, **first}, {**dead, "tried_at": now + LATER}), strict=True
        ):
            session.execute(sa.update(Notice).where(Notice.id == number).values(changed))
    scenario.wait(minutes=1)
    return ids


def sids(scenario: Scenario, ids: list[int]) -> list[str]:
    """By which number the carrier knows each."""
    with scenario.app.app_context():
        found = {row.id: row.carrier_id for row in db.session.scalars(sa.select(Notice))}
        db.session.remove()
    return [found[each] for each in ids]


def settle(scenario: Scenario) -> None:
    """Let the carrier be asked until it is clear what became of each, or nobody can say."""
    for _ in range(20):
        own_up(scenario)
        scenario.wait(minutes=2)


@pytest.mark.parametrize("state", ["sent", "delivered", "failed"])
def test_a_text_that_is_known_to_be_another_message_is_not_taken_for_this_one(
    scenario: Scenario, texts: Shown, state: str
) -> None:
    ids = two(scenario, {"state": state, "carrier_id": "SM1", "lease_until": None})
    texts.has = ("SM1",)
    settle(scenario)
    assert states(scenario, ids) == [state, "queued"]
    assert sids(scenario, ids) == ["SM1", ""]


def test_nor_is_a_text_of_which_a_receipt_came_for_another_message(
    scenario: Scenario, texts: Shown
) -> None:
    # Its first try failed as SM1, its second went as SM2.
    ids = two(scenario, {"state": "sent", "tries": 2, "carrier_id": "SM2", "lease_until": None})
    with scenario.app.app_context(), transaction() as session:
        session.add(
            Receipt(
                at=scenario.clock.now(),
                carrier="twilio",
                carrier_id="SM1",
                status="failed",
                notice_id=ids[0],
                raw={},
            )
        )
    texts.has = ("SM1", "SM2")
    settle(scenario)
    assert states(scenario, ids) == ["sent", "queued"]


def test_one_that_is_tried_again_is_as_lost_as_at_first(scenario: Scenario, texts: Shown) -> None:
    # Its first try failed, as SM0; of its second nothing is known.
    ids = two(scenario, {"tries": 2, "carrier_id": "SM0"})
    texts.has = ("SM1",)
    settle(scenario)
    assert states(scenario, ids) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("has", "then", "numbers"),
    [
        ((), ["queued", "queued"], ["", ""]),
        (("SM1",), ["unknown", "unknown"], ["", ""]),
        (("SM1", "SM2"), ["sent", "sent"], ["SM1", "SM2"]),
    ],
)
def test_of_two_that_are_both_lost_neither_is_guessed(
    scenario: Scenario, texts: Shown, has: tuple[str, ...], then: list[str], numbers: list[str]
) -> None:
    ids = two(scenario, {})
    texts.has = has
    settle(scenario)
    assert states(scenario, ids) == then
    assert sids(scenario, ids) == numbers


def test_other_words_to_the_same_number_stand_in_nobodys_way(
    scenario: Scenario, texts: Shown
) -> None:
    ids = two(scenario, {"facts": {}})  # whose words cannot be made again
    texts.has = ("SM1",)
    settle(scenario)
    assert states(scenario, ids)[1] == "sent"
    assert sids(scenario, ids)[1] == "SM1"


def rows(scenario: Scenario, ids: list[int]) -> list[Notice]:
    """Notices, as they stand now."""
    with scenario.app.app_context():
        db.session.remove()
        return list(db.session.scalars(sa.select(Notice).where(Notice.id.in_(ids))))


def said(scenario: Scenario, ids: list[int]) -> list[tuple[str, str]]:
    """What the record says of notices, and the status that the carrier gave."""
    with scenario.app.app_context():
        db.session.remove()
        wanted = sa.select(Entry).where(Entry.notice_id.in_(ids)).order_by(Entry.seq)
        return [
            (line.what, str(line.detail.get("status", ""))) for line in db.session.scalars(wanted)
        ]


def beat(scenario: Scenario, minutes: int) -> None:
    """Let the worker work for some minutes."""
    for _ in range(minutes):
        scenario.beat()
        scenario.wait(minutes=1)


def test_minutes_of_trouble_at_the_carrier_cost_nothing(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    """HTTP 5xx and cut connections, with and without the text; a list that lags, and one that fails."""
    for status in (500, 503):
        twilio.broken(3, status=status, take=True)
        twilio.broken(3, status=status)
    twilio.drop(3, take=True)
    twilio.drop(3, take=False)
    twilio.lists_lag(9)
    twilio.lists_broken(4)
    ids = queue(wired, "off_channel", people=20, about="")
    beat(wired, 30)
    assert states(wired, ids) == ["sent"] * 20
    assert len(twilio.messages) == len({each["to"] for each in twilio.messages}) == 20
    for notice in rows(wired, ids):
        assert tell(wired, twilio, notice, "delivered") == 204
    assert states(wired, ids) == ["delivered"] * 20
    entries = said(wired, ids)
    assert {("status", "no_answer"), ("status", "not_found"), ("refused", "not_found")} <= set(
        entries
    )
    assert entries.count(("status", "no_answer")) == 18
    assert not {what for what, _ in entries} & {"unknown", "failed"}


def test_a_text_is_sent_again_only_after_three_looks_and_five_minutes(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.broken(1)
    ids = queue(wired, "off_channel", about="")
    beat(wired, 5)
    assert (states(wired, ids), twilio.messages) == (["sending"], [])
    assert said(wired, ids)[2:] == [("status", "no_answer"), *[("status", "not_found")] * 3]
    beat(wired, 3)
    assert (states(wired, ids), len(twilio.messages)) == (["sent"], 1)


def test_a_text_that_the_list_shows_late_is_not_sent_again(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.drop(1, take=True)
    twilio.lists_lag(2)
    ids = queue(wired, "off_channel", about="")
    beat(wired, 8)
    assert (states(wired, ids), len(twilio.messages)) == (["sent"], 1)


def test_a_receipt_that_comes_before_the_look_counts(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.drop(1, take=True)
    ids = queue(wired, "off_channel", about="")
    wired.beat()
    [notice] = rows(wired, ids)
    notice.carrier_id = twilio.messages[0]["sid"]
    assert tell(wired, twilio, notice, "delivered") == 204
    beat(wired, 8)
    assert (states(wired, ids), len(twilio.messages)) == (["delivered"], 1)
    assert ("status", "not_found") not in said(wired, ids)


def test_a_carrier_that_cannot_be_asked_for_half_an_hour_leaves_it_unknown(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.drop(1, take=True)
    twilio.lists_broken(1000)
    ids = queue(wired, "off_channel", about="")
    beat(wired, 25)
    assert states(wired, ids) == ["sending"]
    beat(wired, 15)
    assert states(wired, ids) == ["unknown"]
    assert len(twilio.messages) == 1


def test_the_state_of_a_try_stays_when_another_follows(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    """The API said ``queued`` for ever of a failed try that was tried again."""
    ids = queue(wired, "off_channel", about="")
    wired.beat()
    [notice] = rows(wired, ids)
    assert tell(wired, twilio, notice, "undelivered", "30003") == 204

    def attempts() -> dict[str, str]:
        shown = wired.api("GET", f"/cases/{notice.case_id}/contacts")[1]["attempts"]
        return {
            a["attempt"]: a["state"] for a in shown if a["attempt"].startswith(f"n{notice.id}.")
        }

    assert attempts() == {f"n{notice.id}.1": "failed"}
    beat(wired, 60)
    assert attempts() == {f"n{notice.id}.1": "failed", f"n{notice.id}.2": "sent"}
    assert tell(wired, twilio, notice, "delivered") == 204  # late news of the first
    assert attempts() == {f"n{notice.id}.1": "delivered", f"n{notice.id}.2": "sent"}
