"""An assessor, an interpreter and a witness are asked by link, and say whether they can come."""

import datetime as dt
import email
import email.policy
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.db import transaction
from app.court.bench import BenchMember, BenchRole
from app.hearings.bench import members
from app.hearings.models import Hearing
from app.notices.entries import entry_of
from app.notices.models import Notice
from app.record import ledger
from app.record.rules import Event, NoticeState
from tests.conftest import CASE, Scenario, at, proposal

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
BENCH = [
    {"name": "陈法官", "role": "presiding"},
    {"name": "周法官", "role": "judge"},
    {"name": "吴陪审", "role": "assessor"},
]
WITNESS = {"name": "Wu Li", "role": "witness"}
MAILS = {"吴陪审": "wu@assessors.example", "Wu Li": "wuli@witness.example"}


def link(scenario: Scenario, to: str) -> str:
    """Return the path of the newest link of a member's page that was sent to an address."""
    for letter in reversed(scenario.letters(to=to)):
        if path := re.search(r"/m/[A-Za-z0-9_-]{22}", letter.body):
            return path.group()
    raise LookupError(f"no link was sent to {to}")


def nonce(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def slots(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page)))


def phone(scenario: Scenario, language: str = "en") -> FlaskClient:
    browser = scenario.client
    browser.environ_base["HTTP_USER_AGENT"] = PHONE
    browser.set_cookie("lang", language)
    return browser


def judge_id(scenario: Scenario, name: str) -> int:
    page = scenario.sign_in().get("/members").text
    row = next(each for each in page.split("<li>") if name in each)
    found = re.search(r"/members/(\d+)", row)
    assert found
    return int(found.group(1))


def add_address(scenario: Scenario, name: str, email: str, **more: str) -> Any:
    path = f"/members/{judge_id(scenario, name)}"
    form = {"email": email, "phone": "", "language": "en", **more}
    return scenario.sign_in().post(path, data=form)


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A case with a bench of three and a witness, who have addresses."""
    title = "远洋设备有限公司与Haitong Trading Ltd买卖合同纠纷"
    status, case = scenario.api(
        "POST", "/cases", {**CASE, "title": title, "bench": [*BENCH[1:], WITNESS]}
    )
    assert status == 201, case
    for name, address in MAILS.items():
        assert add_address(scenario, name, address).status_code == 303
    return int(case["id"])


@pytest.fixture
def hearing(scenario: Scenario, case_id: int) -> dict[str, Any]:
    """A hearing of that case whose round is open and sent."""
    status, made = scenario.api("POST", "/hearings", proposal(case_id))
    assert status == 201, made
    scenario.beat()
    return made


def shown(scenario: Scenario, hearing: dict[str, Any]) -> dict[str, Any]:
    return scenario.api("GET", f"/hearings/{hearing['id']}")[1]


def say(scenario: Scenario, name: str, *says: str) -> Any:
    """Answer the slots in order as a member."""
    browser, path = phone(scenario), link(scenario, MAILS[name])
    page = browser.get(path).text
    return browser.post(
        path, data={"nonce": nonce(page), **dict(zip(slots(page), says, strict=True))}
    )


def counsel_say(scenario: Scenario, *says: str) -> None:
    for to in ("13800138001", "zhao@jinmao.example"):
        browser, path = phone(scenario), scenario.link(to)
        page = browser.get(path).text
        answers = dict(zip(slots(page), says, strict=True))
        assert browser.post(path, data={"nonce": nonce(page), **answers}).status_code == 303


def say_to_date(scenario: Scenario, name: str, **form: str) -> Any:
    browser, path = phone(scenario), link(scenario, MAILS[name])
    page = browser.get(path).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision, page
    data = {"nonce": nonce(page), "revision": revision.group(1), **form}
    return browser.post(f"{path}/date", data=data)


@pytest.mark.database
def test_an_assessor_is_asked_answers_and_is_reminded(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    [letter] = scenario.letters(to=MAILS["吴陪审"])
    assert "needed as assessor" in letter.body
    page = phone(scenario).get(link(scenario, MAILS["吴陪审"])).text
    assert "When can you come?" in page
    assert "买卖合同纠纷" in page
    for secret in ("远洋", "Haitong", "李敏", "Zhao Lei", "/r/"):
        assert secret not in page + letter.body
    counsel_say(scenario, "yes", "if_needed")
    # All counsel take the first slot; the court cannot sit without its assessor.
    assert shown(scenario, hearing)["state"] == "proposed"
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    assert "Waits for: 吴陪审" in desk.get(f"/hearings/{hearing['id']}").text
    assert say(scenario, "吴陪审", "no", "yes").status_code == 303
    fixed = shown(scenario, hearing)
    assert fixed["state"] == "fixed"
    assert fixed["starts_at"] == at(15, "14:00")
    scenario.beat()
    told = scenario.letters(to=MAILS["吴陪审"])[-1]
    assert told.subject.startswith("Please come: ")
    assert "BEGIN:VCALENDAR" in told.raw if hasattr(told, "raw") else True
    assert say_to_date(scenario, "吴陪审", says="come", sure="1").status_code == 303
    page = desk.get(f"/hearings/{hearing['id']}").text
    assert "Said" in page
    assert "that they will come" in page
    scenario.wait(days=12)
    scenario.beat()
    assert scenario.letters(to=MAILS["吴陪审"])[-1].subject.startswith("Reminder, 3 days to go")


def test_who_cannot_come_after_all_is_seen_by_the_court_and_moves_nothing(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    say(scenario, "吴陪审", "yes", "yes")
    counsel_say(scenario, "yes", "yes")
    before = shown(scenario, hearing)
    assert before["state"] == "fixed"
    scenario.beat()
    no_reason = say_to_date(scenario, "吴陪审", says="cannot", reason=" ")
    assert no_reason.status_code == 422
    assert "Say why you cannot come" in no_reason.text
    said = say_to_date(scenario, "吴陪审", says="cannot", reason="In hospital that week.")
    assert said.status_code == 303
    after = shown(scenario, hearing)
    assert (after["state"], after["starts_at"]) == ("fixed", before["starts_at"])
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    home = desk.get("/").text
    assert "吴陪审</bdi> cannot come" in home
    assert "In hospital that week." in home
    assert "In hospital that week." in desk.get(f"/hearings/{hearing['id']}").text
    scenario.beat()
    [mail] = scenario.letters(to="wang@court.example", containing="不能到庭")
    assert "In hospital that week." in mail.body
    counsel = phone(scenario)
    for path in ("", "/record"):
        page = counsel.get(scenario.link("zhao@jinmao.example") + path).text
        assert "hospital" not in page
        assert "Wu Li" not in page
    seen = re.search(r"/members/invitations/\d+/seen", home)
    assert seen
    assert desk.post(seen.group()).status_code == 303
    assert "吴陪审</bdi> cannot come" not in desk.get("/").text
    # Coming after all takes it back.
    assert say_to_date(scenario, "吴陪审", says="come", sure="1").status_code == 303
    assert "that they will come" in desk.get(f"/hearings/{hearing['id']}").text


def test_a_slot_to_which_a_witness_cannot_come_is_not_fixed_and_the_court_reads_why(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    say(scenario, "吴陪审", "yes", "yes")
    say(scenario, "Wu Li", "no", "yes")
    counsel_say(scenario, "yes", "no")
    assert shown(scenario, hearing)["state"] == "proposed"
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    page = desk.get(f"/hearings/{hearing['id']}").text
    assert "Counsel agree on a slot to which somebody needed cannot come: Wu Li." in page
    # A changed answer is taken until a date is fixed, and settles it.
    say(scenario, "Wu Li", "yes", "yes")
    assert shown(scenario, hearing)["state"] == "fixed"


def test_a_silent_assessor_holds_a_date_up_no_longer_than_the_time_to_answer(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    counsel_say(scenario, "yes", "yes")
    assert shown(scenario, hearing)["state"] == "proposed"
    scenario.wait(days=7, hours=9)
    scenario.beat()
    assert shown(scenario, hearing)["state"] == "fixed"
    late = say_after(scenario, "吴陪审")
    assert late.status_code == 422 or late.status_code == 410


def say_after(scenario: Scenario, name: str) -> Any:
    """Answer a round that is over, from a page that was never rendered for it."""
    browser, path = phone(scenario), link(scenario, MAILS[name])
    page = browser.get(path).text
    return browser.post(path, data={"nonce": nonce(page), "slot-1": "yes", "slot-2": "yes"})


def test_an_answer_to_a_round_that_ended_meanwhile_is_refused_in_words(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    browser, path = phone(scenario), link(scenario, MAILS["吴陪审"])
    page = browser.get(path).text
    form = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "By order"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    late = browser.post(path, data=form)
    assert late.status_code == 410
    assert "your answer changes nothing now" in late.text
    # Twice the same press is one entry; another person's page is none of theirs.
    again = scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "Settled"})
    assert again[0] == 200
    scenario.beat()
    assert scenario.letters(to=MAILS["吴陪审"])[-1].subject.startswith("You need not come")
    assert "does not take place" in browser.get(path).text


def test_pressing_twice_is_one_answer_and_reading_decides_nothing(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    browser, path = phone(scenario), link(scenario, MAILS["吴陪审"])
    page = browser.get(path).text
    assert browser.get(path, query_string=dict.fromkeys(slots(page), "yes")).status_code == 200
    form = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    for _ in range(2):
        assert browser.post(path, data=form).status_code == 303
    answers = [
        each
        for each in scenario.record(hearing["id"])
        if each["what"] == "answered" and each["side"] == "member"
    ]
    assert len(answers) == 1
    missing = browser.post(path, data={"nonce": nonce(page), slots(page)[0]: "perhaps"})
    assert missing.status_code == 422
    assert "Choose whether you can come." in missing.text
    assert browser.post(path, data={**form, "nonce": "forged"}).status_code == 422


def test_a_members_key_opens_no_page_of_counsel_and_counsels_none_of_theirs(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    browser = phone(scenario)
    member, counsel = link(scenario, MAILS["Wu Li"]), scenario.link("zhao@jinmao.example")
    for path in ("", "/record", "/papers", "/questions", "/address", "/feed"):
        assert browser.get(member.replace("/m/", "/r/") + path).status_code == 404
    assert browser.get(counsel.replace("/r/", "/m/")).status_code == 404
    # A page key of counsel signs nothing of a member's.
    page = browser.get(counsel).text
    forged = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert browser.post(member, data=forged).status_code == 422


def test_who_is_replaced_is_told_so_and_their_link_says_it(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    path = link(scenario, MAILS["吴陪审"])
    with scenario.app.app_context(), transaction() as session:
        row = session.get_one(Hearing, hearing["id"])
        bench = [BenchMember(each["name"], BenchRole(each["role"])) for each in BENCH[:2]]
        others = [
            BenchMember("郑陪审", BenchRole.ASSESSOR),
            BenchMember("Wu Li", BenchRole.WITNESS),
        ]
        members.set_bench(session, row, [*bench, *others])
    gone = phone(scenario).get(path)
    assert gone.status_code == 410
    assert "You are no longer needed at this hearing" in gone.text
    scenario.beat()
    assert scenario.letters(to=MAILS["吴陪审"])[-1].subject.startswith("You need not come")
    assert add_address(scenario, "郑陪审", "zheng@assessors.example").status_code == 303
    scenario.beat()
    [asked] = scenario.letters(to="zheng@assessors.example")
    assert asked.subject.startswith("Can you come?")


def test_a_replaced_link_says_so_and_the_new_one_is_sent(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    path = link(scenario, MAILS["Wu Li"])
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    page = desk.get(f"/hearings/{hearing['id']}").text
    row = page.split("Wu Li</bdi>")[-1]
    found = re.search(r'action="(/members/invitations/\d+/new-link)".*?value="(\d+)"', page, re.S)
    assert found, row
    forms = re.findall(
        r'action="(/members/invitations/\d+/new-link)"[^>]*><input[^>]*value="(\d+)"', page
    )
    for action, version in forms:
        for _ in range(2):
            assert desk.post(action, data={"version": version}).status_code == 303
    assert phone(scenario).get(path).status_code == 410
    scenario.beat()
    newest = link(scenario, MAILS["Wu Li"])
    assert newest != path
    assert phone(scenario).get(newest).status_code == 200
    status, listed = scenario.api("GET", f"/hearings/{hearing['id']}/members")
    assert status == 200, listed
    assert {each["name"]: each["state"] for each in listed["members"]} == {
        "吴陪审": "sent",
        "Wu Li": "sent",
    }


def test_the_address_of_counsel_is_refused_to_who_sits_in_their_case(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    refused = add_address(scenario, "吴陪审", "zhao@jinmao.example")
    assert refused.status_code == 422
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    path = f"/members/{judge_id(scenario, '吴陪审')}"
    page = desk.post(path, data={"email": "zhao@jinmao.example", "phone": "", "language": ""})
    assert "This is the address of Zhao Lei" in page.text
    assert 'value="zhao@jinmao.example"' in page.text
    for typed in ({"email": "no address"}, {"phone": "12"}, {"language": "fr"}):
        wrong = desk.post(path, data={"email": "", "phone": "", "language": "", **typed})
        assert wrong.status_code == 422
    status, said = scenario.api("PATCH", f"/members/{judge_id(scenario, 'Wu Li')}", {"phone": "12"})
    assert status == 422, said


def test_a_member_who_was_not_reached_is_a_thing_to_do(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        of_witness = sa.select(Notice).where(Notice.name == "Wu Li", Notice.state == "sent")
        notice = session.scalars(of_witness).one()
        settle_failed(session, notice, scenario.clock.now())
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    assert "Wu Li" in desk.get("/").text
    page = desk.get(f"/hearings/{hearing['id']}").text
    assert "No message to them arrived." in page
    called = re.search(r"/members/invitations/\d+/called", page)
    assert called
    assert desk.post(called.group()).status_code == 303
    assert "Wu Li" not in desk.get("/").text


def settle_failed(session: Session, notice: Notice, now: dt.datetime) -> None:
    """Let a carrier report that a message did not arrive."""
    notice.state = NoticeState.FAILED.value
    ledger.append(session, [entry_of(notice, Event.FAILED, code="550")], now)


def test_the_certificate_shows_who_was_reached_without_reasons(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    say(scenario, "吴陪审", "yes", "yes")
    counsel_say(scenario, "yes", "yes")
    scenario.beat()
    say_to_date(scenario, "Wu Li", says="cannot", reason="In hospital that week.")
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    page = desk.get(f"/cases/{hearing['case_id']}/certificate").text
    assert "吴陪审" in page
    assert "Cannot come" in page
    for secret in ("hospital", "Wu Li", *MAILS.values()):
        assert secret not in page


def test_a_member_reads_each_day_of_a_hearing_of_several(scenario: Scenario, case_id: int) -> None:
    days = [(14, "第三法庭", 360), (15, "第五法庭", 90)]
    slot = {
        "sittings": [
            {"starts_at": at(day), "minutes": minutes, "courtroom": room}
            for day, room, minutes in days
        ]
    }
    status, hearing = scenario.api(
        "POST", "/hearings", {**proposal(case_id), "minutes": None, "slots": [slot]}
    )
    assert status == 201, hearing
    scenario.beat()
    path = link(scenario, MAILS["吴陪审"])

    def read_days() -> None:
        page = phone(scenario).get(path).text
        listed = re.findall(r'<ol class="sittings">(.*?)</ol>', page, re.DOTALL)
        assert len(listed) == 1
        assert [room for _, room, _ in days if room in listed[0]] == ["第三法庭", "第五法庭"]
        assert "(2 days)" in page
        assert "minutes" not in page

    read_days()
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "by order"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    read_days()
    scenario.beat()
    [invite] = [each for each in scenario.letters(to=MAILS["吴陪审"]) if each.has_calendar]
    mail = email.message_from_bytes(
        (scenario.folder / "outbox" / invite.name).read_bytes(), policy=email.policy.default
    )
    [calendar] = {
        part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"
    }
    assert "RRULE:FREQ=DAILY;COUNT=2" in calendar
    assert "RSVP" not in calendar  # a reply is not read: the letter says so
