"""The desk: what waits for a person, lists that are searched, a case with its log of contacts."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers.registry import CarrierSettings, Installation, build
from app.carriers.smtp.plugin import SmtpSettings
from app.carriers.smtp.standin import SmtpStandIn
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.cases.models import Counsel
from app.core.db import db, transaction
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.people import service as people
from app.rehearsal.browser import HtmlPage
from tests.conftest import (
    NOW,
    PASSWORD,
    Scenario,
    at,
    case_with,
    make_court,
    make_scenario,
    proposal,
)

OTHER = "zhou@elsewhere.example"


@pytest.fixture
def mail() -> Iterator[SmtpStandIn]:
    """The court's mail server."""
    with SmtpStandIn() as standin:
        yield standin


@pytest.fixture
def wired(database: str, tmp_path: Path, mail: SmtpStandIn) -> Iterator[Scenario]:
    """A court whose mail goes over a real wire."""
    built = build(
        CarrierSettings({"smtp": SmtpSettings(mail.url, "court@court.example")}),
        Installation(tmp_path / "outbox"),
        SetClock(NOW),
    )
    made = make_scenario(tmp_path, database, external=built)
    make_court(made)
    yield made
    built.close()
    made.close()


def number(n: int) -> str:
    """A case number as courts write them."""
    return f"（2026）沪0115民初{n}号"


def enter(scenario: Scenario, n: int, **more: Any) -> int:
    """A case of two counsel, each with a mail address only."""
    two = [
        {"name": f"{name} {n}", "email": f"{name.lower()}{n}@firm.example", "language": "en"}
        for name in ("Ann", "Bob")
    ]
    status, said = scenario.api(
        "POST", "/cases", {**case_with(number(n), *two, judge=f"J{n}"), **more}
    )
    assert status == 201, said
    return int(said["id"])


def ask(
    scenario: Scenario, n: int, days: float, email: str = "wang@court.example", **more: Any
) -> int:
    """A hearing proposed in a case of its own, with two slots from a day on."""
    slots = ((at(days), "第三法庭"), (at(days, "14:00"), "第五法庭"))
    case_id = enter(scenario, n)
    status, said = scenario.api("POST", "/hearings", proposal(case_id, *slots, **more), email=email)
    assert status == 201, said
    return int(said["id"])


def answer(scenario: Scenario, to: str, *says: str) -> None:
    """Answer slot by slot on the page behind the newest link."""
    link, browser = scenario.link(to), scenario.client
    form = HtmlPage(browser.get(link).get_data(as_text=True)).form_with("slot-")
    assert form
    given = dict(
        zip((name for name in form.choices if name.startswith("slot-")), says, strict=True)
    )
    got = browser.post(link, data=form.filled(**given))
    assert got.status_code in (200, 302, 303), got.get_data(as_text=True)


def see(
    scenario: Scenario, path: str, email: str = "wang@court.example", status: int = 200
) -> HtmlPage:
    """What a signed-in user sees at an address."""
    got = scenario.sign_in(email).get(path)
    assert got.status_code == status, got.get_data(as_text=True)
    return HtmlPage(got.get_data(as_text=True))


def english(scenario: Scenario, *emails: str) -> None:
    """Let users read English."""
    with scenario.app.app_context(), transaction() as session:
        for email in emails or ("wang@court.example",):
            people.find_user(session, email).language = "en"


def numbers(words: str) -> dict[str, int]:
    """The numbers at the top of the home."""
    found = re.findall(r"(\d+) (proposals? open|answers? due|hearings? in the next)", words)
    return {name.split()[0].rstrip("s"): int(count) for count, name in reversed(found)}


def test_nobody_is_shown_the_desk_before_signing_in(scenario: Scenario) -> None:
    got = scenario.client.get("/")
    assert (got.status_code, got.location) == (302, "/sign-in")
    got = scenario.client.get("/cases/1?x=1")
    assert got.location == "/sign-in?next=/cases/1?x%3D1"
    assert scenario.client.post("/cases/1/contacts").location == "/sign-in"


def test_a_court_with_nothing_in_it_says_what_to_do_first(scenario: Scenario) -> None:
    english(scenario, "wang@court.example", "admin@court.example")
    words = see(scenario, "/").words
    assert "Three steps to the first hearing" in words
    assert "done Add the courtrooms" in words
    assert "An admin of your court does this." in words
    assert "then Add a case, or import a list" in words
    assert "/settings/courtrooms" in scenario.sign_in("admin@court.example").get("/").text
    enter(scenario, 1)
    assert "done Add a case, or import a list" in see(scenario, "/").words
    ask(scenario, 2, 14)
    assert "Three steps" not in see(scenario, "/").words


def test_what_waits_stands_worst_first_with_its_reason_and_one_thing_to_do(
    scenario: Scenario,
) -> None:
    english(scenario)
    lapsed = ask(scenario, 1, 15, answer_by=at(0, "12:00"))
    none = ask(scenario, 2, 16)
    ready = ask(scenario, 3, 17, fix="assistant")
    due = ask(scenario, 4, 18, answer_by=at(0.5, "21:30"))
    ask(scenario, 5, 21)
    scenario.beat()
    answer(scenario, "ann2", "yes", "no")
    answer(scenario, "bob2", "no", "no")
    answer(scenario, "ann3", "if_needed", "no")
    answer(scenario, "bob3", "yes", "yes")
    answer(scenario, "ann4", "yes", "yes")
    scenario.wait(hours=4)
    scenario.beat()
    words = see(scenario, "/").words
    told = [
        "Today · 1 Get an answer from Bob 4 by today, 21:30 民初4号 · 1 of 2 answered. Answers due in 8 hours Open",
        "Next · 3 Ask again: 买卖合同纠纷 民初1号 · There is no date yet. No agreement in time just now Ask again",
        "No date suits everyone: 买卖合同纠纷 民初2号 · 2 of 2 answered. Wed 9 Dec, 09:30 suits 1 of 2. No common date round 1 Ask again",
        "Fix Thu 10 Dec, 09:30: 买卖合同纠纷 民初3号 · All can; 第三法庭. Your decision by Mon 30 Nov, 17:00 Fix",
    ]
    places = [words.find(each) for each in told]
    assert -1 not in places, words
    assert places == sorted(places)
    # Zeros are left out.
    assert numbers(words) == {"proposal": 4, "answer": 1}
    page = scenario.sign_in().get("/").text
    for row, way in (
        (lapsed, f"/hearings/{lapsed}/round"),
        (none, f"/hearings/{none}/round"),
        (ready, f"/hearings/{ready}"),
        (due, f"/hearings/{due}"),
    ):
        assert re.search(f'class="btn( go)?" href="{way}"', page), row
    assert page.count('class="btn go"') == 1  # for what is due today


def test_a_round_in_which_nobody_must_answer_waits_for_all_whatever_other_rounds_are(
    scenario: Scenario,
) -> None:
    english(scenario)
    ask(scenario, 1, 14)
    free = case_with(
        number(2),
        *(
            {"name": name, "email": f"{name}@firm.example", "required": False}
            for name in ("ann", "bob")
        ),
    )
    status, case = scenario.api("POST", "/cases", free)
    assert status == 201, case
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], (at(20), "第三法庭")))
    assert status == 201, made
    words = see(scenario, "/").words
    assert "Nothing to do." in words
    assert number(2) not in words


def test_who_was_not_reached_comes_first_until_somebody_spoke_with_them(
    wired: Scenario, mail: SmtpStandIn
) -> None:
    english(wired)
    mail.refuse("bob1@firm.example", "550 5.1.1 no such user")
    hearing_id = ask(wired, 1, 15)
    wired.beat()
    words = see(wired, "/").words
    assert (
        "Call Bob 1 by Mon 30 Nov, 17:00 民初1号 · Respondent · Slots proposed: e-mail failed"
        in words
    )
    assert "Not reached in 7 days Call" in words
    assert "Ann 1" not in words
    browser = wired.sign_in()
    bob = counsel_id(wired, "Bob 1")
    way = f"/cases/1?counsel_id={bob}&hearing_id={hearing_id}"
    ring = way.replace("/cases/1?", "/cases/1/call?").replace("&", "&amp;")
    assert f'href="{ring}"' in browser.get("/").text
    page = browser.get(way).text
    assert f'<option value="{bob}" selected>Bob 1, Haitong Trading Ltd</option>' in page
    assert f'<option value="{hearing_id}" selected>' in page
    form = next(form for form in HtmlPage(page).forms if "contacts" in form.action)
    given = form.filled(
        channel="phone",
        direction="out",
        counsel_id=str(bob),
        hearing_id=str(hearing_id),
        at="2026-11-23T09:00",
    )
    wired.wait(minutes=5)
    got = browser.post("/cases/1/contacts", data={**given, "outcome": "no_answer"})
    assert got.status_code == 303
    assert "Call Bob 1 by" in see(wired, "/").words
    wired.wait(minutes=5)
    spoke = {**given, "outcome": "spoke", "note": "He takes Tuesday."}
    got = browser.post("/cases/1/contacts", data=spoke, follow_redirects=True)
    words = HtmlPage(got.text).words
    assert "The contact with Bob 1 is on the record." in words
    assert "made Mon 23 Nov 2026, 09:00 · spoke with the person · He takes Tuesday." in words
    assert "Call Bob 1 by" not in see(wired, "/").words


def test_somebody_whom_a_later_message_reached_is_no_longer_named(
    wired: Scenario, mail: SmtpStandIn
) -> None:
    english(wired)
    mail.say("550 5.1.1 no such user", times=2)
    hearing_id = ask(wired, 1, 15)
    wired.beat()
    assert "Call Bob 1 by" in see(wired, "/").words
    wired.wait(hours=1)
    status, said = wired.api(
        "POST",
        f"/hearings/{hearing_id}/move",
        {"slots": proposal(1)["slots"], "answer_by": at(7, "17:00"), "reason": "asked anew"},
    )
    assert status == 200, said
    wired.beat()
    assert "Call Bob 1 by" not in see(wired, "/").words


def counsel_id(scenario: Scenario, name: str) -> int:
    """The row of a counsel."""
    with scenario.app.app_context():
        return db.session.scalars(sa.select(Counsel.id).where(Counsel.name == name)).one()


def stop_texts(scenario: Scenario, name: str) -> None:
    """What a STOP to the carrier leaves behind."""
    with scenario.app.app_context(), transaction() as session:
        row = session.scalars(sa.select(Counsel).where(Counsel.name == name)).one()
        row.opted_out_at = scenario.clock.now()


def test_somebody_without_an_address_is_warned_of_on_the_case_and_at_home(
    scenario: Scenario,
) -> None:
    english(scenario)
    two = [
        {"name": "Wang Fang", "phone": "13800138077"},
        {"name": "Sun Yue", "email": "sun@firm.example"},
    ]
    scenario.api("POST", "/cases", case_with(number(9), *two))
    assert "No message can reach" not in see(scenario, "/cases/1").words
    stop_texts(scenario, "Wang Fang")
    words = see(scenario, "/cases/1").words
    assert "No message can reach Wang Fang: neither a mail address nor a telephone" in words
    assert "wants no texts" in words
    scenario.api("POST", "/hearings", proposal(1))
    assert (
        "Call Wang Fang by Mon 30 Nov, 17:00 民初9号 · Claimant · Slots proposed: "
        "no address is known that takes messages +8613800138077 Not reached in 7 days"
    ) in see(scenario, "/").words


def test_each_sees_their_own_first_and_everybodys_by_one_press(scenario: Scenario) -> None:
    english(scenario, "wang@court.example", "chen@court.example", "admin@court.example")
    with scenario.app.app_context(), transaction() as session:
        court = people.find_user(session, "wang@court.example").court
        people.add_user(
            session,
            court,
            "lin@court.example",
            name="Lin",
            role="assistant",
            now=NOW,
            password=PASSWORD,
        )
        people.find_user(session, "lin@court.example").language = "en"
    ask(scenario, 1, 15, answer_by=at(0, "20:00"))
    scenario.beat()
    assert "Get an answer from Ann 1, Bob 1 by today, 20:00" in see(scenario, "/").words
    theirs = see(scenario, "/", "lin@court.example").words
    assert "Nothing to do. See everyone's tasks" in theirs
    assert "answer" not in numbers(theirs)
    assert "Get an answer from Ann 1" in see(scenario, "/?whose=all", "lin@court.example").words
    assert "Get an answer from Ann 1" in see(scenario, "/?whose=nonsense").words
    for email in ("chen@court.example", "admin@court.example"):
        assert "Get an answer from Ann 1" in see(scenario, "/", email).words


def test_a_worker_that_is_silent_for_a_minute_is_missed(scenario: Scenario) -> None:
    english(scenario)
    ask(scenario, 1, 15)
    assert "The sending service is not running" in see(scenario, "/").words
    assert "It has never run." in see(scenario, "/").words
    assert "tingqi worker" in see(scenario, "/").words
    scenario.beat()
    words = see(scenario, "/").words
    assert "not running" not in words
    assert "Sending service OK Mail: local outbox Text: local outbox" in words
    scenario.wait(seconds=61)
    words = see(scenario, "/").words
    assert "The sending service is not running" in words
    assert "It last ran Mon 23 Nov 2026, 09:00." in words


def test_the_week_shows_what_is_fixed_and_how_well_its_people_were_told(scenario: Scenario) -> None:
    english(scenario)
    today = ask(scenario, 1, 3, answer_by=at(2), override_reason="all waive the period")
    ask(scenario, 2, 12, answer_by=at(2))
    gone = ask(scenario, 3, 4, answer_by=at(2), override_reason="all waive the period")
    scenario.beat()
    for n in (1, 2, 3):
        for who in ("ann", "bob"):
            answer(scenario, f"{who}{n}", "yes", "no")
    scenario.beat()
    scenario.api("POST", f"/hearings/{gone}/cancel", {"reason": "settled"})
    words = see(scenario, "/").words
    assert "Thursday 26 Nov 09:30 民初1号 0 of 2 confirmed Trial · 第三法庭 · Judge" in words
    assert number(2) not in words
    assert number(3) not in words
    assert numbers(words)["hearing"] == 1
    scenario.wait(days=3)
    assert "Today Thu 26 Nov 09:30" in see(scenario, "/").words
    assert f"/hearings/{today}" in scenario.sign_in().get("/").text


def test_a_date_that_one_side_was_not_told_of_is_marked_however_gladly_they_answered(
    wired: Scenario, mail: SmtpStandIn
) -> None:
    english(wired)
    hearing_id = ask(wired, 1, 5, answer_by=at(2), override_reason="all waive the period")
    wired.beat()
    assert "Trial" not in see(wired, "/").words
    mail.refuse("bob1@firm.example", "550 5.1.1 no such user")
    status, said = wired.api(
        "POST",
        f"/hearings/{hearing_id}/fix",
        {
            "slot_id": wired.api("GET", f"/hearings/{hearing_id}")[1]["slots"][0]["id"],
            "reason": "the limit is near",
        },
    )
    assert status == 200, said
    wired.beat()
    assert "0 of 2 confirmed Trial" in see(wired, "/").words  # it may still be going out
    wired.wait(minutes=5)
    assert "1 not reached Trial" in see(wired, "/").words
    imported(wired, 2, 4)
    assert "Friday 27 Nov 09:30 民初2号 Trial · 第三法庭 · Judge" in see(wired, "/").words


def imported(scenario: Scenario, n: int, days: float) -> None:
    """A hearing that was fixed elsewhere, and of which the house tells nobody."""
    from app.hearings import service as hearings

    case_id = enter(scenario, n)
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, scenario.clock.now(), b"x" * 32)
        case = cases.find_case(session, desk.court.id, case_id)
        when = dt.datetime.fromisoformat(at(days))
        hearings.add_imported_hearing(
            session, desk, case, kind="trial", starts_at=when, minutes=60, courtroom_id=1
        )


def test_hearings_are_found_by_number_party_counsel_and_telephone(scenario: Scenario) -> None:
    english(scenario)
    scenario.api("POST", "/cases", case_with(number(12345)))
    scenario.api("POST", "/hearings", proposal(1))
    ask(scenario, 777, 20)
    for asked in (
        "(2026)沪0115民初12345号",
        "（2026）沪0115民初12345号",
        "12345",
        "远洋",
        "haitong",
        "李敏",
        "13800138001",
        "138 0013 8001",
        "华诚",
    ):
        words = see(scenario, f"/hearings?q={asked}").words
        assert number(12345) in words, asked
    assert number(777) not in see(scenario, "/hearings?q=13800138001").words
    assert "No hearing was found." in see(scenario, "/hearings?q=%25").words
    scenario.api("POST", "/hearings/2/cancel", {"reason": "settled"})
    assert number(777) in see(scenario, "/hearings?state=cancelled").words
    assert number(12345) not in see(scenario, "/hearings?state=cancelled").words
    assert number(777) in see(scenario, "/hearings?state=nonsense").words


def test_a_search_also_names_cases_that_have_no_hearing_yet(scenario: Scenario) -> None:
    english(scenario)
    enter(scenario, 31)
    words = see(scenario, "/hearings?q=31").words
    assert f"Cases found that have no hearing yet {number(31)}" in words
    assert "Cases found" not in see(scenario, "/hearings").words


def test_long_lists_have_pages(scenario: Scenario) -> None:
    english(scenario)
    many(scenario, 30)
    first, second = see(scenario, "/hearings").words, see(scenario, "/hearings?page=2").words
    assert (first.count("answered."), second.count("answered.")) == (25, 5)
    assert "Older" in first
    assert "Newer" in second
    see(scenario, "/hearings?page=0")
    see(scenario, "/hearings?page=99999999999")


def many(scenario: Scenario, count: int, first: int = 0) -> None:
    """Hearings in cases of their own, each in an hour of its own."""
    from app.hearings import service as hearings
    from app.hearings.forms import HearingIn

    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, scenario.clock.now(), b"x" * 32)
        for n in range(first, first + count):
            two = [{"name": f"{name}{n}", "email": f"{name}{n}@f.example"} for name in "ab"]
            given = case_with(number(5000 + n), *two, judge=f"J{n}")
            case = cases.enter(session, user.court, user, load(CaseIn, given), desk.now)
            body = proposal(case.id, (at(10 + n), "第三法庭"), answer_by=at(0, "20:00"))
            hearings.propose(session, desk, load(HearingIn, body))


def test_a_page_asks_the_database_as_often_for_fifty_as_for_five(scenario: Scenario) -> None:
    paths = ("/", "/hearings", "/cases", "/cases/1", "/waiting", "/calendar?on=2026-12-07")
    many(scenario, 5)
    few = {path: queries_of(scenario, path) for path in paths}
    many(scenario, 45, first=5)
    for path in paths:
        assert queries_of(scenario, path) <= few[path] + 1, path
        assert few[path] < 37, path


def queries_of(scenario: Scenario, path: str) -> int:
    """How many statements a page sends to the database."""
    browser = scenario.sign_in()
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with scenario.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    assert browser.get(path).status_code == 200
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_a_case_shows_its_people_and_how_they_may_be_told(scenario: Scenario) -> None:
    english(scenario)
    body = case_with(number(1))
    body["parties"][0]["counsel"][0] |= {
        "address_confirmed_on": "2026-11-01",
        "electronic_consent_on": "2026-11-02",
    }
    scenario.api("POST", "/cases", body)
    scenario.api("POST", "/hearings", proposal(1))
    scenario.beat()
    words = see(scenario, "/cases/1").words
    for each in (
        "Judge 陈法官",
        "another procedure",
        "Assistant 王书记员",
        "远洋设备有限公司 Claimant",
        "李敏 华诚律师事务所",
        "+8613800138001 li@huacheng.example text, then mail",
        "address confirmed 1 Nov 2026",
        "consents to electronic service 2 Nov 2026",
        "mail, then text address not confirmed no consent to electronic service",
        "Trial Asked Answers by Mon 30 Nov 2026, 17:00",
        "李敏, Zhao Lei Claimant, Respondent Slots proposed 4 messages · text, e-mail Sent",
    ):
        assert each in words, (each, words)
    page = scenario.sign_in().get("/cases/1").text
    for way in ("/hearings/new?case_id=1", "/cases/1/record", "/cases/1/facts", "/cases/1/counsel"):
        assert f'href="{way}"' in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            {"at": "2026-11-23T23:00"},
            "Enter when the contact took place: this time is still to come.",
        ),
        ({"at": "yesterday"}, "When: Enter the day and the time."),
        ({"counsel_id": "99"}, "With whom: This person is not counsel in this case."),
        ({"counsel_id": ""}, "With whom: Choose whom the contact was with."),
        ({"hearing_id": "2"}, "About: Choose a hearing of this case."),
        ({"hearing_id": "x"}, "About: Choose a hearing of this case."),
        ({"outcome": "shouted"}, "Outcome: Choose one of"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    scenario: Scenario, wrong: dict[str, str], words: str
) -> None:
    english(scenario)
    ask(scenario, 1, 15)
    ask(scenario, 2, 16)
    given = {
        "counsel_id": "1",
        "hearing_id": "1",
        "channel": "phone",
        "direction": "in",
        "at": "2026-11-23T08:30",
        "outcome": "spoke",
        "address": "021-555",
        "note": "Wants the <afternoon>",
        **wrong,
    }
    got = scenario.sign_in().post("/cases/1/contacts", data=given)
    assert got.status_code == 422
    page = HtmlPage(got.text)
    assert words in page.words
    assert "Wants the &lt;afternoon&gt;" in got.text
    assert 'value="021-555"' in got.text


def test_another_courts_cases_hearings_and_people_are_not_there(scenario: Scenario) -> None:
    english(scenario)
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Elsewhere", short="E", zone="Asia/Shanghai", country="CN", language="en"
        )
        people.add_user(
            session, court, OTHER, name="Zhou", role="assistant", now=NOW, password=PASSWORD
        )
    ask(scenario, 1, 15, answer_by=at(0, "20:00"))
    browser = scenario.sign_in(OTHER)
    for path in (
        "/cases/1",
        "/cases/1/record",
        "/cases/1/facts",
        "/cases/1/counsel",
        "/cases/1/counsel/1",
    ):
        assert browser.get(path).status_code == 404, path
    given = {"counsel_id": "1", "channel": "phone", "at": "2026-11-23T08:30", "outcome": "spoke"}
    assert browser.post("/cases/1/contacts", data=given).status_code == 404
    for path in ("/", "/?whose=all", "/hearings", "/hearings?q=民初", "/cases"):
        assert number(1) not in browser.get(path).text, path


def test_times_are_the_courts_wherever_the_reader_is(scenario: Scenario) -> None:
    english(scenario)
    ask(scenario, 1, 15)
    got = scenario.sign_in().post(
        "/cases/1/contacts",
        data={
            "counsel_id": "1",
            "channel": "letter",
            "at": "2026-11-20T23:59",
            "outcome": "told",
        },
    )
    assert got.status_code == 303, got.text
    status, said = scenario.api("GET", "/cases/1/contacts")
    assert status == 200
    when = [
        line["detail"]["happened_at"]
        for attempt in said["attempts"]
        for line in attempt["lines"]
        if line["kind"] == "by_hand"
    ]
    assert [dt.datetime.fromisoformat(each) for each in when] == [
        dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC)
    ]
