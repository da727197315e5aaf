"""Read the mailbox, each mail in its own transaction; a bad one does not block others."""

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
LONGEST = 20.0  # seconds of reading per beat


def read_mail(services: ExternalServices, trusted: str, secret: bytes) -> int:
    r"""Process mails that arrived since the last time; return their number.

    The position advances in the transaction that processes a mail; only then is it flagged \Seen
    on the server, as a courtesy to people who use the mailbox: only the position counts.
    """
    box = services.mailbox
    if box is None:
        return 0
    started, processed, finished = time.monotonic(), 0, True
    position = retrying(lambda session: mail_inbox.position_of(session, box.name))
    try:
        for arrived in box.arrived(position):
            _process(box, arrived, trusted, secret, services.clock.now())
            box.done(arrived.mark)
            processed += 1
            if time.monotonic() - started > LONGEST:
                finished = False
                break
        fault = ""
    except MailboxUnreachable as unreachable:
        log.warning("%s", unreachable)
        fault = str(unreachable)
    is_first = position.last_uid == 0 or position.uidvalidity != box.opened.uidvalidity
    _store_result(box, services, fault, is_first and finished and not fault)
    return processed


def _store_result(box: ImapMailbox, services: ExternalServices, fault: str, is_first: bool) -> None:
    """Store the result; the first time, also skip the mails that are there already."""
    position, now = (box.opened if is_first else None), services.clock.now()
    retrying(lambda session: mail_inbox.store_position(session, box.name, now, fault, position))


def _is_database_away(fault: Exception) -> bool:
    connection_lost = isinstance(fault, sa.exc.DBAPIError) and fault.connection_invalidated
    return connection_lost or is_contention(fault)


def _process(box: ImapMailbox, arrived: FetchedMail, trusted: str, secret: bytes, now: Any) -> None:
    try:
        retrying(
            partial(
                mail_inbox.process_mail,
                name=box.name,
                arrived=arrived,
                trusted=trusted,
                now=now,
                secret=secret,
            )
        )
    except Exception as fault:
        if _is_database_away(fault):
            raise  # the mail is read again once the database is back
        log.exception("a mail could not be taken; it is filed as broken")
        why = N_("it could not be processed; see the log")
        retrying(partial(mail_inbox.file_broken, name=box.name, arrived=arrived, why=why, now=now))
