"""Papers from a draft to the receipt, and how the other side opens and confirms them."""

import datetime as dt
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.papers.models import Filing, Paper, PaperFile
from app.storage.models import StoredFile
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.flows.test_erasing import erase
from tests.papers.giving import JPEG, PDF, Files, draft, fields_of, send
from tests.questions.test_questions import LI, entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def one(scenario: Scenario, statement: Any) -> Any:
    with scenario.app.app_context():
        return db.session.scalar(statement)


def numbers(scenario: Scenario, column: Any) -> list[Any]:
    with scenario.app.app_context():
        return list(db.session.scalars(sa.select(column).order_by(column)))


def stored(scenario: Scenario) -> list[str]:
    return sorted(each.name for each in (scenario.folder / "papers").glob("??/*"))


def test_papers_are_filed_opened_and_confirmed(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    assert "Photograph, or choose" not in words(client.get(zhao))
    files = [
        ("photo", "IMG_1.jpg", JPEG),
        ("photo", "IMG_2.jpg", JPEG + b"2"),
        ("file", "合同.exe", PDF),
    ]
    assert draft(client, zhao, files).status_code == 303
    page = client.get(f"{zhao}/papers")
    assert "2 papers so far. Only you see them until you press File papers." in words(page)
    assert "1. Paper 1" in words(page)
    assert "2. 合同" in words(page)
    assert "No papers were filed in this case yet." in words(
        other.get(f"{li}/papers")
    )  # a draft is seen by nobody else
    typed = {"name-1": "Photographs of the hall", "proves-1": "the hall was wet", "original-1": "1"}
    filed = draft(client, zhao, **typed, do="file", by_mail="1")
    assert filed.status_code == 303
    receipt = client.get(filed.location)
    said = words(receipt)
    digests = [hashlib.sha256(body).hexdigest() for body in (JPEG, JPEG + b"2", PDF)]
    assert "Receipt for papers filed" in said
    assert "Zhao Lei" in said
    assert CASE["number"] in said
    assert "Photographs of the hall" in said
    assert "to prove: the hall was wet" in said
    assert "2 photographs, original held" in said
    assert all(digest in said.replace(" ", "") for digest in digests)
    as_json = client.get(filed.location.replace("/receipt?", "/receipt.json?")).json
    assert [f["sha256"] for p in as_json["papers"] for f in p["files"]] == digests
    assert [p["number"] for p in as_json["papers"]] == [1, 2]
    # The record holds the list, once; the other side is told, once.
    [entry] = [each for each in entries(scenario, case) if each["what"] == "filed"]
    assert [f["sha256"] for p in entry["detail"]["papers"] for f in p["files"]] == digests
    assert as_json["entry"] == entry["seq"]
    assert as_json["entry_sha256"] == entry["hash"]
    scenario.beat()
    [mail] = scenario.letters(to=LI, channel="email")
    assert "2" in mail.subject
    assert mail.body.count("Photographs of the hall") == 1
    assert "Kind:" not in mail.body  # it is about the case, not about a hearing
    assert "事项：" not in mail.body
    [proof] = scenario.letters(to=ZHAO, channel="email")
    assert digests[2] in proof.body
    # Opening is an entry, and only then the file is there.
    listed = other.get(f"{li}/papers")
    assert "Photographs of the hall" in words(listed)
    assert "/download/" not in listed.text
    assert "/download/" not in other.get(f"{li}/papers/item?id=2").text
    opened = other.post(f"{li}/papers/item", data={"nonce": nonce(listed), "paper": "2"})
    assert opened.status_code == 303
    item = other.get(opened.location)
    [address] = re.findall(r'href="(/download/[^"]+)"', item.text)
    got = scenario.client.get(address)
    assert hashlib.sha256(got.data).hexdigest() == digests[2]
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in got.headers
    other.post(f"{li}/papers/item", data={"nonce": nonce(listed), "paper": "2"})
    # One press confirms all.
    assert "I have received papers 1–2" in words(other.get(f"{li}/papers"))
    for _ in range(2):
        received = {"nonce": nonce(listed), "paper": ["1", "2"], "sure": "1"}
        done = other.post(f"{li}/papers/received", data=received)
        assert done.status_code == 303
    made = [(e["what"], e["detail"].get("number")) for e in entries(scenario, case)]
    assert made.count(("opened", 2)) == 1
    assert made.count(("confirmed", 1)) == made.count(("confirmed", 2)) == 1
    assert "Confirmed 李敏" in words(client.get(f"{zhao}/papers"))
    assert "I have received" not in words(other.get(f"{li}/papers"))
    # What the court answers before it is asked knows it too.
    assert "papers filed by link" in words(other.get(f"{li}/questions"))
    # The court sees it on its own pages.
    court = scenario.sign_in()
    court.set_cookie("lang", "en")
    assert "Zhao Lei filed 2 papers" in words(court.get("/"))
    seen = court.post("/filings/1/seen")
    assert seen.location == f"/cases/{case['id']}/papers"
    assert "filed 2 papers" not in words(court.get("/"))
    assert "Confirmed 李敏" in words(court.get(seen.location))
    assert "Respondent: 2 papers" in words(court.get(f"/cases/{case['id']}"))
    download = court.get("/filings/files/3", follow_redirects=True)
    assert download.data == PDF
    assert "Receipt for papers filed" in words(court.get("/filings/1/receipt"))


def test_files_that_come_with_the_press_are_filed_too_and_a_double_press_is_one_filing(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    form = {**fields_of(client.get(f"{zhao}/papers")), "do": "file"}
    places = {
        send(client, f"{zhao}/papers", form, [("file", "a b.pdf", PDF)]).location for _ in "123"
    }
    assert len(places) == 1
    assert numbers(scenario, Filing.number) == [1]
    assert len([each for each in entries(scenario, case) if each["what"] == "filed"]) == 1
    assert stored(scenario) == [hashlib.sha256(PDF).hexdigest()]
    draft(client, zhao, [("file", "ab.pdf", PDF)], do="file")
    assert numbers(scenario, Paper.number) == [1, 2]  # of a side, over all its filings
    assert len(stored(scenario)) == 1


def test_ten_presses_at_once_are_one_filing(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    draft(client, zhao, [("file", "ab.pdf", PDF)])
    form = {**fields_of(client.get(f"{zhao}/papers")), "do": "file"}
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: send(browser(scenario), f"{zhao}/papers", form), range(6)))
    assert {(each.status_code, each.location) for each in done} == {(303, done[0].location)}
    assert numbers(scenario, Filing.number) == [1]
    scenario.beat()
    assert len(scenario.letters(to=LI, channel="email")) == 1


def test_papers_and_pages_are_ordered_and_dropped(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    files = [("photo", f"IMG_{n}.jpg", JPEG + bytes([n])) for n in range(3)]
    draft(client, zhao, [*files, ("file", "contract.pdf", PDF)])
    draft(client, zhao, [("pages-1", "IMG_9.jpg", JPEG + b"9")])
    draft(client, zhao, do="later-1", **{"name-1": "Hall"})
    said = words(client.get(f"{zhao}/papers"))
    assert said.index("1. contract") < said.index("2. Hall")
    draft(client, zhao, do="page_earlier-2")
    draft(client, zhao, do="page_drop-3")
    with scenario.app.app_context():
        hall = db.session.get_one(Paper, 1)
        assert [each.digest for each in hall.files] == [
            hashlib.sha256(body).hexdigest() for body in (files[1][2], files[0][2], JPEG + b"9")
        ]
    draft(client, zhao, do="drop-2")
    scenario.beat()
    assert len(stored(scenario)) == 3  # what was dropped is deleted
    for target in ("drop-999", "page_drop-999", "later-x", "nonsense"):
        assert draft(client, zhao, do=target).status_code == 303
    assert numbers(scenario, Paper.id) == [1]


def test_what_is_not_taken_is_named_and_the_rest_is_kept(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    files = [
        ("file", "empty.pdf", b""),
        ("file", "page.html", b"<script>alert(1)</script>"),
        ("file", "good.pdf", PDF),
    ]
    assert draft(client, zhao, files, do="file").status_code == 303
    said = words(client.get(f"{zhao}/papers"))
    assert "Not filed yet: some files were not taken." in said
    assert "“empty.pdf” is empty" in said
    assert "“page.html” is of a type that is not taken" in said
    assert "1. good" in said
    assert numbers(scenario, Filing.number) == [None]
    empty = browser(scenario)
    li = key(scenario, "李敏")
    nothing = draft(empty, li, do="file")
    assert nothing.status_code == 422
    assert "there is none to file" in words(nothing)
    long = draft(client, zhao, **{"proves-1": "x" * 501}, do="file")
    assert long.status_code == 422
    assert "At most 500 characters." in words(long)
    assert "x" * 501 in long.text


NAMES = [
    "../../etc/passwd.pdf",
    "C:\\\\x\\\\y.pdf",
    "\u202efdp.exe",
    "a" * 251 + ".pdf",
    "x.pdf",
    "x.pdf",
    "合同（正本）.pdf",
    "<b>.pdf",
]


def test_hostile_names_are_shown_and_downloaded_safely(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    draft(
        client, zhao, [("file", name, PDF + bytes([n])) for n, name in enumerate(NAMES)], do="file"
    )
    page = other.get(f"{li}/papers")
    assert "<b>" not in re.sub(r"<b>[^<]|<b><bdi>", "", page.text)
    assert "\u202e" not in page.text
    for number in range(1, len(NAMES) + 1):
        opened = other.post(f"{li}/papers/item", data={"nonce": nonce(page), "paper": str(number)})
        item = other.get(opened.location)
        [address] = re.findall(r'href="(/download/[^"]+)"', item.text)
        got = scenario.client.get(address)
        name = got.headers["Content-Disposition"].partition("''")[2]
        assert "/" not in name
        assert "%5C" not in name
        assert name.endswith(".pdf")
        got.close()
    assert len(numbers(scenario, Paper.number)) == len(NAMES)


def test_a_draft_and_the_files_of_others_are_out_of_reach(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    client, other = browser(scenario), browser(scenario)
    draft(client, zhao, [("file", "secret.pdf", PDF)])
    page = other.get(f"{li}/papers")
    token = nonce(page)
    assert "secret" not in page.text
    assert other.get(f"{li}/papers/item?id=1").status_code == 404
    assert other.post(f"{li}/papers/item", data={"nonce": token, "paper": "1"}).status_code == 404
    received = {"nonce": token, "paper": "1", "sure": "1"}
    confirmed = other.post(f"{li}/papers/received", data=received)
    assert confirmed.status_code == 422
    assert other.get(f"{li}/papers/receipt?id=1").status_code == 404
    assert other.get(f"{li}/papers/receipt.json?id=1").status_code == 404
    # Another's draft is neither filed nor changed by its number.
    taken = send(other, f"{li}/papers", {"nonce": token, "filing": "1", "do": "file"})
    assert taken.status_code == 422
    for do in ("drop-1", "page_drop-1"):
        send(other, f"{li}/papers", {"nonce": token, "filing": "1", "do": do, "name-1": "Mine"})
    send(other, f"{li}/papers", {"nonce": token}, [("pages-1", "x.jpg", JPEG)])
    kept = words(client.get(f"{zhao}/papers"))
    assert "1. secret" in kept
    court = scenario.sign_in()
    assert court.get("/filings/files/1").status_code == 404
    assert court.get("/filings/1/receipt").status_code == 404
    assert court.post("/filings/1/seen").status_code == 404
    assert "secret" not in court.get(f"/cases/{case['id']}/papers").text
    status, listed = scenario.api("GET", f"/cases/{case['id']}/papers")
    assert (status, listed["filings"]) == (200, [])
    assert scenario.api("GET", "/papers/1")[0] == 404
    # A key of the other side's page is good for its own forms only.
    forged = send(client, f"{zhao}/papers", {"nonce": token, "do": "file"})
    assert forged.status_code == 422
    assert numbers(scenario, Filing.number) == [None, None]


def test_a_download_link_is_good_for_an_hour_and_for_one_file(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    draft(client, zhao, [("file", "ab.pdf", PDF)], do="file")
    [address] = re.findall(r'href="(/download/[^"]+)"', client.get(f"{zhao}/papers/item?id=1").text)
    assert scenario.client.get(address).data == PDF
    assert scenario.client.head(address).headers["Content-Length"] == str(len(PDF))
    assert scenario.client.get(address[:-3]).status_code == 410
    assert scenario.client.get("/download/x").status_code == 410
    scenario.wait(minutes=61)
    expired = scenario.client.get(address)
    assert expired.status_code == 410
    assert "reload the page" in words(expired)


def test_too_much_is_refused_and_what_was_there_is_kept(
    scenario: Scenario, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    large = b"%PDF-" + b"x" * (50 * 1024 * 1024)
    draft(client, zhao, [("file", "ab.pdf", PDF), ("file", "large.pdf", large)])
    said = words(client.get(f"{zhao}/papers"))
    assert "“large.pdf” is larger than 50 MB" in said
    assert "1. ab" in said
    assert stored(scenario) == [hashlib.sha256(PDF).hexdigest()]


def test_the_court_gives_papers_to_all_sides(scenario: Scenario, case: dict[str, Any]) -> None:
    court = scenario.sign_in()
    court.set_cookie("lang", "en")
    path = f"/cases/{case['id']}/papers"
    [form_key] = re.findall(r'name="form" value="([^"]+)"', court.get(path).text)
    form = {"form": form_key, "name": "Order of 23 November", "kind": "record"}
    for _ in range(2):
        assert send(court, path, form, [("file", "order.pdf", PDF)]).status_code == 303
    assert numbers(scenario, Filing.number) == [1]
    assert send(court, path, form | {"form": "x"}, []).status_code == 422
    refused = send(court, path, form | {"form": "y"}, [("file", "a.exe", b"MZ")])
    assert refused.status_code == 422
    assert "“a.exe” is of a type that is not taken" in words(refused)
    scenario.beat()
    for to in (LI, ZHAO):
        [mail] = scenario.letters(to=to, channel="email")
        assert "Order of 23 November" in mail.body
    li = key(scenario, "李敏")
    assert "Order of 23 November" in words(browser(scenario).get(f"{li}/papers"))
    assert "Pudong New Area People's Court: 1 paper" in words(court.get(f"/cases/{case['id']}"))
    [entry] = [each for each in entries(scenario, case) if each["what"] == "filed"]
    assert entry["direction"] == "out"


def test_erasing_deletes_words_and_bytes_and_keeps_digests(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    client = browser(scenario)
    draft(client, zhao, [("file", "Geheim.pdf", PDF)], do="file")
    draft(client, zhao, [("file", "Draft.pdf", PDF + b"2")])
    scenario.beat()
    scenario.wait(days=1)
    scenario.beat()
    status, output = erase(scenario)
    assert status == 0, output
    scenario.beat()
    assert stored(scenario) == []
    assert numbers(scenario, StoredFile.id) == []
    digest = one(scenario, sa.select(PaperFile.digest).where(PaperFile.id == 1))
    assert digest == hashlib.sha256(PDF).hexdigest()
    assert one(scenario, sa.select(Paper.name).where(Paper.id == 1)) == ""
    assert "Geheim" not in client.get(f"{zhao}/papers").text
    assert scenario.sign_in().get(f"/cases/{case['id']}/papers").status_code == 200


def test_the_time_of_filing_is_that_of_its_entry(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    draft(browser(scenario), zhao, [("file", "ab.pdf", PDF)], do="file")
    filed_at = one(scenario, sa.select(Filing.filed_at))
    [entry] = [each for each in entries(scenario, case) if each["what"] == "filed"]
    assert dt.datetime.fromisoformat(entry["at"]) == filed_at == scenario.clock.now()


def api_send(
    scenario: Scenario, path: str, form: dict[str, Any], files: Files, **headers: str
) -> Any:
    client = scenario.client
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {scenario.token('wang@court.example')}"
    client.environ_base |= {f"HTTP_{k.upper()}": v for k, v in headers.items()}
    return send(client, f"/api/v1{path}", form, files)


def test_the_api_lists_gives_and_returns_papers(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    draft(
        browser(scenario),
        zhao,
        [("photo", "1.jpg", JPEG), ("photo", "2.jpg", JPEG + b"2")],
        do="file",
    )
    path = f"/cases/{case['id']}/papers"
    once = {"idempotency_key": "order-1"}
    files = [("file", "order.pdf", PDF)]
    for _ in range(2):
        given = api_send(scenario, path, {"name": "Order", "kind": "record"}, files, **once)
        assert given.status_code == 201, given.json
    other = api_send(scenario, path, {"name": "Order"}, [("file", "x.pdf", PDF + b"2")], **once)
    assert other.status_code == 422
    assert api_send(scenario, path, {}, []).json["errors"][0]["field"] == "file"
    bad = api_send(scenario, path, {"kind": "x"}, [("file", "a.exe", b"MZ")]).json["errors"]
    assert {each["field"] for each in bad} == {"file", "kind"}
    _, listed = scenario.api("GET", path)
    assert [(each["side"], len(each["papers"])) for each in listed["filings"]] == [
        ("respondent", 1),
        ("court", 1),
    ]
    [order] = listed["filings"][1]["papers"]
    assert (order["name"], order["files"][0]["sha256"]) == (
        "Order",
        hashlib.sha256(PDF).hexdigest(),
    )
    header = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    photographs = listed["filings"][0]["papers"][0]["id"]
    for query, body in (("", JPEG), ("?file=2", JPEG + b"2")):
        got = scenario.client.get(f"/api/v1/papers/{photographs}{query}", headers=header)
        assert (got.status_code, got.data) == (200, body)
    for query in ("?file=3", "?file=0"):
        got = scenario.client.get(f"/api/v1/papers/{photographs}{query}", headers=header)
        assert got.status_code in (404, 422)
    assert scenario.client.get(f"/api/v1/papers/{photographs}").status_code == 401
    assert scenario.api("GET", "/cases/999/papers")[0] == 404
