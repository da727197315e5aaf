"""Turn delivery reports and bounces into receipts; unclear ones wait for the assistant.

A report counts if it contains both the recipient and an id of the mail that only the recipient and
the mail systems on the way have seen, so that nobody else can make a notice fail by a forged
report. Our Message-ID includes a hash of the letter and its link; ids assigned by servers are as
long. QQ and 163.com include no id: their reports count if the court's server authenticates the
mail system of the recipient's domain and only one mail to that person can be meant.
"""

import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import DeliveryReceipt, DeliveryState
from app.carriers.registry import DEFAULTS
from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.errors import N_
from app.inbound.parsing import reports
from app.inbound.parsing.mail import IncomingMail
from app.inbound.parsing.reports import Bounce, ReportStatus
from app.inbound.queries import MessageMatch, match_mail, only_court, sent_mails
from app.notices.inbound import Inbound, InboundKind
from app.notices.models import Notice
from app.record.rules import NoticeState
from app.sending import receipts

NOT_OURS = N_("it names no message that was sent from here; look which one it is about")
NO_RECIPIENT = N_("it names a message, but not its recipient; the message stands as sent")
NOT_MOVED = N_("the message stood otherwise already")
UNCLEAR = N_("a mail system wrote it, and what it means was not understood")
MAY_FAIL = N_("a program answered, and may say that something was not delivered")
UNREAD = N_("it was deleted, and not read")
MAY_BE_PERSON = N_("it was taken for a bounce; read it, a person may have written it")
RECEIPT = N_("a read receipt, which anybody can write: it proves nothing")
# Mail systems give up after five days at most; those without ids report failures immediately.
BOUNCED_WITHIN = dt.timedelta(days=3)
_ADDRESS = re.compile(r"[\w.+=~%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def process(session: Session, filed: Inbound, mail: IncomingMail, now: dt.datetime) -> None:
    """Record the outcome of a sent mail; unmatched and unclear reports wait for the assistant."""
    report = mail.report
    is_program = report.status is ReportStatus.UNCLEAR and mail.automatic and not mail.from_system
    kind = InboundKind.AUTOMATIC if is_program else InboundKind.BOUNCE
    if report.status in (ReportStatus.DISPLAYED, ReportStatus.DELETED):
        kind = InboundKind.RECEIPT
    # A known sender whose mail is not marked automatic may have attached our mail to their own.
    is_sure = report.is_sure and (mail.automatic or mail.from_system or filed.counsel_id is None)
    named_notices = sent_mails(session, report.ids)
    notice = next((candidate for candidate in named_notices if _is_about(mail, candidate)), None)
    if notice is None and not named_notices:
        notice = _notice_by_domain(session, mail, now)
    recipient = notice.address if notice else "".join(_addresses(mail)[:1])
    filed.kind = kind.value
    filed.detail = {
        "returned": notice.carrier_id if notice else "".join(report.ids[:1])[:300],
        "says": report.status.value,
        "recipients": [
            [b.recipient or recipient, b.action, b.status, b.diagnostic]
            for b in report.bounces[:10]
        ],
    }
    if notice is None:
        _assign_case(session, filed, named_notices[0] if named_notices else None, mail)
    else:
        filed.court_id, filed.case_id = notice.court_id, notice.case_id
        filed.about, filed.counsel_id = notice.about, notice.counsel_id
        for bounce in report.bounces[:10] or _receipt_bounces(mail, notice):
            receipts.take(session, _receipt(notice, bounce), now)
    reason = _reason_to_wait(session, mail, notice, bool(named_notices), is_program)
    if not reason and not is_sure:
        reason = MAY_BE_PERSON
    if reason:
        filed.detail = {**filed.detail, "why": reason}
    is_quiet = report.status in (ReportStatus.DISPLAYED, ReportStatus.DELIVERED) and is_sure
    if is_quiet or not reason:
        filed.done_at = now


def _is_about(mail: IncomingMail, notice: Notice) -> bool:
    """Tell whether a report names a notice's recipient, or is a receipt from that address."""
    address = notice.address.lower()
    return bool(address) and (
        mail.report.names(address)
        or (
            mail.report.status in (ReportStatus.DISPLAYED, ReportStatus.DELETED)
            and mail.sender == address
        )
    )


def _notice_by_domain(session: Session, mail: IncomingMail, now: dt.datetime) -> Notice | None:
    """Return the only mail that a report by the recipient's own mail system can refer to."""
    domain = mail.sender.rpartition("@")[2]
    is_own = mail.proven and mail.from_system and mail.report.status is ReportStatus.FAILED
    addresses = [address for address in _addresses(mail) if address.rpartition("@")[2] == domain]
    if not is_own or len(addresses) != 1:
        return None
    counsel_ids = sa.select(Counsel.id).where(sa.func.lower(Counsel.email) == addresses[0])
    query = sa.select(Notice).where(
        Notice.counsel_id.in_(counsel_ids),
        Notice.channel == Channel.EMAIL,
        sa.func.lower(Notice.address) == addresses[0],
        Notice.state == NoticeState.SENT.value,
        Notice.tried_at > now - BOUNCED_WITHIN,
    )
    notices = session.scalars(query.limit(2)).all()
    return notices[0] if len(notices) == 1 else None


def _addresses(mail: IncomingMail) -> list[str]:
    """Return the addresses in a report, except its sender's."""
    addresses = dict.fromkeys(_ADDRESS.findall(mail.report.text[:20_000]))
    return [address for address in addresses if address != mail.sender][:10]


def _reason_to_wait(
    session: Session, mail: IncomingMail, notice: Notice | None, is_named: bool, is_program: bool
) -> str:
    """Return why a report needs the assistant, or ""."""
    status = mail.report.status
    if status is ReportStatus.DISPLAYED:
        return RECEIPT
    if status is ReportStatus.DELETED:
        return UNREAD
    if status is ReportStatus.DELIVERED:
        return ""
    if status is ReportStatus.UNCLEAR:
        return MAY_FAIL if is_program else UNCLEAR
    if notice is None:
        return NO_RECIPIENT if is_named else NOT_OURS
    state = session.scalar(sa.select(Notice.state).where(Notice.id == notice.id))
    return NOT_MOVED if status is ReportStatus.FAILED and state != NoticeState.FAILED else ""


def _assign_case(
    session: Session, filed: Inbound, notice: Notice | None, mail: IncomingMail
) -> None:
    """Assign a report without proof to the case it may be about, for the assistant."""
    if notice is not None:
        match = MessageMatch(notice.court_id, notice.case_id, notice.counsel_id, notice.about)
    else:
        matches = (match_mail(session, candidate, []) for candidate in _addresses(mail))
        match = next((candidate for candidate in matches if candidate.counsel_id), MessageMatch())
    filed.court_id = match.court_id or filed.court_id or only_court(session)
    filed.case_id = match.case_id or filed.case_id
    filed.about, filed.counsel_id = match.about or filed.about, match.counsel_id or filed.counsel_id


def _receipt_bounces(mail: IncomingMail, notice: Notice) -> list[Bounce]:
    status = mail.report.status
    if status not in (ReportStatus.DISPLAYED, ReportStatus.DELETED):
        return []
    return [Bounce(notice.address.lower(), status.value, "", "")]


def _receipt(notice: Notice, bounce: Bounce) -> DeliveryReceipt:
    raw = {
        "recipient": bounce.recipient,
        "action": bounce.action,
        "status": bounce.status,
        "said": bounce.diagnostic,
    }
    # For the reporting system "relayed" and "expanded" are final, "delayed" is not (RFC 3464).
    status = reports.status_of(bounce)
    is_final = status is ReportStatus.FAILED or bounce.action == "delivered"
    return DeliveryReceipt(
        carrier=DEFAULTS[
            Channel.EMAIL
        ],  # by whichever carrier it left: this is a mail system's report
        carrier_id=notice.carrier_id[:100],
        status=f"{bounce.action} {bounce.status}".strip()[:40],
        state=DeliveryState(status.value) if is_final else DeliveryState.PENDING,
        code=bounce.status[:10],
        raw=raw,
        impersonal={"action": bounce.action, "status": bounce.status},
    )
