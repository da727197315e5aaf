"""A file with a hearing of several days, and with addresses of people outside the court."""

import pytest

from tests.conftest import Scenario
from tests.outcomes.test_imports import imported

HEAD = "案号,承办法官,合议庭,当事人,诉讼地位,代理人,邮箱,{more}开庭日期,开庭时间,时长,法庭\n"
CASE = "（2026）沪0115民初31号,陈法官,陈法官、周法官、吴陪审（人民陪审员）、Wu Li（证人）"
PARTIES = (
    CASE + ",甲公司,原告,李敏,li@x.example,{more}{days},{times},{minutes},{rooms}\n",
    CASE + ",乙公司,被告,赵雷,zhao@x.example,{none},,,\n",
)


def file(
    days: str = "2026-12-07",
    times: str = "09:00",
    minutes: str = "480",
    rooms: str = "第三法庭",
    head: str = "",
    more: str = "",
) -> str:
    first, second = PARTIES
    none = "," * more.count(",")
    own = {"days": days, "times": times, "minutes": minutes, "rooms": rooms, "more": more}
    return HEAD.format(more=head) + first.format(**own) + second.format(none=none)


@pytest.mark.parametrize(
    "columns",
    [
        {"days": "2026-12-07、2026年12月8日；2026/12/10", "times": "09:00"},
        {"days": "", "times": "2026-12-07 09:00；2026-12-08 09:00；2026-12-10 09:00"},
        {
            "days": "2026-12-10;2026-12-07;2026-12-08",
            "times": "9:00;上午9时;09：00",
            "minutes": "480;480;480",
        },
    ],
)
def test_several_days_in_one_row_are_one_hearing(
    scenario: Scenario, columns: dict[str, str]
) -> None:
    page = imported(scenario, file(**columns))
    [hearing] = scenario.api("GET", "/hearings?state=fixed")[1]["hearings"]
    assert [each["starts_at"][:16] for each in hearing["sittings"]] == [
        "2026-12-07T09:00",
        "2026-12-08T09:00",
        "2026-12-10T09:00",
    ], page
    assert {each["minutes"] for each in hearing["sittings"]} == {480}
    # Each day is booked: another hearing of the same judge is refused there.
    taken = file("2026-12-08", "10:00").replace("31号", "32号")
    assert "31号 then" in imported(scenario, taken)
    assert "unchanged" in imported(scenario, file(**columns)).lower()
    assert len(scenario.api("GET", "/hearings?state=fixed")[1]["hearings"]) == 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"days": "2026-12-07;2026-12-08;2026-12-09", "times": "9:00;10:00"}, "one for each"),
        ({"days": "2026-12-07;2026-12-08", "rooms": ""}, "Enter the courtroom"),
        ({"days": "2026-12-07;2026-12-07"}, "does not overlap"),
        ({"days": "2026-12-07;2028-12-08"}, "within a year"),
        ({"days": "2026-12-07;2026-12-08", "rooms": "第三法庭;无此法庭"}, "no courtroom 无此法庭"),
        ({"days": ";".join(f"2026-12-{n:02}" for n in range(1, 22))}, "at most 20"),
        ({"days": "2026-12-07;someday"}, "someday"),
    ],
)
def test_what_is_no_hearing_is_refused_at_its_cell(
    scenario: Scenario, columns: dict[str, str], words: str
) -> None:
    assert words in imported(scenario, file(**columns))
    assert scenario.api("GET", "/hearings")[1]["hearings"] == []


def test_addresses_of_people_outside_the_court_are_filled_in(scenario: Scenario) -> None:
    head = "人民陪审员邮箱,人民陪审员电话,证人电话,"
    more = "wu@assessors.example,13800138009,13800138010,"
    page = imported(scenario, file(head=head, more=more))
    members = scenario.api("GET", "/members")[1]["members"]
    known = {each["name"]: (each["email"], each["phone"]) for each in members}
    assert known == {
        "吴陪审": ("wu@assessors.example", "+8613800138009"),
        "Wu Li": ("", "+8613800138010"),
    }, page
    # What the court knows already stays.
    imported(scenario, file(head=head, more="other@assessors.example,13800138011,,"))
    members = scenario.api("GET", "/members")[1]["members"]
    assert {each["name"]: each["email"] for each in members}["吴陪审"] == "wu@assessors.example"
    again = file(head="人民陪审员邮箱,", more="a@x.example;b@x.example,")
    assert "one for each of the 1 people" in imported(scenario, again)
    wrong = file(head="证人邮箱,", more="nobody,")
    assert "“nobody” is not one" in imported(scenario, wrong)
