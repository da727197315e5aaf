"""`tingqi import`: what a court's file becomes, what is refused and why, on both databases."""

import csv
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from app.cli import cli, sentence
from tests.conftest import CASE, Scenario, at, proposal

IDAHO = (
    "PartyID",
    "PartyFirstName",
    "PartyLastName",
    "PhoneNumber",
    "CaseNumber",
    "JudgeName",
    "Next_Hearing",
    "HearingDate",
    "HearingTime",
    "TimeFormatted",
)
OWN = (
    "number",
    "title",
    "procedure",
    "judge",
    "party",
    "role",
    "side",
    "counsel",
    "firm",
    "email",
    "phone",
    "language",
    "channels",
    "hearing_on",
    "hearing_at",
    "minutes",
    "courtroom",
)
ROW = dict(
    zip(
        OWN,
        (
            "（2026）沪0115民初700号",
            "买卖合同纠纷",
            "ordinary",
            "陈法官",
            "远洋设备有限公司",
            "原告",
            "claimant",
            "李敏",
            "华诚律师事务所",
            "li@huacheng.example",
            "13800138001",
            "zh",
            "sms; email",
            "",
            "",
            "",
            "",
        ),
        strict=True,
    )
)
OTHER = {
    **ROW,
    "party": "Haitong Trading Ltd",
    "role": "被告",
    "side": "respondent",
    "counsel": "Zhao Lei",
    "firm": "Jinmao",
    "email": "zhao@jinmao.example",
    "phone": "13800138002",
    "language": "en",
    "channels": "email",
}


def as_csv(rows: list[dict[str, str]], separator: str = ",") -> str:
    """A CSV with the header of its first row."""
    made = io.StringIO()
    writer = csv.DictWriter(made, fieldnames=list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


def idaho(n: int, **more: str) -> dict[str, str]:
    """A row in the format of the courts of Idaho, of people who never were."""
    row = dict(
        zip(
            IDAHO,
            (
                f"70{n}",
                f"Ann{n}",
                "Example",
                f"208-555-010{n}",
                f"XX01-27-0000{n}",
                "Doe, Judge",
                "Pre-trial Conference",
                "3/16/2027",
                "8:15:00",
                "8:15 AM",
            ),
            strict=True,
        )
    )
    return {**row, **more}


def run(scenario: Scenario, content: str | bytes, *options: str, name: str = "cases.csv") -> Any:
    """Run the command on a file; return its exit status and all that it said."""
    file = scenario.folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = scenario.app.test_cli_runner().invoke(cli, ["import", str(file), *options])
    if done.exception and not isinstance(done.exception, SystemExit):
        return 2, sentence(done.exception)
    return done.exit_code, done.output


def cases(scenario: Scenario) -> list[dict[str, Any]]:
    """All cases as the API shows them, the newest first."""
    return list(scenario.api("GET", "/cases?limit=200")[1]["cases"])


def hearings(scenario: Scenario) -> list[dict[str, Any]]:
    """All hearings as the API shows them."""
    return list(scenario.api("GET", "/hearings?limit=200")[1]["hearings"])


def test_rows_become_a_case_with_both_sides(scenario: Scenario) -> None:
    status, said = run(scenario, as_csv([ROW, OTHER]))
    assert (status, "Cases: 1 new, 0 changed, 0 unchanged." in said) == (0, True), said
    [case] = cases(scenario)
    assert (case["number"], case["title"]) == (ROW["number"], ROW["title"])
    assert [(p["name"], p["side"]) for p in case["parties"]] == [
        ("远洋设备有限公司", "claimant"),
        ("Haitong Trading Ltd", "respondent"),
    ]
    li, zhao = (party["counsel"][0] for party in case["parties"])
    assert (li["phone"], li["channels"], li["language"]) == (
        "+8613800138001",
        ["sms", "email"],
        "zh",
    )
    assert (zhao["email"], zhao["channels"], zhao["firm"]) == (
        "zhao@jinmao.example",
        ["email"],
        "Jinmao",
    )


CHINESE = {
    "案号": ROW["number"],
    "案由": "买卖合同纠纷",
    "程序": "普通程序",
    "承办法官": "陈法官",
    "当事人": "远洋设备有限公司",
    "诉讼地位": "原告",
    "代理人": "李敏",
    "律所": "华诚律师事务所",
    "电话": "138 0013 8001",
    "邮箱": "li@huacheng.example",
    "语言": "中文",
    "送达方式": "短信、邮件",
    "开庭日期": "2026年12月15日",
    "开庭时间": "下午2:30",
    "时长": "90",
    "法庭": "第三法庭",
}


@pytest.mark.parametrize(
    "content",
    [
        as_csv([CHINESE]).encode("utf-8"),
        as_csv([CHINESE]).encode("utf-8-sig"),
        as_csv([CHINESE]).encode("gb18030"),
        as_csv([CHINESE], ";").encode("gb18030"),
        as_csv([CHINESE], "\t").encode("utf-8-sig"),
        as_csv([CHINESE], "\t").encode("utf-16"),
        as_csv([CHINESE]).encode("utf-16-le"),
        as_csv([CHINESE], "|").encode("gbk"),
        ("sep=;\r\n" + as_csv([CHINESE], ";")).encode("utf-8-sig"),
        as_csv([CHINESE], "；").encode("utf-8"),
    ],
    ids=[
        "utf-8",
        "utf-8 with its mark",
        "gb18030",
        "semicolons",
        "tabs",
        "utf-16",
        "utf-16 without its mark",
        "bars",
        "sep=;",
        "full width",
    ],
)
def test_a_chinese_file_is_read_however_it_was_saved(scenario: Scenario, content: bytes) -> None:
    status, said = run(scenario, content)
    assert status == 0, said
    [case] = cases(scenario)
    assert (case["procedure"], case["judge"]) == ("ordinary", "陈法官")
    assert case["parties"][0]["side"] == "claimant"
    assert case["parties"][0]["counsel"][0]["channels"] == ["sms", "email"]
    [hearing] = hearings(scenario)
    assert hearing["starts_at"] == "2026-12-15T14:30:00+08:00"
    assert (hearing["state"], hearing["courtroom"]) == ("fixed", "第三法庭")


def test_a_spreadsheet_is_read_as_a_person_sees_it(scenario: Scenario) -> None:
    book = Workbook()
    book.active.append(list(CHINESE))
    book.active.append(
        [*list(CHINESE.values())[:12], dt.datetime(2026, 12, 15), dt.time(14, 30), 90, "第三法庭"]
    )
    book.active.append([ROW["number"], None, None, "陈法官", "海通公司", "被告"])
    book.save(scenario.folder / "cases.xlsx")
    status, said = run(scenario, (scenario.folder / "cases.xlsx").read_bytes(), name="cases.xlsx")
    assert status == 0, said
    assert hearings(scenario)[0]["starts_at"] == "2026-12-15T14:30:00+08:00"
    assert [party["side"] for party in cases(scenario)[0]["parties"]] == ["claimant", "respondent"]


def test_the_export_of_idaho_is_taken_as_it_is(scenario: Scenario) -> None:
    rows = [idaho(1), idaho(2, JudgeName="Doe, Judge."), idaho(3, HearingTime="14:00:00")]
    status, said = run(scenario, as_csv(rows))
    assert status == 0, said
    assert "column map idaho" in said
    assert "Hearings: 3 new, 0 known." in said
    assert {case["judge"] for case in cases(scenario)} == {"Doe, Judge"}
    [party] = cases(scenario)[-1]["parties"]
    assert (party["name"], party["phone"], party["reference"]) == (
        "Ann1 Example",
        "+12085550101",
        "701",
    )
    assert [counsel["in_person"] for counsel in party["counsel"]] == [True]
    first = dt.datetime(2027, 3, 16, 8, 15, tzinfo=ZoneInfo("America/Boise"))
    assert dt.datetime.fromisoformat(hearings(scenario)[-1]["starts_at"]) == first
    assert scenario.beat() == 0  # nobody is told what they know already


def test_a_file_that_comes_again_changes_nothing(scenario: Scenario) -> None:
    rows = [
        ROW,
        {**OTHER, "hearing_on": "2026-12-15", "hearing_at": "09:30", "courtroom": "第三法庭"},
    ]
    assert run(scenario, as_csv(rows))[0] == 0
    before = cases(scenario), hearings(scenario)
    status, said = run(scenario, as_csv(rows))
    assert status == 0
    assert "Cases: 0 new, 0 changed, 1 unchanged. Hearings: 0 new, 1 known." in said
    assert (cases(scenario), hearings(scenario)) == before


def test_a_file_that_comes_again_does_not_bring_back_the_old_date(scenario: Scenario) -> None:
    row = {**ROW, "hearing_on": "2026-12-15", "hearing_at": "09:30", "courtroom": "第三法庭"}
    run(scenario, as_csv([row, OTHER]))
    [hearing] = hearings(scenario)
    move = {"starts_at": at(30), "courtroom": "第五法庭", "reason": "the judge is away"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", move)[0] == 200
    assert "0 new, 1 known" in run(scenario, as_csv([row, OTHER]))[1]
    assert [each["starts_at"] for each in hearings(scenario)] == [at(30)]


def test_what_is_new_of_a_known_case_is_added(scenario: Scenario) -> None:
    run(scenario, as_csv([ROW]))
    status, said = run(scenario, as_csv([{**ROW, "phone": "13900139009"}, OTHER]))
    assert (status, "0 new, 1 changed" in said) == (0, True), said
    parties = cases(scenario)[0]["parties"]
    assert [party["name"] for party in parties] == ["远洋设备有限公司", "Haitong Trading Ltd"]
    assert [each["phone"] for each in parties[0]["counsel"]] == ["+8613900139009"]


def test_a_fixed_hearing_counts_as_busy_time(scenario: Scenario) -> None:
    when = at(14)
    row = {
        **ROW,
        "hearing_on": when[:10],
        "hearing_at": "09:30",
        "minutes": "90",
        "courtroom": "第三法庭",
    }
    assert run(scenario, as_csv([row]))[0] == 0
    scenario.api("POST", "/cases", {**CASE, "judge": "吴法官"})
    case_id = cases(scenario)[0]["id"]
    status, said = scenario.api("POST", "/hearings", proposal(case_id, (when, "第三法庭")))
    assert (status, ROW["number"] in said["detail"]) == (409, True)


def test_hearings_of_one_list_share_their_time_and_hand_it_on(scenario: Scenario) -> None:
    run(scenario, as_csv([idaho(1), idaho(2)]))
    later, first = hearings(scenario)
    assert first["starts_at"] == later["starts_at"]
    assert scenario.api("POST", f"/hearings/{first['id']}/cancel", {"reason": "settled"})[0] == 200
    case_id = cases(scenario)[0]["id"]
    wish = proposal(case_id, (first["starts_at"], "第三法庭"), override_reason="both agreed")
    wish["answer_by"] = at(20)
    assert scenario.api("POST", f"/hearings/{later['id']}/cancel", {"reason": "settled"})[0] == 200
    assert scenario.api("POST", "/hearings", wish)[0] == 201


def test_a_shared_time_stays_busy_while_one_of_its_hearings_stands(scenario: Scenario) -> None:
    run(scenario, as_csv([idaho(1), idaho(2), idaho(3, HearingTime="14:00:00")]))
    last, _, first = hearings(scenario)
    assert scenario.api("POST", f"/hearings/{first['id']}/cancel", {"reason": "settled"})[0] == 200
    move = {"starts_at": first["starts_at"], "courtroom": "第三法庭", "reason": "earlier"}
    status, said = scenario.api("POST", f"/hearings/{last['id']}/move", move)
    assert (status, "XX01-27-00002" in said["detail"]) == (409, True), said


def test_a_clash_within_a_file_names_both(scenario: Scenario) -> None:
    fixed = {"hearing_on": "2026-12-15", "hearing_at": "09:30", "courtroom": "第三法庭"}
    other = {**OTHER, "number": "（2026）沪0115民初701号", "judge": "吴法官"}
    status, said = run(scenario, as_csv([{**ROW, **fixed}, {**other, **fixed}]))
    assert status == 1
    assert "line 3, hearing_at: Courtroom 第三法庭 is taken by （2026）沪0115民初700号" in said
    assert "Nothing is imported." in said
    assert cases(scenario) == []


def crowd(n: int, **more: str) -> dict[str, str]:
    """One of many cases, each with a judge, a party and counsel of its own."""
    own = {
        "number": f"（2026）沪0115民初{900 + n}号",
        "judge": f"Judge {n}",
        "counsel": f"Li {n}",
        "email": f"li{n}@law.example",
        "phone": f"1380013{n:04}",
    }
    return {**ROW, **own, "hearing_on": "2026-12-15", "hearing_at": "09:30", **more}


def test_one_clash_among_many_cases_is_found_and_leaves_the_others(scenario: Scenario) -> None:
    rows = [crowd(n) for n in range(14)]
    rows[9]["judge"] = rows[2]["judge"]
    status, said = run(scenario, as_csv(rows))
    words = (
        f"line 11, hearing_at: Judge Judge 2 has {rows[2]['number']} then, Tue 15 Dec 2026, 09:30"
    )
    assert (status, words in said, cases(scenario)) == (1, True, []), said
    status, said = run(scenario, as_csv(rows), "--partial")
    assert "Cases: 13 new, 0 changed, 0 unchanged. Hearings: 13 new" in said
    assert rows[9]["number"] not in [case["number"] for case in cases(scenario)]
    assert len(hearings(scenario)) == 13
    # The file put right: the case that was left out is new, the others are known.
    rows[9]["judge"] = "Judge 9"
    assert "Cases: 1 new, 0 changed, 13 unchanged." in run(scenario, as_csv(rows))[1]


def test_who_is_counsel_in_many_cases_is_one_person_and_not_in_two_places(
    scenario: Scenario,
) -> None:
    li = {"counsel": "李敏", "email": "li@huacheng.example", "phone": "", "channels": ""}
    rows = [crowd(n, **li, hearing_at=f"{9 + n}:00") for n in range(7)]
    status, said = run(scenario, as_csv(rows))
    assert status == 0, said
    counsel = {c["id"] for case in cases(scenario) for p in case["parties"] for c in p["counsel"]}
    assert len(counsel) == 1
    twice = crowd(8, **li, hearing_at="9:30")
    status, said = run(scenario, as_csv([*(crowd(n) for n in range(20, 27)), twice]))
    assert (status, "line 9, hearing_at: Counsel 李敏 has （2026）沪0115民初900号" in said) == (
        1,
        True,
    )


def test_a_list_of_many_cases_at_one_time_is_taken_whole(scenario: Scenario) -> None:
    rows = [idaho(n, PhoneNumber=f"208-555-{n:04}") for n in range(100, 112)]
    status, said = run(scenario, as_csv(rows))
    assert (status, "Hearings: 12 new, 0 known." in said) == (0, True), said
    again = run(scenario, as_csv(rows))[1]
    assert "Cases: 0 new, 0 changed, 12 unchanged. Hearings: 0 new, 12 known." in again


WHEN = {"hearing_on": "2026-12-15", "hearing_at": "09:30"}
BAD: list[tuple[dict[str, str], str]] = [
    ({"phone": "12"}, "phone: Check “12”: it has too few digits"),
    (
        {"email": "li at huacheng"},
        "email: Enter an e-mail address such as name@firm.example; “li at huacheng” is not one.",
    ),
    ({"hearing_on": "2026-02-30"}, "hearing_on: 2026-02-30 is no date"),
    ({**WHEN, "hearing_at": "25:00"}, "hearing_at: 25:00 is no time of day"),
    ({"hearing_on": "2026-12-15"}, "hearing_at: The hearing has a day, but no time"),
    ({"hearing_at": "09:30"}, "hearing_on: The hearing has a time, but no day"),
    ({"side": "left"}, "side: Choose one of"),
    ({"party": ""}, "party: Enter the party's name."),
    ({"number": ""}, "number: Enter the case number."),
    ({"judge": ""}, "judge: Enter the judge's name."),
    ({"firm": "=1+1"}, "firm: This is a formula"),
    (
        {**WHEN, "courtroom": "第九法庭"},
        "courtroom: There is no courtroom 第九法庭",
    ),
    ({**WHEN, "minutes": "lang"}, "minutes: Enter whole minutes, such as 90."),
    ({"email": "", "phone": "", "channels": ""}, "email: Enter an e-mail address"),
    ({"channels": "pigeon"}, "channels: Choose one of"),
    ({"title": "a" * 501}, "title: Shorten this to 500"),
]


def test_every_bad_cell_is_named_by_line_and_column_and_nothing_is_written(
    scenario: Scenario,
) -> None:
    good = {**ROW, "title": "a title\nof two lines"}
    bad = [
        {**ROW, "number": f"（2026）沪0115民初80{n}号", **wrong} for n, (wrong, _) in enumerate(BAD)
    ]
    content = as_csv([good, {**OTHER, "title": ""}, *bad])
    status, said = run(scenario, content)
    assert status == 1
    # The header is line 1, the good row 2 and 3, for its title has two lines, the other 4.
    wanted = [f"line {n}, {words}" for n, (_, words) in enumerate(BAD, start=5)]
    assert [words for words in wanted if words not in said] == []
    assert f"Errors: {len(BAD)}." in said, said
    assert cases(scenario) == []
    status, said = run(scenario, content, "--partial")
    assert (status, "Cases: 1 new" in said, "The other cases are imported." in said) == (
        1,
        True,
        True,
    )
    assert [case["title"] for case in cases(scenario)] == ["a title of two lines"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"a,b\n1,2\n", "The file has no column number"),
        (as_csv([ROW]).encode() + b"\0", "NUL"),
        (as_csv([ROW]).encode() + "海通\r\n".encode("gb18030"), "mixes two encodings"),
        (b'number,judge,party\n1,"A\n', "line 2"),
        (b"PK\x03\x04 not a book", "is damaged"),
        (b"\xd0\xcf\x11\xe0 old", "XLS"),
    ],
    ids=["empty", "headers", "nul", "mixed", "quote", "no book", "old book"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    scenario: Scenario, content: bytes, words: str
) -> None:
    status, said = run(scenario, content)
    assert (status, words in said, "\n" in said.strip()) == (2, True, False), said
    assert cases(scenario) == []


def test_a_row_of_the_wrong_width_is_named_among_thousands(scenario: Scenario) -> None:
    rows = [
        {**ROW, "number": f"（2026）沪0115民初{n}号", "counsel": "", "email": "", "phone": ""}
        for n in range(4750)
    ]
    lines = as_csv(rows).split("\r\n")
    lines[4710] += ",one cell more"
    status, said = run(scenario, "\r\n".join(lines[:4712]), "--dry-run")
    assert status == 1
    assert "line 4711, number: The row has 18 cells, the header 17." in said


@pytest.mark.parametrize(("clock", "words"), [("02:30", "never comes"), ("01:30", "twice")])
def test_an_hour_that_the_clock_skips_or_repeats_is_refused(
    scenario: Scenario, clock: str, words: str
) -> None:
    day = "03/14/2027" if words == "never comes" else "11/07/2027"
    status, said = run(scenario, as_csv([idaho(1, HearingDate=day, HearingTime=clock)]))
    assert (status, "line 2, HearingTime: " in said, words in said) == (1, True, True), said


def test_two_rows_that_contradict_each_other_name_each_other(scenario: Scenario) -> None:
    status, said = run(scenario, as_csv([ROW, {**ROW, "email": "li@other.example"}]))
    assert status == 1
    assert (
        f"line 3, email: Line 2, of case {ROW['number']} too, says li@huacheng.example here."
        in said
    )


def test_a_case_is_not_entered_without_its_refused_row(scenario: Scenario) -> None:
    status, said = run(scenario, as_csv([ROW, {**OTHER, "firm": "=1+1"}]), "--partial")
    assert (status, "Errors: 1. Skipped cases: 1." in said) == (1, True), said
    assert cases(scenario) == []


def test_a_dry_run_says_what_would_be_and_leaves_nothing(scenario: Scenario) -> None:
    status, said = run(scenario, as_csv([ROW, OTHER]), "--dry-run")
    assert (status, "Cases: 1 would be new" in said) == (0, True)
    assert cases(scenario) == []


def test_a_courts_own_map_is_followed(scenario: Scenario) -> None:
    (scenario.folder / "ours.toml").write_text(
        'zone = "Europe/London"\nregion = "GB"\ndate_formats = ["%d %b %Y"]\n'
        '[columns]\nnumber = "Ref"\njudge = "Before"\nparty = "{First} {Last}"\nparty_phone = "Tel"\n'
        'side = "S"\nhearing_on = "Day"\nhearing_at = "At"\n'
        '[defaults]\nhearing_kind = "trial"\nminutes = 45\n[values.side]\nC = "claimant"\n',
        encoding="utf-8",
    )
    row = {
        "Ref": "QB-27-1",
        "Before": "Doe J",
        "First": "Ann",
        "Last": "Example",
        "S": "C",
        "Tel": "020 7946 0001",
        "Day": "16 Mar 2027",
        "At": "10:30",
    }
    status, said = run(scenario, as_csv([row]), "--map", str(scenario.folder / "ours.toml"))
    assert status == 0, said
    [party] = cases(scenario)[0]["parties"]
    assert (party["name"], party["phone"], party["side"]) == (
        "Ann Example",
        "+442079460001",
        "claimant",
    )
    assert hearings(scenario)[0]["starts_at"] == "2027-03-16T18:30:00+08:00"


def test_hearings_of_a_file_are_reminded_of_only_when_asked(scenario: Scenario) -> None:
    rows = [
        {**ROW, "hearing_on": at(10)[:10], "hearing_at": "09:30", "courtroom": "第三法庭"},
        OTHER,
    ]
    run(scenario, as_csv(rows), "--remind")
    scenario.beat()
    scenario.wait(days=3, hours=8)
    scenario.beat()
    for address in ("+8613800138001", "li@huacheng.example", "zhao@jinmao.example"):
        assert len(scenario.letters(to=address)) == 1
