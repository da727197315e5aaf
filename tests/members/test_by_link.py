"""An assessor, an interpreter and a witness are asked by link, and say whether they can come."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

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
    for name, email in MAILS.items():
        assert add_address(scenario, name, email).status_code == 303
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
