"""Stands for a command that the server forks; run without site packages, so that it starts at once.

Usage: client.py SOCKET ARGUMENT…
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress


def main() -> None:
    """Have the command run with this process's own streams, and end as it ends."""
    address, *arguments = sys.argv[1:]
    request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    socket.send_fds(server, [b"\0"], [0, 1, 2])
    answers = server.makefile("rw", encoding="utf-8", errors="surrogateescape")
    print(json.dumps(request), file=answers, flush=True)
    command = int(answers.readline())

    def forward(number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(command, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    status = int(answers.readline())
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
