"""What came in by mail: told apart, filed once, and marked as read in the same transaction."""

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.imap.mailbox import FetchedMail, MailboxPosition
from app.core.errors import N_
from app.inbound import bounces, calendar_replies
from app.inbound.parsing import itip
from app.inbound.parsing.mail import IncomingMail, UnreadableMail, read
from app.inbound.parsing.reports import Says
from app.inbound.queries import MessageMatch, match_mail, only_court
from app.notices.inbound import Inbound, Kind, Mailbox
from app.record import ledger
from app.record.rules import Event

TOO_LARGE = N_("it is larger than what is read")


def mark_of(session: Session, name: str) -> MailboxPosition:
    """Return up to where a mailbox was read."""
    row = session.get(Mailbox, name)
    return MailboxPosition(row.uidvalidity, row.last_uid) if row else MailboxPosition()


def note(
    session: Session, name: str, now: dt.datetime, fault: str, mark: MailboxPosition | None
) -> None:
    """Write down that a mailbox was looked into, or why it could not be; ``mark`` moves it on."""
    row = _held(session, name)
    row.fault = fault[:300]
    if not fault:
        row.read_at = now
    if mark is not None and (row.uidvalidity, row.last_uid) != (mark.uidvalidity, mark.last_uid):
        ahead = row.uidvalidity == mark.uidvalidity and row.last_uid > mark.last_uid
        if not ahead:
            row.uidvalidity, row.last_uid = mark.uidvalidity, mark.last_uid


def take(
    session: Session, name: str, arrived: FetchedMail, trusted: str, now: dt.datetime, secret: bytes
) -> Inbound | None:
    """Take one mail; None where another worker has taken it already.

    Raises whatever a use case raises: then nothing of it is kept, the mark neither.
    """
    if not _reaches(session, name, arrived.mark):
        return None
    filed = _filed(name, arrived, now)
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
    _sort(session, filed, mail, arrived, now, secret)
    session.flush()
    return filed


def file_broken(
    session: Session, name: str, arrived: FetchedMail, why: str, now: dt.datetime
) -> Inbound | None:
    """File a mail at which the house stumbled, so that the next one has its turn."""
    if not _reaches(session, name, arrived.mark):
        return None
    filed = _filed(name, arrived, now)
    filed.court_id, filed.detail = only_court(session), {"why": why[:300]}
    session.add(filed)
    session.flush()
    return filed


def _held(session: Session, name: str) -> Mailbox:
    wanted = sa.select(Mailbox).where(Mailbox.name == name).with_for_update()
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        row = Mailbox(name=name, uidvalidity=0, last_uid=0, fault="")
        session.add(row)
        session.flush()
    return row


def _reaches(session: Session, name: str, mark: MailboxPosition) -> bool:
    """Move the mark on to a mail; False where it is beyond it already."""
    row = _held(session, name)
    if row.uidvalidity == mark.uidvalidity and row.last_uid >= mark.last_uid:
        return False
    row.uidvalidity, row.last_uid = mark.uidvalidity, mark.last_uid
    return True


def _filed(name: str, arrived: FetchedMail, now: dt.datetime) -> Inbound:
    box = hashlib.sha256(name.encode()).hexdigest()[:16]
    digest = hashlib.sha256(arrived.raw).hexdigest()[:16]
    key = f"mail/{box}/{arrived.mark.uidvalidity}.{arrived.mark.last_uid}/{digest}"
    return Inbound(key=key, at=now, channel="email", kind=Kind.BROKEN.value, detail={})


def _sort(
    session: Session,
    filed: Inbound,
    mail: IncomingMail,
    arrived: FetchedMail,
    now: dt.datetime,
    secret: bytes,
) -> None:
    place = match_mail(session, mail.sender, mail.answers_to)
    filed.court_id, filed.case_id = place.court_id, place.case_id
    filed.counsel_id, filed.about = place.counsel_id, place.about
    replies, why = itip.first(mail.calendars, mail.sender)
    if replies and not mail.report.bounces:
        calendar_replies.take(session, filed, replies, mail, now, secret)
        return
    if mail.report.says is not Says.NOTHING:
        bounces.take(session, filed, mail, now)
        return
    filed.kind = (Kind.AUTOMATIC if mail.automatic else Kind.MAIL).value
    said = TOO_LARGE if arrived.cut else why
    filed.detail = {
        "files": list(mail.files[:30]),
        "proven": mail.proven,
        **({"why": said} if said else {}),
    }
    if mail.automatic and not said:
        filed.done_at = now  # nobody wrote it, so nobody waits; it stands in the list of all
    _write(session, filed, place, mail, now)


def _write(
    session: Session, filed: Inbound, place: MessageMatch, mail: IncomingMail, now: dt.datetime
) -> None:
    """Put a mail of a counsel on the record of the case that it is about."""
    if place.court_id is None or place.case_id is None or place.counsel_id is None:
        return
    line = ledger.NewEntry(
        Event.STATUS if mail.automatic else Event.TOLD,
        court_id=place.court_id,
        case_id=place.case_id,
        direction="in",
        about=place.about,
        attempt=f"m{filed.id}",
        counsel_id=place.counsel_id,
        side=place.side,
        channel="email",
        kind="automatic" if mail.automatic else "mail",
        detail={"proven": mail.proven, "files": len(mail.files)},
        personal={
            "name": place.name,
            "address": mail.sender,
            "subject": mail.subject,
            "text": mail.text[:2000],
        },
    )
    ledger.append(session, [line], now)
