"""What is sealed reaches nobody else before its moment: every page, message, address and export."""

import datetime as dt
import io
import itertools
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.routing import Rule

from app.cli import cli
from app.core.db import db
from app.papers import download_links
from app.papers.access import Reader
from app.papers.download_links import DownloadLink, FilePart
from app.papers.exchange.models import Exchange
from app.papers.models import Filing, Paper, PaperFile
from app.record import ledger
from app.storage.models import StoredFile
from app.worker import beat
from tests.conftest import CASE, SECRET, Scenario, proposal
from tests.counsel.test_answers import browser, nonce
from tests.papers.exchanging import evidence, opened
from tests.papers.giving import draft
from tests.papers.test_exchange import complete
from tests.questions.test_questions import key

# Words that are found nowhere else; of a name, a purpose, a file's name, its bytes, a late paper.
WORDS = ("Zirconium", "Quartzite", "Feldspar", "Obsidian")
BYTES = b"Tourmaline"
MOST = 3  # rows of a kind whose ids are guessed
STRANGE = ("static", "listing", "imports")  # addresses below which there is nothing of a case


def picture() -> bytes:
    """A photograph whose bytes and reading copy can be told."""
    image = io.BytesIO()
    Image.effect_noise((600, 800), 40).save(image, "JPEG")
    return image.getvalue()


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with a hearing and an exchange: a document and a photograph are sealed, one late."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    scenario.api("POST", "/hearings", proposal(made["id"]))
    opened(scenario, made)
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    draft(client, zhao, [("photo", "Feldspar.jpg", picture())])
    evidence(
        client,
        zhao,
        "Zirconium contract",
        b"%PDF-1.7\n" + BYTES,
        **{"name-1": "Zirconium photograph", "proves-1": "Quartzite", "kind-1": "contract"},
        by_mail="1",
    )
    complete(client, zhao)
    late = evidence(client, zhao, "Obsidian", b"%PDF-1.7\nlate " + BYTES, late_reason="Lost.")
    assert late.status_code == 303, late.text
    beat.read_papers(scenario.app)
    scenario.wait(days=1)
    scenario.beat()
    return made


def secrets(scenario: Scenario) -> list[bytes]:
    """What nobody else may find: words, bytes, and the digests of copies and images."""
    with scenario.app.app_context():
        public = set(db.session.scalars(sa.select(PaperFile.digest)))
        stored = set(db.session.scalars(sa.select(StoredFile.digest)))
        salts = set(db.session.scalars(sa.select(Filing.list_salt))) - {""}
        assert len(stored - public) >= 2  # copy and image of the photograph
        assert salts
    return [
        *(word.encode() for word in WORDS),
        BYTES,
        *(d.encode() for d in stored - public | salts),
    ]


def paths(rule: Rule, token: str) -> Iterator[str]:
    """Addresses of a rule, with the ids that one guesses."""
    choices = []
    for name in sorted(rule.arguments):
        is_number = type(rule._converters[name]).__name__ not in (
            "UnicodeConverter",
            "PathConverter",
        )
        choices.append([str(n) for n in range(1, MOST + 1)] if is_number else [token])
    for chosen in itertools.product(*choices):
        path = rule.rule
        for name, value in zip(sorted(rule.arguments), chosen, strict=True):
            for converter in ("", "int:", "row:", "string:", "path:"):
                path = path.replace(f"<{converter}{name}>", value)
        yield path


def search(found: list[str], who: str, path: str, response: Any, hidden: list[bytes]) -> None:
    """Note where something hidden is in a response: its body, its headers."""
    body = response.get_data() + str(response.headers).encode()
    found += [f"{who} {path}: {each!r}" for each in hidden if each in body]
    response.close()


def crawl(scenario: Scenario, link: str, hidden: list[bytes]) -> list[str]:
    """Read every address of the court and of a counsel; return where something hidden was."""
    found: list[str] = []
    token = link.rpartition("/")[2]
    people = {
        "assistant": scenario.sign_in(),
        "admin": scenario.sign_in("admin@court.example"),
        "judge": scenario.sign_in("chen@court.example"),
        "counsel": browser(scenario),
        "program": scenario.client,
    }
    bearer = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    count = 0
    for rule in scenario.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(
            tuple(f"/{s}" for s in STRANGE)
        ):
            continue
        if rule.rule.startswith("/r/"):
            users = ("counsel",)
        elif rule.rule.startswith("/api/"):
            users = ("program",)
        else:
            users = ("assistant", "admin", "judge")
        for path in paths(rule, token):
            numbered = (
                [f"{path}?id={n}" for n in range(1, MOST + 1)] if users == ("counsel",) else []
            )
            for who, address in itertools.product(users, [path, *numbered]):
                headers = bearer if who == "program" else {}
                response = people[who].get(address, headers={**headers, "Range": "bytes=0-99"})
                search(found, who, address, response, hidden)
                count += 1
    assert count > 150
    return found


@pytest.mark.extended
def test_no_page_message_or_address_tells_what_is_sealed(
    scenario: Scenario, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hidden, li = secrets(scenario), key(scenario, "李敏")
    found = crawl(scenario, li, hidden)
    # Messages to all, with the receipt that its author asked for, and as the record has them.
    for letter in scenario.letters():
        text = f"{letter.subject}\n{letter.body}".encode()
        found += [f"letter to {letter.to}: {each!r}" for each in hidden if each in text]
    with scenario.app.app_context():
        for entry in ledger.entries_of(db.session(), case_id=case["id"]):
            text = str(ledger.exported(entry)).encode()
            found += [f"entry {entry.seq}: {each!r}" for each in hidden if each in text]
        notices = db.session.execute(sa.text("SELECT * FROM notice")).all()
        found += [f"notice: {each!r}" for each in hidden if each in str(notices).encode()]
    command = ["record", "export", "--case", CASE["number"], "--format", "json"]
    exported = scenario.app.test_cli_runner().invoke(cli, command)
    found += [f"export: {each!r}" for each in hidden if each in exported.output.encode()]
    found += [f"log: {each!r}" for each in hidden if each in caplog.text.encode()]
    assert found == []
    # The same search finds them once all is open, so that it is no search for nothing.
    scenario.clock.set(one(scenario, sa.select(Exchange.ends_at)))
    scenario.beat()
    words = [word.encode() for word in WORDS]
    said = {each.rpartition(" ")[2] for each in crawl(scenario, li, words)}
    assert said == {repr(each) for each in words[:2]} | {repr(b"Feldspar"), repr(b"Obsidian")}


def one(scenario: Scenario, statement: Any) -> Any:
    with scenario.app.app_context():
        return db.session.scalar(statement)


def numbers(scenario: Scenario, column: Any) -> list[int]:
    with scenario.app.app_context():
        return list(db.session.scalars(sa.select(column)))


def test_no_key_or_form_reaches_sealed_bytes(scenario: Scenario, case: dict[str, Any]) -> None:
    hidden, li = secrets(scenario), key(scenario, "李敏")
    other, now = browser(scenario), scenario.clock.now()
    counsel = one(scenario, sa.text("SELECT id FROM counsel WHERE name = '李敏'"))
    party = one(scenario, sa.text("SELECT id FROM party WHERE side = 'claimant'"))
    court = one(scenario, sa.text("SELECT id FROM court"))
    found: list[str] = []
    # A link that some page made by mistake is checked once more.
    readers = (
        Reader(counsel_id=counsel, party_id=party, scanned_only=False),
        Reader(court_id=court, scanned_only=False),
        Reader(court_id=court, user_id=1, scanned_only=False),
        Reader(scanned_only=False),
    )
    for file_id in numbers(scenario, PaperFile.id):
        for reader, part in itertools.product(readers, FilePart):
            token = download_links.issue(SECRET, DownloadLink(file_id, reader, part), now)
            for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=-5"}):
                got = scenario.client.get(f"/download/{token}", headers=headers)
                assert got.status_code in (404, 422), (reader, part)
                search(found, "link", part, got, hidden)
            assert scenario.client.head(f"/download/{token}").status_code in (404, 422)
    for paper_id in numbers(scenario, Paper.id):
        page = other.get(f"{li}/papers")
        form = {"nonce": nonce(page), "paper": str(paper_id), "sure": "1"}
        for path in ("/papers/item", "/papers/received", "/papers"):
            got = other.post(f"{li}{path}", data=form)
            assert got.status_code in (303, 404, 422)
            search(found, "counsel", path, got, hidden)
        header = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
        got = scenario.client.get(f"/api/v1/papers/{paper_id}", headers=header)
        assert got.status_code == 404
    assert found == []
    assert one(scenario, sa.text("SELECT count(*) FROM paper_reading")) == 0


@pytest.mark.database
@pytest.mark.extended
@pytest.mark.parametrize("closing", ["meanwhile", "before"])
def test_fifty_filings_around_the_close_are_in_or_late_and_none_is_both(
    scenario: Scenario, closing: str
) -> None:
    """Of fifty who press while the worker closes, each is in time or is asked why it is late."""
    status, made = scenario.api("POST", "/cases", crowd(25))
    assert status == 201, made
    closes = opened(scenario, made)
    exchange_id = one(scenario, sa.select(Exchange.id))
    forms = []
    for n in range(50):
        link, client = key(scenario, f"Counsel {n}"), browser(scenario)
        draft(client, link, [("file", f"{n}.pdf", b"%PDF-1.7\n" + str(n).encode())])
        forms.append((link, nonce(client.get(f"{link}/papers"))))
    offset = 1 if closing == "before" else -1
    scenario.clock.set(closes + dt.timedelta(milliseconds=offset))

    def press(place: int) -> int:
        if closing == "meanwhile" and place == 20:
            scenario.clock.set(closes)
            scenario.beat()
        link, page = forms[place]
        data = {"nonce": page, "do": "file", "exchange": str(exchange_id)}
        return int(browser(scenario).post(f"{link}/papers", data=data).status_code)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(press, range(50)))
    scenario.clock.set(closes + dt.timedelta(seconds=1))
    scenario.beat()
    assert set(done) == {422} if closing == "before" else {303, 422}
    with scenario.app.app_context():
        filings = db.session.scalars(sa.select(Filing).where(Filing.number.is_not(None))).all()
        assert len(filings) == done.count(303)
        assert {each.disclosure for each in filings} <= {"open"}
        exchange = db.session.scalars(sa.select(Exchange)).one()
        assert (exchange.state, exchange.ended_by) == ("closed", "time")
        assert ledger.verify(db.session(), made["id"]).why is None
        entries = ledger.entries_of(db.session(), case_id=made["id"])
        order = [each.what for each in entries if each.what in ("filed", "disclosed")]
        assert order == sorted(order, reverse=True)  # nothing is filed after the opening
        assert order.count("disclosed") == len(filings)


def crowd(pairs: int) -> dict[str, Any]:
    """A case of many parties on either side, each with counsel of its own."""
    parties = []
    for n in range(2 * pairs):
        side = ("claimant", "respondent")[n % 2]
        counsel = {
            "name": f"Counsel {n}",
            "email": f"counsel{n}@firm{n}.example",
            "phone": f"138001{n:05}",
            "language": "en",
            "channels": ["email"],
        }
        parties.append({"role": side, "name": f"Party {n}", "side": side, "counsel": [counsel]})
    return {**CASE, "number": "（2026）沪0115民初90001号", "parties": parties}
