"""Sends a signed receipt by mail to the person who acted, once to each for each act."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.cases import delegates
from app.cases.delegates import SIDE
from app.cases.models import Case, Delegate, Representation
from app.core import web
from app.core.channels import Channel
from app.core.errors import N_, Refusal
from app.core.matters import Matter
from app.evidence import receipts, signing_keys
from app.hearings import facts, notifications
from app.hearings.bench import messages
from app.hearings.models import MemberInvitation
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Recipient, Subject, queue
from app.record.models import Entry


@dataclass(frozen=True)
class ReceiptRecipient:
    """Whom a receipt of a case goes to, and what the mail says beside the receipt."""

    case: Case
    recipient: Recipient
    facts: Mapping[str, Any]


def counsel(representation: Representation) -> ReceiptRecipient:
    """Return counsel as recipient of a receipt."""
    case, recipient = representation.party.case, facts.representation_recipient(representation)
    person = facts.representation_facts(representation)
    return ReceiptRecipient(case, recipient, {**facts.case_facts(case), "person": person})


def delegate(representation: Representation, delegate: Delegate) -> ReceiptRecipient:
    """Return a delegate of counsel as recipient of a receipt."""
    to_counsel = counsel(representation)
    recipient = Recipient(
        name=delegate.name,
        language=delegate.language,
        ways=delegates.ways(delegate.phone, delegate.email),
        side=SIDE,
        delegate_id=delegate.id,
    )
    principal = {"counsel": representation.counsel.name, "may_answer": delegate.may_answer}
    return ReceiptRecipient(to_counsel.case, recipient, {**to_counsel.facts, "delegate": principal})


def member(invitation: MemberInvitation) -> ReceiptRecipient:
    """Return somebody outside the court who is needed at a hearing as recipient of a receipt."""
    person = messages.person_facts(invitation)
    letter_facts = {**messages.member_facts(invitation.hearing), "person": person}
    return ReceiptRecipient(invitation.hearing.case, messages.recipient(invitation), letter_facts)


def send(session: Session, to: ReceiptRecipient, entry: Entry, now: dt.datetime) -> None:
    """Queue the mail with the receipt for an entry, signed now.

    Raises Refusal where the court has no mail address of the person, or it was sent already, and
    Misconfigured where the key cannot be read.
    """
    case = to.case
    ways = [way for way in to.recipient.ways if way[0] == Channel.EMAIL]
    if not ways:
        raise Refusal(N_("The court has no mail address of yours: download the receipt instead."))
    settings = web.services().settings
    key = signing_keys.load(settings.signing_key)
    signing_keys.publish(session, key, now)
    code = receipts.as_code(receipts.issue(session, case, entry, key, now))
    request = NoticeRequest(
        Subject(case.court_id, case.id, str(Matter.case(case.id)), f"c{case.id}.r{entry.seq}"),
        NoticeKind.SIGNED_RECEIPT,
        to.recipient.by(*ways),
        {
            **to.facts,
            "signed_receipt": {
                "number": entry.seq,
                "at": facts.iso(entry.at),
                "address": f"{settings.public_url}/verify?receipt={code}",
            },
        },
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
    if not queue(session, [request], now):
        raise Refusal(N_("This receipt was sent to you by mail already."))
