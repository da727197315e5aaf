"""Files as courts keep them, by command and by page: workbooks, encodings, both sides in a row."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.cli import cli, sentence
from app.worker import beat
from tests.conftest import Scenario
from tests.flows.test_import import cases, hearings, run
from tests.flows.test_pages import words

HEAD = (
    "案号",
    "案由",
    "承办法官",
    "当事人",
    "诉讼地位",
    "代理人",
    "电话",
    "邮箱",
    "开庭日期",
    "开庭时间",
    "法庭",
)
Sheet = tuple[str, Sequence[Sequence[Any]], str]


def row(n: int, **more: Any) -> list[Any]:
    """A row of a case of its own, with its own judge and counsel."""
    usual = {
        "案号": f"（2026）沪0115民初{7000 + n}号",
        "案由": "借款",
        "承办法官": f"法官{n}",
        "当事人": f"甲{n}公司",
        "诉讼地位": "原告",
        "代理人": f"李{n}",
        "邮箱": f"li{n}@x.example",
    }
    return [(usual | more).get(header) for header in HEAD]


def book(
    *sheets: Sheet, mac: bool = False, after: Callable[[Workbook], object] | None = None
) -> bytes:
    """A workbook of some sheets, each with its rows and whether it is visible."""
    made = Workbook()
    made.remove(made.active)
    if mac:
        made.epoch = CALENDAR_MAC_1904
    for title, rows, state in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for each in rows:
            sheet.append(list(each))
    if after:
        after(made)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def one(*rows: Sequence[Any], after: Callable[[Workbook], object] | None = None) -> bytes:
    """A workbook of one sheet."""
    return book(("表", [HEAD, *rows], "visible"), after=after)


def numbers(scenario: Scenario) -> list[str]:
    """The last figures of the cases that were entered."""
    return sorted(case["number"][-5:-1] for case in cases(scenario))


def give(desk: FlaskClient, body: bytes, name: str = "cases.xlsx") -> Any:
    """Upload a file by page."""
    return desk.post("/import?lang=en", data={"file": (io.BytesIO(body), name)})


def test_what_is_hidden_in_a_workbook_is_not_entered(scenario: Scenario) -> None:
    body = book(("旧", [HEAD, row(1)], "hidden"), ("新", [HEAD, row(2)], "visible"))
    status, said = run(scenario, body, name="x.xlsx")
    assert (status, "sheet 新" in said) == (0, True), said

    def hide(made: Workbook) -> None:
        made.active.row_dimensions[3].hidden = True

    status, said = run(scenario, one(row(3), row(4), row(5), after=hide), name="x.xlsx")
    assert (status, "left out, 1 of them: lines 3." in said) == (0, True), said
    assert numbers(scenario) == ["7002", "7003", "7005"]


def test_of_two_sheets_with_rows_none_is_dropped_without_a_word(scenario: Scenario) -> None:
    body = book(("一", [HEAD, row(1)], "visible"), ("二", [HEAD, row(2)], "visible"))
    status, said = run(scenario, body, name="x.xlsx")
    assert (status, "(一, 二)" in said, "--sheet" in said) == (2, True, True), said
    assert run(scenario, body, "--sheet", "三", name="x.xlsx")[0] == 2
    assert run(scenario, body, "--sheet", "二", name="x.xlsx")[0] == 0
    assert numbers(scenario) == ["7002"]
    desk = scenario.sign_in()
    path = give(desk, body).location
    page = desk.get(path).text
    assert 'value="一"' in page
    assert "（2026）沪0115民初7001号" in page  # the first rows of each
    assert desk.post(path, data={"do": "check"}).status_code == 422
    assert desk.post(path, data={"do": "read", "sheet": "一"}).status_code == 303
    taken(scenario, desk, path)
    assert numbers(scenario) == ["7001", "7002"]


def taken(scenario: Scenario, desk: FlaskClient, path: str) -> None:
    """Check and enter an uploaded file with the columns as they are guessed."""
    from tests.flows.test_import_page import columns

    form = {**columns(desk.get(path).text), "do": "check"}
    assert desk.post(path, data=form).status_code == 303
    beat.process_file(scenario.app)
    answer = desk.post(path, data={"do": "enter"})
    assert answer.status_code == 303, words(answer)
    beat.process_file(scenario.app)


def test_cells_without_a_value_are_refused_where_they_stand(scenario: Scenario) -> None:
    def formula(made: Workbook) -> None:
        made.active["H4"] = '=LOWER("LI@X.EXAMPLE")'

    body = one(
        row(1, 邮箱="#N/A"),
        row(2, 当事人="#REF!"),
        row(3),
        row(4, 案号=2026011500001234567),
        after=formula,
    )
    status, said = run(scenario, body, name="x.xlsx")
    assert status == 1
    for words_ in (
        "line 2, 邮箱: The cell holds an error of the spreadsheet, #N/A",
        "line 3, 当事人: The cell holds an error of the spreadsheet, #REF!",
        "line 4, 邮箱: This formula was never calculated",
        "line 5, 案号: A spreadsheet keeps 15 digits",
    ):
        assert words_ in said
    text = "number,judge,party,side\nA-1,Doe,#VALUE!,claimant\n2.02E+14,Doe,Ann,claimant\n"
    status, said = run(scenario, text)
    assert (status, "line 2, party: The cell holds an error" in said) == (1, True), said
    assert "line 3, number: The spreadsheet has shortened" in said
    assert cases(scenario) == []


def test_a_formula_with_its_result_is_read(scenario: Scenario) -> None:
    def formula(made: Workbook) -> None:
        made.active["H2"] = "=A1"

    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(one(row(1), after=formula))) as source,
        zipfile.ZipFile(held, "w") as made,
    ):
        for name in source.namelist():
            sheet = source.read(name)
            made.writestr(
                name,
                re.sub(
                    rb'<c r="H2"><f>A1</f><v(></v| ?/)></c>',
                    b'<c r="H2" t="str"><f>A1</f><v>li@x.example</v></c>',
                    sheet,
                ),
            )
    assert run(scenario, held.getvalue(), name="x.xlsx")[0] == 0
    assert cases(scenario)[0]["parties"][0]["counsel"][0]["email"] == "li@x.example"


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
def test_a_time_is_rounded_not_cut(scenario: Scenario, mac: bool) -> None:
    def times(made: Workbook) -> None:
        sheet, first = made.active, 1462 if mac else 0
        for line, day, clock in (
            (2, 46371, 0.3958333),
            (3, 46372, 0.3958),
            (4, 46373.3958333, None),
        ):
            sheet[f"I{line}"], sheet[f"J{line}"] = day - first, clock
            sheet[f"I{line}"].number_format = "yyyy/m/d h:mm"
            sheet[f"J{line}"].number_format = "h:mm"

    body = book(("表", [HEAD, row(1), row(2), row(3)], "visible"), mac=mac, after=times)
    status, said = run(scenario, body, name="x.xlsx")
    assert status == 0, said
    days = sorted(hearing["starts_at"] for hearing in hearings(scenario))
    assert days == [f"2026-12-{day}T09:30:00+08:00" for day in (15, 16, 17)]


def test_dates_in_the_formats_of_chinese_excel_are_days(scenario: Scenario) -> None:
    """The format 31 (2026年12月15日) is not defined in the file: Excel knows it by its number."""

    def date(made: Workbook) -> None:
        made.active["I2"], made.active["J2"] = 46371, dt.time(9, 30)
        made.active["I2"].number_format = "0.000"

    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(one(row(1), after=date))) as source,
        zipfile.ZipFile(held, "w") as made,
    ):
        for name in source.namelist():
            made.writestr(
                name, source.read(name).replace(b'xf numFmtId="164"', b'xf numFmtId="31"')
            )
    status, said = run(scenario, held.getvalue(), name="x.xlsx")
    assert status == 0, said
    assert hearings(scenario)[0]["starts_at"] == "2026-12-15T09:30:00+08:00"


def test_titles_merged_cells_and_totals_are_read_as_a_person_reads_them(scenario: Scenario) -> None:
    def shape(made: Workbook) -> None:
        sheet = made.active
        sheet.insert_rows(1)
        sheet["A1"] = "2026年12月开庭一览表"
        sheet.merge_cells("A1:K1")
        for column in "ABC":
            sheet.merge_cells(f"{column}3:{column}4")
        sheet.append(["合计：1件"])
        sheet.append(["制表人：张三", None, "2026年11月30日"])

    second = row(2, 当事人="乙公司", 诉讼地位="被告")
    status, said = run(scenario, one(row(1), second, after=shape), name="x.xlsx")
    assert (status, ": 2 rows" in said, "left out: 合计：1件." in said) == (0, True, True), said
    [case] = cases(scenario)
    assert case["number"] == "（2026）沪0115民初7001号"
    assert [party["name"] for party in case["parties"]] == ["甲1公司", "乙公司"]


def test_a_sheet_formatted_to_its_last_row_has_the_rows_that_are_filled(scenario: Scenario) -> None:
    body, held = one(row(1), row(2)), io.BytesIO()
    more = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(4, 1_048_577))
    with (
        zipfile.ZipFile(io.BytesIO(body)) as source,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name in source.namelist():
            end = b"</sheetData>"
            made.writestr(name, source.read(name).replace(end, more.encode() + end))
    status, said = run(scenario, held.getvalue(), name="x.xlsx")
    assert (status, ": 2 rows," in said) == (0, True), said


WIDE = (
    "案号",
    "承办法官",
    "原告",
    "原告代理人",
    "原告代理人电话",
    "被告",
    "被告代理人",
    "被告代理人邮箱",
    "开庭时间",
)
BOTH = (
    "（2026）沪0115民初8001号",
    "陈法官",
    "甲公司、乙公司",
    "李敏；王芳",
    "13800138001；13900139002",
    "丙公司",
    "赵雷",
    "zhao@x.example",
    "2026年12月15日 上午9:30",
)
TWO_LINES = (
    ("案号", "承办法官", "原告", None, None, "被告", None, None, "开庭时间"),
    (None, None, "名称", "代理人", "电话", "名称", "代理人", "邮箱", None),
    BOTH,
)
REPEATED = ("案号", "承办法官", "原告", "代理人", "电话", "被告", "代理人", "邮箱", "开庭时间")


@pytest.mark.parametrize(
    "rows",
    [
        (WIDE, BOTH),
        TWO_LINES,
        (("2026年12月排期",), *TWO_LINES),
        (tuple(h.replace("原告", "上诉人").replace("被告", "被上诉人") for h in WIDE), BOTH),
        (
            (
                "Case No",
                "Judge",
                "Plaintiff",
                "Plaintiff's Counsel",
                "Plaintiff Counsel Phone",
                "Defendant",
                "Counsel for Defendant",
                "Defendant's attorney e-mail",
                "Hearing date",
            ),
            BOTH,
        ),
        (
            (
                "case",
                "judge",
                "applicant",
                "applicant counsel",
                "applicant phone",
                "respondent",
                "respondent counsel",
                "respondent email",
                "hearing time",
            ),
            BOTH,
        ),
    ],
    ids=["one line", "two lines", "title and two lines", "appeal", "English", "applicant"],
)
@pytest.mark.parametrize("by_page", [False, True], ids=["command", "page"])
def test_one_row_with_both_sides_and_their_counsel(
    scenario: Scenario, rows: Sequence[Sequence[Any]], by_page: bool
) -> None:
    body = book(("表", rows, "visible"))
    if by_page:
        desk = scenario.sign_in()
        taken(scenario, desk, give(desk, body).location)
    else:
        status, said = run(scenario, body, name="x.xlsx")
        assert status == 0, said
    [case] = cases(scenario)
    found = {
        (party["name"], party["side"]): [
            (c["name"], c["phone"], c["email"]) for c in party["counsel"]
        ]
        for party in case["parties"]
    }
    assert found == {
        ("甲公司", "claimant"): [("李敏", "+8613800138001", "")],
        ("乙公司", "claimant"): [("王芳", "+8613900139002", "")],
        ("丙公司", "respondent"): [("赵雷", "", "zhao@x.example")],
    }
    assert hearings(scenario)[0]["starts_at"] == "2026-12-15T09:30:00+08:00"


def test_headers_that_are_repeated_belong_to_the_side_before_them(scenario: Scenario) -> None:
    status, said = run(
        scenario,
        book(
            (
                "表",
                ((*REPEATED[:7], "电话", "开庭时间"), (*BOTH[:7], "13700137003", BOTH[8])),
                "visible",
            )
        ),
    )
    assert status == 0, said
    phones = [c["phone"] for party in cases(scenario)[0]["parties"] for c in party["counsel"]]
    assert phones == ["+8613800138001", "+8613900139002", "+8613700137003"]
    unclear = ("案号", "承办法官", "原告", "被告", "电话")
    status, said = run(scenario, book(("表", (unclear, ("1", "陈", "甲", "乙", "")), "visible")))
    assert (status, "电话: It does not say of which side this is" in said) == (2, True), said


def test_a_clash_and_a_fault_name_the_header_of_the_file(scenario: Scenario) -> None:
    other = ("（2026）沪0115民初8002号", *BOTH[1:])
    status, said = run(scenario, book(("表", (WIDE, BOTH, other), "visible")), name="x.xlsx")
    assert (status, "line 3, 开庭时间: Judge 陈法官 has" in said) == (1, True), said
    wrong = (*BOTH[:4], "13800138001", *BOTH[5:8], "12月15日")
    status, said = run(scenario, book(("表", (WIDE, wrong), "visible")), name="x.xlsx")
    assert "line 2, 原告代理人电话: Here are 1 for 2 people" in said
    assert "line 2, 开庭时间: 12月15日 has no year" in said


WESTERN = (
    "number,judge,party,side,counsel,email\nA-1,Müller,Jörg Größe,claimant,Eva Weiß,e@x.example\n"
)
FRENCH = WESTERN.replace("Müller", "Lefèvre").replace("Eva Weiß", "Zoé Dupré")


def test_an_encoding_is_taken_only_where_the_text_makes_sense_in_it(scenario: Scenario) -> None:
    assert run(scenario, WESTERN.encode("cp1252"))[0] == 0
    assert cases(scenario)[0]["judge"] == "Müller"
    french = FRENCH.replace("A-1", "A-2").encode("cp1252")
    status, said = run(scenario, french)
    assert (status, "--encoding" in said, "\n" in said.strip()) == (2, True, False), said
    assert run(scenario, french, "--encoding", "klingon")[0] == 2
    assert run(scenario, french, "--encoding", "utf-8")[0] == 2
    assert run(scenario, french, "--encoding", "latin-1")[0] == 0
    assert cases(scenario)[0]["judge"] == "Lefèvre"
    names = "number,judge,party,side\nA-3,陈喆,朱镕,claimant\n"
    assert run(scenario, names.encode("gbk"))[0] == 0
    assert cases(scenario)[0]["judge"] == "陈喆"
    desk = scenario.sign_in()
    path = give(desk, FRENCH.replace("A-1", "A-4").encode("cp1252"), "x.csv").location
    page = desk.get(path).text
    assert "Lefèvre" in page
    assert "Lefčvre" in page  # as Central Europe would read it
    assert desk.post(path, data={"do": "read", "encoding": "cp1252"}).status_code == 303
    taken(scenario, desk, path)
    assert cases(scenario)[0]["judge"] == "Lefèvre"


NAMES = [
    "x.csv",
    "x.xls",
    "x",
    "..",
    "庭" * 120 + ".xlsx",
    "a/../../b.xlsx",
    "c:\\d\\e.xlsx",
    "\u202excod.xlsx",
    "nul",
    "a\0b.xlsx",
    " ",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_is_one_under_any_name(scenario: Scenario, name: str) -> None:
    desk = scenario.sign_in()
    answer = give(desk, one(row(1)), name)
    if not name.strip():
        assert answer.status_code in (303, 422)
        return
    assert answer.status_code == 303, words(answer)
    page = desk.get(answer.location)
    assert page.status_code == 200
    assert "\u202e" not in page.text
    given = {"file": (io.BytesIO(one(row(1))), name), "seconds": "1"}
    listed = desk.post("/listings?lang=en", data=given)
    assert (listed.status_code, "There is no case" in words(listed)) == (422, True)
    if "/" not in name and "\0" not in name and name != ".." and len(name) < 80:
        assert run(scenario, one(row(1)), name=name)[0] == 0


def packed(**parts: bytes) -> bytes:
    """A ZIP of some parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, body in parts.items():
            made.writestr(name.replace("__", "/"), body)
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
STRICT = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
NO_TABLES = [
    (packed(xl__workbook_xml=STRICT).replace(b"workbook_xml", b"workbook.xml"), "strict format"),
    (b"%PDF-1.7\n", "This is a PDF"),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "This is a picture"),
    (OLE + "Workbook".encode("utf-16-le"), "old Excel file"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    (b"\r\n<html><table><tr><td>1</td></tr></table>", "a web page under the name of a table"),
    (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML (2003)",
    ),
    (packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "(ODS)"),
    (packed(word__document_xml=b"").replace(b"document_xml", b"document.xml"), "a Word file"),
    (packed(readme=b"x"), "packed archive (ZIP)"),
    (one(row(1))[:2000], "is damaged"),
    (
        packed(xl__workbook_xml=b"<x/>").replace(b"workbook_xml", b"workbook.xml"),
        "cannot be read as XLSX",
    ),
]


@pytest.mark.parametrize(("body", "said"), NO_TABLES, ids=[said for _, said in NO_TABLES])
def test_what_is_no_table_is_called_by_its_name(scenario: Scenario, body: bytes, said: str) -> None:
    status, words_ = run(scenario, body, name="x.csv")
    assert (status, said in words_, "\n" in words_.strip()) == (2, True, False), words_
    answer = give(scenario.sign_in(), body, "cases.csv")
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_a_court_elsewhere_reads_its_own_encodings_and_dates(scenario: Scenario) -> None:
    text = "案號,法官,當事人,訴訟地位,開庭時間\nA-1,陳法官,遠洋公司,原告,2026-12-15 9:30\n"
    assert run(scenario, text.encode("big5"))[0] == 0
    assert cases(scenario)[0]["judge"] == "陳法官"
    slash = "number,judge,party,side,date,time\nA-2,Doe,Ann,claimant,5/12/2026,9.30 am\n"
    status, said = run(scenario, slash)
    assert (status, "line 2, date: 5/12/2026 may be two days" in said) == (1, True), said
    (scenario.folder / "gb.toml").write_text(
        'region = "GB"\n[columns]\nnumber = "number"\njudge = "judge"\nparty = "party"\n'
        'side = "side"\nhearing_on = "date"\nhearing_at = "time"\n',
        encoding="utf-8",
    )
    status, said = run(scenario, slash, "--map", str(scenario.folder / "gb.toml"))
    assert status == 0, said
    assert "2026-12-05T09:30:00+08:00" in [each["starts_at"] for each in hearings(scenario)]


def test_headers_of_taiwan_and_with_full_stops_are_known(scenario: Scenario) -> None:
    text = (
        "案號,承辦法官,審理程序,當事人,訴訟地位,代理律師,聯絡電話,電子郵件,語言,開庭時間,預計時長\n"
        "甲1號,陳法官,簡易程序,遠洋公司,被上訴人,李敏,13800138001,l@x.example,中文,"
        "2026年12月15日 週二 上午9時30分,90\n"
    )
    status, said = run(scenario, text)
    assert status == 0, said
    assert cases(scenario)[0]["procedure"] == "summary"
    [hearing] = hearings(scenario)
    assert hearing["starts_at"] == "2026-12-15T09:30:00+08:00"
    text = "Case No.,Judge,Plaintiff,Plaintiff Counsel,Plaintiff Tel.,Defendant\n1/26,Chen,A,Li,13800138001,B\n"
    status, said = run(scenario, text)
    assert status == 0, said
    assert "1/26" in [each["number"] for each in cases(scenario)]


STRINGS = (
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<si><t>Somebody else</t></si></sst>"
)


def changed(body: bytes, old: bytes, new: bytes, more: dict[str, bytes] | None = None) -> bytes:
    """A workbook with some bytes of its parts exchanged, and more parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(held, "w") as made:
        for name in source.namelist():
            made.writestr(name, source.read(name).replace(old, new))
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return held.getvalue()


def test_headers_are_known_with_their_full_stops_and_in_traditional_characters(
    scenario: Scenario,
) -> None:
    heads = (
        "案號,承辦法官,當事人姓名,訴訟地位,代理律師,聯絡電話,預計時長",
        "Case No.,Judge Name,Party,Side,Counsel,Tel.,Length",
        "Case Ref.,Hearing Judge:,Party Name,Role,Attorney,Phone #,Time estimate",
        "Docket No.,Assigned Judge,Party,Role,Lawyer,Telephone,Minutes",
    )
    for n, head in enumerate(heads, start=1):
        status, said = run(scenario, f"{head}\nA-{n},Doe,P{n},原告,Li {n},1380013800{n},60\n")
        assert status == 0, said
    assert {case["number"] for case in cases(scenario)} == {"A-1", "A-2", "A-3", "A-4"}


def test_a_workbook_with_places_that_cannot_be_is_refused_in_words(scenario: Scenario) -> None:
    body = one(row(1))
    for old, new in ((b'<row r="2"', b'<row r="1e400"'), (b'<row r="2"', b'<row r="2" ht="x"')):
        status, said = run(scenario, changed(body, old, new), name="x.xlsx")
        assert (status, "cannot be read as XLSX" in said) == (2, True), said
    flat = changed(body, b'<row r="2"', b'<row r="2" ht="0.0" customHeight="1"')
    status, said = run(scenario, flat, name="x.xlsx")
    assert "Rows that are hidden in the sheet are left out" in said
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    shared = changed(body, b"</Types>", part, more={"xl/sharedStrings.xml": STRINGS})
    # Openpyxl writes the name by lxml, where that is installed, as references to characters.
    names = ("李1".encode(), "李1".encode("ascii", "xmlcharrefreplace"))
    for name in names:
        cell = b'<c r="F2" t="inlineStr"><is><t>' + name + b"</t></is>"
        shared = changed(shared, cell, b'<c r="F2" t="s"><v>-1</v>')
    status, said = run(scenario, shared, name="x.xlsx")
    assert (status, cases(scenario)) == (2, []), said


def test_a_map_may_name_its_separator_and_need_not_say_what_is_usual(scenario: Scenario) -> None:
    (scenario.folder / "ours.toml").write_text(
        'separator = "~"\n[columns]\nnumber = "Ref"\njudge = "Before"\nparty = "Who"\n'
        'side = "S"\nhearing_on = "Day"\n',
        encoding="utf-8",
    )
    text = "Ref~Before~Who~S~Day\nA,1~Doe~Ann~原告~2026-12-15 9:30 am\n"
    status, said = run(scenario, text, "--map", str(scenario.folder / "ours.toml"))
    assert status == 0, said
    assert cases(scenario)[0]["number"] == "A,1"
    hearing = scenario.api("GET", f"/hearings/{hearings(scenario)[0]['id']}")[1]
    begins, ends = (dt.datetime.fromisoformat(hearing[name]) for name in ("starts_at", "ends_at"))
    assert ends - begins == dt.timedelta(minutes=60)


def test_a_list_of_hearings_is_read_like_an_import(scenario: Scenario) -> None:
    assert run(scenario, one(row(1), row(2)), name="x.xlsx")[0] == 0
    rows = [
        ("2026年12月待排",),
        ("案号", "时长", "不早于"),
        (row(1)[0], "９０分钟", "2026年12月15日"),
        (row(2)[0], 60, dt.date(2026, 12, 15)),
        (row(2)[0], 60, None),
        ("合计：3件",),
    ]
    file = scenario.folder / "list"
    sheets = ("旧", rows[:3], "visible"), ("新", rows, "visible")

    def listed(*options: str) -> tuple[int, str]:
        done = scenario.app.test_cli_runner().invoke(cli, ["list-hearings", str(file), *options])
        if done.exception and not isinstance(done.exception, SystemExit):
            return 2, sentence(done.exception)
        return done.exit_code, done.output

    file.write_bytes(book(*sheets))
    status, said = listed("--dry-run")
    assert (status, "(旧, 新)" in said) == (2, True), said
    status, said = listed("--dry-run", "--sheet", "新")
    assert f"line 5, 案号: Line 4 has this hearing of case {row(2)[0]} already." in said
    assert "Line 6 is taken for a note or a total" in said
    assert "Errors: 1." in said
    desk = scenario.sign_in()
    given = {"file": (io.BytesIO(book(*sheets)), "x"), "seconds": "1"}
    page = desk.post("/listings?lang=en", data=given)
    assert (page.status_code, 'value="旧"' in page.text) == (422, True)
