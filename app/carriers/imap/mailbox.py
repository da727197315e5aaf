"""The court's mailbox by IMAP (RFC 9051): what came in, one after the other, and which are done."""

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

WHOLE = 2 * 1024 * 1024  # bytes; a larger mail is read no further than its beginning
BEGINNING = 256 * 1024
SECONDS = 30
AT_ONCE = 50
_SEEN = r"(\Seen)"
# A setting that no protocol can carry is a ValueError somewhere below; it is a fault like another.
_FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError)
# Servers of NetEase (163.com, 126.com) open no folder for a client that did not say what it is.
_WANTS_ID = "unsafe login"


class MailboxUnreachable(Exception):  # noqa: N818
    """The mailbox cannot be read, in one sentence: what is wrong and what to do."""


@dataclass(frozen=True)
class MailboxPosition:
    """Up to where a mailbox was read: UIDVALIDITY and the last UID (RFC 9051, 2.3.1.1)."""

    uidvalidity: int = 0
    last_uid: int = 0


@dataclass(frozen=True)
class FetchedMail:
    """One mail as it lies there: ``raw`` is cut where ``size`` (bytes) is beyond what is read."""

    mark: MailboxPosition
    raw: bytes
    size: int

    @property
    def cut(self) -> bool:
        """Whether only its beginning was read."""
        return len(self.raw) < self.size


class ImapMailbox:
    """A mailbox; its connection is kept between looks, and opened anew where it broke.

    ``url`` is ``imaps://user:password@host[:993][/folder]`` or ``imap://…?starttls=required``;
    user, password and folder are percent-encoded UTF-8. Raises ValueError for one that is none.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("TINGQI_IMAP_URL must be imaps://user:password@host/folder.")
        self._secure = parts.scheme == "imaps"
        self._starttls = parse_qs(parts.query).get("starttls") == ["required"]
        self._host, self._port = (
            addresses.ascii_host(parts.hostname),
            parts.port or (993 if self._secure else 143),
        )
        self._user, self._password = unquote(parts.username), unquote(parts.password or "")
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        given = {"user": self._user, "password": self._password, "folder": self.folder}
        addresses.refuse_unreadable("TINGQI_IMAP_URL", given)
        self._context = context or ssl.create_default_context()
        self._box: BaseMailBox | None = None
        # Up to where the folder went when it was last opened.
        self.opened = MailboxPosition()

    @property
    def name(self) -> str:
        """What tells this mailbox from another: user, host and folder."""
        return f"{self._user}@{self._host}/{self.folder}"

    def arrived(self, mark: MailboxPosition) -> Iterator[FetchedMail]:
        """Yield what came after a mark, oldest first, at most 50.

        Of a mailbox that was not read before, or was made anew: all that nobody has seen; what
        people have seen before is theirs. Reading marks nothing. Raises MailboxAway.
        """
        try:
            yield from self._read(mark)
        except _FAULTS as fault:
            self.close()
            raise MailboxUnreachable(_words(fault)) from fault

    def done(self, mark: MailboxPosition) -> None:
        r"""Mark one mail as \Seen, for people who look into the mailbox. Raises MailboxAway."""
        try:
            self._client().uid("STORE", str(mark.last_uid), "+FLAGS.SILENT", _SEEN)
        except _FAULTS as fault:
            self.close()
            raise MailboxUnreachable(_words(fault)) from fault

    def check(self) -> str:
        """Connect, sign in and open the folder; return "" or what is wrong and what to do."""
        try:
            self._select()
        except _FAULTS as fault:
            return f"{_words(fault)} Look at TINGQI_IMAP_URL."
        finally:
            self.close()
        return ""

    def close(self) -> None:
        """Hang up; the mailbox may be used again afterwards."""
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
        """Sign in, and tell the server what we are where it has that (RFC 2971)."""
        if (self._user + self._password).isascii():
            box.login(self._user, self._password, initial_folder=None)
        else:  # LOGIN carries ASCII only; PLAIN is UTF-8 (RFC 4616)
            box.login_utf8(self._user, self._password, initial_folder=None)
        # Many servers say what they can only to whom they know.
        _, said = box.client.capability()
        if b"ID" in b" ".join(each for each in said if each).upper().split():
            _identify(box.client)

    def _select(self) -> int:
        """Open the folder and return its UIDVALIDITY."""
        client = self._client()
        names = [utf7_encode(self.folder)]  # RFC 3501, 5.1.3
        if self.folder.isascii() and "&" in self.folder:
            names.append(self.folder.encode())  # written as the server writes it
        answer, said = "", ""
        for name in names:
            answer, said = _opened(client, name)
            if answer != "OK" and _WANTS_ID in said.lower():
                _identify(client)
                answer, said = _opened(client, name)
            if answer == "OK":
                break
        else:
            raise imaplib.IMAP4.error(f"the folder {self.folder} cannot be opened ({said})")
        validity, following = (client.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT"))
        self.opened = MailboxPosition(_number(validity), max(0, _number(following) - 1))
        return self.opened.uidvalidity

    def _read(self, mark: MailboxPosition) -> Iterator[FetchedMail]:
        try:
            validity = self._select()
        except (OSError, imaplib.IMAP4.error):
            self.close()  # an idle connection that the server has closed meanwhile
            validity = self._select()
        known = mark.uidvalidity == validity and mark.last_uid > 0
        client = self._client()
        wish = f"UID {mark.last_uid + 1}:*" if known else "UNSEEN"
        _, found = client.uid("SEARCH", wish)
        uids = sorted(int(each) for each in (found[0] or b"").split())
        # "n:*" holds the last mail even where it is older than n (RFC 9051, 9, seq-range).
        wanted = [each for each in uids if each > mark.last_uid][:AT_ONCE] if known else uids
        for uid in wanted:
            size = _size(client.uid("FETCH", str(uid), "(RFC822.SIZE)")[1])
            body = "BODY.PEEK[]" if size <= WHOLE else f"BODY.PEEK[]<0.{BEGINNING}>"
            raw = _literal(client.uid("FETCH", str(uid), f"({body})")[1])
            if raw is not None:  # somebody may have removed it meanwhile
                yield FetchedMail(MailboxPosition(validity, uid), raw, max(size, len(raw)))


def _identify(client: imaplib.IMAP4) -> None:
    try:
        client.xatom("ID", '("name" "Tingqi" "vendor" "Tingqi")')
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # a server that announces it and does not know it


def _opened(client: imaplib.IMAP4, name: bytes) -> tuple[str, str]:
    """Open a folder; return the server's answer and its words."""
    quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    answer, said = client.select(quoted)  # type: ignore[arg-type]  # bytes go out as they are
    return answer, _said(said)


def _said(answer: Any) -> str:
    """Return a server's words, which may be bytes in any encoding."""
    parts = answer if isinstance(answer, list | tuple) else [answer]
    raw = b" ".join(each for each in parts if isinstance(each, bytes))
    for name in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return " ".join(raw.decode(name).split())
    return raw.decode("ascii", "replace")


def _number(said: Any) -> int:
    return int(said[0]) if said and said[0] else 0


def _size(answer: Any) -> int:
    said = b" ".join(each if isinstance(each, bytes) else each[0] for each in answer if each)
    digits = said.partition(b"RFC822.SIZE")[2].strip().split(b")")[0].split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0


def _literal(answer: Any) -> bytes | None:
    return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)


def _words(fault: BaseException) -> str:
    if isinstance(fault, UnexpectedCommandStatusError):
        said = _said(fault.command_result[1])
    elif fault.args and isinstance(fault.args[0], bytes):
        said = _said(fault.args[0])
    else:
        said = " ".join(str(fault).split())
    return f"The mailbox cannot be read: {said[:200] or type(fault).__name__}."
