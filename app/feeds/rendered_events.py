"""Events of hearings as calendars write them: rendered by the worker, once for each edition.

To write one event takes icalendar about half a millisecond, and a calendar may have thousands; so
the texts are stored, in both languages. They are derived data: what is missing or of an older
edition is rendered by whoever reads the calendar, and the worker stores it soon after.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NotRequired, TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.core.ical import feed
from app.feeds.models import RenderedEvent
from app.hearings import calendar_events
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState, Slot

CANCELLED_FOR = dt.timedelta(days=30)
PAST_FOR = dt.timedelta(days=365)
LANGUAGES = ("en", "zh")
BATCH = 100  # hearings that one beat renders
WHOLE: Final[tuple[Literal["text"], Literal["uid"]]] = ("text", "uid")
BUSY: Final[tuple[Literal["busy"], Literal["busy_uid"]]] = ("busy", "busy_uid")
_FORMAT = "1"  # raised with every change of how an event is written

_LOADED = (
    joinedload(Hearing.judge),
    selectinload(Hearing.members),
    joinedload(Hearing.courtroom),
    joinedload(Hearing.case).joinedload(Case.court),
    selectinload(Hearing.proposals.and_(Proposal.state == ProposalState.OPEN.value)).selectinload(
        Proposal.slots
    ),
)


class RenderedText(TypedDict):
    """One event; times are seconds since 1970."""

    slot: bool  # one of several proposed slots, not the hearing's date
    part: NotRequired[bool]  # the sittings in one courtroom, for its calendar alone
    room: int | None
    at: float
    until: float
    zone: str
    changed_at: float
    falls_at: float | None  # when it leaves the calendar
    uid: str
    text: str  # the VEVENT
    busy_uid: str
    busy: str  # the VEVENT that says only that the time is taken


def fingerprint(court_address: str) -> str:
    """Return what, beside the hearing itself, events are rendered from; 32 characters."""
    return hashlib.sha256(f"{_FORMAT}/{court_address}".encode()).hexdigest()[:32]


def of(
    session: Session,
    hearing_ids: sa.Select[int],
    editions: Mapping[int, int],
    language: str,
    court_address: str,
) -> dict[int, list[RenderedText]]:
    """Return the events of hearings: stored ones of these editions, the others rendered now.

    ``hearing_ids`` is the query for the hearings: thousands of numbers are no good parameters.
    """
    wanted = sa.select(RenderedEvent.hearing_id, RenderedEvent.edition, RenderedEvent.events).where(
        RenderedEvent.hearing_id.in_(hearing_ids),
        RenderedEvent.language == language,
        RenderedEvent.fingerprint == fingerprint(court_address),
    )
    events: dict[int, list[RenderedText]] = {
        hearing_id: stored
        for hearing_id, edition, stored in session.execute(wanted)
        if edition == editions.get(hearing_id)
    }
    missing = [hearing_id for hearing_id in editions if hearing_id not in events]
    rendered = _rendered(session, missing, [language], court_address)
    return events | {hearing_id: each for (hearing_id, _), (_, each) in rendered.items()}


def _rendered(
    session: Session, hearing_ids: Sequence[int], languages: Iterable[str], court_address: str
) -> dict[tuple[int, str], tuple[int, list[RenderedText]]]:
    """Render the events of hearings; return each with its edition, by hearing and language.

    The editions are read before anything else: what is rendered may be newer than its number, and
    is then rendered again, but never older.
    """
    editions = _editions(session, hearing_ids)
    rendered = {}
    for begin in range(0, len(hearing_ids), 500):
        wanted = (
            sa.select(Hearing)
            .where(Hearing.id.in_(hearing_ids[begin : begin + 500]))
            .options(*_LOADED)
            .execution_options(populate_existing=True)
        )
        for hearing in session.scalars(wanted):
            for language in languages:
                events = _events(hearing, language, court_address)
                rendered[hearing.id, language] = (editions.get(hearing.id, 0), events)
    return rendered


def _editions(session: Session, hearing_ids: Sequence[int]) -> dict[int, int]:
    editions: dict[int, int] = {}
    for begin in range(0, len(hearing_ids), 5000):
        wanted = sa.select(Hearing.id, Hearing.edition).where(
            Hearing.id.in_(hearing_ids[begin : begin + 5000])
        )
        editions |= {row[0]: row[1] for row in session.execute(wanted)}
    return editions


def _events(hearing: Hearing, language: str, court_address: str) -> list[RenderedText]:
    events = []
    if facts := calendar_events.fixed_event(hearing, language):
        falls_at = facts["starts_at"] + PAST_FOR
        if hearing.state == HearingState.CANCELLED:
            falls_at = hearing.changed_at + CANCELLED_FOR
        events += _in_rooms(hearing, hearing, facts, language, court_address, falls_at)
    for proposal in hearing.proposals:
        if proposal.state == ProposalState.OPEN:
            for slot in proposal.slots:
                facts = calendar_events.tentative_event(
                    hearing, slot, proposal.created_at, language
                )
                events += _in_rooms(hearing, slot, facts, language, court_address, None)
    return events


def _in_rooms(
    hearing: Hearing,
    dated: Hearing | Slot,
    facts: dict[str, Any],
    language: str,
    court_address: str,
    falls_at: dt.datetime | None,
) -> list[RenderedText]:
    """Render a date or a slot; where it is in several courtrooms, also for each of these."""
    rooms = {each.courtroom_id: each.courtroom for each in dated.sittings}

    def event(facts: dict[str, Any], room_id: int | None) -> RenderedText:
        rendered = _event(hearing, facts, language, court_address, room_id, falls_at)
        return {**rendered, "slot": dated is not hearing}

    if len(rooms) == 1:
        return [event(facts, *rooms)]
    events = [event(facts, None)]
    for room_id, room in rooms.items():
        part = event(calendar_events.event_in_room(facts, room), room_id)
        part["part"] = True
        events.append(part)
    return events


def _event(
    hearing: Hearing,
    facts: dict[str, Any],
    language: str,
    court_address: str,
    room_id: int | None,
    falls_at: dt.datetime | None,
) -> RenderedText:
    organizer = (hearing.case.court.name, court_address)
    busy = calendar_events.busy_event(facts, language)

    def text(event: dict[str, Any]) -> str:
        return feed.published(event, stamp=event["changed_at"], organizer=organizer).decode()

    return {
        "slot": False,
        "room": room_id,
        "at": facts["starts_at"].timestamp(),
        "until": facts["ends_at"].timestamp(),
        "zone": facts["zone"],
        "changed_at": facts["changed_at"].timestamp(),
        "falls_at": falls_at.timestamp() if falls_at else None,
        "uid": facts["uid"],
        "text": text(facts),
        "busy_uid": busy["uid"],
        "busy": text(busy),
    }


def render_next(session: Session, now: dt.datetime, court_address: str) -> int:
    """Render and store the events of some hearings that changed; return of how many."""
    _drop_outdated(session, fingerprint(court_address))
    wanted = (
        sa.select(Hearing.id)
        .where(Hearing.drawn_edition < Hearing.edition)
        .order_by(Hearing.id)
        .limit(BATCH)
        # Another worker's are left to it; a hearing that is being changed is not worth rendering.
        .with_for_update(skip_locked=True)
    )
    hearing_ids = list(session.scalars(wanted))
    if hearing_ids:
        _store(session, hearing_ids, now, court_address)
    return len(hearing_ids)


def _drop_outdated(session: Session, fingerprint: str) -> None:
    """Drop, bit by bit, what was rendered for another organizer or by another version."""
    ends = session.execute(
        sa.select(sa.func.min(RenderedEvent.fingerprint), sa.func.max(RenderedEvent.fingerprint))
    ).one()
    others = {each for each in ends if each is not None and each != fingerprint}
    if not others:
        return
    wanted = sa.select(RenderedEvent.hearing_id).where(RenderedEvent.fingerprint.in_(others))
    hearing_ids = list(session.scalars(wanted.limit(10 * BATCH)))
    _delete(session, hearing_ids)
    session.execute(
        sa.update(Hearing)
        .where(Hearing.id.in_(hearing_ids))
        .values(drawn_edition=0)
        .execution_options(synchronize_session=False)
    )


def _delete(session: Session, hearing_ids: Sequence[int]) -> None:
    session.execute(
        sa.delete(RenderedEvent)
        .where(RenderedEvent.hearing_id.in_(hearing_ids))
        .execution_options(synchronize_session=False)
    )


def _store(
    session: Session, hearing_ids: Sequence[int], now: dt.datetime, court_address: str
) -> None:
    rendered = _rendered(session, hearing_ids, LANGUAGES, court_address)
    _delete(session, hearing_ids)
    moment = now.timestamp()
    rows = [
        {
            "hearing_id": hearing_id,
            "language": language,
            "edition": edition,
            "fingerprint": fingerprint(court_address),
            "events": events,
        }
        for (hearing_id, language), (edition, events) in rendered.items()
        if any(event["falls_at"] is None or event["falls_at"] > moment for event in events)
    ]
    if rows:
        session.execute(sa.insert(RenderedEvent), rows)
    for (hearing_id, language), (edition, _) in rendered.items():
        if language == LANGUAGES[0]:
            session.execute(
                sa.update(Hearing)
                .where(Hearing.id == hearing_id)
                .values(drawn_edition=edition)
                .execution_options(synchronize_session=False)
            )
