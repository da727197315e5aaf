"""`tingqi demo` as a newcomer has it: from what is printed to a fixed hearing and its invite."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from app.rehearsal.browser import HtmlPage
from tests.commands import tingqi_command
from tests.conftest import environment_in

CASE = "East Harbour Shipping v Kestrel Foods"
FIXED = r"Date fixed: [^号]*民初620号"
PATIENCE = 60  # seconds; a busy machine is no failure


@dataclass
class Demo:
    """A demo that runs, and what it printed."""

    process: subprocess.Popen[str]
    printed: str
    base: str
    http: requests.Session

    def links(self) -> list[str]:
        return re.findall(rf"{re.escape(self.base)}/r/[\w-]{{22}}", self.printed)

    def outbox(self, *patterns: str) -> str:
        """The page of the outbox, once its words show what is waited for."""
        for _ in within(PATIENCE):
            page = self.http.get(f"{self.base}/outbox", timeout=PATIENCE)
            words = HtmlPage(page.text).words
            if all(re.search(each, words) for each in patterns):
                return page.text
        raise AssertionError(f"the outbox never showed {patterns}")

    def answer(self, link: str, says: tuple[str, ...]) -> str:
        """Choose on counsel's page, send, and return what the page says then."""
        form = HtmlPage(self.http.get(link, timeout=PATIENCE).text).form_with("slot-")
        assert form is not None
        names = sorted(name for name in form.choices if name.startswith("slot-"))
        given = form.filled(**dict(zip(names, says, strict=True)))
        answer = self.http.post(urljoin(link, form.action), data=given, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return HtmlPage(answer.text).words


def within(seconds: float) -> Iterator[None]:
    """Go round until the time is over, a few times a second."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < until:
        yield
        pause.wait(0.2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def demo(environment: dict[str, str], folder: Path, *options: str) -> Iterator[Demo]:
    """A demo in a folder, stopped by Ctrl-C at the end, which it must take well."""
    port = free_port()
    with (
        (folder / "stderr").open("w+") as stderr,
        requests.Session() as http,
        subprocess.Popen(
            tingqi_command("demo", "--port", str(port), *options),
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        http.trust_env = False
        try:
            printed = _printed(process)
            yield Demo(process, printed, f"http://127.0.0.1:{port}", http)
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=PATIENCE)[0]
            assert process.returncode == 0
            assert "Stopped. The data is kept" in rest or "已停止。数据已保留" in rest
            assert (folder / "stderr").read_text() == ""
        finally:
            process.kill()


def _printed(process: subprocess.Popen[str]) -> str:
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "make demo FRESH=1" in line:
            break
    else:
        raise AssertionError("the demo ended: " + "".join(lines))
    return "".join(lines)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of a demo that was started once, and stopped."""
    folder = tmp_path_factory.mktemp("demo")
    with demo(environment_in(folder), folder):
        pass
    return folder / "instance"


@pytest.fixture
def started_before(first_start: Path, tmp_path: Path) -> None:
    """Have the demo's data of a first start in the test's own instance folder."""
    shutil.copytree(first_start, tmp_path / "instance")


def test_a_newcomer_gets_from_what_is_printed_to_a_fixed_hearing_and_its_invite(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with demo(environment, tmp_path) as shown:
        first, second = shown.links()
        shown.outbox(f"choose a date: [^号]*民初620号.*{CASE}")
        shown.answer(first, ("yes", "no", "yes"))
        said = shown.answer(second, ("if_needed", "no", "yes"))
        assert "fixed" in said
        page = shown.outbox(
            rf"to Emma Carter [^@]+@\S+ [^@]+ Calendar enclosed {FIXED}",
            rf"to Zhao Lei [^@]+@\S+ [^@]+ Calendar enclosed {FIXED}",
            r"to \+8613800138002, [^@]+ hearing fixed: [^号]*民初620号",
        )
        # The newest calendar of the page is the one of this hearing.
        ics = re.search(r'href="(/outbox/[^"]+/invite\.ics)"', page)
        assert ics is not None
        calendar = shown.http.get(shown.base + ics.group(1), timeout=PATIENCE)
        assert calendar.headers["Content-Type"].startswith("text/calendar")
        assert "METHOD:REQUEST" in calendar.text
        assert "SEQUENCE:1" in calendar.text
        assert list((tmp_path / "instance" / "outbox").glob("*.eml"))


@pytest.mark.usefixtures("started_before")
def test_the_printed_addresses_and_password_open_what_they_say(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with demo(environment, tmp_path) as shown:
        user = re.search(r"(\S+@\S+) +assistant", shown.printed)
        password = re.search(r"password for each: (.+)", shown.printed)
        assert user is not None
        assert password is not None
        form = {"email": user.group(1), "password": password.group(1)}
        signed_in = shown.http.post(f"{shown.base}/sign-in", data=form, timeout=PATIENCE)
        assert signed_in.status_code == 200
        assert not signed_in.url.endswith("/sign-in")
        addresses = re.findall(r"http://127\S+", shown.printed)
        assert len(addresses) >= 8
        for address in addresses:
            answer = shown.http.get(address, timeout=PATIENCE)
            assert answer.status_code == 200, address


@pytest.mark.usefixtures("started_before")
def test_it_shows_a_filing_an_exchange_of_evidence_and_opinions(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "instance" / "tingqi.db")) as database:
        query = (
            "SELECT e.case_id, e.id, f.id FROM exchange e JOIN filing f ON f.exchange_id = e.id "
            "JOIN paper p ON p.filing_id = f.id WHERE p.name = '付款凭证'"
        )
        [(case_id, exchange_id, filing_id)] = database.execute(query).fetchall()
    with demo(environment, tmp_path) as shown:
        form = {"email": "wang@dongwan.example", "password": "one calm court"}
        shown.http.post(f"{shown.base}/sign-in", data=form, timeout=PATIENCE)

        def read(path: str) -> str:
            answer = shown.http.get(f"{shown.base}{path}?lang=en", timeout=PATIENCE)
            assert answer.status_code == 200, path
            return answer.text

        for path in (f"/cases/{case_id}/exchange", f"/exchanges/{exchange_id}/sheet"):
            page = read(path)
            assert "付款凭证" in page
            assert "Disputed" in page
            assert "凭证上的付款人与账户户名不一致。" in page  # of its authenticity
            assert "付款凭证所载月份与本案争议月份不同。" in page  # of its relevance
        assert "SHA-256" in read(f"/filings/{filing_id}/receipt")


@pytest.mark.extended
@pytest.mark.usefixtures("started_before")
def test_a_later_start_keeps_the_data_and_always_has_something_to_answer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with demo(environment, tmp_path) as shown:
        before = [link.rpartition("/")[2] for link in shown.links()]
        shown.answer(shown.links()[0], ("yes", "yes", "yes"))
    with demo(environment, tmp_path) as shown:
        assert "is open again" in shown.printed
        after = [link.rpartition("/")[2] for link in shown.links()]
        assert after == before
        shown.answer(shown.links()[1], ("yes", "no", "no"))
        shown.outbox(FIXED)
    with demo(environment, tmp_path) as shown:
        offered = [link.rpartition("/")[2] for link in shown.links()]
        assert len(offered) == 2
        assert offered == before  # the same keys, and another hearing that waits for an answer
        shown.answer(shown.links()[0], ("yes", "no", "no"))
        assert shown.outbox(FIXED)
    (tmp_path / "instance" / "tingqi.env").write_text("TINGQI_BEAT_SECONDS=7\n")
    with demo(environment, tmp_path, "--fresh") as shown:
        assert "is open." in shown.printed
        page = shown.http.get(f"{shown.base}/outbox", timeout=PATIENCE).text
        assert re.search(FIXED, HtmlPage(page).words) is None
        assert (tmp_path / "instance" / "tingqi.env").exists()


@pytest.mark.usefixtures("started_before")
def test_where_the_locale_is_chinese_the_guide_and_what_it_leads_to_are_chinese(
    environment: dict[str, str], tmp_path: Path
) -> None:
    browser = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    with demo({**environment, "LANG": "zh_CN.UTF-8"}, tmp_path) as shown:
        assert "东湾区人民法院（East Bay District People's Court）" in shown.printed
        guide = re.sub(
            r"https?://\S+|\S+@\S+|文件：\S+|`[^`]+`|\([^)]+\)|（East[^）]+）", "", shown.printed
        )
        assert set(re.findall(r"[A-Za-z]{2,}", guide)) <= {"one", "calm", "court", "Ctrl"}
        for address in (*shown.links(), f"{shown.base}/sign-in"):
            page = shown.http.get(address, headers=browser, timeout=PATIENCE).text
            assert 'lang="zh-Hans"' in page[:400]
        shown.answer(shown.links()[0], ("yes", "no", "no"))
        said = shown.answer(shown.links()[1], ("yes", "no", "no"))
        assert "已排定" in said
    logged = list((tmp_path / "instance").glob("demo.log"))
    assert not any(re.search(r"[\u4e00-\u9fff]{4}", each.read_text()) for each in logged)
    with demo(environment, tmp_path) as shown:
        assert CASE in shown.printed  # in English another case, with counsel who read English


def test_nothing_is_printed_when_it_is_stopped_before_all_is_ready(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with (
        (tmp_path / "early").open("w+") as stderr,
        subprocess.Popen(
            tingqi_command("demo", "--port", str(free_port())),
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "Preparing the demo; one moment …\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE)[0] == ""
        assert (process.returncode, (tmp_path / "early").read_text().strip()) == (130, "")


@pytest.mark.usefixtures("started_before")
def test_nothing_is_printed_of_browsers_that_hang_up_in_the_middle_of_a_request(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with demo(environment, tmp_path) as shown:
        port = int(shown.base.rpartition(":")[2])
        for half in (b"", b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n", b"GET", b"\x16\x03\x01"):
            with socket.create_connection(("127.0.0.1", port)) as browser:
                browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                browser.sendall(half)
        assert shown.http.get(f"{shown.base}/sign-in", timeout=PATIENCE).status_code == 200


@pytest.mark.usefixtures("started_before")
def test_a_turn_that_outlasts_its_interval_prints_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """A job that still runs when its next turn comes, as on a busy machine: it is held up here."""
    with demo(environment, tmp_path) as shown:
        database = tmp_path / "instance" / "tingqi.db"
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # the worker's writers wait for this one
            for _ in within(4):
                assert shown.http.get(f"{shown.base}/sign-in", timeout=PATIENCE).status_code == 200
            other.execute("ROLLBACK")
        shown.outbox("choose a date")


def test_a_port_that_is_taken_is_said_in_one_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        done = subprocess.run(
            tingqi_command("demo", "--port", str(port)),
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} cannot be used")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "instance" / "tingqi.db").exists()


@pytest.mark.parametrize("options", [(), ("--fresh",)])
@pytest.mark.parametrize("whose", ["another court's", "another program's"])
def test_a_database_that_is_not_the_demos_is_left_alone(
    environment: dict[str, str],
    tmp_path: Path,
    empty_sqlite: Path,
    whose: str,
    options: tuple[str, ...],
) -> None:
    instance = tmp_path / "instance"
    (instance / "outbox").mkdir(parents=True)
    (instance / "outbox" / "kept.eml").write_text("kept")
    if whose == "another court's":
        shutil.copy(empty_sqlite, instance / "tingqi.db")
        made = tingqi_command("court", "add", "Somebody's Court")
        subprocess.run(
            made, env=environment, cwd=tmp_path, check=True, timeout=PATIENCE, capture_output=True
        )
    else:
        (instance / "tingqi.db").write_bytes(b"not a database at all" * 100)
    before = (instance / "tingqi.db").read_bytes()
    done = subprocess.run(
        tingqi_command("demo", "--port", str(free_port()), *options),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert "is not changed" in done.stderr
    assert (instance / "tingqi.db").read_bytes() == before
    assert os.listdir(instance / "outbox") == ["kept.eml"]
