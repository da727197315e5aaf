"""A scanner for malware: clamd, asked over its own socket (clamd(8), command INSTREAM).

The libraries for it on the package index are unmaintained, and the protocol is this page.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import urlsplit

from app.core.errors import N_, Misconfigured

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 120.0
CHUNK = 256 * 1024  # bytes
LONGEST_ANSWER = 4096  # bytes
PORT = 3310


class ScanState(StrEnum):
    """Whether a file was scanned, and with which result."""

    NOT_SCANNED = ""
    CLEAN = "clean"
    FOUND = "found"
    # Larger than the scanner takes (StreamMaxLength in clamd.conf).
    LARGE = "large"
    # Found, and released by the court, which took it for a false alarm.
    RELEASED = "released"


@dataclass(frozen=True)
class ScanResult:
    """The result of a scan; ``finding`` is the name of what was found."""

    state: ScanState
    finding: str = ""


class ScannerAway(Exception):  # noqa: N818
    """The scanner cannot be reached."""


class ScanFailed(Exception):  # noqa: N818
    """The scanner was reached and gave no result for a file."""


def address(name: str, text: str) -> str:
    """Return a setting that names a scanner: ``unix:/path`` or ``tcp://host:port``.

    Raises Misconfigured.
    """
    parts = urlsplit(text)
    try:
        is_valid = (text.startswith("unix:/") and len(text) > len("unix:/")) or (
            parts.scheme == "tcp"
            and bool(parts.hostname)
            and (parts.port or PORT) > 0
            and parts.path in ("", "/")
        )
    except ValueError:  # the port is no number
        is_valid = False
    if not is_valid:
        raise Misconfigured(
            N_("%(name)s must be %(unix)s or %(tcp)s."),
            name=name,
            unix="unix:/run/clamav/clamd.ctl",
            tcp="tcp://host:3310",
        )
    return text


def scan(place: str, stream: BinaryIO) -> ScanResult:
    """Let the scanner at an address scan a stream. Raises ScannerAway and ScanFailed."""
    with _connected(place) as connection:
        try:
            return _result(_sent(connection, stream))
        except OSError as fault:
            raise ScanFailed(str(fault) or type(fault).__name__) from fault


def version(place: str) -> str:
    """Return what the scanner says of itself and its signatures. Raises ScannerAway."""
    with _connected(place) as connection:
        try:
            connection.settimeout(CONNECT_SECONDS)
            connection.sendall(b"zVERSION\0")
            return _answer(connection)
        except OSError as fault:
            raise ScannerAway(str(fault)) from fault


@contextmanager
def _connected(place: str) -> Iterator[socket.socket]:
    try:
        if place.startswith("unix:"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(place.removeprefix("unix:"))
            except OSError:
                connection.close()
                raise
        else:
            parts = urlsplit(place)
            target = (parts.hostname or "", parts.port or PORT)
            connection = socket.create_connection(target, timeout=CONNECT_SECONDS)
    except OSError as fault:
        raise ScannerAway(str(fault) or type(fault).__name__) from fault
    with connection:
        connection.settimeout(ANSWER_SECONDS)
        yield connection


def _sent(connection: socket.socket, stream: BinaryIO) -> str:
    """Send a stream in chunks, each after its length; return the answer.

    A scanner to which the file is too large answers and hangs up before the end.
    """
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK):
            connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        return _answer(connection)
    return _answer(connection)


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _result(answer: str) -> ScanResult:
    """Return what an answer says. Raises ScanFailed."""
    message = answer.removeprefix("stream:").strip()
    if message == "OK":
        return ScanResult(ScanState.CLEAN)
    if message.endswith(" FOUND"):
        return ScanResult(ScanState.FOUND, message.removesuffix(" FOUND"))
    if "size limit exceeded" in message:
        return ScanResult(ScanState.LARGE)
    raise ScanFailed(answer or "no answer")
