"""The court's mailbox by IMAP (RFC 9051): what came in, one after the other, and which are done."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

WHOLE = 2 * 1024 * 1024  # bytes; a larger mail is read no further than its beginning
BEGINNING = 256 * 1024
SECONDS = 30
AT_ONCE = 50
_SEEN = r"(\Seen)"


class MailboxAway(Exception):  # noqa: N818
    """The mailbox cannot be read, in one sentence: what is wrong and what to do."""


@dataclass(frozen=True)
class Mark:
    """Up to where a mailbox was read: UIDVALIDITY and the last UID (RFC 9051, 2.3.1.1)."""

    uidvalidity: int = 0
    last_uid: int = 0


@dataclass(frozen=True)
class Arrived:
    """One mail as it lies there: ``raw`` is cut where ``size`` (bytes) is beyond what is read."""

    mark: Mark
    raw: bytes
    size: int

    @property
    def cut(self) -> bool:
        """Whether only its beginning was read."""
        return len(self.raw) < self.size


class ImapMailbox:
    """A mailbox; its connection is kept between looks, and opened anew where it broke.

    ``url`` is ``imaps://user:password@host[:993][/folder]`` or ``imap://…?starttls=required``;
    user and password are percent-encoded. Raises ValueError for one that is none.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("TINGQI_IMAP_URL must be imaps://user:password@host/folder.")
        self._secure = parts.scheme == "imaps"
        self._starttls = parse_qs(parts.query).get("starttls") == ["required"]
        self._host, self._port = parts.hostname, parts.port or (993 if self._secure else 143)
        self._user, self._password = unquote(parts.username), unquote(parts.password or "")
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        self._context = context or ssl.create_default_context()
        self._box: BaseMailBox | None = None
        # Up to where the folder went when it was last opened.
        self.opened = Mark()

    @property
    def name(self) -> str:
        """What tells this mailbox from another: user, host and folder."""
        return f"{self._user}@{self._host}/{self.folder}"

    def arrived(self, mark: Mark) -> Iterator[Arrived]:
        """Yield what came after a mark, oldest first, at most 50.

        Of a mailbox that was not read before, or was made anew: all that nobody has seen; what
        people have seen before is theirs. Reading marks nothing. Raises MailboxAway.
        """
        try:
            yield from self._read(mark)
        except (OSError, imaplib.IMAP4.error, ImapToolsError, ssl.SSLError) as fault:
            self.close()
            raise MailboxAway(_words(fault)) from fault

    def done(self, mark: Mark) -> None:
        r"""Mark one mail as \Seen, for people who look into the mailbox. Raises MailboxAway."""
        try:
            self._client().uid("STORE", str(mark.last_uid), "+FLAGS.SILENT", _SEEN)
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as fault:
            self.close()
            raise MailboxAway(_words(fault)) from fault

    def check(self) -> str:
        """Connect, sign in and open the folder; return "" or what is wrong and what to do."""
        try:
            self._select()
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as fault:
            return f"{_words(fault)} Look at TINGQI_IMAP_URL."
        finally:
            self.close()
        return ""

    def close(self) -> None:
        """Hang up; the mailbox may be used again afterwards."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
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
                box.login(self._user, self._password, initial_folder=None)
            except BaseException:
                with suppress(OSError, imaplib.IMAP4.error):
                    box.client.shutdown()
                raise
            self._box = box
        client: imaplib.IMAP4 = self._box.client
        return client

    def _select(self) -> int:
        """Open the folder and return its UIDVALIDITY."""
        client = self._client()
        folder = '"' + self.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        answer, said = client.select(folder)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"no folder {self.folder}: {said}")
        validity, following = (client.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT"))
        self.opened = Mark(_number(validity), max(0, _number(following) - 1))
        return self.opened.uidvalidity

    def _read(self, mark: Mark) -> Iterator[Arrived]:
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
                yield Arrived(Mark(validity, uid), raw, max(size, len(raw)))


def _number(said: Any) -> int:
    return int(said[0]) if said and said[0] else 0


def _size(answer: Any) -> int:
    said = b" ".join(each if isinstance(each, bytes) else each[0] for each in answer if each)
    digits = said.partition(b"RFC822.SIZE")[2].strip().split(b")")[0].split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0


def _literal(answer: Any) -> bytes | None:
    return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)


def _words(fault: BaseException) -> str:
    said = " ".join(str(fault).split())[:200] or type(fault).__name__
    return f"The mailbox cannot be read: {said}."
