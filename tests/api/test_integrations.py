"""The programs of docs/integrations.md run as they stand there, against a real server."""

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, proposal

HOME = Path(__file__).parents[2]
PAGES = [HOME / "docs/integrations.md", HOME / "docs/zh/integrations.md"]
PROGRAMS = {"push.py", "listen.py", "office.py", "bot.py"}


def programs(page: Path) -> dict[str, str]:
    """Return the programs of a page: its indented blocks that begin with their name."""
    found, block = {}, []
    for line in [*page.read_text("utf-8").splitlines(), "end"]:
        if line.startswith("    ") or (block and not line):
            block.append(line)
        elif block:
            text = textwrap.dedent("\n".join(block)).strip() + "\n"
            if text.startswith("# ") and text[2:].partition(":")[0].endswith(".py"):
                found[text[2:].partition(":")[0]] = text
            block = []
    return found


def test_both_languages_show_the_same_programs() -> None:
    english, chinese = map(programs, PAGES)
    assert english.keys() == PROGRAMS
    assert english == chinese


class Robot(BaseHTTPRequestHandler):
    """A group robot of WeCom: keeps what it is sent, and refuses what is too long."""

    received: list[Any] = []

    def do_POST(self) -> None:
        """Take one message."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append(message)
        fits = len(message["text"]["content"].encode()) <= 2048
        said = {"errcode": 0, "errmsg": "ok"} if fits else {"errcode": 40058, "errmsg": "too long"}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def robot() -> Iterator[str]:
    """The address of a robot."""
    Robot.received = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/cgi-bin/webhook/send?key=k"
    server.shutdown()
    thread.join()
    server.server_close()


def run(folder: Path, name: str, *arguments: str, status: int = 0, **environment: str) -> str:
    """Run a program of the page; return what it printed."""
    (folder / name).write_text(programs(PAGES[0])[name], "utf-8")
    done = subprocess.run(
        [sys.executable, name, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_a_case_management_system_pushes_cases_and_hears_of_dates(
    scenario: Scenario, site: str, tmp_path: Path
) -> None:
    access = {"COURT_URL": site, "API_TOKEN": scenario.token("wang@court.example")}
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), "utf-8")
    assert [run(tmp_path, "push.py", "case.json", **access) for _ in range(2)] == ["case 1\n"] * 2
    file.write_text(json.dumps({**CASE, "title": "货款纠纷"}), "utf-8")
    assert run(tmp_path, "push.py", "case.json", **access) == "case 1\n"
    assert scenario.api("GET", "/cases/1")[1]["title"] == "货款纠纷"
    assert len(scenario.api("GET", "/cases")[1]["cases"]) == 1
    hearing = scenario.api("POST", "/hearings", proposal(1))[1]
    assert "hearing.proposed proposed None" in run(tmp_path, "listen.py", "last.txt", **access)
    assert run(tmp_path, "listen.py", "last.txt", **access) == ""
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "by order"}
    assert scenario.api("POST", "/hearings/1/fix", order)[0] == 200
    heard = run(tmp_path, "listen.py", "last.txt", **access)
    assert heard == f"hearing.fixed fixed {hearing['slots'][0]['starts_at']} 第三法庭\n"


def test_an_office_reads_the_calendar_of_counsel(
    scenario: Scenario, site: str, tmp_path: Path
) -> None:
    case = scenario.api("POST", "/cases", CASE)[1]
    hearing = scenario.api("POST", "/hearings", proposal(case["id"]))[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "by order"}
    scenario.api("POST", "/hearings/1/fix", order)
    counsel = case["parties"][0]["counsel"][0]["id"]
    feed = scenario.api("POST", "/feeds", {"scope": "counsel", "counsel_id": counsel})[1]
    address = site + feed["url"].removeprefix("http://127.0.0.1:8000")
    first = run(tmp_path, "office.py", address)
    assert "CONFIRMED 2026-12-07T09:30:00+08:00" in first
    assert "unchanged" in run(tmp_path, "office.py", address, status=1)
    scenario.api("POST", "/hearings/1/cancel", {"reason": "撤诉"})
    assert "CANCELLED" in run(tmp_path, "office.py", address)


def test_a_bot_tells_a_group_what_waits(
    scenario: Scenario, site: str, robot: str, tmp_path: Path
) -> None:
    access = {"COURT_URL": site, "API_TOKEN": scenario.token("wang@court.example")}
    run(tmp_path, "bot.py", WECOM_WEBHOOK=robot, **access)
    assert Robot.received == []
    scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(1))
    scenario.beat()
    page, link = scenario.client, scenario.link("li@huacheng.example")
    nonce = page.get(f"{link}/call-me").text.split('name="nonce" value="')[1].split('"')[0]
    page.post(f"{link}/call-me", data={"nonce": nonce, "phone": "13800138001", "wish": "下午"})
    run(tmp_path, "bot.py", WECOM_WEBHOOK=robot, **access)
    (message,) = Robot.received
    assert message["msgtype"] == "text"
    assert message["text"]["content"] == f"待办1项\n{CASE['number']}：回电"
