"""The demo: a small court, its pages, the worker and a local outbox in one process."""

import errno
import logging
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import ThreadedWSGIServer

from app import config, create_app
from app.carriers.registry import CarrierSettings
from app.config import Settings
from app.core import terminal
from app.core.db import db, retrying
from app.core.errors import N_, Misconfigured
from app.core.runtime.clock import SystemClock
from app.core.runtime.logs import configure_logging
from app.core.runtime.stop_signals import stop_signals
from app.core.terminal import gettext, system_error
from app.demo import folder, open_proposal, outbox_views, terminal_text
from app.storage.settings import StorageSettings
from app.worker import jobs as running

HOST = "127.0.0.1"
BEAT_SECONDS = 1.0
LOG = "demo.log"
log = logging.getLogger("tingqi.demo")


def run(port: int, fresh: bool) -> None:
    """Serve a demo court on 127.0.0.1 until Ctrl-C; its data is kept for the next time.

    Mail and texts always go to the local outbox. Raises Misconfigured if the port is taken or the
    instance folder contains another database.
    """
    listener = _open_listener(port)
    with listener:
        configured = config.read()
        _log_to_file(configured.instance)
        settings = _demo_settings(configured, port)
        _print(gettext("Preparing the demo; one moment …"))
        is_new = folder.prepare(settings, fresh)
        app = create_app(settings, folder.outboxes(settings, SystemClock()))
        app.register_blueprint(outbox_views.bp)
        with app.app_context():
            upgrade()
            proposal = open_proposal.find_or_create(terminal.language())
            calendars = retrying(open_proposal.calendars)
        _serve(
            app,
            listener,
            terminal_text.intro(
                settings, is_new, proposal, calendars, not _has_no_carriers(configured)
            ),
        )


def _open_listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as fault:
        alternative = port + 1 if 1024 <= port < 65535 else 8000
        words = N_(
            "Port %(port)s cannot be used (%(error)s): is a demo running already? Choose another "
            "port, for example %(command)s."
        )
        if fault.errno == errno.EACCES:
            words = N_(
                "Port %(port)s cannot be used (%(error)s): choose another, for example %(command)s."
            )
        raise Misconfigured(
            words,
            port=port,
            error=system_error(fault),
            command=f"`make demo PORT={alternative}`",
        ) from fault


def _demo_settings(settings: Settings, port: int) -> Settings:
    """Return the settings with database, address and carriers replaced by the demo's."""
    return replace(
        settings,
        database_url=f"sqlite:///{settings.instance / folder.DATABASE}",
        public_url=f"http://{HOST}:{port}",
        carriers=CarrierSettings(),
        storage=StorageSettings(str(settings.instance / folder.PAPERS)),
        beat_seconds=BEAT_SECONDS,
        trusted_proxies=0,
        demo=True,
    )


def _log_to_file(instance: Path) -> None:
    """Log to a file, to keep the terminal for the demo's introduction."""
    instance.mkdir(parents=True, exist_ok=True)
    configure_logging(logging.FileHandler(instance / LOG, "w", encoding="utf-8", delay=True))
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk is reported elsewhere

    def log_failure(thread: threading.ExceptHookArgs) -> None:
        name = thread.thread.name if thread.thread else "?"
        fault = (thread.exc_type, thread.exc_value, thread.exc_traceback)
        log.error("the thread %s failed", name, exc_info=fault)  # type: ignore[arg-type]

    threading.excepthook = log_failure


class _Server(ThreadedWSGIServer):
    """WSGI server that logs aborted requests."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log an unhandled exception of a request."""
        log.exception("a request of %s failed", client_address)


def _has_no_carriers(settings: Settings) -> bool:
    return not settings.carriers.by_name


def _serve(app: Flask, listener: socket.socket, intro: str) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    wait_for_signal = stop_signals()
    # The server closes its descriptor, so it gets a duplicate.
    server = _Server(HOST, 0, app, fd=os.dup(listener.fileno()))
    pages = threading.Thread(target=server.serve_forever, args=(0.1,), name="pages", daemon=True)
    pages.start()
    jobs = running.WorkerJobs(app)
    _print(intro)
    wait_for_signal()
    server.shutdown()
    pages.join()
    server.server_close()
    jobs.stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    _print("\n" + gettext("Stopped. The data is kept; the same command continues from here."))


def _print(text: str) -> None:
    print(text, flush=True)
