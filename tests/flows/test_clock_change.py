"""A country changes its clock: what was told for 09:30 stays at 09:30, everywhere."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import CASE, Scenario, at, make_court, make_scenario, proposal
from tests.flows.test_cli import tingqi
from tests.flows.test_desk import answer
from tests.flows.test_settings import COURT
from tests.flows.test_zones import calendar, fix
from tests.members.test_by_link import add_address
from tests.replied import invited
from tests.tzif import compiled, machine, path, switch

pytestmark = pytest.mark.database

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"
INTERPRETER = "zheng@interpreters.example"
CHANGE = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Shanghai's rules before and after it is decided to set the clock an hour forward."""
    old = machine(tmp_path / "old", "2999a", Asia__Shanghai=compiled(480))
    new = machine(tmp_path / "new", "2999b", Asia__Shanghai=compiled(480, [(CHANGE, 540)]))
    with path(old):
        yield old, new


@pytest.fixture
def scenario(folders: tuple[Path, Path], database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court that was started with the rules of before."""
    made = make_scenario(tmp_path, database)
    make_court(made)
    yield made
    made.close()


def upgrade(scenario: Scenario, *folders: Path) -> Scenario:
    """Stop all processes, upgrade the machine's zones, start again."""
    with scenario.app.app_context():
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    scenario.close()
    switch(*folders)
    made = make_scenario(scenario.folder, url)
    made.clock.set(scenario.clock.now())
    made.tokens = scenario.tokens
    return made


def wall(invite_at: dt.datetime) -> str:
    """What a calendar program that keeps instants shows in Shanghai by the rules in use."""
    return f"{invite_at.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d %H:%M}"


def feed(scenario: Scenario, hearing: int) -> tuple[str, str]:
    """The tag and the events of the calendar of a hearing, asked for anew."""
    status, made = scenario.api("POST", "/feeds", {"scope": "hearing", "hearing_id": hearing})
    assert status in (200, 201), made
    answer = scenario.client.get(re.sub(r"^https?://[^/]+", "", made["url"]))
    return str(answer.headers["ETag"]), answer.get_data(as_text=True)


def run(scenario: Scenario, zones: Path, *words: str) -> list[str]:
    """The lines that a command prints, on a machine with such zones."""
    with scenario.app.app_context():
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = {
        "TINGQI_INSTANCE": str(scenario.folder),
        "TINGQI_DATABASE_URL": url,
        "TINGQI_SECRET_KEY": scenario.app.config["SECRET_KEY"].decode(),
    }
    done = tingqi({**kept, **said, "PYTHONTZPATH": str(zones)}, *words)
    return str(done.stdout).splitlines()


@pytest.mark.parametrize("first", ["worker", "page"])
def test_a_fixed_hearing_keeps_its_wall_clock_everywhere(
    scenario: Scenario, folders: tuple[Path, Path], first: str
) -> None:
    hearing = fix(scenario, at(14))
    bench = [{"name": "陈法官", "role": "presiding"}, {"name": "郑翻译", "role": "interpreter"}]
    assert scenario.api("POST", f"/hearings/{hearing}/bench", {"bench": bench})[0] == 200
    assert add_address(scenario, "郑翻译", INTERPRETER).status_code == 303
    scenario.beat()
    before, interpreter_before = invited(scenario, LI), invited(scenario, INTERPRETER)
    tag, _ = feed(scenario, hearing)
    sent = len(scenario.letters())
    scenario = upgrade(scenario, folders[1])
    if first == "worker":
        scenario.beat()
    browser = scenario.sign_in()
    page = browser.get(f"/hearings/{hearing}?lang=en").get_data(as_text=True)
    assert "7 Dec 2026, 09:30" in page
    assert "10:30" not in page
    scenario.beat()
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    assert shown["starts_at"] == "2026-12-07T09:30:00+09:00"
    after = invited(scenario, LI)
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert (after.method, wall(after.starts_at)) == ("REQUEST", "12-07 09:30")
    assert after.starts_at == before.starts_at - dt.timedelta(hours=1)
    assert "DTSTART;TZID=Asia/Shanghai:20261207T093000" in calendar(scenario)
    # Whoever is needed from outside the court has a calendar, too.
    interpreter = invited(scenario, INTERPRETER)
    assert interpreter.sequence == interpreter_before.sequence + 1
    assert (interpreter.method, wall(interpreter.starts_at)) == ("REQUEST", "12-07 09:30")
    letters = scenario.letters()[sent:]
    assert len(scenario.letters(to=INTERPRETER, containing="The date stays")) == 1
    assert {letter.channel for letter in letters} == {"email"}
    zhao = next(letter for letter in letters if ZHAO in letter.to)
    assert "The date stays" in zhao.subject
    assert "Mon 7 Dec 2026, 09:30–11:00" in zhao.body
    newer, events = feed(scenario, hearing)
    assert newer != tag
    assert "DTSTART;TZID=Asia/Shanghai:20261207T093000" in events
    assert "TZOFFSETTO:+0900" in events
    lines = [line for line in scenario.record(hearing) if line["what"] == "clock"]
    assert [line["detail"] for line in lines] == [
        {
            "zone": "Asia/Shanghai",
            "rules": "2999b",
            "was": "2026-12-07T01:30:00+00:00",
            "starts_at": "2026-12-07T00:30:00+00:00",
        }
    ]
    scenario.beat()
    assert len(scenario.letters()) == sent + len(letters)
    assert "whole" in run(scenario, folders[1], "record", "verify")[0]
    scenario.close()


def test_reminders_go_by_the_clock_and_name_the_time_that_was_told(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    fix(scenario, at(14))
    scenario = upgrade(scenario, folders[1])
    scenario.beat()
    for day in (7, 11, 13):  # seven days, three days and one before
        scenario.clock.set(
            dt.datetime.fromisoformat(at(day, "09:00", "+09:00" if day > 7 else "+08:00"))
        )
        scenario.wait(minutes=-1)
        scenario.beat()
        before = len(scenario.letters())
        scenario.wait(minutes=1)
        scenario.beat()
        letters = scenario.letters()[before:]
        assert len(letters) == 4
        assert all("09:30" in letter.body and "10:30" not in letter.body for letter in letters)
    scenario.close()


def test_an_open_round_and_its_date_to_answer_by_keep_their_wall_clock(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    asked = proposal(case_id, answer_by=at(11, "17:00"))
    hearing = scenario.api("POST", "/hearings", asked)[1]["id"]
    scenario.beat()
    scenario = upgrade(scenario, folders[1])
    page = scenario.client.get(f"{scenario.link(ZHAO)}?lang=en").get_data(as_text=True)
    for words in ("09:30–11:00", "14:00–15:30", "17:00"):
        assert words in page
    scenario.beat()
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    assert [slot["starts_at"] for slot in shown["slots"]] == [
        "2026-12-07T09:30:00+09:00",
        "2026-12-08T14:00:00+09:00",
    ]
    assert shown["answer_by"] == "2026-12-04T17:00:00+09:00"
    scenario.close()


def test_what_counsel_answered_is_shown_as_it_was_told(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    assert scenario.api("POST", "/hearings", proposal(case_id))[0] == 201
    scenario.beat()
    link = scenario.link(ZHAO)
    answer(scenario, ZHAO, "yes", "no")
    scenario.wait(hours=1)
    scenario = upgrade(scenario, folders[1])
    scenario.beat()
    page = scenario.client.get(f"{link}/record?lang=en").get_data(as_text=True)
    assert "7 Dec 2026, 09:30" in page
    assert "10:30" not in page
    scenario.close()


def test_a_corrected_zone_leaves_the_clock(scenario: Scenario, folders: tuple[Path, Path]) -> None:
    hearing = fix(scenario, at(14))
    before = invited(scenario, LI)
    admin = scenario.sign_in("admin@court.example")
    assert admin.post("/settings", data={**COURT, "zone": "Asia/Tokyo"}).status_code == 303
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    assert shown["starts_at"] == "2026-12-07T09:30:00+09:00"
    scenario.beat()
    after = invited(scenario, LI)
    assert after.sequence == before.sequence + 1
    assert "DTSTART;TZID=Asia/Tokyo:20261207T093000" in calendar(scenario)


def test_a_date_before_the_change_is_left_alone(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    asked = proposal(case_id, (at(7, "14:00"), "第三法庭"), (at(14), "第三法庭"))
    asked["answer_by"] = at(4, "17:00")
    hearing = scenario.api("POST", "/hearings", asked)[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    sent = len(scenario.letters())
    scenario = upgrade(scenario, folders[1])
    scenario.beat()
    assert len(scenario.letters()) == sent
    assert not [line for line in scenario.record(hearing["id"]) if line["what"] == "clock"]
    shown = scenario.api("GET", f"/hearings/{hearing['id']}")[1]
    assert shown["starts_at"] == "2026-11-30T14:00:00+08:00"
    page = scenario.sign_in().get(f"/hearings/{hearing['id']}?lang=en").get_data(as_text=True)
    assert "10:30" not in page
    scenario.close()


def test_older_rules_than_those_of_the_database_show_and_send_nothing(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    hearing = fix(scenario, at(14))
    scenario = upgrade(scenario, folders[1])
    scenario.beat()
    sent = len(scenario.letters())
    scenario = upgrade(scenario, folders[0])
    answer = scenario.client.get(f"{scenario.link(ZHAO)}?lang=en")
    assert answer.status_code == 503
    assert "Upgrade tzdata here" in answer.get_data(as_text=True)
    status, said = scenario.api("GET", f"/hearings/{hearing}")
    assert (status, said["type"].rpartition("/")[2]) == (503, "older-rules")
    assert scenario.client.get("/healthz").status_code == 200
    [problem] = [
        line for line in run(scenario, folders[0], "doctor") if line.startswith("PROBLEM stored")
    ]
    assert "(2999a) are older" in problem
    scenario.wait(days=7)
    scenario.beat()
    assert len(scenario.letters()) == sent
    scenario = upgrade(scenario, folders[1])
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    assert shown["starts_at"] == "2026-12-07T09:30:00+09:00"
    scenario.close()


def test_the_same_rules_compiled_otherwise_change_nothing(
    scenario: Scenario, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    hearing = fix(scenario, at(14))
    sent = len(scenario.letters())
    once = [(dt.datetime(1980, 1, 1, tzinfo=dt.UTC), 480)]
    other = machine(tmp_path / "fat", "2999b", Asia__Shanghai=compiled(480, once))
    scenario = upgrade(scenario, other)
    scenario.beat()
    assert len(scenario.letters()) == sent
    assert not [line for line in scenario.record(hearing) if line["what"] == "clock"]
    scenario.close()


def test_a_hearing_in_an_hour_that_is_left_out_leaves_another_its_time(
    scenario: Scenario, folders: tuple[Path, Path]
) -> None:
    """By the new rules 1 December has no 08:00 to 09:00: told for 08:15, it is 09:15."""
    early = fix(scenario, at(8, "08:15"))
    case_id = scenario.api("POST", "/cases", {**CASE, "number": "（2026）沪0115民初12346号"})[1][
        "id"
    ]
    asked = proposal(case_id, (at(8, "09:45"), "第三法庭"), answer_by=at(5, "17:00"))
    status, later = scenario.api("POST", "/hearings", asked)
    assert status == 201, later
    scenario = upgrade(scenario, folders[1])
    scenario.beat()
    shown = [scenario.api("GET", f"/hearings/{each}")[1] for each in (early, later["id"])]
    assert shown[0]["starts_at"] == "2026-12-01T09:15:00+09:00"
    assert shown[1]["slots"][0]["starts_at"] == "2026-12-01T09:45:00+09:00"
    told = [each.body for each in scenario.letters(to="wang@court.example", channel="email")]
    assert [body for body in told if "时间重叠" in body and "陈法官" in body]
    scenario.close()
