"""HTTP load by wrk, which uses so little CPU that the server keeps it."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Told:
    """Result of a run: responses per second, milliseconds per response, requests sent."""

    rate: float
    p50: float
    p99: float
    slowest: float
    answered: int
    sent: int
    posted: int = 0


def at_hand() -> str:
    """Return the path of wrk. Raises SystemExit with installation advice if it is missing."""
    results = shutil.which("wrk")
    if results is None:
        raise SystemExit(
            "The load is made by wrk, which is not here: install it "
            "(Debian: apt-get install wrk), then run this again."
        )
    return results


def post(path: str, form: dict[str, str], number: int, **headers: str) -> bytes:
    """Return the bytes of a POST, from a distinct client behind the court's proxy.

    Client addresses differ, because pages limit the rate per address.
    """
    body = urlencode(form).encode()
    told = {
        "Host": "127.0.0.1",
        "User-Agent": BROWSER,
        "X-Forwarded-For": address(number),
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def address(number: int) -> str:
    """Return one of 65,536 client addresses."""
    return f"10.1.{number // 256 % 256}.{number % 256}"


def send(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Told:
    """Send distinct requests over some connections for some seconds, as fast as possible.

    Raises RuntimeError if one failed or was lost, or if there were too few.
    """
    with tempfile.NamedTemporaryFile(prefix="tingqi-load-") as file:
        file.writelines(b"%08d%s" % (len(each), each) for each in requests)
        file.flush()
        return _run("wrk_requests.lua", file.name, port, clients, seconds)


def visit(port: int, paths: Iterable[str], clients: int, seconds: float) -> Told:
    """Open counsel's pages and answer on each, a GET and a POST; otherwise like ``send``."""
    with tempfile.NamedTemporaryFile("w", prefix="tingqi-load-") as file:
        file.writelines(f"{path} {address(n)}\n" for n, path in enumerate(paths))
        file.flush()
        return _run("wrk_visits.lua", file.name, port, clients, seconds)


def _run(script: str, arguments: str, port: int, clients: int, seconds: float) -> Told:
    command = [
        at_hand(),
        "-t1",
        f"-c{clients}",
        f"-d{seconds:g}s",
        "--timeout",
        "30s",
        "-s",
        str(HERE / script),
        f"http://127.0.0.1:{port}",
        "--",
        arguments,
    ]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    results = json.loads(output.strip().splitlines()[-1])
    if results["refused"] or results["broken"] or results["dry"]:
        raise RuntimeError(f"the load went wrong: {results}")
    return Told(
        rate=results["requests"] / results["micros"] * 1e6,
        p50=results["p50"] / 1000,
        p99=results["p99"] / 1000,
        slowest=results["slowest"] / 1000,
        answered=results["requests"],
        sent=results["used"],
        posted=results.get("posted", 0),
    )
