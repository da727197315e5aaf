"""What a judge does not read: questions before they are sorted, and those on the merits."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from app.core.db import transaction
from app.notices.inbound import Inbound
from app.notices.models import Notice
from app.record import ledger
from app.record.rules import Event
from tests.conftest import Scenario, proposal
from tests.counsel.test_answers import browser, nonce
from tests.questions.test_questions import ask, case, key, questions, reply

pytestmark = pytest.mark.database
__all__ = ["case"]  # a fixture

JUDGE = "chen@court.example"
OPEN, MERITS, PRIVATE = "Zebra", "Quagga", "Okapi"
ADDED, ANSWERED, PAPER = "Tapir", "Wombat", "Numbat"
HIDDEN = (OPEN, MERITS, PRIVATE, ADDED)


@pytest.fixture
def asked(scenario: Scenario, case: dict[str, Any]) -> dict[str, int]:
    """One question of each kind in a case with a hearing: their ids, by the word in them."""
    assert scenario.api("POST", "/hearings", proposal(case["id"]))[0] == 201
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    found: dict[str, int] = {}
    for link, word, more in (
        (zhao, MERITS, {}),
        (li, ANSWERED, {}),
        (li, PAPER, {}),
        (zhao, OPEN, {}),
        (zhao, PRIVATE, {"in_private": "1", "private": "safety"}),
    ):
        assert ask(browser(scenario), link, f"About {word}", f"{word}, if so?", **more).status_code
        found[word] = questions(scenario, case)[0]["id"]
    client = browser(scenario)
    form = {"question": str(found[OPEN]), "words": f"{ADDED} as well"}
    form["nonce"] = nonce(client.get(f"{li}/questions"))
    assert client.post(f"{li}/questions/word", data=form).status_code == 303
    for word, outcome in ((MERITS, "merits"), (ANSWERED, "answer"), (PAPER, "paper")):
        assert reply(scenario, found[word], "Wait for it.", outcome=outcome)[0] == 200
    scenario.beat()
    return found


def addresses(scenario: Scenario, **rows: list[int]) -> Iterator[str]:
    """Yield every address that can be read with the ids of some rows, of pages and of the API."""
    for rule in scenario.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= {*rows, "number"}:
            yield from _filled(rule, {"number": [1], **rows})


def _filled(rule: Rule, rows: dict[str, list[int]]) -> Iterator[str]:
    paths = [str(rule)]
    for name in rule.arguments:
        paths = [
            re.sub(rf"<(?:\w+:)?{name}>", str(row), path) for path in paths for row in rows[name]
        ]
    yield from paths


def read(scenario: Scenario, email: str, asked: dict[str, int]) -> dict[str, str]:
    """Return all that a user can read: pages, parts of pages, the API, feeds, by address."""
    user, token = scenario.sign_in(email), {"Authorization": f"Bearer {scenario.token(email)}"}
    ids = {name: [1] for name in ("case_id", "hearing_id", "representation_id", "counsel_id")}
    paths = [*addresses(scenario, question_id=list(asked.values()), **ids)]
    paths += [
        "/cases/1/record?view=entries",
        "/cases/1/record?counsel=2",
        "/?whose=all",
        "/waiting?whose=all&kind=questions",
        f"/waiting?whose=all&q={OPEN.lower()}",
        f"/hearings?q={OPEN.lower()}",
        f"/cases?q={OPEN.lower()}",
        "/cases/1/message?counsel_id=2",
        "/cases/1/message?counsel_id=2&hearing_id=1&form=full",
    ]
    feed = scenario.api("POST", "/feeds", {"scope": "me"}, email=email)[1]["url"]
    paths.append(re.sub(r"^https?://[^/]+", "", feed))
    found = {}
    for path in paths:
        headers = token if path.startswith("/api/") else {}
        response = user.get(path, headers=headers, follow_redirects=True)
        assert response.status_code < 500, path
        # What was searched for stands in the field of the search.
        found[path] = response.text.replace(f'value="{OPEN}"', "").replace(f"q={OPEN.lower()}", "")
    return found


def test_a_judge_reads_no_word_before_a_question_is_sorted_and_none_on_the_merits(
    scenario: Scenario, case: dict[str, Any], asked: dict[str, int]
) -> None:
    seen = read(scenario, JUDGE, asked)
    assert len(seen) > 60
    leaks = [(path, word) for path, text in seen.items() for word in HIDDEN if word in text]
    assert leaks == []
    # An assistant reads all of it, and a judge in as many places what is sorted.
    known = read(scenario, "wang@court.example", asked)
    joining = f"/questions/{asked[OPEN]}", f"/questions/{asked[PRIVATE]}"
    for word in (ANSWERED, PAPER):
        paths = {
            path for path, text in known.items() if word in text and not path.startswith(joining)
        }
        assert {path for path, text in seen.items() if word in text} == paths
        assert len(paths) > 5, word
    for word in HIDDEN:
        assert len([path for path, text in known.items() if word in text]) > 5, word
    assert reply(scenario, asked[OPEN])[0] == 200
    scenario.beat()
    after = read(scenario, JUDGE, asked)
    for word in (OPEN, ADDED):
        assert len([path for path, text in after.items() if word in text]) > 5, word
    assert not any(MERITS in text or PRIVATE in text for text in after.values())


def test_a_judge_cannot_answer_preview_or_send_again_what_is_held_back(
    scenario: Scenario, case: dict[str, Any], asked: dict[str, int]
) -> None:
    judge, texts = scenario.sign_in(JUDGE), []
    for path, form in (
        (f"/questions/{asked[OPEN]}/answer", {"words": "No.", "outcome": "answer"}),
        (f"/questions/{asked[OPEN]}/answer", {"words": "", "outcome": "merits"}),
        (f"/questions/{asked[OPEN]}/fill", {"standard_answer_id": "1"}),
        (f"/questions/{asked[PRIVATE]}/disclose", {}),
    ):
        texts.append(judge.post(path, data=form).text)
    for notice in range(1, 40):
        texts.append(judge.post(f"/notices/{notice}/again").text)
    assert [word for word in HIDDEN for text in texts if word in text] == []
    status, fault = scenario.api(
        "POST", f"/questions/{asked[OPEN]}/answer", {"words": "No."}, email=JUDGE
    )
    assert (status, fault["status"]) == (422, 422)
    assert {each["state"] for each in questions(scenario, case)} == {"open", "answered"}
    assert scenario.api("GET", f"/cases/{case['id']}/questions")[1]["questions"][0]["words"]


def test_the_record_that_a_judge_reads_verifies(
    scenario: Scenario, case: dict[str, Any], asked: dict[str, int]
) -> None:
    status, contacts = scenario.api("GET", f"/cases/{case['id']}/contacts", email=JUDGE)
    assert status == 200
    assert contacts["chain"]["whole"] is True
    assert len(contacts["attempts"]) == len(
        scenario.api("GET", f"/cases/{case['id']}/contacts")[1]["attempts"]
    )
    page = scenario.sign_in(JUDGE).get(f"/cases/{case['id']}/record?check=1")
    assert page.status_code == 200
    assert "broken" not in page.text


def test_a_message_that_failed_is_sent_again_without_showing_its_words(
    scenario: Scenario, case: dict[str, Any], asked: dict[str, int]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        mails = sa.select(Notice).where(Notice.kind == "question", Notice.channel == "email")
        notice = session.scalars(mails.order_by(Notice.id)).first()
        notice.state = "failed"
        number = notice.id
    shown = scenario.sign_in().post(f"/notices/{number}/again").text
    assert any(word in shown for word in (*HIDDEN, ANSWERED, PAPER))
    withheld = scenario.sign_in(JUDGE).post(f"/notices/{number}/again")
    assert 'name="seen"' in withheld.text
    assert not any(word in withheld.text for word in HIDDEN)


def test_a_mail_that_quotes_a_question_is_held_back_too(
    scenario: Scenario, case: dict[str, Any], asked: dict[str, int]
) -> None:
    mail = {
        "court_id": 1,
        "case_id": case["id"],
        "at": scenario.clock.now(),
        "channel": "email",
        "kind": "mail",
        "subject": "Re: Zorilla",
        "words": "> Zorilla, if so?",
        "detail": {"question": asked[OPEN]},
        "key": "quoting",
    }
    with scenario.app.app_context(), transaction() as session:
        session.add(inbound := Inbound(**mail))
        session.flush()
        entry = ledger.NewEntry(
            Event.TOLD,
            court_id=1,
            case_id=case["id"],
            direction="in",
            attempt=f"m{inbound.id}",
            counsel_id=1,
            channel="email",
            kind="mail",
            detail={},
            personal={"name": "Zhao Lei", "subject": "Re: Zorilla", "text": "Zorilla"},
        )
        ledger.append(session, [entry], scenario.clock.now())
    assert not any("Zorilla" in text for text in read(scenario, JUDGE, asked).values())
    known = read(scenario, "wang@court.example", asked)
    assert len([path for path, text in known.items() if "Zorilla" in text]) >= 3
