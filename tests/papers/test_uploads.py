"""Papers uploaded in parts (tus 1.0): the protocol, the draft they come to, and File meanwhile."""

import datetime as dt
import hashlib
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import keys
from app.cases.models import Representation
from app.core.db import db, transaction
from app.hearings.answers import counsel_keys
from app.papers.models import Filing, Paper, PaperFile, PaperUpload
from app.storage.limits import PaperLimits
from app.storage.models import StoredFile
from app.worker import beat
from tests.conftest import CASE, Scenario, case_with, make_court, make_scenario
from tests.counsel.test_answers import browser, words
from tests.papers import tus
from tests.papers.exchanging import opened
from tests.papers.giving import JPEG, PDF, draft, send
from tests.papers.test_reading import photograph
from tests.papers.tus import PART, VERSION
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


@pytest.fixture
def link(scenario: Scenario, case: dict[str, Any]) -> str:
    """The link of one side's counsel."""
    return key(scenario, "Zhao Lei")


def papers(scenario: Scenario) -> list[tuple[str, list[str]]]:
    """The papers by place, each with the names of its files."""
    with scenario.app.app_context():
        query = sa.select(Paper).order_by(Paper.filing_id, Paper.position)
        return [(each.name, [f.name for f in each.files]) for each in db.session.scalars(query)]


def count(scenario: Scenario, table: Any) -> int:
    with scenario.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def staged(scenario: Scenario) -> list[str]:
    return [each.name for each in (scenario.folder / "papers/incoming").glob("*")]


def test_a_file_comes_in_parts_and_is_a_paper_with_its_last_byte(
    scenario: Scenario, link: str
) -> None:
    client = browser(scenario)
    able = client.options(f"{link}/papers/uploads")
    assert able.status_code == 204
    assert able.headers["Tus-Version"] == "1.0.0"
    assert able.headers["Tus-Extension"] == "creation,expiration,termination"
    assert able.headers["Tus-Max-Size"] == str(50 * 1024**2)
    body = PDF * 1000
    created = tus.create(client, link, len(body), "../tmp/\u202e合同 2025.exe")
    assert created.status_code == 201
    assert created.headers["Tus-Resumable"] == "1.0.0"
    ends = parsedate_to_datetime(created.headers["Upload-Expires"])
    assert ends == scenario.clock.now() + dt.timedelta(days=1)
    address = created.headers["Location"]
    for at, end in ((0, 100), (100, 5000), (5000, len(body))):
        assert tus.offset(client, address) == at
        assert papers(scenario) == []
        sent = tus.patch(client, address, at, body[at:end])
        assert sent.status_code == 204
        assert sent.headers["Upload-Offset"] == str(end)
    assert tus.offset(client, address) == len(body)
    assert papers(scenario) == [("合同 2025", ["合同 2025.pdf"])]
    assert staged(scenario) == []
    with scenario.app.app_context():
        digest = db.session.scalar(sa.select(StoredFile.digest))
    assert digest == hashlib.sha256(body).hexdigest()
    # A finished upload is asked for once more where the last answer was lost, and takes nothing.
    assert tus.patch(client, address, len(body), b"").status_code == 204
    assert tus.patch(client, address, len(body), b"more").status_code == 409
    assert tus.patch(client, address, 0, body).status_code == 409
    assert count(scenario, PaperFile) == 1
    assert "合同 2025" in words(client.get(f"{link}/papers/draft"))


def test_the_rules_of_the_protocol_are_kept(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    address = tus.begin(client, link, 1000)
    other = client.patch(address, headers={**PART, "Tus-Resumable": "0.2.2", "Upload-Offset": "0"})
    assert other.status_code == 412
    assert other.headers["Tus-Version"] == "1.0.0"
    assert client.head(address).status_code == 412
    assert client.post(f"{link}/papers/uploads").status_code == 412
    typed = client.patch(
        address,
        headers={**PART, "Upload-Offset": "0", "Content-Type": "application/json"},
        data="x",
    )
    assert typed.status_code == 415
    assert tus.patch(client, address, 7, b"x").status_code == 409
    for offset in ("", "-1", "x", "1.0", "9" * 30):
        head = {**PART, "Upload-Offset": offset}
        assert client.patch(address, headers=head, data=b"x").status_code == 400, offset
    assert tus.patch(client, address, 0, b"x" * 1001).status_code == 413
    assert tus.offset(client, address) == 0
    for length, status in {
        "": 400, "-5": 400, "x": 400, "0": 422, str(50 * 1024**2 + 1): 413, "9" * 15: 413,
        "9" * 40: 400,
    }.items():  # fmt: skip
        head = {**VERSION, "Upload-Length": length, "Upload-Metadata": tus.encoded(filename="a")}
        refused = client.post(f"{link}/papers/uploads", headers=head)
        assert refused.status_code == status, length
        assert refused.headers["Tus-Resumable"] == "1.0.0"
        assert "<" not in refused.text
    for metadata in ("filename !!", "filename /w==", ",,filename Zg==,"):
        head = {**VERSION, "Upload-Length": "5", "Upload-Metadata": metadata}
        status = client.post(f"{link}/papers/uploads", headers=head).status_code
        assert status == (201 if metadata.startswith(",") else 400), metadata
    override = {**PART, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(address, headers=override, data=b"12345").status_code == 204
    assert client.post(address, headers=PART).status_code == 405
    assert tus.offset(client, address) == 5
    assert client.delete(address, headers=VERSION).status_code == 204
    assert client.head(address, headers=VERSION).status_code == 404
    assert len(staged(scenario)) == 1  # the one of five bytes


def test_an_upload_is_of_one_side_of_one_case(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    address = tus.begin(client, link, 1000)
    tail = address.removeprefix(link)
    elsewhere = {"name": "Sun Wei", "email": "sun@firm.example"}
    status, _ = scenario.api("POST", "/cases", case_with("（2026）沪0115民初77号", elsewhere))
    assert status == 201
    other_case = key(scenario, "Sun Wei")
    for other in (key(scenario, "李敏"), other_case):
        for call in (client.head, client.patch, client.delete):
            head = {**PART, "Upload-Offset": "0"}
            assert call(other + tail, headers=head).status_code == 404
        assert "合同.pdf" not in client.get(f"{other}/papers/draft").text
    number, _, secret = tail.rpartition("/")[2].partition("-")
    for guess in (f"{number}-", f"{number}-{'0' * 32}", f"{number}-{secret}x", "0-0", "x", "é-é"):
        assert client.head(f"{link}/papers/uploads/{guess}", headers=VERSION).status_code == 404
    assert client.head(f"/r/unknown{tail}", headers=VERSION).status_code == 404
    assert tus.offset(client, address) == 0
    renew(scenario, link)
    assert tus.patch(client, address, 0, b"%PDF-").status_code == 410
    assert client.head(address, headers=VERSION).status_code == 410


def renew(scenario: Scenario, link: str) -> None:
    """Revoke a link, as the court does where somebody else has it."""
    with scenario.app.app_context(), transaction() as session:
        token = link.partition("?")[0].rpartition("/")[2]
        found = counsel_keys.resolve(session, token, scenario.clock.now())
        assert found
        representation = session.get_one(Representation, found.representation_id)
        keys.raise_version(session, representation, scenario.clock.now())


def test_files_keep_the_order_in_which_they_were_chosen(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    photos = [
        tus.begin(client, link, len(JPEG) + n, f"IMG_{n}.jpg", group="g1") for n in range(1, 4)
    ]
    letter = tus.begin(client, link, len(PDF), "Letter.pdf")
    single = tus.begin(client, link, len(JPEG), "IMG_9.jpg", group="g2")
    for address, body in (
        (single, JPEG),
        (photos[2], JPEG + b"333"),
        (letter, PDF),
        (photos[0], JPEG + b"1"),
        (photos[1], JPEG + b"22"),
    ):
        assert tus.patch(client, address, 0, body).status_code == 204
    assert papers(scenario) == [
        ("Paper 1", ["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"]),
        ("Letter", ["Letter.pdf"]),
        ("Paper 3", ["IMG_9.jpg"]),
    ]
    with scenario.app.app_context():
        paper_id = db.session.scalar(sa.select(Paper.id).where(Paper.name == "Paper 3"))
    tus.upload(client, link, JPEG + b"next", "IMG_10.jpg", paper=str(paper_id))
    assert papers(scenario)[2] == ("Paper 3", ["IMG_9.jpg", "IMG_10.jpg"])


def test_file_pressed_while_something_uploads_is_done_by_the_last_byte(
    scenario: Scenario, case: dict[str, Any], link: str
) -> None:
    client = browser(scenario)
    tus.upload(client, link, PDF, "First.pdf")
    second = tus.begin(client, link, len(PDF) + 1, "Second.pdf")
    for _ in range(2):  # a double press
        pressed = draft(client, link, do="file", **{"name-1": "The first"})
        assert pressed.status_code == 303
        assert "filed as soon as the last byte is there" in words(client.get(pressed.location))
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 0
    # One more is chosen meanwhile.
    third = tus.begin(client, link, len(PDF) + 2, "Third.pdf")
    assert tus.patch(client, second, 0, PDF + b"2").status_code == 204
    assert tus.patch(client, third, 0, PDF).status_code == 204
    scenario.wait(minutes=5)
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 0
    assert tus.patch(client, third, len(PDF), b"33").status_code == 204
    [entry] = [each for each in entries(scenario, case) if each["what"] == "filed"]
    assert len(entry["detail"]["papers"]) == 3
    with scenario.app.app_context():
        filing = db.session.scalars(sa.select(Filing)).one()
        assert filing.filed_at
        assert filing.filed_at >= scenario.clock.now()
        filing_id = filing.id
    part = client.get(f"{link}/papers/draft?filing={filing_id}")
    assert "/papers/receipt" in part.text
    assert "The first" in words(client.get(f"{link}/papers"))
    # Asked for once more, the last part is no second filing.
    assert tus.patch(client, third, len(PDF) + 2, b"").status_code == 204
    assert client.delete(third, headers=VERSION).status_code in (204, 410)
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 1


def test_what_is_not_taken_is_named_and_stops_the_filing(
    scenario: Scenario, case: dict[str, Any], link: str
) -> None:
    client = browser(scenario)
    tus.upload(client, link, PDF, "First.pdf")
    bad = tus.begin(client, link, 8, "virus.pdf")
    assert draft(client, link, do="file").status_code == 303
    refused = tus.patch(client, bad, 0, b"MZ\x90\0more")
    assert refused.status_code == 415
    assert "“virus.pdf” is of a type that is not taken" in refused.text
    page = words(client.get(f"{link}/papers"))
    assert "Not filed yet: some files were not taken." in page
    assert "“virus.pdf” is of a type" in page
    assert "as soon as the last byte" not in page
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 0
    assert staged(scenario) == []
    assert client.head(bad, headers=VERSION).status_code == 404


def test_removing_what_never_came_lets_the_rest_be_filed(
    scenario: Scenario, case: dict[str, Any], link: str
) -> None:
    client = browser(scenario)
    tus.upload(client, link, PDF, "First.pdf")
    tus.begin(client, link, 100, "Lost.pdf")
    assert draft(client, link, do="file").status_code == 303
    assert draft(client, link, do="unfile").status_code == 303
    assert "as soon as the last byte" not in words(client.get(f"{link}/papers"))
    assert draft(client, link, do="file").status_code == 303
    with scenario.app.app_context():
        upload_id = db.session.scalar(
            sa.select(PaperUpload.id).where(PaperUpload.name == "Lost.pdf")
        )
    done = draft(client, link, do=f"stop-{upload_id}")
    assert "/papers/receipt" in done.location
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 1


def test_an_upload_ends_after_a_day(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    address = tus.begin(client, link, 100)
    assert tus.patch(client, address, 0, b"%PDF-1.7").status_code == 204
    scenario.wait(hours=23)
    scenario.beat()
    assert tus.offset(client, address) == 8
    scenario.wait(hours=2)
    assert client.head(address, headers=VERSION).status_code == 410
    scenario.beat()
    assert staged(scenario) == []
    assert count(scenario, PaperUpload) == 0
    assert tus.patch(client, address, 8, b"more").status_code == 404


def test_a_draft_that_nobody_files_goes_after_a_day_with_its_files(
    scenario: Scenario, link: str
) -> None:
    client = browser(scenario)
    tus.upload(client, link, PDF)
    assert "Kept until" in words(client.get(f"{link}/papers"))
    scenario.wait(hours=20)
    assert draft(client, link, do="keep").status_code == 303  # which adds a day
    scenario.wait(hours=20)
    scenario.beat()
    assert count(scenario, PaperFile) == 1
    scenario.wait(hours=5)
    scenario.beat()
    scenario.beat()
    assert [count(scenario, each) for each in (Filing, Paper, PaperFile, PaperUpload)] == [0] * 4
    assert count(scenario, StoredFile) == 0
    assert list((scenario.folder / "papers").glob("??/*")) == []
    assert "Photograph papers" in words(client.get(f"{link}/papers"))


def test_the_limits_of_the_installation_are_kept_and_said(database: str, tmp_path: Path) -> None:
    limits = PaperLimits(file_mb=1, filing_mb=2, items=2)
    scenario = make_scenario(tmp_path, database, paper_limits=limits)
    make_court(scenario)
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    assert "up to 1 MB each" in words(client.get(f"{link}/papers"))
    assert client.options(f"{link}/papers/uploads").headers["Tus-Max-Size"] == str(1024**2)
    large = b"%PDF-" + b"x" * 1024**2
    refused = tus.create(client, link, len(large), "large.pdf")
    assert refused.status_code == 413
    assert "“large.pdf” is larger than 1 MB" in refused.text
    draft(client, link, [("file", "large.pdf", large)])
    assert "“large.pdf” is larger than 1 MB" in words(client.get(f"{link}/papers"))
    for name in ("a.pdf", "b.pdf"):
        tus.upload(client, link, b"%PDF-" + name.encode() * 110_000, name)
    full = tus.create(client, link, 1024**2, "c.pdf")
    assert full.status_code == 413
    assert "one filing takes 2 papers, 500 files and 2 MB" in full.text
    third = tus.begin(client, link, len(PDF), "d.pdf")
    assert tus.patch(client, third, 0, PDF).status_code == 413  # a third paper
    assert "“d.pdf” does not fit" in words(client.get(f"{link}/papers"))
    court, path = scenario.sign_in(), f"/cases/{made['id']}/papers"
    court.set_cookie("lang", "en")
    given = send(court, path, {"form": "x"}, [("file", "large.pdf", large)])
    assert "larger than 1 MB" in words(given)
    scenario.close()


def test_a_photograph_that_is_turned_is_read_again(scenario: Scenario, link: str) -> None:
    client, body = browser(scenario), photograph((400, 300))
    tus.upload(client, link, body, "IMG_1.jpg")

    def size() -> tuple[int, int]:
        assert beat.read_papers(scenario.app) >= 1
        scenario.beat()  # deletes what was released
        with scenario.app.app_context():
            file = db.session.scalars(sa.select(PaperFile)).one()
            assert file.digest == hashlib.sha256(body).hexdigest()  # the original stays
            assert (file.turned_since, len(file.images)) == (0, 1)
            return file.images[0].width, file.images[0].height

    wide = size()
    assert wide[0] > wide[1]
    kept = count(scenario, StoredFile)
    for _ in range(3):
        assert draft(client, link, do="page_turn-1").status_code == 303
    assert "turned-270" in client.get(f"{link}/papers/draft").text
    assert size() == wide[::-1]
    assert count(scenario, StoredFile) == kept
    assert "turned-" not in client.get(f"{link}/papers/draft").text


def test_what_waits_for_its_last_byte_is_not_filed_if_the_court_opened_an_exchange_meanwhile(
    scenario: Scenario, case: dict[str, Any], link: str
) -> None:
    client = browser(scenario)
    tus.upload(client, link, PDF, "First.pdf")
    second = tus.begin(client, link, len(PDF) + 1, "Second.pdf")
    assert draft(client, link, do="file").status_code == 303
    opened(scenario, case)
    assert tus.patch(client, second, 0, PDF + b"2").status_code == 204
    assert [name for name, _ in papers(scenario)] == ["First", "Second"]
    assert [each["what"] for each in entries(scenario, case)].count("filed") == 0
    page = words(client.get(f"{link}/papers"))
    assert "the exchange of evidence has changed meanwhile" in page
    assert "These papers are" in page
    scenario.beat()
