"""How a column map reads headers, days, clocks and words; how rows become one case."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from app.core.errors import Invalid
from app.imports.entries import CaseReader, ImportedCase, RowRefusal, group_by_case
from app.imports.reading import both_sides, column_maps, date_parsing, rules

OWN = column_maps.find(column_maps.OWN)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADERS = ("案号", "法官", "当事人", "诉讼地位", "代理人", "电话", "开庭日期", "开庭时间")


def read(*rows: tuple[str, ...]) -> ImportedCase | list[RowRefusal]:
    """The one case of some rows under Chinese headers, the first in line 2."""
    bound = rules.bind(OWN, HEADERS)
    refused: list[RowRefusal] = []
    [case] = group_by_case(enumerate(rows, start=2), bound, refused)
    return refused or CaseReader(bound, SHANGHAI).read(case)


@pytest.mark.parametrize("header", ["Case Number", "case_number", "\ufeffCASE-NUMBER", " 案 号 "])
def test_a_header_is_known_however_it_is_typed(header: str) -> None:
    bound = rules.bind(OWN, [header, "judge", "party"])
    assert bound.texts(["A-1", "Doe", "Ann"], ("number",))["number"] == "A-1"


def test_a_file_is_recognised_only_by_all_headers_of_a_map() -> None:
    idaho = column_maps.find("idaho")
    headers = [*idaho.recognised_by, "TimeFormatted"]
    assert column_maps.best_match(headers).name == "idaho"
    assert column_maps.best_match(headers[1:]).name == "tingqi"


def test_a_template_joins_columns_and_loses_no_gap() -> None:
    idaho = column_maps.find("idaho")
    bound = rules.bind(idaho, idaho.recognised_by)
    cells = ["7", "Ann", "", "", "X-1", "Doe", "Trial", "1/2/2027", "8:15"]
    assert bound.texts(cells, ("party",))["party"] == "Ann"
    assert bound.header_of("party") == "PartyFirstName, PartyLastName"


def test_two_columns_of_one_header_are_refused_where_they_would_be_read() -> None:
    with pytest.raises(Invalid, match="Two columns"):
        rules.bind(OWN, ["number", "judge", "party", "Judge"])
    rules.bind(OWN, ["number", "judge", "party", "remark", "remark"])


def test_a_missing_column_is_named_with_what_there_is() -> None:
    with pytest.raises(Invalid, match=r"no column party .*it has: number, judge, who"):
        rules.bind(OWN, ["number", "judge", "who"])


DAY, HALF_PAST = dt.date(2026, 12, 15), dt.time(9, 30)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-12-15", DAY, None),
        ("２０２６年１２月１５日", DAY, None),
        ("2026/12/5", dt.date(2026, 12, 5), None),
        ("20261215", DAY, None),
        ("Dec 15, 2026", DAY, None),
        ("15/12/2026", DAY, None),
        ("05.12.2026", dt.date(2026, 12, 5), None),
        ("2026-12-15 09:30:00", DAY, HALF_PAST),
        ("2026-12-15T09:30", DAY, HALF_PAST),
        ("2026年12月15日 上午9:30", DAY, HALF_PAST),
        ("2026年12月15日上午9时30分", DAY, HALF_PAST),
        ("2026年12月15日9时", DAY, dt.time(9)),
        ("2026年12月15日（星期二）９：３０", DAY, HALF_PAST),
        ("二〇二六年十二月十五日上午九时三十分", DAY, HALF_PAST),
        ("2026.12.15 下午2时30分", DAY, dt.time(14, 30)),
        ("Tue, 15 Dec 2026 09:30", DAY, HALF_PAST),
        ("Dec 15 2026 9:30 am", DAY, HALF_PAST),
        ("9:30 am Dec 15 2026", DAY, HALF_PAST),
        ("2026-12-15 09:29:59.99712", DAY, HALF_PAST),
        ("2026-12-15 23:59:45", dt.date(2026, 12, 16), dt.time(0)),
        ("2026-12-15\u200b 9am", DAY, dt.time(9)),
        ("9:30", None, HALF_PAST),
        ("下午2:30", None, dt.time(14, 30)),
        ("14时30分", None, dt.time(14, 30)),
        ("2:30 PM", None, dt.time(14, 30)),
        ("１４：３０", None, dt.time(14, 30)),
        ("中午12点", None, dt.time(12)),
        ("下午14:30", None, dt.time(14, 30)),
        ("9点半", None, HALF_PAST),
        ("09:29:57", None, HALF_PAST),
        ("9.30am", None, HALF_PAST),
    ],
)
def test_a_time_is_read_as_courts_write_it(
    text: str, day: dt.date | None, clock: dt.time | None
) -> None:
    found = date_parsing.read_moment(text, OWN.date_formats, OWN.time_formats, "CN")
    assert found == date_parsing.Moment(day, clock)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30", "no date"),
        ("tomorrow", "no date"),
        ("46371", "no date"),
        ("25:00", "no date"),
        ("noon", "no date"),
        ("上午12:30", "no date"),
        ("2026115", "no date"),
        ("9:30-11:00", "no date"),
        ("2026-12-15 09:30+08:00", "no date"),
        ("15.12.", "no year"),
        ("12月15日", "no year"),
        ("12月15日上午9:30", "no year"),
        ("Dec 15", "no year"),
        ("26-12-15", "four digits"),
        ("26年12月15日", "four digits"),
        ("5/12/2026", "2026-05-12 or 2026-12-05"),
        ("2026年12月15日 星期三", "day of the week"),
    ],
)
def test_what_is_no_day_or_may_be_two_is_not_guessed(text: str, why: str) -> None:
    found = date_parsing.read_moment(text, OWN.date_formats, OWN.time_formats, "CN")
    assert why in str(found)


@pytest.mark.parametrize(("country", "month"), [("US", 5), ("GB", 12), ("DE", 12)])
def test_the_country_says_whether_the_day_goes_first(country: str, month: int) -> None:
    found = date_parsing.read_day("5/12/2026", OWN.date_formats, country)
    assert isinstance(found, dt.date)
    assert found.month == month


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("６０", 60),
        ("90分钟", 90),
        ("1小时30分", 90),
        ("1.5 h", 90),
        ("60.0", 60),
        ("lang", "lang"),
    ],
)
def test_a_length_is_read_as_courts_write_it(text: str, minutes: int | str) -> None:
    assert date_parsing.read_minutes(text) == minutes


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("原告", "claimant.party"),
        ("上诉人（原审原告）", "claimant.party"),
        ("被上诉人", "respondent.party"),
        ("被申请人代理人联系电话", "respondent.phone"),
        ("原告委托诉讼代理人", "claimant.counsel"),
        ("电话（原告代理人）", "claimant.phone"),
        ("原告律师事务所", "claimant.firm"),
        ("被告 ＰＨＯＮＥ", "respondent.party_phone"),
        ("Plaintiff's Counsel", "claimant.counsel"),
        ("Counsel for Defendant", "respondent.counsel"),
        ("Applicant solicitor tel.", "claimant.phone"),
        ("被告二代理人", "respondent.2.counsel"),
        ("Third party counsel e-mail", "other.email"),
        ("defendant_attorney_email", "respondent.email"),
        ("案号", ""),
        ("原告诉讼请求", ""),
        ("Applicant No", ""),
    ],
)
def test_a_header_names_a_side_and_what_of_it(header: str, key: str) -> None:
    of = both_sides.read_header(header)
    assert (of.key if of else "") == key


def test_a_header_of_two_lines_puts_each_side_above_its_columns() -> None:
    above = ["案号", "法官", "原告", "", "被告", ""]
    below = ["", "", "名称", "代理人", "名称", "代理人"]
    joined = ["案号", "法官", "原告名称", "原告代理人", "被告名称", "被告代理人"]
    assert both_sides.join_header_rows(above, below) == joined
    assert (
        both_sides.join_header_rows(["案号", "原告", "被告"], ["（2026）1号", "甲", "乙"]) is None
    )


def test_rows_of_one_number_make_one_case_however_it_is_typed() -> None:
    found = read(
        ("（2026）沪01号", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "", ""),
        (
            "(2026) 沪01号",
            "陈法官.",
            "海通公司",
            "被告",
            "赵磊",
            "13800138002",
            "2026-12-15",
            "9:30",
        ),
    )
    assert isinstance(found, ImportedCase), found
    assert [party.side for party in found.case.parties] == ["claimant", "respondent"]
    [sitting] = found.imported_hearings
    assert (sitting.line, sitting.minutes) == (3, 60)
    assert sitting.starts_at == dt.datetime(2026, 12, 15, 1, 30, tzinfo=dt.UTC)


def test_two_counsel_of_one_party_stand_in_two_rows() -> None:
    row = ("A-1", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "", "")
    found = read(row, (*row[:4], "王芳", "13800138009", "", ""), row)
    assert isinstance(found, ImportedCase), found
    [party] = found.case.parties
    assert [counsel.name for counsel in party.counsel] == ["李敏", "王芳"]


def test_all_that_is_wrong_with_a_case_is_said_at_once() -> None:
    found = read(
        ("A-1", "陈法官", "远洋公司", "原告", "李敏", "13800138001", "2026-13-01", "9:30"),
        ("A-1", "吴法官", "", "被告", "赵磊", "13800138002", "", ""),
    )
    assert isinstance(found, list)
    assert [(each.line, each.column) for each in found] == [
        (2, "开庭日期"),
        (3, "法官"),
        (3, "当事人"),
    ]


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ({"colums": {}}, "colums"),
        ({"columns": {"judgee": "J"}}, "columns.judgee"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"region": "Utopia"}, "region"),
        ({"shared_sittings": "yes"}, "shared_sittings"),
        ({"both_sides": 1}, "both_sides"),
        ({"separator": "::"}, "separator"),
        ({"encoding": "klingon"}, "encoding"),
        ({"date_formats": ["DD.MM.YYYY"]}, "date_formats"),
    ],
)
def test_a_column_map_with_a_slip_names_the_entry(said: dict[str, object], entry: str) -> None:
    with pytest.raises(Invalid) as fault:
        column_maps.parse(said)
    assert list(fault.value.errors) == [entry]
