"""A mail system's word on one of our mails (RFC 3464) becomes a receipt of it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.notices import receipts
from app.notices.inbound import Inbound, Kind
from app.notices.models import HAS_CARRIER_ID, Notice
from app.replies.mail import Bounce, Mail
from app.replies.queries import only_court

# "relayed" and "expanded" are the last word of a system that knows no more of it; "delayed" is
# none yet (RFC 3464, 2.3.3).
MEANS = {"failed": "failed", "delivered": "delivered"}


def take(session: Session, filed: Inbound, mail: Mail, now: dt.datetime) -> None:
    """Note on the mail that came back what became of it; one that is none of ours waits.

    Our Message-ID holds a hash of the letter and of the link in it, so that only who has had the
    mail in hand can name it.
    """
    filed.kind = Kind.BOUNCE.value
    filed.detail = {
        "returned": mail.returned,
        "recipients": [[b.recipient, b.action, b.status, b.said] for b in mail.bounces[:10]],
    }
    notice = _notice(session, mail.returned)
    if notice is None:
        filed.court_id = filed.court_id or only_court(session)
        return
    filed.court_id, filed.case_id = notice.court_id, notice.case_id
    filed.about, filed.counsel_id = notice.about, notice.counsel_id
    for bounce in mail.bounces[:10]:
        receipts.take(session, _told(mail, bounce), now)
    filed.done_at = now


def _notice(session: Session, returned: str) -> Notice | None:
    if not returned:
        return None
    wanted = sa.select(Notice).where(
        HAS_CARRIER_ID, Notice.carrier_id == returned, Notice.channel == "email"
    )
    return session.scalar(wanted.limit(1))


def _told(mail: Mail, bounce: Bounce) -> receipts.Told:
    raw = {"recipient": bounce.recipient, "action": bounce.action, "status": bounce.status,
           "said": bounce.said}  # fmt: skip
    return receipts.Told(
        carrier_id=mail.returned[:100], reference="",
        status=f"{bounce.action} {bounce.status}"[:40],
        code=bounce.status[:10], raw=raw, carrier="smtp", means=MEANS.get(bounce.action, ""),
    )  # fmt: skip
