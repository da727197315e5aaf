"""Texts with typographic marks go out in the cheap alphabet, and the record says what went out."""

import json

import pytest

from app.core.db import transaction
from app.core.gsm7 import SEPTETS
from app.letters.text_length import segments
from app.people import service as people
from tests.conftest import Scenario, case_with, proposal

ZHAO = {"name": "Zoë O’Neil", "phone": "13800138077", "language": "en", "channels": ["sms"]}


@pytest.mark.parametrize(
    ("court", "begins", "parts"),
    [("People’s Court", "People's Court: ", 1), ("Łucja’s Court", "Łucja’s Court: ", 2)],
)
def test_the_record_says_what_was_sent(
    scenario: Scenario, court: str, begins: str, parts: int
) -> None:
    with scenario.app.app_context(), transaction() as session:
        people.find_court(session).short = court
    case = scenario.api("POST", "/cases", case_with("CV-2026 – 17", ZHAO))[1]
    hearing = scenario.api("POST", "/hearings", proposal(case["id"]))[1]
    scenario.beat()
    [letter] = scenario.letters(to="13800138077", channel="sms")
    assert letter.body.startswith(begins)
    assert (set(letter.body) <= SEPTETS) is (parts == 1)
    assert segments(letter.body) == parts
    told = letter.body.split("/r/")[0]
    recorded = json.dumps(scenario.record(hearing["id"]), ensure_ascii=False)
    assert json.dumps(told, ensure_ascii=False)[1:-1] in recorded
