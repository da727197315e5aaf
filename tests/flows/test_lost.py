"""Two messages of the very same words, their worker dead: which of them the carrier has."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.db import db, transaction
from app.gateways import Found, Message, Outcome, Said
from app.notices.models import Notice, Receipt
from tests.conftest import House
from tests.faults.test_clock import own_up
from tests.flows.test_sending import Spoken, furnish, queue, states

LATER = dt.timedelta(seconds=5)


class Shown(Spoken):
    """A carrier that shows what it has by number and words alone, as Twilio does."""

    has: tuple[str, ...] = ()

    def find(self, message: Message, _since: dt.datetime) -> Found:
        """Show all of it, whoever asks: the words are the same."""
        return Found([Outcome(Said.ACCEPTED, self.name, sid, "sent") for sid in self.has])


@pytest.fixture
def texts(house: House) -> Shown:
    """The house's texts."""
    shown = Shown()
    furnish(house, sms=shown)
    return shown


def two(house: House, first: dict[str, object]) -> list[int]:
    """Queue two of the same words, tried one after the other by a worker that died."""
    ids = queue(house, "off_channel", "off_channel", about="")
    now = house.clock.now()
    dead = {"state": "sending", "tries": 1, "claimed_by": "a worker that died",
            "carrier": "twilio", "tried_at": now, "lease_until": now}  # fmt: skip
    with house.app.app_context(), transaction() as session:
        for number, changed in zip(
            ids, ({**dead, **first}, {**dead, "tried_at": now + LATER}), strict=True
        ):
            session.execute(sa.update(Notice).where(Notice.id == number).values(changed))
    house.wait(minutes=1)
    return ids


def sids(house: House, ids: list[int]) -> list[str]:
    """By which number the carrier knows each."""
    with house.app.app_context():
        found = {row.id: row.carrier_id for row in db.session.scalars(sa.select(Notice))}
        db.session.remove()
    return [found[each] for each in ids]


@pytest.mark.parametrize("state", ["sent", "delivered", "failed"])
def test_a_text_that_is_known_to_be_another_message_is_not_taken_for_this_one(
    house: House, texts: Shown, state: str
) -> None:
    ids = two(house, {"state": state, "carrier_id": "SM1", "lease_until": None})
    texts.has = ("SM1",)
    own_up(house)
    assert states(house, ids) == [state, "queued"]
    assert sids(house, ids) == ["SM1", ""]


def test_nor_is_a_text_of_which_a_receipt_came_for_another_message(
    house: House, texts: Shown
) -> None:
    # Its first try failed as SM1, its second went as SM2.
    ids = two(house, {"state": "sent", "tries": 2, "carrier_id": "SM2", "lease_until": None})
    with house.app.app_context(), transaction() as session:
        session.add(Receipt(at=house.clock.now(), carrier="twilio", carrier_id="SM1",
                            status="failed", notice_id=ids[0], raw={}))  # fmt: skip
    texts.has = ("SM1", "SM2")
    own_up(house)
    assert states(house, ids) == ["sent", "queued"]


def test_one_that_is_tried_again_is_as_lost_as_at_first(house: House, texts: Shown) -> None:
    # Its first try failed, as SM0; of its second nothing is known.
    ids = two(house, {"tries": 2, "carrier_id": "SM0"})
    texts.has = ("SM1",)
    own_up(house)
    assert states(house, ids) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("has", "then", "numbers"),
    [
        ((), ["queued", "queued"], ["", ""]),
        (("SM1",), ["unknown", "unknown"], ["", ""]),
        (("SM1", "SM2"), ["sent", "sent"], ["SM1", "SM2"]),
    ],
)
def test_of_two_that_are_both_lost_neither_is_guessed(
    house: House, texts: Shown, has: tuple[str, ...], then: list[str], numbers: list[str]
) -> None:
    ids = two(house, {})
    texts.has = has
    own_up(house)
    assert states(house, ids) == then
    assert sids(house, ids) == numbers


def test_other_words_to_the_same_number_stand_in_nobodys_way(house: House, texts: Shown) -> None:
    ids = two(house, {"facts": {}})  # whose words cannot be made again
    texts.has = ("SM1",)
    own_up(house)
    assert states(house, ids)[1] == "sent"
    assert sids(house, ids)[1] == "SM1"
