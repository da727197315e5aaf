"""How a column map reads headers, days, clocks and words; how rows become one case."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from app.errors import Invalid
from app.intake import column_maps, rules
from app.intake.entries import Entry, Refused, by_case, read_case

OWN = column_maps.find(column_maps.OWN)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADERS = ("案号", "法官", "当事人", "诉讼地位", "代理人", "电话", "开庭日期", "开庭时间")


def read(*rows: tuple[str, ...]) -> Entry | list[Refused]:
    """The one case of some rows under Chinese headers, the first in line 2."""
    bound = rules.bind(OWN, HEADERS)
    refused: list[Refused] = []
    [case] = by_case(enumerate(rows, start=2), bound, refused)
    return refused or read_case(case, bound, SHANGHAI)


@pytest.mark.parametrize("header", ["Case Number", "case_number", "\ufeffCASE-NUMBER", " 案 号 "])
def test_a_header_is_known_however_it_is_typed(header: str) -> None:
    bound = rules.bind(OWN, [header, "judge", "party"])
    assert bound.read(["A-1", "Doe", "Ann"])["number"] == "A-1"


def test_a_file_is_recognised_only_by_all_headers_of_a_map() -> None:
    idaho = column_maps.find("idaho")
    headers = [*idaho.recognised_by, "TimeFormatted"]
    assert column_maps.suited(headers).name == "idaho"
    assert column_maps.suited(headers[1:]).name == "tingqi"


def test_a_template_joins_columns_and_loses_no_gap() -> None:
    idaho = column_maps.find("idaho")
    bound = rules.bind(idaho, idaho.recognised_by)
    cells = ["7", "Ann", "", "", "X-1", "Doe", "Trial", "1/2/2027", "8:15"]
    assert bound.read(cells)["party"] == "Ann"
    assert bound.header_of("party") == "PartyFirstName, PartyLastName"


def test_two_columns_of_one_header_are_refused_where_they_would_be_read() -> None:
    with pytest.raises(Invalid, match="Two columns"):
        rules.bind(OWN, ["number", "judge", "party", "Judge"])
    rules.bind(OWN, ["number", "judge", "party", "remark", "remark"])


def test_a_missing_column_is_named_with_what_there_is() -> None:
    with pytest.raises(Invalid, match=r"no column party .*it has: number, judge, who"):
        rules.bind(OWN, ["number", "judge", "who"])


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-12-15", dt.date(2026, 12, 15), None),
        ("２０２６年１２月１５日", dt.date(2026, 12, 15), None),
        ("2026/12/5", dt.date(2026, 12, 5), None),
        ("2026-12-15 09:30:00", dt.date(2026, 12, 15), dt.time(9, 30)),
        ("2026-12-15T09:30", dt.date(2026, 12, 15), dt.time(9, 30)),
    ],
)
def test_a_day_is_read_with_its_time_where_the_cell_has_one(
    text: str, day: dt.date, clock: dt.time | None
) -> None:
    assert rules.read_day(text, OWN.date_formats) == (day, clock)


@pytest.mark.parametrize("text", ["2026-02-30", "15.12.", "tomorrow", "46371", "2026-12-15 9am"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert rules.read_day(text, OWN.date_formats) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [("9:30", dt.time(9, 30)), ("下午2:30", dt.time(14, 30)), ("14时30分", dt.time(14, 30)),
     ("2:30 PM", dt.time(14, 30)), ("１４：３０", dt.time(14, 30)), ("25:00", None), ("noon", None)],
)  # fmt: skip
def test_a_clock_is_read_as_courts_write_it(text: str, clock: dt.time | None) -> None:
    assert rules.read_clock(text, OWN.time_formats) == clock


def test_rows_of_one_number_make_one_case_however_it_is_typed() -> None:
    found = read(
        ("（2026）沪01号", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "", ""),
        ("(2026) 沪01号", "陈法官.", "海通公司", "被告", "赵磊", "13800138002", "2026-12-15", "9:30"),
    )  # fmt: skip
    assert isinstance(found, Entry), found
    assert [party["side"] for party in found.given["parties"]] == ["claimant", "respondent"]
    [sitting] = found.sittings
    assert (sitting.line, sitting.minutes) == (3, 60)
    assert sitting.starts_at == dt.datetime(2026, 12, 15, 1, 30, tzinfo=dt.UTC)


def test_two_counsel_of_one_party_stand_in_two_rows() -> None:
    row = ("A-1", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "", "")
    found = read(row, (*row[:4], "王芳", "13800138009", "", ""), row)
    assert isinstance(found, Entry), found
    [party] = found.given["parties"]
    assert [counsel["name"] for counsel in party["counsel"]] == ["李敏", "王芳"]


def test_all_that_is_wrong_with_a_case_is_said_at_once() -> None:
    found = read(
        ("A-1", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "2026-13-01", "9:30"),
        ("A-1", "吴法官", "", "被告", "赵磊", "13800138002", "", ""),
    )
    assert isinstance(found, list)
    assert [(each.line, each.column) for each in found] == [
        (2, "开庭日期"), (3, "法官"), (3, "当事人"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ({"colums": {}}, "colums"),
        ({"columns": {"judgee": "J"}}, "columns.judgee"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"region": "Utopia"}, "region"),
        ({"shared_sittings": "yes"}, "shared_sittings"),
        ({"date_formats": ["DD.MM.YYYY"]}, "date_formats"),
    ],
)
def test_a_column_map_with_a_slip_names_the_entry(said: dict[str, object], entry: str) -> None:
    with pytest.raises(Invalid) as fault:
        column_maps.made(said)
    assert list(fault.value.errors) == [entry]
