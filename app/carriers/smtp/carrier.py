"""The client of a mail server by SMTP (RFC 5321); one connection carries many mails."""

import re
import smtplib
import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.carriers.base import (
    SERVER_ID,
    DeliveryReceipt,
    LookupResult,
    OutgoingMessage,
    SendOutcome,
    SendStatus,
)
from app.carriers.mime import OutgoingMail, Unsendable, build
from app.carriers.smtp.connection import (
    ConnectionFailed,
    connect,
    disconnect,
    read_url,
    text_of,
    words_of,
)
from app.core.channels import Channel
from app.core.errors import N_, Message, message_of
from app.core.runtime.clock import Clock

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LEADING_DOT = re.compile(rb"(?m)^\.")
# 530, 534, 535 and 538 (RFC 4954) concern our sign-in, at whatever step they come.
_ABOUT_US = (530, 534, 535, 538)
_CLOSING = 421


class SmtpCarrier:
    """A carrier of mail. Safe to share between threads; idle connections are reused."""

    name = "smtp"
    channel = Channel.EMAIL

    def __init__(
        self,
        url: str,
        mail_from: str,
        clock: Clock,
        *,
        context: ssl.SSLContext | None = None,
        connections: int = 4,
        connect_seconds: float = 10,
        seconds: float = 30,
    ) -> None:
        """Read the URL (ValueError when it is invalid); nothing is connected yet.

        At most ``connections`` idle connections are kept. Timeouts are in seconds, for connecting
        and for each reply.
        """
        self.server = read_url(url)
        self._from = mail_from
        self._clock = clock
        self._context = context or ssl.create_default_context()
        self._connect_seconds, self._seconds = connect_seconds, seconds
        self._connections = connections
        self._lock = threading.Lock()
        self._idle: list[smtplib.SMTP] = []

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Yield each mail's outcome; `carrier_id` is our Message-ID, `detail` the reply."""
        connection, down = self._take_idle(), None
        try:
            for message in messages:
                if down is None:
                    try:
                        connection, outcome = self._one(connection, message)
                    except ConnectionFailed as fault:
                        connection, down = None, fault.outcome
                yield message, down or outcome
        finally:
            self._put_back(connection)

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult | None:
        """Return None: a mail server cannot be asked what it took."""
        return None

    def ask(self, carrier_id: str) -> DeliveryReceipt | None:
        """Return None: a mail server cannot be asked what became of a mail."""
        return None

    def check(self) -> Message | str:
        """Connect and sign in, without sending; return "" or the fault and the remedy."""
        try:
            disconnect(self._open())
        except ConnectionFailed as fault:
            return Message(
                N_("%(error)s Check %(settings)s."),
                error=message_of(fault),
                settings="TINGQI_SMTP_URL",
            )
        return ""

    def close(self) -> None:
        """Close the idle connections."""
        while (connection := self._take_idle()) is not None:
            disconnect(connection)

    def _take_idle(self) -> smtplib.SMTP | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _put_back(self, connection: smtplib.SMTP | None) -> None:
        with self._lock:
            if connection is not None and len(self._idle) < self._connections:
                self._idle.append(connection)
                connection = None
        disconnect(connection)

    def _one(
        self, connection: smtplib.SMTP | None, message: OutgoingMessage
    ) -> tuple[smtplib.SMTP | None, SendOutcome]:
        """Send one mail, over a new connection if the server has closed the old one."""
        try:
            mail = build(message, self._from, self._clock.now())
        except Unsendable as fault:
            detail = str(fault)
            return connection, SendOutcome(
                SendStatus.PERMANENT, "smtp", status="address", detail=detail, advice="next_channel"
            )
        if connection is not None:
            try:
                outcome = _deliver(connection, mail, fresh=False)
                return _kept(connection), outcome
            except (OSError, smtplib.SMTPException):
                connection.close()
        connection = self._open()
        try:
            outcome = _deliver(connection, mail, fresh=True)
        except (OSError, smtplib.SMTPException) as fault:
            connection.close()
            detail = words_of(fault)
            return None, SendOutcome(SendStatus.TEMPORARY, "smtp", status="closed", detail=detail)
        return _kept(connection), outcome

    def _open(self) -> smtplib.SMTP:
        return connect(self.server, self._context, self._connect_seconds, self._seconds)


def _kept(connection: smtplib.SMTP) -> smtplib.SMTP | None:
    """Return a connection that is still open, else None."""
    return connection if connection.sock is not None else None


def _deliver(connection: smtplib.SMTP, mail: OutgoingMail, fresh: bool) -> SendOutcome:
    """Send one mail over an open connection.

    Raises SMTPException or OSError when the connection is lost and the mail was surely not taken.
    """
    if not fresh:
        _checked(*connection.rset())
    if mail.utf8 and not connection.has_extn("smtputf8"):
        if not mail.sender.isascii():  # our own setting, and no fault of the recipient's
            return SendOutcome(
                SendStatus.TEMPORARY,
                "smtp",
                status="smtputf8",
                advice="alarm",
                detail="The mail server cannot carry a TINGQI_MAIL_FROM with letters beyond ASCII.",
            )
        return SendOutcome(
            SendStatus.PERMANENT,
            "smtp",
            status="smtputf8",
            advice="next_channel",
            detail="The mail server cannot carry an address with letters outside ASCII.",
        )
    options = [f"size={len(mail.data)}"] if connection.has_extn("size") else []
    options += ["SMTPUTF8", "BODY=8BITMIME"] if mail.utf8 else []
    for step, reply in (
        ("MAIL", lambda: connection.mail(mail.sender, options)),
        ("RCPT", lambda: connection.rcpt(mail.recipient)),
        ("DATA", lambda: connection.docmd("DATA")),
    ):
        code, words = _checked(*reply())
        if code not in (250, 251, 252, 354):
            return _refused(step, code, words)
    return _hand_over(connection, mail)


def _hand_over(connection: smtplib.SMTP, mail: OutgoingMail) -> SendOutcome:
    try:
        connection.send(_LEADING_DOT.sub(b"..", mail.data) + b".\r\n")
        code, words = connection.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        connection.close()
        return SendOutcome(
            SendStatus.UNKNOWN, "smtp", mail.message_id, status="no_reply", detail=words_of(fault)
        )
    if 200 <= code < 300:  # RFC 5321, 4.3.2: any 2yz is a success
        reply = text_of(words)
        return SendOutcome(
            SendStatus.ACCEPTED,
            "smtp",
            mail.message_id,
            status=str(code),
            detail=reply,
            server_id=_server_id(reply, mail.message_id),
        )
    return _refused("mail", code, words)


def _server_id(reply: str, message_id: str) -> str:
    """Return the server's id of a mail from the text of its 250 reply, "" where it has none.

    Amazon SES ("250 Ok 0100…-000000") and others replace our Message-ID by it.
    """
    own = message_id.strip("<>").partition("@")[0]
    words = (word.strip("<>[](),;:").partition("@")[0] for word in reply.replace("=", " ").split())
    ids = [word for word in words if SERVER_ID.fullmatch(word) and word != own]
    return max(ids, key=len, default="")


def _checked(code: int, words: bytes) -> tuple[int, bytes]:
    if code in (_CLOSING, -1):
        raise smtplib.SMTPServerDisconnected(f"{code} {text_of(words)}")
    return code, words


def _refused(step: str, code: int, words: bytes) -> SendOutcome:
    """Classify a refusal: 4xx is temporary, 5xx the fault of the recipient, of the mail or ours."""
    text = text_of(words)
    enhanced = _ENHANCED.match(text)
    result, advice = SendStatus.PERMANENT, "next_channel"
    if 400 <= code < 500:
        result, advice = SendStatus.TEMPORARY, ""
    elif code in _ABOUT_US or (step == "MAIL" and code != 552) or _no_relay(step, text):
        result, advice = SendStatus.TEMPORARY, "alarm"
    return SendOutcome(
        result,
        "smtp",
        status=enhanced[0] if enhanced else "",
        code=str(code),
        detail=f"{step}: {code} {text}",
        advice=advice,
    )


def _no_relay(step: str, text: str) -> bool:
    return step == "RCPT" and re.search(r"\brelay", text, re.IGNORECASE) is not None
