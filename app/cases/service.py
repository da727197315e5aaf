"""Enter cases, counsel, judges and courtrooms; within the caller's transaction."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones, rules
from app.cases.models import Case, Counsel, Party, Representation
from app.core import addresses, normalization
from app.core.errors import N_, Clash, Invalid, Message, NotFound
from app.court.models import Court
from app.court.service import judge_named
from app.people.models import User


def find_case(session: Session, court_id: int, case_id: int) -> Case:
    """Return a case of a court. Raises NotFound, for another court's case as for none."""
    case = session.scalar(sa.select(Case).where(Case.id == case_id, Case.court_id == court_id))
    if case is None:
        raise NotFound(N_("There is no case %(case)s in this court."), case=case_id)
    return case


def case_numbered(session: Session, court_id: int, number: str) -> Case | None:
    """Return the case of a number, however its brackets and spaces are typed."""
    key = rules.number_key(number)
    return session.scalar(sa.select(Case).where(Case.court_id == court_id, Case.number_key == key))


def enter(
    session: Session,
    court: Court,
    user: User | None,
    given: dict[str, Any],
    now: dt.datetime,
    *,
    region: str = "",
) -> Case:
    """Enter a case from checked input (forms.CaseIn). ``region`` reads telephone numbers.

    Raises Clash where the number is known, Invalid for a telephone number or zone that is none.
    """
    if case_numbered(session, court.id, given["number"]):
        raise Clash(N_("Case %(number)s is entered already."), number=given["number"])
    if errors := input_errors(given, region or court.country):
        raise Invalid(errors)
    case = Case(
        court_id=court.id,
        number=given["number"],
        number_key=rules.number_key(given["number"]),
        title=given["title"],
        procedure=given["procedure"],
        created_at=now,
        judge_id=judge_named(session, court, given["judge"]).id,
        assistant_id=user.id if user else None,
    )
    session.add(case)
    session.flush()
    for party in given["parties"]:
        add_party(session, court, case, party, region or court.country)
    session.flush()
    return case


def input_errors(given: dict[str, Any], region: str) -> dict[str, Message]:
    """Return what the schema cannot see to be wrong with a case, by field."""
    errors: dict[str, Message] = {}
    for p, party in enumerate(given["parties"]):
        _check_phone(party["phone"], region, f"parties.{p}.phone", errors)
        for c, counsel in enumerate(party["counsel"]):
            errors.update(counsel_errors(counsel, region, f"parties.{p}.counsel.{c}"))
    return errors


def counsel_errors(
    counsel: dict[str, Any], region: str, path: str, stored: str = ""
) -> dict[str, Message]:
    """Return what the schema cannot see to be wrong with a counsel, by field.

    A telephone number that is ``stored`` already is not looked at again: one from before numbers
    were checked is in nobody's way while something else is changed.
    """
    errors: dict[str, Message] = {}
    if counsel["phone"] != stored:
        _check_phone(counsel["phone"], region, f"{path}.phone", errors)
    if counsel["zone"] and counsel["zone"] not in available_timezones():
        errors[f"{path}.zone"] = Message(
            N_("There is no such time zone: %(zone)s."), zone=counsel["zone"]
        )
    for channel, field in (("email", "email"), ("sms", "phone")):
        if channel in counsel["channels"] and not counsel[field]:
            errors[f"{path}.{field}"] = Message(
                N_("The channel %(channel)s needs this address."), channel=channel
            )
    number = "" if f"{path}.phone" in errors else phone_of(counsel["phone"], region, stored)
    if "sms" in counsel["channels"] and phones.is_land_line(number):
        errors[f"{path}.phone"] = Message(phones.LAND_LINE, phone=counsel["phone"])
    if not counsel["email"] and not counsel["phone"]:
        errors[f"{path}.email"] = Message(N_("Give an e-mail address or a telephone number."))
    return errors


def _check_phone(typed: str, region: str, field: str, errors: dict[str, Message]) -> None:
    if not typed:
        return
    try:
        phones.phone(typed, region)
    except phones.PhoneError as fault:
        errors[field] = fault.message


def phone_of(typed: str, region: str, stored: str = "") -> str:
    """Return a checked number as it is stored (see ``phones.phone``); "" where none was typed."""
    return typed if not typed or typed == stored else phones.phone(typed, region)


def add_party(
    session: Session, court: Court, case: Case, given: dict[str, Any], region: str
) -> Party:
    """Add a party with its counsel; without counsel but with an address it acts in person."""
    party = party_of(given, region)
    party.case_id = case.id
    session.add(party)
    session.flush()
    for counsel in given["counsel"]:
        add_representation(session, court, party, counsel, region)
    if not given["counsel"] and (party.email or party.phone):
        add_representation(session, court, party, in_person(party), region, in_person=True)
    return party


def party_of(given: dict[str, Any], region: str) -> Party:
    """Return a party that is not yet in a case, without its counsel."""
    return Party(
        role=given["role"] or given["side"],
        side=given["side"],
        name=given["name"],
        email=given["email"],
        reference=given["reference"],
        phone=phone_of(given["phone"], region),
    )


def in_person(party: Party) -> dict[str, Any]:
    """Return a party as their own counsel, with the addresses of the party."""
    return {
        "name": party.name,
        "email": party.email,
        "phone": party.phone,
        "firm": "",
        "language": "",
        "zone": "",
        "channels": [],
        "required": True,
        "address_confirmed_on": None,
        "electronic_consent_on": None,
    }


def add_representation(
    session: Session,
    court: Court,
    party: Party,
    given: dict[str, Any],
    region: str,
    *,
    in_person: bool = False,
) -> Representation:
    """Let a counsel act for a party; the same person in two cases is one counsel.

    Two are the same who share the name and the e-mail address or the telephone number: only so
    can the house see that somebody is wanted twice at once.
    """
    number = phone_of(given["phone"], region)
    counsel = find_counsel(session, court, given["name"], given["email"], number)
    if counsel is None:
        counsel = new_counsel(court, given, in_person=in_person)
        session.add(counsel)
    fill_in(counsel, given, number)
    session.flush()
    for existing in party.seats:
        if existing.counsel_id == counsel.id:
            return existing
    made = Representation(party=party, counsel=counsel, required=given["required"])
    session.add(made)
    session.flush()
    return made


def new_counsel(court: Court, given: dict[str, Any], *, in_person: bool = False) -> Counsel:
    """Return a counsel of whom no more than the name is known yet."""
    return Counsel(
        court_id=court.id,
        name=given["name"],
        in_person=in_person,
        channels=[],
        language=given["language"] or court.language,
    )


def find_counsel(
    session: Session, court: Court, name: str, email: str, number: str
) -> Counsel | None:
    """Return who of a court has this name, and this e-mail address or this number in E.164."""
    same_address: list[sa.ColumnElement[bool]] = []
    if email:
        same_address.append(Counsel.email.in_([email, *addresses.spellings(email)]))
    if number:
        same_address.append(Counsel.phone == number)
    if not same_address:
        return None
    wanted = sa.select(Counsel).where(Counsel.court_id == court.id, sa.or_(*same_address))
    key = normalization.name_key(name)
    return next((c for c in session.scalars(wanted) if normalization.name_key(c.name) == key), None)


def fill_in(counsel: Counsel, given: dict[str, Any], number: str) -> None:
    """Take over what is said now; what is not said stays as it was known."""
    counsel.email = given["email"] or counsel.email or ""
    counsel.phone = number or counsel.phone or ""
    for name in ("firm", "language", "zone", "address_confirmed_on", "electronic_consent_on"):
        if given[name]:
            setattr(counsel, name, given[name])
    if given.get("travel_minutes") is not None:
        counsel.travel_minutes = given["travel_minutes"]
    if given["channels"]:
        counsel.channels = list(dict.fromkeys(given["channels"]))
    elif not counsel.channels:
        counsel.channels = channels_of(counsel.phone, counsel.email)


def channels_of(phone: str, email: str) -> list[str]:
    """Return the channels of somebody who chose none: by what is known of them."""
    known = (("sms", phones.takes_texts(phone)), ("email", email))
    return [channel for channel, usable in known if usable]
