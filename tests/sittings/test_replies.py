"""Answers of calendar programs to a hearing of several days."""

from tests.conftest import CASE, Scenario
from tests.flows import test_replies_by_mail
from tests.flows.test_replies_by_mail import come, filed, imap
from tests.imap import ImapServer
from tests.replied import gmail, invited
from tests.sittings.conftest import LI, ZHAO, answer_all, propose

__all__ = ["imap"]

reading = test_replies_by_mail.scenario


def test_accepting_the_series_confirms_the_date(reading: Scenario, imap: ImapServer) -> None:
    reading.api("POST", "/cases", CASE)
    propose(reading)
    reading.beat()
    answer_all(reading)
    come(reading, imap, gmail(invited(reading, LI), "ACCEPTED"))
    one_day = f"RECURRENCE-ID:{invited(reading, ZHAO).starts_at:%Y%m%dT%H%M%S}"
    come(reading, imap, gmail(invited(reading, ZHAO), "ACCEPTED", more=one_day))
    confirmed = [each for each in reading.record(1) if each["what"] == "confirmed"]
    assert [each["kind"] for each in confirmed] == ["calendar"]
    last = filed(reading)[-1]
    assert (last["counted"], last["waits"]) == (True, False)
