"""A carrier in a package of its own: the example of docs/carriers.md, built, installed and used."""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, proposal

HOME = Path(__file__).resolve().parents[2]
PAGE = (HOME / "docs/carriers.md").read_text(encoding="utf-8")
KEY = "a secret of Courier's"
# Runs in a process of its own: one turn of the worker, then requests from stdin to the pages.
DRIVER = """
import datetime, json, sys
from app import build_services, config, create_app
from app.core.runtime.clock import SetClock
from app.worker import beat

settings = config.read()
clock = SetClock(datetime.datetime.fromisoformat(sys.argv[1]))
app = create_app(settings, build_services(settings, clock))
beat.beat(app)
for path, body, headers in json.load(sys.stdin):
    print(app.test_client().post(path, data=body.encode(), headers=headers).status_code)
"""


@dataclass
class CourierService:
    """The imaginary service of the example, on a free port: the requests that it got."""

    url: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


@contextmanager
def courier_service() -> Iterator[CourierService]:
    """Serve Courier's API on this machine."""

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({"status": "active"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.messages.append(json.loads(body))
            self.answer({"id": f"c{len(service.messages)}"})

        def answer(self, content: dict[str, Any]) -> None:
            service.keys.add(self.headers["Authorization"])
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        service = CourierService(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield service
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages that has the example, as its wheel unpacks."""
    source = tmp_path_factory.mktemp("courier")
    for name, kind in (("pyproject.toml", "toml"), ("tingqi_courier.py", "python")):
        [content] = re.findall(rf"`{name}`:\n```{kind}\n(.*?)```", PAGE, re.DOTALL)
        assert len(content.splitlines()) <= 100
        (source / name).write_text(content, encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(source)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [wheel] = source.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(source / "site")
    return source / "site"


def run(environment: dict[str, str], site: Path, *words: str, stdin: str = "") -> Any:
    """Run Python with a folder of packages beside Tingqi."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=Path(environment["TINGQI_INSTANCE"]).parent,
        env={**environment, "PYTHONPATH": os.pathsep.join((str(HOME), str(site)))},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )


def refused(environment: dict[str, str], site: Path) -> str:
    """The sentence with which a start is refused."""
    done = run(environment, site, "-m", "app", "worker", "--once")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    return str(line)


def test_a_proposal_goes_out_by_a_carrier_of_ones_own_and_its_receipt_is_recorded(
    scenario: Scenario, environment: dict[str, str], site: Path
) -> None:
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    hearing = scenario.api("POST", "/hearings", proposal(case_id))[1]["id"]
    with scenario.app.app_context():
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    with courier_service() as courier:
        installed = environment | {
            "TINGQI_DATABASE_URL": url,
            "TINGQI_SECRET_KEY": scenario.app.config["SECRET_KEY"].decode(),
            "TINGQI_SMS": "courier",
            "TINGQI_COURIER_URL": courier.url,
            "TINGQI_COURIER_KEY": KEY,
        }
        report = json.dumps({"id": "c1", "status": "delivered"})
        signature = hmac.new(KEY.encode(), report.encode(), hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json"}
        requests = [
            ("/courier/receipts", report, headers),
            ("/courier/receipts", report, headers | {"X-Signature": "of somebody else"}),
            ("/courier/receipts", report, headers | {"X-Signature": signature}),
        ]
        now = scenario.clock.now().isoformat()
        done = run(installed, site, "-c", DRIVER, now, stdin=json.dumps(requests))
        assert done.stdout.split() == ["403", "403", "204"], done.stderr
        doctor = run(installed, site, "-m", "app", "doctor").stdout
    assert {each["to"] for each in courier.messages} == {"+8613800138001", "+8613800138002"}
    assert courier.keys == {f"Bearer {KEY}"}
    assert scenario.letters(channel="sms") == []
    attempts = scenario.api("GET", f"/hearings/{hearing}/contacts")[1]["attempts"]
    [delivered] = [each for each in attempts if each["lines"][-1]["what"] == "delivered"]
    assert delivered["attempt"] == courier.messages[0]["reference"]
    assert delivered["lines"][-1]["detail"] == {
        "carrier": "courier",
        "carrier_id": "c1",
        "status": "delivered",
    }
    assert "ok      text messages: Sent by Courier.\n" in doctor
    assert f"Courier: TINGQI_COURIER_URL={courier.url}, TINGQI_COURIER_KEY=…\n" in doctor
    assert KEY not in doctor


def test_settings_of_a_carrier_of_ones_own_are_refused_like_those_of_tingqis(
    environment: dict[str, str], site: Path
) -> None:
    half = environment | {"TINGQI_COURIER_URL": "https://api.courier.example"}
    assert refused(half, site) == (
        "The settings for Courier are incomplete: TINGQI_COURIER_KEY is missing. Set it, or unset "
        "TINGQI_COURIER_URL."
    )
    chosen = environment | {"TINGQI_SMS": "courier"}
    assert (
        refused(chosen, site) == "TINGQI_SMS is courier, and TINGQI_COURIER_URL is missing: set it."
    )
    unknown = environment | {"TINGQI_SMS": "pigeon"}
    assert refused(unknown, site) == "TINGQI_SMS must be one of courier, outbox, twilio."


def test_a_carrier_that_cannot_be_loaded_is_named_with_its_package(
    environment: dict[str, str], tmp_path: Path
) -> None:
    metadata = tmp_path / "site" / "tingqi_broken-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tingqi-broken\nVersion: 1\n")
    points = "[tingqi.carriers]\nbroken = tingqi_broken:CARRIER\n"
    (metadata / "entry_points.txt").write_text(points)
    assert refused(environment, tmp_path / "site") == (
        "The carrier broken of the package tingqi-broken cannot be loaded "
        "(No module named 'tingqi_broken'): repair or uninstall it."
    )
