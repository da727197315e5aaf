"""Contact with one side outside the house's ways: the other sides are told of its substance.

A judge may be in contact with one side about scheduling and the like if no side gains by it and
all others are promptly told its substance and may answer (ABA Model Code, Rule 2.9(A)(1));
unplanned contact is reported (Si Fa Tong [2021] 60, art. 3(1)).
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.core.channels import OtherChannel
from app.core.errors import N_, Invalid, Message
from app.core.matters import Matter
from app.hearings import facts, queries
from app.hearings.models import Hearing
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.people.models import User
from app.record.models import Entry
from app.tasks import contacts_by_hand
from app.tasks.forms import ContactIn

# What nobody plans and no file shows; a call or a letter of the court is its own way.
UNPLANNED = (OtherChannel.CHAT, OtherChannel.IN_PERSON, OtherChannel.OTHER)
STALE_AFTER = dt.timedelta(days=3)


def log(
    session: Session,
    case: Case,
    counsel: Counsel,
    form: ContactIn,
    user: User | None,
    now: dt.datetime,
) -> tuple[Entry, list[str]]:
    """Write a contact by hand into the record, and tell the other sides where that is due.

    What it was about is told where ``tell_others``
    says so, or where nothing is said and the contact was outside the court's own ways. Returns the
    line and the names of those who are told. Raises Invalid where there is nothing to tell.
    """
    tell = form.channel in UNPLANNED if form.tell_others is None else form.tell_others
    others = _others(session, case, counsel) if tell else []
    if others and not form.note.strip():
        raise Invalid({"note": Message(N_("Say what it was about: the other sides are told."))})
    before = contacts_by_hand.same(session, case, form)
    line = contacts_by_hand.log_contact(session, case, counsel, form, user, now)
    if before or not others:
        return line, []
    hearing = _hearing(session, case, form.hearing_id)
    requests = [_request(session, case, hearing, seat, counsel, line, form, now) for seat in others]
    queue(session, requests, now)
    return line, [seat.counsel.name for seat in others]


def _others(session: Session, case: Case, counsel: Counsel) -> list[Representation]:
    """Return a seat of each counsel who acts for another side."""
    seats = queries.acting_representations(session, case)
    sides = set(
        session.scalars(
            sa.select(Party.side)
            .join(Representation)
            .where(Party.case_id == case.id, Representation.counsel_id == counsel.id)
        )
    )
    found = {s.counsel_id: s for s in seats if s.party.side not in sides}
    return [seat for seat in found.values() if seat.counsel_id != counsel.id]


def _hearing(session: Session, case: Case, hearing_id: int | None) -> Hearing | None:
    """Return what the contact was about, or the newest hearing of the case: its pages are known."""
    wanted = sa.select(Hearing).where(Hearing.case_id == case.id)
    if hearing_id is not None:
        wanted = wanted.where(Hearing.id == hearing_id)
    return session.scalar(wanted.order_by(Hearing.id.desc()).limit(1))


def _request(
    session: Session,
    case: Case,
    hearing: Hearing | None,
    seat: Representation,
    counsel: Counsel,
    line: Entry,
    form: ContactIn,
    now: dt.datetime,
) -> NoticeRequest:
    told = {
        "elsewhere": {
            "name": counsel.name,
            "side": line.side,
            "way": form.channel,
            "at": facts.iso(form.at),
        },
        "detail": form.note,
        "person": {
            "name": seat.counsel.name,
            "party": seat.party.name,
            "side": seat.party.side,
            "is_court": False,
        },
    }
    person = facts.representation_recipient(seat)
    if hearing is None:
        about = str(Matter.case(case.id))
        subject = Subject(case.court_id, case.id, about, f"c{case.id}.{line.seq}")
        whole = {**facts.case_facts(case), **told}
    else:
        known = queries.latest_invitations(session, hearing).get(seat.counsel_id)
        person = facts.invitation_recipient(known) if known else person
        subject = facts.subject(hearing, f"l{line.seq}")
        whole = facts.hearing_facts(hearing, **told)
    return NoticeRequest(
        subject, NoticeKind.OFF_CHANNEL, person, whole, due_at=now, stale_at=now + STALE_AFTER
    )
