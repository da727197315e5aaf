"""The commands that run an installation: pages, worker, and a check of both."""

import logging
import socket
import struct
from typing import Any

import click
from flask import Flask

from app.core import terminal, wording
from app.core.db.schema_check import checked_app, close_connections
from app.core.errors import N_
from app.core.runtime import gc_tuning
from app.core.runtime.logs import configure_logging
from app.core.terminal import gettext, layout, say, translated
from app.operations.doctor import examine
from app.storage import staged_uploads
from app.worker import beat as beats
from app.worker import jobs

PASSED_WIDTH = 8  # columns
SILENCE = 30  # seconds for which a client may send and take nothing
log = logging.getLogger("tingqi")


@click.command
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Number of processes.",
)
def serve(bind: str, workers: int) -> None:
    """Serve the pages and the API."""
    app = checked_app()
    close_connections(app)
    _check_address(bind)
    _start_log(app)
    address = bind if "://" in bind else f"http://{bind}"
    say(N_("Serving on %(address)s. Press Ctrl-C to stop."), address=address, err=True)
    _serve(bind, workers, app)


def _serve(bind: str, workers: int, app: Flask) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.http.unreader import SocketUnreader

    # Of each body the server keeps some copies of what it received at once; by default 1 MB.
    SocketUnreader.max_body_chunk = staged_uploads.PIECE

    class GunicornApp(BaseApplication):
        """Gunicorn application; its processes inherit the app and share the memory that it takes.

        No connection is open and no thread runs when they are forked.
        """

        def load_config(self) -> None:
            """Configure gunicorn; no access log, since paths contain keys."""
            for name, value in {
                "bind": bind,
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "timeout": 60,
                "graceful_timeout": 30,
                "accesslog": None,
                "loglevel": "warning",
                "proc_name": "tingqi",
                "preload_app": True,
                "control_socket_disable": True,
                "when_ready": _limit_silence,
                "worker_exit": _close_sockets,
            }.items():
                if name in self.cfg.settings:  # an older gunicorn has no control socket to disable
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            """Return the app."""
            gc_tuning.tune()
            return app

    GunicornApp().run()


def _limit_silence(server: Any) -> None:
    """End connections on which a client neither sends nor takes anything for SILENCE seconds.

    A thread waits for the rest of a request, of which a client that stalls would hold one for ever.
    gunicorn has no such setting for threads: its ``timeout`` ends processes that hang. Connections
    inherit these options of the socket that accepts them, before a process does.
    """
    limit = struct.pack("ll", SILENCE, 0)  # a timeval
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, limit)


def _close_sockets(_server: Any, process: Any) -> None:
    for listener in process.sockets:
        listener.close()


def _check_address(bind: str) -> None:
    """Raise BadParameter if the address cannot be bound, instead of gunicorn's traceback."""
    from gunicorn.util import parse_address

    try:
        address = parse_address(bind)
    except RuntimeError:
        address = None
    if not bind.strip() or not address:
        raise click.BadParameter(
            gettext("%(bind)s is not an address with a port.", bind=repr(bind)), param_hint="--bind"
        )
    if not isinstance(address, tuple):
        return
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except (OSError, OverflowError) as fault:
        reason = (
            terminal.system_error(fault) if isinstance(fault, OSError) else str(fault).rstrip(".")
        )
        raise click.BadParameter(
            gettext("%(bind)s cannot be used: %(error)s.", bind=bind, error=reason),
            param_hint="--bind",
        ) from fault


@click.command
@click.option("--once", is_flag=True, help="Send what is due now, then exit.")
def worker(once: bool) -> None:
    """Send due messages every few seconds until stopped."""
    app = checked_app()
    _start_log(app)
    if once:
        say(N_("Messages tried: %(count)s."), count=beats.beat(app), err=True)
        beats.scan_papers(app)
        beats.read_papers(app)
        while beats.process_file(app):
            pass
        return
    say(N_("The worker is running. Press Ctrl-C to stop."), err=True)
    jobs.run(app)


def _start_log(app: Flask) -> None:
    """Configure logging, and warn of unknown settings, which may be misspelled."""
    configure_logging()
    for name in app.extensions["tingqi"].settings.unknown:
        log.warning("%s is set in the environment, but is not a setting of Tingqi", name)


@click.command
def doctor() -> None:
    """Check each setting and each external service, and say what to do."""
    checks = list(examine())
    for check in checks:
        state = gettext("ok") if check.passed else gettext("PROBLEM")
        subject = gettext(check.subject) + wording.colon(terminal.language())
        click.echo(layout.padded(state, PASSED_WIDTH) + subject + translated(check.message))
    raise SystemExit(0 if all(check.passed for check in checks) else 1)
