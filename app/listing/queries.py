"""Read listings: a court's drafts, one draft as people see it."""

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
    """A slot of a draft, by the court's clock."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    local: tuple[dt.datetime, dt.datetime]
    courtroom: str
    cost: int
    reasons: Sequence[Message]
    costs: Sequence[tuple[str, Message]]


@dataclass(frozen=True)
class ListingPage:
    """A hearing of a draft as it is shown."""

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
    """Return a listing of a court. Raises NotFound, for another court's as for none."""
    wanted = sa.select(Listing).where(Listing.id == listing_id, Listing.court_id == court_id)
    listing = session.scalar(wanted.options(joinedload(Listing.court), joinedload(Listing.user)))
    if listing is None:
        raise NotFound(N_("There is no listing %(listing)s in this court."), listing=listing_id)
    return listing


def listed(session: Session, court_id: int) -> Sequence[tuple[Listing, int, int]]:
    """Return a court's newest listings, each with how many hearings it has, and how many sent."""
    count, sent = sa.func.count(ListedHearing.id), sa.func.count(ListedHearing.hearing_id)
    wanted = (
        sa.select(Listing, count, sent)
        .outerjoin(ListedHearing, ListedHearing.listing_id == Listing.id)
        .where(Listing.court_id == court_id)
        .group_by(Listing.id)
        .order_by(Listing.id.desc())
        .limit(MOST_LISTINGS)
        .options(joinedload(Listing.user))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(wanted)]


def shown(session: Session, listing: Listing) -> list[ListingPage]:
    """Return the hearings of a draft in the order of their first slots, those without one last."""
    zone = ZoneInfo(listing.court.zone)
    rooms = {
        room.id: room.name
        for room in session.scalars(
            sa.select(Courtroom).where(Courtroom.court_id == listing.court_id)
        )
    }
    wanted = (
        sa.select(ListedHearing)
        .where(ListedHearing.listing_id == listing.id)
        .options(selectinload(ListedHearing.case).joinedload(Case.judge))
    )
    found = [
        ListingPage(
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
        for row in session.scalars(wanted)
    ]
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(
        found, key=lambda each: (each.slots[0].starts_at if each.slots else latest, each.line)
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


def as_json(
    listing: Listing, found: Sequence[ListingPage], outcome: SearchResult
) -> dict[str, Any]:
    """Return a listing as the command prints it for programs."""
    far = outcome.progress
    return {
        "id": listing.id,
        "placed": far.placed,
        "hearings": len(found),
        "cost": far.cost,
        "bound": far.bound,
        "gap": far.gap,
        "optimal": outcome.complete,
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
                        "costs": [{"counsel": who, "why": str(words)} for who, words in slot.costs],
                    }
                    for slot in each.slots
                ],
                "why": str(each.why) if each.why else None,
            }
            for each in found
        ],
    }


def at_work(session: Session) -> bool:
    """Tell whether any listing waits for a worker, or is with one."""
    states = (ListingState.WAITING.value, ListingState.RUNNING.value, ListingState.SENDING.value)
    return bool(session.scalar(sa.select(Listing.id).where(Listing.state.in_(states)).limit(1)))


def gap(listing: Listing) -> float | None:
    """Return how far the cost may be from the best, as a part of it; None while unknown."""
    if listing.placed is None or listing.most is None or listing.cost is None:
        return None
    return Progress(listing.placed, listing.most, listing.cost, listing.bound).gap
