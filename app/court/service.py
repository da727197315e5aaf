"""Get or create judges and courtrooms within the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import normalization
from app.core.characters import clean
from app.core.errors import N_, Clash
from app.court.bench import BenchRole
from app.court.models import Court, Courtroom, Judge


def judge_named(
    session: Session, court: Court, name: str, role: BenchRole = BenchRole.JUDGE
) -> Judge:
    """Return the judge, assessor or other needed person of that name, creating it if necessary."""
    key = normalization.name_key(name)
    query = sa.select(Judge).where(Judge.court_id == court.id, Judge.name_key == key)
    judge = session.scalar(query)
    if judge is None:
        judge = Judge(court_id=court.id, name=clean(name), name_key=key, role=role.of_person.value)
        session.add(judge)
        session.flush()
    return judge


def add_courtroom(
    session: Session, court: Court, name: str, location: str = "", by_video: bool = False
) -> Courtroom:
    """Add a courtroom. Raises Clash if the court has one of that name."""
    if find_courtroom(session, court.id, name):
        raise Clash(N_("There is a courtroom %(name)s already."), name=name)
    room = Courtroom(
        court_id=court.id,
        name=clean(name),
        name_key=normalization.name_key(name),
        location=location,
        by_video=by_video,
    )
    session.add(room)
    session.flush()
    return room


def find_courtroom(session: Session, court_id: int, name_or_id: str | int) -> Courtroom | None:
    """Return the courtroom with this name, or with this id if it is an int, or None."""
    query = sa.select(Courtroom).where(Courtroom.court_id == court_id)
    if isinstance(name_or_id, int):
        return session.scalar(query.where(Courtroom.id == name_or_id))
    if "\x00" in name_or_id:  # PostgreSQL rejects NUL in a parameter
        return None
    return session.scalar(query.where(Courtroom.name_key == normalization.name_key(name_or_id)))
