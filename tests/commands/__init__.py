"""The command ``tingqi`` in processes of its own, which do not import Tingqi each time anew.

Python and its imports take a second and a half of a command's time, its work a tenth of that. So
a server process that has imported everything forks a process for each command (``server``); a small
program of a few imports stands for it (``client``): it passes on its arguments, folder, environment,
streams and signals, and ends as the command does. The wheel's test starts commands without it.
"""

import atexit
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


def tingqi_command(*arguments: str) -> list[str]:
    """Return what to execute in the place of ``tingqi``; warnings are errors in it."""
    return [sys.executable, "-I", "-S", str(HERE / "client.py"), _server(), *arguments]


@cache
def _server() -> str:
    """Start the server of this process, once, and return the path of its socket."""
    folder = tempfile.TemporaryDirectory(
        prefix="tingqi-"
    )  # not pytest's: paths of sockets are short
    address = f"{folder.name}/commands"
    server = subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "utf8", "-m", "tests.commands.server", address],
        cwd=HERE.parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    assert server.stdout.readline() == "ready\n"

    def stop() -> None:
        server.communicate()
        folder.cleanup()

    atexit.register(stop)
    return address
