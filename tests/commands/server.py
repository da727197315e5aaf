"""Forks a process for each command that a client asks for; ends when its stdin does.

Usage: python -m tests.commands.server SOCKET
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import zoneinfo
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app import cli, create_app
from app.config import Settings


@dataclass(frozen=True)
class Request:
    """A command: its arguments, folder and environment, and the descriptors of its streams."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    streams: tuple[int, ...]


def serve(address: str) -> Request | None:
    """Answer clients until stdin ends; return a request in each process that is to be a command."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the tests ends stdin by it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave nothing behind
    print("ready", flush=True)
    while True:
        ready, *_ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in ready:
            listening.close()
            return None
        client, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return keep(client)
        client.close()


def keep(client: socket.socket) -> Request:
    """Fork a client's command, and return in it only; here wait for it, and say how it ended.

    A command whose client was killed is killed as well.
    """
    request = read(client)
    waking, woken = socket.socketpair()
    waking.setblocking(False)
    signal.set_wakeup_fd(waking.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    command = os.fork()
    if command == 0:
        signal.set_wakeup_fd(-1)
        for each in (client, waking, woken):
            each.close()
        return request
    for stream in request.streams:
        os.close(stream)
    with suppress(BrokenPipeError):
        client.sendall(f"{command}\n".encode())
        ready, *_ = select.select([client, woken], [], [])
        if client in ready:  # it says nothing more: it is gone
            os.kill(command, signal.SIGKILL)
        _, status = os.waitpid(command, 0)
        client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def read(client: socket.socket) -> Request:
    """Read what a client asks for."""
    _, streams, *_ = socket.recv_fds(client, 1, 3)
    with client.makefile("r", encoding="utf-8", errors="surrogateescape") as lines:
        return Request(**json.loads(lines.readline()), streams=tuple(streams))


def become(request: Request) -> None:
    """Let this process be as if a shell had started the command."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)  # what Python has open on it, nobody has read or written yet
        os.close(stream)
    # What Python knows of its own streams is true of the server's only, such as whether they seek.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.argv = ["tingqi", *request.arguments]
    time.tzset()
    zoneinfo.reset_tzpath()


def main() -> None:
    """Import everything, then serve."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(Settings(Path(folder), f"sqlite:///{folder}/none.db", b"s" * 32))
    # What is there now is no command's garbage: to look through it at their end takes half a second.
    gc.collect()
    gc.freeze()
    if request := serve(sys.argv[1]):
        become(request)
        cli.main(request.arguments)


if __name__ == "__main__":
    main()
