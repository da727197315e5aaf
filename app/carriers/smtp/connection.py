"""Connections to a mail server: the URL, TLS and sign-in."""

import smtplib
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.carriers.base import SendOutcome, SendStatus
from app.carriers.mime import one_line
from app.core import addresses
from app.core.errors import N_, Message

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class SmtpServer:
    """The address of a mail server, its TLS mode (implicit, required, yes or no), the user."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


class ConnectionFailed(Exception):  # noqa: N818  (it says what is, like Refusal)
    """No mail can be handed over now; `outcome` is the outcome of each."""

    def __init__(self, message: Message, code: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.outcome = SendOutcome(
            SendStatus.TEMPORARY,
            "smtp",
            status="line_down",
            code=code,
            detail=str(message),
            advice=advice,
        )


def read_url(url: str) -> SmtpServer:
    """Read `smtp://user:pass@host:587?starttls=required|yes|no` or `smtps://…`.

    Without `starttls`, TLS is used where it is offered. Raises ValueError in one sentence, without
    the password in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(
            Message(N_("The mail server's URL begins with smtp:// or smtps:// and names a host."))
        )
    try:
        host = addresses.ascii_host(parts.hostname)
    except ValueError:
        raise ValueError(
            Message(N_("The host in the mail server's URL is not a domain."))
        ) from None
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        raise ValueError(
            Message(N_("The port in the mail server's URL is not a number."))
        ) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    addresses.refuse_unreadable(
        "TINGQI_SMTP_URL", {N_("user name"): user, N_("password"): password}
    )
    return SmtpServer(host, port, _tls(parts), user, password)


def _tls(parts: SplitResult) -> str:
    if parts.scheme == "smtps":
        return "implicit"
    mode = parse_qs(parts.query).get("starttls", ["yes"])[-1]
    if mode not in ("required", "yes", "no"):
        raise ValueError(Message(N_("In the mail server's URL, starttls is required, yes or no.")))
    return mode


def connect(
    server: SmtpServer, context: ssl.SSLContext, connect_seconds: float, seconds: float
) -> smtplib.SMTP:
    """Connect, turn on TLS, sign in; waiting `seconds` for each reply. Raises ConnectionFailed."""
    connection = None
    try:
        connection = _connect(server, context, connect_seconds)
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        connection.ehlo_or_helo_if_needed()
        _secure(connection, server, context)
        if server.user:
            _sign_in(connection, server)
    except ConnectionFailed:
        _drop(connection)
        raise
    except (OSError, ValueError, smtplib.SMTPException) as fault:
        _drop(connection)
        raise _failure(server, fault) from fault
    return connection


def disconnect(connection: smtplib.SMTP | None) -> None:
    """Quit and close the connection, if it is still open."""
    if connection is None:
        return
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def text_of(words: bytes) -> str:
    """Return the text of a reply as one short line."""
    return one_line(words.decode("utf-8", "replace"))[:300]


def words_of(fault: Exception) -> str:
    """Return the text of a connection's fault as one short line."""
    if isinstance(fault, smtplib.SMTPResponseException):
        error = fault.smtp_error
        text = text_of(error) if isinstance(error, bytes) else one_line(str(error))[:300]
        return f"{fault.smtp_code} {text}"
    return one_line(str(fault))[:300] or type(fault).__name__


def _connect(server: SmtpServer, context: ssl.SSLContext, seconds: float) -> smtplib.SMTP:
    if server.tls == "implicit":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=seconds)


def _secure(connection: smtplib.SMTP, server: SmtpServer, context: ssl.SSLContext) -> None:
    offered = connection.has_extn("starttls")
    if server.tls == "required" and not offered:
        raise ConnectionFailed(
            Message(
                N_("%(server)s does not offer STARTTLS, which is required."), server=server.host
            ),
            advice="alarm",
        )
    if server.tls in ("required", "yes") and offered:
        connection.starttls(context=context)
        connection.ehlo()
    elif server.tls == "yes" and server.user and server.host not in _LOOPBACK:
        # Someone on the network may have removed STARTTLS: no password goes in the clear.
        raise ConnectionFailed(
            Message(
                N_(
                    "%(server)s does not offer STARTTLS; the password is not sent unencrypted "
                    "unless the URL contains starttls=no."
                ),
                server=server.host,
            ),
            advice="alarm",
        )


def _sign_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    try:
        if (server.user + server.password).isascii():
            connection.login(server.user, server.password)
        else:
            _sign_in_utf8(connection, server)
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, UnicodeError) as fault:
        code = str(getattr(fault, "smtp_code", ""))
        # 454 (RFC 4954) is a temporary fault of the server.
        advice = "" if code.startswith("4") else "alarm"
        refused = Message(
            N_("%(server)s refused the sign-in (%(error)s)."),
            server=server.host,
            error=words_of(fault),
        )
        raise ConnectionFailed(refused, code, advice) from fault


def _sign_in_utf8(connection: smtplib.SMTP, server: SmtpServer) -> None:
    """Sign in by PLAIN, which carries UTF-8 (RFC 4616): smtplib's own login is ASCII only."""
    if "PLAIN" not in connection.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError(
            "it offers no AUTH PLAIN, and no other way carries a name or password beyond ASCII"
        )
    token = b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
    code, reply = connection.docmd("AUTH", f"PLAIN {token}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, reply)


def _failure(server: SmtpServer, fault: Exception) -> ConnectionFailed:
    place = f"{server.host}:{server.port}"
    if isinstance(fault, ssl.SSLCertVerificationError):
        words = N_("The certificate of %(server)s is not trusted (%(error)s).")
        message = Message(words, server=place, error=fault.verify_message)
        return ConnectionFailed(message, "", "alarm")
    error = words_of(fault)
    if isinstance(fault, ssl.SSLError):
        message = Message(N_("TLS with %(server)s failed (%(error)s)."), server=place, error=error)
        return ConnectionFailed(message, "", "alarm")
    if isinstance(fault, smtplib.SMTPResponseException):
        advice = "alarm" if fault.smtp_code >= 500 else ""
        words = N_("%(server)s does not accept mail now (%(error)s).")
        message = Message(words, server=place, error=error)
        return ConnectionFailed(message, str(fault.smtp_code), advice)
    words = N_("The mail server %(server)s cannot be reached (%(error)s).")
    return ConnectionFailed(Message(words, server=place, error=error))


def _drop(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()
