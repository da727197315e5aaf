"""What mail systems and programs report on our mails becomes a receipt, or waits for a person.

A report counts where it names the mail by an id that only its recipient and the mail systems on
its way have seen, and names the recipient too: nobody else can fail a notice by a forged one. Our
Message-ID holds a hash of the letter and of the link in it; a server's own id is as long. QQ and
163.com name no id: theirs counts where the court's server vouches that the mail system of the
recipient's own domain wrote it, and only one mail to that person can be meant.
"""

import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.errors import N_
from app.inbound.parsing import reports
from app.inbound.parsing.mail import IncomingMail
from app.inbound.parsing.reports import Bounce, Says
from app.inbound.queries import MessageMatch, match_mail, named, only_court
from app.notices.inbound import Inbound, Kind
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
# Mail systems give up after five days at most; those that name no id say at once what is wrong.
BOUNCED_WITHIN = dt.timedelta(days=3)
_ADDRESS = re.compile(r"[\w.+=~%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def take(session: Session, filed: Inbound, mail: IncomingMail, now: dt.datetime) -> None:
    """Note what became of a mail that was sent; what cannot be matched or is unclear waits."""
    report = mail.report
    own = report.says is Says.UNCLEAR and mail.automatic and not mail.from_system
    kind = Kind.AUTOMATIC if own else Kind.BOUNCE
    if report.says in (Says.DISPLAYED, Says.DELETED):
        kind = Kind.RECEIPT
    # Who is known, and whose mail no program marked as its own, may have attached ours to theirs.
    is_sure = report.is_sure and (mail.automatic or mail.from_system or filed.counsel_id is None)
    known = named(session, report.ids)
    notice = next((each for each in known if _is_about(mail, each)), None)
    if notice is None and not known:
        notice = _of_own_system(session, mail, now)
    who = notice.address if notice else "".join(_addresses(mail)[:1])
    filed.kind = kind.value
    filed.detail = {
        "returned": notice.carrier_id if notice else "".join(report.ids[:1])[:300],
        "says": report.says.value,
        "recipients": [
            [b.recipient or who, b.action, b.status, b.said] for b in report.bounces[:10]
        ],
    }
    if notice is None:
        _place(session, filed, known[0] if known else None, mail)
    else:
        filed.court_id, filed.case_id = notice.court_id, notice.case_id
        filed.about, filed.counsel_id = notice.about, notice.counsel_id
        for bounce in report.bounces[:10] or _on_display(mail, notice):
            receipts.take(session, _told(notice, bounce), now)
    why = _waits(session, mail, notice, bool(known), own)
    if not why and not is_sure:
        why = MAY_BE_PERSON
    if why:
        filed.detail = {**filed.detail, "why": why}
    is_quiet = report.says in (Says.DISPLAYED, Says.DELIVERED) and is_sure
    if is_quiet or not why:
        filed.done_at = now


def _is_about(mail: IncomingMail, notice: Notice) -> bool:
    """Tell whether a report names a notice's recipient, or comes from there: a program's answer."""
    address = notice.address.lower()
    return bool(address) and (
        mail.report.names(address)
        or (mail.report.says in (Says.DISPLAYED, Says.DELETED) and mail.sender == address)
    )


def _of_own_system(session: Session, mail: IncomingMail, now: dt.datetime) -> Notice | None:
    """Return the one mail that a report of the recipient's own mail system can be about."""
    domain = mail.sender.rpartition("@")[2]
    is_own = mail.proven and mail.from_system and mail.report.says is Says.FAILED
    addresses = [each for each in _addresses(mail) if each.rpartition("@")[2] == domain]
    if not is_own or len(addresses) != 1:
        return None
    people = sa.select(Counsel.id).where(sa.func.lower(Counsel.email) == addresses[0])
    wanted = sa.select(Notice).where(
        Notice.counsel_id.in_(people),
        Notice.channel == "email",
        sa.func.lower(Notice.address) == addresses[0],
        Notice.state == NoticeState.SENT.value,
        Notice.tried_at > now - BOUNCED_WITHIN,
    )
    found = session.scalars(wanted.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _addresses(mail: IncomingMail) -> list[str]:
    """Return the addresses that a report names, but for its writer's."""
    found = dict.fromkeys(_ADDRESS.findall(mail.report.text[:20_000]))
    return [each for each in found if each != mail.sender][:10]


def _waits(
    session: Session, mail: IncomingMail, notice: Notice | None, is_named: bool, own: bool
) -> str:
    """Return why a report needs a person, "" where it does not."""
    says = mail.report.says
    if says is Says.DISPLAYED:
        return RECEIPT
    if says is Says.DELETED:
        return UNREAD
    if says is Says.DELIVERED:
        return ""
    if says is Says.UNCLEAR:
        return MAY_FAIL if own else UNCLEAR
    if notice is None:
        return NO_RECIPIENT if is_named else NOT_OURS
    state = session.scalar(sa.select(Notice.state).where(Notice.id == notice.id))
    return NOT_MOVED if says is Says.FAILED and state != NoticeState.FAILED else ""


def _place(session: Session, filed: Inbound, about: Notice | None, mail: IncomingMail) -> None:
    """Lay a report that proves nothing with the case that it can be about, for the assistant."""
    if about is not None:
        place = MessageMatch(about.court_id, about.case_id, about.counsel_id, about.about)
    else:
        places = (match_mail(session, each, []) for each in _addresses(mail))
        place = next((each for each in places if each.counsel_id), MessageMatch())
    filed.court_id = place.court_id or filed.court_id or only_court(session)
    filed.case_id = place.case_id or filed.case_id
    filed.about, filed.counsel_id = place.about or filed.about, place.counsel_id or filed.counsel_id


def _on_display(mail: IncomingMail, notice: Notice) -> list[Bounce]:
    says = mail.report.says
    if says not in (Says.DISPLAYED, Says.DELETED):
        return []
    return [Bounce(notice.address.lower(), says.value, "", "")]


def _told(notice: Notice, bounce: Bounce) -> receipts.Callback:
    raw = {
        "recipient": bounce.recipient,
        "action": bounce.action,
        "status": bounce.status,
        "said": bounce.said,
    }
    # "relayed" and "expanded" are the last word of a system that knows no more of it; "delayed" is
    # none yet (RFC 3464, 2.3.3).
    means = reports.means(bounce)
    known = means is Says.FAILED or bounce.action == "delivered"
    return receipts.Callback(
        carrier_id=notice.carrier_id[:100],
        reference="",
        status=f"{bounce.action} {bounce.status}".strip()[:40],
        code=bounce.status[:10],
        raw=raw,
        carrier="smtp",
        means=means.value if known else "",
    )
