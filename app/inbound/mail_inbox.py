"""File incoming mails: each is classified and stored once, with the mailbox position."""

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.imap.mailbox import FetchedMail, MailboxPosition
from app.core.channels import Channel
from app.core.errors import N_
from app.inbound import bounces, calendar_replies, question_mails
from app.inbound.parsing import itip
from app.inbound.parsing.mail import IncomingMail, UnreadableMail, read
from app.inbound.parsing.reports import ReportStatus
from app.inbound.queries import MessageMatch, match_mail, only_court
from app.notices.inbound import Inbound, InboundKind, Mailbox
from app.record import ledger
from app.record.rules import Event

TOO_LARGE = N_("it is larger than what is read")


def position_of(session: Session, name: str) -> MailboxPosition:
    """Return the position up to which a mailbox has been read."""
    row = session.get(Mailbox, name)
    return MailboxPosition(row.uidvalidity, row.last_uid) if row else MailboxPosition()


def store_position(
    session: Session, name: str, now: dt.datetime, fault: str, position: MailboxPosition | None
) -> None:
    """Store that a mailbox was read, or the error; ``position`` advances it."""
    row = _lock_mailbox(session, name)
    row.fault = fault[:300]
    if not fault:
        row.read_at = now
    if position is not None and (row.uidvalidity, row.last_uid) != (
        position.uidvalidity,
        position.last_uid,
    ):
        is_beyond = row.uidvalidity == position.uidvalidity and row.last_uid > position.last_uid
        if not is_beyond:
            row.uidvalidity, row.last_uid = position.uidvalidity, position.last_uid


def process_mail(
    session: Session, name: str, arrived: FetchedMail, trusted: str, now: dt.datetime, secret: bytes
) -> Inbound | None:
    """Process one mail; return None if another worker has done so already.

    Exceptions of use cases propagate: the transaction, including the position, is rolled back.
    """
    if not _advance(session, name, arrived.mark):
        return None
    filed = _new_inbound(name, arrived, now)
    session.add(filed)
    try:
        mail = read(arrived.raw, trusted)
    except UnreadableMail as fault:
        filed.detail = {"why": str(fault)}
        filed.court_id = only_court(session)
        session.flush()
        return filed
    filed.sender, filed.name, filed.subject = mail.sender, mail.name, mail.subject
    filed.words = mail.text
    session.flush()
    _classify(session, filed, mail, arrived, now, secret)
    session.flush()
    return filed


def file_broken(
    session: Session, name: str, arrived: FetchedMail, why: str, now: dt.datetime
) -> Inbound | None:
    """File a mail whose processing failed, so that the next one can be processed."""
    if not _advance(session, name, arrived.mark):
        return None
    filed = _new_inbound(name, arrived, now)
    filed.court_id, filed.detail = only_court(session), {"why": why[:300]}
    session.add(filed)
    session.flush()
    return filed


def _lock_mailbox(session: Session, name: str) -> Mailbox:
    query = sa.select(Mailbox).where(Mailbox.name == name).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        row = Mailbox(name=name, uidvalidity=0, last_uid=0, fault="")
        session.add(row)
        session.flush()
    return row


def _advance(session: Session, name: str, position: MailboxPosition) -> bool:
    """Advance the position to a mail; return False if it is beyond it already."""
    row = _lock_mailbox(session, name)
    if row.uidvalidity == position.uidvalidity and row.last_uid >= position.last_uid:
        return False
    row.uidvalidity, row.last_uid = position.uidvalidity, position.last_uid
    return True


def _new_inbound(name: str, arrived: FetchedMail, now: dt.datetime) -> Inbound:
    mailbox_hash = hashlib.sha256(name.encode()).hexdigest()[:16]
    digest = hashlib.sha256(arrived.raw).hexdigest()[:16]
    key = f"mail/{mailbox_hash}/{arrived.mark.uidvalidity}.{arrived.mark.last_uid}/{digest}"
    return Inbound(
        key=key, at=now, channel=Channel.EMAIL.value, kind=InboundKind.BROKEN.value, detail={}
    )


def _classify(
    session: Session,
    filed: Inbound,
    mail: IncomingMail,
    arrived: FetchedMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    match = match_mail(session, mail.sender, mail.answers_to)
    filed.court_id, filed.case_id = match.court_id, match.case_id
    filed.counsel_id, filed.about = match.counsel_id, match.about
    replies, calendar_error = itip.first_replies(mail.calendars, mail.sender)
    if replies and not mail.report.bounces:
        calendar_replies.process(session, filed, replies, mail, now, secret)
        return
    if mail.report.status is not ReportStatus.NOTHING:
        bounces.process(session, filed, mail, now)
        return
    filed.kind = (InboundKind.AUTOMATIC if mail.automatic else InboundKind.MAIL).value
    note = TOO_LARGE if arrived.cut else calendar_error
    hint = {} if mail.automatic else question_mails.hint(match.notice)
    filed.detail = {
        "files": list(mail.files[:30]),
        "proven": mail.proven,
        **({"why": note} if note else {}),
        **hint,
    }
    if mail.automatic and not note:
        filed.done_at = now  # not written by a person: shown in the list of all messages only
    _record(session, filed, match, mail, now)
    if hint and match.notice is not None and match.counsel_id is not None:
        question_mails.ask_by_link(session, match.notice, now, secret)


def _record(
    session: Session, filed: Inbound, match: MessageMatch, mail: IncomingMail, now: dt.datetime
) -> None:
    """Record a counsel's mail in its case."""
    if match.court_id is None or match.case_id is None or match.counsel_id is None:
        return
    entry = ledger.NewEntry(
        Event.STATUS if mail.automatic else Event.TOLD,
        court_id=match.court_id,
        case_id=match.case_id,
        direction="in",
        about=match.about,
        attempt=f"m{filed.id}",
        counsel_id=match.counsel_id,
        side=match.side,
        channel=Channel.EMAIL.value,
        kind="automatic" if mail.automatic else "mail",
        detail={"proven": mail.proven, "files": len(mail.files)},
        personal={
            "name": match.name,
            "address": mail.sender,
            "subject": mail.subject,
            "text": mail.text[:2000],
        },
    )
    ledger.append(session, [entry], now)
