"""The local outbox: a folder of mails and texts, used where no carrier is set up."""

import itertools
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.carriers.base import (
    DeliveryReceipt,
    LookupResult,
    OutgoingMessage,
    SendOutcome,
    SendStatus,
)
from app.carriers.mime import Unsendable, build
from app.core.channels import Channel
from app.core.errors import N_, Message
from app.core.runtime.clock import Clock

_STAMP = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-\d{6}-[0-9a-f]{8}-([A-Za-z0-9.-]+)\.(eml|json)")
# Messages of one moment (a set clock does not advance) keep the order of writing.
_counter = itertools.count()


@dataclass(frozen=True)
class OutboxMessage:
    """One message in the outbox; `name` is the file's name, `body` the plain text."""

    at: datetime
    channel: str
    to: str
    subject: str
    body: str
    reference: str
    name: str
    has_calendar: bool


class Outbox:
    """A carrier that writes each message into a file, atomically."""

    name = "outbox"

    def __init__(
        self, folder: Path, channel: str, clock: Clock, mail_from: str = "tingqi@localhost"
    ) -> None:
        self.folder = Path(folder)
        self.channel = channel
        self._clock = clock
        self._from = mail_from

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Yield each message with its outcome; `carrier_id` is the file's name."""
        for message in messages:
            yield message, self._write(message)

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult:
        """Return the file of this reference, whenever it was written; the result is sure."""
        for name, _, reference in _names(self.folder):
            if reference == message.reference and name.endswith(_ending(message.channel)):
                stored = SendOutcome(
                    SendStatus.ACCEPTED, self.name, carrier_id=name, status="stored"
                )
                return LookupResult([stored], sure=True)
        return LookupResult(sure=True)

    def ask(self, carrier_id: str) -> DeliveryReceipt | None:
        """Return None: a folder sends no receipts."""
        return None

    def check(self) -> Message | str:
        """Return "" when the folder can be written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe = self.folder / f".{secrets.token_hex(8)}.part"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as fault:
            return Message(
                N_("The outbox %(folder)s cannot be written to (%(error)s)."),
                folder=self.folder,
                error=fault.strerror,
            )
        return ""

    def close(self) -> None:
        """Do nothing: no file is kept open."""

    def _write(self, message: OutgoingMessage) -> SendOutcome:
        at = self._clock.now()
        try:
            content = self._content(message, at)
            name = _put(self.folder, message, at, content)
        except Unsendable as fault:
            return SendOutcome(
                SendStatus.PERMANENT,
                self.name,
                status="address",
                detail=str(fault),
                advice="next_channel",
            )
        except OSError as fault:
            detail = f"The outbox cannot be written to: {fault.strerror}."
            return SendOutcome(SendStatus.TEMPORARY, self.name, detail=detail, advice="alarm")
        return SendOutcome(SendStatus.ACCEPTED, self.name, carrier_id=name, status="stored")

    def _content(self, message: OutgoingMessage, at: datetime) -> bytes:
        if message.channel == Channel.EMAIL:
            return build(message, self._from, at).data
        content = {
            "to": message.to,
            "body": message.text.encode("utf-8", "replace").decode(),
            "reference": message.reference,
            "at": at.isoformat(),
            "good_for": message.good_for,
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode()


def entries(folder: Path, limit: int = 200) -> list[OutboxMessage]:
    """Return the newest messages of an outbox, newest first; unreadable files are left out."""
    messages: list[OutboxMessage] = []
    for name, at, reference in sorted(_names(Path(folder)), reverse=True):
        if len(messages) == limit:
            break
        read = _read_mail if name.endswith(".eml") else _read_text
        try:
            messages.append(read((Path(folder) / name).read_bytes(), name, at, reference))
        except (OSError, ValueError, KeyError):
            continue
    return messages


def content(folder: Path, name: str) -> bytes:
    """Return the bytes of one message. Raises FileNotFoundError for any other file's name."""
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return (Path(folder) / name).read_bytes()


def _names(folder: Path) -> Iterator[tuple[str, datetime, str]]:
    if not folder.is_dir():
        return
    for name in os.listdir(folder):
        if match := _NAME.fullmatch(name):
            yield name, datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), match[2]


def _ending(channel: str) -> str:
    return ".eml" if channel == Channel.EMAIL else ".json"


def _put(folder: Path, message: OutgoingMessage, at: datetime, data: bytes) -> str:
    """Write a new file, so that a crash leaves all of it or nothing; return its name."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = at.astimezone(UTC).strftime(_STAMP)
    order = f"{next(_counter) % 1_000_000:06d}-{secrets.token_hex(4)}"
    name = f"{stamp}-{order}-{message.reference}{_ending(message.channel)}"
    part = folder / f".{name}.part"
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / name)
    _sync(folder)
    return name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_mail(data: bytes, name: str, at: datetime, reference: str) -> OutboxMessage:
    mail = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
    plain = mail.get_body(("plain",))
    body = plain.get_content() if plain is not None else ""
    calendar = any(part.get_content_type() == "text/calendar" for part in mail.walk())
    to, subject = str(mail["To"]), str(mail["Subject"])
    return OutboxMessage(at, Channel.EMAIL, to, subject, body, reference, name, calendar)


def _read_text(data: bytes, name: str, at: datetime, reference: str) -> OutboxMessage:
    text = json.loads(data)
    to, body = str(text["to"]), str(text["body"])
    return OutboxMessage(at, Channel.SMS, to, "", body, reference, name, False)
