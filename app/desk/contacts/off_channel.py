"""Contact with one side outside the court's channels: the other sides are notified of it.

A judge may be in contact with one side about scheduling and the like if no side gains by it and
all others are promptly told its substance and may answer (ABA Model Code, Rule 2.9(A)(1));
unplanned contact is reported (Si Fa Tong [2021] 60, art. 3(1)).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.models import Case, Counsel, Party, Representation
from app.core.channels import UNPLANNED
from app.core.errors import N_, Invalid, Message
from app.core.matters import Matter
from app.hearings import facts, notifications, queries
from app.hearings.models import Hearing
from app.hearings.scheduling import CourtContext
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.people.models import User
from app.record.models import Entry
from app.tasks import contacts_by_hand
from app.tasks.contacts_by_hand import HandedMessage
from app.tasks.forms import ContactIn


@dataclass(frozen=True)
class LoggedContact:
    """A recorded contact: its entry, counsel's name, and the names of those who are notified."""

    entry: Entry
    counsel: str
    notified: Sequence[str]


def log(session: Session, context: CourtContext, case_id: int, form: ContactIn) -> LoggedContact:
    """Record a contact made by hand, and notify the other sides if required.

    Shared by page and API. Raises NotFound, Invalid with errors by field.
    """
    case = cases.find_case(session, context.court.id, case_id)
    if form.hearing_id is not None:
        _check_hearing(session, case, form.hearing_id)
    counsel = contacts_by_hand.counsel_of(session, case, form.counsel_id)
    return log_with(session, case, counsel, form, context.user, context.now)


def _check_hearing(session: Session, case: Case, hearing_id: int) -> None:
    hearing = session.get(Hearing, hearing_id)
    if hearing is None or hearing.case_id != case.id:
        raise Invalid({"hearing_id": Message(N_("Choose a hearing of this case."))})


def log_with(
    session: Session,
    case: Case,
    counsel: Counsel,
    form: ContactIn,
    user: User | None,
    now: dt.datetime,
    *,
    message: HandedMessage | None = None,
) -> LoggedContact:
    """Record a contact with counsel, and notify the other sides of its note if required.

    It is required if ``tell_others`` is true, or if it is None and the contact was outside the
    court's own channels. ``message`` is what was handed on. Raises Invalid if there is no note.
    """
    others = _others(session, case, counsel) if must_notify(form) else []
    if others and not form.note.strip():
        raise Invalid({"note": Message(N_("Enter what it was about: the other sides are told."))})
    duplicate = contacts_by_hand.same(session, case, form)
    entry = contacts_by_hand.log_contact(session, case, counsel, form, user, now, message)
    if duplicate or not others:
        return LoggedContact(entry, counsel.name, ())
    hearing = _hearing(session, case, form.hearing_id)
    requests = [
        _request(session, case, hearing, other, counsel, entry, form, now) for other in others
    ]
    queue(session, requests, now)
    return LoggedContact(entry, counsel.name, [other.counsel.name for other in others])


def must_notify(form: ContactIn) -> bool:
    """Tell whether the other sides are notified of a contact."""
    return form.channel in UNPLANNED if form.tell_others is None else form.tell_others


def _others(session: Session, case: Case, counsel: Counsel) -> list[Representation]:
    """Return a representation of each counsel who acts for another side."""
    representations = queries.acting_representations(session, case)
    sides = set(
        session.scalars(
            sa.select(Party.side)
            .join(Representation)
            .where(Party.case_id == case.id, Representation.counsel_id == counsel.id)
        )
    )
    others = {
        representation.counsel_id: representation
        for representation in representations
        if representation.party.side not in sides
    }
    return [other for other in others.values() if other.counsel_id != counsel.id]


def _hearing(session: Session, case: Case, hearing_id: int | None) -> Hearing | None:
    """Return the hearing of a contact, or the newest one of the case, whose pages are known."""
    query = sa.select(Hearing).where(Hearing.case_id == case.id)
    if hearing_id is not None:
        query = query.where(Hearing.id == hearing_id)
    return session.scalar(query.order_by(Hearing.id.desc()).limit(1))


def _request(
    session: Session,
    case: Case,
    hearing: Hearing | None,
    representation: Representation,
    counsel: Counsel,
    entry: Entry,
    form: ContactIn,
    now: dt.datetime,
) -> NoticeRequest:
    details = {
        "elsewhere": {
            "name": counsel.name,
            "side": entry.side,
            "way": form.channel,
            "at": facts.iso(form.at),
        },
        "detail": form.note,
        "person": facts.representation_facts(representation),
    }
    recipient = facts.representation_recipient(representation)
    if hearing is None:
        about = str(Matter.case(case.id))
        subject = Subject(case.court_id, case.id, about, f"c{case.id}.{entry.seq}")
        notice_facts = {**facts.case_facts(case), **details}
    else:
        invitation = queries.latest_invitations(session, hearing).get(representation.counsel_id)
        recipient = facts.invitation_recipient(invitation) if invitation else recipient
        subject = facts.subject(hearing, f"l{entry.seq}")
        notice_facts = facts.hearing_facts(hearing, **details)
    return NoticeRequest(
        subject,
        NoticeKind.OFF_CHANNEL,
        recipient,
        notice_facts,
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
