"""Listing many hearings at once by command: what it finds, what it refuses, how it ends."""

import csv
import io
import json
from typing import Any

import pytest

from app.cli import cli, sentence
from tests.conftest import Scenario, at, case_with, proposal

HEADERS = ("案号", "minutes", "earliest", "latest", "days", "half", "courtroom", "priority")


def counsel(n: int) -> dict[str, Any]:
    """A counsel of their own address."""
    return {"name": f"律师{n}", "email": f"c{n}@firm.example"}


def number(n: int) -> str:
    """A case's number."""
    return f"（2026）沪0115民初{900 + n}号"


def cases(scenario: Scenario, many: int = 4) -> list[int]:
    """Cases before two judges, where counsel 0 is in each."""
    made = []
    for n in range(many):
        case = case_with(number(n), counsel(0), counsel(n + 1), judge=("陈法官", "周法官")[n % 2])
        status, said = scenario.api("POST", "/cases", case | {"procedure": "summary"})
        assert status == 201, said
        made.append(said["id"])
    return made


def file_of(*rows: dict[str, Any]) -> str:
    """A CSV of hearings."""
    made = io.StringIO()
    writer = csv.DictWriter(made, fieldnames=HEADERS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


def rows(many: int = 4, **more: str) -> list[dict[str, Any]]:
    """Rows of the first cases."""
    return [{"案号": number(n), "minutes": "90", **more} for n in range(many)]


def run(scenario: Scenario, content: str | bytes, *options: str, name: str = "list.csv") -> Any:
    """Run the command on a file; return its exit status and all that it said."""
    file = scenario.folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = scenario.app.test_cli_runner().invoke(
        cli, ["list-hearings", str(file), "--workers", "1", *options]
    )
    if done.exception and not isinstance(done.exception, SystemExit):
        return 2, sentence(done.exception)
    return done.exit_code, done.output


def listed(scenario: Scenario, content: str, *options: str) -> dict[str, Any]:
    """What the command found, as it prints it for programs."""
    status, said = run(scenario, content, "--json", *options)
    found: dict[str, Any] = json.loads(next(n for n in said.splitlines() if n.startswith("{")))
    assert status == (0 if found["placed"] == found["hearings"] else 1), said
    return found


def test_every_hearing_gets_slots_that_collide_with_nothing(scenario: Scenario) -> None:
    ids = cases(scenario)
    other = scenario.api(
        "POST", "/cases", case_with(number(50), counsel(60), counsel(61), judge="陈法官")
    )[1]["id"]
    assert (
        scenario.api("POST", "/hearings", proposal(other, (at(9, "09:00"), "第三法庭")))[0] == 201
    )
    found = listed(scenario, file_of(*rows()), "--weeks", "2")
    assert (found["placed"], found["optimal"], found["gap"]) == (4, True, 0.0)
    taken: list[tuple[str, str, set[str]]] = [
        (at(9, "09:00"), at(9, "10:30"), {"陈法官", "第三法庭"})
    ]
    for each in found["listed"]:
        assert len(each["slots"]) == 2
        assert len({slot["starts_at"][:10] for slot in each["slots"]}) == 2
        for slot in each["slots"]:
            mine = {each["judge"], slot["courtroom"], "counsel 0"}
            for begins, ends, others in taken:
                apart = slot["ends_at"] <= begins or ends <= slot["starts_at"]
                assert apart or not mine & others
            taken.append((slot["starts_at"], slot["ends_at"], mine))
    status, said = scenario.api("GET", f"/suggestions?case_id={ids[0]}&minutes=90&limit=1")
    assert status == 200
    assert said["suggestions"], "a draft holds nothing"


def test_wishes_are_heeded(scenario: Scenario) -> None:
    cases(scenario)
    wish = {"days": "周三", "half": "下午", "courtroom": "第五法庭", "priority": "高"}
    first, second, third, fourth = listed(
        scenario,
        file_of(
            rows()[0] | wish,
            rows()[1] | {"earliest": "2026-12-10", "latest": "2026-12-10"},
            rows()[2] | {"earliest": "2026-12-14"},
            rows()[3] | {"latest": "2026-12-01", "priority": "low"},
        ),
        "--slots",
        "1",
    )["listed"]
    by_line = {each["line"]: each["slots"][0] for each in (first, second, third, fourth)}
    assert by_line[2]["starts_at"][:13] in ("2026-12-02T13", "2026-12-02T14", "2026-12-02T15")
    assert by_line[2]["courtroom"] == "第五法庭"
    assert by_line[3]["starts_at"][:10] == "2026-12-10"
    assert by_line[4]["starts_at"][:10] >= "2026-12-14"
    assert by_line[5]["starts_at"][:10] <= "2026-12-01"


def test_what_has_no_place_is_named_with_its_reason(scenario: Scenario) -> None:
    cases(scenario, 3)
    case = case_with(number(3), counsel(0), counsel(4)) | {"procedure": "ordinary"}
    scenario.api("POST", "/cases", case)
    content = file_of(
        *(
            {
                **row,
                "minutes": "180",
                "earliest": at(7)[:10],
                "latest": at(7)[:10],
                "half": "morning",
            }
            for row in rows(3)
        ),
        rows(4)[3],
    )
    status, said = run(scenario, content, "--to", at(7)[:10])
    assert status == 1
    # Counsel 0 can be at one of three that need a whole half of the day, twice that day.
    assert said.count("All suitable times are taken by other hearings of the list.") == 1
    assert (
        "By the court's rules it can be heard from Wed 9 Dec 2026 on, after the last day, Mon 30 Nov 2026: "
        "evidence period (at least 15 days, SPC Interpretation art. 99) ends on Tue 8 Dec 2026"
    ) in said
    assert "placed 2 of 2" in said


def test_bad_rows_are_named_and_nothing_is_kept(scenario: Scenario) -> None:
    ids = cases(scenario)
    assert scenario.api("POST", "/hearings", proposal(ids[3], (at(14), "第三法庭")))[0] == 201
    bad = [
        {"案号": "（2020）沪1号", "minutes": "90"},
        rows()[0] | {"minutes": "5000"},
        rows()[1] | {"days": "someday"},
        rows()[1] | {"earliest": "2026-12-10", "latest": "2026-12-09"},
        rows()[2] | {"courtroom": "第九法庭"},
        rows()[2] | {"priority": "very"},
        {"minutes": "90"},
        rows()[3],
        rows()[1],
        rows()[1],
    ]
    status, said = run(scenario, file_of(*bad))
    assert status == 1
    for line, words in (
        (2, "There is no case （2020）沪1号"),
        (3, "Enter at most 600 minutes. Propose a longer hearing by itself"),
        (4, "someday is neither"),
        (5, "The latest day is before the earliest."),
        (6, "Choose a courtroom of this court; there is none called 第九法庭."),
        (7, "Choose one of: low, normal, high."),
        (8, "Fill this in."),
        (9, "This case has such a hearing already"),
        (11, "Line 10 has this hearing of case （2026）沪0115民初901号 already."),
    ):
        assert f"line {line}, " in said
        assert words in said
    assert "Nothing is listed" in said
    found = run(scenario, file_of(*bad), "--partial", "--json")
    assert found[0] == 1
    assert [
        each["line"]
        for line in found[1].splitlines()
        if line.startswith("{")
        for each in json.loads(line)["listed"]
    ] == [10]


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", (), "The file is empty."),
        (
            "number\n",
            (),
            "Choose a file with at least one hearing that can be listed; this one has none.",
        ),
        ("who\nx\n", (), "The file has no column number"),
        (b"\xff\xfea\x00", (), "The file has no column number"),
        (
            "number\n（2026）沪0115民初900号\n",
            ("--rooms", "第九法庭"),
            "Choose a courtroom of this court; there is none called 第九法庭.",
        ),
        (
            "number\n（2026）沪0115民初900号\n",
            ("--from", "2026-12-09", "--to", "2026-12-01"),
            "Choose a last day that is not before the first",
        ),
        (
            "number\n（2026）沪0115民初900号\n",
            ("--from", "2026-12-09", "--to", "2029-12-01"),
            "Choose at most 184 days.",
        ),
        ("number\n（2026）沪0115民初900号\n", ("--court", "Nowhere"), "Nowhere"),
        ("number\n（2026）沪0115民初900号\n", ("--slots", "11"), "--slots"),
        ("number\n（2026）沪0115民初900号\n", ("--from", "soon"), "--from"),
    ],
)
def test_an_error_of_use_is_one_sentence(
    scenario: Scenario, content: str | bytes, options: tuple[str, ...], words: str
) -> None:
    cases(scenario, 1)
    status, said = run(scenario, content, *options)
    assert (status, words in said) == (2, True), said


def test_a_dry_run_keeps_nothing_and_gb18030_is_read(scenario: Scenario) -> None:
    cases(scenario)
    status, said = run(scenario, file_of(*rows()).encode("gb18030"), "--dry-run")
    assert (status, "hearings: 4. Nothing is stored." in said) == (0, True), said
