"""A hearing's events as they stand in calendars: written once for each edition, and kept."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.core.ical import feed
from app.core.ical.calendar_text import EventText
from app.feeds.models import RenderedEvent
from app.hearings import calendar_events
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState

CANCELLED_FOR = dt.timedelta(days=30)
PAST_FOR = dt.timedelta(days=365)
LANGUAGES = ("en", "zh")
AT_ONCE = 100  # hearings that one beat writes
_WRITTEN_AS = "1"  # raised with every change of how an event is written

_LOADED = (
    joinedload(Hearing.judge),
    joinedload(Hearing.courtroom),
    joinedload(Hearing.case).joinedload(Case.court),
    selectinload(Hearing.proposals.and_(Proposal.state == ProposalState.OPEN.value)).selectinload(
        Proposal.slots
    ),
)


def house_of(court_address: str) -> str:
    """Return what, beside the hearing itself, its written events are made of; 32 characters."""
    told = f"{_WRITTEN_AS}/{court_address}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def kept(
    session: Session, editions: dict[int, int], language: str, house: str
) -> dict[int, list[dict[str, Any]]]:
    """Return the written events of hearings, of those whose present edition is kept."""
    found: dict[int, list[dict[str, Any]]] = {}
    ids = list(editions)
    for begin in range(0, len(ids), 5000):
        wanted = sa.select(
            RenderedEvent.hearing_id, RenderedEvent.edition, RenderedEvent.events
        ).where(
            RenderedEvent.hearing_id.in_(ids[begin : begin + 5000]),
            RenderedEvent.language == language,
            RenderedEvent.house == house,
        )
        for number, edition, events in session.execute(wanted):
            if edition == editions[number]:
                found[number] = events
    return found


def rendered(
    session: Session, hearing_ids: Sequence[int], languages: Iterable[str], court_address: str
) -> dict[tuple[int, str], tuple[int, list[dict[str, Any]]]]:
    """Write the events of hearings anew; return each with its edition, by hearing and language.

    The editions are read before anything else: what is written may be newer than its number, and
    is then written again, but never older.
    """
    editions = editions_of(session, hearing_ids)
    made = {}
    for begin in range(0, len(hearing_ids), 500):
        part = hearing_ids[begin : begin + 500]
        wanted = sa.select(Hearing).where(Hearing.id.in_(part)).options(*_LOADED)
        wanted = wanted.execution_options(populate_existing=True)
        for hearing in session.scalars(wanted):
            for language in languages:
                events = _events(hearing, language, court_address)
                made[hearing.id, language] = (editions.get(hearing.id, 0), events)
    return made


def editions_of(session: Session, hearing_ids: Sequence[int]) -> dict[int, int]:
    """Return the present edition of each hearing."""
    found: dict[int, int] = {}
    for begin in range(0, len(hearing_ids), 5000):
        wanted = sa.select(Hearing.id, Hearing.edition).where(
            Hearing.id.in_(hearing_ids[begin : begin + 5000])
        )
        found |= {row[0]: row[1] for row in session.execute(wanted)}
    return found


def _events(hearing: Hearing, language: str, court_address: str) -> list[dict[str, Any]]:
    made = []
    if told := calendar_events.fixed_event(hearing, language):
        over = told["starts_at"] + PAST_FOR
        if hearing.state == HearingState.CANCELLED:
            over = hearing.changed_at + CANCELLED_FOR
        made.append(_written(hearing, told, language, court_address, None, over))
    for round_ in hearing.proposals:
        if round_.state == ProposalState.OPEN:
            for slot in round_.slots:
                told = calendar_events.tentative_event(hearing, slot, round_.created_at, language)
                made.append(
                    _written(hearing, told, language, court_address, slot.courtroom_id, None)
                )
    return made


def _written(
    hearing: Hearing,
    told: dict[str, Any],
    language: str,
    court_address: str,
    slot_in: int | None,
    falls_at: dt.datetime | None,
) -> dict[str, Any]:
    organizer = (hearing.case.court.name, court_address)
    busy = calendar_events.busy_event(told, language)

    def text(event: dict[str, Any]) -> str:
        return feed.published(event, stamp=event["changed_at"], organizer=organizer).decode()

    return {
        "slot": slot_in is not None,
        "room": slot_in or hearing.courtroom_id,
        "at": told["starts_at"].timestamp(),
        "until": told["ends_at"].timestamp(),
        "zone": told["zone"],
        "changed_at": told["changed_at"].timestamp(),
        "falls_at": falls_at.timestamp() if falls_at else None,
        "uid": told["uid"],
        "text": text(told),
        "busy_uid": busy["uid"],
        "busy": text(busy),
    }


def pieces(hearing_id: int, events: list[dict[str, Any]], *, busy_only: bool) -> list[EventText]:
    """Return a hearing's events as pieces of a calendar."""
    text, uid = ("busy", "busy_uid") if busy_only else ("text", "uid")
    return [
        EventText(
            hearing_id,
            each[uid],
            each["at"],
            each["until"],
            each["zone"],
            each["changed_at"],
            each["falls_at"],
            each[text].encode(),
        )
        for each in events
    ]


def not_rendered(session: Session, house: str) -> list[int]:
    """Return hearings whose present edition is not kept yet."""
    _forget_other_houses(session, house)
    wanted = sa.select(Hearing.id).where(Hearing.drawn_edition < Hearing.edition)
    # Another worker's are left to it; of one that is being changed there is nothing to keep yet.
    wanted = wanted.order_by(Hearing.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    return list(session.scalars(wanted))


def _forget_other_houses(session: Session, house: str) -> None:
    """Drop what was written for another organizer's address or by another version, bit by bit."""
    ends = session.execute(
        sa.select(sa.func.min(RenderedEvent.house), sa.func.max(RenderedEvent.house))
    ).one()
    others = {each for each in ends if each is not None and each != house}
    if not others:
        return
    wanted = sa.select(RenderedEvent.hearing_id).where(RenderedEvent.house.in_(others))
    gone = list(session.scalars(wanted.limit(10 * AT_ONCE)))
    loose = {"synchronize_session": False}
    session.execute(
        sa.delete(RenderedEvent)
        .where(RenderedEvent.hearing_id.in_(gone))
        .execution_options(**loose)
    )
    session.execute(
        sa.update(Hearing)
        .where(Hearing.id.in_(gone))
        .values(drawn_edition=0)
        .execution_options(**loose)
    )


def keep(session: Session, hearing_ids: Sequence[int], now: dt.datetime, court_address: str) -> int:
    """Keep the written events of hearings, in both languages; return how many hearings."""
    made = rendered(session, hearing_ids, LANGUAGES, court_address)
    house = house_of(court_address)
    session.execute(
        sa.delete(RenderedEvent)
        .where(RenderedEvent.hearing_id.in_(hearing_ids))
        .execution_options(synchronize_session=False)
    )
    moment = now.timestamp()
    rows = [
        {
            "hearing_id": number,
            "language": language,
            "edition": edition,
            "house": house,
            "events": events,
        }
        for (number, language), (edition, events) in made.items()
        if any(e["falls_at"] is None or e["falls_at"] > moment for e in events)
    ]
    if rows:
        session.execute(sa.insert(RenderedEvent), rows)
    for (number, language), (edition, _) in made.items():
        if language == LANGUAGES[0]:
            session.execute(
                sa.update(Hearing)
                .where(Hearing.id == number)
                .values(drawn_edition=edition)
                .execution_options(synchronize_session=False)
            )
    return len(hearing_ids)
