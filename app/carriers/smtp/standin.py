"""A mail server for rehearsals and tests that keeps all mail, and fails on demand."""

import asyncio
import socket
import ssl
import threading
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.carriers.smtp.plugin import SmtpSettings
from app.carriers.standin import ReceivedMessage
from app.core.channels import Channel


@dataclass(frozen=True)
class ReceivedMail:
    """A mail as it was received: envelope and bytes."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    encrypted: bool
    user: str

    @property
    def mail(self) -> EmailMessage:
        """The mail, read by Python's own parser."""
        return message_from_bytes(self.data, _class=EmailMessage, policy=policy.default)


class SmtpStandIn:
    """A context manager: a server on a free port of 127.0.0.1, or on the ``port`` of a former one.

    `messages` are the mails that it accepted, `connections` and `sign_ins` count connections and
    sign-ins. `tls` with `implicit` is SMTPS, without it STARTTLS; with `user` and `password` it
    requires a sign-in.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        user: str = "",
        password: str = "",
        smtputf8: bool = True,
        port: int = 0,
    ) -> None:
        self.messages: list[ReceivedMail] = []
        self.connections = 0
        self.sign_ins = 0
        self._user, self._password = user, password
        self._refused: dict[str, str] = {}
        self._scripted_replies: dict[str, deque[str]] = {
            step: deque() for step in ("MAIL", "RCPT", "DATA")
        }
        self._hang_ups: deque[bool] = deque()
        self._open: set[SMTP] = set()
        self._lock = threading.Lock()
        self._server = _Server(self, tls, implicit, bool(user), smtputf8, port)

    def __enter__(self) -> "SmtpStandIn":
        self._server.start()
        # aiosmtpd connects to itself once to see that it listens.
        self.connections = 0
        return self

    def __exit__(self, *fault: object) -> None:
        self.drop_connections()
        self._server.stop()

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.port)

    @property
    def url(self) -> str:
        """The value of TINGQI_SMTP_URL, without a sign-in."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def settings(self) -> SmtpSettings:
        """The settings by which mail comes here."""
        return SmtpSettings(self.url, "court@rehearsal.example")

    def received(self) -> list[ReceivedMessage]:
        """Return all mails so far."""
        return [_message(each.recipients[0], each.mail) for each in self.messages]

    def confirm(self, reference: str) -> int | None:
        """Return None: a mail server sends no receipts."""
        return None

    def forge(self, reference: str) -> list[int]:
        """Return no statuses: a mail server sends no receipts."""
        return []

    def incoming(self, sender: str, words: str, public_url: str) -> int | None:
        """Return None: replies by mail are read from a mailbox."""
        return None

    def refuse(self, address: str, reply: str = "550 5.1.1 No such user") -> None:
        """Answer RCPT for this address so, from now on."""
        self._refused[address] = reply

    def say(self, reply: str, times: int = 1, step: str = "RCPT") -> None:
        """Answer the next commands of a step (MAIL, RCPT, DATA) so; DATA is the mail's end."""
        self._scripted_replies[step].extend([reply] * times)

    def hang_up_after_data(self, times: int = 1, keep: bool = True) -> None:
        """Take the next mails whole (and `keep` them or not), then hang up without a word."""
        self._hang_ups.extend([keep] * times)

    def drop_connections(self) -> None:
        """Hang up on everybody who is connected now, and wait until that is done."""
        done = threading.Event()

        def drop() -> None:
            for session in list(self._open):
                _abort(session)
            done.set()

        self._server.loop.call_soon_threadsafe(drop)
        done.wait(5)

    # aiosmtpd calls what follows, by name.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a sender."""
        if self._user and not session.authenticated:
            return "530 5.7.0 Sign in first"
        if self._scripted_replies["MAIL"]:
            return self._scripted_replies["MAIL"].popleft()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self._refused:
            return self._refused[address]
        if self._scripted_replies["RCPT"]:
            return self._scripted_replies["RCPT"].popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail, or refuse it, or hang up on it."""
        if self._scripted_replies["DATA"]:
            return self._scripted_replies["DATA"].popleft()
        keep, hang_up = True, bool(self._hang_ups)
        if hang_up:
            keep = self._hang_ups.popleft()
        if keep:
            self._keep(session, envelope)
        if hang_up:
            _abort(server)
        return f"250 2.0.0 Kept as {len(self.messages)}"

    def _keep(self, session: Session, envelope: Envelope) -> None:
        data = envelope.original_content or b""
        who = session.auth_data.decode() if isinstance(session.auth_data, bytes) else ""
        encrypted = session.ssl is not None or self._server.implicit
        mail = ReceivedMail(str(envelope.mail_from), tuple(envelope.rcpt_tos), data, encrypted, who)
        with self._lock:
            self.messages.append(mail)

    def _sign_in(self, server: SMTP, session: Session, *args: Any) -> AuthResult:
        self.sign_ins += 1
        expected, credentials = (self._user, self._password), args[-1]
        right = isinstance(credentials, LoginPassword) and (
            (credentials.login.decode(), credentials.password.decode()) == expected
        )
        # Not "handled": aiosmtpd is to say 535 itself.
        return AuthResult(success=right, handled=False, auth_data=self._user.encode())


def _message(to: str, mail: EmailMessage) -> ReceivedMessage:
    body, calendar = mail.get_body(("plain",)), None
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            calendar = content if isinstance(content, bytes) else b""
    text = f"{mail['Subject']}\n{body.get_content() if body else ''}"
    return ReceivedMessage(Channel.EMAIL, to, text, str(mail["X-Tingqi-Reference"]), calendar)


def _abort(session: SMTP) -> None:
    if isinstance(session.transport, asyncio.Transport):
        session.transport.abort()


class _Session(SMTP):
    """aiosmtpd's session, which tells the stand-in that it is there."""

    def __init__(self, standin: SmtpStandIn, **options: Any) -> None:
        self._standin = standin
        super().__init__(standin, **options)

    def connection_made(self, transport: Any) -> None:
        # STARTTLS makes the connection a second time; it is still the same one.
        if self not in self._standin._open:
            self._standin.connections += 1
            self._standin._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._standin._open.discard(self)
        super().connection_lost(error)


class _Server(Controller):
    def __init__(
        self,
        standin: SmtpStandIn,
        tls: ssl.SSLContext | None,
        implicit: bool,
        auth: bool,
        smtputf8: bool,
        port: int,
    ) -> None:
        self._standin = standin
        self.implicit = implicit and tls is not None
        self._session = {
            "hostname": "standin.invalid",
            "enable_SMTPUTF8": smtputf8,
            "tls_context": None if implicit else tls,
            "require_starttls": tls is not None and not implicit,
            "auth_require_tls": False,
            "authenticator": standin._sign_in if auth else None,
        }
        self._listening = socket.create_server(("127.0.0.1", port))
        port = self._listening.getsockname()[1]
        super().__init__(
            standin, "127.0.0.1", port, ssl_context=tls if implicit else None, ready_timeout=10
        )

    def factory(self) -> SMTP:
        return _Session(self._standin, loop=self.loop, **self._session)

    def _create_server(self) -> Awaitable[Any]:
        return self.loop.create_server(
            self._factory_invoker, sock=self._listening, ssl=self.ssl_context
        )
