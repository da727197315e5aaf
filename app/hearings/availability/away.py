"""Days on which counsel cannot come, by their own word: said, shown to them alone, taken back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Away
from app.core.characters import half_width
from app.core.errors import N_, Invalid, Message, Refusal
from app.hearings.models import Invitation
from app.record import ledger
from app.record.rules import Event

MOST = 50  # entries of one counsel
MOST_DAYS = 400
WEEKDAYS = range(7)
EMPTY: dict[str, Any] = {"from": "", "until": "", "weekdays": []}


class FormData(Protocol):
    """What a form holds: one value of a name, or all of them."""

    def get(self, key: str, default: str, /) -> str: ...

    def getlist(self, key: str, /) -> list[str]: ...


def parse(form: FormData) -> dict[str, Any]:
    """Return what a form says of days away, as it was typed."""
    return {
        "from": half_width(form.get("away-from", "")[:20]),
        "until": half_width(form.get("away-until", "")[:20]),
        "weekdays": form.getlist("away-weekday")[:7],
    }


def current_entries(session: Session, counsel_id: int, today: dt.date) -> Sequence[Away]:
    """Return what a counsel said that is not over, the earliest first."""
    wanted = sa.select(Away).where(
        Away.counsel_id == counsel_id, sa.or_(Away.until_on.is_(None), Away.until_on >= today)
    )
    return session.scalars(wanted.order_by(Away.from_on, Away.id)).all()


def validate(given: Mapping[str, Any], today: dt.date) -> tuple[dt.date, dt.date | None, list[int]]:
    """Return first day, last day (None: without end) and weekdays. Raises Invalid by field.

    ``given`` has ``from``, ``until`` (ISO days or empty) and ``weekdays`` (a list of "0" to "6").
    """
    weekdays = sorted({int(d) for d in given["weekdays"] if d in {str(n) for n in WEEKDAYS}})
    errors: dict[str, Message] = {}
    first, last = (_day(given[name], name, errors) for name in ("from", "until"))
    if not errors and first is None:
        if weekdays:
            first = today
        else:
            errors["from"] = Message(N_("Give the first day on which you are away."))
    if first and not weekdays and last is None:
        last = first
    if first and last and not 0 <= (last - first).days <= MOST_DAYS:
        errors["until"] = Message(N_("The last day lies before the first, or too far ahead."))
    elif last and last < today:
        errors["until"] = Message(N_("This day is past."))
    if errors or first is None:
        raise Invalid(errors)
    return first, last, weekdays


def errors_of(given: Mapping[str, Any], today: dt.date) -> Mapping[str, Message]:
    """Return by field what is wrong with days that a form says; nothing where it says none."""
    if given == EMPTY:
        return {}
    try:
        validate(given, today)
    except Invalid as invalid:
        return invalid.errors
    return {}


def _day(text: str, name: str, errors: dict[str, Message]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        errors[name] = Message(N_("Give a day as 2026-10-01."))
        return None


def add_days(session: Session, seat_id: int, given: Mapping[str, Any], now: dt.datetime) -> Away:
    """Take counsel's word that they are away; it counts for every later suggestion of this court.

    The record of the case at hand says that they did, and which days. Said twice it is one.
    Raises Invalid, Refusal where there are too many.
    """
    seat = session.get_one(Invitation, seat_id)
    hearing = seat.proposal.hearing
    today = now.astimezone(ZoneInfo(hearing.case.court.zone)).date()
    first, last, weekdays = validate(given, today)
    known = current_entries(session, seat.counsel_id, today)
    for each in known:
        if (each.from_on, each.until_on, list(each.weekdays)) == (first, last, weekdays):
            return each
    if len(known) >= MOST:
        raise Refusal(N_("There are many entries already: take one back first."))
    made = Away(
        counsel_id=seat.counsel_id, from_on=first, until_on=last, weekdays=weekdays, said_at=now
    )
    session.add(made)
    session.flush()
    entry = ledger.NewEntry(
        Event.TOLD,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        direction="in",
        about=f"hearing/{hearing.id}",
        attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel="link",
        kind="away",
        personal={
            "name": seat.counsel.name,
            "away": {
                "from": first.isoformat(),
                "until": last.isoformat() if last else None,
                "weekdays": weekdays,
            },
        },
    )
    ledger.append(session, [entry], now)
    return made


def remove_days(session: Session, seat_id: int, away_id: int) -> None:
    """Take back one of a counsel's own entries; another's is none of theirs and stays."""
    seat = session.get_one(Invitation, seat_id)
    session.execute(
        sa.delete(Away)
        .where(Away.id == away_id, Away.counsel_id == seat.counsel_id)
        .execution_options(synchronize_session=False)
    )
