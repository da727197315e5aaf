"""Change courtrooms: another name, retired and back, or gone where nothing was ever held there."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import normalization
from app.core.errors import N_, Clash, NotFound, Refusal
from app.court import change_log
from app.court import service as court_service
from app.court.change_log import ChangeAuthor
from app.court.models import Court, Courtroom


def add(session: Session, by: ChangeAuthor, name: str, location: str) -> Courtroom:
    """Add a courtroom. Raises Clash where one of that name is known."""
    room = court_service.add_courtroom(session, session.get_one(Court, by.court_id), name, location)
    change_log.note(session, by, "courtrooms", f"added/{name}", "", location or True)
    return room


def find(session: Session, court_id: int, room_id: int) -> Courtroom:
    """Return a courtroom of a court. Raises NotFound, for another court's as for none."""
    room = session.get(Courtroom, room_id)
    if room is None or room.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return room


def rename(session: Session, by: ChangeAuthor, room: Courtroom, name: str, location: str) -> None:
    """Give a courtroom another name or place. Raises Clash where another one has the name."""
    known = court_service.find_courtroom(session, room.court_id, name)
    if known is not None and known.id != room.id:
        raise Clash(N_("There is a courtroom %(name)s already."), name=name)
    change_log.note(session, by, "courtrooms", f"name/{room.name}", room.name, name)
    change_log.note(session, by, "courtrooms", f"location/{name}", room.location, location)
    room.name, room.name_key, room.location = name, normalization.name_key(name), location


def retire(session: Session, by: ChangeAuthor, room: Courtroom, retired: bool) -> None:
    """Let nothing new be held in a courtroom, or again; what is fixed there stays."""
    before = room.retired_at is not None
    change_log.note(session, by, "courtrooms", f"retired/{room.name}", before, retired)
    room.retired_at = (room.retired_at or by.now) if retired else None


def delete(session: Session, by: ChangeAuthor, room: Courtroom) -> None:
    """Delete a courtroom. Raises Refusal where anything was ever held, proposed or followed there.

    The database is asked, not counted before: whatever points at the room holds it.
    """
    change_log.note(session, by, "courtrooms", f"deleted/{room.name}", room.location or True, "")
    session.flush()
    try:
        with session.begin_nested():
            session.delete(room)
            session.flush()
    except sa.exc.IntegrityError as fault:
        raise Refusal(
            N_("%(name)s has hearings or calendars and is not deleted: retire it."), name=room.name
        ) from fault
