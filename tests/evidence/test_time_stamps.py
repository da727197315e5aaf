"""Time stamps of sealed days by an authority outside the court: `openssl ts`, over real HTTP."""

import base64
import datetime as dt
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import config
from app.carriers.outbox import carrier
from app.carriers.registry import ExternalServices
from app.cli import cli
from app.core.db import db
from app.core.errors import Misconfigured
from app.core.runtime.clock import SetClock
from app.core.web_client.direct_http import DirectClient
from app.core.web_client.guarded_http import FetchFailed
from app.record import daily_seals, standalone_verifier
from app.record.models import DailySeal
from app.record.time_stamps import settings as stamp_settings
from app.record.time_stamps import verifying
from app.record.time_stamps.asking import Stamper
from app.record.time_stamps.models import TimeStamp
from app.record.time_stamps.verifying import StampRefused
from tests.conftest import CASE, Scenario, make_court, make_scenario
from tests.evidence.authority import POLICY, LocalAuthority
from tests.faults.test_tampering import unlock
from tests.flows.test_pages import words

pytestmark = pytest.mark.database
DIGEST = "ab" * 32


def settings_of(authority: LocalAuthority, policy: str = "") -> stamp_settings.StampAuthority:
    """Return the settings that trust an authority."""
    names = {"TINGQI_TSA_URL": authority.url, "TINGQI_TSA_CERTIFICATES": str(authority.trusted)}
    found = stamp_settings.read(names | ({"TINGQI_TSA_POLICY": policy} if policy else {}))
    assert found is not None
    return found


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[LocalAuthority]:
    """An authority that answers."""
    with LocalAuthority(tmp_path / "authority") as authority:
        yield authority


@pytest.fixture
def stamping(database: str, tmp_path: Path, authority: LocalAuthority) -> Iterator[Scenario]:
    """A court whose days an authority stamps. Its clock begins now, as openssl's does."""
    clock = SetClock(dt.datetime.now(dt.UTC))
    outbox = tmp_path / "outbox"
    external = ExternalServices(
        clock=clock,
        email=carrier.Outbox(outbox, "email", clock, "court@court.example"),
        sms=carrier.Outbox(outbox, "sms", clock),
    )
    settings = {"stamp_authority": settings_of(authority, POLICY)}
    scenario = make_scenario(tmp_path, database, external, own_app=True, **settings)
    make_court(scenario)
    yield scenario
    scenario.close()


def seal_and_stamp(scenario: Scenario) -> None:
    """Let a case have entries of yesterday, and the worker seal and stamp them."""
    now = scenario.clock.now()
    scenario.clock.set(now - dt.timedelta(days=1))
    scenario.api("POST", "/cases", CASE)
    call = {
        "counsel_id": 1,
        "channel": "phone",
        "at": scenario.clock.now().isoformat(),
        "outcome": "spoke",
        "address": "13800138001",
    }
    status, made = scenario.api("POST", "/cases/1/contacts", call)
    assert status == 201, made
    scenario.clock.set(now)
    scenario.beat()


def stamps(scenario: Scenario) -> list[bytes]:
    """Return the stamps that are kept, by day."""
    with scenario.app.app_context():
        query = sa.select(TimeStamp.response).order_by(TimeStamp.seq)
        return list(db.session().scalars(query))


def days(scenario: Scenario) -> dict[str, Any]:
    """Return the sealed days as anybody reads them."""
    return dict(scenario.client.get("/record/days.json").get_json())


def offline(folder: Path, *files: Any, stamps_in: str = "", authority: str = "") -> tuple[int, str]:
    """Check files with the one file that needs no Tingqi."""
    names = []
    for n, value in enumerate(files):
        (folder / f"file-{n}.json").write_text(json.dumps(value), encoding="utf-8")
        names.append(f"file-{n}.json")
    more = ["--stamps", stamps_in] if stamps_in else []
    more += ["--tsa-ca", authority] if authority else []
    run = subprocess.run(
        [sys.executable, "-I", "-S", standalone_verifier.__file__, *names, *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def command(scenario: Scenario, *arguments: str) -> tuple[int, str]:
    """Run a command; return its exit status, and what it printed."""
    done = scenario.app.test_cli_runner().invoke(cli, list(arguments))
    return done.exit_code, done.output


def test_each_sealed_day_is_stamped_and_every_place_shows_it(
    stamping: Scenario, authority: LocalAuthority, tmp_path: Path
) -> None:
    seal_and_stamp(stamping)
    published = days(stamping)
    assert published["time_stamps"] == authority.url
    assert all(day["stamp"] for day in published["days"])
    assert len(authority.asked) == len(published["days"])
    status, said = offline(tmp_path, published, stamps_in=".")
    assert (status, "carry a time stamp of these contents" in said) == (0, True), said
    line = said.split("not checked here: ")[1].splitlines()[0].split()
    line[line.index("AUTHORITY.pem")] = str(authority.trusted)
    line[line.index("-in") + 1] = str(tmp_path / line[line.index("-in") + 1])
    assert "Verification: OK" in authority.openssl(*line[1:])
    status, said = command(stamping, "record", "verify")
    assert (status, "1 days carry a time stamp from outside" in said) == (0, True), said
    record = json.loads(
        command(stamping, "record", "export", "--case", CASE["number"], "--format", "json")[1]
    )
    status, said = offline(tmp_path, record)
    assert (status, "1 of 1 days carry a time stamp" in said) == (0, True), said
    page = words(stamping.sign_in().get("/cases/1/certificate?lang=en"))
    assert "Time stamp from outside the court" in page
    page = words(stamping.client.get(f"/record/{record['head']}?lang=en"))
    assert "Time stamp from outside the court" in page
    assert "All times are Shanghai time" in page
    assert not re.search(r"UTC(?!\+8)", page), page  # one zone on a page


def test_without_an_authority_each_place_says_so(scenario: Scenario, tmp_path: Path) -> None:
    seal_and_stamp(scenario)
    published = days(scenario)
    assert published["time_stamps"] is None
    assert "None of these days carries a time stamp" in offline(tmp_path, published)[1]
    assert "stamp" not in command(scenario, "record", "verify")[1]  # of the chain alone
    page = words(scenario.sign_in().get("/cases/1/certificate?lang=en"))
    assert "No time stamp from outside the court: none is set up here" in page


def test_an_authority_that_is_away_stops_nothing_and_is_asked_again(
    stamping: Scenario, authority: LocalAuthority
) -> None:
    authority.answers = lambda _: None
    seal_and_stamp(stamping)
    assert (len(days(stamping)["days"]), stamps(stamping)) == (1, [])
    stamping.beat()
    assert len(authority.asked) == 1  # not at every beat
    page = words(stamping.sign_in().get("/cases/1/certificate?lang=en"))
    assert "The time stamp is waited for" in page
    authority.answers = authority.reply
    with stamping.app.app_context():  # another worker, as this one's clock cannot wait
        stamper = Stamper(settings_of(authority, POLICY))
        assert stamper.stamp_due(stamping.clock.now) == 1
        assert stamper.stamp_due(stamping.clock.now) == 0
    assert len(stamps(stamping)) == 1


def test_after_a_failure_ten_minutes_pass(stamping: Scenario, authority: LocalAuthority) -> None:
    authority.answers = lambda _: b""
    seal_and_stamp(stamping)
    stamping.wait(minutes=9)
    stamping.beat()
    assert len(authority.asked) == 1
    stamping.wait(minutes=2)
    stamping.beat()
    assert len(authority.asked) == 2


@pytest.mark.parametrize(
    "attack", ["garbage", "nothing", "huge", "replayed", "other contents", "rejected", "cut"]
)
def test_what_is_no_stamp_of_the_day_is_not_kept(
    stamping: Scenario, authority: LocalAuthority, attack: str
) -> None:
    old = authority.reply(authority.query(DIGEST))
    rejection = bytes.fromhex("30053003020102")
    answers = {
        "garbage": lambda _: b"\x30\x82\x00" + b"x" * 500,
        "nothing": lambda _: b"",
        "huge": lambda _: b"\x30" * 200_000,
        "replayed": lambda _: old,
        "other contents": lambda _: authority.reply(authority.query("cd" * 32)),
        "rejected": lambda _: rejection,
        "cut": lambda query: authority.reply(query)[:-40],
    }
    authority.answers = answers[attack]
    seal_and_stamp(stamping)
    assert len(authority.asked) == 1
    assert stamps(stamping) == []
    assert len(days(stamping)["days"]) == 1


def test_a_stamp_must_be_of_this_time_policy_nonce_and_chain(
    tmp_path: Path, authority: LocalAuthority
) -> None:
    own = settings_of(authority, POLICY)
    request = verifying.request_for(b"contents")
    response = authority.reply(request.body)
    digest = standalone_verifier.hashlib.sha256(b"contents").hexdigest()
    now = dt.datetime.now(dt.UTC)
    at = verifying.verified(response, digest, own, nonce=request.nonce, asked_at=now)
    assert abs(at - now) < dt.timedelta(minutes=1)
    day = dt.timedelta(days=1)
    with pytest.raises(StampRefused, match="not the time"):
        verifying.verified(response, digest, own, nonce=request.nonce, asked_at=now + day)
    with pytest.raises(StampRefused, match="Nonce"):
        verifying.verified(response, digest, own, nonce=request.nonce + 1)
    with pytest.raises(StampRefused, match="Policy"):
        verifying.verified(response, digest, replace(own, policy="1.2.3.4.2"))
    with pytest.raises(StampRefused, match="other contents"):
        verifying.verified(response, DIGEST, own)
    changed = bytearray(response)
    changed[-20] ^= 1  # within the signature
    with pytest.raises(StampRefused, match="does not hold"):
        verifying.verified(bytes(changed), digest, own)
    for n, other in enumerate(({}, {"since": -20 * day}, {"stamps": False})):
        stranger = LocalAuthority(tmp_path / f"other-{n}", **other)
        trusted = settings_of(stranger) if other else own
        try:
            forged = stranger.reply(request.body)
        except AssertionError:  # openssl itself refuses to stamp with such a certificate
            continue
        finally:
            stranger._server.server_close()
        with pytest.raises(StampRefused):
            verifying.verified(forged, digest, trusted, nonce=request.nonce)


def test_a_slow_authority_is_given_up_on(authority: LocalAuthority) -> None:
    waiting = threading.Event()
    authority.answers = lambda _: waiting.wait(5) or None
    client = DirectClient(seconds=0.2)
    with pytest.raises(FetchFailed, match="in time"):
        client.post(authority.url, b"x", "application/timestamp-query", 1000)
    waiting.set()


def test_rewritten_days_are_convicted_by_their_stamps(
    stamping: Scenario, database: str, tmp_path: Path
) -> None:
    seal_and_stamp(stamping)
    unlock(stamping, database)
    with stamping.app.app_context(), db.engine.begin() as connection:
        if "postgres" in database:
            connection.exec_driver_sql("ALTER TABLE record_day DISABLE TRIGGER ALL")
        day = dict(connection.execute(sa.select(DailySeal.__table__)).mappings().one())
        rewritten = DailySeal(**(day | {"heads": []}))
        connection.execute(
            sa.update(DailySeal.__table__).values(heads=[], hash=daily_seals.seal(rewritten))
        )
        connection.exec_driver_sql("UPDATE record_head SET sealed_seq = 0")
    status, said = command(stamping, "record", "verify")
    assert (status, "is WRONG: the stamp is of other contents" in said) == (1, True), said
    status, said = offline(tmp_path, days(stamping))
    assert (status, "the time stamp of day 1" in said) == (1, True), said


def test_the_stamp_of_another_day_is_convicted(
    stamping: Scenario, authority: LocalAuthority, tmp_path: Path
) -> None:
    seal_and_stamp(stamping)
    other = authority.reply(authority.query(DIGEST))
    published = days(stamping)
    published["days"][0]["stamp"]["response"] = base64.b64encode(other).decode()
    status, said = offline(tmp_path, published)
    assert (status, "is of other contents" in said) == (1, True), said
    with stamping.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.update(TimeStamp.__table__).values(response=other))
    assert command(stamping, "record", "verify")[0] == 1
    page = words(stamping.sign_in().get("/cases/1/certificate?lang=en"))
    assert "The time stamp does not match" in page


def test_the_standalone_file_has_openssl_check_signature_and_chain(
    stamping: Scenario, authority: LocalAuthority, tmp_path: Path
) -> None:
    seal_and_stamp(stamping)
    published, trusted = days(stamping), str(authority.trusted)
    status, said = offline(tmp_path, published, authority=trusted)
    assert (status, "its signature is valid" in said) == (0, True), said
    # Nobody can check it without the authority's certificates, and it says so.
    status, said = offline(tmp_path, published)
    assert (status, "its signature is not checked here" in said) == (0, True), said
    # Another authority, which stamped the same day, is not the one that is trusted.
    day = published["days"][0]
    real = base64.b64decode(day["stamp"]["response"])
    with LocalAuthority(tmp_path / "other") as other:
        status, said = offline(tmp_path, published, authority=str(other.trusted))
        assert (status, "is not by this authority" in said) == (1, True), said
        elsewhere = other.reply(other.query(day["hash"]))
    day["stamp"]["response"] = base64.b64encode(elsewhere).decode()
    status, said = offline(tmp_path, published, authority=trusted)
    assert (status, "is not by this authority" in said) == (1, True), said
    # A forged signature: the last byte of the stamp belongs to it.
    forged = real[:-1] + bytes([real[-1] ^ 1])
    day["stamp"]["response"] = base64.b64encode(forged).decode()
    assert offline(tmp_path, published)[0] == 0  # what plain Python cannot see
    status, said = offline(tmp_path, published, authority=trusted)
    assert (status, "is not by this authority" in said) == (1, True), said
    # Of another day.
    elsewhere = authority.reply(authority.query(DIGEST))
    day["stamp"]["response"] = base64.b64encode(elsewhere).decode()
    status, said = offline(tmp_path, published, authority=trusted)
    assert (status, "is of other contents" in said) == (1, True), said
    status, said = offline(tmp_path, published, authority="missing.pem")
    assert (status, "missing.pem" in said, "Traceback" in said) == (2, True, False), said


@pytest.mark.parametrize("response", [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x1f" * 9])
def test_a_hostile_stamp_ends_in_no_traceback(response: bytes, tmp_path: Path) -> None:
    day = {"court": 1, "number": 1, "on": "2026-11-23", "at": "x", "heads": [], "prev": "0" * 64}
    day["hash"] = standalone_verifier.sha_of_day(day)
    day["stamp"] = {"response": base64.b64encode(response).decode()}
    status, said = offline(tmp_path, {"days": [day]})
    assert (status, "Traceback" in said, "cannot be read" in said) == (1, False, True), said


def test_half_a_set_of_settings_is_refused(tmp_path: Path, authority: LocalAuthority) -> None:
    base = {"TINGQI_INSTANCE": str(tmp_path), "TINGQI_TSA_URL": authority.url}
    with pytest.raises(Misconfigured, match="TINGQI_TSA_CERTIFICATES is missing"):
        config.read(base)
    for name, value in (("CERTIFICATES", "nowhere.pem"), ("POLICY", "one"), ("URL", "tsa")):
        wrong = {"TINGQI_TSA_CERTIFICATES": str(authority.trusted), f"TINGQI_TSA_{name}": value}
        with pytest.raises(Misconfigured, match=f"TINGQI_TSA_{name}"):
            config.read(base | wrong)
