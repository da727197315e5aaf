"""The calendar's panels: cases with who is free at a time, and the move with its messages."""

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Away, Counsel
from app.core.db import transaction
from tests.conftest import Scenario, at, case_with
from tests.flows.test_calendar_page import booked
from tests.flows.test_desk import answer

SPAN = "starts_at=2026-12-08T10:00&minutes=60&courtroom=第三法庭&lang=en"


def matches(scenario: Scenario, query: str) -> str:
    """The cases that the panel offers, and what it says about the time."""
    answer = scenario.sign_in().get(f"/calendar/cases?{query}")
    assert answer.status_code == 200
    return re.sub(r"<svg.*?</svg>|<mark>|</mark>", "", answer.text, flags=re.DOTALL)


def panel(scenario: Scenario, hearing: int, starts_at: str, room: str = "第五法庭") -> Any:
    """The panel of a dragged hearing, as it opens."""
    query = {"starts_at": starts_at, "courtroom": room, "how": "order", "panel": "1", "lang": "en"}
    return scenario.sign_in().get(f"/hearings/{hearing}/round", query_string=query)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the panel's form."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_each_match_says_whether_its_judge_and_counsel_are_free(scenario: Scenario) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(15), "第三法庭"))  # 8 December, 09:30–11:00
    booked(scenario, "（2026）沪0115民初002号", (at(40), "第三法庭"))
    found = matches(scenario, f"q=002&{SPAN}")
    assert 'data-case="2"' in found
    assert "Judge 陈法官 has another hearing, 09:30–11:00" in found
    assert "Courtroom 第三法庭 is taken by" in found
    later = matches(scenario, f"q=002&{SPAN.replace('T10:00', 'T14:00')}")
    assert "Judge 陈法官 and all counsel are free" in later
    assert "is taken by" not in later
    own = matches(scenario, f"q=001&{SPAN}")
    assert re.findall(r"(li 001|zhao 001) has another hearing, 09:30–11:00", own) == [
        "li 001",
        "zhao 001",
    ]


def test_counsel_who_said_no_or_are_away_are_named(scenario: Scenario) -> None:
    hearing = booked(scenario, "（2026）沪0115民初001号", (at(15), "第三法庭"))
    scenario.beat()
    answer(scenario, "li001@firm.example", "no")
    assert scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "撤诉"})[0] == 200
    assert "li 001 said no to 09:30–11:00" in matches(scenario, f"q=001&{SPAN}")
    with scenario.app.app_context(), transaction() as session:
        zhao = session.scalars(sa.select(Counsel).where(Counsel.name == "zhao 001")).one()
        zhao.travel_minutes = 120
        day, now = dt.date(2026, 12, 8), scenario.clock.now()
        session.add(
            Away(counsel_id=zhao.id, from_on=day, until_on=None, weekdays=[], entered_at=now)
        )
    assert "zhao 001 is away" in matches(scenario, f"q=001&{SPAN}")
    early = SPAN.replace("08T10:00", "09T00:30")
    assert "zhao 001 is travelling then" in matches(scenario, f"q=001&{early}")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("starts_at=2026-12-08T11:30&minutes=60", "It goes over lunch"),
        ("starts_at=2026-12-08T16:30&minutes=60", "It ends after closing time, 17:00"),
        ("starts_at=2026-12-08T08:30&minutes=60", "It begins before opening time, 09:00"),
        ("starts_at=2026-12-12T10:00&minutes=60", "The court does not sit on this day"),
        ("starts_at=2026-11-20T10:00&minutes=60", "Choose a time that is not past."),
        ("starts_at=2026-12-08T10:00&minutes=0", "Choose an end 5 to 600 minutes after the start."),
        ("starts_at=2026-12-08T10:00&minutes=-30", "Choose an end 5 to 600 minutes"),
        ("starts_at=noon&minutes=60", "Enter the day and the time."),
        ("", "Enter the day and the time."),
    ],
)
def test_what_speaks_against_a_time_is_said_in_the_panel(
    scenario: Scenario, span: str, words: str
) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(40), "第三法庭"))
    assert words in matches(scenario, f"q=001&lang=en&{span}")


def test_without_words_to_search_for_cases_without_a_hearing_are_offered(
    scenario: Scenario,
) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(40), "第三法庭"))
    people = [{"name": "li 009", "email": "li009@firm.example"}]
    assert scenario.api("POST", "/cases", case_with("（2026）沪0115民初009号", *people))[0] == 201
    found = matches(scenario, SPAN)
    assert ("009号" in found, "001号" in found) == (True, False)
    assert "No case was found." in matches(scenario, f"q=nothing&{SPAN}")
    assert matches(scenario, f"q=%00%25_&{SPAN}")


def test_the_panel_of_a_move_shows_the_messages_and_sends_them_with_the_reason(
    scenario: Scenario,
) -> None:
    hearing = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)["id"]
    scenario.beat()
    shown = panel(scenario, hearing, "2026-12-08T16:30")
    assert shown.status_code == 200
    assert "<html" not in shown.text
    for words in (
        "Mon 7 Dec 2026, 09:30–11:00, 第三法庭",
        "Tue 8 Dec 2026, 16:30–18:00, 第五法庭",
        "it ends after closing time, 17:00",
        "Messages that are sent: 2, to li 001, zhao 001",
        "Move and send",
    ):
        assert words in shown.text, words
    browser, address = scenario.sign_in(), f"/hearings/{hearing}/round?lang=en"
    form = fields(shown.text)
    blank = browser.post(address, data={**form, "do": "send", "reason": ""})
    assert (blank.status_code, 'id="reason-error"' in blank.text) == (422, True)
    assert "data-refused" not in blank.text
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["starts_at"] == at(14)
    # What was shown had no reason yet: with one it is shown again, and nothing is sent.
    first = browser.post(address, data={**form, "do": "send", "reason": "法官生病"})
    assert (first.status_code, "法官生病" in first.text) == (200, True)
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["starts_at"] == at(14)
    sent = browser.post(address, data={**fields(first.text), "do": "send", "reason": "法官生病"})
    assert sent.status_code == 303
    assert scenario.api("GET", f"/hearings/{hearing}")[1]["starts_at"] == at(15, "16:30")
    assert "The date is set." in browser.get("/calendar?lang=en").text
    scenario.beat()
    assert scenario.letters(to="li001@firm.example", containing="法官生病")


def test_a_refused_move_says_why_in_the_panel_and_leaves_no_draft(scenario: Scenario) -> None:
    hearing = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)["id"]
    booked(scenario, "（2026）沪0115民初002号", (at(15), "第五法庭"), fix=True)
    taken = panel(scenario, hearing, "2026-12-08T10:00")
    assert (taken.status_code, "data-refused" in taken.text) == (409, True)
    assert "Judge 陈法官 has （2026）沪0115民初002号 then" in taken.text
    assert "The hearing stays where it was." in taken.text
    past = panel(scenario, hearing, "2026-11-20T10:00")
    assert (past.status_code, "data-refused" in past.text) == (422, True)
    assert "Choose a time that is not past." in past.text
    # Without a courtroom one can be chosen in the panel: this refuses nothing.
    roomless = panel(scenario, hearing, "2026-12-09T10:00", "")
    assert "data-refused" not in roomless.text
    assert '<select class="control" id="slots.0.courtroom"' in roomless.text
    free = panel(scenario, hearing, "2026-12-09T10:00")
    form = fields(free.text)
    scenario.sign_in().post(
        f"/hearings/{hearing}/round", data={**form, "do": "preview", "reason": "x"}
    )
    page = scenario.sign_in().get(f"/hearings/{hearing}/round?lang=en").text
    assert "This is your draft" not in page


def test_a_hearing_that_was_cancelled_or_moved_meanwhile_is_not_moved(scenario: Scenario) -> None:
    hearing = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)["id"]
    shown = fields(panel(scenario, hearing, "2026-12-09T10:00").text)
    there = {"starts_at": at(17), "courtroom": "第五法庭", "reason": "法官出差"}
    assert scenario.api("POST", f"/hearings/{hearing}/move", there)[0] == 200
    browser, address = scenario.sign_in(), f"/hearings/{hearing}/round"
    late = browser.post(f"{address}?lang=en", data={**shown, "do": "preview", "reason": "x"})
    assert (late.status_code, "data-refused" in late.text) == (409, True)
    assert scenario.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})[0] == 200
    assert panel(scenario, hearing, "2026-12-09T10:00").status_code == 303
