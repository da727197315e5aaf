"""Counsel's page over HTTP: what a lawyer with a link sees, and what they can do."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases import forms as case_forms
from app.cases import service as cases
from app.core.db import transaction
from app.core.forms import load
from app.hearings import forms, service
from app.hearings.models import Answer, Hearing
from app.people import service as people
from app.record import ledger
from tests.conftest import CASE, SECRET, Scenario, proposal

LI, ZHAO = "+8613800138001", "zhao@jinmao.example"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def desk(scenario: Scenario, session: Any) -> service.CourtContext:
    """The assistant's desk."""
    user = people.find_user(session, "wang@court.example")
    return service.CourtContext(user.court, user, scenario.clock.now(), SECRET)


def propose(
    scenario: Scenario, case: dict[str, Any] = CASE, *slots: tuple[str, str], **more: Any
) -> int:
    """Enter a case, propose slots, send the letters; return the hearing."""
    with scenario.app.app_context():
        with transaction() as session:
            here = desk(scenario, session)
            entered = cases.enter(
                session, here.court, here.user, load(case_forms.CaseIn, case), here.now
            )
            case_id = entered.id
        with transaction() as session:
            given = load(forms.HearingIn, proposal(case_id, *slots, **more))
            hearing = service.propose(session, desk(scenario, session), given).id
    scenario.beat()
    return int(hearing)


def do(scenario: Scenario, work: Any) -> Any:
    """One use case of the court."""
    with scenario.app.app_context(), transaction() as session:
        return work(session, desk(scenario, session))


def browser(scenario: Scenario, language: str = "en") -> FlaskClient:
    """A phone's browser, in a language."""
    made = scenario.app.test_client()
    made.set_cookie("lang", language)
    made.environ_base["HTTP_USER_AGENT"] = PHONE
    return made


def words(page: Any) -> str:
    """What a person reads on a page."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def nonce(page: Any) -> str:
    """The nonce in the form of a page."""
    found = re.search(r'name="nonce" value="([^"]+)"', page.get_data(as_text=True))
    assert found, words(page)
    return html.unescape(found.group(1))


def slots(page: Any) -> list[str]:
    """The names of the slots' radio buttons, in order."""
    return list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page.get_data(as_text=True))))


def answer(client: FlaskClient, link: str, *says: str, **more: str) -> Any:
    """Open the page, choose, press the button once."""
    page = client.get(link)
    choices = dict(zip(slots(page), says, strict=False))
    return client.post(link, data={"nonce": nonce(page), **choices, **more})


def hearing(scenario: Scenario, hearing_id: int) -> tuple[str, int, Any]:
    """State, revision and start of a hearing."""
    with scenario.app.app_context(), transaction() as session:
        found = session.get_one(Hearing, hearing_id)
        return found.state, found.revision, found.starts_at


def answers(scenario: Scenario) -> int:
    """How many words to slots are kept."""
    with scenario.app.app_context(), transaction() as session:
        return session.query(Answer).count()


def lines(scenario: Scenario, hearing_id: int, *whats: str) -> list[tuple[str, dict[str, Any]]]:
    """Lines of the record about a hearing, of some kinds."""
    with scenario.app.app_context(), transaction() as session:
        case_id = session.get_one(Hearing, hearing_id).case_id
        assert ledger.verify(session, case_id).intact
        found = ledger.entries_of(session, case_id=case_id, about=f"hearing/{hearing_id}")
        return [(line.what, line.detail) for line in found if line.what in whats]


def test_both_answer_by_link_and_the_date_is_fixed(scenario: Scenario) -> None:
    made = propose(scenario)
    first = answer(browser(scenario), scenario.link(LI), "if_needed", "yes", comment="请带原件")
    assert first.status_code == 303
    assert hearing(scenario, made)[0] == "proposed"
    client, link = browser(scenario), scenario.link(ZHAO)
    assert answer(client, link, "if_needed", "yes").status_code == 303
    seen = words(client.get(link))
    assert hearing(scenario, made)[:2] == ("fixed", 1)
    assert "The hearing date is fixed" in seen
    assert "Tue 8 Dec 2026, 14:00–15:30" in seen
    assert "第五法庭" in seen


def test_after_answering_the_page_says_what_was_recorded_and_what_comes_next(
    scenario: Scenario,
) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    answer(client, link, "yes", "no", comment="In person, please")
    seen = words(client.get(link))
    for part in (
        "Your answer is recorded",
        "In person, please",
        "You can change your answer until Mon 30 Nov 2026, 17:00",
        "1 of 2 counsel have answered.",
        "it is fixed and you are told at once",
    ):
        assert part in seen
    scenario.beat()
    assert len(scenario.letters(to=ZHAO)) == 2  # the question, and "you answered …"


def test_an_answer_can_be_changed_until_it_is_decided(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    answer(client, link, "yes", "no")
    answer(client, link, "no", "yes")
    assert [detail["changed"] for _, detail in lines(scenario, made, "answered")] == [False, True]
    answer(browser(scenario), scenario.link(LI), "yes", "yes")
    assert "Tue 8 Dec 2026, 14:00" in words(client.get(link))


def test_what_the_page_already_held_is_no_new_answer(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    answer(client, link, "yes", "no", comment="In person")
    scenario.beat()
    sent = len(scenario.letters(to=ZHAO))
    again = answer(client, link, "yes", "no", comment="In person")
    assert again.status_code == 303
    scenario.beat()
    assert len(lines(scenario, made, "answered")) == 1
    assert len(scenario.letters(to=ZHAO)) == sent


def test_pressing_twice_counts_once(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert [client.post(link, data=data).status_code for _ in range(3)] == [303] * 3
    assert len(lines(scenario, made, "answered")) == 1
    scenario.beat()
    assert len(scenario.letters(to=ZHAO, containing="answer")) == 2


def test_the_press_that_fixes_the_date_may_come_twice(scenario: Scenario) -> None:
    propose(scenario)
    answer(browser(scenario), scenario.link(LI), "yes", "yes")
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert [client.post(link, data=data).status_code for _ in range(2)] == [303, 303]


def test_none_of_these_is_no_to_all(scenario: Scenario) -> None:
    made = propose(scenario)
    assert (
        answer(browser(scenario), scenario.link(ZHAO), none="1", comment="On leave").status_code
        == 303
    )
    [(_, detail)] = lines(scenario, made, "answered")
    assert [each["says"] for each in detail["says"]] == ["no", "no"]


def test_none_beside_a_yes_is_asked_back(scenario: Scenario) -> None:
    propose(scenario)
    refused = answer(browser(scenario), scenario.link(ZHAO), "yes", "no", none="1")
    assert refused.status_code == 422
    assert "You said that none suits, and also that some do." in words(refused)
    assert answers(scenario) == 0


def test_what_is_missing_is_named_and_nothing_typed_is_lost(scenario: Scenario) -> None:
    propose(scenario)
    refused = answer(
        browser(scenario), scenario.link(ZHAO), "if_needed", comment='<b>"quoted"</b> 评论'
    )
    seen, raw = words(refused), refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Nothing is recorded yet." in seen
    [missing] = re.findall(r'<fieldset class="slot is-missing" id="(slot-\d+)"', raw)
    assert re.search(rf'id="{missing}-error">.*Choose yes, if needed or no.', raw)
    assert re.search(rf'name="{missing}" value="yes" required autofocus', raw)
    assert raw.count(" autofocus") == 1
    assert f'<a href="#{missing}">Tue 8 Dec, 14:00</a>: Choose yes' in raw
    assert re.search(r'value="if_needed" required checked', raw)
    assert "&lt;b&gt;&#34;quoted&#34;&lt;/b&gt; 评论" in raw
    assert answers(scenario) == 0


@pytest.mark.parametrize("comment", ["a\x00b", "x" * 2001, "bell \x07"])
def test_a_comment_that_cannot_be_kept_is_refused_in_words(
    scenario: Scenario, comment: str
) -> None:
    propose(scenario)
    refused = answer(browser(scenario), scenario.link(ZHAO), "yes", "yes", comment=comment)
    assert refused.status_code == 422
    assert "control characters" in words(refused) or "Shorten this" in words(refused)
    assert answers(scenario) == 0


def test_a_slot_of_another_proposal_changes_nothing(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    for strange in ("slot-999", "slot-999999999999999999"):
        data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes"), strange: "yes"}
        refused = client.post(link, data=data)
        assert refused.status_code == 422
        assert "Nothing was recorded" in words(refused)
    assert answers(scenario) == 0


def test_a_word_that_is_none_changes_nothing(scenario: Scenario) -> None:
    propose(scenario)
    assert answer(browser(scenario), scenario.link(ZHAO), "yes", "perhaps").status_code == 422
    assert answers(scenario) == 0


def test_an_answer_needs_the_nonce_of_this_very_page(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page, other = client.get(link), browser(scenario).get(scenario.link(LI))
    choices = dict.fromkeys(slots(page), "yes")
    for key in ("", "nonsense", nonce(other), "x" + nonce(page)):
        refused = client.post(link, data={"nonce": key, **choices})
        assert refused.status_code == 422
        assert "no longer current" in words(refused)
        assert refused.get_data(as_text=True).count(" checked") == 2
    assert answers(scenario) == 0
