"""The demo: a small court, its pages, the worker and a local outbox in one process."""

import errno
import logging
import os
import signal
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import ThreadedWSGIServer

from app import config, create_app
from app.config import Settings
from app.core.db import db, retrying
from app.core.errors import Misconfigured
from app.core.runtime.clock import SystemClock
from app.core.runtime.logs import configure_logging
from app.demo import folder, newcomer, outbox_views, shown
from app.worker import jobs as running

HOST = "127.0.0.1"
BEAT_SECONDS = 1.0
LOG = "demo.log"
log = logging.getLogger("tingqi.demo")


def run(port: int, fresh: bool) -> None:
    """Show a small court on 127.0.0.1 until Ctrl-C; what happened in it stays for the next time.

    Mail and texts go to the local outbox whatever the settings say. Raises Misconfigured where the
    port is taken or the instance folder holds somebody else's database.
    """
    listening = _listen(port)
    with listening:
        read = config.read()
        _keep_quiet(read.instance)
        settings = _demo_settings(read, port)
        _tell("Tingqi demo: one moment …")
        new = folder.prepare(settings, fresh)
        app = create_app(settings, folder.outboxes(settings, SystemClock()))
        app.register_blueprint(outbox_views.bp)
        with app.app_context():
            upgrade()
            waiting = newcomer.offer()
            calendars = retrying(newcomer.calendars)
        _serve(app, listening, shown.words(settings, new, waiting, calendars, not _silent(read)))


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as fault:
        other = port + 1 if 1024 <= port < 65535 else 8000
        why = "is a demo running already? Choose"
        if fault.errno == errno.EACCES:
            why = "choose"
        raise Misconfigured(
            f"Port {port} cannot be used ({fault.strerror}): {why} another, as in "
            f"`make demo PORT={other}`."
        ) from fault


def _demo_settings(settings: Settings, port: int) -> Settings:
    """Return the settings with the demo's database, address and outbox in place of the set ones."""
    return replace(
        settings,
        database_url=f"sqlite:///{settings.instance / folder.DATABASE}",
        public_url=f"http://{HOST}:{port}",
        smtp_url="",
        mail_from="",
        twilio_account_sid="",
        twilio_auth_token="",
        twilio_from="",
        twilio_messaging_service_sid="",
        twilio2=None,
        imap_url="",
        beat_seconds=BEAT_SECONDS,
        trusted_proxies=0,
        demo=True,
    )


def _keep_quiet(instance: Path) -> None:
    """Write what pages and worker log into a file: the terminal is for the demo's own words."""
    instance.mkdir(parents=True, exist_ok=True)
    configure_logging(logging.FileHandler(instance / LOG, "w", encoding="utf-8", delay=True))
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a disk that is full is said elsewhere

    def failed(thread: threading.ExceptHookArgs) -> None:
        name = thread.thread.name if thread.thread else "?"
        fault = (thread.exc_type, thread.exc_value, thread.exc_traceback)
        log.error("the thread %s failed", name, exc_info=fault)  # type: ignore[arg-type]

    threading.excepthook = failed


class _Server(ThreadedWSGIServer):
    """The pages; a browser that hangs up in the middle is a line in the log."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what a request ended with, where nothing below has taken it."""
        log.exception("a request of %s failed", client_address)


def _silent(settings: Settings) -> bool:
    return not (settings.smtp_url or settings.twilio_account_sid)


def _serve(app: Flask, listening: socket.socket, words: str) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    # The server takes over the descriptor, so it gets one of its own.
    server = _Server(HOST, 0, app, fd=os.dup(listening.fileno()))
    pages = threading.Thread(target=server.serve_forever, args=(0.1,), name="pages", daemon=True)
    pages.start()
    jobs = running.WorkerJobs(app)
    _tell(words)
    over.wait()
    server.shutdown()
    pages.join()
    server.server_close()
    jobs.stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    _tell("\nStopped. What happened stays; the same command goes on from here.")


def _tell(words: str) -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    print(words, flush=True)
