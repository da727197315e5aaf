"""A delegate from the naming to the end: what they get, do and see, and what all others see."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Case, Delegate, Representation
from app.core.db import db
from app.counsel import page_keys
from app.counsel.page_keys import PageSubject
from app.evidence import service_levels
from app.hearings.answers import counsel_keys
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry
from app.record.rules import EvidenceGrade
from app.retention import erasing
from tests.conftest import CASE, SECRET, Scenario, at, proposal
from tests.counsel import test_answers
from tests.counsel.test_answers import LI, ZHAO, answer, browser, nonce, slots
from tests.counsel.test_case_keys import fix_by_answers, propose, session_of

pytestmark = pytest.mark.database

LIN, LIN_MAIL = "Lin Jing", "lin@jinmao.example"
NAMED = {"name": LIN, "email": LIN_MAIL, "may": "answer", "copies": "1", "language": "en"}


def words(page: Any) -> str:
    """What a person reads on a page, names without the marks of their direction."""
    page.set_data(re.sub(r"</?bdi>", "", page.get_data(as_text=True)))
    return test_answers.words(page)


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def name(scenario: Scenario, link: str, **typed: str) -> Any:
    """Name a delegate on counsel's page; fields that are None are left out."""
    client = browser(scenario)
    page = client.get(f"{link}/delegate")
    assert page.status_code == 200, words(page)
    form = {**NAMED, "for": "0", "nonce": nonce(page), **typed}
    return client.post(f"{link}/delegate", data={k: v for k, v in form.items() if v is not None})


def named(scenario: Scenario, **typed: str) -> str:
    """Let Zhao name a delegate, and return the delegate's link once they have it."""
    response = name(scenario, scenario.link(ZHAO), **typed)
    assert response.status_code == 303, words(response)
    scenario.beat()
    return scenario.link(typed.get("email") or typed.get("phone") or LIN_MAIL)


def end(scenario: Scenario, link: str) -> Any:
    """End the first delegate on counsel's page."""
    client = browser(scenario)
    page = client.get(f"{link}/delegate")
    found = re.search(r'name="delegate" value="(\d+)"', page.text)
    assert found, words(page)
    data = {"nonce": nonce(page), "delegate": found[1]}
    return client.post(f"{link}/delegate/end", data=data)


def entries(scenario: Scenario, case: dict[str, Any], **has: Any) -> list[Entry]:
    """Entries of the case whose columns have these values, oldest first."""
    with scenario.app.app_context():
        query = sa.select(Entry).where(Entry.case_id == case["id"]).filter_by(**has)
        return list(db.session().scalars(query.order_by(Entry.seq)))


def test_counsel_names_a_delegate_who_answers_for_them(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    link = named(scenario)
    [first] = scenario.letters(to=LIN_MAIL, containing="You may act for Zhao Lei")
    assert "until" not in first.body.split("Case:")[0]
    assert scenario.letters(to=ZHAO, channel="email", containing="Lin Jing may act for you")

    client = browser(scenario)
    page = client.get(link)
    assert "Lin Jing, you act for Zhao Lei here" in words(page)
    assert answer(client, link, "yes").status_code == 303
    assert "You answered for Zhao Lei." in words(client.get(link))
    assert "Lin Jing answered for you." in words(browser(scenario).get(scenario.link(ZHAO)))

    [entry] = entries(scenario, case, what="answered")
    assert entry.detail["delegate"]
    assert entry.content.body["delegate"] == LIN
    assert entry.content.body["name"] == "Zhao Lei"
    other = words(browser(scenario).get(f"{scenario.link(LI)}/record"))
    assert "Lin Jing for Zhao Lei" in other
    assert LIN_MAIL not in other
    court = words(scenario.sign_in().get(f"/hearings/{hearing['id']}?lang=en"))
    assert "by Lin Jing for them" in court
    assert LIN_MAIL in court
    scenario.beat()
    [confirmed] = scenario.letters(to=ZHAO, channel="email", containing="answer is recorded")
    assert "Lin Jing has answered for you" in confirmed.body
    [copy] = scenario.letters(to=LIN_MAIL, containing="answer is recorded")
    assert copy.body.startswith("This is a copy of a message to Zhao Lei, for whom you may answer.")
    assert link in copy.body
    assert scenario.link(ZHAO) not in copy.body


def test_the_chinese_letters_say_the_same(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    link = named(scenario, language="zh", phone="13900139009", until="2026-12-04")
    [text] = scenario.letters(to="+8613900139009", channel="sms")
    assert text.body.startswith("【浦东法院】Zhao Lei指定您就") or "Zhao Lei" in text.body
    assert link in text.body
    [mail] = scenario.letters(to=LIN_MAIL, channel="email")
    assert "Zhao Lei指定您为其代办人" in mail.body
    assert "至12月4日" in mail.body
    assert answer(browser(scenario, "zh"), link, "yes").status_code == 303
    assert "您在此代Zhao Lei办理" in words(browser(scenario, "zh").get(link))


def test_copies_are_never_notice_to_counsel(scenario: Scenario, case: dict[str, Any]) -> None:
    named_link = None
    propose(scenario, case, 14)
    named_link = named(scenario)
    hearing = propose(scenario, case, 20, kind="mediation")
    [copy] = scenario.letters(to=LIN_MAIL, containing="choose a date")
    assert named_link in copy.body
    with scenario.app.app_context():
        notices = db.session().scalars(
            sa.select(Notice).where(Notice.delegate_id.is_not(None), Notice.kind == "proposal")
        )
        [notice] = notices
        assert (notice.counsel_id, notice.side, notice.state) == (None, "delegate", "sent")
    _status, contacts = scenario.api("GET", f"/hearings/{hearing['id']}/contacts")
    of_copy = [a for a in contacts["attempts"] if a["person"]["side"] == "delegate"]
    assert {a["person"]["counsel_id"] for a in of_copy} == {None}
    assert of_copy[0]["lines"][0]["content"]["for"] == "Zhao Lei"
    # The delegate opens the page: nothing is shown of counsel.
    client = browser(scenario)
    page = client.get(f"{named_link}?hearing={hearing['id']}")
    opened = client.post(
        f"{named_link}/opened?hearing={hearing['id']}", data={"nonce": nonce(page)}
    )
    assert opened.status_code == 204
    [visit] = entries(scenario, case, what="opened")
    assert (visit.counsel_id, visit.side) == (None, "delegate")
    certificate = scenario.sign_in().get(f"/cases/{case['id']}/certificate")
    assert certificate.status_code == 200
    timeline = words(scenario.sign_in().get(f"/cases/{case['id']}"))
    assert "Delegate of counsel" not in timeline.split("Contact timeline")[-1]


def test_a_delegate_for_one_hearing_sees_only_that_hearing(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    first = propose(scenario, case, 14)
    second = propose(scenario, case, 20, kind="mediation")
    link = named(scenario, **{"for": str(first["id"])})
    client = browser(scenario)
    page = client.get(link)
    assert page.status_code == 200
    assert "Hearings in this case" not in words(page)
    assert client.get(f"{link}?hearing={second['id']}").status_code == 404
    assert client.get(f"{link}/questions").status_code == 403
    record = words(client.get(f"{link}/record"))
    assert "mediation" not in record.lower()
    assert "13800138001" not in record
    # The nonce of the other hearing's page opens nothing either.
    own = browser(scenario).get(f"{scenario.link(ZHAO)}?hearing={second['id']}")
    data = {"nonce": nonce(own), slots(own)[0]: "yes"}
    assert client.post(link, data=data).status_code in (403, 404, 422)
    assert not entries(scenario, case, what="answered")


FOR_COUNSEL_ALONE = ("delegate", "away", "feed", "call-me", "address", "link", "needs")


@pytest.mark.parametrize("may", ["answer", "read"])
def test_what_a_delegate_cannot_do(scenario: Scenario, case: dict[str, Any], may: str) -> None:
    propose(scenario, case, 14)
    link = named(scenario, may=may)
    client = browser(scenario)
    page = client.get(link)
    own = nonce(page) if may == "answer" else _nonce_of(scenario, link)
    before = len(entries(scenario, case))
    for path in FOR_COUNSEL_ALONE:
        shown = client.get(f"{link}/{path}")
        assert shown.status_code == 403, path
        assert "Only Zhao Lei can do this: a delegate cannot." in words(shown)
        sent = client.post(f"{link}/{path}", data={**NAMED, "nonce": own, "for": "0"})
        assert sent.status_code == 403, path
    assert client.post(f"{link}/delegate/end", data={"nonce": own}).status_code == 403
    if may == "read":
        assert "Only Zhao Lei can answer." in words(page)
        data = {"nonce": own, "none": "1"}
        assert client.post(link, data=data).status_code == 403
        assert "You may read, and not answer." in words(client.post(link, data=data))
    away = {"nonce": own, "none": "1", "away-from": "2026-12-01", "away-until": "2026-12-02"}
    refused = client.post(link, data=away)
    assert refused.status_code in (403, 409, 422)
    assert len(entries(scenario, case)) == before


def _nonce_of(scenario: Scenario, link: str) -> str:
    """The page key of a delegate's page that shows no form."""
    page = browser(scenario).get(link)
    found = re.search(r'data-nonce="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.mark.parametrize("key", ["none", "foreign", "counsel's", "another delegate's", "garbage"])
def test_a_page_key_of_somebody_else_decides_nothing(
    scenario: Scenario, case: dict[str, Any], key: str
) -> None:
    propose(scenario, case, 14)
    link = named(scenario)
    other = named(scenario, name="Wei Na", email="wei@jinmao.example")
    client = browser(scenario)
    page = client.get(link)
    keys = {
        "none": "",
        "foreign": nonce(browser(scenario).get(scenario.link(LI))),
        "counsel's": nonce(browser(scenario).get(scenario.link(ZHAO))),
        "another delegate's": nonce(browser(scenario).get(other)),
        "garbage": "\x00" * 500,
    }
    form = dict.fromkeys(slots(page), "yes")
    sent = client.post(link, data={**form, "nonce": keys[key]})
    assert sent.status_code == 422
    assert not entries(scenario, case, what="answered")
    assert client.post(link, data={**form, "nonce": nonce(page)}).status_code == 303


def test_ended_by_a_press_the_old_key_says_so(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    link = named(scenario)
    client = browser(scenario)
    page = client.get(link)
    assert end(scenario, scenario.link(ZHAO)).status_code == 303
    gone = client.get(link)
    assert gone.status_code == 410
    assert "You no longer act for Zhao Lei" in words(gone)
    assert "ended by counsel" in words(gone)
    form = dict.fromkeys(slots(page), "yes")
    assert client.post(link, data={**form, "nonce": nonce(page)}).status_code == 410
    assert not entries(scenario, case, what="answered")
    [ended] = entries(scenario, case, what="delegation_ended")
    assert ended.content.body["delegate"] == LIN
    assert end_again(scenario, link, page) == 410
    other = words(browser(scenario).get(f"{scenario.link(LI)}/record"))
    assert "Lin Jing may act no longer" in other


def end_again(scenario: Scenario, link: str, page: Any) -> int:
    """A delegate presses a button of counsel's with an old page."""
    sent = browser(scenario).post(f"{link}/delegate/end", data={"nonce": nonce(page)})
    return int(sent.status_code)


def test_the_court_ends_it_by_page_and_by_api(scenario: Scenario, case: dict[str, Any]) -> None:
    hearing = propose(scenario, case, 14)
    link = named(scenario)
    second = named(scenario, name="Wei Na", email="wei@jinmao.example")
    status, listed = scenario.api("GET", f"/cases/{case['id']}/delegates")
    assert status == 200
    assert [each["name"] for each in listed["delegates"]] == ["Wei Na", LIN]
    wei, lin = listed["delegates"]
    assert lin["active"]
    assert lin["counsel"] == "Zhao Lei"
    assert lin["email"] == LIN_MAIL
    status, ended = scenario.api("POST", f"/delegates/{wei['id']}/end")
    assert (status, ended["ended_because"]) == (200, "court"), ended
    desk = scenario.sign_in()
    data = {"hearing": hearing["id"]}
    assert desk.post(f"/delegates/{lin['id']}/end", data=data).status_code == 303
    page = words(desk.get(f"/hearings/{hearing['id']}?lang=en"))
    assert "Lin Jing for Zhao Lei" in page
    assert "ended by the court" in page
    assert {browser(scenario).get(each).status_code for each in (link, second)} == {410}
    assert scenario.api("POST", "/delegates/999/end")[0] == 404


def test_it_ends_by_its_day_with_the_hearing_and_with_counsels_key(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    by_day = named(scenario, until="2026-11-24")
    with_hearing = named(
        scenario, name="Wei Na", email="wei@jinmao.example", **{"for": str(hearing["id"])}
    )
    with_key = named(scenario, name="Qian Yi", email="qian@jinmao.example")
    fix_by_answers(scenario, hearing)
    scenario.wait(days=2)
    assert browser(scenario).get(by_day).status_code == 410  # before any beat
    assert browser(scenario).get(with_key).status_code == 200
    with session_of(scenario) as session:
        representation = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name="Zhao Lei"))
        ).one()
        counsel_keys.renew(session, representation, scenario.clock.now())
    renewed = words(browser(scenario).get(with_key))
    assert "counsel's link was renewed" in renewed
    scenario.wait(minutes=11)
    scenario.beat()
    ended = entries(scenario, case, what="delegation_ended")
    assert {each.detail["ended"] for each in ended} == {"day", "key"}
    assert browser(scenario).get(with_hearing).status_code == 410


def test_it_ends_when_counsel_leaves_and_when_the_hearing_is_over(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    link = named(scenario, **{"for": str(hearing["id"])})
    fix_by_answers(scenario, hearing)
    assert browser(scenario).get(link).status_code == 200
    scenario.wait(days=15)
    assert "the hearing is over" in words(browser(scenario).get(link))
    of_case = named(scenario, name="Wei Na", email="wei@jinmao.example")
    with session_of(scenario) as session:
        representation = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name="Zhao Lei"))
        ).one()
        representation.left_at = scenario.clock.now()
    assert "counsel acts in this case no longer" in words(browser(scenario).get(of_case))


OTHERS = [
    {"email": "LI@huacheng.example"},
    {"phone": "138 0013 8001"},
    {"name": "李敏"},
    {"name": "远洋设备有限公司"},
]


@pytest.mark.parametrize("shared", OTHERS)
def test_nobody_of_another_side_is_named(
    scenario: Scenario, case: dict[str, Any], shared: dict[str, str]
) -> None:
    hearing = propose(scenario, case, 14)
    refused = name(scenario, scenario.link(ZHAO), **shared)
    assert refused.status_code == 422
    assert "another side of the case: nobody was named" in words(refused)
    assert shared.get("name", LIN) in refused.text  # nothing typed is lost
    scenario.beat()
    assert not scenario.letters(to=LIN_MAIL)
    page = words(scenario.sign_in().get(f"/hearings/{hearing['id']}?lang=en"))
    assert "Known for another side" in page
    other = words(browser(scenario).get(f"{scenario.link(LI)}/record"))
    assert "delegate refused" not in other
    assert LIN not in other
    [entry] = entries(scenario, case, what="delegation_refused")
    assert entry.detail["shares"] == [*shared]
    desk = scenario.sign_in()
    home = words(desk.get("/?lang=en"))
    assert "Zhao Lei named somebody who is known for another side" in home
    assert "Nobody was named; the other sides were not told." in home
    assert desk.post("/delegates/refused/1/seen").status_code == 303
    assert "known for another side" not in words(desk.get("/?lang=en"))


def test_who_comes_to_act_for_another_side_acts_no_longer(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    link = named(scenario)
    with session_of(scenario) as session:
        counsel = session.get_one(Representation, 1).counsel
        counsel.email = LIN_MAIL
    gone = browser(scenario).get(link)
    assert gone.status_code == 410
    assert "acts for another side" in words(gone)
    scenario.wait(minutes=11)
    scenario.beat()
    home = words(scenario.sign_in().get("/?lang=en"))
    assert "Zhao Lei named somebody who is known for another side" in home
    assert "They acted until then." in home


def test_what_is_typed_wrongly_is_said_beside_its_field(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    link = scenario.link(ZHAO)
    for typed, said in (
        ({"name": ""}, "Give their name"),
        ({"name": "x" * 10_000}, "At most 100 characters"),
        ({"email": "no address"}, "Enter an e-mail address such as"),
        ({"email": "", "phone": ""}, "Enter an e-mail address or a telephone number"),
        ({"email": "", "phone": "021 5555 0100"}, "land line"),
        ({"email": ZHAO}, "This is your own"),
        ({"until": "2026-11-01"}, "This day is past"),
        ({"until": "2036-11-01"}, "At most two years"),
        ({"until": "soon"}, "Give a day"),
        ({"for": "99999"}, "Choose a hearing that lies ahead"),
    ):
        page = name(scenario, link, **typed)
        assert page.status_code == 422, typed
        assert said in words(page), (typed, words(page))
        assert typed.get("name") is not None or LIN in page.text
    assert not entries(scenario, case, what="delegated")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "‮Lin‬ 👩🏽‍⚖️ 𠀀", "{{7*7}}%(x)s"])
def test_any_name_is_shown_as_it_was_typed(
    scenario: Scenario, case: dict[str, Any], text: str
) -> None:
    propose(scenario, case, 14)
    link = named(scenario, name=text)
    assert browser(scenario).get(link).status_code == 200
    for page in (
        browser(scenario).get(f"{scenario.link(ZHAO)}/delegate"),
        browser(scenario).get(f"{scenario.link(LI)}/record"),
        scenario.sign_in().get(f"/cases/{case['id']}/record"),
    ):
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_twice_is_one_and_three_are_the_most(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    link = scenario.link(ZHAO)
    assert name(scenario, link).status_code == name(scenario, link).status_code == 303
    assert len(entries(scenario, case, what="delegated")) == 1
    other_terms = name(scenario, link, may="read")
    assert other_terms.status_code == 422
    assert "is named already" in words(other_terms)
    for n in range(2):
        assert name(scenario, link, name=f"P{n}", email=f"p{n}@jinmao.example").status_code == 303
    page = browser(scenario).get(f"{link}/delegate")
    assert "3 people may act for you already" in words(page)


def test_many_at_once_name_one_and_answer_with_one_truth(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    own = scenario.link(ZHAO)
    client = browser(scenario)
    form = {**NAMED, "for": "0", "nonce": nonce(client.get(f"{own}/delegate"))}
    with ThreadPoolExecutor(8) as pool:
        sent = list(
            pool.map(
                lambda _: browser(scenario).post(f"{own}/delegate", data=form).status_code,
                range(8),
            )
        )
    assert set(sent) == {303}
    assert len(entries(scenario, case, what="delegated")) == 1
    scenario.beat()
    link = scenario.link(LIN_MAIL)
    pages = {each: browser(scenario).get(each) for each in (own, link)}

    def press(n: int) -> int:
        path = (own, link)[n % 2]
        page = pages[path]
        data = {slots(page)[0]: ("yes", "no")[n % 2], "nonce": nonce(page), "seen": ""}
        return int(browser(scenario).post(path, data=data).status_code)

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(press, range(50)))
    assert set(results) <= {303, 409}
    assert 409 in results
    answers = entries(scenario, case, what="answered")
    authors = {each.detail.get("delegate") for each in answers}
    assert len(authors) == 1  # whoever came first; the other saw it
    late = (own, link)[None in authors]
    shown = words(browser(scenario).get(late))
    assert "Your answer is recorded" in shown
    assert ("answered for you" in shown) or ("Zhao Lei answered." in shown)


def test_the_later_sees_who_answered_before(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    link, own = named(scenario), scenario.link(ZHAO)
    client = browser(scenario)
    page = client.get(own)
    assert answer(browser(scenario), link, "no").status_code == 303
    data = {slots(page)[0]: "yes", "nonce": nonce(page), "seen": ""}
    refused = client.post(own, data=data)
    assert refused.status_code == 409
    assert "Lin Jing has answered meanwhile" in words(refused)
    assert answer(client, own, "yes").status_code == 303  # seen, and pressed once more
    assert "answered for you" not in words(client.get(own))


def test_a_move_is_agreed_to_by_a_delegate(scenario: Scenario, case: dict[str, Any]) -> None:
    hearing = propose(scenario, case, 14)
    fix_by_answers(scenario, hearing)
    link = named(scenario)
    asking = browser(scenario)
    page = asking.get(f"{scenario.link(LI)}/move")
    data = {"kind": "absent", "reason": "Witness abroad", "nonce": nonce(page)}
    assert asking.post(f"{scenario.link(LI)}/move", data=data).status_code == 303
    scenario.beat()
    assert scenario.letters(to=LIN_MAIL, containing="asks for another date")
    client = browser(scenario)
    page = client.get(f"{link}/move")
    number = re.search(r'name="request" value="(\d+)"', page.text)
    assert number
    opinion = {"request": number[1], "stance": "object", "words": "Too late.", "nonce": nonce(page)}
    assert client.post(f"{link}/move/opinion", data=opinion).status_code == 303
    shown = words(browser(scenario).get(f"{scenario.link(LI)}/move"))
    assert "Zhao Lei by Lin Jing" in shown
    [entry] = entries(scenario, case, what="objected")
    assert entry.content.body["delegate"] == LIN
    court = scenario.sign_in().get(f"/hearings/{hearing['id']}?lang=en")
    assert "by Lin Jing" in words(court)


def test_a_question_is_asked_by_a_delegate_and_private_ones_stay_counsels(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    link, own = named(scenario), scenario.link(ZHAO)
    client = browser(scenario)
    page = client.get(f"{link}/questions")
    data = {"subject": "Video", "words": "By video?", "all_sides": "1", "nonce": nonce(page)}
    assert client.post(f"{link}/questions", data=data).status_code == 303
    scenario.beat()
    assert scenario.letters(to="li@huacheng.example", containing="Lin Jing代Zhao Lei")
    assert "by Lin Jing" in words(browser(scenario).get(f"{own}/questions"))
    private = browser(scenario)
    page = private.get(f"{own}/questions?private=1")
    data = {"subject": "Health", "words": "I am ill.", "in_private": "1", "private": "health"}
    assert private.post(f"{own}/questions", data={**data, "nonce": nonce(page)}).status_code == 303
    scenario.beat()
    assert "I am ill." not in words(client.get(f"{link}/questions"))
    assert not scenario.letters(to=LIN_MAIL, containing="I am ill.")


def test_reminders_that_wait_are_copied_and_withdrawn_at_the_end(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    fix_by_answers(scenario, hearing)
    scenario.beat()
    named(scenario)
    with scenario.app.app_context():
        copies = sa.select(Notice.kind, Notice.state).where(Notice.delegate_id.is_not(None))
        states = set(map(tuple, db.session().execute(copies)))
    assert ("reminder", "queued") in states
    end(scenario, scenario.link(ZHAO))
    with scenario.app.app_context():
        states = set(map(tuple, db.session().execute(copies)))
    assert ("reminder", "withdrawn") in states
    assert ("reminder", "queued") not in states


def test_erasing_blanks_names_and_addresses_and_the_record_verifies(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    link = named(scenario)
    answer(browser(scenario), link, "yes")
    scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "settled"})
    scenario.beat()
    scenario.wait(days=60)
    scenario.beat()
    with session_of(scenario) as session:
        found = session.get_one(Case, case["id"])
        erasing.erase(session, found, by="wang", why="asked", now=scenario.clock.now())
    with scenario.app.app_context():
        delegate = db.session().scalars(sa.select(Delegate)).one()
        assert (delegate.name, delegate.email, delegate.phone) == ("", "", "")
        assert delegate.key_digest
        assert delegate.ended_at
    assert browser(scenario).get(link).status_code == 410
    with session_of(scenario) as session:
        finding = ledger.verify(session, case["id"])
    assert finding.intact, finding


def test_a_page_key_from_before_delegates_still_works() -> None:
    key = page_keys._serializer(SECRET).dumps([7, 3, "nonce"])
    parsed = page_keys.parse(SECRET, str(key))
    assert parsed is not None
    assert parsed.subject == PageSubject.invitation(7, 3)


def test_an_answer_of_a_delegate_confirms_for_counsel(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    link = named(scenario)
    answer(browser(scenario), link, "yes")
    _status, contacts = scenario.api("GET", f"/hearings/{hearing['id']}/contacts")
    [attempt] = [a for a in contacts["attempts"] if a["lines"][0]["what"] == "answered"]
    assert attempt["grade"]["level"] == f"E{EvidenceGrade.CONFIRMED.value}"
    assert attempt["lines"][0]["content"]["delegate"] == LIN


def test_proposals_of_many_slots_go_to_delegates_without_numbers(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    named(scenario, phone="13900139009")
    body = proposal(case["id"], (at(20), "第三法庭"), (at(21), "第三法庭"), kind="mediation")
    assert scenario.api("POST", "/hearings", body)[0] == 201
    scenario.beat()
    [text] = scenario.letters(to="+8613900139009", containing="copy of a message to Zhao Lei")
    assert "reply" not in text.body.lower()


def test_an_answer_is_on_the_record_before_the_end_or_refused(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    link, own = named(scenario), scenario.link(ZHAO)
    page, counsel = browser(scenario).get(link), browser(scenario)
    shown = counsel.get(f"{own}/delegate")
    found = re.search(r'name="delegate" value="(\d+)"', shown.text)
    assert found
    ending = {"nonce": nonce(shown), "delegate": found[1]}

    def press(n: int) -> int:
        if n == 5:
            return int(browser(scenario).post(f"{own}/delegate/end", data=ending).status_code)
        data = {slots(page)[0]: ("yes", "no")[n % 2], "nonce": nonce(page)}
        return int(browser(scenario).post(link, data=data).status_code)

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(press, range(30)))
    assert set(results) <= {303, 410}
    ended = entries(scenario, case, what="delegation_ended")
    answers = entries(scenario, case, what="answered")
    assert len(ended) == 1
    assert all(each.seq < ended[0].seq for each in answers)


def test_no_figure_of_the_court_counts_a_copy(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    named(scenario, copies=None)
    scenario.wait(minutes=5)
    figures = []
    for n, copies in enumerate(("", "1")):
        if copies:
            named(scenario, name="Wei Na", email="wei@jinmao.example")
        scenario.wait(minutes=5)
        with scenario.app.app_context():
            before = service_levels.measure(db.session(), scenario.clock.now())
        propose(scenario, case, 20 + n, kind="mediation")
        scenario.wait(minutes=5)
        with scenario.app.app_context():
            after = service_levels.measure(db.session(), scenario.clock.now())
        figures.append((after.due - before.due, after.prompt - before.prompt, after.uneven))
    assert scenario.letters(to="wei@jinmao.example", containing="copy of a message")
    assert figures[0] == figures[1]


def test_a_press_without_a_choice_ends_nothing(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 14)
    link, own = named(scenario), scenario.link(ZHAO)
    client = browser(scenario)
    data = {"nonce": nonce(client.get(f"{own}/delegate"))}
    pressed = client.post(f"{own}/delegate/end", data=data)
    assert pressed.status_code == 422
    assert "Choose who is to act for you no longer." in words(pressed)
    assert client.get(link).status_code == 200
