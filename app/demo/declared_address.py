"""A counsel of the demo who confirmed their address by link and agreed to electronic service."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.addresses import service
from app.addresses.rules import DeclarationInput
from app.cases.models import Representation


def declare(session: Session, case_id: int, name: str, now: dt.datetime) -> None:
    """Declare what a counsel ticks on their page of a case, with what the page shows then."""
    representation = session.scalars(
        sa.select(Representation).where(
            Representation.counsel.has(name=name), Representation.party.has(case_id=case_id)
        )
    ).one()
    counsel, court = representation.counsel, representation.party.case.court
    terms = service.terms(court, now)
    typed = DeclarationInput(
        right=True,
        agree=terms is not None,
        shown=service.shown(counsel),
        words=terms.digest(counsel.language) if terms else "",
    )
    service.declare(session, representation, typed, now)
