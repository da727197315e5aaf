"""The line to a mail server: its URL, and a connection that is encrypted and signed in."""

import smtplib
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.carriers.base import SendOutcome, SendStatus
from app.carriers.mime import one_line
from app.core import addresses

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class SmtpServer:
    """Where the mail server is and how to speak with it; `tls` is implicit, required, yes or no."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


class ConnectionFailed(Exception):  # noqa: N818  (it says what is, like Refusal)
    """No mail can be handed over now; `outcome` is what that means for each of them."""

    def __init__(self, detail: str, code: str = "", advice: str = "") -> None:
        super().__init__(detail)
        self.outcome = SendOutcome(
            SendStatus.TEMPORARY,
            "smtp",
            status="line_down",
            code=code,
            detail=detail,
            advice=advice,
        )


def read_url(url: str) -> SmtpServer:
    """Read `smtp://user:pass@host:587?starttls=required|yes|no` or `smtps://…`.

    Without `starttls`, TLS is used where it is offered. Raises ValueError in one sentence, without
    the password in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("The mail server's URL begins with smtp:// or smtps:// and names a host.")
    try:
        host = addresses.ascii_host(parts.hostname)
    except ValueError:
        raise ValueError("The host in the mail server's URL is not a domain.") from None
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        raise ValueError("The port in the mail server's URL is not a number.") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    addresses.refuse_unreadable("TINGQI_SMTP_URL", {"user": user, "password": password})
    return SmtpServer(host, port, _tls(parts), user, password)


def _tls(parts: SplitResult) -> str:
    if parts.scheme == "smtps":
        return "implicit"
    said = parse_qs(parts.query).get("starttls", ["yes"])[-1]
    if said not in ("required", "yes", "no"):
        raise ValueError("In the mail server's URL, starttls is required, yes or no.")
    return said


def connect(
    line: SmtpServer, context: ssl.SSLContext, connect_seconds: float, seconds: float
) -> smtplib.SMTP:
    """Connect, turn on TLS, sign in; `seconds` are waited for each reply. Raises LineDown."""
    wire = None
    try:
        wire = _connect(line, context, connect_seconds)
        if wire.sock is not None:
            wire.sock.settimeout(seconds)
        wire.ehlo_or_helo_if_needed()
        _secure(wire, line, context)
        if line.user:
            _sign_in(wire, line)
    except ConnectionFailed:
        _drop(wire)
        raise
    except (OSError, ValueError, smtplib.SMTPException) as fault:
        _drop(wire)
        raise _line_down(line, fault) from fault
    return wire


def disconnect(wire: smtplib.SMTP | None) -> None:
    """Say goodbye and close; a server that is gone already is no matter."""
    if wire is None:
        return
    try:
        wire.quit()
    except (OSError, smtplib.SMTPException):
        wire.close()


def text_of(words: bytes) -> str:
    """Return a server's words as one short line."""
    return one_line(words.decode("utf-8", "replace"))[:300]


def words_of(fault: Exception) -> str:
    """Return what a fault of the line says, as one short line."""
    if isinstance(fault, smtplib.SMTPResponseException):
        said = fault.smtp_error
        text = text_of(said) if isinstance(said, bytes) else one_line(str(said))[:300]
        return f"{fault.smtp_code} {text}"
    return one_line(str(fault))[:300] or type(fault).__name__


def _connect(line: SmtpServer, context: ssl.SSLContext, seconds: float) -> smtplib.SMTP:
    if line.tls == "implicit":
        return smtplib.SMTP_SSL(line.host, line.port, timeout=seconds, context=context)
    return smtplib.SMTP(line.host, line.port, timeout=seconds)


def _secure(wire: smtplib.SMTP, line: SmtpServer, context: ssl.SSLContext) -> None:
    offered = wire.has_extn("starttls")
    if line.tls == "required" and not offered:
        raise ConnectionFailed(
            f"{line.host} does not offer STARTTLS, and it is required.", "", "alarm"
        )
    if line.tls in ("required", "yes") and offered:
        wire.starttls(context=context)
        wire.ehlo()
    elif line.tls == "yes" and line.user and line.host not in _LOOPBACK:
        # A password is not said aloud because somebody on the way cut STARTTLS out.
        raise ConnectionFailed(
            f"{line.host} does not offer STARTTLS; the password is not sent in the clear"
            " unless the URL says starttls=no.",
            advice="alarm",
        )


def _sign_in(wire: smtplib.SMTP, line: SmtpServer) -> None:
    try:
        if (line.user + line.password).isascii():
            wire.login(line.user, line.password)
        else:
            _sign_in_utf8(wire, line)
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, UnicodeError) as fault:
        code = str(getattr(fault, "smtp_code", ""))
        # 454 (RFC 4954) is the server's own trouble, and passes.
        advice = "" if code.startswith("4") else "alarm"
        words = f"{line.host} refused the sign-in ({words_of(fault)})."
        raise ConnectionFailed(words, code, advice) from fault


def _sign_in_utf8(wire: smtplib.SMTP, line: SmtpServer) -> None:
    """Sign in by PLAIN, which carries UTF-8 (RFC 4616): smtplib's own login is ASCII only."""
    if "PLAIN" not in wire.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError(
            "it offers no AUTH PLAIN, and no other way carries a name or password beyond ASCII"
        )
    token = b64encode(f"\0{line.user}\0{line.password}".encode()).decode()
    code, said = wire.docmd("AUTH", f"PLAIN {token}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, said)


def _line_down(line: SmtpServer, fault: Exception) -> ConnectionFailed:
    place = f"{line.host}:{line.port}"
    if isinstance(fault, ssl.SSLCertVerificationError):
        words = f"The certificate of {place} is not to be trusted ({fault.verify_message})."
        return ConnectionFailed(words, "", "alarm")
    if isinstance(fault, ssl.SSLError):
        return ConnectionFailed(f"TLS with {place} failed ({words_of(fault)}).", "", "alarm")
    if isinstance(fault, smtplib.SMTPResponseException):
        advice = "alarm" if fault.smtp_code >= 500 else ""
        words = f"{place} does not take mail now ({words_of(fault)})."
        return ConnectionFailed(words, str(fault.smtp_code), advice)
    return ConnectionFailed(f"The mail server {place} cannot be reached ({words_of(fault)}).")


def _drop(wire: smtplib.SMTP | None) -> None:
    if wire is not None:
        wire.close()
