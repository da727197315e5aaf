"""Files of papers are scanned by a real clamd, and what is found is out of everybody's reach."""

import io
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.db import db
from app.core.errors import Misconfigured
from app.papers.models import PaperFile
from app.storage import clamd as client
from app.storage import settings
from app.storage.clamd import ScanResult, ScanState
from app.storage.settings import StorageSettings
from app.worker import beat
from tests.conftest import CASE, Scenario, confirmed, make_court, make_scenario
from tests.counsel.test_answers import ZHAO, answer, browser, nonce, propose, words
from tests.counsel.test_move_requests import ask
from tests.papers.clamd import EICAR, LIMIT, running
from tests.papers.exchanging import evidence, opened
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import LI, entries, key

BAD = b"%PDF-1.7\n" + EICAR
DOWNLOAD = re.compile(r'(?:href|src)="(/download/[^"]+)"')


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a running clamd; paths of sockets must be short."""
    with tempfile.TemporaryDirectory(prefix="clamd", dir="/tmp") as name:
        place = f"unix:{name}/socket"
        with running(Path(name) / "data", place):
            yield place


@pytest.fixture
def scanned(database: str, tmp_path: Path, address: str) -> Iterator[Scenario]:
    """A court whose papers are scanned."""
    yield from _court(database, tmp_path, address)


@pytest.fixture
def moving(database: str, tmp_path: Path, address: str) -> Iterator[Scenario]:
    """A court whose papers are scanned, with a hearing that both sides agreed on."""
    for made in _court(database, tmp_path, address, enter=False):
        propose(made)
        for to in ("+8613800138001", ZHAO):
            answer(browser(made), made.link(to), "yes", "no")
        made.beat()
        yield made


def _court(database: str, tmp_path: Path, place: str, *, enter: bool = True) -> Iterator[Scenario]:
    made = make_scenario(tmp_path, database, storage=StorageSettings(clamd=place))
    make_court(made)
    if enter:
        made.api("POST", "/cases", CASE)
    yield made
    made.close()


def files(scenario: Scenario) -> list[tuple[str, str]]:
    with scenario.app.app_context():
        found = db.session.query(PaperFile).order_by(PaperFile.id).all()
        return [(each.scan_state, each.scan_finding) for each in found]


def open_paper(scenario: Scenario, link: str, number: int) -> Any:
    other = browser(scenario)
    form = {"nonce": nonce(other.get(f"{link}/papers")), "paper": str(number)}
    return other.post(f"{link}/papers/item", data=form)


def test_the_client_speaks_to_clamd(address: str, tmp_path: Path) -> None:
    clean = client.scan(address, io.BytesIO(b"a letter"))
    assert clean == ScanResult(ScanState.CLEAN)
    found = client.scan(address, io.BytesIO(EICAR))
    assert found.state is ScanState.FOUND
    assert found.finding.startswith("Tests.Eicar")
    for size in (LIMIT + 1, 30 * LIMIT):
        assert client.scan(address, io.BytesIO(bytes(size))).state is ScanState.LARGE
    assert client.version(address).startswith("ClamAV ")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    by_port = f"tcp://127.0.0.1:{port}"
    for away in (f"unix:{tmp_path}/none", by_port):
        with pytest.raises(client.ScannerAway):
            client.scan(away, io.BytesIO(b""))
    with running(tmp_path / "clamd", by_port):
        assert client.scan(by_port, io.BytesIO(EICAR)).state is ScanState.FOUND


@pytest.mark.parametrize(
    "text", ["/run/clamd", "unix:", "unix:clamd", "http://a:1", "tcp://", "tcp://a:x", "tcp://a/b"]
)
def test_settings_that_name_no_scanner(text: str) -> None:
    with pytest.raises(Misconfigured, match="TINGQI_CLAMD must be"):
        settings.read({"TINGQI_CLAMD": text})


@pytest.mark.database
def test_what_is_found_in_a_filed_paper_is_set_aside_and_told(scanned: Scenario) -> None:
    zhao, li = key(scanned, "Zhao Lei"), key(scanned, "李敏")
    client = browser(scanned)
    draft(client, zhao, [("file", "Rechnung.pdf", BAD), ("file", "good.pdf", PDF)], do="file")
    # Before the scan nobody but who filed it can have it.
    early = open_paper(scanned, li, 2)
    assert early.status_code == 422
    assert "not scanned yet" in words(early)
    court = scanned.sign_in()
    court.set_cookie("lang", "en")
    assert court.get("/filings/files/2").status_code == 422
    own = DOWNLOAD.findall(client.get(f"{zhao}/papers/item?id=1").text)
    assert own
    assert all(client.get(each).status_code == 200 for each in own)
    assert beat.scan_papers(scanned.app) == 2
    assert files(scanned) == [("found", "Tests.Eicar.UNOFFICIAL"), ("clean", "")]
    # By no route.
    assert all(client.get(each).status_code == 422 for each in own)
    refused = open_paper(scanned, li, 1)
    assert refused.status_code == 422
    assert "set aside" in words(refused)
    assert court.get("/filings/files/1").status_code == 422
    assert court.get("/filings/files/1?copy=1").status_code == 422
    assert scanned.api("GET", "/papers/1")[0] == 422
    item = client.get(f"{zhao}/papers/item?id=1")
    assert not DOWNLOAD.findall(item.text)
    assert "Rechnung.pdf is set aside: the scanner found Tests.Eicar" in words(item)
    # The sender is told, by page and by message; the record says it; the court and others see it.
    assert "Rechnung.pdf is set aside" in words(client.get(f"{zhao}/papers/receipt?id=1"))
    scanned.beat()
    [mail] = scanned.letters(to=ZHAO, channel="email", containing="set aside")
    assert "Rechnung.pdf" in mail.body
    assert "Tests.Eicar" in mail.body
    assert not scanned.letters(to=LI, containing="set aside")
    case = {"id": 1}
    [entry] = [each for each in entries(scanned, case) if each["what"] == "set_aside"]
    assert entry["detail"]["number"] == 1
    assert "the scanner found Tests.Eicar" in words(court.get("/cases/1/papers"))
    seen = words(browser(scanned).get(f"{li}/papers"))
    assert "Set aside" in seen
    assert "Tests.Eicar" not in seen
    # The other is open to all.
    assert open_paper(scanned, li, 2).status_code == 303
    assert court.get("/filings/files/2", follow_redirects=True).data == PDF
    beat.read_papers(scanned.app)
    assert not DOWNLOAD.findall(client.get(f"{zhao}/papers/item?id=1").text)


@pytest.mark.database
def test_what_is_found_in_a_draft_is_said_there_and_recorded_once_it_is_filed(
    scanned: Scenario,
) -> None:
    zhao = key(scanned, "Zhao Lei")
    client = browser(scanned)
    draft(client, zhao, [("file", "Rechnung.pdf", BAD)])
    beat.read_papers(scanned.app)
    assert beat.scan_papers(scanned.app) == 1
    page = client.get(f"{zhao}/papers")
    assert "Rechnung.pdf is set aside: the scanner found" in words(page)
    assert not DOWNLOAD.findall(page.text)
    assert not [each for each in entries(scanned, {"id": 1}) if each["what"] == "set_aside"]
    draft(client, zhao, do="file")
    scanned.beat()
    assert len([each for each in entries(scanned, {"id": 1}) if each["what"] == "set_aside"]) == 1
    assert len(scanned.letters(to=ZHAO, channel="email", containing="set aside")) == 1


def test_a_file_that_is_too_large_for_the_scanner_is_offered_and_said(scanned: Scenario) -> None:
    zhao, li = key(scanned, "Zhao Lei"), key(scanned, "李敏")
    draft(browser(scanned), zhao, [("file", "long.pdf", PDF + bytes(LIMIT))], do="file")
    assert beat.scan_papers(scanned.app) == 1
    assert files(scanned) == [("large", "")]
    done = open_paper(scanned, li, 1)
    assert done.status_code == 303
    assert "too large for the scanner" in words(browser(scanned).get(done.location))


def test_papers_wait_for_a_scanner_that_is_away(database: str, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="clamd", dir="/tmp") as name:
        place = f"unix:{name}/socket"
        for made in _court(database, tmp_path, place):
            zhao, li = key(made, "Zhao Lei"), key(made, "李敏")
            draft(browser(made), zhao, [("file", "a.pdf", PDF)], do="file")
            for _ in range(2):
                assert beat.scan_papers(made.app) == 0
            assert "not scanned yet" in words(browser(made).get(f"{li}/papers"))
            assert open_paper(made, li, 1).status_code == 422
            with running(Path(name) / "data", place):
                assert beat.scan_papers(made.app) == 1
            assert open_paper(made, li, 1).status_code == 303


def test_without_a_scanner_each_paper_says_so(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    draft(browser(scenario), zhao, [("file", "a.pdf", PDF)], do="file")
    assert beat.scan_papers(scenario.app) == 0
    assert "not scanned" in words(browser(scenario).get(f"{li}/papers"))
    assert open_paper(scenario, li, 1).status_code == 303


def _set_aside(scanned: Scenario) -> str:
    """File a paper in which something is found; return the link of who filed it."""
    zhao = key(scanned, "Zhao Lei")
    draft(browser(scanned), zhao, [("file", "Rechnung.pdf", BAD)], do="file")
    assert beat.scan_papers(scanned.app) == 1
    scanned.beat()
    return zhao


@pytest.mark.database
def test_an_administrator_releases_a_false_alarm_and_all_sides_are_told(
    scanned: Scenario,
) -> None:
    zhao, li = _set_aside(scanned), key(scanned, "李敏")
    address = "/filings/files/1/release"
    assistant = scanned.sign_in()
    assert assistant.get(address).status_code == 403
    assert assistant.post(address, data={"reason": "It is fine."}).status_code == 403
    assert "release" not in words(assistant.get("/filings/papers/1"))
    admin = scanned.sign_in("admin@court.example")
    admin.set_cookie("lang", "en")
    assert "A false alarm: release Rechnung.pdf" in words(admin.get("/filings/papers/1"))
    assert "Tests.Eicar" in words(admin.get(address))
    unexplained = admin.post(address, data={"reason": " "})
    assert unexplained.status_code == 422
    assert "Say why it is a false alarm" in words(unexplained)
    reason = "The signature is that of the test file."
    preview = admin.post(address, data={"reason": reason})
    assert preview.status_code == 200
    assert "as a false alarm" in words(preview)
    assert files(scanned) == [("found", "Tests.Eicar.UNOFFICIAL")]  # until it is pressed again
    for _ in range(2):
        assert confirmed(admin, address, {"reason": reason}).status_code == 303
    assert files(scanned) == [("released", "Tests.Eicar.UNOFFICIAL")]
    scanned.beat()
    for person in (ZHAO, LI):
        [letter] = scanned.letters(to=person, channel="email", containing=reason)
        assert "Rechnung.pdf" in letter.body
    [entry] = [e for e in entries(scanned, {"id": 1}) if e["what"] == "released"]
    assert entry["detail"]["finding"] == "Tests.Eicar.UNOFFICIAL"
    assert reason in words(admin.get("/cases/1/record?view=entries"))
    # Open to all, who are told why; read by the worker as any other.
    done = open_paper(scanned, li, 1)
    assert done.status_code == 303
    beat.read_papers(scanned.app)
    for page in (
        browser(scanned).get(done.location),
        browser(scanned).get(f"{zhao}/papers/item?id=1"),
    ):
        assert reason in words(page)
        assert DOWNLOAD.findall(page.text)
    assert admin.get("/filings/files/1", follow_redirects=True).data == BAD
    # The same bytes in another paper are set aside again.
    draft(browser(scanned), zhao, [("file", "again.pdf", BAD)], do="file")
    assert beat.scan_papers(scanned.app) == 1
    assert files(scanned)[1] == ("found", "Tests.Eicar.UNOFFICIAL")


@pytest.mark.database
def test_what_is_sealed_is_released_by_nobody_before_it_is_open(scanned: Scenario) -> None:
    closes = opened(scanned, {"id": 1})
    zhao = key(scanned, "Zhao Lei")
    evidence(browser(scanned), zhao, "secret", BAD)
    assert beat.scan_papers(scanned.app) == 1
    admin = scanned.sign_in("admin@court.example")
    address = "/filings/files/1/release"
    assert admin.get(address).status_code == 404
    assert admin.post(address, data={"reason": "Fine."}).status_code == 404
    scanned.wait(seconds=(closes - scanned.clock.now()).total_seconds() + 60)
    admin = scanned.sign_in("admin@court.example")  # to release needs a fresh proof
    scanned.beat()
    assert confirmed(admin, address, {"reason": "Fine."}).status_code == 303


@pytest.mark.database
def test_a_document_of_a_request_to_move_is_scanned_as_papers_are(moving: Scenario) -> None:
    scanned = moving
    own, zhao, li = browser(scanned), scanned.link(ZHAO), scanned.link("+8613800138001")
    assert ask(own, zhao, body=BAD).status_code == 303
    court = scanned.sign_in()
    court.set_cookie("lang", "en")
    assert court.get("/papers/1").status_code == 422
    assert "not scanned yet" in words(court.get("/papers/1"))
    assert own.get(f"{zhao}/move/document?id=1").data == BAD
    assert browser(scanned).get(f"{li}/move/document?id=1").status_code == 422
    assert beat.scan_papers(scanned.app) == 1
    for refused in (
        court.get("/papers/1"),
        own.get(f"{zhao}/move/document?id=1"),
        browser(scanned).get(f"{li}/move/document?id=1"),
    ):
        assert refused.status_code == 422
        assert "set aside" in words(refused)
    scanned.beat()
    [letter] = scanned.letters(to=ZHAO, channel="email", containing="was set aside")
    assert "Tests.Eicar" in letter.body
    assert not scanned.letters(to=LI, containing="set aside")
    [entry] = [e for e in entries(scanned, {"id": 1}) if e["what"] == "set_aside"]
    assert entry["kind"] == "move"
    assert "Set aside" in words(court.get("/"))
