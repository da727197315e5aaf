"""Servers to be measured: ``tingqi serve`` and the bare app."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SECRET = "a secret of the bench, long enough to be one"


@dataclass(frozen=True)
class Server:
    """A running server and its main process."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        """URL of the server."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def scenario(folder: Path, url: str, workers: int = 2, **settings: str) -> Iterator[Server]:
    """Run ``tingqi serve`` over a database, with further settings by name."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "app",
        "serve",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
    ]
    with running(command, settings_for(folder, url, **settings), port, "/healthz") as server:
        yield server


def settings_for(folder: Path, url: str, **settings: str) -> dict[str, str]:
    """Return the environment of a Tingqi command over a database."""
    return {
        **os.environ,
        "TINGQI_INSTANCE": str(folder),
        "TINGQI_DATABASE_URL": url,
        "TINGQI_SECRET_KEY": SECRET,
        **settings,
    }


@contextmanager
def worker(folder: Path, url: str, **settings: str) -> Iterator[Server]:
    """Run ``tingqi worker`` over a database."""
    environment = settings_for(folder, url, **settings)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "worker"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield Server(0, process.pid)
    finally:
        process.terminate()
        process.wait(40)


@contextmanager
def bare(
    url: str, workers: int = 2, file: Path | None = None, folder: Path | None = None
) -> Iterator[Server]:
    """Run the bare app under gunicorn as in ``tingqi serve``, after creating its tables.

    It sends ``file``, and writes uploads to ``folder``.
    """
    port = free_port()
    environment = {
        **os.environ,
        "BARE_DATABASE_URL": url,
        "BARE_FILE": str(file or ""),
        "BARE_FOLDER": str(folder or ""),
    }
    subprocess.run([sys.executable, str(HERE / "bare.py")], env=environment, check=True)
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "--chdir",
        str(HERE),
        "bare:app",
    ]
    with running(command, environment, port, "/") as server:
        yield server


@contextmanager
def running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[Server]:
    """Run a server until the end of the block. Raises RuntimeError if it does not respond."""
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}{path}", process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(40)


def _await(address: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {address}")


def free_port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as results:
        return int(results.getsockname()[1])
