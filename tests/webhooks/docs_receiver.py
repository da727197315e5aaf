"""The receiver of docs/webhooks.md as a process."""

import os
import re
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).parents[2]


def receiver_of(page: str) -> str:
    """Return the code of the receiver in a page of the docs."""
    text = (HOME / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
    [code] = [each for each in blocks if "from standardwebhooks" in each]
    return textwrap.dedent(code)


@contextmanager
def running(
    code: str, folder: Path, environment: Mapping[str, str], printed: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """Run code as a process of its own in a folder; it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=printed,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens on a port."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)
