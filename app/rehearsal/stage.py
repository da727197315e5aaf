"""The stage: the house on a free port, stand-ins for the world outside, a clock that is set."""

import logging
import os
import secrets
import socket
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from werkzeug.serving import make_server

from app import create_app
from app.carriers import registry
from app.carriers.smtp.standin import SmtpStandIn
from app.carriers.twilio.standin import TwilioStandIn
from app.config import Settings
from app.core.db import db, transaction
from app.core.runtime.clock import SetClock, SystemClock
from app.record.models import Entry
from app.worker import beat as worker

HOST = "127.0.0.1"
SENDER = "court@rehearsal.example"
PATIENCE = 30  # seconds for one answer of the house


@dataclass(frozen=True)
class ReceivedMessage:
    """A message as a stand-in took it off the wire."""

    channel: str
    to: str
    text: str
    reference: str
    calendar: Any = None
    resource: dict[str, Any] = field(default_factory=dict)


@dataclass
class RehearsalEnvironment:
    """Everything that the steps act with; all that they see comes over a wire."""

    app: Flask
    clock: SetClock
    folder: Path
    database_url: str
    url: str
    smtp: SmtpStandIn
    twilio: TwilioStandIn
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

    def beat(self) -> list[ReceivedMessage]:
        """Let the worker do what is due; return what arrived at the stand-ins meanwhile."""
        before = Counter(message.channel for message in self.arrived())
        worker.beat(self.app)
        arrived = self.arrived()
        new = [
            message
            for channel in ("email", "sms")
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
        """Return all that the stand-ins took so far."""
        mails = [_mail(each.recipients[0], each.mail) for each in self.smtp.messages]
        return mails + [_text(each) for each in self.twilio.messages]

    def counted(self) -> dict[str, dict[str, int]]:
        """Return how many messages arrived, by the kind that the record gives them and channel."""
        with self.app.app_context(), transaction() as session:
            rows = session.execute(sa.select(Entry.attempt, Entry.kind).distinct()).all()
        kinds = {row.attempt: row.kind for row in rows}
        found = Counter((kinds.get(m.reference, "unrecorded"), m.channel) for m in self.arrived())
        told: dict[str, dict[str, int]] = defaultdict(dict)
        for (kind, channel), number in sorted(found.items()):
            told[kind][channel] = number
        return dict(told)

    def record_lines(self) -> int:
        """Return how many lines the record has."""
        with self.app.app_context(), transaction() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0


def _mail(to: str, mail: EmailMessage) -> ReceivedMessage:
    body = mail.get_body(("plain",))
    calendar = None
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            calendar = Calendar.from_ical(content if isinstance(content, bytes) else b"")
    text = f"{mail['Subject']}\n{body.get_content() if body else ''}"
    return ReceivedMessage("email", to, text, str(mail["X-Tingqi-Reference"]), calendar)


def _text(resource: dict[str, Any]) -> ReceivedMessage:
    query = parse_qs(urlsplit(resource["status_callback"]).query)
    reference = query.get("ref", [""])[0]
    return ReceivedMessage("sms", resource["to"], resource["body"], reference, resource=resource)


@contextmanager
def stage_on(database_url: str) -> Iterator[RehearsalEnvironment]:
    """Open the house over an empty database; its carriers call the stand-ins over real wires."""
    with (
        SmtpStandIn() as smtp,
        TwilioStandIn() as twilio,
        tempfile.TemporaryDirectory(prefix="tingqi-rehearsal-") as folder,
        socket.create_server((HOST, 0)) as listening,
        requests.Session() as http,
    ):
        http.trust_env = False
        clock = SetClock(SystemClock().now())
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        app = _house(Path(folder), database_url, url, smtp, twilio, clock)
        with _open(app, listening):
            yield RehearsalEnvironment(
                app,
                clock,
                Path(folder),
                database_url,
                url,
                smtp,
                twilio,
                database=_name(app),
                http=http,
            )


def _house(
    folder: Path,
    database_url: str,
    url: str,
    smtp: SmtpStandIn,
    twilio: TwilioStandIn,
    clock: SetClock,
) -> Flask:
    settings = Settings(
        instance=folder,
        database_url=database_url,
        secret_key=secrets.token_bytes(32),
        public_url=url,
        smtp_url=smtp.url,
        mail_from=SENDER,
        twilio_account_sid=twilio.account_sid,
        twilio_auth_token=twilio.auth_token,
        twilio_from="+15005550006",
        twilio_api_url=twilio.url,
    )
    lines = registry.CarrierSettings(
        outbox=settings.outbox,
        public_url=url,
        smtp_url=smtp.url,
        mail_from=SENDER,
        twilio_account_sid=twilio.account_sid,
        twilio_auth_token=twilio.auth_token,
        twilio_from=settings.twilio_from,
        twilio_api_url=twilio.url,
    )
    return create_app(settings, registry.build(lines, clock))


@contextmanager
def _open(app: Flask, listening: socket.socket) -> Iterator[None]:
    """Serve an app at a socket, in threads, until the stage is left."""
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
        app.extensions["tingqi"].gateways.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _name(app: Flask) -> str:
    """Return the database's kind and version, without its address."""
    with app.app_context(), db.engine.connect() as connection:
        version = connection.dialect.server_version_info or ()
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
        return f"{name} {'.'.join(str(part) for part in version)}"
