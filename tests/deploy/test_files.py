"""The files of deploy/ are read, and run, by the programs that they are for.

Where a program is missing the test is skipped with the reason, or fails where CI is set.
"""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from werkzeug.serving import make_server

from tests.conftest import CASE, Scenario, make_court, make_scenario, proposal

HOME = Path(__file__).parents[2]
DEPLOY = HOME / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NGINX, CADDY = DEPLOY / "nginx/tingqi.conf", DEPLOY / "caddy/Caddyfile"
SITE = "tingqi.court.example"


def program(name: str) -> str:
    """Return the path of a program; without it, skip the test, or fail it where CI is set."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        reason = f"no {name} on this machine"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return str(path)


def run(*command: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **more)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    command = Path(sys.prefix) / "bin/tingqi"  # what the unit starts has to be there
    assert command.exists()
    words = unit.read_text("utf-8")
    assert "/opt/tingqi/.venv/bin/tingqi" in words
    copy = tmp_path / unit.name.replace("@", "@8000")
    copy.write_text(words.replace("/opt/tingqi/.venv/bin/tingqi", str(command)), "utf-8")
    checked = run(analyze, "verify", "--man=no", str(copy))
    ours = [line for line in checked.stderr.splitlines() if copy.name in line]
    assert (checked.returncode, ours) == (0, []), checked.stderr
    exposure = run(analyze, "security", "--offline=true", "--threshold=20", str(unit))
    assert exposure.returncode == 0, exposure.stdout[-200:]  # at most 2.0 of 10


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    _, command, *options = shlex.split(line.replace("%i", "8000"))
    shown = run(sys.executable, "-m", "app", command, "--help", cwd=HOME)
    assert shown.returncode == 0, shown.stderr
    assert [each for each in options if each.startswith("--") and each not in shown.stdout] == []


@pytest.fixture
def site(empty_sqlite: Path, tmp_path: Path) -> Iterator[tuple[Scenario, int]]:
    """A court behind one proxy, on a free port."""
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    scenario = make_scenario(
        tmp_path,
        f"sqlite:///{tmp_path / 'tingqi.db'}",
        trusted_proxies=1,
        public_url=f"https://{SITE}",
    )
    make_court(scenario)
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield scenario, server.port
    server.shutdown()
    thread.join()
    server.server_close()
    scenario.close()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, **more: Any) -> Iterator[None]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    try:
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, process.stdout and process.stdout.read()
            threading.Event().wait(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)


def nginx_folder(tmp_path: Path, upstream: int, port: int) -> Path:
    """Write the configuration as it is installed, with places and ports of this test."""
    folder = tmp_path / "nginx"
    (folder / "logs").mkdir(parents=True)
    certificate = trustme.CA().issue_cert(SITE, "localhost")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "fullchain.pem"), append=True)
    words = NGINX.read_text("utf-8")
    for old, new in (
        ("/etc/ssl/tingqi", str(folder)),
        ("/var/log/nginx", str(folder / "logs")),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen [::]:443 ssl;", ""),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
    ):
        assert old in words, old
        words = words.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{each}_temp_path {folder}/{each};" for each in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/logs/main.log; events {{}}\n"
        f"http {{ {temporary}\n{words}\n}}\n",
        "utf-8",
    )
    if os.geteuid() == 0:
        config = folder / "nginx.conf"
        config.write_text(f"user root;\n{config.read_text('utf-8')}", "utf-8")
    return folder


def link_of_counsel(scenario: Scenario) -> str:
    """Return counsel's link, sent in a letter."""
    status, case = scenario.api("POST", "/cases", CASE)
    assert status == 201
    assert scenario.api("POST", "/hearings", proposal(case["id"]))[0] == 201
    scenario.beat()
    return scenario.link("li@huacheng.example")


def probe(connection: http.client.HTTPConnection, link: str, token: str, host: str = SITE) -> None:
    """Ask for what a log must not keep, in every spelling, and send 50 MB at once."""

    def ask(path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        own = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "gopher", **headers}
        connection.request(method, path, headers={"Host": host, **own})
        response = connection.getresponse()
        response.read()
        return response

    assert ask(link, Referer=f"https://{SITE}{link}").status == 200
    for path in (f"/%72{link[2:]}", f"//r{link[2:]}", f"/x/..{link}", f"{link}/record?x={link}"):
        ask(path)
    ask(f"/R{link[2:]}")
    assert ask(f"/api/v1/cases?access_token={token}").status == 400
    assert ask("/api/v1/cases", Authorization=f"Bearer {token}").status == 200
    assert ask("/healthz").status == 200
    paper = b"%PDF-1.7 " + b"x" * (49 * 2**20)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {token}"}
    body = head + paper + b"\r\n--b--\r\n"
    connection.request("POST", "/api/v1/cases/1/papers", body, {"Host": host, **form})
    filed = connection.getresponse()
    assert filed.status == 201, filed.read()
    assert json.loads(filed.read())["papers"][0]["bytes"] == len(paper)


def test_nginx_takes_the_configuration_and_logs_no_key(
    site: tuple[Scenario, int], tmp_path: Path
) -> None:
    nginx = program("nginx")
    scenario, upstream = site
    port = free_port()
    folder = nginx_folder(tmp_path, upstream, port)
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tested = run(*command, "-t")
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr
    link, token = link_of_counsel(scenario), scenario.token("wang@court.example")
    with running(command, port):
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        probe(connection, link, token)
        connection.request("GET", "/sign-in", headers={"Host": SITE})
        shown = connection.getresponse()
        assert "Secure" in (shown.headers["Set-Cookie"] or "Secure")
        assert shown.headers["Strict-Transport-Security"]
        connection.close()
    logs = "".join(each.read_text("utf-8") for each in (folder / "logs").iterdir())
    assert '"GET /r/-" 200' in logs
    assert '"GET /api/v1/cases" 200' in logs
    for secret in (link.removeprefix("/r/"), token, "6.6.6.6"):
        assert secret not in logs


def test_caddy_takes_the_configuration_and_logs_no_key(
    site: tuple[Scenario, int], tmp_path: Path
) -> None:
    caddy = program("caddy")
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    checked = run(caddy, "validate", "--adapter", "caddyfile", "--config", str(CADDY))
    assert checked.returncode == 0, checked.stderr
    scenario, upstream = site
    port, words = free_port(), CADDY.read_text("utf-8")
    log = tmp_path / "caddy.log"
    for old, new in (
        (f"\n{SITE} {{", f"\n{{\n\tadmin off\n}}\n\nhttp://{SITE}:{port} {{"),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/var/log/caddy/tingqi.access.log", str(log)),
    ):
        assert old in words, old
        words = words.replace(old, new)
    config = tmp_path / "Caddyfile"
    config.write_text(words, "utf-8")
    link, token = link_of_counsel(scenario), scenario.token("wang@court.example")
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(config)]
    with running(command, port, env=environment):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        probe(connection, link, token, f"{SITE}:{port}")
        connection.close()
        until = time.monotonic() + 20
        while "/healthz" not in (log.read_text("utf-8") if log.exists() else ""):
            assert time.monotonic() < until
    logged = log.read_text("utf-8")
    addresses = {json.loads(line)["request"]["uri"] for line in logged.splitlines()}
    assert {"/r", "/api", "/healthz"} <= addresses
    for secret in (link.removeprefix("/r/"), token):
        assert secret not in logged


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Containerfile, in order."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_containerfile_copies_what_the_build_needs_and_starts_a_command() -> None:
    """No container is built here: there may be no program that could."""
    steps = instructions((DEPLOY / "container/Containerfile").read_text("utf-8"))
    known = [
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "ENV",
        "USER",
        "VOLUME",
        "EXPOSE",
        "HEALTHCHECK",
        "CMD",
    ]
    assert {name for name, _ in steps} <= set(known)
    copied = [
        word
        for name, words in steps
        if name == "COPY" and not words.startswith("--from")
        for word in words.split()[:-1]
    ]
    assert [each for each in copied if not (HOME / each).exists()] == []
    needed = re.findall(r'"(docs/[^"]+)" = ', (HOME / "pyproject.toml").read_text("utf-8"))
    assert set(needed) <= set(copied)
    users = [n for n, (name, _) in enumerate(steps) if name == "USER"]
    assert users
    assert steps[-1][0] == "CMD"
    command = json.loads(steps[-1][1])
    assert run(sys.executable, "-m", "app", command[1], "--help", cwd=HOME).returncode == 0


def test_the_compose_file_starts_pages_worker_and_database() -> None:
    compose = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert services.keys() == {"database", "upgrade", "pages", "worker"}
    for name, service in services.items():
        waits = service.get("depends_on", {})
        assert set(waits) <= services.keys(), name
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"], name
        if name != "database":
            assert service["environment"]["TINGQI_DATABASE_URL"].startswith("postgresql+psycopg")
            build = service["build"]
            context = (DEPLOY / "container" / build["context"]).resolve()
            assert context == HOME
            assert (context / build["dockerfile"]).exists()
    assert services["pages"]["ports"] == ["127.0.0.1:8000:8000"]  # to a proxy, to nobody else
    known = (HOME / "README.md").read_text("utf-8") + (HOME / "docs/operations.md").read_text()
    for name in services["pages"]["environment"]:
        assert name in known, name
