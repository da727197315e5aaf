"""Queries for listings, and the view model of a draft."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.core.errors import N_, Message, NotFound
from app.core.message_json import message_from_json
from app.court.models import Courtroom
from app.listing.models import ListedHearing, Listing, ListingState
from app.listing.solver.problem import Progress, SearchResult

MOST_LISTINGS = 100


@dataclass(frozen=True)
class DraftSlot:
    """A slot of a draft; ``local`` is in the court's time zone."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    local: tuple[dt.datetime, dt.datetime]
    courtroom: str
    cost: int
    reasons: Sequence[Message]
    costs: Sequence[tuple[str, Message]]


@dataclass(frozen=True)
class DraftRow:
    """A hearing of a draft, as shown."""

    id: int
    case_id: int
    line: int
    number: str
    title: str
    judge: str
    kind: str
    minutes: int
    slots: Sequence[DraftSlot]
    why: Message | None
    hearing_id: int | None


def find(session: Session, court_id: int, listing_id: int) -> Listing:
    """Return a listing of this court. Raises NotFound, also for a listing of another court."""
    query = sa.select(Listing).where(Listing.id == listing_id, Listing.court_id == court_id)
    listing = session.scalar(query.options(joinedload(Listing.court), joinedload(Listing.user)))
    if listing is None:
        raise NotFound(N_("There is no listing %(listing)s in this court."), listing=listing_id)
    return listing


def newest(session: Session, court_id: int) -> Sequence[tuple[Listing, int, int]]:
    """Return a court's newest listings with the numbers of hearings, total and sent."""
    count, sent = sa.func.count(ListedHearing.id), sa.func.count(ListedHearing.hearing_id)
    query = (
        sa.select(Listing, count, sent)
        .outerjoin(ListedHearing, ListedHearing.listing_id == Listing.id)
        .where(Listing.court_id == court_id)
        .group_by(Listing.id)
        .order_by(Listing.id.desc())
        .limit(MOST_LISTINGS)
        .options(joinedload(Listing.user))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def draft_rows(session: Session, listing: Listing) -> list[DraftRow]:
    """Return the hearings of a draft, sorted by first slot, those without slots last."""
    zone = ZoneInfo(listing.court.zone)
    rooms = {
        room.id: room.name
        for room in session.scalars(
            sa.select(Courtroom).where(Courtroom.court_id == listing.court_id)
        )
    }
    query = (
        sa.select(ListedHearing)
        .where(ListedHearing.listing_id == listing.id)
        .options(selectinload(ListedHearing.case).joinedload(Case.judge))
    )
    rows = [
        DraftRow(
            row.id,
            row.case_id,
            row.line,
            row.case.number,
            row.case.title,
            row.case.judge.name,
            row.kind,
            row.minutes,
            [_slot(slot, zone, rooms) for slot in row.slots],
            message_from_json(row.why) if row.why else None,
            row.hearing_id,
        )
        for row in session.scalars(query)
    ]
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(
        rows, key=lambda each: (each.slots[0].starts_at if each.slots else latest, each.line)
    )


def _slot(slot: dict[str, Any], zone: ZoneInfo, rooms: dict[int, str]) -> DraftSlot:
    starts_at, ends_at = (dt.datetime.fromisoformat(slot[name]) for name in ("at", "until"))
    return DraftSlot(
        starts_at,
        ends_at,
        (starts_at.astimezone(zone), ends_at.astimezone(zone)),
        rooms.get(slot["room"], "?"),
        slot["cost"],
        [message_from_json(each) for each in slot["reasons"]],
        [(name, message_from_json(words)) for name, words in slot["costs"]],
    )


def as_json(listing: Listing, rows: Sequence[DraftRow], result: SearchResult) -> dict[str, Any]:
    """Return a listing as a JSON object, for the command."""
    progress = result.progress
    return {
        "id": listing.id,
        "placed": progress.placed,
        "hearings": len(rows),
        "cost": progress.cost,
        "bound": progress.bound,
        "gap": progress.gap,
        "optimal": result.complete,
        "listed": [
            {
                "line": each.line,
                "case": each.number,
                "kind": each.kind,
                "minutes": each.minutes,
                "judge": each.judge,
                "slots": [
                    {
                        "starts_at": slot.local[0].isoformat(),
                        "ends_at": slot.local[1].isoformat(),
                        "courtroom": slot.courtroom,
                        "cost": slot.cost,
                        "reasons": [str(words) for words in slot.reasons],
                        "costs": [
                            {"counsel": name, "why": str(words)} for name, words in slot.costs
                        ],
                    }
                    for slot in each.slots
                ],
                "why": str(each.why) if each.why else None,
            }
            for each in rows
        ],
    }


def at_work(session: Session) -> bool:
    """Tell whether any listing is waiting for a worker or being processed."""
    states = (ListingState.WAITING.value, ListingState.RUNNING.value, ListingState.SENDING.value)
    return bool(session.scalar(sa.select(Listing.id).where(Listing.state.in_(states)).limit(1)))


def gap(listing: Listing) -> float | None:
    """Return the relative optimality gap of a listing, or None if there is no bound."""
    if listing.placed is None or listing.most is None or listing.cost is None:
        return None
    return Progress(listing.placed, listing.most, listing.cost, listing.bound).gap
