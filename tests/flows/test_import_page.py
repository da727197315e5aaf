"""The import by page: columns guessed and remembered, faults at their cells, entered, undone."""

import io
import re
import zipfile
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.cases.models import Case, Counsel
from app.core.db import db
from app.court.models import SettingChange
from app.hearings.models import Booking, Hearing
from app.imports.models import UploadPart
from app.worker import beat
from tests.conftest import CASE, Scenario, at, proposal
from tests.flows.test_pages import words

HEAD = "案号,案由,承办法官,当事人,诉讼地位,代理人,Mail of lawyer,开庭日期,开庭时间,法庭\n"
GOOD = HEAD + (
    "（2026）沪0115民初1号,借款,陈法官,甲公司,原告,李敏,li@x.example,2026-12-21,09:30,第三法庭\n"
    "（2026）沪0115民初1号,借款,陈法官,乙公司,被告,赵雷,zhao@x.example,,,\n"
    "（2026）沪0115民初2号,租赁,陈法官,丙公司,原告,孙悦,sun@x.example,,,\n"
)
BAD = (
    GOOD
    + "（2026）沪0115民初3号,租赁,陈法官,丁公司,原告,钱多,not an address,2026-13-01,09:30,第三法庭\n"
)


def give(desk: FlaskClient, text: str | bytes, name: str = "cases.csv") -> Any:
    """Upload a file; return the answer."""
    body = text if isinstance(text, bytes) else text.encode()
    return desk.post("/import?lang=en", data={"file": (io.BytesIO(body), name)})


def columns(page: str) -> dict[str, str]:
    """What each column is taken for, as the page shows it."""
    found = re.findall(r'<select[^>]*name="(column-\d+)">(.*?)</select>', page, re.S)
    return {
        name: (re.search(r'value="([\w.]*)" selected', inner) or ["", ""])[1]
        for name, inner in found
    }


def check(scenario: Scenario, desk: FlaskClient, text: str, **more: str) -> str:
    """Upload a file, take the columns as guessed but for some, let it be checked; its address."""
    path = give(desk, text).location
    assert (
        desk.post(path, data={**columns(desk.get(path).text), **more, "do": "check"}).status_code
        == 303
    )
    beat.process_file(scenario.app)
    return path


def count(scenario: Scenario, *tables: Any) -> list[int]:
    """How many rows tables have."""
    with scenario.app.app_context():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables]


def test_a_file_is_mapped_checked_entered_and_undone(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    path = give(desk, GOOD).location
    page = desk.get(path)
    assert columns(page.text)["column-0"] == "number"
    assert columns(page.text)["column-6"] == ""  # a header that nobody knows
    missing = {**columns(page.text), "do": "check", "column-2": ""}
    refused = desk.post(path, data=missing)
    assert (refused.status_code, "Judge" in words(refused)) == (422, True)
    path = check(scenario, desk, GOOD, **{"column-6": "email"})
    assert "New cases 2" in words(desk.get(path))
    assert count(scenario, Case, Counsel) == [0, 0]  # checked is not entered
    assert columns(desk.get(give(desk, GOOD).location).text)["column-6"] == "email"  # remembered
    desk.post(path, data={"do": "enter"})
    assert "The sending service has not answered" in words(desk.get(path))
    scenario.beat()
    assert "The file is being processed." in words(desk.get(path))
    beat.process_file(scenario.app)
    assert count(scenario, Case, Hearing, Counsel) == [2, 1, 3]
    with scenario.app.app_context():
        second = db.session.scalar(sa.select(Case.id).where(Case.number.contains("民初2号")))
    # Somebody works with it.
    asked = proposal(second or 0, (at(30), "第三法庭"))
    assert scenario.api("POST", "/hearings", asked)[0] == 201
    assert "Undo this import" in words(desk.get(path))
    undone = words(desk.post(path, data={"do": "undo"}, follow_redirects=True))
    assert "1 case of this import is gone." in undone
    assert "（2026）沪0115民初2号" in undone
    with scenario.app.app_context():
        assert list(db.session.scalars(sa.select(Case.number))) == ["（2026）沪0115民初2号"]
        assert list(db.session.scalars(sa.select(Counsel.name))) == ["孙悦"]
        firm = sa.select(sa.func.count()).select_from(Booking).where(Booking.firm)
        assert db.session.scalar(firm) == 0
        noted = list(db.session.scalars(sa.select(SettingChange.what)))
    assert noted == ["entered/cases.csv", "undone/cases.csv"]
    assert desk.post(path, data={"do": "undo"}).status_code == 422


def test_a_calendar_that_is_kept_loses_what_was_undone(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    path = check(scenario, desk, GOOD, **{"column-6": "email"})
    desk.post(path, data={"do": "enter"})
    beat.process_file(scenario.app)
    feed = scenario.api("POST", "/feeds", {"scope": "courtroom", "name": "第三法庭"})[1]["url"]
    address = feed.removeprefix("http://127.0.0.1:8000")
    first = scenario.client.get(address)
    assert "民初1号" in first.get_data(as_text=True).replace("\r\n ", "")
    desk.post(path, data={"do": "undo"})
    second = scenario.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "民初1号" not in second.get_data(as_text=True).replace("\r\n ", "")


def test_faults_stand_at_their_cells_and_the_rest_is_entered_where_that_is_wished(
    scenario: Scenario,
) -> None:
    desk = scenario.sign_in()
    path = check(scenario, desk, BAD, **{"column-6": "email"})
    page = desk.get(path)
    assert "2026-13-01 is no date that can be read." in words(page)
    assert page.text.count("wrong-cell") >= 1
    assert desk.post(path, data={"do": "enter"}).status_code == 422
    assert desk.post(path, data={"do": "enter", "partial": "1"}).status_code == 303
    beat.process_file(scenario.app)
    assert count(scenario, Case) == [2]
    assert "imported" in words(desk.get(path))
    scenario.wait(days=1)
    late = desk.post(path, data={"do": "undo"})
    assert (late.status_code, "on its own day only" in words(late)) == (422, True)


def test_an_import_is_cancelled_until_it_is_entered(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    for path in (give(desk, GOOD).location, check(scenario, desk, GOOD, **{"column-6": "email"})):
        assert "Cancel the import" in words(desk.get(path))
        said = words(desk.post(path, data={"do": "cancel"}, follow_redirects=True))
        assert "Nothing of the file was entered." in said
        assert "Cancel the import" not in words(desk.get(path))
        for do in ("check", "enter"):
            assert desk.post(path, data={"do": do}).status_code == 422
    path = check(scenario, desk, GOOD, **{"column-6": "email"})
    desk.post(path, data={"do": "enter"})
    assert "Cancel the import" in words(desk.get(path))  # it waits for the worker still
    desk.post(path, data={"do": "cancel"})
    beat.process_file(scenario.app)
    assert count(scenario, Case, UploadPart) == [0, 0]
    path = check(scenario, desk, GOOD, **{"column-6": "email"})
    desk.post(path, data={"do": "enter"})
    beat.process_file(scenario.app)
    late = desk.post(path, data={"do": "cancel"})
    assert (late.status_code, "undo it instead" in words(late)) == (422, True)
    assert count(scenario, Case) == [2]


def test_a_fault_names_the_sides_in_the_words_of_the_page(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    strange = GOOD.replace("被告", "旁观者")
    page = desk.get(check(scenario, desk, strange, **{"column-6": "email"}))
    assert "Choose one of: claimant, respondent, other." in words(page)
    assert re.search(r'class="wrong-cell"><svg.*?</svg> 旁观者</td>', page.text)
    desk.post(page.request.path, data={"do": "enter", "partial": "1"})
    beat.process_file(scenario.app)  # the file is let go of, and its rows keep their headers
    page = desk.get(page.request.path + "?lang=zh")
    assert re.search(r'class="wrong-cell"><svg.*?</svg> 旁观者</td>', page.text)
    assert "诉讼地位</th>" in page.text
    assert "请选择其一：原告（claimant）、被告（respondent）、其他（other）。" in words(page)


def test_files_that_cannot_be_taken_are_refused_in_words(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/sharedStrings.xml", b" " * (60 * 2**20))
    for body, said in (
        (b"", "not empty"),
        (b"a,b\n1,\0\x01\n", "NUL"),
        (bomb.getvalue(), "unpacks to more than"),
        (b"PK\x03\x04 no zip", "is damaged"),
        (b"\xd0\xcf\x11\xe0old", "old Excel file"),
    ):
        answer = give(desk, body)
        assert answer.status_code in (413, 422), said
        assert said in words(answer)
    form = {"data": b"x" * 50_000_000, "content_type": "multipart/form-data; boundary=b"}
    large = desk.post("/import?lang=en", **form)
    assert (large.status_code, "larger than 20 MB" in words(large)) == (413, True)
    assert desk.post("/import").status_code == 422
    assert scenario.client.get("/import").location == "/sign-in?next=/import"
    assert desk.post("/cases/new", data={"title": "x" * 3_000_000}).status_code == 413


def test_another_courts_file_is_nobodys(scenario: Scenario) -> None:
    path = give(scenario.sign_in(), GOOD).location
    from app.core.db import transaction
    from app.people import service as people

    with scenario.app.app_context(), transaction() as session:
        other = people.add_court(session, "Other court")
        people.add_user(
            session,
            other,
            "eve@other.example",
            role="admin",
            now=scenario.clock.now(),
            password="correct horse battery",
        )
    eve = scenario.sign_in("eve@other.example")
    assert eve.get(path).status_code == 404
    assert eve.post(path, data={"do": "check"}).status_code == 404
    assert CASE["number"] not in eve.get("/import").text
