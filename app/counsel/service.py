"""What counsel can do from their page beside answering: say that they know, ask to be called."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import phones
from app.core.errors import N_, Invalid, Message, Refusal
from app.hearings import queries
from app.hearings.models import Hearing, HearingState, Invitation
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event
from app.tasks import service
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MOST_WISH = 300  # characters


def confirm(
    session: Session,
    seat_id: int,
    revision: int,
    now: dt.datetime,
    *,
    channel: str = "link",
    kind: str = "knows",
    address: str = "",
) -> bool:
    """Write down that a counsel says they know the date of a revision; return whether it is new.

    Raises Refusal where the date has changed since the page was made: they know another one.
    """
    seat = session.get_one(Invitation, seat_id)
    hearing = queries.lock(session, seat.proposal.hearing_id)
    if hearing.state != HearingState.FIXED or hearing.revision != revision:
        raise Refusal(N_("The date has changed since this page was shown. Please look at it now."))
    if confirmed_at(session, hearing, seat.counsel_id) is not None:
        return False
    line = ledger.NewEntry(
        Event.CONFIRMED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=f"hearing/{hearing.id}",
        attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel=channel,
        kind=kind,
        detail={"revision": revision},
        personal={"name": seat.counsel.name, **({"address": address} if address else {})},
    )
    ledger.append(session, [line], now)
    return True


def confirmed_at(session: Session, hearing: Hearing, counsel_id: int) -> dt.datetime | None:
    """Return when a counsel said that they know the present date; None where they did not."""
    wanted = sa.select(Entry.at, Entry.detail).where(
        Entry.about == f"hearing/{hearing.id}",
        Entry.counsel_id == counsel_id,
        Entry.what == Event.CONFIRMED.value,
    )
    said = [
        at
        for at, detail in session.execute(wanted)
        if (detail or {}).get("revision") == hearing.revision
    ]
    return min(said, default=None)


def ask_call(session: Session, seat_id: int, phone: str, wish: str, now: dt.datetime) -> Task:
    """Give the court the task to call a counsel back, with the times that suit them.

    One request at a time: asking again while one is open changes nothing and returns that one.
    Raises Invalid for a number that is none, or where none is given and none is known.
    """
    seat = session.get_one(Invitation, seat_id)
    hearing = queries.lock(session, seat.proposal.hearing_id)
    if (waiting := open_call(session, hearing.id, seat.counsel_id)) is not None:
        return waiting
    number = _number(phone, hearing.case.court.country) if phone.strip() else seat.counsel.phone
    if not number:
        raise Invalid({"phone": Message(N_("Give the number on which you can be called."))})
    if len(wish) > MOST_WISH:
        raise Invalid({"wish": Message(N_("At most %(most)s characters."), most=MOST_WISH)})
    about = f"hearing/{hearing.id}"
    before = session.scalar(
        sa.select(sa.func.count())
        .select_from(Task)
        .where(
            Task.about == about,
            Task.counsel_id == seat.counsel_id,
            Task.way == TaskKind.CALLBACK.value,
        )
    )
    task = Task(
        key=f"callback/{hearing.id}/{seat.counsel_id}/{before}",
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=about,
        counsel_id=seat.counsel_id,
        side=seat.side,
        way=TaskKind.CALLBACK.value,
        state=TaskState.OPEN.value,
        opens_at=now,
        because={},
        wish=wish,
        phone=number,
        created_at=now,
    )
    session.add(task)
    session.flush()
    line = service.entry(task, Event.ASKED, seat.counsel.name)
    ledger.append(session, [line], now)
    return task


def _number(typed: str, country: str) -> str:
    try:
        return phones.phone(typed, country)
    except phones.PhoneError as fault:
        raise Invalid({"phone": fault.message}) from None


def open_call(session: Session, hearing_id: int, counsel_id: int) -> Task | None:
    """Return a counsel's request to be called about a hearing that nobody has answered yet."""
    wanted = sa.select(Task).where(
        Task.about == f"hearing/{hearing_id}",
        Task.counsel_id == counsel_id,
        Task.way == TaskKind.CALLBACK.value,
        Task.state == TaskState.OPEN.value,
    )
    return session.scalar(wanted.limit(1))
