"""Signed receipts: what a person who acted can prove, even against whoever owns the database."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.evidence import receipts, signing_keys
from app.evidence.signing_keys import text_of
from app.record import hashing, ledger, standalone_verifier
from app.record.models import ChainHead, Entry, EntryContent
from tests.conftest import CASE, Scenario, proposal
from tests.faults.test_tampering import unlock
from tests.flows.test_pages import words

pytestmark = pytest.mark.database


@pytest.fixture
def link(scenario: Scenario) -> str:
    """The page of a counsel who has answered."""
    scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(1))
    assert status == 201, made
    scenario.beat()
    path = scenario.link("+8613800138001")
    browser = scenario.client
    nonce = re.search(r'name="nonce" value="([^"]+)"', browser.get(path).text)
    assert nonce
    answers = {f"slot-{slot['id']}": "yes" for slot in made["slots"]}
    assert browser.post(path, data={"nonce": nonce[1], **answers}).status_code == 303
    return path


def numbers(browser: FlaskClient, link: str) -> list[int]:
    """Return the numbers of the receipts that are offered, newest first."""
    page = browser.get(f"{link}/receipts?lang=en").text
    return [int(each) for each in re.findall(r"receipt\?number=(\d+)", page)]


def receipt_of(browser: FlaskClient, link: str) -> dict[str, Any]:
    """Return counsel's newest receipt, as it is downloaded."""
    newest = numbers(browser, link)[0]
    answer = browser.get(f"{link}/receipt.json?number={newest}")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    return json.loads(answer.text)


def checked(scenario: Scenario, text: str) -> str:
    """Return the words of the page that checks a receipt."""
    return words(scenario.client.post("/verify?lang=en", data={"text": text}))


def rewrite(scenario: Scenario, database: str) -> None:
    """Rewrite the case with all rights on the database: another answer, all hashes anew."""
    unlock(scenario, database)
    with scenario.app.app_context(), db.engine.begin() as connection:
        rows = connection.execute(
            sa.select(Entry.__table__).order_by(Entry.case_id, Entry.seq)
        ).mappings()
        last = hashing.START
        for row in [dict(row) for row in rows]:
            content = connection.execute(
                sa.select(EntryContent.__table__.c.body).where(
                    EntryContent.__table__.c.line_id == row["id"]
                )
            ).scalar_one()
            if row["what"] == "answered":
                content = {**content, "comment": "I never said yes"}
            row["content_hash"], row["prev"] = hashing.sha(content), last
            last = row["hash"] = hashing.sha(hashing.covered(row, hashing.instant(row["at"])))
            changed = {name: row[name] for name in ("content_hash", "prev", "hash")}
            connection.execute(
                sa.update(Entry.__table__).where(Entry.__table__.c.id == row["id"]).values(changed)
            )
            connection.execute(
                sa.update(EntryContent.__table__)
                .where(EntryContent.__table__.c.line_id == row["id"])
                .values(body=content)
            )
        connection.execute(sa.update(ChainHead.__table__).values(hash=last))


def offline(scenario: Scenario, folder: Path, receipt: Any, keys: Any) -> tuple[int, str]:
    """Check a receipt with the file that needs no Tingqi, against today's record."""
    with scenario.app.app_context():
        entries = list(ledger.entries_of(db.session(), case_id=1))
        lines = [ledger.exported(entry) for entry in entries]
        record = {"case": "1", "head": lines[-1]["hash"], "whole": True, "lines": lines}
    names = []
    for name, value in {"record": record, "receipt": receipt, "keys": keys}.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
        names.append(str(folder / name))
    run = subprocess.run(
        [sys.executable, "-I", standalone_verifier.__file__, *names],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
    )
    return run.returncode, run.stdout + run.stderr


def test_an_answer_has_a_receipt_that_the_record_bears_out(scenario: Scenario, link: str) -> None:
    browser = scenario.client
    receipt = receipt_of(browser, link)
    assert (receipt["what"], receipt["court"]) == ("answered", "Pudong New Area People's Court")
    page = browser.get(f"{link}/receipt?number={receipt['number']}&lang=en")
    assert receipt["hash"] in page.text
    assert "<svg" in page.text
    assert "The record says what this receipt says." in checked(scenario, json.dumps(receipt))
    code = receipts.as_code(receipt)
    scanned = words(scenario.client.get(f"/verify?receipt={code}&lang=en"))
    assert "The record says what this receipt says." in scanned
    assert "says what" in checked(scenario, f"https://court.example/verify?receipt={code}")


def test_a_later_entry_takes_nothing_from_a_receipt(scenario: Scenario, link: str) -> None:
    receipt = receipt_of(scenario.client, link)
    scenario.beat()
    scenario.api("POST", "/cases/1/contacts", {"kind": "call"})
    assert "The record says" in checked(scenario, json.dumps(receipt))


def test_a_rewritten_record_is_convicted_by_the_receipt_of_a_party(
    scenario: Scenario, link: str, database: str, tmp_path: Path
) -> None:
    receipt = receipt_of(scenario.client, link)
    keys = scenario.client.get("/record/keys").get_json()
    assert offline(scenario, tmp_path, receipt, keys)[0] == 0
    rewrite(scenario, database)
    with scenario.app.app_context():
        assert ledger.verify(db.session(), 1).intact  # nothing inside shows it
    assert "its record was changed since" in checked(scenario, json.dumps(receipt))
    status, said = offline(scenario, tmp_path, receipt, keys)
    assert (status, "NOT WHAT WAS SIGNED" in said) == (1, True)


def test_whoever_replaces_the_keys_too_is_convicted_by_the_keys_that_were_kept(
    scenario: Scenario, link: str, database: str, tmp_path: Path
) -> None:
    receipt = receipt_of(scenario.client, link)
    kept = scenario.client.get("/record/keys").get_json()
    rewrite(scenario, database)
    with scenario.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM signing_key")
    (scenario.folder / "signing_key.pem").unlink()
    receipt_of(scenario.client, link)
    assert "not signed by this court" in checked(scenario, json.dumps(receipt))
    status, said = offline(scenario, tmp_path, receipt, kept)
    assert (status, "NOT WHAT WAS SIGNED" in said) == (1, True)


def test_a_record_that_was_cut_is_convicted_offline(
    scenario: Scenario, link: str, tmp_path: Path
) -> None:
    receipt = receipt_of(scenario.client, link)
    keys = scenario.client.get("/record/keys").get_json()
    cut = {**receipt, "head": {**receipt["head"], "number": receipt["head"]["number"] + 1}}
    status, said = offline(scenario, tmp_path, cut, keys)
    assert (status, "NOT SIGNED" in said) == (1, True)
    with scenario.app.app_context():
        key = signing_keys.load(scenario.folder / "signing_key.pem")
    statement = {name: value for name, value in cut.items() if name != "signature"}
    signed = {**statement, "signature": key.sign(hashing.canonical(statement))}
    status, said = offline(scenario, tmp_path, signed, keys)
    assert (status, "NOT WHAT WAS SIGNED" in said) == (1, True)


@pytest.mark.parametrize("name", ["court", "case", "number", "hash", "what", "when", "digests"])
def test_a_receipt_of_which_anything_was_changed_is_none_of_the_court(
    scenario: Scenario, link: str, name: str
) -> None:
    receipt = receipt_of(scenario.client, link)
    others = {"number": 1, "digests": ["0" * 64], "hash": receipt["head"]["hash"][::-1]}
    other = others.get(name, f"{receipt[name]}x")
    assert "not signed by this court" in checked(scenario, json.dumps({**receipt, name: other}))


def test_a_key_that_nobody_published_signs_nothing(scenario: Scenario, link: str) -> None:
    receipt = receipt_of(scenario.client, link)
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    statement = {name: value for name, value in receipt.items() if name != "signature"}
    for key_id in (receipt["key"], hashing.hashlib.sha256(raw).hexdigest()[:32]):
        forged = {**statement, "key": key_id}
        forged["signature"] = text_of(private.sign(hashing.canonical(forged)))
        assert "not signed by this court" in checked(scenario, json.dumps(forged))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "[]",
        "{}",
        "x" * 200_000,
        '{"receipt": 1, "receipt": 1}',
        '{"receipt":1,"hash":"a","key":"b","signature":"c","case":"d","number":1.5,"head":{}}',
        '{"receipt":1,"hash":"a","key":"b","signature":"é","case":"d","number":1,'
        '"head":{"hash":"e","number":1}}',
        '{"receipt":1,"hash":"a","key":"b","signature":"c","case":"d","number":1,'
        '"head":{"hash":"e","number":1},"more":1e400}',
        '{"receipt":1,"hash":"a\\u0000","key":"b\\u0000","signature":"\\ud800","case":"d","number":1,'
        '"head":{"hash":"e","number":1}}',
        "[" * 5000,
        "é",
        "%00",
    ],
)
def test_what_is_no_receipt_is_answered_in_words(scenario: Scenario, text: str) -> None:
    answer = scenario.client.post("/verify?lang=en", data={"text": text})
    assert answer.status_code in (200, 422)
    assert re.search("no receipt|not signed by this court", words(answer))


def test_nobody_gets_the_receipt_of_another_or_of_what_was_no_act(
    scenario: Scenario, link: str
) -> None:
    browser = scenario.client
    own = numbers(browser, link)
    other = scenario.link("chen@firm.example") if scenario.letters(to="chen@firm.example") else ""
    with scenario.app.app_context():
        every = [e.seq for e in ledger.entries_of(db.session(), case_id=1)]
    for number in [*sorted(set(every) - set(own)), 0, 10**6, 10**30]:
        assert browser.get(f"{link}/receipt?number={number}").status_code == 404
        assert browser.get(f"{link}/receipt.json?number={number}").status_code == 404
    if other:
        assert browser.get(f"{other}/receipt?number={own[0]}").status_code == 404


def test_a_former_key_still_proves_what_it_signed(scenario: Scenario, link: str) -> None:
    before = receipt_of(scenario.client, link)
    (scenario.folder / "signing_key.pem").rename(scenario.folder / "former.pem")
    after = receipt_of(scenario.client, link)
    assert before["key"] != after["key"]
    published = [key["id"] for key in scenario.client.get("/record/keys").get_json()["keys"]]
    assert sorted(published) == sorted([before["key"], after["key"]])
    for each in (before, after):
        assert "The record says" in checked(scenario, json.dumps(each))


def test_the_key_is_readable_by_its_owner_only(scenario: Scenario, link: str) -> None:
    receipt_of(scenario.client, link)
    assert (scenario.folder / "signing_key.pem").stat().st_mode & 0o777 == 0o600
    assert [f.name for f in scenario.folder.iterdir() if "signing_key" in f.name] == [
        "signing_key.pem"
    ]


@given(st.binary(max_size=200), st.integers(0, 63), st.integers(0, 255))
@settings(max_examples=15, deadline=None)
def test_the_standalone_file_judges_signatures_as_a_library_does(
    message: bytes, place: int, value: int
) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = private.sign(message)
    assert standalone_verifier.is_signed(public, message, signature)
    changed = bytearray(signature)
    changed[place] = value
    expected = signing_keys.is_signed(text_of(public), message, text_of(bytes(changed)))
    assert standalone_verifier.is_signed(public, message, bytes(changed)) is expected
    assert not standalone_verifier.is_signed(public, message + b"x", signature)


def test_the_sealed_days_are_public_and_name_nobody(scenario: Scenario, link: str) -> None:
    scenario.wait(days=1)
    scenario.beat()
    published = scenario.client.get("/record/days.json").get_json()
    assert published["days"][0]["number"] == 1
    assert published["days"][-1]["heads"]
    assert "民" not in json.dumps(published, ensure_ascii=False)
    rest = scenario.client.get(f"/record/days.json?after={published['days'][-1]['number']}")
    assert rest.get_json() == {"court": 1, "time_stamps": None, "days": [], "more": False}


def test_a_receipt_is_sent_by_mail_once_and_checks(scenario: Scenario, link: str) -> None:
    browser = scenario.client
    number = numbers(browser, link)[0]
    page = browser.get(f"{link}/receipt?number={number}&lang=en")
    assert "Send me this receipt by mail" in words(page)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert nonce
    form = {"nonce": nonce[1], "number": str(number)}
    assert "Tick the box" in words(browser.post(f"{link}/receipt?lang=en", data=form))
    form["sure"] = "1"
    sent = browser.post(f"{link}/receipt?lang=en", data=form)
    assert sent.status_code == 303
    assert "Sent to your mail address" in words(browser.get(sent.location))
    again = browser.post(f"{link}/receipt?lang=en", data=form)
    assert "sent to you by mail already" in words(again)
    scenario.beat()
    [letter] = scenario.letters(to="li@huacheng.example", containing="签名回执")
    [code] = re.findall(r"/verify\?receipt=([\w-]+)", letter.body)[:1]
    assert "says what" in checked(scenario, f"https://court.example/verify?receipt={code}")
    other = {**form, "number": "1"}
    assert browser.post(f"{link}/receipt?lang=en", data=other).status_code == 404
