"""Enter cases, parties, counsel and representations; within the caller's transaction."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches, declarations, phones, rules
from app.cases.forms import CaseIn, CounselIn, PartyIn, stored_values
from app.cases.models import Case, Counsel, Party, Representation
from app.core import addresses, normalization
from app.core.channels import BY_RANK, Channel
from app.core.errors import N_, Clash, Invalid, Message, NotFound
from app.court.models import Court
from app.court.service import judge_named
from app.people.models import User


def find_case(session: Session, court_id: int, case_id: int) -> Case:
    """Return a case of a court. Raises NotFound, also for a case of another court."""
    case = session.scalar(sa.select(Case).where(Case.id == case_id, Case.court_id == court_id))
    if case is None:
        raise NotFound(N_("There is no case %(case)s in this court."), case=case_id)
    return case


def find_case_by_number(session: Session, court_id: int, number: str) -> Case | None:
    """Return the case of a number in any spelling of its brackets and spaces, or None."""
    key = rules.number_key(number)
    return session.scalar(sa.select(Case).where(Case.court_id == court_id, Case.number_key == key))


def enter(
    session: Session,
    court: Court,
    user: User | None,
    form: CaseIn,
    now: dt.datetime,
    *,
    region: str = "",
) -> Case:
    """Enter a case. ``region`` is the country in which telephone numbers are read.

    Raises Clash where the number is known, Invalid for a telephone number or zone that is none.
    """
    if find_case_by_number(session, court.id, form.number):
        raise Clash(N_("Case %(number)s is entered already."), number=form.number)
    if errors := input_errors(form, region or court.country):
        raise Invalid(errors)
    members = benches.of_form(form)
    case = new_case(court, form, judge_named(session, court, form.judge).id, now)
    case.assistant_id = user.id if user else None
    session.add(case)
    session.flush()
    for party in form.parties:
        add_party(session, court, case, party, region or court.country)
    if members:
        benches.set_members(session, case, members)
    session.flush()
    return case


def new_case(court: Court, form: CaseIn, judge_id: int, now: dt.datetime) -> Case:
    """Return a case without its parties, not yet in the session."""
    return Case(**case_values(court, form, judge_id, now))


def case_values(court: Court, form: CaseIn, judge_id: int, now: dt.datetime) -> dict[str, Any]:
    """Return the values of a new case, by column."""
    return {
        "court_id": court.id,
        "number": form.number,
        "number_key": rules.number_key(form.number),
        "judge_id": judge_id,
        "created_at": now,
        **stored_values(form),
    }


def input_errors(form: CaseIn, region: str) -> dict[str, Message]:
    """Return the errors of a case beyond its schema, by field."""
    errors: dict[str, Message] = {}
    try:
        benches.of_form(form)
    except Invalid as fault:
        errors |= fault.errors
    for p, party in enumerate(form.parties):
        _check_phone(party.phone, region, f"parties.{p}.phone", errors)
        for c, counsel in enumerate(party.counsel):
            errors.update(counsel_errors(counsel, region, f"parties.{p}.counsel.{c}."))
    return errors


def counsel_errors(
    counsel: CounselIn, region: str, path: str = "", stored: str = ""
) -> dict[str, Message]:
    """Return the errors of a counsel beyond their schema, by field below ``path``.

    The ``stored`` telephone number is accepted as it is: numbers from before they were validated
    must not block other changes.
    """
    errors: dict[str, Message] = {}
    if counsel.phone != stored:
        _check_phone(counsel.phone, region, f"{path}phone", errors)
    if counsel.zone and counsel.zone not in available_timezones():
        errors[f"{path}zone"] = Message(
            N_("Enter a time zone such as Asia/Shanghai; there is none called %(zone)s."),
            zone=counsel.zone,
        )
    for channel in Channel:
        field = channel.traits.address
        if channel in counsel.channels and not getattr(counsel, field):
            errors[f"{path}{field}"] = Message(
                N_("Enter this address, or choose another way to reach them than %(channel)s."),
                channel=channel,
            )
    number = "" if f"{path}phone" in errors else stored_phone(counsel.phone, region, stored)
    if Channel.SMS in counsel.channels and phones.is_land_line(number):
        errors[f"{path}phone"] = Message(phones.LAND_LINE, phone=counsel.phone)
    if not counsel.email and not counsel.phone:
        errors[f"{path}email"] = Message(N_("Enter an e-mail address or a telephone number."))
    return errors


def _check_phone(text: str, region: str, field: str, errors: dict[str, Message]) -> None:
    if not text:
        return
    try:
        phones.parse_phone(text, region)
    except phones.PhoneError as fault:
        errors[field] = fault.message


def stored_phone(text: str, region: str, stored: str = "") -> str:
    """Return a validated number as it is stored (``phones.parse_phone``); "" for an empty text."""
    return text if not text or text == stored else phones.parse_phone(text, region)


def add_party(session: Session, court: Court, case: Case, form: PartyIn, region: str) -> Party:
    """Add a party with its counsel; without counsel but with an address it acts in person."""
    party = new_party(form, region)
    party.case_id = case.id
    session.add(party)
    session.flush()
    for counsel in form.counsel:
        add_representation(session, court, party, counsel, region)
    if not form.counsel and (party.email or party.phone):
        add_representation(session, court, party, in_person(party), region, in_person=True)
    return party


def new_party(form: PartyIn, region: str) -> Party:
    """Return a party that is not yet in a case, without its counsel."""
    return Party(**party_values(form, region))


def party_values(form: PartyIn, region: str) -> dict[str, Any]:
    """Return the values of a new party, by column; its case's is not among them."""
    return {
        "role": form.role or form.side,
        "phone": stored_phone(form.phone, region),
        **stored_values(form),
    }


def in_person(party: Party) -> CounselIn:
    """Return a party as their own counsel, with the addresses of the party."""
    return own_counsel(party.name, party.email, party.phone)


def own_counsel(name: str, email: str, phone: str) -> CounselIn:
    """Return somebody who acts in person as their own counsel."""
    return CounselIn(name=name, email=email, phone=phone)


def add_representation(
    session: Session,
    court: Court,
    party: Party,
    form: CounselIn,
    region: str,
    *,
    in_person: bool = False,
) -> Representation:
    """Let a counsel act for a party; the same person in two cases is one counsel.

    Two are the same if they share the name and the e-mail address or the telephone number: only
    then can double bookings of a person be found.
    """
    number = stored_phone(form.phone, region)
    counsel = find_counsel(session, court, form.name, form.email, number)
    if counsel is None:
        counsel = new_counsel(court, form, in_person=in_person)
        session.add(counsel)
    fill_in(counsel, form, number)
    session.flush()
    for existing in party.representations:
        if existing.counsel_id == counsel.id:
            declarations.enter_days(existing, form, court.zone)
            return existing
    representation = Representation(party=party, counsel=counsel, required=form.required)
    session.add(representation)
    declarations.enter_days(representation, form, court.zone)
    session.flush()
    return representation


def new_counsel(court: Court, form: CounselIn, *, in_person: bool = False) -> Counsel:
    """Return a counsel with their name only; ``fill_in`` adds the rest."""
    return Counsel(
        court_id=court.id,
        name=form.name,
        email="",
        phone="",
        in_person=in_person,
        channels=[],
        language=form.language or court.language,
    )


def find_counsel(
    session: Session, court: Court, name: str, email: str, number: str
) -> Counsel | None:
    """Return the counsel with this name and this e-mail address or E.164 number, or None."""
    same_address: list[sa.ColumnElement[bool]] = []
    if email:
        same_address.append(Counsel.email.in_([email, *addresses.spellings(email)]))
    if number:
        same_address.append(Counsel.phone == number)
    if not same_address:
        return None
    statement = sa.select(Counsel).where(Counsel.court_id == court.id, sa.or_(*same_address))
    key = normalization.name_key(name)
    return next(
        (c for c in session.scalars(statement) if normalization.name_key(c.name) == key), None
    )


def fill_in(counsel: Counsel, form: CounselIn, number: str) -> None:
    """Update a counsel from partial input: empty fields change nothing."""
    for name, value in stored_values(form).items():
        if value and name != "name":
            setattr(counsel, name, value)
    counsel.phone = number or counsel.phone
    counsel.language = form.language or counsel.language
    if form.travel_minutes is not None:
        counsel.travel_minutes = form.travel_minutes
    if form.channels:
        counsel.channels = list(dict.fromkeys(form.channels))
    elif not counsel.channels:
        counsel.channels = default_channels(counsel.phone, counsel.email)


def default_channels(phone: str, email: str) -> list[str]:
    """Return the channels of a counsel who chose none: those with a known address."""
    usable = {Channel.SMS: phones.takes_texts(phone), Channel.EMAIL: bool(email)}
    return [channel.value for channel in BY_RANK if usable[channel]]
