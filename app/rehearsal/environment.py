"""The environment of a rehearsal: pages on a free port, stand-ins, a clock that is set."""

import logging
import os
import secrets
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from app import build_services, create_app
from app.carriers import registry
from app.carriers.plugin import CarrierPlugin
from app.carriers.registry import CarrierSettings
from app.carriers.standin import ReceivedMessage, StandIn
from app.config import Settings
from app.core.channels import Channel
from app.core.db import db, transaction
from app.core.errors import N_, Misconfigured
from app.core.runtime.clock import SetClock, SystemClock
from app.record.models import Entry
from app.worker import beat as worker

HOST = "127.0.0.1"
PATIENCE = 30  # seconds for one answer of the pages


@dataclass
class RehearsalEnvironment:
    """Everything that the steps use; all that they observe comes over a wire."""

    app: Flask
    clock: SetClock
    folder: Path
    database_url: str
    url: str
    # The stand-ins of the carriers, by channel.
    standins: Mapping[Channel, StandIn]
    labels: Mapping[Channel, str]
    token: str = ""
    database: str = ""
    http: requests.Session = field(default_factory=requests.Session)
    beats: list[list[ReceivedMessage]] = field(default_factory=list)

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the API; return the HTTP status and what the JSON says ({} where it is none)."""
        head = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.http.request(
            method, f"{self.url}/api/v1{path}", json=body, headers=head, timeout=PATIENCE
        )
        kind = answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if "json" in kind else {}

    def attempts(self, path: str) -> list[dict[str, Any]]:
        """Return all attempts of contact that the API lists at a path, page by page."""
        attempts: list[dict[str, Any]] = []
        page = f"{path}/contacts"
        while page:
            _, answer = self.api("GET", page)
            attempts += answer["attempts"]
            following = answer["next"]
            page = "" if following is None else f"{path}/contacts?after={following}"
        return attempts

    def beat(self) -> list[ReceivedMessage]:
        """Run one turn of the worker; return the messages that arrived at the stand-ins."""
        before = Counter(message.channel for message in self.arrived())
        worker.beat(self.app)
        arrived = self.arrived()
        new = [
            message
            for channel in Channel
            for message in [m for m in arrived if m.channel == channel][before[channel] :]
        ]
        self.beats.append(new)
        return new

    def by_beat(self) -> Iterator[tuple[int, ReceivedMessage]]:
        """Yield all messages with the number of the beat that they came with."""
        for number, messages in enumerate(self.beats):
            for message in messages:
                yield number, message

    def arrived(self) -> list[ReceivedMessage]:
        """Return all messages that the stand-ins accepted so far."""
        return [message for standin in self.standins.values() for message in standin.received()]

    def counted(self) -> dict[str, dict[str, int]]:
        """Return how many messages arrived, by the kind that the record gives them and channel."""
        with self.app.app_context(), transaction() as session:
            rows = session.execute(sa.select(Entry.attempt, Entry.kind).distinct()).all()
        kinds = {row.attempt: row.kind for row in rows}
        counts = Counter((kinds.get(m.reference, "unrecorded"), m.channel) for m in self.arrived())
        by_kind: dict[str, dict[str, int]] = defaultdict(dict)
        for (kind, channel), number in sorted(counts.items()):
            by_kind[kind][channel] = number
        return dict(by_kind)

    def record_lines(self) -> int:
        """Return how many lines the record has."""
        with self.app.app_context(), transaction() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0


def _rehearsed(channel: Channel, preferred: str) -> CarrierPlugin:
    """Return the carrier of a channel that is rehearsed: the preferred one if it has a stand-in."""
    for name in (preferred, registry.DEFAULTS[channel]):
        plugin = registry.plugins().get(name)
        if plugin and plugin.standin:
            return plugin
    raise Misconfigured(
        N_("No carrier of the channel %(channel)s has a stand-in."), channel=channel
    )


@contextmanager
def open_environment(database_url: str, text_carrier: str = "") -> Iterator[RehearsalEnvironment]:
    """Serve the app over an empty database; its carriers call their stand-ins over real wires.

    ``text_carrier`` is the carrier of texts that is rehearsed, if it has a stand-in.
    """
    plugins = {
        Channel.EMAIL: _rehearsed(Channel.EMAIL, ""),
        Channel.SMS: _rehearsed(Channel.SMS, text_carrier),
    }
    with ExitStack() as stack:
        standins = {
            channel: stack.enter_context(plugin.standin())
            for channel, plugin in plugins.items()
            if plugin.standin
        }
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tingqi-rehearsal-")))
        listening = stack.enter_context(socket.create_server((HOST, 0)))
        http = stack.enter_context(requests.Session())
        http.trust_env = False
        clock = SetClock(SystemClock().now())
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        by_name = {plugins[channel].name: each.settings for channel, each in standins.items()}
        settings = Settings(
            instance=folder,
            database_url=database_url,
            secret_key=secrets.token_bytes(32),
            public_url=url,
            carriers=CarrierSettings(by_name, text_carrier=plugins[Channel.SMS].name),
        )
        app = create_app(settings, build_services(settings, clock))
        with _open(app, listening):
            yield RehearsalEnvironment(
                app,
                clock,
                folder,
                database_url,
                url,
                standins,
                {channel: plugin.label for channel, plugin in plugins.items()},
                database=_name(app),
                http=http,
            )


@contextmanager
def _open(app: Flask, listening: socket.socket) -> Iterator[None]:
    """Serve an app at a socket, in threads, until the block ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # The server takes over the descriptor, so it gets one of its own.
    server = make_server(HOST, 0, app, threaded=True, fd=os.dup(listening.fileno()))
    pages = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    pages.start()
    try:
        yield
    finally:
        server.shutdown()
        pages.join()
        server.server_close()
        app.extensions["tingqi"].external.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _name(app: Flask) -> str:
    """Return the database's kind and version, without its address."""
    with app.app_context(), db.engine.connect() as connection:
        version = connection.dialect.server_version_info or ()
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
        return f"{name} {'.'.join(str(part) for part in version)}"
