"""Read the mailbox: each mail in a transaction of its own, one bad one holds up no other."""

import logging
import time
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.carriers.imap.mailbox import FetchedMail, ImapMailbox, MailboxUnreachable
from app.carriers.registry import ExternalServices
from app.core.db import is_contention, retrying
from app.core.errors import N_
from app.inbound import mail_inbox

log = logging.getLogger("tingqi.replies")
LONGEST = 20.0  # seconds that one beat gives to reading


def read_mail(gateways: ExternalServices, trusted: str, secret: bytes) -> int:
    r"""Take what came in since the last look; return how many mails that were.

    A mail's mark is moved with what came of it, in one transaction; only then is it \Seen on the
    server, where that is a courtesy to people who look into the mailbox: the mark is what counts.
    """
    box = gateways.mailbox
    if box is None:
        return 0
    began, taken, whole = time.monotonic(), 0, True
    mark = retrying(lambda session: mail_inbox.mark_of(session, box.name))
    try:
        for arrived in box.arrived(mark):
            _take(box, arrived, trusted, secret, gateways.clock.now())
            box.done(arrived.mark)
            taken += 1
            if time.monotonic() - began > LONGEST:
                whole = False
                break
        fault = ""
    except MailboxUnreachable as away:
        log.warning("%s", away)
        fault = str(away)
    new = mark.last_uid == 0 or mark.uidvalidity != box.opened.uidvalidity
    _note(box, gateways, fault, new and whole and not fault)
    return taken


def _note(box: ImapMailbox, gateways: ExternalServices, fault: str, first: bool) -> None:
    """Write down how it went; after the first look only what comes later is new."""
    mark, now = (box.opened if first else None), gateways.clock.now()
    retrying(lambda session: mail_inbox.note(session, box.name, now, fault, mark))


def _is_away(fault: Exception) -> bool:
    lost = isinstance(fault, sa.exc.DBAPIError) and fault.connection_invalidated
    return lost or is_contention(fault)


def _take(box: ImapMailbox, arrived: FetchedMail, trusted: str, secret: bytes, now: Any) -> None:
    try:
        retrying(
            partial(
                mail_inbox.take,
                name=box.name,
                arrived=arrived,
                trusted=trusted,
                now=now,
                secret=secret,
            )
        )
    except Exception as fault:
        if _is_away(fault):
            raise  # this mail is read again when the database is back
        log.exception("a mail could not be taken; it is filed as broken")
        why = N_("the house stumbled over it; the log says at what")
        retrying(partial(mail_inbox.file_broken, name=box.name, arrived=arrived, why=why, now=now))
