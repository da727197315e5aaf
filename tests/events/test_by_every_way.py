"""Each use case leaves its event whichever way it comes: by an import too, and by the court."""

import io
from typing import Any

import pytest

from app.worker import beat as worker
from tests.conftest import CASE, Scenario
from tests.events.test_events import events, types
from tests.flows.test_propose_page import HtmlPage

pytestmark = pytest.mark.database

HEAD = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱,开庭时间,时长,法庭,开庭结果\n"
ROW = "（2026）沪0115民初7号,借款,陈法官,甲公司,原告,李敏,li@x.example,{at},60,第三法庭,{outcome}\n"


def entered(scenario: Scenario, text: str) -> str:
    """Send a file, let the worker check and enter it, and return its path."""
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    data = {"file": (io.BytesIO(text.encode()), "cases.csv")}
    sent = scenario.client.post("/api/v1/imports", data=data, headers=head)
    path = str(sent.headers["Location"]).removeprefix("/api/v1")
    worker.process_file(scenario.app)
    status, checked = scenario.api("POST", f"{path}/enter", {})
    assert status == 200, (checked, scenario.api("GET", path))
    worker.process_file(scenario.app)
    assert scenario.api("GET", path)[1]["state"] == "entered"
    return path


def test_hearings_of_a_file_leave_events_and_so_does_their_undoing(scenario: Scenario) -> None:
    before, to_come = "2026-11-10 09:30", "2026-12-20 09:30"
    text = HEAD + ROW.format(at=before, outcome="已开庭") + ROW.format(at=to_come, outcome="")
    path = entered(scenario, text)
    found = events(scenario)
    told = sorted((each["type"], each["data"]["hearing_id"]) for each in found)
    assert [each for each, _ in told] == ["hearing.fixed"] * 2 + ["hearing.outcome"]
    first, second, past = (hearing for _, hearing in told)
    assert first < second
    assert past == first
    case = found[0]["data"]["case_id"]
    assert {each["data"]["case_id"] for each in found} == {case}
    assert found[0]["data"]["chain"] == {"number": 0, "hash": "0" * 64}
    entered(scenario, text)  # the same file again changes nothing
    assert len(events(scenario)) == 3
    assert scenario.api("GET", f"/cases/{case}/contacts")[1]["chain"]["lines"] == 0
    status, undone = scenario.api("POST", f"{path}/undo")
    assert (status, undone["state"]) == (200, "undone")
    gone = events(scenario, 3)
    assert [each["type"] for each in gone] == ["hearing.cancelled"] * 2
    assert [each["data"]["hearing_id"] for each in gone] == [first, second]
    assert scenario.api("GET", f"/cases/{case}")[0] == 404
    assert len(events(scenario, case_id=case)) == 5


def test_an_address_that_the_court_enters_leaves_an_event_in_each_case(scenario: Scenario) -> None:
    case = scenario.api("POST", "/cases", CASE)[1]
    li = case["parties"][0]["counsel"][0]["id"]
    star = {"If-Match": "*"}
    path = f"/counsel/{li}"
    assert scenario.api("PATCH", path, {"firm": "Other"}, **star)[0] == 200
    assert types(scenario) == []
    assert scenario.api("PATCH", path, {"email": "li@new.example"}, **star)[0] == 200
    [changed] = events(scenario)
    assert changed["type"] == "address.changed"
    assert (changed["data"]["case_id"], changed["data"]["counsel_id"]) == (case["id"], li)
    browser = scenario.sign_in()
    page = HtmlPage(browser.get("/cases/1/counsel/1").text)
    form = next(each for each in page.forms if "email" in each.filled())
    done: Any = browser.post(
        "/cases/1/counsel/1", data=form.filled(email="li@third.example", do="save")
    )
    assert done.status_code == 303, done.text
    assert types(scenario) == ["address.changed"] * 2
