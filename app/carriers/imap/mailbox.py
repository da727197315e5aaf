"""The client of the court's mailbox by IMAP (RFC 9051): fetch new mails, mark processed ones."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.imap_utf7 import utf7_encode

from app.core import addresses
from app.core.errors import N_, Message

WHOLE = 2 * 1024 * 1024  # bytes; of a larger mail only the beginning is read
BEGINNING = 256 * 1024
SECONDS = 30
AT_ONCE = 50
_SEEN = r"(\Seen)"
# A setting that the protocol cannot carry raises ValueError in the libraries.
_FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError)
# Servers of NetEase (163.com, 126.com) open no folder before the client has sent ID (RFC 2971).
_WANTS_ID = "unsafe login"


class MailboxUnreachable(Exception):  # noqa: N818
    """The mailbox cannot be read; the message is one sentence with the fault and the remedy."""


@dataclass(frozen=True)
class MailboxPosition:
    """The position up to which a mailbox was read: UIDVALIDITY, last UID (RFC 9051, 2.3.1.1)."""

    uidvalidity: int = 0
    last_uid: int = 0


@dataclass(frozen=True)
class FetchedMail:
    """One mail and its size in bytes; ``raw`` is only the beginning of a large one."""

    mark: MailboxPosition
    raw: bytes
    size: int

    @property
    def cut(self) -> bool:
        """Whether only the beginning was read."""
        return len(self.raw) < self.size


class ImapMailbox:
    """A mailbox; its connection is kept open, and opened anew after a fault.

    ``url`` is ``imaps://user:password@host[:993][/folder]`` or ``imap://…?starttls=required``;
    user, password and folder are percent-encoded UTF-8. Raises ValueError for an invalid one.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError(
                Message(N_("TINGQI_IMAP_URL must be imaps://user:password@host/folder."))
            )
        self._secure = parts.scheme == "imaps"
        self._starttls = parse_qs(parts.query).get("starttls") == ["required"]
        self._host, self._port = (
            addresses.ascii_host(parts.hostname),
            parts.port or (993 if self._secure else 143),
        )
        self._user, self._password = unquote(parts.username), unquote(parts.password or "")
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        parts_of_url = {
            N_("user name"): self._user,
            N_("password"): self._password,
            N_("folder"): self.folder,
        }
        addresses.refuse_unreadable("TINGQI_IMAP_URL", parts_of_url)
        self._context = context or ssl.create_default_context()
        self._box: BaseMailBox | None = None
        # The end of the folder when it was last opened.
        self.opened = MailboxPosition()

    @property
    def name(self) -> str:
        """User, host and folder, which identify this mailbox."""
        return f"{self._user}@{self._host}/{self.folder}"

    def arrived(self, mark: MailboxPosition) -> Iterator[FetchedMail]:
        """Yield the mails after a position, oldest first, at most 50.

        Of a mailbox that was not read before, or was recreated: all unseen mails. Reading marks
        nothing. Raises MailboxUnreachable.
        """
        try:
            yield from self._read(mark)
        except _FAULTS as fault:
            self.close()
            raise MailboxUnreachable(_sentence(fault)) from fault

    def done(self, mark: MailboxPosition) -> None:
        r"""Mark one mail as \Seen, for people who open the mailbox. Raises MailboxUnreachable."""
        try:
            self._client().uid("STORE", str(mark.last_uid), "+FLAGS.SILENT", _SEEN)
        except _FAULTS as fault:
            self.close()
            raise MailboxUnreachable(_sentence(fault)) from fault

    def check(self) -> Message | str:
        """Connect, sign in and open the folder; return "" or the fault and the remedy."""
        try:
            self._select()
        except _FAULTS as fault:
            return Message(
                N_("%(error)s Check %(settings)s."),
                error=_sentence(fault),
                settings="TINGQI_IMAP_URL",
            )
        finally:
            self.close()
        return ""

    def close(self) -> None:
        """Close the connection; the mailbox may be used again afterwards."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(*_FAULTS):
                box.client.logout()

    def _client(self) -> imaplib.IMAP4:
        if self._box is None:
            box: BaseMailBox
            if self._secure:
                box = MailBox(self._host, self._port, SECONDS, ssl_context=self._context)
            elif self._starttls:
                box = MailBoxStartTls(self._host, self._port, SECONDS, ssl_context=self._context)
            else:
                box = MailBoxUnencrypted(self._host, self._port, SECONDS)
            try:
                self._sign_in(box)
            except BaseException:
                with suppress(OSError, imaplib.IMAP4.error):
                    box.client.shutdown()
                raise
            self._box = box
        client: imaplib.IMAP4 = self._box.client
        return client

    def _sign_in(self, box: BaseMailBox) -> None:
        """Sign in, and identify the client where the server supports it (RFC 2971)."""
        if (self._user + self._password).isascii():
            box.login(self._user, self._password, initial_folder=None)
        else:  # LOGIN carries ASCII only; PLAIN is UTF-8 (RFC 4616)
            box.login_utf8(self._user, self._password, initial_folder=None)
        # Many servers list all capabilities only after the sign-in.
        _, capabilities = box.client.capability()
        if b"ID" in b" ".join(line for line in capabilities if line).upper().split():
            _identify(box.client)

    def _select(self) -> int:
        """Open the folder and return its UIDVALIDITY."""
        client = self._client()
        names = [utf7_encode(self.folder)]  # RFC 3501, 5.1.3
        if self.folder.isascii() and "&" in self.folder:
            names.append(self.folder.encode())  # encoded already
        status, text = "", ""
        for name in names:
            status, text = _open_folder(client, name)
            if status != "OK" and _WANTS_ID in text.lower():
                _identify(client)
                status, text = _open_folder(client, name)
            if status == "OK":
                break
        else:
            raise imaplib.IMAP4.error(f"the folder {self.folder} cannot be opened ({text})")
        validity, next_uid = (client.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT"))
        self.opened = MailboxPosition(_number(validity), max(0, _number(next_uid) - 1))
        return self.opened.uidvalidity

    def _read(self, mark: MailboxPosition) -> Iterator[FetchedMail]:
        try:
            validity = self._select()
        except (OSError, imaplib.IMAP4.error):
            self.close()  # an idle connection that the server has closed meanwhile
            validity = self._select()
        known = mark.uidvalidity == validity and mark.last_uid > 0
        client = self._client()
        criteria = f"UID {mark.last_uid + 1}:*" if known else "UNSEEN"
        _, results = client.uid("SEARCH", criteria)
        uids = sorted(int(uid) for uid in (results[0] or b"").split())
        # "n:*" matches the last mail even where it is older than n (RFC 9051, 9, seq-range).
        new_uids = [uid for uid in uids if uid > mark.last_uid][:AT_ONCE] if known else uids
        for uid in new_uids:
            size = _size(client.uid("FETCH", str(uid), "(RFC822.SIZE)")[1])
            body = "BODY.PEEK[]" if size <= WHOLE else f"BODY.PEEK[]<0.{BEGINNING}>"
            raw = _literal(client.uid("FETCH", str(uid), f"({body})")[1])
            if raw is not None:  # it may have been deleted meanwhile
                yield FetchedMail(MailboxPosition(validity, uid), raw, max(size, len(raw)))


def _identify(client: imaplib.IMAP4) -> None:
    try:
        client.xatom("ID", '("name" "Tingqi" "vendor" "Tingqi")')
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # announced as a capability, but not implemented


def _open_folder(client: imaplib.IMAP4, name: bytes) -> tuple[str, str]:
    """Open a folder; return the status and the text of the server's response."""
    quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    status, data = client.select(quoted)  # type: ignore[arg-type]  # bytes are sent as they are
    return status, _text(data)


def _text(response: Any) -> str:
    """Return the text of a response, which may be bytes in any encoding."""
    parts = response if isinstance(response, list | tuple) else [response]
    raw = b" ".join(part for part in parts if isinstance(part, bytes))
    for name in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return " ".join(raw.decode(name).split())
    return raw.decode("ascii", "replace")


def _number(data: Any) -> int:
    return int(data[0]) if data and data[0] else 0


def _size(data: Any) -> int:
    text = b" ".join(part if isinstance(part, bytes) else part[0] for part in data if part)
    digits = text.partition(b"RFC822.SIZE")[2].strip().split(b")")[0].split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0


def _literal(data: Any) -> bytes | None:
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)


def _sentence(fault: BaseException) -> Message:
    if isinstance(fault, UnexpectedCommandStatusError):
        text = _text(fault.command_result[1])
    elif fault.args and isinstance(fault.args[0], bytes):
        text = _text(fault.args[0])
    else:
        text = " ".join(str(fault).split())
    return Message(
        N_("The mailbox cannot be read: %(error)s."), error=text[:200] or type(fault).__name__
    )
