"""Addresses of people who are needed at hearings and are outside the court.

They are entered by the court, once for each person: no consent to electronic service is asked, for
they are no parties. Whoever could not be reached before is asked and told what there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones
from app.cases.models import Counsel, Party, Representation
from app.core import addresses
from app.core.email_check import email_address
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.wording import LANGUAGES
from app.court.bench import BenchRole
from app.court.models import Court, Judge
from app.hearings.bench import invitations
from app.hearings.models import Hearing, HearingMember
from app.notices.queue import readdress_member


@dataclass(frozen=True)
class AddressInput:
    """A mail address, a telephone number and a language, as typed; "" for none."""

    email: str = ""
    phone: str = ""
    language: str = ""


def people(session: Session, court_id: int) -> Sequence[Judge]:
    """Return the people of a court who are needed at hearings and are outside it, by name."""
    outside = [role.value for role in BenchRole if role.is_outside]
    member = sa.select(HearingMember.judge_id).where(HearingMember.role.in_(outside))
    query = sa.select(Judge).where(
        Judge.court_id == court_id, sa.or_(Judge.role.in_(outside), Judge.id.in_(member))
    )
    return session.scalars(query.order_by(Judge.name_key)).all()


def find(session: Session, court_id: int, judge_id: int, *, lock: bool = False) -> Judge:
    """Return one of a court's people. Raises NotFound."""
    query = sa.select(Judge).where(Judge.id == judge_id, Judge.court_id == court_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    person = session.scalar(query)
    if person is None:
        raise NotFound(N_("There is no such person in this court."))
    return person


def change(session: Session, court: Court, judge_id: int, typed: AddressInput) -> Judge:
    """Store where somebody is reached, and let what waits for them go there.

    Raises Invalid by field, and Refusal for the address of counsel in a case which they decide.
    """
    person = find(session, court.id, judge_id, lock=True)
    email, phone = _checked(typed, court)
    _check_counsel(session, person, email, phone)
    could_be_reached = bool(invitations.ways(person))
    person.email, person.phone, person.language = email, phone, typed.language
    session.flush()
    ways, spoken = invitations.ways(person), person.language or court.language
    if could_be_reached:
        for each in invitations.of_people(session, [person.id]):
            readdress_member(session, each.id, ways, spoken)
    elif ways:
        _invite_anew(session, person)
    return person


def _invite_anew(session: Session, person: Judge) -> None:
    """Let the worker ask and tell somebody what there is, in all hearings that need them."""
    session.execute(
        sa.update(HearingMember)
        .where(HearingMember.judge_id == person.id, HearingMember.role.in_(invitations.OUTSIDE))
        .values(invited=False)
        .execution_options(synchronize_session=False)
    )


def _checked(typed: AddressInput, court: Court) -> tuple[str, str]:
    """Return mail address and telephone number as they are stored. Raises Invalid by field."""
    errors: dict[str, Message] = {}
    email = phone = ""
    try:
        email = addresses.canonical(email_address(typed.email)) if typed.email else ""
    except ValueError:
        errors["email"] = Message(
            N_("Enter an e-mail address such as name@firm.example; “%(address)s” is not one."),
            address=typed.email[:100],
        )
    try:
        phone = phones.parse_phone(typed.phone, court.country) if typed.phone else ""
    except phones.PhoneError as fault:
        errors["phone"] = fault.message
    if phone and not email and not typed.email and not phones.takes_texts(phone):
        errors["phone"] = Message(phones.LAND_LINE, phone=typed.phone)
    if typed.language not in ("", *LANGUAGES):
        errors["language"] = Message(N_("Choose a language."))
    if errors:
        raise Invalid(errors)
    return email, phone


def _check_counsel(session: Session, person: Judge, email: str, phone: str) -> None:
    """Raise Refusal if an address is that of counsel in a case that the person decides."""
    known = [
        condition
        for condition, value in ((Counsel.email == email, email), (Counsel.phone == phone, phone))
        if value
    ]
    if not known:
        return
    sits = [role.value for role in BenchRole if role.sits]
    query = (
        sa.select(Counsel.name, Hearing.id)
        .join(Representation, Representation.counsel_id == Counsel.id)
        .join(Party, Party.id == Representation.party_id)
        .join(Hearing, Hearing.case_id == Party.case_id)
        .join(HearingMember, HearingMember.hearing_id == Hearing.id)
        .where(
            HearingMember.judge_id == person.id,
            HearingMember.role.in_(sits),
            Representation.left_at.is_(None),
            sa.or_(*known),
        )
    )
    row = session.execute(query.limit(1)).one_or_none()
    if row is None:
        return
    number = session.get_one(Hearing, row.id).case.number
    raise Refusal(
        N_(
            "This is the address of %(counsel)s, who acts for a party in %(number)s, where "
            "%(name)s sits. Nobody sits in a case in which they act: name somebody else there."
        ),
        counsel=row.name,
        number=number,
        name=person.name,
    )
