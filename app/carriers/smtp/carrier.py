"""Mail by SMTP (RFC 5321): one connection carries many mails, and every reply is weighed."""

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
from app.core.runtime.clock import Clock

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LEADING_DOT = re.compile(rb"(?m)^\.")
# 530, 534, 535 and 538 (RFC 4954) are about who we are, at whatever step they are said.
_ABOUT_US = (530, 534, 535, 538)
_CLOSING = 421


class SmtpCarrier:
    """A carrier for e-mail. Safe to share between threads; idle connections are kept for later."""

    name = "smtp"
    channel = "email"

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
        """Read the URL (ValueError when it is none); nothing is connected before it is needed.

        So many idle ``connections`` are kept for the mails to come.
        """
        self.line = read_url(url)
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
        """Yield each mail's outcome; `carrier_id` is our Message-ID, `detail` the server's word."""
        wire, down = self._take_idle(), None
        try:
            for message in messages:
                if down is None:
                    try:
                        wire, outcome = self._one(wire, message)
                    except ConnectionFailed as fault:
                        wire, down = None, fault.outcome
                yield message, down or outcome
        finally:
            self._put_back(wire)

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult | None:
        """Return None: a mail server cannot be asked what it took."""
        return None

    def ask(self, carrier_id: str) -> DeliveryReceipt | None:
        """Return None: a mail server cannot be asked what became of a mail."""
        return None

    def check(self) -> str:
        """Connect and sign in, without sending; return "" or what is wrong and what to do."""
        try:
            disconnect(self._open())
        except ConnectionFailed as fault:
            return f"{fault} Look at TINGQI_SMTP_URL."
        return ""

    def close(self) -> None:
        """Say goodbye on the idle connections."""
        while (wire := self._take_idle()) is not None:
            disconnect(wire)

    def _take_idle(self) -> smtplib.SMTP | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _put_back(self, wire: smtplib.SMTP | None) -> None:
        with self._lock:
            if wire is not None and len(self._idle) < self._connections:
                self._idle.append(wire)
                wire = None
        disconnect(wire)

    def _one(
        self, wire: smtplib.SMTP | None, message: OutgoingMessage
    ) -> tuple[smtplib.SMTP | None, SendOutcome]:
        """Hand over one mail, over a new connection if the server has closed the old one."""
        try:
            mail = build(message, self._from, self._clock.now())
        except Unsendable as fault:
            detail = str(fault)
            return wire, SendOutcome(
                SendStatus.PERMANENT, "smtp", status="address", detail=detail, advice="next_channel"
            )
        if wire is not None:
            try:
                outcome = _deliver(wire, mail, fresh=False)
                return _kept(wire), outcome
            except (OSError, smtplib.SMTPException):
                wire.close()
        wire = self._open()
        try:
            outcome = _deliver(wire, mail, fresh=True)
        except (OSError, smtplib.SMTPException) as fault:
            wire.close()
            lost = words_of(fault)
            return None, SendOutcome(SendStatus.TEMPORARY, "smtp", status="closed", detail=lost)
        return _kept(wire), outcome

    def _open(self) -> smtplib.SMTP:
        return connect(self.line, self._context, self._connect_seconds, self._seconds)


def _kept(wire: smtplib.SMTP) -> smtplib.SMTP | None:
    """Return a connection that is still open, else None."""
    return wire if wire.sock is not None else None


def _deliver(wire: smtplib.SMTP, mail: OutgoingMail, fresh: bool) -> SendOutcome:
    """Say one mail on an open connection.

    Raises SMTPException or OSError when the connection is lost and the server surely has nothing.
    """
    if not fresh:
        _still_there(*wire.rset())
    if mail.utf8 and not wire.has_extn("smtputf8"):
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
    options = [f"size={len(mail.data)}"] if wire.has_extn("size") else []
    options += ["SMTPUTF8", "BODY=8BITMIME"] if mail.utf8 else []
    for step, reply in (
        ("MAIL", lambda: wire.mail(mail.sender, options)),
        ("RCPT", lambda: wire.rcpt(mail.recipient)),
        ("DATA", lambda: wire.docmd("DATA")),
    ):
        code, words = _still_there(*reply())
        if code not in (250, 251, 252, 354):
            return _refused(step, code, words)
    return _hand_over(wire, mail)


def _hand_over(wire: smtplib.SMTP, mail: OutgoingMail) -> SendOutcome:
    try:
        wire.send(_LEADING_DOT.sub(b"..", mail.data) + b".\r\n")
        code, words = wire.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        wire.close()
        return SendOutcome(
            SendStatus.UNKNOWN, "smtp", mail.message_id, status="no_reply", detail=words_of(fault)
        )
    if 200 <= code < 300:  # RFC 5321, 4.3.2: any 2yz is a yes, however it is put
        said = text_of(words)
        return SendOutcome(
            SendStatus.ACCEPTED,
            "smtp",
            mail.message_id,
            status=str(code),
            detail=said,
            server_id=_server_id(said, mail.message_id),
        )
    return _refused("mail", code, words)


def _server_id(said: str, message_id: str) -> str:
    """Return what a server calls a mail, by its words to 250; "" where that is not told.

    Amazon SES ("250 Ok 0100…-000000") and others write it into Message-ID instead of ours.
    """
    own = message_id.strip("<>").partition("@")[0]
    words = (each.strip("<>[](),;:").partition("@")[0] for each in said.replace("=", " ").split())
    names = [each for each in words if SERVER_ID.fullmatch(each) and each != own]
    return max(names, key=len, default="")


def _still_there(code: int, words: bytes) -> tuple[int, bytes]:
    if code in (_CLOSING, -1):
        raise smtplib.SMTPServerDisconnected(f"{code} {text_of(words)}")
    return code, words


def _refused(step: str, code: int, words: bytes) -> SendOutcome:
    """Weigh a refusal: 4xx passes, 5xx is the recipient's or the mail's fault, or ours."""
    text = text_of(words)
    found = _ENHANCED.match(text)
    said, advice = SendStatus.PERMANENT, "next_channel"
    if 400 <= code < 500:
        said, advice = SendStatus.TEMPORARY, ""
    elif code in _ABOUT_US or (step == "MAIL" and code != 552) or _no_relay(step, text):
        said, advice = SendStatus.TEMPORARY, "alarm"
    return SendOutcome(
        said,
        "smtp",
        status=found[0] if found else "",
        code=str(code),
        detail=f"{step}: {code} {text}",
        advice=advice,
    )


def _no_relay(step: str, text: str) -> bool:
    return step == "RCPT" and re.search(r"\brelay", text, re.IGNORECASE) is not None
