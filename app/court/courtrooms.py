"""Add, rename, retire, reinstate and delete courtrooms, with an entry in the change log."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import normalization
from app.core.errors import N_, Clash, NotFound, Refusal
from app.court import change_log
from app.court import service as court_service
from app.court.change_log import ChangeAuthor
from app.court.forms import CourtroomIn
from app.court.models import Court, Courtroom


def add(session: Session, by: ChangeAuthor, form: CourtroomIn) -> Courtroom:
    """Add a courtroom. Raises Clash if the court has one of that name."""
    court = session.get_one(Court, by.court_id)
    room = court_service.add_courtroom(session, court, form.name, form.location, form.by_video)
    change_log.note(session, by, "courtrooms", f"added/{form.name}", "", form.location or True)
    return room


def find(session: Session, court_id: int, room_id: int) -> Courtroom:
    """Return a courtroom of this court. Raises NotFound, also for a courtroom of another court."""
    room = session.get(Courtroom, room_id)
    if room is None or room.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return room


def change(session: Session, by: ChangeAuthor, room: Courtroom, form: CourtroomIn) -> None:
    """Change a courtroom's name, location and kind. Raises Clash if another one has the name."""
    name, location = form.name, form.location
    namesake = court_service.find_courtroom(session, room.court_id, name)
    if namesake is not None and namesake.id != room.id:
        raise Clash(N_("There is a courtroom %(name)s already."), name=name)
    change_log.note(session, by, "courtrooms", f"name/{room.name}", room.name, name)
    change_log.note(session, by, "courtrooms", f"location/{name}", room.location, location)
    change_log.note(session, by, "courtrooms", f"by_video/{name}", room.by_video, form.by_video)
    room.name, room.name_key, room.location = name, normalization.name_key(name), location
    room.by_video = form.by_video


def retire(session: Session, by: ChangeAuthor, room: Courtroom, retired: bool) -> None:
    """Retire a courtroom for new hearings, or reinstate it; hearings fixed there stay."""
    was_retired = room.retired_at is not None
    change_log.note(session, by, "courtrooms", f"retired/{room.name}", was_retired, retired)
    room.retired_at = (room.retired_at or by.now) if retired else None


def delete(session: Session, by: ChangeAuthor, room: Courtroom) -> None:
    """Delete a courtroom. Raises Refusal if a hearing, slot or calendar ever referred to it.

    Foreign keys decide, not a count beforehand: any row that refers to the room prevents it.
    """
    change_log.note(session, by, "courtrooms", f"deleted/{room.name}", room.location or True, "")
    session.flush()
    try:
        with session.begin_nested():
            session.delete(room)
            session.flush()
    except sa.exc.IntegrityError as fault:
        raise Refusal(
            N_("%(name)s has hearings or calendars: take it out of use instead."),
            name=room.name,
        ) from fault
