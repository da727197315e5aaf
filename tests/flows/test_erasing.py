"""What of a case is personal is blanked; the chain, the pages and the reason stay."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.cli import cli
from app.core.db import db, transaction
from app.notices.models import Notice
from app.record.models import Entry, EntryContent
from tests.conftest import CASE, Scenario, at, case_with, proposal
from tests.counsel.test_answers import answer
from tests.flows.test_language_of_pages import addresses, below, scene
from tests.flows.test_verifier import check, run

pytestmark = pytest.mark.database

PERSONAL = (
    "li@huacheng.example",
    "zhao@jinmao.example",
    "13800138001",
    "13800138002",
    "另有一庭",
    "视频作证",
    "维吾尔语",
    "顾某",
)


def do(scenario: Scenario, *words: str, stdin: str = "") -> tuple[int, str]:
    """Run a command; return its status and its output."""
    done = scenario.app.test_cli_runner().invoke(cli, list(words), input=stdin)
    return done.exit_code, done.output + str(done.exception or "")


def erase(scenario: Scenario, number: str = CASE["number"]) -> tuple[int, str]:
    """Erase a case as an administrator does."""
    return do(
        scenario, "record", "erase", "--case", number, "--why", "当事人申请", "--by", "李", "--yes"
    )


@pytest.fixture
def over(scenario: Scenario) -> dict[str, Any]:
    """A case in which much happened, and all of it is past."""
    made = scene(scenario)
    for _ in range(9):
        scenario.wait(days=7)
        scenario.beat()
    answer = {"words": "八日内申请视频作证。"}
    path = "/questions/2/answer"
    assert scenario.api("POST", path, answer, **{"Idempotency-Key": "once"})[0] == 200
    for row in scenario.api("GET", "/hearings?state=proposed")[1]["hearings"]:
        scenario.api("POST", f"/hearings/{row['id']}/cancel", {"reason": "已结案"})
    scenario.beat()
    scenario.wait(days=4)
    scenario.beat()
    return made


def test_contents_go_and_the_chain_stays(scenario: Scenario, over: dict[str, Any]) -> None:
    before = run(scenario, "record", "verify", "--case", CASE["number"])
    status, output = erase(scenario)
    assert status == 0, output
    after = run(scenario, "record", "verify", "--case", CASE["number"])
    lines = int(before.split(": ")[1].split(" ")[0])
    assert f"{lines + 1} lines, whole" in after
    with scenario.app.app_context():
        bodies = [content.body for content in db.session.query(EntryContent).all()]
        last = db.session.query(Entry).order_by(Entry.id.desc()).first()
        kept = json.dumps(bodies, ensure_ascii=False)
        kept += json.dumps([n.facts for n in db.session.query(Notice).all()], ensure_ascii=False)
        assert (last.what, last.detail) == ("erased", {"by": "李", "why": "当事人申请"})
    assert [word for word in PERSONAL if word in kept] == []
    exported = json.loads(
        run(scenario, "record", "export", "--case", CASE["number"], "--format", "json")
    )
    assert [word for word in PERSONAL if word in json.dumps(exported, ensure_ascii=False)] == []
    status, output = check(scenario, exported)
    assert (status, f"contents of {lines} blanked" in output) == (0, True), output


def test_every_page_is_still_there(scenario: Scenario, over: dict[str, Any]) -> None:
    of_files = ("/paper/", "/import/1", "/listings/1")  # this court has none
    paths = [path for path in addresses(scenario, over) if not any(x in path for x in of_files)]
    assert erase(scenario)[0] == 0
    desk = scenario.sign_in("admin@court.example")
    for path in paths:
        page = desk.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert [word for word in PERSONAL if word in page.get_data(as_text=True)] == [], path
    for link in over["fixed"]["links"]:
        for path in ("", "/record", "/questions"):
            page = scenario.client.get(below(link, path))
            assert page.status_code in (200, 410)
            assert "视频作证" not in page.text


def test_what_is_alive_is_not_erased(scenario: Scenario) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    hearing = scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[1]
    scenario.beat()
    status, output = erase(scenario)
    assert (status != 0, "lies ahead or is open" in output) == (True, True), output
    scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "撤诉"})
    status, output = erase(scenario)
    assert (status != 0, "waits to be sent" in output) == (True, True), output
    scenario.beat()
    assert erase(scenario)[0] == 0


def test_counsel_in_another_case_keep_their_addresses(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    other = case_with("（2026）沪0115民初2号")
    other["parties"][1]["counsel"] = []
    scenario.api("POST", "/cases", other)
    assert erase(scenario)[0] == 0
    people = [c for p in scenario.api("GET", "/cases/1")[1]["parties"] for c in p["counsel"]]
    assert [bool(each["email"]) for each in people] == [True, False]


def test_a_reason_and_a_yes_are_needed(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    assert do(scenario, "record", "erase", "--case", CASE["number"], "--why", " ", "--yes")[0] != 0
    status, _ = do(scenario, "record", "erase", "--case", CASE["number"], "--why", "x", stdin="n\n")
    assert status != 0
    with scenario.app.app_context():
        assert db.session.query(Entry).filter_by(what="erased").count() == 0


def test_a_court_keeps_no_longer_than_it_said(scenario: Scenario) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))
    scenario.beat()
    for who in ("li@", "zhao@"):
        answer(scenario.client, scenario.link(who), "yes")
    scenario.beat()
    assert do(scenario, "court", "keep", "Pudong New Area People's Court", "--days", "30")[0] == 0
    for _ in range(6):
        scenario.wait(days=7)
        scenario.beat()
    assert "li@huacheng.example" in run(scenario, "record", "export", "--case", CASE["number"])
    scenario.wait(days=7)
    scenario.beat()
    scenario.beat()
    exported = run(scenario, "record", "export", "--case", CASE["number"])
    assert "li@huacheng.example" not in exported
    assert exported.count(",erased,") == 1
    assert do(scenario, "record", "verify")[0] == 0
    assert do(scenario, "court", "keep", "Pudong New Area People's Court")[0] != 0


NAMES = (
    "李敏",
    "Zhao Lei",
    "远洋设备有限公司",
    "Haitong Trading",
    "华诚律师事务所",
    "Jinmao",
    "买卖合同纠纷",
)


def left(scenario: Scenario, *words: str) -> list[tuple[str, str]]:
    """Where any of some words stands in the database, whatever the table."""
    found = []
    with scenario.app.app_context(), db.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):
                content = json.dumps(
                    [
                        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
                        for each in row
                    ],
                    ensure_ascii=False,
                )
                found += [(name, word) for word in words if word in content]
    return found


def test_with_names_nothing_personal_is_left_in_any_table(
    scenario: Scenario, over: dict[str, Any]
) -> None:
    assert {name for name, _ in left(scenario, *NAMES)} >= {"party", "counsel", "case_file"}
    words = ("record", "erase", "--case", CASE["number"], "--why", "当事人申请", "--names", "--yes")
    status, output = do(scenario, *words)
    assert status == 0, output
    assert left(scenario, *NAMES, *PERSONAL) == []
    scenario.beat()  # calendars' events are drawn anew
    assert left(scenario, *NAMES, *PERSONAL) == []
    assert do(scenario, "record", "verify")[0] == 0
    of_files = ("/paper/", "/import/1", "/listings/1")
    desk = scenario.sign_in("admin@court.example")
    for path in addresses(scenario, over):
        if not any(each in path for each in of_files):
            page = desk.get(path, follow_redirects=True)
            assert page.status_code == 200, path
            # The last is a usual title, which samples of letters have as well.
            assert [word for word in NAMES[:-1] if word in page.get_data(as_text=True)] == [], path


def test_names_of_who_acts_elsewhere_stay_there(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE, **{"Idempotency-Key": "one"})
    other = case_with("（2026）沪0115民初2号")
    other["parties"][1]["counsel"] = []
    scenario.api("POST", "/cases", other)
    assert "api_repeat" in {name for name, _ in left(scenario, "Zhao Lei")}
    court = "Pudong New Area People's Court"
    status, output = do(scenario, "court", "keep", court, "--days", "1", "--names")
    assert (status, "keeps names, addresses and contents for 1 days" in output) == (0, True), output
    with scenario.app.app_context(), transaction() as session:  # only the first one is old
        session.execute(sa.text("UPDATE case_file SET created_at = '2027-01-20' WHERE id = 2"))
    scenario.wait(days=50)
    scenario.beat()
    people = [c for p in scenario.api("GET", "/cases/1")[1]["parties"] for c in p["counsel"]]
    assert [each["name"] for each in people] == ["李敏", "（已删除）"]
    assert [p["name"] for p in scenario.api("GET", "/cases/1")[1]["parties"]] == ["（已删除）"] * 2
    assert scenario.api("GET", "/cases/2")[1]["parties"][0]["name"] == "远洋设备有限公司"
    assert left(scenario, "Zhao Lei") == []
