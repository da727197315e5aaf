"""A clamd of the tests: Debian's, with one signature and a small limit, on a socket of its own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# In pieces, so that no scanner takes this file for what it describes (eicar.org).
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 200_000  # bytes: StreamMaxLength


@contextmanager
def running(folder: Path, address: str) -> Iterator[None]:
    """Run clamd at ``unix:/path`` or ``tcp://127.0.0.1:port`` until the end of the block."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        pytest.skip("no clamd: apt-get install clamav-daemon")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.ndb").write_text(f"Tests.Eicar:0:*:{EICAR.hex()}\n")
    place = f"LocalSocket {address.removeprefix('unix:')}"
    if address.startswith("tcp:"):
        place = f"TCPAddr 127.0.0.1\nTCPSocket {address.rpartition(':')[2]}"
    (folder / "clamd.conf").write_text(
        f"{place}\nForeground yes\nDatabaseDirectory {folder}\nStreamMaxLength {LIMIT}\n"
        f"TemporaryDirectory {folder}\nLogFile {folder}/log\nMaxThreads 2\n"
    )
    words = [program, "--config-file", str(folder / "clamd.conf")]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, address)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if address.startswith("unix:"):
                with socket.socket(socket.AF_UNIX) as tried:
                    tried.connect(address.removeprefix("unix:"))
            else:
                port = int(address.rpartition(":")[2])
                socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("clamd did not start")
