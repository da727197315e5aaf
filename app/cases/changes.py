"""Change a case that is entered: its facts, a party's counsel, a counsel's addresses."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import service
from app.cases.models import BusyCalendar, Case, Counsel, Party, Representation
from app.core.errors import N_, Clash, Invalid, Message, NotFound
from app.court import service as court_service
from app.court.models import Court


def change_facts(session: Session, court: Court, case: Case, given: dict[str, Any]) -> None:
    """Give a case another title, procedure or judge; hearings that exist keep their judge."""
    case.title, case.procedure = given["title"], given["procedure"]
    case.judge_id = court_service.judge_named(session, court, given["judge"]).id


def add_counsel(
    session: Session, court: Court, case: Case, party_id: int, given: dict[str, Any]
) -> Representation:
    """Let a further counsel act for a party. Raises Invalid by field, NotFound, Clash."""
    party = session.get(Party, party_id)
    if party is None or party.case_id != case.id:
        raise NotFound(N_("There is no such party in this case."))
    if errors := _errors(given, court):
        raise Invalid(errors)
    seat = service.add_representation(session, court, party, given, court.country)
    if seat.left_at is None and seat.required != given["required"]:
        seat.required = given["required"]
    if seat.left_at is not None:
        seat.left_at, seat.welcomed = None, False
    return seat


def change_counsel(
    session: Session, court: Court, seat: Representation, given: dict[str, Any]
) -> Counsel:
    """Take what is now known of a counsel, in all their cases. Raises Invalid by field, Clash."""
    counsel = seat.counsel
    if errors := _errors(given, court, counsel.phone):
        raise Invalid(errors)
    phone = service.phone_of(given["phone"], court.country, counsel.phone)
    other = service.find_counsel(session, court, given["name"], given["email"], phone)
    if other is not None and other.id != counsel.id:
        raise Clash(N_("%(name)s is known already with this address."), name=given["name"])
    if phone != counsel.phone:
        counsel.opted_out_at = None  # the opt-out was of the old number
    if given["email"] != counsel.email:  # by which their calendar tells what they declined
        session.execute(
            sa.update(BusyCalendar)
            .where(BusyCalendar.counsel_id == counsel.id)
            .values(etag="")
            .execution_options(synchronize_session=False)
        )
    for name in ("name", "firm", "email", "zone", "address_confirmed_on", "electronic_consent_on"):
        setattr(counsel, name, given[name])
    counsel.travel_minutes = given.get("travel_minutes") or 0
    counsel.phone, counsel.language = phone, given["language"] or court.language
    chosen = list(dict.fromkeys(given["channels"]))
    counsel.channels = chosen or service.channels_of(phone, counsel.email)
    seat.required = given["required"]
    return counsel


def leave(seat: Representation, now: dt.datetime) -> None:
    """Let a counsel act no longer; what was said to them and by them stays on the record."""
    seat.left_at = seat.left_at or now


def _errors(given: dict[str, Any], court: Court, stored: str = "") -> dict[str, Message]:
    errors = service.counsel_errors(given, court.country, "", stored)
    return {field.lstrip("."): said for field, said in errors.items()}
