"""Contacts made by hand, recorded like those made by Tingqi: a call, a letter, a conversation."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones
from app.cases.models import Case, Counsel, Party, Representation
from app.core.channels import OtherChannel
from app.core.errors import N_, Invalid, Message
from app.core.matters import Matter
from app.people.models import User
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event
from app.tasks import service
from app.tasks.forms import ContactIn


@dataclass(frozen=True)
class HandedMessage:
    """An official message that was handed on: its kind, and its words with the key left out."""

    kind: str
    subject: str
    text: str


def counsel_of(session: Session, case: Case, counsel_id: int) -> Counsel:
    """Return a counsel who acts, or acted, in a case. Raises Invalid, naming the field."""
    counsel = session.scalar(
        sa.select(Counsel)
        .join(Representation)
        .join(Party)
        .where(Party.case_id == case.id, Counsel.id == counsel_id)
        .limit(1)
    )
    if counsel is None:
        raise Invalid({"counsel_id": Message(N_("This person is not counsel in this case."))})
    return counsel


def same(session: Session, case: Case, form: ContactIn) -> Entry | None:
    """Return the entry that the same form on the same page has written already, if there is one."""
    press = _press(form)
    if not press:
        return None
    query = sa.select(Entry).where(
        Entry.case_id == case.id, Entry.notice_id.is_(None), Entry.attempt == press
    )
    return session.scalar(query.limit(1))


def _press(form: ContactIn) -> str:
    """Return the name of one contact from one page, by which pressing twice is known."""
    if not form.page:
        return ""
    parts = [form.page, form.counsel_id, form.channel, form.outcome, form.note]
    return (
        "h" + hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:32]
    )


def log_contact(
    session: Session,
    case: Case,
    counsel: Counsel,
    form: ContactIn,
    user: User | None,
    now: dt.datetime,
    message: HandedMessage | None = None,
) -> Entry:
    """Record a contact made by hand, and return its entry.

    ``message`` is the official message that was handed on.

    The caller has checked that ``hearing_id`` is a hearing of this case. The entry is of the time
    of writing; when the contact happened is in its detail. The same page a second time writes
    nothing. Raises Invalid where it is said to have happened in the future.
    """
    if (before := same(session, case, form)) is not None:
        return before
    if form.at > now:
        raise Invalid(
            {"at": Message(N_("Enter when the contact took place: this time is still to come."))}
        )
    usual = counsel.phone if form.channel == OtherChannel.PHONE else ""
    address = _address(form, case.court.country) or usual
    entry = ledger.NewEntry(
        Event.CALLED if form.channel == OtherChannel.PHONE else Event.TOLD,
        court_id=case.court_id,
        case_id=case.id,
        direction=form.direction,
        about=str(Matter.hearing(form.hearing_id)) if form.hearing_id else "",
        attempt=_press(form),
        counsel_id=counsel.id,
        side=_side(session, case, counsel),
        channel=form.channel,
        kind="handed_on" if message else "by_hand",
        detail={
            "outcome": form.outcome,
            "happened_at": ledger.instant(form.at),
            "user": user.id if user else None,
            "numbered": bool(address),
            **({"message": message.kind} if message else {}),
        },
        personal={
            "name": counsel.name,
            "address": address,
            "note": form.note,
            "by": user.name if user else "",
            **({"subject": message.subject, "text": message.text} if message else {}),
        },
    )
    [seq] = ledger.append(session, [entry], now)
    service.note_try(session, case.id, counsel.id, form.channel, form.outcome, now)
    return ledger.entry_at(session, case.id, seq)


def _address(form: ContactIn, country: str) -> str:
    """Return the address of a contact: a telephone number in E.164 if it is one, else as typed.

    Short numbers of switchboards and hotlines are no E.164 numbers, but calls to them count too.
    """
    typed = form.address
    if form.channel != OtherChannel.PHONE or not typed:
        return typed
    try:
        return phones.parse_phone(typed, country)
    except phones.PhoneError:
        return typed


def _side(session: Session, case: Case, counsel: Counsel) -> str:
    query = (
        sa.select(Party.side)
        .join(Representation)
        .where(Party.case_id == case.id, Representation.counsel_id == counsel.id)
        .order_by(Representation.id)
        .limit(1)
    )
    return session.scalar(query) or ""
