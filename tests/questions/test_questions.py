"""A question from its asking to its answer, as both sides and the court see it."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cases import keys
from app.cases.models import Representation
from app.cli import cli
from app.core.db import db, transaction
from app.core.errors import Clash, Invalid, Refusal
from app.notices.models import Notice
from app.people.models import User
from app.questions import service
from app.questions.models import Question
from app.questions.rules import QuestionInput, ReplyInput
from app.tasks.models import Task
from tests.conftest import CASE, SECRET, Scenario, confirmed, proposal
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.flows.test_pages import COURT

pytestmark = pytest.mark.database
NUMBERS = count(5000)

LI = "li@huacheng.example"
SUBJECT, WORDS = "Witness by video", "May Mr Gu give evidence by video link?"
ANSWER = "Yes. Apply by 8 December; the form is on the court's page."


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def key(scenario: Scenario, name: str) -> str:
    """Return the path of a counsel's page of the only case, which they may not have been sent."""
    with scenario.app.app_context(), transaction() as session:
        representation = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name=name))
        ).one()
        keys.issue(session, [representation.id], SECRET)
        return f"/r/{keys.of_representation(SECRET, representation.id, 1).token}"


def ask(client: Any, link: str, subject: str = SUBJECT, text: str = WORDS, **more: str) -> Any:
    page = client.get(f"{link}/questions")
    form = {"subject": subject, "words": text, "all_sides": "1", "nonce": nonce(page), **more}
    return client.post(f"{link}/questions", data=form)


def questions(scenario: Scenario, case: dict[str, Any]) -> list[dict[str, Any]]:
    status, listed = scenario.api("GET", f"/cases/{case['id']}/questions")
    assert status == 200
    return listed["questions"]


def entries(scenario: Scenario, case: dict[str, Any]) -> list[dict[str, Any]]:
    _, contacts = scenario.api("GET", f"/cases/{case['id']}/contacts")
    assert contacts["chain"]["whole"]
    return [entry for each in contacts["attempts"] for entry in each["lines"]]


def reply(scenario: Scenario, number: int, words: str = ANSWER, **more: Any) -> tuple[int, Any]:
    return scenario.api("POST", f"/questions/{number}/answer", {"words": words, **more})


def test_a_question_is_asked_answered_and_seen_by_both_sides(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client = browser(scenario)
    assert "Ask the court" in words(client.get(zhao))
    assert ask(client, zhao).status_code == 303
    [asked] = questions(scenario, case)
    assert (asked["subject"], asked["words"], asked["state"]) == (SUBJECT, WORDS, "open")
    assert asked["due_at"] == "2026-11-25T17:00:00+08:00"  # asked on Monday 23 November
    assert WORDS in words(browser(scenario).get(f"{li}/questions"))
    scenario.beat()
    [mail] = scenario.letters(to=LI, channel="email")
    assert WORDS in mail.body
    assert re.search(r"/r/[\w-]{22}/questions\s", mail.body)
    assert scenario.letters(to=ZHAO) == []

    desk = scenario.sign_in()
    home = desk.get("/")
    assert WORDS in words(home)
    path = f"/questions/{asked['id']}/answer"
    form = {"words": ANSWER, "outcome": "answer", "back": "home"}
    preview = words(desk.post(path, data=form))
    assert ANSWER in preview  # with nothing sent yet
    assert questions(scenario, case)[0]["state"] == "open"
    answered = confirmed(desk, path, form)
    assert (answered.status_code, answered.location) == (303, "/")
    assert WORDS not in words(desk.get("/"))
    for link in (zhao, li):
        assert ANSWER in words(browser(scenario).get(f"{link}/questions"))
    scenario.beat()
    for whom in (LI, ZHAO):
        assert ANSWER in scenario.letters(to=whom, channel="email")[-1].body

    page = client.get(f"{zhao}/questions")
    rated = client.post(
        f"{zhao}/questions/rating",
        data={"question": asked["id"], "choice": "not_answered", "nonce": nonce(page)},
    )
    assert rated.status_code == 303
    [after] = questions(scenario, case)
    assert (after["state"], after["helpful"]) == ("answered", False)
    what = [(entry["what"], entry["kind"]) for entry in entries(scenario, case)]
    assert [each for each in what if each[1].startswith("question") and each[0] != "queued"][
        :1
    ] == [("asked", "question")]
    assert ("replied", "question") in what
    assert ("asked", "question_rating") in what


def test_all_of_an_act_is_committed_at_once_and_due_at_one_moment(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    assert ask(browser(scenario), zhao).status_code == 303
    with scenario.app.app_context():
        [question] = db.session.scalars(sa.select(Question)).all()
        [task] = db.session.scalars(sa.select(Task)).all()
        assert (task.way, task.state, task.latest_at) == ("question", "open", question.due_at)
    number = questions(scenario, case)[0]["id"]
    assert reply(scenario, number)[0] == 200
    with scenario.app.app_context():
        answers = db.session.scalars(
            sa.select(Notice).where(Notice.kind == "question_answered")
        ).all()
        assert {each.side for each in answers} == {"claimant", "respondent"}
        assert len({each.due_at for each in answers}) == 1
        assert db.session.scalars(sa.select(Task.state)).all() == ["done"]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"subject": ""}, "Say in a few words what you ask about."),
        ({"words": "  "}, "Write your question."),
        ({"words": "x" * 10_000}, "At most 1000 characters: these are 10000."),
        ({"all_sides": ""}, "Confirm that all sides read this, or ask in private."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    scenario: Scenario, case: dict[str, Any], form: dict[str, str], told: str
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    page = client.get(f"{zhao}/questions")
    typed = {"subject": SUBJECT, "words": WORDS, "all_sides": "1", **form, "nonce": nonce(page)}
    refused = client.post(f"{zhao}/questions", data=typed)
    assert refused.status_code == 422
    assert told in words(refused)
    for name in ("subject", "words"):
        assert typed[name].strip() in words(refused) or f'value="{typed[name]}"' in refused.text
    assert questions(scenario, case) == []


def test_markup_and_odd_characters_stay_text(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    text = "<script>alert(1)</script> \u202e{{7*7}} 𠮷 %(x)s http://evil.example/"
    assert ask(browser(scenario), zhao, "<b>", text).status_code == 303
    for page in (browser(scenario).get(f"{li}/questions"), scenario.sign_in().get("/")):
        assert "<script>alert" not in page.text
        assert "{{7*7}} 𠮷 %(x)s" in words(page)
        assert 'href="http://evil' not in page.text
        assert "\u202e" not in page.text


def test_the_same_words_within_ten_minutes_are_one_question(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for _ in range(3):
        assert ask(client, zhao).status_code == 303
    assert len(questions(scenario, case)) == 1
    scenario.wait(minutes=11)
    assert ask(client, zhao).status_code == 303
    assert len(questions(scenario, case)) == 2


def test_three_open_and_ten_a_week_are_the_most(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for n in range(10):
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{n}"  # acts of one address are slowed down
        assert ask(client, zhao, text=f"Question {n}?").status_code == 303
        if n == 2:
            more = ask(client, zhao, text="A fourth?")
            assert more.status_code == 422
            assert "3 questions of yours are open" in words(more)
            assert "A fourth?" in words(more)
        if n >= 2:
            newest = questions(scenario, case)[0]["id"]
            assert reply(scenario, newest)[0] == 200
        scenario.wait(minutes=2)
    eleventh = ask(client, zhao, text="An eleventh?")
    assert eleventh.status_code == 422
    assert (
        ask(browser(scenario), key(scenario, "李敏"), text="Of the other side?").status_code == 303
    )
    scenario.wait(days=8)
    for each in questions(scenario, case):
        reply(scenario, each["id"])
    assert ask(client, zhao, text="An eleventh?").status_code == 303


def test_the_second_of_two_answers_sees_the_first(scenario: Scenario, case: dict[str, Any]) -> None:
    assert ask(browser(scenario), key(scenario, "Zhao Lei")).status_code == 303
    number = questions(scenario, case)[0]["id"]
    page, no = f"/questions/{number}/answer", {"words": "No.", "outcome": "answer"}
    first = scenario.sign_in()
    browsers = [scenario.sign_in(f"{name}@court.example") for name in ("chen", "admin")]
    shown = browsers[1].post(page, data=no)  # both read what they would send
    assert confirmed(first, page, {"words": ANSWER, "outcome": "answer"}).status_code == 303
    seal = dict(re.findall(r'name="(seen)" value="([^"]*)"', shown.text))
    for second, form in ((browsers[0], no), (browsers[1], no), (browsers[1], {**no, **seal})):
        late = second.post(page, data=form)
        assert late.status_code == 409
        assert ANSWER in words(late)
        assert "未发送的内容： No." in words(late)
    assert questions(scenario, case)[0]["answer"] == ANSWER
    assert reply(scenario, number, "Again")[0] == 409


def test_a_private_question_shows_that_it_exists_and_of_which_kind(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, secret = browser(scenario), "I am under treatment that week."
    assert "Why in private?" in words(client.get(f"{zhao}/questions?private=1"))
    done = ask(client, zhao, text=secret, in_private="1", private="health", all_sides="")
    assert done.status_code == 303
    scenario.beat()
    seen = [words(browser(scenario).get(f"{li}{path}")) for path in ("/questions", "/record")]
    seen += [letter.body for letter in scenario.letters(to=LI)]
    assert "Private: health" in seen[0]
    assert len(seen) > 2
    assert not any(secret in text or SUBJECT in text for text in seen)
    assert secret in words(client.get(f"{zhao}/questions"))
    desk = scenario.sign_in()
    assert secret in words(desk.get("/"))
    number = questions(scenario, case)[0]["id"]
    assert reply(scenario, number)[0] == 200
    scenario.beat()
    assert ANSWER not in words(browser(scenario).get(f"{li}/questions"))
    assert not any(ANSWER in letter.body for letter in scenario.letters(to=LI))
    assert any(ANSWER in letter.body for letter in scenario.letters(to=ZHAO))
    assert desk.post(f"/questions/{number}/disclose").status_code == 403  # the judge may
    judge = scenario.sign_in("chen@court.example")
    assert confirmed(judge, f"/questions/{number}/disclose").status_code == 303
    assert confirmed(judge, f"/questions/{number}/disclose").status_code == 422
    scenario.beat()
    assert secret in words(browser(scenario).get(f"{li}/questions"))
    assert any(secret in letter.body for letter in scenario.letters(to=LI))


def test_the_other_side_adds_a_word_while_it_is_open(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    assert ask(browser(scenario), zhao).status_code == 303
    number = str(questions(scenario, case)[0]["id"])

    def add(link: str, text: str) -> Any:
        client = browser(scenario)
        page = client.get(f"{link}/questions")
        form = {"question": number, "words": text, "nonce": nonce(page)}
        return client.post(f"{link}/questions/word", data=form)

    assert add(zhao, "Mine").status_code == 422  # the asker's own
    assert add(li, "x" * 301).status_code == 422
    assert add(li, "We agree to video.").status_code == 303
    assert add(li, "We agree to video.").status_code == 303  # pressed twice
    assert add(li, "And more").status_code == 422
    assert "We agree to video." in words(browser(scenario).get(f"{zhao}/questions"))
    scenario.beat()
    assert any("We agree to video." in letter.body for letter in scenario.letters(to=ZHAO))
    assert [each["words"] for each in questions(scenario, case)[0]["added"]] == [
        "We agree to video."
    ]
    assert reply(scenario, int(number))[0] == 200
    assert add(li, "Too late").status_code == 422


def test_an_answered_question_is_asked_on_once(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    assert ask(client, zhao).status_code == 303
    first = questions(scenario, case)[0]["id"]
    assert ask(client, zhao, text="And?", follows=str(first)).status_code == 422  # not yet answered
    assert reply(scenario, first)[0] == 200
    assert "Ask on once" in words(client.get(f"{zhao}/questions"))
    scenario.wait(minutes=1)
    assert ask(client, zhao, text="And the interpreter?", follows=str(first)).status_code == 303
    second = questions(scenario, case)[0]
    assert second["follows_id"] == first
    assert reply(scenario, second["id"])[0] == 200
    for earlier in (first, second["id"], 999):
        refused = ask(client, zhao, text=f"Again {earlier}?", follows=str(earlier))
        assert refused.status_code == 422
    others = ask(browser(scenario), key(scenario, "李敏"), text="Mine?", follows=str(first))
    assert others.status_code == 422


def test_a_question_is_joined_to_an_earlier_one_or_belongs_in_a_paper(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for n in range(3):
        assert ask(client, zhao, text=f"Video {n}?").status_code == 303
    third, second, first = (each["id"] for each in questions(scenario, case))
    assert reply(scenario, second, "", outcome="joined", joined_id=first)[0] == 422  # still open
    assert reply(scenario, first)[0] == 200
    status, joined = reply(scenario, second, "", outcome="joined", joined_id=first)
    assert (status, joined["answer"], joined["joined_id"]) == (200, ANSWER, first)
    assert reply(scenario, third, "", outcome="answer")[0] == 422
    assert reply(scenario, third, "", outcome="merits")[0] == 200
    page = words(client.get(f"{zhao}/questions"))
    assert "Answered together with an earlier question." in page
    assert "This is on the merits, which are not answered here." in page


def test_no_act_on_questions_is_done_without_the_key_of_a_page_of_this_link(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    others = nonce(browser(scenario).get(f"{key(scenario, '李敏')}/questions"))
    for path in ("", "/word", "/rating"):
        for sent in ("", "guess", others):
            form = {"subject": "x", "words": "y", "all_sides": "1", "question": "1", "nonce": sent}
            refused = client.post(f"{zhao}/questions{path}", data=form)
            assert refused.status_code == 422
            assert "Nothing was recorded" in words(refused)
    assert questions(scenario, case) == []


def test_fifty_presses_at_once_are_one_question_and_one_answer(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    page = browser(scenario).get(f"{zhao}/questions")
    form = {"subject": SUBJECT, "words": WORDS, "all_sides": "1", "nonce": nonce(page)}

    def press(_: int) -> int:
        return browser(scenario).post(f"{zhao}/questions", data=form).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(press, range(50)))
    assert set(statuses) == {303, 429}
    [asked] = questions(scenario, case)
    scenario.token("wang@court.example")

    def answer(n: int) -> int:
        return reply(scenario, asked["id"], f"Answer {n}")[0]

    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(answer, range(50)))
    assert sorted(set(replies)) == [200, 409]
    assert replies.count(200) == 1
    what = [(entry["what"], entry["kind"]) for entry in entries(scenario, case)]
    assert what.count(("asked", "question")) == 1
    assert what.count(("replied", "question")) == 1


def test_questions_of_another_court_or_of_nobody_are_not_found(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    assert reply(scenario, 999)[0] == 404
    assert scenario.api("GET", "/cases/999/questions")[0] == 404
    desk = scenario.sign_in()
    assert desk.get("/questions/999").status_code == 404
    assert desk.post("/questions/999/answer", data={"words": "x"}).status_code == 404
    assert desk.get("/questions").status_code == 200


def test_what_the_court_knows_is_answered_before_it_is_asked_and_counted(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client = browser(scenario)
    before = words(client.get(f"{zhao}/questions"))
    assert "Which date holds? None yet." in before
    assert "Who sits? 陈法官" in before
    status, hearing = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert status == 201
    for link in (zhao, li):
        page = words(browser(scenario).get(f"{link}/questions"))
        assert "0 of 2 have answered" in page
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    page = client.get(f"{zhao}/questions")
    assert "Mon 7 Dec 2026, 09:30" in words(page)
    assert "第三法庭" in words(page)
    pressed = client.post(
        f"{zhao}/questions/known",
        data={"fact": "date", "nonce": nonce(page)},
        follow_redirects=True,
    )
    assert "Nothing was sent to anybody." in words(pressed)
    refused = client.post(f"{zhao}/questions/known", data={"fact": "x", "nonce": nonce(page)})
    assert refused.status_code == 422
    metrics = scenario.client.get("/metrics").text
    assert "tingqi_questions_spared_date 1" in metrics
    assert questions(scenario, case) == []


def test_the_promise_is_a_setting_and_how_it_was_kept_is_measured(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    admin = scenario.sign_in("admin@court.example")
    form = {**COURT, "answer_days": "3"}
    assert admin.post("/settings", data=form).status_code == 303
    for odd in ("0", "11", "x", "-1"):
        assert admin.post("/settings", data={**COURT, "answer_days": odd}).status_code == 422
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    assert ask(client, zhao).status_code == 303
    [asked] = questions(scenario, case)
    assert asked["due_at"] == "2026-11-26T17:00:00+08:00"
    scenario.wait(hours=2)
    assert reply(scenario, asked["id"])[0] == 200
    scenario.wait(minutes=1)
    assert ask(client, zhao, text="A late one?").status_code == 303
    scenario.wait(days=5)
    metrics = scenario.client.get("/metrics").text
    assert "tingqi_promise_questions_in_time_share 0.5" in metrics
    assert "tingqi_promise_question_median_seconds 7200" in metrics
    assert "Last 30 days: 1 of 2 in time, half within 2 hours." in words(
        client.get(f"{zhao}/questions")
    )


ACTS = ("ask", "add", "answer", "ask on")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=6))
def test_what_one_side_does_the_other_side_holds_after_the_same_commit(
    scenario: Scenario, acts: list[str]
) -> None:
    """Symmetry: words of an act are in a notice to each other side, and on their page, at once."""
    fresh = {**CASE, "number": f"（2026）沪0115民初{next(NUMBERS)}号"}
    case = scenario.api("POST", "/cases", fresh)[1]
    with scenario.app.app_context():
        pairs = {
            each.counsel.name: each
            for each in db.session.scalars(
                sa.select(Representation).where(Representation.party.has(case_id=case["id"]))
            )
        }
        zhao, li = pairs["Zhao Lei"].id, pairs["李敏"].id
    address = count(1)
    for n, act in enumerate(acts):
        text = f"{case['id']}.{n} {act}"
        with scenario.app.app_context(), transaction() as session:
            newest = session.scalar(
                sa.select(Question)
                .where(Question.case_id == case["id"])
                .order_by(Question.id.desc())
                .limit(1)
            )
            try:
                told = perform(session, act, text, zhao, li, newest, scenario.clock.now())
            except (Refusal, Invalid, Clash):
                continue
        with scenario.app.app_context():
            for number in told:
                path = f"/r/{keys.of_representation(SECRET, number, 1).token}/questions"
                reader = browser(scenario)
                reader.environ_base["REMOTE_ADDR"] = f"10.1.0.{next(address)}"
                assert text in words(reader.get(path))
                notices = db.session.scalars(
                    sa.select(Notice.facts).where(Notice.representation_id == number)
                )
                assert any(text in str(facts["question"]) for facts in notices)
        scenario.wait(minutes=11)


def perform(
    session: Any, act: str, text: str, zhao: int, li: int, newest: Question | None, now: Any
) -> list[int]:
    """Do one act on the newest question; return the representations who must be told of it."""
    asker, other = (session.get_one(Representation, number) for number in (zhao, li))
    if act == "ask":
        service.ask(session, asker, QuestionInput("Subject", text, True), now, SECRET)
        return [li]
    if newest is None:
        raise Refusal("nothing was asked yet")
    if act == "ask on":
        typed = QuestionInput("Subject", text, True, follows_id=newest.id)
        service.ask(session, asker, typed, now, SECRET)
        return [li]
    if act == "add":
        service.add_word(session, other, newest.id, text, now, SECRET)
        return [zhao]
    user = session.scalars(sa.select(User)).first()
    service.answer(session, newest.court_id, newest.id, ReplyInput(text), user, now, SECRET)
    return [zhao, li]


def test_what_a_judge_disclosed_is_open_on_the_record(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, secret = browser(scenario), "I am under treatment that week."
    ask(client, zhao, text=secret, in_private="1", private="health", all_sides="")
    number = questions(scenario, case)[0]["id"]
    assert reply(scenario, number)[0] == 200
    hidden = words(browser(scenario).get(f"{li}/record"))
    assert secret not in hidden
    assert ANSWER not in hidden
    judge = scenario.sign_in("chen@court.example")
    assert secret in words(judge.get(f"/questions/{number}"))  # it is sorted
    assert confirmed(judge, f"/questions/{number}/disclose").status_code == 303
    page = client.get(f"{zhao}/questions")
    form = {"question": number, "choice": "answered", "nonce": nonce(page)}
    assert client.post(f"{zhao}/questions/rating", data=form).status_code == 303
    shown = words(browser(scenario).get(f"{li}/record"))
    assert secret in shown
    assert ANSWER in shown
    about = [each for each in entries(scenario, case) if each["detail"].get("question") == number]
    assert [bool(each["detail"].get("private")) for each in about] == [True, True, False, False]
    [disclosed] = [each for each in about if each["detail"].get("disclosed")]
    assert disclosed["content"]["by"] == "陈法官"
    done = scenario.app.test_cli_runner().invoke(cli, ["record", "verify"])
    assert done.exit_code == 0, done.output


def test_an_answer_is_joined_to_one_that_all_sides_were_sent(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for outcome in ("merits", "paper"):
        ask(client, zhao, text=f"{outcome}?")
        assert reply(scenario, questions(scenario, case)[0]["id"], "", outcome=outcome)[0] == 200
    ask(client, zhao, text="In private?", in_private="1", private="safety", all_sides="")
    assert reply(scenario, questions(scenario, case)[0]["id"])[0] == 200
    client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    ask(client, zhao, text="Joined?")
    newest, *earlier = (each["id"] for each in questions(scenario, case))
    for each in (*earlier, newest, 999):
        status, fault = reply(scenario, newest, "", outcome="joined", joined_id=each)
        assert status == 422, fault


def test_the_questions_of_a_case_are_listed_by_pages(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for n in range(3):
        ask(client, zhao, text=f"Question {n}?")
    path, found = f"/cases/{case['id']}/questions", []
    after: int | None = None
    for _ in range(3):
        status, page = scenario.api("GET", f"{path}?limit=1" + (f"&after={after}" if after else ""))
        assert status == 200
        found += [each["words"] for each in page["questions"]]
        after = page["next"]
    assert (found, after) == ([f"Question {n}?" for n in (2, 1, 0)], None)
    for odd in ("limit=0", "limit=201", "limit=x", "after=x", "more=1"):
        assert scenario.api("GET", f"{path}?{odd}")[0] == 422
    desk = scenario.sign_in()
    assert "Question 0?" in words(desk.get(f"/cases/{case['id']}/questions"))
    newest = scenario.api("GET", path)[1]["questions"][0]["id"]
    older = words(desk.get(f"/cases/{case['id']}/questions?after={newest}"))
    assert ("Question 2?" in older, "Question 1?" in older) == (False, True)
    assert desk.get("/cases/999/questions").status_code == 404


def test_an_answer_is_sent_once_for_an_idempotency_key(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    ask(browser(scenario), key(scenario, "Zhao Lei"))
    number = questions(scenario, case)[0]["id"]
    once = {"Idempotency-Key": "once"}
    path = f"/questions/{number}/answer"
    first = scenario.api("POST", path, {"words": ANSWER}, **once)
    assert first[0] == 200
    assert scenario.api("POST", path, {"words": ANSWER}, **once) == first
    assert scenario.api("POST", path, {"words": "Another."}, **once)[0] == 422
