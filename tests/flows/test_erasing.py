"""What of a case is personal is blanked; the chain, the pages and the reason stay."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.cli import cli
from app.core.db import db, transaction
from app.notices.models import Notice
from app.record.models import Entry, EntryContent
from tests.conftest import CASE, House, at, case_with, proposal
from tests.flows.test_language_of_pages import addresses, scene
from tests.flows.test_reply import answer
from tests.flows.test_verifier import check, run

PERSONAL = ("li@huacheng.example", "zhao@jinmao.example", "13800138001", "13800138002", "另有一庭")


def do(house: House, *words: str, said: str = "") -> tuple[int, str]:
    """Run a command; return its status and all that it said."""
    done = house.app.test_cli_runner().invoke(cli, list(words), input=said)
    return done.exit_code, done.output + str(done.exception or "")


def erase(house: House, number: str = CASE["number"]) -> tuple[int, str]:
    """Erase a case as an administrator does."""
    return do(
        house, "record", "erase", "--case", number, "--why", "当事人申请", "--by", "李", "--yes"
    )


@pytest.fixture
def over(house: House) -> dict[str, Any]:
    """A case in which much happened, and all of it is past."""
    made = scene(house)
    for _ in range(9):
        house.wait(days=7)
        house.beat()
    for row in house.api("GET", "/hearings?state=proposed")[1]["hearings"]:
        house.api("POST", f"/hearings/{row['id']}/cancel", {"reason": "已结案"})
    house.beat()
    house.wait(days=4)
    house.beat()
    return made


def test_contents_go_and_the_chain_stays(house: House, over: dict[str, Any]) -> None:
    before = run(house, "record", "verify", "--case", CASE["number"])
    status, said = erase(house)
    assert status == 0, said
    after = run(house, "record", "verify", "--case", CASE["number"])
    lines = int(before.split(": ")[1].split(" ")[0])
    assert f"{lines + 1} lines, whole" in after
    with house.app.app_context():
        bodies = [content.body for content in db.session.query(EntryContent).all()]
        last = db.session.query(Entry).order_by(Entry.id.desc()).first()
        kept = json.dumps(bodies, ensure_ascii=False)
        kept += json.dumps([n.facts for n in db.session.query(Notice).all()], ensure_ascii=False)
        assert (last.what, last.detail) == ("erased", {"by": "李", "why": "当事人申请"})
    assert [word for word in PERSONAL if word in kept] == []
    exported = json.loads(
        run(house, "record", "export", "--case", CASE["number"], "--format", "json")
    )
    assert [word for word in PERSONAL if word in json.dumps(exported, ensure_ascii=False)] == []
    status, said = check(house, exported)
    assert (status, f"contents of {lines} blanked" in said) == (0, True), said


def test_every_page_is_still_there(house: House, over: dict[str, Any]) -> None:
    of_files = ("/paper/", "/import/1", "/listings/1")  # this court has none
    paths = [path for path in addresses(house, over) if not any(x in path for x in of_files)]
    assert erase(house)[0] == 0
    desk = house.sign_in("admin@court.example")
    for path in paths:
        page = desk.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert [word for word in PERSONAL if word in page.get_data(as_text=True)] == [], path
    for link in over["fixed"]["links"]:
        for page in ("", "/record"):
            assert house.client.get(link + page).status_code in (200, 410)


def test_what_is_alive_is_not_erased(house: House) -> None:
    case_id = house.api("POST", "/cases", CASE)[1]["id"]
    hearing = house.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[1]
    house.beat()
    status, said = erase(house)
    assert (status != 0, "lies ahead or is open" in said) == (True, True), said
    house.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "撤诉"})
    status, said = erase(house)
    assert (status != 0, "waits to be sent" in said) == (True, True), said
    house.beat()
    assert erase(house)[0] == 0


def test_counsel_in_another_case_keep_their_addresses(house: House) -> None:
    house.api("POST", "/cases", CASE)
    other = case_with("（2026）沪0115民初2号")
    other["parties"][1]["counsel"] = []
    house.api("POST", "/cases", other)
    assert erase(house)[0] == 0
    people = [c for p in house.api("GET", "/cases/1")[1]["parties"] for c in p["counsel"]]
    assert [bool(each["email"]) for each in people] == [True, False]


def test_a_reason_and_a_yes_are_needed(house: House) -> None:
    house.api("POST", "/cases", CASE)
    assert do(house, "record", "erase", "--case", CASE["number"], "--why", " ", "--yes")[0] != 0
    status, _ = do(house, "record", "erase", "--case", CASE["number"], "--why", "x", said="n\n")
    assert status != 0
    with house.app.app_context():
        assert db.session.query(Entry).filter_by(what="erased").count() == 0


def test_a_court_keeps_no_longer_than_it_said(house: House) -> None:
    case_id = house.api("POST", "/cases", CASE)[1]["id"]
    house.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))
    house.beat()
    for who in ("li@", "zhao@"):
        answer(house.client, house.link(who), "yes")
    house.beat()
    assert do(house, "court", "keep", "Pudong New Area People's Court", "--days", "30")[0] == 0
    for _ in range(6):
        house.wait(days=7)
        house.beat()
    assert "li@huacheng.example" in run(house, "record", "export", "--case", CASE["number"])
    house.wait(days=7)
    house.beat()
    house.beat()
    exported = run(house, "record", "export", "--case", CASE["number"])
    assert "li@huacheng.example" not in exported
    assert exported.count(",erased,") == 1
    assert do(house, "record", "verify")[0] == 0
    assert do(house, "court", "keep", "Pudong New Area People's Court")[0] != 0


NAMES = (
    "李敏",
    "Zhao Lei",
    "远洋设备有限公司",
    "Haitong Trading",
    "华诚律师事务所",
    "Jinmao",
    "买卖合同纠纷",
)


def left(house: House, *words: str) -> list[tuple[str, str]]:
    """Where any of some words stands in the database, whatever the table."""
    found = []
    with house.app.app_context(), db.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):
                said = json.dumps(
                    [
                        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
                        for each in row
                    ],
                    ensure_ascii=False,
                )
                found += [(name, word) for word in words if word in said]
    return found


def test_with_names_nothing_personal_is_left_in_any_table(
    house: House, over: dict[str, Any]
) -> None:
    assert {name for name, _ in left(house, *NAMES)} >= {"party", "counsel", "case_file"}
    words = ("record", "erase", "--case", CASE["number"], "--why", "当事人申请", "--names", "--yes")
    status, said = do(house, *words)
    assert status == 0, said
    assert left(house, *NAMES, *PERSONAL) == []
    house.beat()  # calendars' events are drawn anew
    assert left(house, *NAMES, *PERSONAL) == []
    assert do(house, "record", "verify")[0] == 0
    of_files = ("/paper/", "/import/1", "/listings/1")
    desk = house.sign_in("admin@court.example")
    for path in addresses(house, over):
        if not any(each in path for each in of_files):
            page = desk.get(path, follow_redirects=True)
            assert page.status_code == 200, path
            # The last is a usual title, which samples of letters have as well.
            assert [word for word in NAMES[:-1] if word in page.get_data(as_text=True)] == [], path


def test_names_of_who_acts_elsewhere_stay_there(house: House) -> None:
    house.api("POST", "/cases", CASE, **{"Idempotency-Key": "one"})
    other = case_with("（2026）沪0115民初2号")
    other["parties"][1]["counsel"] = []
    house.api("POST", "/cases", other)
    assert "api_repeat" in {name for name, _ in left(house, "Zhao Lei")}
    court = "Pudong New Area People's Court"
    status, said = do(house, "court", "keep", court, "--days", "1", "--names")
    assert (status, "keeps names, addresses and contents for 1 days" in said) == (0, True), said
    with house.app.app_context(), transaction() as session:  # only the first one is old
        session.execute(sa.text("UPDATE case_file SET created_at = '2027-01-20' WHERE id = 2"))
    house.wait(days=50)
    house.beat()
    people = [c for p in house.api("GET", "/cases/1")[1]["parties"] for c in p["counsel"]]
    assert [each["name"] for each in people] == ["李敏", "（已删除）"]
    assert [p["name"] for p in house.api("GET", "/cases/1")[1]["parties"]] == ["（已删除）"] * 2
    assert house.api("GET", "/cases/2")[1]["parties"][0]["name"] == "远洋设备有限公司"
    assert left(house, "Zhao Lei") == []
