"""From a template to proposals: it is filled in, imported, and its cases are proposed for."""

import csv
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.cases.models import Case
from app.core.db import db
from app.hearings.models import Hearing
from app.imports import template_file
from app.imports.reading import column_maps, rules
from app.notices.models import Notice
from app.worker import beat
from tests.conftest import Scenario
from tests.flows.test_import_page import columns, count, give
from tests.flows.test_pages import words

FORMS = [(kind, language) for kind in template_file.FORMATS for language in ("en", "zh")]
# A filled-in row of each language, in the order of the template's columns.
FILLED: dict[str, list[str]] = {
    "en": [
        *("CV-2026-7", "Ash v Birch", "summary", "Judge Zhou", "Ash Ltd", "claimant", "Ada Lin"),
        *("Lin Partners", "lin@ash.example", "13800138001", "en", "", "", "", ""),
    ],
    "zh": [
        *("（2026）沪0115民初7号", "借款", "简易程序", "周法官", "甲公司", "原告", "林一"),
        *("华诚", "lin@ash.example", "13800138001", "中文", "", "", "", ""),
    ],
}


def template(desk: FlaskClient, kind: str, language: str) -> bytes:
    """Download the template in a language."""
    got = desk.get(f"/import/template.{kind}?lang={language}")
    assert got.status_code == 200
    assert f"attachment; filename=tingqi-cases.{kind}" in got.headers["Content-Disposition"]
    return got.data


def filled(body: bytes, kind: str, *rows: list[str]) -> bytes:
    """The template with rows added below its example, as a spreadsheet's user would."""
    data = io.BytesIO()
    if kind == "csv":
        return body + "".join(",".join(row) + "\r\n" for row in rows).encode()
    book = load_workbook(io.BytesIO(body))
    for row in rows:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


def checked(scenario: Scenario, desk: FlaskClient, body: bytes, name: str) -> str:
    """Upload a file, take its columns as guessed, and let it be checked; return its address."""
    path = str(give(desk, body, name).location)
    found = columns(desk.get(path).text)
    assert desk.post(path, data={**found, "do": "check"}).status_code == 303
    beat.process_file(scenario.app)
    return path


def entered(scenario: Scenario, desk: FlaskClient, body: bytes, name: str, **more: str) -> str:
    """Upload, check and import a file; return its address."""
    path = checked(scenario, desk, body, name)
    assert desk.post(path, data={"do": "enter", **more}).status_code == 303
    beat.process_file(scenario.app)
    return path


@pytest.mark.parametrize(("kind", "language"), FORMS)
def test_the_template_filled_in_is_imported_without_its_example(
    scenario: Scenario, kind: str, language: str
) -> None:
    desk = scenario.sign_in()
    body = template(desk, kind, language)
    desk.get("/?lang=en")
    path = checked(scenario, desk, body, f"template.{kind}")
    page = words(desk.get(path))
    assert "The file has nothing new." in page
    assert "is the example of the template, and left out" in page
    path = entered(scenario, desk, filled(body, kind, FILLED[language]), f"filled.{kind}")
    assert "Imported cases" in words(desk.get(path))
    assert count(scenario, Case, Hearing) == [1, 0]
    with scenario.app.app_context():
        case = db.session.scalars(sa.select(Case)).one()
        assert (case.number, case.procedure) == (FILLED[language][0], "summary")
        counsel = case.parties[0].representations[0].counsel
        assert (counsel.name, counsel.language) == (FILLED[language][6], language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_header_of_the_template_is_known(language: str) -> None:
    headers = [header for header, *_ in template_file.COLUMNS[language]]
    mapping = rules.bind(column_maps.best_match(headers), headers)
    assert mapping.unread() == []
    read = list(csv.reader(io.StringIO(template_file.write("csv", language).decode("utf-8-sig"))))
    assert read[0] == headers
    assert len(read) == 3


def test_an_import_ends_with_links_and_leads_to_proposals(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    head = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱,开庭日期,开庭时间,法庭\n"
    rows = [
        f"（2026）沪0115民初{n}号,借款,陈法官,甲公司{n},原告,李敏{n},li{n}@x.example,,,\n"
        f"（2026）沪0115民初{n}号,借款,陈法官,乙公司{n},被告,赵雷{n},zhao{n}@x.example,,,\n"
        for n in (1, 2)
    ]
    fixed = "（2026）沪0115民初3号,租赁,周法官,丙公司,原告,孙悦,sun@x.example,2026-12-21,09:30,第三法庭\n"
    nobody = "（2026）沪0115民初4号,租赁,周法官,丁公司,原告,,,,,\n"
    path = entered(scenario, desk, (head + "".join(rows) + fixed + nobody).encode(), "cases.csv")
    page = desk.get(f"{path}?lang=en")
    assert "Propose for these: 3" in words(page)
    links = re.findall(r'href="(/cases/\d+|/hearings/\d+|/hearings/new\?case_id=\d+)"', page.text)
    assert len(set(links)) == 4 + 1 + 3
    form = desk.get("/listings?upload=1&lang=en")
    assert "3 cases of the import cases.csv without a hearing ahead." in words(form)
    wrong = desk.post("/listings", data={"upload": "1", "minutes": "0", "seconds": "5"})
    assert wrong.status_code == 422
    given = {"upload": "1", "kind": "mediation", "minutes": "60", "slots": "1", "seconds": "5"}
    made = desk.post("/listings", data=given)
    assert made.status_code == 303, words(made)
    assert "Left out: （2026）沪0115民初4号. Nobody can be asked" in words(desk.get(made.location))
    assert beat.search_listing(scenario.app)
    assert "Send all: 2" in words(desk.get(made.location))
    other = {**given, "upload": "99"}
    assert desk.post("/listings", data=other).status_code == 404


def test_an_import_of_one_case_leads_to_its_proposal(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    body = filled(template(desk, "csv", "en"), "csv", FILLED["en"])
    page = desk.get(entered(scenario, desk, body, "one.csv"))
    assert "Propose for this case" in words(page)
    assert re.search(r'<a class="btn go" href="/hearings/new\?case_id=\d+"', page.text)


def with_hearing(on: str) -> list[list[str]]:
    """Two rows of the English template, of counsel of two languages, the first with a hearing."""
    first = [*FILLED["en"][:11], on, "09:30" if on else "", "60", ""]
    second = [*FILLED["en"][:4], "Birch Ltd", "respondent", "孟二", "", "meng@b.example"]
    return [first, [*second, "13800138002", "zh", "", "", "", ""]]


def test_reminders_are_offered_with_their_words_only_where_there_are_hearings(
    scenario: Scenario,
) -> None:
    desk = scenario.sign_in()
    body = template(desk, "csv", "en")
    for on in ("", "2026-11-02"):  # none, and one that is past
        path = checked(scenario, desk, filled(body, "csv", *with_hearing(on)), "a.csv")
        page = desk.get(path)
        assert 'name="remind"' not in page.text
        assert "Import 1 case" in words(page)
    path = checked(scenario, desk, filled(body, "csv", *with_hearing("2026-12-21")), "b.csv")
    page = desk.get(path)
    shown = words(page)
    assert 'name="remind"' in page.text
    assert "Remind counsel of 1 hearing of the file" in shown
    assert "Counsel: 2." in shown
    assert "The court reminds you of the hearing below." in shown
    assert "法院提醒您" in shown or "提醒" in shown
    assert "lin@ash.example" in shown
    assert count(scenario, Case, Notice) == [0, 0]
    desk.post(path, data={"do": "enter", "remind": "1"})
    beat.process_file(scenario.app)
    scenario.beat()
    with scenario.app.app_context():
        kinds: list[Any] = list(db.session.scalars(sa.select(Notice.kind).distinct()))
    assert kinds == ["reminder"]
