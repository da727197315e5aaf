"""Days on which counsel cannot come: entered, shown and removed by themselves only."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Away
from app.core.characters import half_width
from app.core.errors import N_, Invalid, Message, Refusal
from app.hearings.acting_counsel import ActingCounsel
from app.record import chain, ledger
from app.record.rules import Event

MOST = 50  # entries of one counsel
MOST_DAYS = 400
WEEKDAYS = range(7)


@dataclass(frozen=True)
class AwayFields:
    """Days away as they are typed: ISO days or empty, weekdays as "0" (Monday) to "6"."""

    first: str = ""
    until: str = ""
    weekdays: tuple[str, ...] = ()


EMPTY = AwayFields()


class FormData(Protocol):
    """A posted form: the first value of a name, or all of them."""

    def get(self, key: str, default: str, /) -> str: ...

    def getlist(self, key: str, /) -> list[str]: ...


def parse(form: FormData) -> AwayFields:
    """Return the days away in a posted form, as they were typed."""
    return AwayFields(
        first=half_width(form.get("away-from", "")[:20]),
        until=half_width(form.get("away-until", "")[:20]),
        weekdays=tuple(form.getlist("away-weekday")[:7]),
    )


def current_entries(session: Session, counsel_id: int, today: dt.date) -> Sequence[Away]:
    """Return a counsel's entries that are not over, the earliest first."""
    statement = sa.select(Away).where(*_current(counsel_id, today))
    return session.scalars(statement.order_by(Away.from_on, Away.id)).all()


def counting_current(counsel_id: int, today: dt.date) -> sa.Select[int]:
    """Select how many entries of a counsel are not over."""
    return sa.select(sa.func.count()).select_from(Away).where(*_current(counsel_id, today))


def _current(counsel_id: int, today: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    return Away.counsel_id == counsel_id, sa.or_(Away.until_on.is_(None), Away.until_on >= today)


def validate(form: AwayFields, today: dt.date) -> tuple[dt.date, dt.date | None, list[int]]:
    """Return first day, last day (None: without end) and weekdays. Raises Invalid by field."""
    weekdays = sorted({int(d) for d in form.weekdays if d in {str(n) for n in WEEKDAYS}})
    errors: dict[str, Message] = {}
    first, last = _day(form.first, "from", errors), _day(form.until, "until", errors)
    if not errors and first is None:
        if weekdays:
            first = today
        else:
            errors["from"] = Message(N_("Enter the first day on which you are away."))
    if first and not weekdays and last is None:
        last = first
    if first and last and not 0 <= (last - first).days <= MOST_DAYS:
        errors["until"] = Message(
            N_("Choose a last day that is after the first and not so far ahead.")
        )
    elif last and last < today:
        errors["until"] = Message(N_("Choose a day that is not past."))
    if errors or first is None:
        raise Invalid(errors)
    return first, last, weekdays


def errors_of(form: AwayFields, today: dt.date) -> Mapping[str, Message]:
    """Return the errors of the days in a form, by field; none for an empty form."""
    if form == EMPTY:
        return {}
    try:
        validate(form, today)
    except Invalid as invalid:
        return invalid.errors
    return {}


def _day(text: str, name: str, errors: dict[str, Message]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        errors[name] = Message(N_("Enter a day such as 2026-10-01."))
        return None


def add_days(session: Session, acting: ActingCounsel, form: AwayFields, now: dt.datetime) -> Away:
    """Add an entry of days away; it counts for every later suggestion of this court.

    It is also put on the record of the case. The same entry twice is one. Raises Invalid, Refusal
    where there are too many.
    """
    counsel_id = acting.counsel.id
    today = now.astimezone(ZoneInfo(acting.case.court.zone)).date()
    first, last, weekdays = validate(form, today)
    heads = chain.lock_heads(session, [acting.case.id])
    known = current_entries(session, counsel_id, today)
    for each in known:
        if (each.from_on, each.until_on, list(each.weekdays)) == (first, last, weekdays):
            return each
    if len(known) >= MOST:
        raise Refusal(N_("There are many entries already: take one back first."))
    away = Away(
        counsel_id=counsel_id, from_on=first, until_on=last, weekdays=weekdays, entered_at=now
    )
    session.add(away)
    session.flush()
    entry = ledger.NewEntry(
        Event.TOLD,
        court_id=acting.case.court_id,
        case_id=acting.case.id,
        direction="in",
        about=acting.about,
        attempt=acting.attempt,
        counsel_id=counsel_id,
        side=acting.side,
        channel="link",
        kind="away",
        personal={
            "name": acting.counsel.name,
            "away": {
                "from": first.isoformat(),
                "until": last.isoformat() if last else None,
                "weekdays": weekdays,
            },
        },
    )
    ledger.append(session, [entry], now, heads=heads)
    return away


def remove_days(session: Session, counsel_id: int, away_ids: Collection[int]) -> None:
    """Delete some of a counsel's own entries; another's stay."""
    session.execute(
        sa.delete(Away)
        .where(Away.id.in_(away_ids), Away.counsel_id == counsel_id)
        .execution_options(synchronize_session=False)
    )
