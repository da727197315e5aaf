"""Judges and courtrooms, within the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import normalization
from app.core.characters import clean
from app.core.errors import N_, Clash
from app.court.models import Court, Courtroom, Judge


def judge_named(session: Session, court: Court, name: str) -> Judge:
    """Return the judge of that name; one not yet known is made."""
    key = normalization.name_key(name)
    wanted = sa.select(Judge).where(Judge.court_id == court.id, Judge.name_key == key)
    judge = session.scalar(wanted)
    if judge is None:
        judge = Judge(court_id=court.id, name=clean(name), name_key=key)
        session.add(judge)
        session.flush()
    return judge


def add_courtroom(session: Session, court: Court, name: str, location: str = "") -> Courtroom:
    """Add a courtroom. Raises Clash where one of that name is known."""
    if find_courtroom(session, court.id, name):
        raise Clash(N_("There is a courtroom %(name)s already."), name=name)
    room = Courtroom(
        court_id=court.id,
        name=clean(name),
        name_key=normalization.name_key(name),
        location=location,
    )
    session.add(room)
    session.flush()
    return room


def find_courtroom(session: Session, court_id: int, named: str | int) -> Courtroom | None:
    """Return the courtroom of a name, or of a number as the API gives it; None where unknown."""
    wanted = sa.select(Courtroom).where(Courtroom.court_id == court_id)
    if isinstance(named, int):
        return session.scalar(wanted.where(Courtroom.id == named))
    if "\x00" in named:  # which PostgreSQL cannot be asked for
        return None
    return session.scalar(wanted.where(Courtroom.name_key == normalization.name_key(named)))
