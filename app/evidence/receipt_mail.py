"""Sends a signed receipt by mail to the person who acted, once for each act."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.cases.models import Representation
from app.core.channels import Channel
from app.core.errors import N_, Refusal
from app.core.matters import Matter
from app.evidence import receipts
from app.hearings import facts, notifications
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.record.models import Entry


def send(
    session: Session,
    representation: Representation,
    entry: Entry,
    receipt: Mapping[str, Any],
    address: str,
    now: dt.datetime,
) -> None:
    """Queue the mail with a receipt; ``address`` is that of the page that checks it.

    Raises Refusal where the court has no mail address of counsel, or it was sent already.
    """
    case = representation.party.case
    recipient = facts.representation_recipient(representation)
    ways = [way for way in recipient.ways if way[0] == Channel.EMAIL]
    if not ways:
        raise Refusal(N_("The court has no mail address of yours: download the receipt instead."))
    version = f"c{case.id}.r{entry.seq}"
    request = NoticeRequest(
        Subject(case.court_id, case.id, str(Matter.case(case.id)), version),
        NoticeKind.SIGNED_RECEIPT,
        recipient.by(*ways),
        {
            **facts.case_facts(case),
            "person": facts.representation_facts(representation),
            "signed_receipt": {
                "number": entry.seq,
                "at": facts.iso(entry.at),
                "address": f"{address}?receipt={receipts.as_code(receipt)}",
            },
        },
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
    if not queue(session, [request], now):
        raise Refusal(N_("This receipt was sent to you by mail already."))
