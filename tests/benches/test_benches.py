"""Hearings with several people: booked, shown, searched and imported."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.cli import cli
from tests.conftest import CASE, Scenario, at, case_with, proposal

BENCH = [
    {"name": "陈法官", "role": "presiding"},
    {"name": "周法官", "role": "judge"},
    {"name": "吴陪审", "role": "assessor"},
]
ONE_SLOT = [(at(14), "第三法庭")]
pytestmark = pytest.mark.database


def propose(scenario: Scenario, case: dict[str, Any], *slots: Any, **more: Any) -> Any:
    """Enter a case and propose a hearing of it; return the status and the answer."""
    status, entered = scenario.api("POST", "/cases", case)
    assert status == 201, entered
    return scenario.api("POST", "/hearings", proposal(entered["id"], *(slots or ONE_SLOT), **more))


def other_case(number: str, judge: str) -> dict[str, Any]:
    """Return a case of other counsel before another judge."""
    people = [
        {"name": f"律师{number}{n}", "email": f"c{n}.{number}@firm.example", "language": "zh"}
        for n in range(2)
    ]
    return case_with(f"（2026）沪0115民初{number}号", *people, judge=judge)


def test_a_member_is_booked_and_nobody_has_two_hearings_at_once(scenario: Scenario) -> None:
    status, hearing = propose(scenario, CASE, bench=BENCH)
    assert status == 201, hearing
    assert hearing["bench"] == BENCH
    assert hearing["judge"] == "陈法官"
    taken = [{"name": "孙法官", "role": "presiding"}, {"name": "吴陪审", "role": "assessor"}]
    status, refused = propose(
        scenario, other_case("7", "孙法官"), (at(14, "10:00"), "第五法庭"), bench=taken
    )
    assert status == 409
    assert "吴陪审 (assessor) has （2026）沪0115民初12345号 then" in refused["detail"]
    # Somebody who presides elsewhere is as busy as one who sits beside another.
    status, _ = propose(scenario, other_case("8", "周法官"), (at(14, "10:00"), "第五法庭"))
    assert status == 409
    status, _ = propose(scenario, other_case("9", "孙法官"), (at(14, "10:00"), "第五法庭"))
    assert status == 201


def test_a_case_has_a_bench_that_its_hearings_get(scenario: Scenario) -> None:
    case = {**CASE, "bench": [*BENCH[1:], {"name": "郑翻译", "role": "interpreter"}]}
    status, hearing = propose(scenario, case)
    assert status == 201, hearing
    assert [each["name"] for each in hearing["bench"]] == ["陈法官", "周法官", "吴陪审", "郑翻译"]
    scenario.beat()
    letter = scenario.letters(to="zhao@jinmao.example")[0]
    assert "陈法官 (presiding), 周法官, 吴陪审 (assessor)" in letter.body
    assert "郑翻译" not in letter.body
    page = scenario.client.get(scenario.link("zhao@jinmao.example")).text
    assert "吴陪审 (assessor)" in page
    assert "郑翻译" not in page
    desk = scenario.sign_in().get(f"/hearings/{hearing['id']}").text
    assert "合议庭：陈法官（审判长）、周法官、吴陪审（人民陪审员）、郑翻译（翻译人员）" in desk


@pytest.mark.parametrize(
    ("bench", "words"),
    [
        ([{"name": "吴陪审", "role": "assessor"}], "Name the judge who presides."),
        ([BENCH[0], BENCH[1], BENCH[1]], "周法官 is named twice."),
        ([BENCH[0], {"name": "李法官", "role": "presiding"}], "Only one judge presides; 2"),
        ([BENCH[0], {"name": "李敏", "role": "assessor"}], "李敏 acts for a party of this case"),
        ([{"name": "", "role": "judge"}], "Enter the person's name."),
        ([{"name": "甲", "role": "king"}], "Choose one of"),
    ],
)
def test_what_cannot_be_a_bench_is_refused_by_its_field(
    scenario: Scenario, bench: list[dict[str, str]], words: str
) -> None:
    status, refused = propose(scenario, CASE, bench=bench)
    assert status == 422, refused
    assert refused["detail"].startswith("bench")
    assert words in refused["detail"]
    status, hearings = scenario.api("GET", "/hearings")
    assert hearings["hearings"] == []


def test_an_even_bench_wants_a_reason(scenario: Scenario) -> None:
    case = {**CASE, "procedure": "ordinary"}
    later = (at(30), "第三法庭")
    status, refused = propose(scenario, case, later, bench=BENCH[:2])
    assert status == 422, refused
    assert refused["type"].endswith("/reason-needed")
    assert "2 sit together, an even number" in refused["detail"]
    assert "art. 40, 42" in refused["detail"]
    status, entered = scenario.api("GET", "/cases")
    again = proposal(
        entered["cases"][0]["id"], later, bench=BENCH[:2], override_reason="书面报请院长同意"
    )
    assert scenario.api("POST", "/hearings", again)[0] == 201


def test_lists_calendars_and_feeds_find_every_member(scenario: Scenario) -> None:
    assert propose(scenario, CASE, bench=BENCH)[0] == 201
    browser = scenario.sign_in()
    shown = browser.get("/hearings").text
    ids = {name: id_ for id_, name in re.findall(r'<option value="(\d+)">([^<]+)</option>', shown)}
    for name in ("陈法官", "周法官", "吴陪审"):
        assert CASE["number"] in browser.get(f"/hearings?judge={ids[name]}").text
        address = f"/calendar/events?view=week&by=judge&on={at(14)[:10]}&judge={ids[name]}"
        assert ids[name] in browser.get(address).get_json()[0]["resourceIds"]
        whose = {"scope": "judge", "judge_id": int(ids[name])}
        status, feed = scenario.api("POST", "/feeds", whose)
        assert status == 201, feed
        calendar = scenario.client.get(urlsplit(feed["url"]).path).text
        assert CASE["number"] in calendar.replace("\r\n ", "")
    assert (
        CASE["number"] not in browser.get(f"/hearings?judge={max(map(int, ids.values())) + 1}").text
    )


HEADER = "案号,合议庭,当事人,诉讼地位,代理人,邮箱,开庭日期,开庭时间,时长"
ROWS = (
    "（2026）沪0115民初{n}号,张三（审判长）、李四、王五（人民陪审员）,甲公司{n},原告,林{n},"
    "l{n}@a.example,2027-03-{day},09:30,90\n"
    "（2026）沪0115民初{n}号,,乙公司{n},被告,孟{n},m{n}@b.example,,,"
)


def read(scenario: Scenario, name: str) -> Any:
    """Import a file of the scenario's folder; return how the command ended."""
    file = str(scenario.folder / name)
    return scenario.app.test_cli_runner().invoke(cli, ["import", file])


def test_a_file_names_the_bench_in_one_column_or_by_role(scenario: Scenario) -> None:
    lines = [HEADER, *(ROWS.format(n=n, day=14 + n) for n in (1, 2))]
    (scenario.folder / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    ran = read(scenario, "list.csv")
    assert ran.exit_code == 0, ran.output
    by_role = (
        "案号,审判长,审判员,人民陪审员,当事人,诉讼地位,代理人,邮箱\n"
        "（2026）沪0115民初3号,张三,李四,王五、赵六,丙公司,原告,林丙,l3@a.example\n"
        "（2026）沪0115民初3号,张三,李四,王五、赵六,丁公司,被告,孟丁,m3@b.example\n"
    )
    (scenario.folder / "roles.csv").write_text(by_role, encoding="utf-8")
    ran = read(scenario, "roles.csv")
    assert ran.exit_code == 0, ran.output
    _, cases = scenario.api("GET", "/cases")
    benches = {
        each["number"]: (each["judge"], [(m["name"], m["role"]) for m in each["bench"]])
        for each in cases["cases"]
    }
    two = [("李四", "judge"), ("王五", "assessor")]
    assert benches["（2026）沪0115民初1号"] == ("张三", two)
    assert benches["（2026）沪0115民初2号"] == ("张三", two)
    assert benches["（2026）沪0115民初3号"] == ("张三", [*two, ("赵六", "assessor")])
    _, hearings = scenario.api("GET", "/hearings")
    assert [len(each["bench"]) for each in hearings["hearings"]] == [3, 3]


def test_a_file_that_books_a_member_twice_is_refused(scenario: Scenario) -> None:
    lines = [HEADER, *(ROWS.format(n=n, day=15) for n in (1, 2))]
    (scenario.folder / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    ran = read(scenario, "list.csv")
    assert ran.exit_code == 1, ran.output
    assert "张三" in ran.output


def test_the_list_of_cases_finds_a_case_by_each_member(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", {**CASE, "bench": BENCH[1:]})[0] == 201
    browser = scenario.sign_in()
    shown = browser.get("/cases").text
    ids = {name: id_ for id_, name in re.findall(r'<option value="(\d+)">([^<]+)</option>', shown)}
    for name in ("陈法官", "周法官", "吴陪审"):
        assert CASE["number"] in browser.get(f"/cases?judge={ids[name]}").text


def test_who_sits_in_a_case_cannot_become_counsel_in_it(scenario: Scenario) -> None:
    status, hearing = propose(scenario, {**CASE, "bench": BENCH[1:]})
    assert status == 201, hearing
    party = scenario.api("GET", "/cases/1")[1]["parties"][0]
    person = {"party_id": party["id"], "email": "wu@firm.example"}
    for name in ("吴陪审", "陈法官", " 吴 陪审"):
        status, refused = scenario.api("POST", "/cases/1/counsel", {**person, "name": name})
        assert status == 422, refused
        assert "sits in this case and cannot act in it" in str(refused["errors"])
    status, _ = scenario.api("POST", "/cases/1/counsel", {**person, "name": "吴律师"})
    assert status == 201
    desk = scenario.sign_in()
    page = desk.get("/cases/1/counsel/3?lang=en")
    assert page.status_code == 200
    [current] = re.findall(r'name="seen" value="([^"]*)"', page.text)[:1] or [""]
    form = {"name": "吴陪审", "email": "wu@firm.example", "language": "zh", "seen": current}
    renamed = desk.post("/cases/1/counsel/3?lang=en", data={**form, "do": "save"})
    assert renamed.status_code == 422
    assert "cannot act in it" in renamed.text
