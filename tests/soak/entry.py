"""The parent of the driven processes: it has imported Tingqi, and forks ``tingqi serve`` and ``worker``.

A child runs the command itself, as a user's shell would start it, in a group of its own; only
its clock is the driver's, and its patience with carriers is shorter. Reads a JSON object a line
from stdin: the arguments of a command and the file for its log; answers with the child's number.
When stdin ends, the children are killed: nothing outlives its driver.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.cli import ScriptInfo

from app import build_services, cli, config, create_app
from app.carriers.registry import ExternalServices
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.twilio.carrier import TwilioCarrier
from tests.soak.clock import SharedClock

PATIENCE = 2.0  # seconds of the machine's that a carrier is waited for


def create_driven_app() -> Flask:
    """Return the app of the environment's settings, with the driver's clock."""
    settings = config.read()
    return create_app(settings, impatient_services(settings))


def impatient_services(settings: config.Settings) -> ExternalServices:
    """Return the carriers of the settings as create_app builds them, with shorter time-outs."""
    clock = SharedClock(Path(os.environ["SOAK_CLOCK"]))
    smtp, account = (settings.carriers.by_name[name] for name in ("smtp", "twilio"))
    mail = SmtpCarrier(smtp.url, smtp.mail_from, clock, connect_seconds=PATIENCE, seconds=PATIENCE)
    texts = TwilioCarrier(account, settings.public_url, timeout=PATIENCE)
    return replace(build_services(settings, clock), sms=texts, email=mail)


def live(arguments: list[str], log: str) -> None:
    """Run a command in this process until it ends."""
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), sys.stderr.fileno())
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    cli.cli.main(arguments, prog_name="tingqi", obj=ScriptInfo(create_app=create_driven_app))


def main() -> None:
    """Fork a process for every command that stdin asks for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave nothing behind
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the driver ends stdin by that
    children: list[int] = []
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            live(request["arguments"], request["log"])
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)  # by both, so that it is done whoever comes first
        children.append(child)
        print(child, flush=True)
    for each in children:
        if is_child(each, os.getpid()):
            os.killpg(each, signal.SIGKILL)


def is_child(pid: int, parent: int) -> bool:
    """Tell whether a number is that of a living child of a process, and not of another since."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, its_parent = said.rpartition(")")[2].split()[:2]
    return state != "Z" and int(its_parent) == parent


if __name__ == "__main__":
    main()
